// An office whose accounts are sealed to a quorum of two of three trustees of two organisations, and a case
// there whose events the tests choose: what the tests of releases, consent and conversations have in common.
import assert from "node:assert/strict";

import { OpenCharter } from "../../../gateway/web/shared/charter/charter.ts";
import type { CaseView } from "../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import type { Holder } from "../../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import type { SignedEvent } from "../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { AttachmentSealer, type SealedAttachment } from "../../../gateway/web/shared/report/attachmentSealer.ts";
import { type CaseFile, checkCase } from "../../../gateway/web/shared/report/caseFile.ts";
import { type CheckedEvent, type EventBody, eventHash, signEvent } from "../../../gateway/web/shared/report/event.ts";
import { sealMessage } from "../../../gateway/web/shared/report/message.ts";
import { type Combined, combineReleased, findQuorumPart } from "../../../gateway/web/shared/report/quorumPart.ts";
import { makeApprovals, makeRequest, requestAt } from "../../../gateway/web/shared/report/release.ts";
import { type ConsentAnswers, type Draft, reporterKeysOf, type Sealed, sealReport } from "../../../gateway/web/shared/report/seal.ts";
import { assign } from "../../../gateway/web/shared/report/work.ts";
import { charterJson, charterText, holderJson, holders, promiseFor, streamOf } from "./testing.ts";

export const time = 1_800_000_000;

const party = (number: number): Party => Party.fromSeed(new Uint8Array(32).fill(number));

export const people = {
  ...holders,
  investigator: party(15),
  authority: party(16),
  "trustee-1": party(17),
  "trustee-2": party(18),
  "trustee-3": party(19),
};
export type Label = keyof typeof people;
export const trustees = ["trustee-1", "trustee-2", "trustee-3"] as const;
export const reporter = party(64);

/** Trustees 1 and 2 are of one organisation, 3 of another; two of three, of one organisation. */
export function quorumCharterJson(): any {
  const json = charterJson();
  json.holders.push(
    holderJson("investigator", people.investigator, "ROLE_INVESTIGATOR"),
    { ...holderJson("authority", people.authority, "ROLE_INVESTIGATOR", "Member State"), nationalAuthority: true },
    ...trustees.map((label, i) => holderJson(label, people[label], "ROLE_TRUSTEE", i < 2 ? "Board" : "Union")),
  );
  json.channels[0].policy = { account: "ACCOUNT_RELEASE_QUORUM", quorumThreshold: 2, quorumOrganisations: 1 };
  return json;
}

/** After `change` of the JSON. */
export function charterWith(change: (json: any) => void): OpenCharter {
  const json = quorumCharterJson();
  change(json);
  return OpenCharter.fromText(charterText(json));
}

export const quorumCharter = charterWith(() => {});
export const holder = (label: Label, charter = quorumCharter): Holder => charter.holderByLabel(label)!;

export const allConsents: ConsentAnswers = { contact: true, supportServices: true, investigators: true, nationalAuthorities: true };

export async function attachmentOf(content: Uint8Array): Promise<{ sealed: SealedAttachment; payload: Uint8Array }> {
  const sealer = await AttachmentSealer.start({ size: content.length, stream: () => streamOf(content) });
  const parts: Uint8Array[] = [];
  for (let piece = await sealer.next(); piece !== undefined; piece = await sealer.next()) parts.push(piece);
  return { sealed: await sealer.finish("film.mp4", "video/mp4"), payload: Buffer.concat(parts) };
}

export function draftOf(extra: Partial<Draft> = {}): Draft {
  return {
    channel: "conduct",
    consent: {},
    language: "sw",
    narrative: "At pier 4.",
    triageAnswers: [],
    accountAnswers: [],
    identityAnswers: [{ question: "name", values: ["Amina"] }],
    attachments: [],
    ...extra,
  };
}

/** A case as a gateway would serve it, whatever its events are. */
export class TestCase {
  readonly sealed: Sealed;
  readonly charter: OpenCharter;
  readonly #events: SignedEvent[] = [];

  constructor(sealed: Sealed, charter: OpenCharter = quorumCharter) {
    this.sealed = sealed;
    this.charter = charter;
  }

  static async open(extra: Partial<Draft> = {}, by: Party = reporter, charter: OpenCharter = quorumCharter): Promise<TestCase> {
    return new TestCase(await sealReport(draftOf(extra), charter, by), charter);
  }

  /** Appends an event; gives its number. */
  add(author: Party, body: EventBody): bigint {
    const last = this.#events.at(-1);
    const head = { sequence: BigInt(this.#events.length), hash: last === undefined ? this.sealed.hash : eventHash(last) };
    this.#events.push(signEvent(this.sealed.hash, head, 1n, time, body, author.key("event")));
    return head.sequence + 1n;
  }

  addAll(author: Party, bodies: readonly EventBody[]): void {
    for (const body of bodies) this.add(author, body);
  }

  /** The same case up to there, to go on in another way. */
  fork(): TestCase {
    const copy = new TestCase(this.sealed, this.charter);
    copy.#events.push(...this.#events);
    return copy;
  }

  get events(): readonly SignedEvent[] {
    return this.#events;
  }

  /** Checked; `served` are the numbers of grants by compartment. */
  file(served: Readonly<Record<string, bigint>> = {}): CaseFile {
    const view = {
      summary: { plain: false, channel: "conduct", events: BigInt(this.#events.length), erased: false },
      sealed: this.sealed.report,
      reportHash: this.sealed.hash,
      compartments: [],
      events: [...this.#events],
      promise: promiseFor("report", this.sealed.hash),
    } as unknown as CaseView;
    const file = checkCase(view, this.sealed.id, this.charter);
    for (const [name, grant] of Object.entries(served)) {
      const compartment = file.report!.manifest.compartments.find((each) => each.name === name)!;
      const body = file.events[Number(grant) - 1]?.event.body;
      const granted = body?.case === "grant" ? body.value.headers.find((each) => each.compartment === name) : undefined;
      const header = granted?.header ?? compartment.header;
      const fileBytes = BigInt(header.length) + compartment.payloadBytes;
      (view.compartments as unknown[]).push({ name, grant, fileBytes });
    }
    return file;
  }

  event(sequence: bigint): CheckedEvent {
    const found = this.file().events[Number(sequence) - 1];
    assert.ok(found !== undefined);
    return found;
  }
}

// --- Releases ---------------------------------------------------------------------------------------

export const now = time + 10;

export const ask = async (of: TestCase, as: Label, compartments: readonly string[], expires?: number): Promise<bigint> =>
  of.add(people[as], await makeRequest(of.file(), of.charter, holder(as), { compartments, reason: "to protect a child", ...(expires && { expires }) }));

export async function approve(of: TestCase, as: Label, request: bigint): Promise<void> {
  of.addAll(people[as], (await makeApprovals(of.file(), of.charter, people[as], request, { now })).bodies);
}

export const combine = (of: TestCase, as: Party, request: bigint, name: string): Promise<Combined> =>
  combineReleased(of.file(), findQuorumPart(of.file(), name), requestAt(of.file(), request), as);

export function approvalIn(body: EventBody | undefined): { request: Uint8Array; index: number; shares: { compartment: string; sealed: Uint8Array }[] } {
  assert.ok(body?.case === "approval");
  return body.value as ReturnType<typeof approvalIn>;
}

/** A case with an attachment, a message of the reporter and an assignment. */
export async function wholeCase(attachments: readonly SealedAttachment[]): Promise<TestCase> {
  const whole = await TestCase.open({ consent: { investigators: true }, attachments });
  const sealed = await sealMessage("Still there.", whole.sealed.hash, reporterKeysOf(reporter), [], quorumCharter.channel("conduct"));
  whole.add(reporter, { case: "message", value: { sealed } });
  whole.add(people.intake, assign(holder("investigator")));
  return whole;
}
