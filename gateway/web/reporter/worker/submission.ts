// One report on its way: files first, each sealed while it is sent, then the report itself. After a
// failure send() goes on where it was: files that arrived are not sent again, and a report that was sealed
// is the same report.
import type { Uploaded, UploadOptions } from "../../shared/api/upload.ts";
import { toBase64 } from "../../shared/base/bytes.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import { serialize } from "../../shared/base/messages.ts";
import { SealedReportSchema } from "../../shared/generated/safeconduct/v1/report_pb.ts";
import { newReceiptCode, receiptDigits, receiptWords, wordListFor } from "../../shared/identity/receiptCode.ts";
import { Party } from "../../shared/identity/party.ts";
import { verifyPromise } from "../../shared/report/promise.ts";
import { type Sealed, sealReport } from "../../shared/report/seal.ts";
import type { Receipt, Report, Sending } from "../protocol.ts";
import type { Office } from "./desk.ts";

export class Submission {
  readonly draft: number;
  readonly #office: Office;
  readonly #report: Report;
  readonly #startDigest: UploadOptions["startDigest"];
  readonly #code = newReceiptCode();
  readonly #reporter = Party.fromReceiptCode(this.#code);
  readonly #uploaded: Uploaded[] = [];
  #sealed: Sealed | undefined;
  #promise = "";

  constructor(office: Office, report: Report, startDigest?: UploadOptions["startDigest"]) {
    this.#office = office;
    this.#report = report;
    this.#startDigest = startDigest;
    this.draft = report.draft;
  }

  /** As sendWithoutReceipt; gives the code as it is shown. */
  async send(progress: (progress: Sending) => void): Promise<Receipt> {
    await this.sendWithoutReceipt(progress);
    return this.#receipt(this.#sealed!);
  }

  /** Gives the id. Throws too_large, and unverified when the gateway did not prove that it accepted the report. */
  async sendWithoutReceipt(progress: (progress: Sending) => void): Promise<string> {
    const { api, charter } = this.#office;
    await this.#upload(progress);
    progress({ stage: "seal" });
    const sealed = (this.#sealed ??= await this.#seal());
    progress({ stage: "report" });
    const reply = await api.submit(sealed, this.#uploaded.map(({ uploadId }) => uploadId));
    verifyPromise(reply.promise, "report", sealed.hash, charter.logs);
    if (reply.reportId !== sealed.id) throw new SafeconductError("unverified", "the gateway accepted another report", "report_id");
    this.#promise = reply.promise;
    return sealed.id;
  }

  /** Cover traffic: the same steps, for a report without files; only what was sealed stays here. */
  async sendDecoy(): Promise<void> {
    const sealed = await this.#seal();
    await this.#office.api.submitDecoy(sealed);
    await this.#receipt(sealed); // loads the words that a receipt needs
  }

  async #upload(progress: (progress: Sending) => void): Promise<void> {
    const { api, charter, channel } = this.#office;
    const { files } = this.#report;
    if (files.length === 0) return;
    const { uploadAttachment } = await import("../../shared/api/upload.ts");
    while (this.#uploaded.length < files.length) {
      const number = this.#uploaded.length + 1;
      const { content, name, mediaType } = files[number - 1]!;
      const report = (share: number): void => progress({ stage: "file", number, count: files.length, share });
      report(0);
      this.#uploaded.push(
        await uploadAttachment(api, content, charter, channel, {
          name, mediaType,
          progress: (sent, total) => report(sent / total),
          ...(this.#startDigest && { startDigest: this.#startDigest }),
        }),
      );
    }
  }

  #seal(): Promise<Sealed> {
    const { charter, channel } = this.#office;
    const { answers, consents, language, narrative } = this.#report;
    const draft = {
      channel, language, narrative,
      consent: consents,
      triageAnswers: answers.triage,
      accountAnswers: answers.account,
      identityAnswers: answers.identity,
      attachments: this.#uploaded.map(({ sealed }) => sealed),
    };
    return sealReport(draft, charter, this.#reporter);
  }

  async #receipt({ id, report }: Sealed): Promise<Receipt> {
    const list = wordListFor(this.#report.language) ?? "en";
    const proof = JSON.stringify({ promise: this.#promise, report: toBase64(serialize(SealedReportSchema, report)) });
    return { id, proof, words: await receiptWords(this.#code, list), digits: receiptDigits(this.#code), wordsLanguage: list };
  }
}
