// What the page and its worker tell each other: plain objects, so that keys, messages and the protocol stay in
// the worker. Times are Unix seconds; numbers of events are texts, since they may be larger than a double holds.
import type { Code } from "../shared/base/error.ts";
import type { Texts } from "../reporter/protocol.ts";
import type { AuditView, LogView } from "./auditProtocol.ts";
import type { ExportedCase, OpenedFile } from "./fileProtocol.ts";
import type { KeptMarks, ReadMark } from "./marksProtocol.ts";

export type { Texts } from "../reporter/protocol.ts";

// --- The charter ----------------------------------------------------------------------------------

/** What stays on the device between visits: nothing of any case. */
export interface Seen {
  readonly version: string; // of the newest charter
  readonly checkpoint: string; // of the charters' log, as it was signed
  readonly log?: string; // the newest of the report log, as it was signed
}

export interface OfficeView {
  readonly origin: string;
  readonly version: string;
  readonly expiry: number;
  readonly witnessed: boolean; // independent witnesses confirm that there is no newer one
  readonly seen: Seen;
}

/** Why the page does not go on. */
export interface Alarm {
  readonly kind: "older" | "forked" | "unproven" | "unwitnessed" | "expired" | "unsigned" | "report-log";
  readonly code: Code;
  readonly field: string;
  readonly remembered?: string; // the checkpoint of an earlier visit
  readonly served?: string; // the one that contradicts it
}

export type RoleName = "intake" | "investigator" | "support" | "trustee" | "auditor" | "relay";

export interface Person {
  readonly key: string; // event key, in hex
  readonly label: string; // empty: a key that the charter does not name (any more)
  readonly organisation: string;
  readonly roles: readonly RoleName[];
  readonly national: boolean;
}

export interface Deadlines {
  readonly acknowledge: number; // days; 0: no such deadline
  readonly feedback: number;
  readonly appoint: number; // working days
  readonly appointUrgent: number; // working days
  readonly conclude: number;
  readonly concludeUrgent: number;
}

export interface ChannelView {
  readonly id: string;
  readonly deadlines: Deadlines;
  readonly questions: readonly Question[];
  readonly plainReaders: readonly Person[]; // empty: it takes no plain reports
  readonly quorum?: { readonly threshold: number; readonly organisations: number; readonly trustees: readonly Person[] };
}

export interface Question {
  readonly id: string;
  readonly kind: "text" | "long-text" | "choice" | "choices" | "date" | "place" | "yes-no" | "file";
  readonly place: "triage" | "account" | "identity";
}

export interface Me extends Person {
  readonly channels: readonly ChannelView[];
  readonly texts: Texts;
}

// --- The inbox ------------------------------------------------------------------------------------

export type Status = "received" | "acknowledged" | "assessment" | "investigation" | "referred" | "action" | "closed";

export interface CaseRow {
  readonly id: string;
  readonly channel: string;
  readonly plain: boolean;
  readonly status: Status;
  readonly receivedDay: number;
  readonly events: number;
  readonly assigned: boolean;
  readonly dismissed: boolean;
  readonly held: boolean;
  readonly requests: number;
  readonly erased: boolean;
  readonly bySms: boolean;
  readonly acknowledgedDay: number; // 0: not yet
  readonly closedDay: number; // 0: it is open
  readonly expiresDay: number; // on which the gateway erases it unless it is held; 0: it does not
}

export interface Answer {
  readonly question: string;
  readonly values: readonly string[];
}

/** An opened triage; without answers it is there and cannot be opened. */
export interface TriageRow {
  readonly id: string;
  readonly language: string;
  readonly answers: readonly Answer[];
  readonly failed?: Code;
}

export interface ListProgress {
  readonly rows?: readonly CaseRow[];
  readonly sealed?: readonly string[]; // ids of those whose triage is opened later
  readonly triages?: readonly TriageRow[];
  readonly opened: number;
  readonly total: number; // triages so far
}

// --- A case ---------------------------------------------------------------------------------------

export interface Consents {
  readonly contact: boolean;
  readonly supportServices: boolean;
  readonly investigators: boolean;
  readonly nationalAuthorities: boolean;
}

export interface AttachmentView {
  readonly compartment: string;
  readonly name: string; // as the reporter calls it
  readonly mediaType: string; // as the reporter's device says
  readonly bytes: number;
  readonly served: boolean;
}

export type PartName = "triage" | "account" | "identity";

export interface PartView {
  readonly name: PartName;
  /** open; sealed: not for this holder now; broken: it is, and does not verify or open. */
  readonly state: "open" | "sealed" | "broken";
  readonly code?: Code;
  readonly quorum: boolean; // sealed to trustees
  readonly answers: readonly Answer[];
  readonly language?: string;
  readonly narrative?: string;
  readonly attachments: readonly AttachmentView[];
  readonly givenAnew?: boolean; // an identity that the reporter wrote later
}

export interface MessageView {
  readonly sequence: string;
  readonly author: Person | "reporter";
  readonly time: number;
  readonly text?: string; // absent: not for this holder, or it does not verify
  readonly code?: Code;
}

export interface CustodyFields {
  readonly item: string;
  readonly place: string;
  readonly time: string; // RFC 3339, or empty
  readonly from: string;
  readonly to: string;
  readonly sealNumber: string;
  readonly remarks: string;
}

export interface MeasureFields {
  readonly measures: readonly { readonly kind: string; readonly date: string; readonly reference: string }[];
  readonly sanction: string;
  readonly remarks: string;
}

/** That evidence changed hands, or what was done about the case; neither: it does not open for this holder. */
export interface RecordView {
  readonly sequence: string;
  readonly author: Person | "reporter";
  readonly time: number;
  readonly kind: "custody" | "measures";
  readonly custody?: CustodyFields & { readonly document: string }; // SHA-256 in hex, or empty
  readonly measures?: MeasureFields;
  readonly code?: Code;
}

export interface ApprovalView {
  readonly trustee: Person;
  readonly parts: readonly string[];
  readonly malformed: readonly string[];
}

export interface RequestView {
  readonly sequence: string;
  readonly author: Person;
  readonly time: number;
  readonly parts: readonly string[];
  readonly reason?: string;
  readonly expires: number; // 0: never
  readonly approvals: readonly ApprovalView[];
  readonly refusals: readonly { readonly trustee: Person; readonly reason?: string }[];
  readonly threshold: number;
  readonly organisations: number;
  readonly released: boolean; // all parts
  readonly ended: boolean;
  readonly own: boolean; // of who looks
  readonly answer?: "approved" | "refused"; // by who looks
  /** To a trustee who has not answered: what his approval would let go. */
  readonly decision?: Decision;
}

export interface Decision {
  readonly lets: readonly string[];
  readonly withheld: readonly { readonly part: string; readonly why: "share" | "consent" }[];
  readonly consent?: Consents;
  readonly refused?: Code; // there is nothing that could be approved
}

/** What a relay says of an answer by SMS. */
export type Delivery = "sent" | "delivered" | "failed" | "unsure" | "stopped";

export interface TimelineEntry {
  readonly sequence: string;
  readonly time: number;
  readonly author: Person | "reporter";
  readonly kind: string; // of the event's body
  readonly status?: Status;
  readonly holder?: Person;
  readonly parts?: readonly string[];
  readonly ended?: boolean;
  readonly expires?: number;
  readonly other?: string; // id of another case
  readonly closedDay?: number; // of an expiry: since when the case was closed
  readonly closedDays?: number;
  readonly delivery?: Delivery;
  readonly text?: string; // a note, a reason
  /** Absent: signature, place in the chain and author are as they have to be. */
  readonly wrong?: "signature" | "chain" | "author" | "after" | "expiry";
}

/**
 * What the public log has of a report or an event. unconfirmed: it has it, and too few witnesses have seen that;
 * waiting: it has time left; missing: its time has passed; false: what is said to be its proof is none; gone: erased.
 */
export type LogState = "logged" | "unconfirmed" | "waiting" | "missing" | "false" | "gone";

/** Two checkpoints that the report log signed and that cannot both be true. */
export interface Fork {
  readonly remembered: string;
  readonly served: string; // empty: it serves none any more
}

export interface LogCheck {
  readonly events: Readonly<Record<string, LogState>>; // by sequence; 0: the report
  readonly seen?: string; // the newest checkpoint
  readonly fork?: Fork;
}

export interface Colleague extends Person {
  readonly assigned: boolean;
  readonly excluded: boolean;
  readonly granted: readonly string[];
  readonly works: boolean; // cases may be assigned to the holder
  readonly mayKnow?: boolean; // who the reporter is, by the consent; undefined: not known
}

export interface Released {
  readonly parts: readonly string[];
  readonly warnings: readonly { readonly part: string; readonly trustee?: string; readonly fault: "trustee" | "reporter" | "some" }[];
}

/** What the holder may do by post and work; the gateway decides. */
export interface Allowed {
  readonly message: boolean;
  readonly status: boolean;
  readonly people: boolean;
  readonly note: boolean;
  readonly link: boolean;
  readonly dismiss: boolean;
  readonly hold: boolean;
  /** open: neither closed nor dismissed; second: it takes another person; held: a legal hold. Absent: not by post. */
  readonly erase?: "yes" | "open" | "second" | "held";
  readonly grant: readonly string[]; // parts
  readonly request: readonly string[]; // parts
}

export interface CaseView {
  readonly row: CaseRow;
  readonly hash: string;
  readonly now: number;
  /** An event does not verify: the timeline says which, and nothing else is shown. */
  readonly broken: boolean;
  readonly parts: readonly PartView[];
  readonly plain?: { readonly served: boolean; readonly bytes: number };
  readonly consent?: Consents;
  readonly consentChanged: boolean;
  readonly messages: readonly MessageView[];
  readonly notes: readonly MessageView[];
  readonly records: readonly RecordView[];
  readonly requests: readonly RequestView[];
  readonly timeline: readonly TimelineEntry[];
  readonly people: readonly Colleague[];
  readonly messageReaders: readonly Person[];
  readonly noteReaders: readonly Person[];
  readonly links: readonly string[];
  readonly allowed: Allowed;
  readonly released?: Released; // just now, and taken
}

export type Act =
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "assign"; readonly holder: string; readonly ended: boolean }
  | { readonly kind: "exclude"; readonly holder: string; readonly ended: boolean }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "custody"; readonly record: CustodyFields }
  | { readonly kind: "measures"; readonly record: MeasureFields }
  | { readonly kind: "grant"; readonly holder: string; readonly parts: readonly string[]; readonly expires: number }
  | { readonly kind: "revoke"; readonly holder: string }
  | { readonly kind: "request"; readonly parts: readonly string[]; readonly reason: string; readonly expires: number }
  | { readonly kind: "dismiss"; readonly ended: boolean }
  | { readonly kind: "hold"; readonly ended: boolean; readonly note: string } // for those who work on it; empty: none
  | { readonly kind: "erase" }
  | { readonly kind: "link"; readonly id: string; readonly ended: boolean }
  | { readonly kind: "approve"; readonly request: string; readonly parts: readonly string[] }
  | { readonly kind: "refuse"; readonly request: string; readonly reason: string };

// --- Handing over ---------------------------------------------------------------------------------

export interface HandedOver {
  readonly done: number; // cases so far
  readonly total: number;
  readonly handed: number; // of which shares were handed over now
  readonly before: number; // handed over to this successor before
  readonly nothing: number; // no share in it
  readonly failed: readonly string[]; // ids
}

// --- Calls ----------------------------------------------------------------------------------------

export type KeyFileKind = "plain" | "passphrase" | "passkey";

export interface Calls {
  open(trust: string, gateway: string, language: string, seen: Seen | undefined): OfficeView | Alarm;
  keyFileKind(file: Uint8Array): KeyFileKind;
  /** A file wrapped by a passkey asks the page for it. */
  unlock(file: Uint8Array, passphrase: string | undefined): Me;
  /** The unlocked key in a file for a new passkey. Called again after a failure it goes on with the passkey that was made. */
  wrapKey(): Uint8Array;
  list(): void;
  /** What the gateway keeps of earlier visits. */
  loadMarks(): KeptMarks;
  /** Has it kept, with what was kept since it was loaded; of listed cases alone. What is kept then. */
  keepMarks(read: readonly ReadMark[], listed: readonly string[]): readonly ReadMark[];
  openCase(id: string): CaseView;
  /** Under the case as it was opened last: conflict when somebody was faster. */
  act(id: string, what: Act): CaseView;
  openFile(id: string, compartment: string): OpenedFile;
  /** The one file of a plain report. */
  openPlain(id: string): OpenedFile;
  /** The case as it was opened last, as a ZIP of what `safeconduct case export` writes. Nothing sealed is opened. */
  exportCase(id: string): ExportedCase;
  /** What the log has of the case that is open. */
  checkLog(id: string): LogCheck;
  /** All shares of this trustee in open cases, to another trustee of the channels. */
  handOver(successor: string): HandedOver;
  viewLog(): LogView;
  audit(): AuditView;
  stopAudit(): void;
}
export type CallName = keyof Calls;

export interface Request {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

export interface Failure {
  readonly code: Code;
  readonly field: string;
  readonly status: number;
}

/** What only a page can do, asked of it by the worker: reaching the authenticator. Neither key nor file is in it. */
export interface Ask {
  readonly ask: number;
  readonly name: "create" | "get";
  readonly options: object; // WebAuthn's, for a call of that name
}

export type Answered =
  | { readonly answer: number; readonly result: unknown }
  | { readonly answer: number; readonly failure: Failure };

export type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly id: number; readonly progress: unknown };
