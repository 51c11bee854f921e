// A case as a holder's client got it from the gateway, checked whole before any of it is shown
// (gateway/cli/case_file.cc): id and hash, the reporter's signature, the chain of events, the log's
// promise. What the signed events say counts, whatever the gateway's summary says.
//
// Errors: unverified, whatever does not fit together.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import type { OpenCharter } from "../charter/charter.ts";
import type { CaseView } from "../generated/safeconduct/v1/api_pb.ts";
import { CaseStatus } from "../generated/safeconduct/v1/event_pb.ts";
import type { Compartment } from "../generated/safeconduct/v1/report_pb.ts";
import { isReportId, reportId } from "./compartment.ts";
import { type CheckedEvent, type Head, verifyChain } from "./event.ts";
import { type CheckedReport, compartmentOf, verifyReport } from "./open.ts";
import { type Promised, verifyPromise } from "./promise.ts";

export interface CaseFile {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly channel: string;
  readonly plain: boolean;
  readonly report: CheckedReport | undefined; // an auditor does not get it; a plain report has none
  readonly events: readonly CheckedEvent[];
  readonly head: Head;
  readonly status: CaseStatus;
  readonly promised: Promised;
  readonly view: CaseView; // as served; nothing else of it is checked
}

function contradiction(field: string): SafeconductError {
  return new SafeconductError("unverified", "the gateway sent a case that does not fit together", field);
}

/** `view` with all its events (readCase of the API), asked for as `id`. */
export function checkCase(view: CaseView, id: string, charter: OpenCharter): CaseFile {
  const { summary, reportHash: hash } = view;
  if (summary === undefined || !isReportId(id) || hash.length !== 32 || reportId(hash) !== id) throw contradiction("report_hash");
  if (summary.plain && view.sealed !== undefined) throw contradiction("sealed");
  const report = view.sealed === undefined ? undefined : verifyReport(view.sealed, id);
  if (report !== undefined && !equal(report.hash, hash)) throw contradiction("report_hash");
  if (report !== undefined && report.manifest.channel !== summary.channel) throw contradiction("channel");
  const { events, head } = chainOf(view, hash);
  let status: CaseStatus = CaseStatus.RECEIVED;
  for (const { event } of events) if (event.body.case === "status") status = event.body.value.status;
  const promised = verifyPromise(view.promise, "report", hash, charter.logs);
  return { id, hash, channel: summary.channel, plain: summary.plain, report, events, head, status, promised, view };
}

function chainOf(view: CaseView, hash: Uint8Array): { events: CheckedEvent[]; head: Head } {
  try {
    return verifyChain(view.events, hash);
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    throw new SafeconductError("unverified", "an event of the case does not verify", error.field);
  }
}

/**
 * The compartment of that name, when the gateway serves it to this holder, and how many bytes header
 * and payload have together. Throws not_found when it does not, unverified when sizes differ.
 */
export function servedCompartment(file: CaseFile, name: string): { compartment: Compartment; fileBytes: number } {
  const served = file.view.compartments.find((each) => each.name === name);
  if (file.report === undefined || served === undefined) {
    throw new SafeconductError("not_found", "the case has no such compartment for this holder", name);
  }
  const compartment = compartmentOf(file.report, name);
  const fileBytes = BigInt(compartment.header.length) + compartment.payloadBytes;
  if (served.fileBytes !== fileBytes) throw contradiction(name);
  return { compartment, fileBytes: Number(fileBytes) };
}

/** Where a holder's own stanza is expected in a compartment sealed to `readers`; -1: nowhere. */
export function placeOf(requestKey: Uint8Array, readers: readonly { requestKey: Uint8Array }[]): number {
  return readers.findIndex((reader) => equal(reader.requestKey, requestKey));
}
