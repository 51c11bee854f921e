// What a quorum of trustees holds of a case, and what is done with it (gateway/report/quorum_part.h): a
// trustee opens his share of a part and seals it again for a grantee or a successor; a grantee combines what
// was released to him. Bodies of events: release.ts.
//
// A part is a compartment of the manifest, or what an event holds: a message, or an identity given anew.
// Names are those of requests: account, identity, attachment-0, …, event-7.
//
// What it does not give: a look at what the reporter consented to; clients do that before they release an
// identity (release.ts).
import { checkFileKey } from "../age/age.ts";
import type { Stanza } from "../age/header.ts";
import { parseRecipient } from "../age/recipient.ts";
import { equal } from "../base/bytes.ts";
import { type Code, hasCode, SafeconductError } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import type { Event, SealedShare } from "../generated/safeconduct/v1/event_pb.ts";
import type { Party } from "../identity/party.ts";
import {
  combineShares,
  type Context,
  openHandover,
  openRelease,
  openShare,
  parseQuorumStanza,
  sealHandover,
  sealRelease,
  type Share,
} from "../quorum/quorum.ts";
import { type CaseFile, eventAt } from "./caseFile.ts";
import { eventOfPart, eventPartName, identityPart, messagePart, parseQuorumHeader } from "./compartment.ts";
import type { CheckedEvent } from "./event.ts";
import { splitFile } from "./sealedText.ts";

/** One part that is sealed to a quorum, with what its shares are bound to. */
export interface QuorumPart {
  readonly name: string;
  readonly header: Uint8Array;
  readonly stanza: Stanza;
  readonly context: Context;
  readonly reportHash: Uint8Array;
  readonly isIdentity: boolean; // whether it says who the reporter is
}

// Of combinations of shares that fit; more than a handful matter only when the reporter meant the report
// not to be opened.
const maxCombinations = 1000;

const noPart = (): SafeconductError =>
  new SafeconductError("not_found", "the case has no such part that is sealed to a quorum", "compartments");

/** The age file of a message or an identity given anew; undefined when the event holds neither. */
export function sealedInEvent({ body }: Event): Uint8Array | undefined {
  if (body.case === "message") return body.value.sealed;
  return body.case === "consent" ? body.value.identity : undefined;
}

/** Throws not_found when the case has no such part, or it is not sealed to a quorum; malformed, rejected. */
export function findQuorumPart(file: CaseFile, name: string): QuorumPart {
  const { report } = file;
  if (report === undefined) throw noPart();
  const sequence = eventOfPart(name);
  if (sequence === undefined) {
    const compartment = report.manifest.compartments.find((each) => each.name === name);
    if (compartment === undefined) throw noPart();
    return makePart(file, name, compartment.header, name, compartment.payloadDigest);
  }
  const event = eventAt(file, sequence)?.event;
  const sealed = event === undefined ? undefined : sealedInEvent(event);
  if (sealed === undefined) throw noPart();
  const { header, payload } = splitFile(sealed);
  return makePart(file, name, header, event!.body.case === "message" ? messagePart : identityPart, sha256(payload));
}

function makePart(file: CaseFile, name: string, header: Uint8Array, compartment: string, payloadDigest: Uint8Array): QuorumPart {
  const { quorum: stanza } = parseQuorumHeader(header);
  if (stanza === undefined) throw noPart();
  const { channel, eventKey: reporter } = file.report!.manifest;
  const context = { channel, reporter, compartment, payloadDigest, ...parseQuorumStanza(stanza) };
  return { name, header, stanza, context, reportHash: file.hash, isIdentity: compartment === identityPart };
}

/** All parts that are sealed to a quorum, in their order. */
export function quorumParts(file: CaseFile): QuorumPart[] {
  const names = [
    ...(file.report?.manifest.compartments.map(({ name }) => name) ?? []),
    ...file.events.map(({ event }) => eventPartName(event.sequence)),
  ];
  return names.flatMap((name) => {
    try {
      return [findQuorumPart(file, name)];
    } catch (error) {
      if (error instanceof SafeconductError) return []; // also what no client of ours seals
      throw error;
    }
  });
}

// --- A trustee ------------------------------------------------------------------------------------

export interface OwnShare {
  readonly index: number;
  readonly share: Share | undefined; // undefined: what the sealer committed to is another (malformed)
}

/**
 * His share by the reporter's stanza, looked for at `likely` (from 1) and then everywhere, or by a handover to
 * him in the case. The first that opens counts, since a malformed one may be somebody else's. Throws wrong_key
 * when he has none.
 */
export function findOwnShare(file: CaseFile, part: QuorumPart, trustee: Party, likely: number): OwnShare {
  const seed = trustee.revealSeed();
  let malformed: OwnShare | undefined;
  for (const own of ownShares(file, part, trustee.key("event").publicKey, seed, likely)) {
    if (own.share !== undefined) return own;
    malformed ??= own;
  }
  if (malformed === undefined) throw new SafeconductError("wrong_key", "no share of this is for this key");
  return malformed;
}

function* ownShares(file: CaseFile, part: QuorumPart, own: Uint8Array, seed: Uint8Array, likely: number): Generator<OwnShare> {
  const { context, stanza, name } = part;
  const places = Array.from({ length: context.trustees }, (_, i) => i + 1);
  for (const index of [...places.filter((place) => place === likely), ...places.filter((place) => place !== likely)]) {
    yield* attempt(index, () => openShare(context, stanza, index, seed));
  }
  for (const { event: { author, body } } of file.events) {
    if (body.case !== "handover" || !equal(body.value.successor, own)) continue;
    const { index, shares } = body.value;
    const sealed = shareOf(shares, name)?.sealed;
    if (sealed === undefined) continue;
    const handover = { report: part.reportHash, from: author, to: own };
    yield* attempt(index, () => openHandover(context, stanza, index, handover, seed, sealed));
  }
}

// Nothing of what is not for this key, or is the fault of who handed it over: there may be another.
function* attempt(index: number, open: () => Share): Generator<OwnShare> {
  try {
    yield { index, share: open() };
  } catch (error) {
    if (hasCode(error, "malformed")) yield { index, share: undefined };
    else if (!hasCode(error, "wrong_key", "unverified", "rejected")) throw error;
  }
}

function shareOf(shares: readonly SealedShare[], part: string): SealedShare | undefined {
  return shares.find(({ compartment }) => compartment === part);
}

/** What an entry of an approval or a handover consists of. */
export interface ResealedShare {
  readonly compartment: string;
  readonly sealed: Uint8Array;
}

/** For an approval of `request`; nothing in it where the share is malformed. Throws malformed for a recipient that is none. */
export function releaseShare(part: QuorumPart, own: OwnShare, request: CheckedEvent, trustee: Uint8Array, grantee: Holder): ResealedShare {
  const compartment = part.name;
  if (own.share === undefined) return { compartment, sealed: new Uint8Array(0) };
  const release = { report: part.reportHash, request: request.hash, trustee, grantee: grantee.eventKey };
  return { compartment, sealed: sealRelease(part.context, own.share, release, parseRecipient(grantee.recipient)) };
}

/** For a handover. Throws malformed for a recipient that is none. */
export function handOverShare(part: QuorumPart, share: Share, trustee: Uint8Array, successor: Holder): ResealedShare {
  const handover = { report: part.reportHash, from: trustee, to: successor.eventKey };
  return { compartment: part.name, sealed: sealHandover(part.context, share, handover, parseRecipient(successor.recipient)) };
}

// --- A grantee ------------------------------------------------------------------------------------

/** A trustee's share that is of no use, and where he gave it. */
export interface BadShare {
  readonly trustee: Uint8Array; // event key
  readonly index: number;
  readonly code: Code; // wrong_key, unverified: what the trustee sealed; malformed: what the reporter sealed
}

export interface Combined {
  readonly fileKey: Uint8Array | undefined; // checked against the header's MAC
  readonly good: number; // shares that fit
  readonly bad: readonly BadShare[]; // by the fault of their trustees
  readonly malformed: readonly BadShare[]; // of trustees who say, or show, that it is the reporter's fault
  readonly isSealersFault: boolean; // enough shares fit, and they give no key: malformed, or a throw-away
}

/**
 * From the approvals of the grantee's own `request` in the case. What trustees and the reporter did wrong
 * stands in what it gives. Throws rejected for somebody else's request.
 */
export async function combineReleased(file: CaseFile, part: QuorumPart, request: CheckedEvent, grantee: Party): Promise<Combined> {
  const own = grantee.key("event").publicKey;
  if (request.event.body.case !== "request" || !equal(request.event.author, own)) {
    throw new SafeconductError("rejected", "not a request of this holder", "request");
  }
  const seed = grantee.revealSeed();
  const shares: Share[] = [];
  const bad: BadShare[] = [];
  const malformed: BadShare[] = [];
  for (const { event: { author: trustee, body } } of file.events) {
    if (body.case !== "approval" || !equal(body.value.request, request.hash)) continue;
    const { index } = body.value;
    const sealed = shareOf(body.value.shares, part.name)?.sealed;
    if (sealed === undefined) continue;
    const release = { report: part.reportHash, request: request.hash, trustee, grantee: own };
    try {
      if (sealed.length === 0) throw new SafeconductError("malformed", "the trustee says that there is no share");
      const share = openRelease(part.context, part.stanza, index, release, seed, sealed);
      if (!shares.some((each) => each.index === index)) shares.push(share);
    } catch (error) {
      if (!(error instanceof SafeconductError)) throw error;
      (error.code === "malformed" ? malformed : bad).push({ trustee, index, code: error.code });
    }
  }
  seed.fill(0);
  const isEnough = shares.length >= part.context.threshold;
  const fileKey = isEnough ? await tryCombinations(part, shares) : undefined;
  return { fileKey, good: shares.length, bad, malformed, isSealersFault: isEnough && fileKey === undefined };
}

// Of any k of the shares that give a key which the MAC confirms.
async function tryCombinations(part: QuorumPart, shares: readonly Share[]): Promise<Uint8Array | undefined> {
  let tries = 0;
  for (const some of combinations(shares, part.context.threshold)) {
    if (++tries > maxCombinations) break;
    try {
      const fileKey = await combineShares(part.context, part.stanza, some);
      await checkFileKey(part.header, fileKey);
      return fileKey;
    } catch (error) {
      if (!hasCode(error, "malformed", "unverified")) throw error;
    }
  }
  return undefined;
}

function* combinations<T>(all: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  for (let i = 0; count > 0 && i + count <= all.length; ++i) {
    for (const rest of combinations(all.slice(i + 1), count - 1)) yield [all[i]!, ...rest];
  }
}
