// The reporter's mailbox as the gateway served it, with what of it can be checked checked
// (gateway/cli/mailbox_commands.cc): ids, the promise, the receipt, each event's signature, case and order.
//
// What it gives: messages and status as their authors signed them. What it does not give: that none
// was withheld; the head names the newest event, and the log shows the rest.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import type { OpenCharter } from "../charter/charter.ts";
import type { Trust } from "../charter/trust.ts";
import type { Mailbox } from "../generated/safeconduct/v1/api_pb.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { CaseStatus, type SignedEvent } from "../generated/safeconduct/v1/event_pb.ts";
import { reportId } from "./compartment.ts";
import { accountGrantees, conversationReaders } from "./conversation.ts";
import { checkEvent, type CheckedEvent, type Head } from "./event.ts";
import { checkExpiry } from "./expiry.ts";
import { verifyPromise } from "./promise.ts";
import { readReceipt, type Recorded } from "./receipt.ts";

export interface OpenMailbox extends Recorded {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly channel: string;
  readonly status: CaseStatus;
  readonly events: readonly CheckedEvent[];
  readonly head: Head; // for the reporter's next event
  readonly readers: readonly string[]; // labels, as the gateway names them
  readonly erasure: CheckedEvent | undefined; // or expiry, that erased it; undefined: none did, or it is not shown
  readonly grants: readonly CheckedEvent[]; // grants, requests and approvals: what made readers of some, as their authors signed it
}

function inconsistent(field: string): SafeconductError {
  return new SafeconductError("unverified", "the mailbox that the gateway sent contradicts itself", field);
}

/**
 * The pages of one mailbox, in order: the first, then each by ?after= the last event of the one before. `trust`
 * says which witnesses a receipt needs; one that does not verify counts as none, and recordState says what that means.
 */
export function checkMailbox(
  pages: readonly Mailbox[],
  charter: OpenCharter,
  { witnesses, witnessThreshold }: Pick<Trust, "witnesses" | "witnessThreshold">,
): OpenMailbox {
  const [first] = pages;
  if (first === undefined) throw inconsistent("events");
  const { reportHash: hash } = first;
  if (hash.length !== hashBytes || first.head.length !== hashBytes || reportId(hash) !== first.reportId) {
    throw inconsistent("report_hash");
  }
  if (first.erased && pages.some(({ events, grants }) => events.length + grants.length > 0)) throw inconsistent("erased");
  const forgotten = first.erased && first.promise === "";
  const promised = forgotten ? undefined : verifyPromise(first.promise, "report", hash, charter.logs);
  const events = checkPages(pages, hash);
  const newest = events.at(-1);
  if (newest?.event.sequence === first.sequence && !equal(newest.hash, first.head)) throw inconsistent("head");
  return {
    id: first.reportId,
    hash,
    channel: first.channel,
    status: first.erased ? first.status : statusOf(events, first.status),
    events,
    head: { sequence: first.sequence, hash: first.head },
    promised,
    receipt: promised && readReceipt(first.receipt, hash, promised, charter.logs, { witnesses, threshold: witnessThreshold }),
    readers: first.readers,
    grants: first.grants.map(checkMailboxEvent),
    erased: first.erased,
    erasure: first.erasure && checkErasure(first.erasure, first, charter),
  };
}

// That whoever signed an erasure might do so is not asked: the gateway could as well show nothing.
function checkErasure(signed: SignedEvent, { reportHash, sequence, head, channel, erased }: Mailbox, charter: OpenCharter): CheckedEvent {
  const erasure = checkMailboxEvent(signed);
  const { event, hash } = erasure;
  const fits = erased && equal(event.reportHash, reportHash) && event.sequence === sequence && equal(hash, head);
  if (!fits || (event.body.case !== "erasure" && event.body.case !== "expiry")) throw inconsistent("erasure");
  if (event.body.case === "expiry") {
    checkExpiry(event, charter);
    if (event.body.value.channel !== channel) throw inconsistent("erasure");
  }
  return erasure;
}

function checkPages(pages: readonly Mailbox[], hash: Uint8Array): CheckedEvent[] {
  const events: CheckedEvent[] = [];
  for (const page of pages) {
    if (!equal(page.reportHash, hash)) throw inconsistent("report_hash");
    for (const signed of page.events) {
      const checked = checkMailboxEvent(signed);
      const last = events.at(-1)?.event.sequence ?? 0n;
      if (!equal(checked.event.reportHash, hash) || checked.event.sequence <= last) throw inconsistent("events");
      if (checked.event.sequence === last + 1n && !equal(checked.event.previous, events.at(-1)?.hash ?? hash)) {
        throw inconsistent("events.previous");
      }
      events.push(checked);
    }
  }
  return events;
}

function checkMailboxEvent(signed: Mailbox["events"][number]): CheckedEvent {
  try {
    return checkEvent(signed);
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    throw new SafeconductError("unverified", "an event in the mailbox does not verify", error.field);
  }
}

// All changes of status are in the mailbox, so the newest of them is the status.
function statusOf(events: readonly CheckedEvent[], said: CaseStatus): CaseStatus {
  let status: CaseStatus = CaseStatus.RECEIVED;
  for (const { event } of events) if (event.body.case === "status") status = event.body.value.status;
  if (status !== said) throw inconsistent("status");
  return status;
}

/**
 * Those to whom a reply is sealed: the gateway names them; the charter decides, and the signed events that
 * it gives, each of which has to prove a reader. `now` in Unix seconds. Throws not_found when the charter has
 * no such channel any more; rejected after an erasure; unverified when the gateway names others.
 */
export function replyReaders(mailbox: OpenMailbox, charter: OpenCharter, now: number): readonly Holder[] {
  if (mailbox.erased) throw new SafeconductError("rejected", "the case was erased: nobody reads its messages", "erased");
  const channel = charter.channel(mailbox.channel);
  const { holders, proofs } = accountGrantees(mailbox.grants, channel, charter, now);
  const proves = (given: CheckedEvent): boolean => equal(given.event.reportHash, mailbox.hash) && proofs.has(given);
  if (!mailbox.grants.every(proves)) throw otherReaders();
  const readers = conversationReaders(channel, charter, holders);
  const entitled = new Set(readers.map(({ label }) => label));
  const named = new Set(mailbox.readers);
  if (named.size !== entitled.size || [...named].some((label) => !entitled.has(label))) throw otherReaders();
  return readers;
}

function otherReaders(): SafeconductError {
  return new SafeconductError("unverified", "the gateway names other readers for a message than the charter", "readers");
}
