// The holder's side (gateway/report/open.cc): a report as a gateway served it is verified first, then
// opened compartment by compartment.
//
// What it gives: what is opened was sealed by one reporter for this very report; nothing was
// exchanged or moved. What it does not give: that the text is true, or that a compartment opens at
// all: a hostile reporter can seal garbage in the right form.
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";

import { openHeader, openPayload, type Opener } from "../age/age.ts";
import { equal } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { sha256Bulk } from "../base/hash.ts";
import { fromJson } from "../base/json.ts";
import {
  type Account,
  AccountSchema,
  type Compartment,
  type Identity,
  IdentitySchema,
  type Manifest,
  type ReporterKeys,
  type SealedReport,
  type Triage,
  TriageSchema,
} from "../generated/safeconduct/v1/report_pb.ts";
import { hasKeys, openManifest, parseQuorumHeader, type Part, reportHash, reportId } from "./compartment.ts";

export interface CheckedReport {
  readonly manifest: Manifest;
  readonly hash: Uint8Array;
  readonly id: string;
}

/** Checks signature, id and form of what a gateway served for `id`. Throws unverified when anything does not fit. */
export function verifyReport(report: SealedReport, id: string): CheckedReport {
  const hash = reportHash(report.manifest);
  if (reportId(hash) !== id) {
    throw new SafeconductError("unverified", "another report than the one asked for", "manifest");
  }
  try {
    return { manifest: openManifest(report), hash, id };
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    throw new SafeconductError("unverified", "not a report as its reporter signed it", error.field);
  }
}

/** Throws not_found. */
export function compartmentOf(report: CheckedReport, name: string): Compartment {
  const found = report.manifest.compartments.find((each) => each.name === name);
  if (found === undefined) throw new SafeconductError("not_found", "the report has no such compartment", "compartments");
  return found;
}

/** The file key of any compartment. Throws wrong_key when it is not sealed to `holder` directly; malformed, rejected, unverified. */
export function openFileKey(compartment: Compartment, holder: Opener): Promise<Uint8Array> {
  parseQuorumHeader(compartment.header);
  return openHeader(compartment.header, holder);
}

/**
 * Each opens one small compartment after its digest was checked, and compares the reporter's keys in
 * it with the manifest's. `by` is a holder, or the file key that a grant gave (fileKeyOf of grant.ts).
 * Throws wrong_key when it is not sealed to the holder; unverified when payload, header, file key or
 * keys do not belong together; malformed when it holds no such plaintext.
 */
export function openTriage(report: CheckedReport, payload: Uint8Array, by: Opener | Uint8Array): Promise<Triage> {
  return openSmall(TriageSchema, "triage", report, payload, by);
}

export function openAccount(report: CheckedReport, payload: Uint8Array, by: Opener | Uint8Array): Promise<Account> {
  return openSmall(AccountSchema, "account", report, payload, by);
}

export function openIdentity(report: CheckedReport, payload: Uint8Array, by: Opener | Uint8Array): Promise<Identity> {
  return openSmall(IdentitySchema, "identity", report, payload, by);
}

async function openSmall<T extends DescMessage>(
  schema: T,
  part: Part,
  report: CheckedReport,
  payload: Uint8Array,
  by: Opener | Uint8Array,
): Promise<MessageShape<T>> {
  const compartment = compartmentOf(report, part);
  const field = `${part}.payload`;
  if (BigInt(payload.length) !== compartment.payloadBytes || !equal(await sha256Bulk(payload), compartment.payloadDigest)) {
    throw new SafeconductError("unverified", "the payload is not the one that the reporter signed", field);
  }
  const fileKey = by instanceof Uint8Array ? by : await openFileKey(compartment, by);
  const plaintext = await openPayload({ header: compartment.header, payload }, fileKey);
  const message = within(field, () => fromJson(schema, plaintext));
  const { reporter } = message as unknown as { reporter?: ReporterKeys };
  if (!hasKeys(reporter, report.manifest)) {
    throw new SafeconductError("unverified", "what was sealed here belongs to another report", field);
  }
  return message;
}
