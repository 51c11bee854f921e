// Requests for what is sealed to trustees: what is asked, by whom and why, who answered what; and to a trustee
// what an approval of his would let go.
import { equal } from "../../shared/base/bytes.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { hasQuorum } from "../../shared/charter/charter.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import { lastConsentChange, newestConsent } from "../../shared/report/consent.ts";
import type { CheckedEvent } from "../../shared/report/event.ts";
import { findOwnShare, findQuorumPart } from "../../shared/report/quorumPart.ts";
import { openReason } from "../../shared/report/record.ts";
import { makeApprovals } from "../../shared/report/release.ts";
import type { ApprovalView, Consents, Decision, RequestView } from "../protocol.ts";
import { consentsOf } from "./parts.ts";
import { personWith, type Session } from "./session.ts";

export async function requestsOf(session: Session, file: CaseFile, now: number): Promise<RequestView[]> {
  if (!session.charter.channels.some(({ channel }) => channel.id === file.channel && hasQuorum(channel))) return [];
  const asked = file.events.filter(({ event }) => event.body.case === "request");
  return Promise.all(asked.map((request) => requestView(session, file, request, now)));
}

async function requestView(session: Session, file: CaseFile, asked: CheckedEvent, now: number): Promise<RequestView> {
  const { charter, party } = session;
  const { event } = asked;
  if (event.body.case !== "request") throw new SafeconductError("internal", "not a request");
  const { compartments: parts, expires, reason } = event.body.value;
  const own = party.key("event").publicKey;
  const { channel, trustees } = charter.channel(file.channel);
  const approvals = approvalsOf(session, file, asked);
  const refusals = await refusalsOf(session, file, asked);
  const { quorumOrganisations = 1 } = channel.policy ?? {};
  const threshold = Math.max(channel.policy?.quorumThreshold ?? 0, thresholdOf(file, parts));
  const isOver = expires !== 0n && expires <= BigInt(now);
  const isOwn = equal(event.author, own);
  const key = personWith(own, charter).key;
  const answer = approvals.some(({ trustee }) => trustee.key === key) ? "approved" : refusals.some(({ trustee }) => trustee.key === key) ? "refused" : undefined;
  const released = parts.every((part) => isReleased(part, approvals, threshold, quorumOrganisations));
  const decides = trustees.some(({ eventKey }) => equal(eventKey, own)) && !isOwn && !isOver && answer !== "approved";
  return {
    sequence: String(event.sequence), author: personWith(event.author, charter), time: Number(event.time),
    parts, expires: Number(expires), approvals, refusals, threshold, organisations: quorumOrganisations,
    released, ended: isOver, own: isOwn,
    ...(await reasonOf(session, file, reason)),
    ...(answer && { answer }),
    ...(decides && { decision: await decisionOf(session, file, asked, now) }),
  };
}

async function reasonOf({ party }: Session, file: CaseFile, sealed: Uint8Array): Promise<{ reason?: string }> {
  try {
    return { reason: (await openReason(sealed, party, file.hash)).text };
  } catch (error) {
    if (error instanceof SafeconductError) return {};
    throw error;
  }
}

function approvalsOf({ charter }: Session, file: CaseFile, asked: CheckedEvent): ApprovalView[] {
  const byTrustee = new Map<string, { trustee: ApprovalView["trustee"]; parts: string[]; malformed: string[] }>();
  for (const { event: { author, body } } of file.events) {
    if (body.case !== "approval" || !equal(body.value.request, asked.hash)) continue;
    const trustee = personWith(author, charter);
    const view = byTrustee.get(trustee.key) ?? { trustee, parts: [], malformed: [] };
    for (const { compartment, sealed } of body.value.shares) (sealed.length > 0 ? view.parts : view.malformed).push(compartment);
    byTrustee.set(trustee.key, view);
  }
  return [...byTrustee.values()];
}

function refusalsOf(session: Session, file: CaseFile, asked: CheckedEvent): Promise<RequestView["refusals"]> {
  const found = file.events.flatMap(({ event: { author, body } }) =>
    body.case === "refusal" && equal(body.value.request, asked.hash) ? [{ author, sealed: body.value.reason }] : []);
  return Promise.all(found.map(async ({ author, sealed }) => ({ trustee: personWith(author, session.charter), ...(await reasonOf(session, file, sealed)) })));
}

// What the report itself demands, which may be more than the charter in force.
function thresholdOf(file: CaseFile, parts: readonly string[]): number {
  return Math.max(0, ...parts.map((name) => {
    try {
      return findQuorumPart(file, name).context.threshold;
    } catch (error) {
      if (error instanceof SafeconductError) return 0; // not this holder's to see
      throw error;
    }
  }));
}

function isReleased(part: string, approvals: readonly ApprovalView[], threshold: number, organisations: number): boolean {
  const given = approvals.filter(({ parts }) => parts.includes(part)).map(({ trustee }) => trustee);
  return given.length >= threshold && new Set(given.map(({ organisation }) => organisation)).size >= organisations;
}

// By doing all of an approval but sending it: so what is said beforehand is what would happen.
async function decisionOf(session: Session, file: CaseFile, asked: CheckedEvent, now: number): Promise<Decision> {
  const { charter, party } = session;
  const consent = await consentForTrustee(session, file, asked);
  const base = { ...(consent && { consent }) };
  try {
    const { bodies, withheld } = await makeApprovals(file, charter, party, asked.event.sequence, { now });
    const lets = bodies.flatMap((body) => (body.case === "approval" ? (body.value.shares ?? []).map(({ compartment }) => compartment ?? "") : []));
    return { ...base, lets, withheld: withheld.map(({ compartment, why }) => ({ part: compartment, why })) };
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    return { ...base, lets: [], withheld: [], refused: error.code };
  }
}

// As the trustee knows it: by the newest change that is sealed to him, else by his own shares.
async function consentForTrustee({ party, charter }: Session, file: CaseFile, { event }: CheckedEvent): Promise<Consents | undefined> {
  if (lastConsentChange(file) !== undefined) {
    try {
      const newest = await newestConsent(file, party);
      return newest && consentsOf(newest);
    } catch (error) {
      if (error instanceof SafeconductError) return undefined;
      throw error;
    }
  }
  if (event.body.case !== "request") return undefined;
  const likely = charter.channel(file.channel).trustees.findIndex(({ eventKey }) => equal(eventKey, party.key("event").publicKey)) + 1;
  for (const name of event.body.value.compartments) {
    try {
      const { share } = findOwnShare(file, findQuorumPart(file, name), party, likely);
      if (share !== undefined && !name.startsWith("event-")) return consentsOf(share.consent);
    } catch (error) {
      if (!hasCode(error, "wrong_key", "not_found", "malformed", "rejected")) throw error;
    }
  }
  return undefined;
}
