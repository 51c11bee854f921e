// Figures of a channel from its list of cases: how many came by month, of what kind, how they stand, what is overdue,
// and how many days it took to acknowledge and to close, held against the channel's deadlines. Pure.
import type { CaseRow, ChannelView, Status } from "../protocol.ts";
import type { Duty } from "./deadlines.ts";
import { type Entry, isSettled } from "./inbox.ts";

export interface Count<Key extends string> {
  readonly key: Key;
  readonly count: number;
}

/** Cases that took from `first` to `last` days, both counted. */
export interface Span {
  readonly first: number;
  readonly last: number; // Infinity: all that took longer than the span before
  readonly count: number;
  readonly isLate: boolean; // after the deadline
}

/** Whole days from the day of receipt; those of which it is known. */
export interface Took {
  readonly cases: number;
  readonly median: number; // of an even number the upper one; 0 without any
  readonly worst: number;
  readonly deadline: number; // 0: the channel has none
  readonly inTime: number; // cases, within the deadline; 0 without one
  readonly spans: readonly Span[]; // none left out, the deadline where one ends
}

export interface Figures {
  readonly received: number;
  readonly open: number;
  readonly overdueCases: number;
  readonly months: readonly Count<string>[]; // `2027-01`, the oldest first, none left out
  readonly kinds: readonly Count<string>[]; // in words of the channel, the most frequent first; "": not opened, or not said
  readonly statuses: readonly Count<Status>[]; // in their order
  readonly overdue: readonly Count<Duty>[];
  readonly acknowledge: Took;
  /** Closing has no deadline of its own: held against the one to conclude, of cases that are not urgent. */
  readonly close: Took;
}

const daySeconds = 86_400;
const order: readonly Status[] = ["received", "acknowledged", "assessment", "investigation", "referred", "action", "closed"];
const duties: readonly Duty[] = ["acknowledge", "appoint", "feedback", "conclude"];

function counted<Key extends string>(keys: Iterable<Key>): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const monthOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 7);

// From the first month to the last.
function months(days: readonly number[]): string[] {
  if (days.length === 0) return [];
  const last = monthOf(Math.max(...days));
  const at = new Date(`${monthOf(Math.min(...days))}-01T00:00:00Z`);
  const all: string[] = [];
  for (; all.at(-1) !== last; at.setUTCMonth(at.getUTCMonth() + 1)) all.push(at.toISOString().slice(0, 7));
  return all;
}

// The last day of each span but the one that has none: thirds of the deadline, and as long again; without one, by
// the calendar.
function spanEnds(deadline: number): readonly number[] {
  if (deadline === 0) return [7, 30, 90, 180];
  const thirds = new Set([1, 2, 3].map((part) => Math.ceil((deadline * part) / 3)));
  return [...thirds, 2 * deadline];
}

function tookOf(rows: readonly CaseRow[], dayOf: (row: CaseRow) => number, deadline: number): Took {
  const days = rows.filter((row) => dayOf(row) > 0).map((row) => Math.max(0, Math.round((dayOf(row) - row.receivedDay) / daySeconds))).sort((a, b) => a - b);
  const ends = [...spanEnds(deadline), Infinity];
  const spans = ends.map((last, index) => {
    const first = index === 0 ? 0 : ends[index - 1]! + 1;
    return { first, last, count: days.filter((each) => each >= first && each <= last).length, isLate: deadline > 0 && first > deadline };
  });
  return {
    cases: days.length,
    median: days[Math.floor(days.length / 2)] ?? 0,
    worst: days.at(-1) ?? 0,
    deadline,
    inTime: deadline === 0 ? 0 : days.filter((each) => each <= deadline).length,
    spans,
  };
}

/** Of the cases of one channel; those that were dismissed count as received only. */
export function figuresOf(entries: readonly Entry[], channel: ChannelView): Figures {
  const here = entries.filter(({ row }) => row.channel === channel.id);
  const byMonth = counted(here.map(({ row }) => monthOf(row.receivedDay)));
  const kept = here.filter(({ row }) => !row.dismissed);
  const byKind = counted(kept.map(({ gist }) => (typeof gist === "object" ? gist.title : "")));
  const byStatus = counted(kept.map(({ row }) => row.status));
  const late = counted(kept.flatMap(({ due }) => due.filter(({ daysLeft }) => daysLeft < 0).map(({ duty }) => duty)));
  const of = <Key extends string>(keys: readonly Key[], counts: ReadonlyMap<Key, number>): Count<Key>[] => keys.map((key) => ({ key, count: counts.get(key) ?? 0 }));
  return {
    received: here.length,
    open: kept.filter(({ row }) => !isSettled(row)).length,
    overdueCases: kept.filter(({ due }) => (due[0]?.daysLeft ?? 0) < 0).length,
    months: of(months(here.map(({ row }) => row.receivedDay)), byMonth),
    kinds: [...byKind].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count || a.key.localeCompare(b.key)),
    statuses: of(order, byStatus),
    overdue: of(duties, late),
    acknowledge: tookOf(kept.map(({ row }) => row), ({ acknowledgedDay }) => acknowledgedDay, channel.deadlines.acknowledge),
    close: tookOf(kept.map(({ row }) => row), ({ closedDay }) => closedDay, channel.deadlines.conclude),
  };
}

/** RFC 4180. What a spreadsheet would take for a formula is made text. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
