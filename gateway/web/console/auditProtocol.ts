// The part of the protocol that is an auditor's: plain objects as in protocol.ts, and no content of any case.
import type { Fork, TimelineEntry } from "./protocol.ts";

export type AuditAlarmKind =
  | "openedTwice" | "notItsOpening" | "noOpening" | "notErased" | "otherCase" | "reportTwice" | "eventTwice" | "hiddenReport" | "hiddenEvent"
  | "erasedNowhere" | "erasedByNothing" | "erasedTooMany" | "erasedOthers" | "erasedMissing" | "listedTwice" | "saidElsewhere" | "notInChain" | "notPromised"
  | "missingReport" | "missingEvent" | "unreadable";

export interface AuditAlarm {
  readonly kind: AuditAlarmKind;
  readonly entry?: number; // of the log
  readonly id?: string; // of a case
  readonly event?: string; // its number
}

export interface AuditCounts {
  readonly entries: number;
  readonly reports: number;
  readonly events: number;
  readonly covers: number;
  readonly erased: number;
  readonly elsewhere: number; // of cases of other channels
  readonly waiting: number;
  readonly cases: number;
  readonly alarms: number; // of which the first thousand are told
}

export interface AuditProgress {
  readonly phase: "entries" | "openings" | "cases";
  readonly done: number;
  readonly total: number; // as far as it is known
}

export interface AuditDeed extends TimelineEntry {
  readonly id: string; // of the case
}

export interface AuditView {
  readonly counts: AuditCounts;
  readonly alarms: readonly AuditAlarm[];
  readonly checkpoint: string;
  readonly deeds: readonly AuditDeed[]; // the newest of all cases, no content
  readonly everything: boolean; // all channels
}

export interface LogView {
  readonly origin: string;
  readonly interval: number; // seconds
  readonly retired: readonly string[];
  readonly size?: string; // absent: it has no checkpoint yet
  readonly checkpoint?: string;
  readonly seen?: string;
  readonly before?: string; // the size that an earlier visit saw, from which it goes on
  readonly threshold: number; // witnesses that have to cosign
  readonly isConfirmed?: boolean;
  readonly cosigned: readonly { readonly name: string; readonly time: number }[];
  readonly isStalled: boolean; // it has not grown while this session looked, for longer than it may
  readonly fork?: Fork;
  readonly last?: AuditView;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
}
