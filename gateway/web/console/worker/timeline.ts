// Everything that was done with a case, in order. In a case whose chain does not verify, each event by itself:
// which one is wrong, and in what.
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { equal } from "../../shared/base/bytes.ts";
import type { CaseView as ServedCase } from "../../shared/generated/safeconduct/v1/api_pb.ts";
import { DeliveryState, type Event } from "../../shared/generated/safeconduct/v1/event_pb.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import { reportId } from "../../shared/report/compartment.ts";
import { checkEvent, type CheckedEvent, checkPlace, type Head } from "../../shared/report/event.ts";
import { verifyReport } from "../../shared/report/open.ts";
import type { Delivery, TimelineEntry } from "../protocol.ts";
import { authorView } from "./parts.ts";
import { personWith, type Session, statusName } from "./session.ts";

type Details = Omit<TimelineEntry, "sequence" | "time" | "author" | "kind" | "wrong">;

const deliveries: Readonly<Partial<Record<DeliveryState, Delivery>>> = {
  [DeliveryState.SENT]: "sent",
  [DeliveryState.DELIVERED]: "delivered",
  [DeliveryState.FAILED]: "failed",
  [DeliveryState.UNSURE]: "unsure",
  [DeliveryState.STOPPED]: "stopped",
};

export function timelineOf(session: Session, file: CaseFile): TimelineEntry[] {
  const reporter = file.report === undefined && !file.plain ? unnamedWriter(session, file) : undefined;
  return file.events.map((checked) => {
    const isReporter = reporter !== undefined && isByReporter(checked) && equal(checked.event.author, reporter);
    return {
      ...entryOf(session, checked, isReporter ? "reporter" : authorView(session, file, checked)),
      ...(checked.event.body.case === "expiry" && file.held && { wrong: "expiry" as const }), // what is held does not expire
    };
  });
}

const isByReporter = ({ event: { body } }: CheckedEvent): boolean => body.case === "message" || body.case === "consent";

// An auditor does not get the manifest with the reporter's key: whoever wrote first and has no post is the reporter,
// and any other key without one is not.
function unnamedWriter({ charter }: Session, file: CaseFile): Uint8Array | undefined {
  return file.events.find((checked) => isByReporter(checked) && charter.holderByEventKey(checked.event.author) === undefined)?.event.author;
}

function entryOf(session: Session, { event }: CheckedEvent, author: TimelineEntry["author"]): TimelineEntry {
  // Whom the charter in force does not name may have left since; who acts under this very charter is in it.
  const isNobody = event.body.case !== "expiry" && author !== "reporter" && author.label === "" && event.charterVersion >= session.charter.version;
  return {
    sequence: String(event.sequence), time: Number(event.time), author, kind: event.body.case ?? "",
    ...detailsOf(session, event),
    ...(isNobody && { wrong: "author" }),
  };
}

function detailsOf({ charter }: Session, { body }: Event): Details {
  const person = (key: Uint8Array) => personWith(key, charter);
  switch (body.case) {
    case "status":
      return { status: statusName(body.value.status) };
    case "assignment":
    case "exclusion":
      return { holder: person(body.value.holder), ended: body.value.ended };
    case "grant":
      return { holder: person(body.value.grantee), parts: body.value.headers.map(({ compartment }) => compartment), expires: Number(body.value.expires) };
    case "revocation":
      return { holder: person(body.value.holder), parts: body.value.compartments };
    case "link":
      return { other: reportId(body.value.reportHash), ended: body.value.ended };
    case "dismissal":
    case "hold":
      return { ended: body.value.ended };
    case "request":
      return { parts: body.value.compartments, expires: Number(body.value.expires) };
    case "approval":
      return { parts: body.value.shares.filter(({ sealed }) => sealed.length > 0).map(({ compartment }) => compartment) };
    case "expiry":
      return { closedDay: Number(body.value.closedDay), closedDays: body.value.closedDays };
    case "handover":
      return { holder: person(body.value.successor) };
    case "delivery": {
      const delivery = deliveries[body.value.state];
      return delivery === undefined ? {} : { delivery };
    }
    default:
      return {};
  }
}

/** Of a case that checkCase refused; undefined when it is not an event that is wrong. */
export function brokenTimeline(session: Session, view: ServedCase, id: string): TimelineEntry[] | undefined {
  const { reportHash: hash, summary } = view;
  if (summary === undefined || summary.erased || hash.length !== 32 || reportId(hash) !== id) return undefined;
  const reporter = reporterKey(view, id);
  let head: Head = { sequence: 0n, hash };
  let isBroken = false;
  const entries = view.events.map((signed): TimelineEntry => {
    try {
      const checked = checkEvent(signed);
      const author = reporter !== undefined && equal(checked.event.author, reporter) ? "reporter" : personWith(checked.event.author, session.charter);
      const entry = entryOf(session, checked, author);
      const wrong = isBroken ? "after" : (placeOf(checked, hash, head) ?? (entry.kind === "expiry" ? "expiry" : undefined));
      isBroken ||= wrong !== undefined;
      head = { sequence: checked.event.sequence, hash: checked.hash };
      return { ...entry, ...(wrong && { wrong }) };
    } catch (error) {
      if (!(error instanceof SafeconductError)) throw error;
      const wrong = isBroken ? "after" : "signature";
      isBroken = true;
      const sequence = head.sequence + 1n;
      head = { sequence, hash };
      return { sequence: String(sequence), time: 0, author: personWith(new Uint8Array(0), session.charter), kind: "", wrong };
    }
  });
  return isBroken ? entries : undefined;
}

function placeOf(checked: CheckedEvent, hash: Uint8Array, head: Head): "chain" | undefined {
  try {
    checkPlace(checked, hash, head);
    return undefined;
  } catch (error) {
    if (hasCode(error, "conflict")) return "chain";
    throw error;
  }
}

function reporterKey(view: ServedCase, id: string): Uint8Array | undefined {
  try {
    return view.sealed === undefined ? undefined : verifyReport(view.sealed, id).manifest.eventKey;
  } catch {
    return undefined;
  }
}
