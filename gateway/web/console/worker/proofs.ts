// What the public log has of a case: a verified proof for the report and for each event, or time left, or neither,
// which is an alarm.
import { SafeconductError } from "../../shared/base/error.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import { hourSeconds } from "../../shared/report/eventForm.ts";
import type { LeafKind } from "../../shared/report/promise.ts";
import type { LogCheck, LogState } from "../protocol.ts";
import { Forked } from "./reportLog.ts";
import type { Session } from "./session.ts";

// Two are promised, after the time was rounded up to a whole one (gateway/cli/log_openings.cc).
const intervalsToWait = 3;

/** Until when an event must be in the log, whose promise only its author has: `time` was rounded down to the hour. */
export function latestFor(time: number, intervalSeconds: number): number {
  return time + hourSeconds + intervalsToWait * intervalSeconds;
}

/** Throws unavailable, busy: nothing is known then. */
export async function checkLog({ api, party, log }: Session, file: CaseFile): Promise<LogCheck> {
  const events: Record<string, LogState> = {};
  const seen = (): { seen?: string } => (log.seen.log === undefined ? {} : { seen: log.seen.log });
  try {
    const known = await log.look();
    const now = log.latest(await api.transport.gatewayTime(), known);
    const proofs = new Map((await api.readProofs(party.key("request"), file.id)).map(({ event, proof }) => [event, proof]));
    const state = async (sequence: bigint, kind: LeafKind, hash: Uint8Array, until: number): Promise<LogState> => {
      const proof = proofs.get(sequence) ?? "";
      if (proof === "") return now <= until ? "waiting" : "missing";
      try {
        return await log.prove(proof, kind, hash);
      } catch (error) {
        if (error instanceof Forked || !(error instanceof SafeconductError) || isPassing(error)) throw error;
        return "false";
      }
    };
    events["0"] = file.erased || file.promised === undefined ? "gone" : await state(0n, "report", file.hash, file.promised.until);
    for (const { event, hash } of file.events) {
      const until = log.promiseFor(hash) ?? latestFor(Number(event.time), log.intervalSeconds);
      events[String(event.sequence)] = await state(event.sequence, "event", hash, until);
    }
    return { events, ...seen() };
  } catch (error) {
    if (error instanceof Forked) return { events, fork: { remembered: error.remembered, served: error.served } };
    throw error;
  }
}

const isPassing = ({ code }: SafeconductError): boolean => ["unavailable", "busy", "aborted"].includes(code);
