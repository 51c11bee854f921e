// Headers that a grant adds (gateway/report/record.cc, gateway/cli/case_grant.cc): made for a grantee,
// found in the signed events, and opened only to the content that the reporter sealed.
//
// What it gives: a grantee reads what the granter reads, or notices. What it does not give: an end to
// what a grantee downloaded.
import { checkFileKey, openHeader, type Opener } from "../age/age.ts";
import { parseSealedHeader } from "../age/header.ts";
import { wrapHeader } from "../age/wrap.ts";
import { equal } from "../base/bytes.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import type { CaseTriage } from "../generated/safeconduct/v1/api_pb.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import type { Compartment, Consent, Triage } from "../generated/safeconduct/v1/report_pb.ts";
import type { Party } from "../identity/party.ts";
import { type CaseFile, eventAt, servedCompartment } from "./caseFile.ts";
import { eventPartName, parseQuorumHeader } from "./compartment.ts";
import { mayKnowIdentity, newestConsent } from "./consent.ts";
import type { EventBody } from "./event.ts";
import { compartmentOf, openFileKey, openIdentity, openTriage, verifyReport } from "./open.ts";
import { sealedInEvent } from "./quorumPart.ts";
import { splitFile } from "./sealedText.ts";

/** Whatever the header is of: a compartment, or a part that a quorum has. */
export type Original = Pick<Compartment, "header">;

/** A header for the payload of `original` that opens for `grantee`. Throws unverified unless `fileKey` is the original's. */
export async function makeGrantedHeader(original: Original, fileKey: Uint8Array, grantee: Holder): Promise<Uint8Array> {
  parseQuorumHeader(original.header);
  await checkFileKey(original.header, fileKey);
  return wrapHeader(fileKey, [grantee.recipient]);
}

/**
 * The file key in a granted header, after comparing it with the MAC of the original one, so that nobody
 * is shown another content than the others. Throws wrong_key; unverified when it is of another.
 */
export async function openGrantedHeader(original: Original, granted: Uint8Array, grantee: Opener): Promise<Uint8Array> {
  parseSealedHeader(granted);
  const fileKey = await openHeader(granted, grantee);
  try {
    await checkFileKey(original.header, fileKey);
  } catch (error) {
    if (!hasCode(error, "unverified")) throw error;
    throw new SafeconductError("unverified", "the header opens to another content than the reporter's", "header");
  }
  return fileKey;
}

/** The triage of a listed case (listCases with the triage). Throws wrong_key, unverified, malformed. */
export async function openListedTriage(listed: CaseTriage, holder: Opener): Promise<Triage> {
  if (listed.sealed === undefined) throw new SafeconductError("unverified", "a triage without its report", "sealed");
  const report = verifyReport(listed.sealed, listed.reportId);
  const original = compartmentOf(report, "triage");
  const by = listed.header.length === 0 ? holder : await openGrantedHeader(original, listed.header, holder);
  return openTriage(report, listed.payload, by);
}

/**
 * The file key of a compartment that the gateway serves to `holder`: by the original header, or by the
 * one granted. Throws not_found, unverified; wrong_key also for what a quorum released and the holder has not
 * combined yet (combineReleased of quorumPart.ts). `place`: of the holder among the readers by post (placeOf).
 */
export function fileKeyOf(file: CaseFile, name: string, holder: Party, place = -1): Promise<Uint8Array> {
  const { compartment, header, grant } = servedCompartment(file, name, holder);
  return grant === 0n ? openFileKey(compartment, holder.at(place)) : openGrantedHeader(compartment, header, holder);
}

/**
 * The same of what event number `sequence` holds, a message or an identity given anew: by the holder's own
 * stanza, or by the newest grant to the holder. Throws not_found, wrong_key, unverified.
 */
export async function fileKeyOfEvent(file: CaseFile, sequence: bigint, holder: Party): Promise<Uint8Array> {
  const event = eventAt(file, sequence)?.event;
  const sealed = event === undefined ? undefined : sealedInEvent(event);
  if (sealed === undefined) throw new SafeconductError("not_found", "the event holds nothing that is sealed to be read", "event");
  const original = splitFile(sealed);
  try {
    return await openHeader(original.header, holder);
  } catch (error) {
    const granted = hasCode(error, "wrong_key") ? grantedHeader(file, eventPartName(sequence), holder) : undefined;
    if (granted === undefined) throw error;
    return openGrantedHeader(original, granted, holder);
  }
}

/** The newest header for `part` that an event of the case grants to `holder`. */
export function grantedHeader(file: CaseFile, part: string, holder: Party): Uint8Array | undefined {
  const own = holder.key("event").publicKey;
  for (const { event: { body } } of file.events.toReversed()) {
    if (body.case !== "grant" || !equal(body.value.grantee, own)) continue;
    const found = body.value.headers.find(({ compartment }) => compartment === part);
    if (found !== undefined) return found.header;
  }
  return undefined;
}

export interface GrantOptions {
  readonly compartments: readonly string[]; // with the account go its attachments
  readonly expires?: number; // Unix seconds; absent: never
  /** Downloads the payload of `identity`; asked only when that is granted and the consent in it is the newest. */
  readonly readIdentity: () => Promise<Uint8Array>;
}

/**
 * The body of an event that grants to `grantee` what `granter` reads. Throws not_found for a compartment
 * that there is not or is not the granter's; rejected without the reporter's consent; wrong_key; unverified.
 */
export async function makeGrant(file: CaseFile, granter: Party, grantee: Holder, options: GrantOptions): Promise<EventBody> {
  const names = expand(file, options.compartments);
  if (names.length === 0) throw new SafeconductError("malformed", "a grant of nothing", "grant.headers");
  if (names.includes("identity")) await checkConsent(file, granter, grantee, options.readIdentity);
  const headers = [];
  for (const compartment of names) {
    const { compartment: original } = servedCompartment(file, compartment, granter);
    const fileKey = await fileKeyOf(file, compartment, granter);
    headers.push({ compartment, header: await makeGrantedHeader(original, fileKey, grantee) });
    fileKey.fill(0);
  }
  return { case: "grant", value: { grantee: grantee.eventKey, headers, expires: BigInt(options.expires ?? 0) } };
}

// The compartments that are meant, in the manifest's order.
function expand(file: CaseFile, wanted: readonly string[]): string[] {
  const { report } = file;
  if (report === undefined) throw new SafeconductError("not_found", "nothing in this case can be granted", "compartments");
  for (const name of wanted) compartmentOf(report, name);
  const isMeant = (name: string): boolean =>
    wanted.includes(name) || (name.startsWith("attachment-") && wanted.includes("account"));
  return report.manifest.compartments.map(({ name }) => name).filter(isMeant);
}

async function checkConsent(file: CaseFile, granter: Party, grantee: Holder, readIdentity: GrantOptions["readIdentity"]): Promise<void> {
  const consent = (await newestConsent(file, granter)) ?? (await sealedConsent(file, granter, readIdentity));
  if (!mayKnowIdentity(grantee, consent)) {
    throw new SafeconductError("rejected", "the reporter did not consent that this holder knows who they are", "consent");
  }
}

async function sealedConsent(file: CaseFile, granter: Party, readIdentity: GrantOptions["readIdentity"]): Promise<Consent | undefined> {
  const fileKey = await fileKeyOf(file, "identity", granter);
  const { consent } = await openIdentity(file.report!, await readIdentity(), fileKey);
  fileKey.fill(0);
  return consent;
}
