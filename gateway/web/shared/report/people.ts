// Who works on a case, as its signed events say (gateway/cli/case_people.cc), and so whom a record is
// sealed to; who reads its conversation (gateway/report/record.cc).
import { equal, toHex } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { type ChannelInfo, hasRole, onChannel, type OpenCharter } from "../charter/charter.ts";
import { type Holder, Role } from "../generated/safeconduct/v1/charter_pb.ts";
import type { Event } from "../generated/safeconduct/v1/event_pb.ts";
import type { CaseFile } from "./caseFile.ts";
import { accountReaders } from "./compartment.ts";

interface People {
  readonly working: ReadonlySet<string>; // event keys in hex: assigned, or something was granted
  readonly excluded: ReadonlySet<string>;
}

function peopleOf(file: CaseFile): People {
  const assigned = new Set<string>();
  const granted = new Set<string>();
  const excluded = new Set<string>();
  const mark = (keys: Set<string>, { holder, ended }: { holder: Uint8Array; ended: boolean }): void => {
    if (ended) keys.delete(toHex(holder));
    else keys.add(toHex(holder));
  };
  for (const { event: { body } } of file.events) {
    if (body.case === "assignment") mark(assigned, body.value);
    if (body.case === "exclusion") mark(excluded, body.value);
    if (body.case === "grant") granted.add(toHex(body.value.grantee));
    if (body.case === "revocation" && body.value.compartments.length === 0) granted.delete(toHex(body.value.holder));
  }
  return { working: new Set([...assigned, ...granted]), excluded };
}

/**
 * Whom a record by `own` is sealed to, in charter order: those named and `own`; with nobody named,
 * everybody of the channel who works on the case: intake and whoever was assigned or granted something,
 * but nobody excluded. Throws rejected for naming somebody who is excluded.
 */
export function readersOf(file: CaseFile, charter: OpenCharter, own: Holder, named: readonly Holder[] = []): readonly Holder[] {
  const { working, excluded } = peopleOf(file);
  const keyOf = (holder: Holder): string => toHex(holder.eventKey);
  if (named.some((holder) => excluded.has(keyOf(holder)))) {
    throw new SafeconductError("rejected", "a reader is excluded from this case", "readers");
  }
  const chosen = new Set([own, ...named].map(keyOf));
  const works = (holder: Holder): boolean =>
    named.length === 0 &&
    onChannel(holder, file.channel) &&
    !excluded.has(keyOf(holder)) &&
    (hasRole(holder, Role.INTAKE) || working.has(keyOf(holder)));
  return charter.message.holders.filter((holder) => chosen.has(keyOf(holder)) || works(holder));
}

/**
 * To whom a grant of the account is, who so reads the conversation as well; undefined when the event is
 * no such grant, when it has ended at `now` (Unix seconds), when the charter does not seal the account
 * to its author or does not name the grantee any more. Whether it was revoked, later events say.
 */
export function accountGrantee(event: Event, channel: ChannelInfo, charter: OpenCharter, now: number): Holder | undefined {
  const { body } = event;
  if (body.case !== "grant" || !body.value.headers.some(({ compartment }) => compartment === "account")) return undefined;
  const { grantee, expires } = body.value;
  if (expires !== 0n && expires <= BigInt(now)) return undefined;
  if (!accountReaders(channel).some(({ eventKey }) => equal(eventKey, event.author))) return undefined;
  const holder = charter.message.holders.find(({ eventKey }) => equal(eventKey, grantee));
  return holder !== undefined && onChannel(holder, channel.channel.id) ? holder : undefined;
}

/** The account's readers by the channel's policy and those, in charter order, each once. */
export function conversationReaders(channel: ChannelInfo, charter: OpenCharter, grantees: readonly Holder[]): readonly Holder[] {
  const all = new Set([...accountReaders(channel), ...grantees]);
  return charter.message.holders.filter((holder) => all.has(holder));
}

/** Whom a holder's answer is sealed to besides the reporter: those, by grants that were not taken back. */
export function answerReaders(file: CaseFile, charter: OpenCharter, now: number): readonly Holder[] {
  const channel = charter.channel(file.channel);
  const grantees = new Set<Holder>();
  const end = (eventKey: Uint8Array): void => {
    for (const holder of grantees) if (equal(holder.eventKey, eventKey)) grantees.delete(holder);
  };
  for (const { event } of file.events) {
    const grantee = accountGrantee(event, channel, charter, now);
    if (grantee !== undefined) grantees.add(grantee);
    const { body } = event;
    if (body.case === "exclusion" && !body.value.ended) end(body.value.holder);
    if (body.case === "revocation" && (body.value.compartments.length === 0 || body.value.compartments.includes("account"))) {
      end(body.value.holder);
    }
  }
  return conversationReaders(channel, charter, [...grantees]);
}
