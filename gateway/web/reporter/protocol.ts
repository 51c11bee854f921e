// What the page and its worker tell each other. The page knows nothing of keys and messages: it gets
// plain objects of the verified charter, and gives answers and files.
import type { Code } from "../shared/base/error.ts";

export type QuestionKind = "text" | "long-text" | "choice" | "choices" | "date" | "place" | "yes-no" | "file";
export type Place = "triage" | "account" | "identity";

export interface Question {
  readonly id: string;
  readonly kind: QuestionKind;
  readonly place: Place;
  readonly required: boolean;
  readonly options: readonly string[];
  readonly shownIf?: { readonly question: string; readonly equals: readonly string[] };
}

export interface Step {
  readonly id: string;
  readonly questions: readonly Question[];
}

/** Words of the charter's texts. An id without words is shown as it is. */
export interface Words {
  readonly title?: string;
  readonly help?: string;
  readonly options?: Readonly<Record<string, string>>;
}

export interface Texts {
  readonly language: string; // of these words
  readonly steps: Readonly<Record<string, Words>>;
  readonly questions: Readonly<Record<string, Words>>;
  readonly consents: Readonly<Record<string, Words>>;
}

export interface Holder {
  readonly label: string;
  readonly organisation: string;
}

export interface Channel {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly texts: Texts;
  readonly intake: readonly Holder[];
  readonly support: readonly Holder[];
  /** Who has to agree before the account is opened; undefined: intake reads it. */
  readonly quorum?: { readonly trustees: number; readonly threshold: number };
  readonly attachments: number;
  readonly fileBytes: number; // of one file, so that it fits when sealed
  readonly acknowledgeDays: number; // 0: no such deadline
  readonly feedbackDays: number;
  readonly gatewayTime: number; // Unix seconds
  readonly charterExpiry: number;
  readonly witnessed: boolean; // witnesses confirm that there is no newer charter
}

export interface Answer {
  readonly question: string;
  readonly values: readonly string[];
}

export interface Consents {
  readonly contact: boolean;
  readonly supportServices: boolean;
  readonly investigators: boolean;
  readonly nationalAuthorities: boolean;
}

export interface Report {
  readonly draft: number; // another number for each time that it was changed
  readonly language: string;
  readonly narrative: string;
  readonly answers: Readonly<Record<Place, readonly Answer[]>>;
  readonly consents: Consents;
  readonly files: readonly { readonly content: Blob; readonly name: string; readonly mediaType: string }[];
}

export type Sending =
  | { readonly stage: "seal" | "report" | "work" } // work: the calculation that a busy gateway asks for
  | { readonly stage: "file"; readonly number: number; readonly count: number; readonly share: number };

export interface Receipt {
  readonly id: string;
  /** JSON: promise, the note, and report, base64 of the SealedReport: what proves that it was accepted. */
  readonly proof: string;
  readonly words: string;
  readonly digits: string;
  readonly wordsLanguage: string;
}

export type Found = "location" | "comments" | "preview" | "author" | "dates" | "other";

export type Cleaned =
  | { readonly result: "cleaned"; readonly content: Blob; readonly found: readonly Found[] } // nothing found: the same bytes
  | { readonly result: "unknown" | "damaged" | "large" };

export type Status =
  | "received"
  | "acknowledged"
  | "assessment"
  | "investigation"
  | "referred"
  | "action"
  | "closed";

export interface Entry {
  readonly author: "reporter" | Holder;
  readonly time: number; // Unix seconds, of the hour
  readonly text?: string; // undefined: it could not be opened
  readonly status?: Status;
}

/**
 * What the public log has of the report; unconfirmed: too few witnesses have seen it there; expired: it was erased
 * by its channel's retention, and not by a person.
 */
export interface LogRecord {
  readonly state: "logged" | "unconfirmed" | "promised" | "broken" | "erased" | "expired";
  readonly until: number; // Unix seconds, of the promise
}

/** What shows that a promise was broken. */
export interface Evidence {
  readonly promise: string;
  readonly hash: string; // of the report, in hex
  readonly checkpoint: string; // the newest one of the log; empty: the gateway gave none
  readonly time: number; // Unix seconds, by the gateway or the witnesses
}

export interface MailboxView {
  readonly id: string;
  readonly record: LogRecord;
  readonly status: Status;
  readonly entries: readonly Entry[];
  readonly readers: readonly Holder[] | undefined; // undefined: not proven, so nothing can be answered
}

export interface Calls {
  /** Verifies the charter and gives the channel. `language`: of the texts. */
  open(pinned: { trust: string; channel: string }, origin: string, language: string): Channel;
  clean(content: Blob, name: string): Cleaned;
  /** Goes on with the same report when it is called again after a failure. */
  send(report: Report): Receipt;
  /** The same for a report to whose mailbox nobody needs to come back: no receipt. Gives its id. */
  sendWithoutReceipt(report: Report): string;
  /** Does on the network what send does of a report without files, and sends nothing: random bytes. */
  sendDecoy(report: Report): void;
  openMailbox(code: string): MailboxView;
  reply(text: string): MailboxView;
  changeConsent(consents: Consents, identity: readonly Answer[]): MailboxView;
  /** Of the mailbox that is open. Asks the gateway for a checkpoint, once. */
  evidence(): Evidence;
  closeMailbox(): void;
}

export type CallName = keyof Calls;
export type Request = { readonly id: number; readonly name: CallName; readonly args: readonly unknown[] };

export interface Failure {
  readonly code: Code;
  readonly field: string;
  readonly status: number;
}

export type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly id: number; readonly progress: Sending };
