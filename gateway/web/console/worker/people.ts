// Who works on a case, who is kept away from it, and what the holder may do himself: by posts and events, as
// gateway/release/policy.h has it. The gateway decides; this is so that nothing is offered that it refuses.
import { equal, toHex } from "../../shared/base/bytes.ts";
import { hasRole, onChannel, type OpenCharter } from "../../shared/charter/charter.ts";
import { type Holder, Role } from "../../shared/generated/safeconduct/v1/charter_pb.ts";
import { CaseStatus } from "../../shared/generated/safeconduct/v1/event_pb.ts";
import type { Consent } from "../../shared/generated/safeconduct/v1/report_pb.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import { reportId } from "../../shared/report/compartment.ts";
import { mayKnowIdentity } from "../../shared/report/consent.ts";
import type { CheckedEvent } from "../../shared/report/event.ts";
import { quorumParts } from "../../shared/report/quorumPart.ts";
import type { Allowed, Colleague, PartView } from "../protocol.ts";
import { personOf, type Session } from "./session.ts";

interface Work {
  readonly assigned: ReadonlySet<string>; // event keys in hex
  readonly excluded: ReadonlySet<string>;
  readonly granted: ReadonlyMap<string, ReadonlySet<string>>; // parts in force
  readonly links: ReadonlySet<string>; // ids
}

export function workOn(file: CaseFile, now: number): Work {
  const assigned = new Set<string>();
  const excluded = new Set<string>();
  const links = new Set<string>();
  const granted = new Map<string, Set<string>>();
  const mark = (set: Set<string>, key: string, ended: boolean): void => void (ended ? set.delete(key) : set.add(key));
  for (const { event: { body } } of file.events) {
    if (body.case === "assignment") mark(assigned, toHex(body.value.holder), body.value.ended);
    if (body.case === "exclusion") mark(excluded, toHex(body.value.holder), body.value.ended);
    if (body.case === "link") mark(links, reportId(body.value.reportHash), body.value.ended);
    if (body.case === "grant" && (body.value.expires === 0n || body.value.expires > BigInt(now))) {
      const parts = granted.get(toHex(body.value.grantee)) ?? new Set();
      for (const { compartment } of body.value.headers) parts.add(compartment);
      granted.set(toHex(body.value.grantee), parts);
    }
    if (body.case === "revocation") {
      const { holder, compartments } = body.value;
      if (compartments.length === 0) granted.delete(toHex(holder));
      else for (const part of compartments) granted.get(toHex(holder))?.delete(part);
    }
  }
  return { assigned, excluded, granted, links };
}

const mayWork = (holder: Holder): boolean => [Role.INTAKE, Role.INVESTIGATOR, Role.SUPPORT].some((role) => hasRole(holder, role));

/** Everybody of the channel but relays, in charter order. */
export function colleaguesOf(charter: OpenCharter, file: CaseFile, work: Work, consent: Consent | undefined): Colleague[] {
  const here = charter.message.holders.filter((holder) => onChannel(holder, file.channel) && !hasRole(holder, Role.RELAY));
  return here.map((holder) => {
    const person = personOf(holder);
    return {
      ...person,
      assigned: work.assigned.has(person.key),
      excluded: work.excluded.has(person.key),
      granted: [...(work.granted.get(person.key) ?? [])],
      works: mayWork(holder),
      ...(consent && { mayKnow: mayKnowIdentity(holder, consent) }),
    };
  });
}

export function allowedIn({ holder, charter }: Session, file: CaseFile, work: Work, parts: readonly PartView[], consent: Consent | undefined, canAddress: boolean): Allowed {
  const own = toHex(holder.eventKey);
  const nothing: Allowed = { message: false, status: false, people: false, note: false, link: false, dismiss: false, hold: false, grant: [], request: [] };
  if (file.erased || work.excluded.has(own)) return nothing;
  const info = charter.channel(file.channel);
  const intake = info.intake.some(({ eventKey }) => equal(eventKey, holder.eventKey));
  const support = info.support.some(({ eventKey }) => equal(eventKey, holder.eventKey));
  const auditor = hasRole(holder, Role.AUDITOR) && onChannel(holder, file.channel);
  const assigned = work.assigned.has(own);
  const granted = (work.granted.get(own)?.size ?? 0) > 0;
  // By the channel's policy: what was granted is not granted on.
  const byPolicy = new Set(file.view.compartments.filter(({ grant }) => grant === 0n).map(({ name }) => name));
  return {
    message: !file.plain && canAddress && (intake || assigned),
    status: intake || (assigned && hasRole(holder, Role.INVESTIGATOR)),
    people: intake,
    note: intake || assigned || support || granted,
    link: intake || assigned,
    dismiss: intake,
    hold: intake || auditor,
    ...((intake || auditor) && { erase: erasable(file, holder) }),
    grant: parts.filter(({ name, state, givenAnew }) => state === "open" && givenAnew !== true && byPolicy.has(name)).map(({ name }) => name),
    request: intake || assigned ? askable(file, parts, consent === undefined || mayKnowIdentity(holder, consent)) : [],
  };
}

// As gateway/release/case_change.cc: who closed or dismissed a case last does not erase it.
function erasable(file: CaseFile, { eventKey }: Holder): "yes" | "open" | "second" | "held" {
  if (file.held) return "held";
  if (file.status !== CaseStatus.CLOSED && !file.dismissed) return "open";
  const settles = ({ event: { body } }: CheckedEvent): boolean =>
    (body.case === "status" && body.value.status === CaseStatus.CLOSED) || (body.case === "dismissal" && !body.value.ended);
  const settled = file.events.findLast(settles);
  return settled !== undefined && equal(settled.event.author, eventKey) ? "second" : "yes";
}

// What trustees have and this holder does not; who the reporter is, unless it is known that he may not know.
function askable(file: CaseFile, parts: readonly PartView[], mayKnow: boolean): string[] {
  const sealed = new Set(quorumParts(file).map(({ name }) => name));
  const wanted = parts.filter(({ name, state }) => state !== "open" && sealed.has(name) && (name !== "identity" || mayKnow));
  return wanted.map(({ name }) => name);
}
