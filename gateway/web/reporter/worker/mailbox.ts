// The reporter's mailbox: read and checked whole, answered, consent changed. Each change reads it again
// when somebody else was faster.
import { readBody } from "../../shared/api/transport.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { parseReceiptCode } from "../../shared/identity/receiptCode.ts";
import { Party } from "../../shared/identity/party.ts";
import { CaseStatus } from "../../shared/generated/safeconduct/v1/event_pb.ts";
import { makeConsentChange } from "../../shared/report/consent.ts";
import { authorOf, type CheckedEvent, eventHash, type EventBody, signEvent } from "../../shared/report/event.ts";
import { checkMailbox, type OpenMailbox, replyReaders } from "../../shared/report/mailbox.ts";
import { openMessage, sealMessage } from "../../shared/report/message.ts";
import { verifyPromise } from "../../shared/report/promise.ts";
import { recordState } from "../../shared/report/receipt.ts";
import { reporterKeysOf } from "../../shared/report/seal.ts";
import { parseNote } from "../../shared/note/note.ts";
import { witnessedTime } from "../../shared/tlog/checkpoint.ts";
import { parseLogProof } from "../../shared/tlog/proof.ts";
import type { Answer, Consents, Entry, Evidence, Holder, LogRecord, MailboxView, Status } from "../protocol.ts";
import type { Office } from "./desk.ts";

const statuses: Readonly<Partial<Record<CaseStatus, Status>>> = {
  [CaseStatus.RECEIVED]: "received",
  [CaseStatus.ACKNOWLEDGED]: "acknowledged",
  [CaseStatus.IN_ASSESSMENT]: "assessment",
  [CaseStatus.UNDER_INVESTIGATION]: "investigation",
  [CaseStatus.REFERRED]: "referred",
  [CaseStatus.ACTION_TAKEN]: "action",
  [CaseStatus.CLOSED]: "closed",
};
const statusOf = (status: CaseStatus): Status => statuses[status] ?? "received";
const tries = 5; // when others write at the same time
const maxCheckpointBytes = 64 * 1024;

export class Mailbox {
  readonly #office: Office;
  readonly #reporter: Party;
  #box: OpenMailbox;
  // A message whose answer may be lost, and where the case's chain ended before it.
  #unsure: { readonly text: string; readonly after: bigint } | undefined;

  private constructor(office: Office, reporter: Party, box: OpenMailbox) {
    this.#office = office;
    this.#reporter = reporter;
    this.#box = box;
  }

  /** Throws malformed with the group or word that is wrong; not_found, unauthorized when there is none; unverified. */
  static async open(office: Office, text: string): Promise<Mailbox> {
    const reporter = Party.fromReceiptCode(await parseReceiptCode(text));
    return new Mailbox(office, reporter, await read(office, reporter));
  }

  async view(): Promise<MailboxView> {
    const { id, status, events } = this.#box;
    const entries = await Promise.all(events.map((event) => this.#entry(event)));
    return { id, record: await this.#record(), status: statusOf(status), entries, readers: await this.#readers() };
  }

  /** Throws rejected when there is no promise any more. */
  async evidence(): Promise<Evidence> {
    const { promised, hash } = this.#box;
    if (promised === undefined) throw new SafeconductError("rejected", "the case was erased: nothing is promised", "erased");
    const { transport } = this.#office.api;
    // The file is worth having without it, and now: the request is not tried again.
    const checkpoint = await transport
      .once({ path: "/log/checkpoint" })
      .then(async (answer) => (answer.ok ? fromUtf8(await readBody(answer, maxCheckpointBytes)) : ""))
      .catch(() => "");
    const now = await transport.gatewayTime();
    return { promise: promised.note, hash: toHex(hash), checkpoint, time: Math.max(now, Number(this.#witnessed() ?? 0n)) };
  }

  /**
   * The same text again after a failure is the same message, if it did arrive. Throws rejected after an
   * erasure, too_large, unverified, and what the gateway answers.
   */
  async reply(text: string): Promise<void> {
    if (await this.#hasArrived(text)) return;
    this.#unsure = { text, after: this.#box.head.sequence };
    const { charter, api } = this.#office;
    await this.#append(async (box) => {
      const readers = replyReaders(box, charter, await api.transport.gatewayTime());
      const sealed = await sealMessage(text, box.hash, reporterKeysOf(this.#reporter), readers, charter.channel(box.channel));
      return { case: "message", value: { sealed } };
    });
    this.#unsure = undefined;
  }

  async changeConsent(consent: Consents, identityAnswers: readonly Answer[]): Promise<void> {
    const body = await makeConsentChange(this.#box, this.#office.charter, this.#reporter, { consent, identityAnswers });
    await this.#append(() => Promise.resolve(body));
  }

  forget(): void {
    this.#reporter.forget();
  }

  // Of the message of that text whose answer was lost.
  async #hasArrived(text: string): Promise<boolean> {
    const unsure = this.#unsure;
    if (unsure?.text !== text) return false;
    this.#box = await read(this.#office, this.#reporter);
    const newer = this.#box.events.filter(({ event }) => event.sequence > unsure.after);
    const entries = await Promise.all(newer.map((event) => this.#entry(event)));
    const isThere = entries.some((entry) => entry.author === "reporter" && entry.text === text);
    if (isThere) this.#unsure = undefined;
    return isThere;
  }

  async #append(make: (box: OpenMailbox) => Promise<EventBody>): Promise<void> {
    const { api, charter } = this.#office;
    const key = this.#reporter.key("request");
    for (let left = tries; ; --left) {
      const time = await api.transport.gatewayTime();
      const event = signEvent(this.#box.hash, this.#box.head, charter.version, time, await make(this.#box), this.#reporter.key("event"));
      try {
        const { promise } = await api.appendToMailbox(key, event);
        verifyPromise(promise, "event", eventHash(event), charter.logs);
        break;
      } catch (error) {
        if (left === 0 || !hasCode(error, "conflict")) throw error;
        this.#box = await read(this.#office, this.#reporter);
      }
    }
    this.#box = await read(this.#office, this.#reporter);
  }

  async #record(): Promise<LogRecord> {
    if (this.#box.erasure?.event.body.case === "expiry") return { state: "expired", until: 0 };
    const now = await this.#office.api.transport.gatewayTime();
    return { until: 0, ...recordState(this.#box, now, this.#witnessed()) };
  }

  // The charter's witnesses tell the time, too; its proof was verified before.
  #witnessed(): bigint | undefined {
    const { trust, charterProof } = this.#office;
    const { checkpoint } = parseLogProof(charterProof);
    return witnessedTime(parseNote(checkpoint), { witnesses: trust.witnesses, threshold: trust.witnessThreshold });
  }

  async #readers(): Promise<Holder[] | undefined> {
    const now = await this.#office.api.transport.gatewayTime();
    try {
      const readers = replyReaders(this.#box, this.#office.charter, now);
      return readers.map(({ label, organisation }) => ({ label, organisation }));
    } catch {
      return undefined;
    }
  }

  async #entry({ event }: CheckedEvent): Promise<Entry> {
    const keys = reporterKeysOf(this.#reporter);
    const author = authorOf(event, keys.eventKey, this.#office.charter);
    const entry = {
      author: author === "reporter" ? author : { label: author?.label ?? "?", organisation: author?.organisation ?? "" },
      time: Number(event.time),
    };
    if (event.body.case === "status") return { ...entry, status: statusOf(event.body.value.status) };
    if (event.body.case !== "message") return entry;
    try {
      const { text } = await openMessage(event.body.value.sealed, this.#reporter, this.#box.hash, keys);
      return { ...entry, text };
    } catch {
      return entry; // the page says that it cannot be opened
    }
  }
}

async function read({ api, charter, trust }: Office, reporter: Party): Promise<OpenMailbox> {
  return checkMailbox(await api.readMailbox(reporter.key("request")), charter, trust);
}
