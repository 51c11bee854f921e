// What the page has done for it, over gateway/web/shared: the charter verified before anything else, a
// report sealed and sent, the mailbox read and answered.
//
// What it holds to: nothing is sealed under a charter that did not verify, and nothing is sent unsealed.
// The receipt code, the reporter's keys and the report exist in this object only.
import { GatewayApi } from "../../shared/api/api.ts";
import type { UploadOptions } from "../../shared/api/upload.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import type { OpenCharter } from "../../shared/charter/charter.ts";
import { openPublished } from "../../shared/charter/published.ts";
import { parseTrust, type Trust } from "../../shared/charter/trust.ts";
import type { Answer, Calls, Channel, Consents, Evidence, MailboxView, Receipt, Report, Sending } from "../protocol.ts";
import { channelView, readTexts } from "./channelView.ts";
import type { Mailbox } from "./mailbox.ts";
import { Submission } from "./submission.ts";

const retrySeconds = 600; // a telephone loses its network for minutes

export interface Office {
  readonly api: GatewayApi;
  readonly charter: OpenCharter;
  readonly channel: string;
  readonly trust: Trust;
  readonly charterProof: string; // that it is the newest one, as the gateway gave it
}

export class Desk {
  readonly #progress: (progress: Sending) => void;
  readonly #startDigest: NonNullable<UploadOptions["startDigest"]>;
  #stage: Sending = { stage: "seal" };
  #office: Office | undefined;
  #submission: Submission | undefined;
  #mailbox: Mailbox | undefined;

  /** `startDigest` as for uploads. */
  constructor(progress: (progress: Sending) => void, startDigest: NonNullable<UploadOptions["startDigest"]>) {
    this.#progress = progress;
    this.#startDigest = startDigest;
  }

  readonly #say = (stage: Sending): void => this.#progress((this.#stage = stage));
  // What is said after a calculation is what was said before.
  readonly #working = (isWorking: boolean): void => this.#progress(isWorking ? { stage: "work" } : this.#stage);

  /** Throws unverified, expired, rejected, malformed about the charter; not_found (channel); unavailable. */
  async open(...[pinned, origin, language]: Parameters<Calls["open"]>): Promise<Channel> {
    this.#office = undefined;
    const api = new GatewayApi(origin, { retrySeconds, working: this.#working });
    const document = await api.readCharter();
    const now = await api.transport.gatewayTime();
    const trust = parseTrust(pinned.trust);
    const { charter } = openPublished(document, trust, now);
    const info = charter.channel(pinned.channel);
    const texts = await readTexts(api, charter, language);
    this.#office = { api, charter, channel: pinned.channel, trust, charterProof: document.proof };
    return channelView(info, charter, texts, now, trust.witnessThreshold > 0);
  }

  async send(report: Report): Promise<Receipt> {
    const receipt = await this.#submissionOf(report).send(this.#say);
    this.#submission = undefined;
    return receipt;
  }

  async sendWithoutReceipt(report: Report): Promise<string> {
    const id = await this.#submissionOf(report).sendWithoutReceipt(this.#say);
    this.#submission = undefined;
    return id;
  }

  sendDecoy(report: Report): Promise<void> {
    return new Submission(this.#open, report).sendDecoy();
  }

  async openMailbox(code: string): Promise<MailboxView> {
    this.closeMailbox();
    // A report needs none of it.
    const { Mailbox } = await import("./mailbox.ts");
    const mailbox = await Mailbox.open(this.#open, code);
    this.#mailbox = mailbox;
    return mailbox.view();
  }

  async reply(text: string): Promise<MailboxView> {
    await this.#opened.reply(text);
    return this.#opened.view();
  }

  async changeConsent(consents: Consents, identity: readonly Answer[]): Promise<MailboxView> {
    await this.#opened.changeConsent(consents, identity);
    return this.#opened.view();
  }

  evidence(): Promise<Evidence> {
    return this.#opened.evidence();
  }

  closeMailbox(): void {
    this.#mailbox?.forget();
    this.#mailbox = undefined;
  }

  // Of a report that failed to arrive, the same keys and files: sent twice it counts once.
  #submissionOf(report: Report): Submission {
    if (this.#submission?.draft !== report.draft) this.#submission = new Submission(this.#open, report, this.#startDigest);
    return this.#submission!;
  }

  get #open(): Office {
    if (this.#office === undefined) throw new SafeconductError("unverified", "there is no verified charter");
    return this.#office;
  }

  get #opened(): Mailbox {
    if (this.#mailbox === undefined) throw new SafeconductError("unauthorized", "no mailbox is open");
    return this.#mailbox;
  }
}
