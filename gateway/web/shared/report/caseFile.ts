// A case as a holder's client got it from the gateway, checked whole before any of it is shown
// (gateway/cli/case_file.cc): id and hash, the reporter's signature, the chain of events, the log's
// promise. What the signed events say counts, whatever the gateway's summary says.
//
// Errors: unverified, whatever does not fit together.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import type { OpenCharter } from "../charter/charter.ts";
import type { CaseSummary, CaseView, CompartmentView } from "../generated/safeconduct/v1/api_pb.ts";
import { CaseStatus } from "../generated/safeconduct/v1/event_pb.ts";
import type { Compartment } from "../generated/safeconduct/v1/report_pb.ts";
import type { Party } from "../identity/party.ts";
import { isReportId, reportId } from "./compartment.ts";
import { checkEvent, type CheckedEvent, type Head, verifyChain } from "./event.ts";
import { checkExpiry } from "./expiry.ts";
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
  readonly dismissed: boolean;
  readonly held: boolean;
  readonly erased: boolean; // nothing is left but what stands here; the one event is the erasure, or the expiry
  readonly promised: Promised | undefined; // undefined: erased, and the promise with it
  readonly view: CaseView; // as served; nothing else of it is checked
}

/** The keys of the holder who asks: a Party. */
export type AskerKeys = Pick<Party, "key">;

/** The event of that number; undefined when the case has none. */
export function eventAt(file: CaseFile, sequence: bigint): CheckedEvent | undefined {
  return file.events.find(({ event }) => event.sequence === sequence);
}

export interface Served {
  readonly compartment: Compartment; // of the manifest
  readonly header: Uint8Array; // the one that it is served with: the manifest's, or one granted
  // Number of the event that granted it; 0: none. Where the account is sealed to a quorum, and the holder is
  // none of those to whom the header is sealed directly, it was released (quorumPart.ts).
  readonly grant: bigint;
  readonly fileBytes: number; // header and payload together
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
  if (summary.erased) return erasedCase(view, summary, id, charter);
  const { events, head } = chainOf(view, hash);
  if (events.some(({ event: { body } }) => body.case === "expiry")) throw contradiction("expiry"); // and it is still there
  let status: CaseStatus = CaseStatus.RECEIVED;
  let dismissed = false;
  let held = false;
  for (const { event: { body } } of events) {
    if (body.case === "status") status = body.value.status;
    if (body.case === "dismissal") dismissed = !body.value.ended;
    if (body.case === "hold") held = !body.value.ended;
  }
  const promised = verifyPromise(view.promise, "report", hash, charter.logs);
  return { id, hash, channel: summary.channel, plain: summary.plain, report, events, head, status, dismissed, held, erased: false, promised, view };
}

// What is left of a case is its summary, as said, and the signed event that erased it: without the chain
// there is nothing to hold the summary against.
function erasedCase(view: CaseView, summary: CaseSummary, id: string, charter: OpenCharter): CaseFile {
  const { reportHash: hash, promise } = view;
  const [signed, ...more] = view.events;
  if (signed === undefined || more.length > 0) throw contradiction("events");
  if (view.sealed !== undefined) throw contradiction("sealed");
  const erasure = verified(() => checkEvent(signed));
  const { reportHash, sequence, author, body } = erasure.event;
  if (!equal(reportHash, hash) || sequence !== summary.events) throw contradiction("events");
  if (body.case === "expiry") {
    verified(() => checkExpiry(erasure.event, charter));
    if (body.value.channel !== summary.channel) throw contradiction("channel");
  } else {
    if (body.case !== "erasure") throw contradiction("events");
    if (charter.holderByEventKey(author) === undefined) throw contradiction("author"); // or else anybody erases
  }
  const promised = promise === "" ? undefined : verifyPromise(promise, "report", hash, charter.logs);
  const { channel, plain, status, dismissed, held } = summary;
  const head = { sequence, hash: erasure.hash };
  return { id, hash, channel, plain, report: undefined, events: [erasure], head, status, dismissed, held, erased: true, promised, view };
}

function chainOf(view: CaseView, hash: Uint8Array): { events: CheckedEvent[]; head: Head } {
  return verified(() => verifyChain(view.events, hash));
}

function verified<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    throw new SafeconductError("unverified", "an event of the case does not verify", error.field);
  }
}

/**
 * The compartment of that name, as the gateway serves it to `holder`. Throws not_found when it does not,
 * unverified when sizes differ or there is no such grant.
 */
export function servedCompartment(file: CaseFile, name: string, holder: AskerKeys): Served {
  const view = file.view.compartments.find((each) => each.name === name);
  if (file.report === undefined || view === undefined) {
    throw new SafeconductError("not_found", "the case has no such compartment for this holder", name);
  }
  const compartment = compartmentOf(file.report, name);
  const header = view.grant === 0n ? compartment.header : grantedHeader(file, view, holder.key("event").publicKey);
  const fileBytes = BigInt(header.length) + compartment.payloadBytes;
  if (view.fileBytes !== fileBytes) throw contradiction(name);
  return { compartment, header, grant: view.grant, fileBytes: Number(fileBytes) };
}

// In the signed event that the gateway names, and only in a grant to this holder.
function grantedHeader(file: CaseFile, view: CompartmentView, own: Uint8Array): Uint8Array {
  const body = eventAt(file, view.grant)?.event.body;
  if (body?.case === "grant" && equal(body.value.grantee, own)) {
    const found = body.value.headers.find(({ compartment }) => compartment === view.name);
    if (found !== undefined) return found.header;
  }
  throw contradiction(view.name);
}

/** Where a holder's own stanza is expected in a compartment sealed to `readers`; -1: nowhere. */
export function placeOf(requestKey: Uint8Array, readers: readonly { requestKey: Uint8Array }[]): number {
  return readers.findIndex((reader) => equal(reader.requestKey, requestKey));
}
