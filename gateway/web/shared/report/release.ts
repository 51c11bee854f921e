// Requests for what is sealed to a quorum, and what trustees and grantees do about them: bodies for signEvent
// (gateway/cli/case_release.cc). Shares: quorumPart.ts.
//
// What it gives: a trustee's client that lets no holder know who the reporter is whom the newest consent
// excludes, and no request pass that has ended. What it does not give: who may ask; the gateway checks posts.
import { equal } from "../base/bytes.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { type ChannelInfo, onChannel, type OpenCharter } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import type { ReleaseRequest } from "../generated/safeconduct/v1/event_pb.ts";
import type { Party } from "../identity/party.ts";
import type { Consented } from "../quorum/quorum.ts";
import { type CaseFile, eventAt } from "./caseFile.ts";
import { eventPartName, messagePart, placeOfPart } from "./compartment.ts";
import { lastConsentChange, mayKnowIdentity, newestConsent } from "./consent.ts";
import type { CheckedEvent, EventBody } from "./event.ts";
import { maxParts } from "./eventForm.ts";
import { makeGrantedHeader } from "./grant.ts";
import { isExcluded } from "./people.ts";
import {
  findOwnShare,
  findQuorumPart,
  handOverShare,
  type OwnShare,
  type QuorumPart,
  quorumParts,
  releaseShare,
  type ResealedShare,
} from "./quorumPart.ts";
import { sealReason } from "./record.ts";

// --- Who asks -------------------------------------------------------------------------------------

export interface RequestOptions {
  /** With the account go its attachments and all messages so far, with the identity the one given anew last. */
  readonly compartments: readonly string[];
  readonly reason: string;
  readonly expires?: number; // of what is released, Unix seconds; absent: never
}

/** The body of a request by `own`. Throws not_found for a part that is not sealed to a quorum; too_large; malformed. */
export async function makeRequest(file: CaseFile, charter: OpenCharter, own: Holder, options: RequestOptions): Promise<EventBody> {
  const compartments = expand(file, options.compartments);
  if (compartments.length > maxParts) {
    throw new SafeconductError("too_large", "more parts of the case than one request can be for", "request.compartments");
  }
  const reason = await sealReason(options.reason, file.hash, reasonReaders(charter.channel(file.channel), charter, own));
  return { case: "request", value: { compartments, reason, expires: BigInt(options.expires ?? 0) } };
}

function expand(file: CaseFile, wanted: readonly string[]): string[] {
  if (wanted.length === 0) throw new SafeconductError("malformed", "a request for nothing", "request.compartments");
  for (const name of wanted) findQuorumPart(file, name);
  const last = lastConsentChange(file)?.event.sequence;
  const isMeant = ({ name, context }: QuorumPart): boolean =>
    wanted.includes(name) ||
    (wanted.includes("account") && (name.startsWith("attachment-") || context.compartment === messagePart)) ||
    (wanted.includes("identity") && last !== undefined && name === eventPartName(last));
  return quorumParts(file).filter(isMeant).map(({ name }) => name);
}

// The trustees and who asks, in charter order, each once.
function reasonReaders({ trustees }: ChannelInfo, charter: OpenCharter, author: Holder | undefined): readonly Holder[] {
  return charter.message.holders.filter((holder) => holder === author || trustees.includes(holder));
}

/** A request of the case by its number. Throws not_found. */
export function requestAt(file: CaseFile, sequence: bigint): CheckedEvent & { readonly request: ReleaseRequest } {
  const checked = eventAt(file, sequence);
  if (checked?.event.body.case !== "request") {
    throw new SafeconductError("not_found", "the case has no such request", "request");
  }
  return { ...checked, request: checked.event.body.value };
}

// --- A trustee ------------------------------------------------------------------------------------

export interface ApprovalOptions {
  readonly compartments?: readonly string[]; // of those asked for; absent: all
  readonly now: number; // Unix seconds
}

/** A part that was not let go: the trustee has no share of it, or the reporter does not consent. */
export interface Withheld {
  readonly compartment: string;
  readonly why: "share" | "consent";
}

export interface Approvals {
  readonly bodies: readonly EventBody[]; // one for each place in the quorum at which the trustee has shares
  readonly withheld: readonly Withheld[];
}

/**
 * Bodies that let go what request number `sequence` asks for and the trustee did not give yet. Throws
 * not_found, expired; conflict when everything was given; rejected for a grantee who may have nothing of this
 * case, or when consent leaves nothing to let go; wrong_key when no share is the trustee's.
 */
export async function makeApprovals(
  file: CaseFile,
  charter: OpenCharter,
  trustee: Party,
  sequence: bigint,
  options: ApprovalOptions,
): Promise<Approvals> {
  const asked = requestAt(file, sequence);
  const { compartments, expires } = asked.request;
  if (expires !== 0n && expires <= BigInt(options.now)) throw new SafeconductError("expired", "the request has ended", "request");
  const grantee = granteeOf(file, charter, asked);
  const own = trustee.key("event").publicKey;
  const likely = placeAmong(charter.channel(file.channel), own);
  const withheld: Withheld[] = [];
  const shares = new SharesByPlace();
  const parts = new Map(quorumParts(file).map((part) => [part.name, part]));
  const given = givenBy(file, own, asked.hash);
  const names = chosen(compartments, options.compartments).filter((name) => !given.has(name));
  if (names.length === 0) throw new SafeconductError("conflict", "the trustee gave these shares already", "request");
  for (const name of names) {
    const part = parts.get(name);
    const held = part === undefined ? undefined : heldShare(file, part, trustee, likely);
    if (part === undefined || held === undefined) withheld.push({ compartment: name, why: "share" });
    else if (!(await mayLetGo(file, part, held, trustee, grantee))) withheld.push({ compartment: name, why: "consent" });
    else shares.add(held.index, releaseShare(part, held, asked, own, grantee));
  }
  if (shares.isEmpty) throw nothingToLetGo(withheld);
  const bodies = shares.entries().map(([index, given]): EventBody => ({ case: "approval", value: { request: asked.hash, index, shares: given } }));
  return { bodies, withheld };
}

function nothingToLetGo(withheld: readonly Withheld[]): SafeconductError {
  return withheld.some(({ why }) => why === "consent")
    ? new SafeconductError("rejected", "the reporter does not consent that this holder knows who they are", "consent")
    : new SafeconductError("wrong_key", "no share of this is for this key");
}

function granteeOf(file: CaseFile, charter: OpenCharter, { event }: CheckedEvent): Holder {
  const holder = charter.holderByEventKey(event.author);
  if (holder === undefined || !onChannel(holder, file.channel) || isExcluded(file, holder)) {
    throw new SafeconductError("rejected", "who asks is not of the channel any more, or is excluded from the case", "request");
  }
  return holder;
}

function chosen(asked: readonly string[], wanted: readonly string[] | undefined): readonly string[] {
  if (wanted === undefined) return asked;
  if (!wanted.every((name) => asked.includes(name))) {
    throw new SafeconductError("not_found", "not a part that was asked for", "compartments");
  }
  return asked.filter((name) => wanted.includes(name));
}

// What of a request the trustee let go already: nothing is approved twice.
function givenBy(file: CaseFile, trustee: Uint8Array, request: Uint8Array): ReadonlySet<string> {
  const given = new Set<string>();
  for (const { event: { author, body } } of file.events) {
    if (body.case !== "approval" || !equal(author, trustee) || !equal(body.value.request, request)) continue;
    for (const { compartment, sealed } of body.value.shares) if (sealed.length > 0) given.add(compartment);
  }
  return given;
}

// From 1; 0: none of the trustees in force.
function placeAmong({ trustees }: ChannelInfo, eventKey: Uint8Array): number {
  return trustees.findIndex((trustee) => equal(trustee.eventKey, eventKey)) + 1;
}

function heldShare(file: CaseFile, part: QuorumPart, trustee: Party, likely: number): OwnShare | undefined {
  try {
    return findOwnShare(file, part, trustee, likely);
  } catch (error) {
    if (hasCode(error, "wrong_key")) return undefined;
    throw error;
  }
}

// Who the reporter is, only as the newest consent allows; one that cannot be read allows nothing.
async function mayLetGo(file: CaseFile, part: QuorumPart, { share }: OwnShare, trustee: Party, grantee: Holder): Promise<boolean> {
  if (!part.isIdentity || share === undefined) return true;
  const last = lastConsentChange(file);
  if (last === undefined) return mayKnowIdentity(grantee, share.consent);
  let consent: Consented | undefined;
  try {
    consent = await newestConsent(file, trustee);
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    // Of the change itself the share repeats it, for a successor to whom its text was not sealed.
    if (part.name === eventPartName(last.event.sequence)) consent = share.consent;
  }
  return mayKnowIdentity(grantee, consent);
}

/** The body of a refusal, which the other trustees and who asked can read. Throws not_found, too_large, malformed. */
export async function makeRefusal(file: CaseFile, charter: OpenCharter, sequence: bigint, reason: string): Promise<EventBody> {
  const asked = requestAt(file, sequence);
  const author = charter.holderByEventKey(asked.event.author);
  const readers = reasonReaders(charter.channel(file.channel), charter, author);
  return { case: "refusal", value: { request: asked.hash, reason: await sealReason(reason, file.hash, readers) } };
}

/**
 * Bodies that give all shares that the trustee has of the case to `successor`. Throws rejected for a successor
 * who is no other trustee of the channel; wrong_key when there is nothing to hand over.
 */
export function makeHandovers(file: CaseFile, charter: OpenCharter, trustee: Party, successor: Holder): EventBody[] {
  const channel = charter.channel(file.channel);
  const own = trustee.key("event").publicKey;
  if (!channel.trustees.includes(successor) || equal(successor.eventKey, own)) {
    throw new SafeconductError("rejected", "a successor is another trustee of the channel", "handover.successor");
  }
  const likely = placeAmong(channel, own);
  const shares = new SharesByPlace();
  for (const part of quorumParts(file)) {
    const held = heldShare(file, part, trustee, likely);
    if (held?.share !== undefined) shares.add(held.index, handOverShare(part, held.share, own, successor));
  }
  if (shares.isEmpty) throw nothingToLetGo([]);
  return shares.entries().map(([index, given]) => ({ case: "handover", value: { successor: successor.eventKey, index, shares: given } }));
}

// An event is about one place in the quorum, and about so many parts.
class SharesByPlace {
  readonly #shares = new Map<number, ResealedShare[]>();

  get isEmpty(): boolean {
    return this.#shares.size === 0;
  }

  add(index: number, share: ResealedShare): void {
    this.#shares.set(index, [...(this.#shares.get(index) ?? []), share]);
  }

  entries(): [number, ResealedShare[]][] {
    return [...this.#shares].flatMap(([index, shares]) => {
      const blocks: [number, ResealedShare[]][] = [];
      for (let at = 0; at < shares.length; at += maxParts) blocks.push([index, shares.slice(at, at + maxParts)]);
      return blocks;
    });
  }
}

// --- Who was given it -----------------------------------------------------------------------------

export interface ReleasedPart {
  readonly part: QuorumPart;
  readonly fileKey: Uint8Array; // combineReleased of quorumPart.ts
}

/**
 * The body of a grant to oneself of what a request of `own` released, so that it opens as every grant does. It
 * ends with the release. Throws malformed for nothing; unverified for another file key than the part's.
 */
export async function makeSelfGrant(own: Holder, { request }: { request: ReleaseRequest }, released: readonly ReleasedPart[]): Promise<EventBody> {
  if (released.length === 0) throw new SafeconductError("malformed", "a grant of nothing", "grant.headers");
  const place = ({ part }: ReleasedPart): bigint => placeOfPart(part.name) ?? 0n;
  const inOrder = [...released].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const headers = [];
  for (const { part, fileKey } of inOrder) {
    headers.push({ compartment: part.name, header: await makeGrantedHeader(part, fileKey, own) });
  }
  return { case: "grant", value: { grantee: own.eventKey, headers, expires: request.expires } };
}
