// A trustee who leaves gives the shares of all open cases to a successor whom the charter names, one case after another
// (gateway/cli/case_quorum.cc). What was handed over before is not again, so it may be begun anew.
import { equal } from "../../shared/base/bytes.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { CaseStatus } from "../../shared/generated/safeconduct/v1/event_pb.ts";
import type { Holder } from "../../shared/generated/safeconduct/v1/charter_pb.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import type { EventBody } from "../../shared/report/event.ts";
import { makeHandovers } from "../../shared/report/release.ts";
import type { HandedOver } from "../protocol.ts";
import { append, readCase } from "./append.ts";
import type { Session } from "./session.ts";

const pageCases = "500";

/** `successor` is an event key. Throws not_found for one that the charter does not name; unavailable. */
export async function handOver(session: Session, successor: Uint8Array, tell: (progress: HandedOver) => void): Promise<HandedOver> {
  const holder = session.charter.holderByEventKey(successor);
  if (holder === undefined) throw new SafeconductError("not_found", "the charter does not name this holder", "handover.successor");
  const ids = await openCases(session, holder);
  const counts = { done: 0, total: ids.length, handed: 0, before: 0, nothing: 0 };
  const failed: string[] = [];
  for (const id of ids) {
    try {
      ++counts[await handOverOne(session, id, holder)];
    } catch (error) {
      if (!(error instanceof SafeconductError) || hasCode(error, "unavailable", "busy", "aborted")) throw error;
      failed.push(id);
    }
    ++counts.done;
    tell({ ...counts, failed });
  }
  return { ...counts, failed };
}

// Of channels of which the successor is a trustee too.
async function openCases({ api, party, charter }: Session, successor: Holder): Promise<string[]> {
  const channels = new Set(charter.channels.filter(({ trustees }) => trustees.includes(successor)).map(({ channel }) => channel.id));
  const ids = new Set<string>();
  for (let after = ""; ; ) {
    const page = await api.listCases(party.key("request"), { limit: pageCases, ...(after !== "" && { after }) });
    for (const { reportId, channel, plain, status, dismissed, erased } of page.cases) {
      if (!plain && !dismissed && !erased && status !== CaseStatus.CLOSED && channels.has(channel)) ids.add(reportId);
    }
    if (page.next === "" || page.next === after) return [...ids];
    after = page.next;
  }
}

async function handOverOne(session: Session, id: string, successor: Holder): Promise<"handed" | "before" | "nothing"> {
  const file = await readCase(session, id);
  let bodies: EventBody[];
  try {
    bodies = makeHandovers(file, session.charter, session.party, successor);
  } catch (error) {
    if (hasCode(error, "wrong_key")) return "nothing";
    throw error;
  }
  const left = bodies.flatMap((body) => withoutGiven(session, file, successor, body));
  if (left.length === 0) return "before";
  await append(session, file, left);
  return "handed";
}

function withoutGiven({ party }: Session, file: CaseFile, successor: Holder, body: EventBody): EventBody[] {
  if (body.case !== "handover") return [];
  const own = party.key("event").publicKey;
  const given = new Set(file.events.flatMap(({ event: { author, body: done } }) =>
    done.case === "handover" && equal(author, own) && equal(done.value.successor, successor.eventKey) && done.value.index === body.value.index
      ? done.value.shares.map(({ compartment }) => compartment) : []));
  const shares = (body.value.shares ?? []).filter(({ compartment }) => !given.has(compartment ?? ""));
  const { successor: to = successor.eventKey, index = 0 } = body.value;
  return shares.length === 0 ? [] : [{ case: "handover", value: { successor: to, index, shares } }];
}
