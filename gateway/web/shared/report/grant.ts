// Headers that a grant adds (gateway/report/record.cc, gateway/cli/case_grant.cc): made for a grantee,
// found in the signed events, and opened only to the content that the reporter sealed.
//
// What it gives: a grantee reads what the granter reads, or notices. What it does not give: an end to
// what a grantee downloaded.
import { checkFileKey, openHeader, type Opener } from "../age/age.ts";
import { parseSealedHeader } from "../age/header.ts";
import { wrapHeader } from "../age/wrap.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { hasRole } from "../charter/charter.ts";
import { type Holder, Role } from "../generated/safeconduct/v1/charter_pb.ts";
import type { Compartment, Consent } from "../generated/safeconduct/v1/report_pb.ts";
import type { Party } from "../identity/party.ts";
import { type CaseFile, servedCompartment } from "./caseFile.ts";
import type { EventBody } from "./event.ts";
import { compartmentOf, openFileKey, openIdentity } from "./open.ts";

/** A header for the payload of `original` that opens for `grantee`. Throws unverified unless `fileKey` is the original's. */
export async function makeGrantedHeader(original: Compartment, fileKey: Uint8Array, grantee: Holder): Promise<Uint8Array> {
  parseSealedHeader(original.header);
  await checkFileKey(original.header, fileKey);
  return wrapHeader(fileKey, [grantee.recipient]);
}

/**
 * The file key in a granted header, after comparing it with the MAC of the original one, so that nobody
 * is shown another content than the others. Throws wrong_key; unverified when it is of another.
 */
export async function openGrantedHeader(original: Compartment, granted: Uint8Array, grantee: Opener): Promise<Uint8Array> {
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

/**
 * The file key of a compartment that the gateway serves to `holder`: by the original header, or by the
 * one granted. Throws not_found, wrong_key, unverified.
 */
export function fileKeyOf(file: CaseFile, name: string, holder: Party): Promise<Uint8Array> {
  const { compartment, header, grant } = servedCompartment(file, name, holder);
  return grant === 0n ? openFileKey(compartment, holder) : openGrantedHeader(compartment, header, holder);
}

/** Whether the reporter allows that `grantee` knows who they are. */
export function mayKnowIdentity(grantee: Holder, consent: Consent | undefined): boolean {
  return (hasRole(grantee, Role.SUPPORT) ? consent?.supportServices : consent?.investigators) ?? false;
}

export interface GrantOptions {
  readonly compartments: readonly string[]; // with the account go its attachments
  readonly expires?: number; // Unix seconds; absent: never
  /** Downloads the payload of `identity`; asked only when that is granted, for the consent in it. */
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
  const fileKey = await fileKeyOf(file, "identity", granter);
  const { consent } = await openIdentity(file.report!, await readIdentity(), fileKey);
  fileKey.fill(0);
  if (!mayKnowIdentity(grantee, consent)) {
    throw new SafeconductError("rejected", "the reporter did not consent that this holder knows who they are", "consent");
  }
}
