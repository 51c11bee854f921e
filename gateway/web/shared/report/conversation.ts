// Who reads the conversation besides those whom the channel's policy names (gateway/report/conversation.cc),
// as signed events prove: grants of the account by one whom it names, and requests for the account with
// approvals by enough of the channel's trustees, of enough organisations. Nobody's grant to himself proves
// anything: those whom the policy names read already, and nobody else's grants count.
//
// What it does not give: that no later event took it back, where not all events are at hand.
import { equal, toHex } from "../base/bytes.ts";
import { type ChannelInfo, hasQuorum, onChannel, type OpenCharter } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import type { Event, SealedShare } from "../generated/safeconduct/v1/event_pb.ts";
import { accountReaders } from "./compartment.ts";
import type { CheckedEvent } from "./event.ts";

export interface Grantees {
  readonly holders: readonly Holder[]; // in charter order
  readonly proofs: ReadonlySet<CheckedEvent>; // the events that made them readers
}

// A request for the account that has not ended, and what trustees answered.
interface Request {
  readonly author: Uint8Array;
  readonly proofs: CheckedEvent[]; // itself, then approvals
  readonly approved: Set<Holder>;
}

const isAccount = ({ compartment }: { compartment: string }): boolean => compartment === "account";
const hasKey = (key: Uint8Array) => ({ eventKey }: Holder): boolean => equal(eventKey, key);

/**
 * By `events` in their order, whose signatures and case the caller has checked; a request stands before its
 * approvals. What ended at `now` (Unix seconds), or was taken back by these events, does not count.
 */
export function accountGrantees(
  events: readonly CheckedEvent[],
  channel: ChannelInfo,
  charter: OpenCharter,
  now: number,
): Grantees {
  const ledger = new Ledger(channel, BigInt(now));
  for (const event of events) ledger.take(event);
  return ledger.grantees(charter);
}

/** The account's readers by the channel's policy and those, in charter order, each once. */
export function conversationReaders(channel: ChannelInfo, charter: OpenCharter, grantees: readonly Holder[]): readonly Holder[] {
  const all = new Set([...accountReaders(channel), ...grantees]);
  return charter.message.holders.filter((holder) => all.has(holder));
}

class Ledger {
  readonly #channel: ChannelInfo;
  readonly #now: bigint;
  #grants: CheckedEvent[] = []; // in force, of the account
  readonly #requests = new Map<string, Request>(); // by hash

  constructor(channel: ChannelInfo, now: bigint) {
    this.#channel = channel;
    this.#now = now;
  }

  take(checked: CheckedEvent): void {
    const { event } = checked;
    const { body } = event;
    if (body.case === "grant" && this.#mayGrant(event)) this.#grants.push(checked);
    if (body.case === "request" && body.value.compartments.includes("account") && !this.#hasEnded(body.value.expires)) {
      this.#requests.set(toHex(checked.hash), { author: event.author, proofs: [checked], approved: new Set() });
    }
    if (body.case === "approval") this.#takeApproval(checked, body.value);
    if (body.case === "exclusion" && !body.value.ended) this.#end(body.value.holder);
    if (body.case === "revocation" && (body.value.compartments.length === 0 || body.value.compartments.includes("account"))) {
      this.#end(body.value.holder);
    }
  }

  grantees(charter: OpenCharter): Grantees {
    const keys: Uint8Array[] = [];
    const proofs: CheckedEvent[] = [];
    for (const grant of this.#grants) {
      keys.push(granteeOf(grant.event));
      proofs.push(grant);
    }
    for (const request of this.#requests.values()) {
      if (!this.#isReleased(request)) continue;
      keys.push(request.author);
      proofs.push(...request.proofs);
    }
    const isMeant = (holder: Holder): boolean => onChannel(holder, this.#channel.channel.id) && keys.some((key) => hasKey(key)(holder));
    const holders = charter.message.holders.filter(isMeant);
    const names = (key: Uint8Array): boolean => holders.some(hasKey(key));
    return { holders, proofs: new Set(proofs.filter(({ event }) => event.body.case === "approval" || names(granteeOf(event)))) };
  }

  #hasEnded(expires: bigint): boolean {
    return expires !== 0n && expires <= this.#now;
  }

  #mayGrant({ author, body }: Event): boolean {
    if (body.case !== "grant" || this.#hasEnded(body.value.expires)) return false;
    return body.value.headers.some(isAccount) && accountReaders(this.#channel).some(hasKey(author));
  }

  #takeApproval(checked: CheckedEvent, approval: { request: Uint8Array; shares: readonly SealedShare[] }): void {
    const request = this.#requests.get(toHex(approval.request));
    const trustee = this.#channel.trustees.find(hasKey(checked.event.author));
    const gives = approval.shares.some((share) => isAccount(share) && share.sealed.length > 0);
    if (request === undefined || trustee === undefined || !gives) return;
    request.approved.add(trustee);
    request.proofs.push(checked);
  }

  #end(eventKey: Uint8Array): void {
    this.#grants = this.#grants.filter(({ event }) => !equal(granteeOf(event), eventKey));
    for (const [hash, { author }] of this.#requests) if (equal(author, eventKey)) this.#requests.delete(hash);
  }

  #isReleased({ approved }: Request): boolean {
    const { channel } = this.#channel;
    const organisations = new Set([...approved].map(({ organisation }) => organisation));
    const { quorumThreshold = 0, quorumOrganisations = 0 } = channel.policy ?? {};
    return hasQuorum(channel) && approved.size >= quorumThreshold && organisations.size >= quorumOrganisations;
  }
}

// Of a grant, or of a request, which is for its author.
function granteeOf({ author, body }: Event): Uint8Array {
  return body.case === "grant" ? body.value.grantee : author;
}
