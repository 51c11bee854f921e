// Events of this holder: signed on the head of the case as it was read, and accepted only with the log's promise.
import { SafeconductError } from "../../shared/base/error.ts";
import { type CaseFile, checkCase } from "../../shared/report/caseFile.ts";
import { type EventBody, eventHash, signEvent } from "../../shared/report/event.ts";
import { verifyPromise } from "../../shared/report/promise.ts";
import type { Session } from "./session.ts";

export async function readCase({ api, party, charter }: Session, id: string): Promise<CaseFile> {
  return checkCase(await api.readCase(party.key("request"), id), id, charter);
}

/** Throws conflict when somebody else was faster, or the charter changed (charter_version); unverified without a promise. */
export async function append({ api, party, charter, log }: Session, file: CaseFile, bodies: readonly EventBody[]): Promise<void> {
  let { head } = file;
  for (const body of bodies) {
    const event = signEvent(file.hash, head, charter.version, await api.transport.gatewayTime(), body, party.key("event"));
    const { promise, sequence } = await api.appendToCase(party.key("request"), file.id, event);
    const hash = eventHash(event);
    log.promised(hash, verifyPromise(promise, "event", hash, charter.logs).until);
    if (sequence !== head.sequence + 1n) throw new SafeconductError("unverified", "the event was taken at another place", "sequence");
    head = { sequence, hash };
  }
}
