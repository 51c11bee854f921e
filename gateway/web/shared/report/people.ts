// Who works on a case, as its signed events say (gateway/cli/case_people.cc), and so whom a record or an
// answer is sealed to.
import { toHex } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hasRole, onChannel, type OpenCharter } from "../charter/charter.ts";
import { type Holder, Role } from "../generated/safeconduct/v1/charter_pb.ts";
import type { CaseFile } from "./caseFile.ts";
import { accountGrantees, conversationReaders } from "./conversation.ts";

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

/** Conflict of interest, as the events say. */
export function isExcluded(file: CaseFile, holder: Holder): boolean {
  return peopleOf(file).excluded.has(toHex(holder.eventKey));
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
 * Whom a holder's answer is sealed to besides the reporter and a quorum: the account's readers, and `own`
 * who answers.
 */
export function answerReaders(file: CaseFile, charter: OpenCharter, now: number, own?: Holder): readonly Holder[] {
  const channel = charter.channel(file.channel);
  const { holders } = accountGrantees(file.events, channel, charter, now);
  return conversationReaders(channel, charter, own === undefined ? holders : [...holders, own]);
}
