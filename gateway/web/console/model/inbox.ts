// The inbox as a list of cases with what their opened triages say: filtered, searched, sorted. Pure.
import type { Answer, CaseRow, ChannelView, Status, Texts, TriageRow } from "../protocol.ts";
import { type Due, dueOf } from "./deadlines.ts";

/** What a triage says, in words of the channel. */
export interface Gist {
  readonly danger: boolean;
  readonly title: string; // the kind of thing; empty: not said
  readonly place: string;
  readonly needs: readonly string[];
  readonly search: string; // lower case, without accents
}

export interface Entry {
  readonly row: CaseRow;
  readonly gist: Gist | "sealed" | "waiting" | "broken"; // sealed: not for this holder; waiting: not opened yet
  readonly due: readonly Due[];
  readonly unread: boolean;
}

export type Filter = "open" | "unread" | "mine" | "requests" | "overdue" | "held" | "dismissed" | "closed" | "all";
export type Sort = "urgent" | "newest" | "oldest" | "deadline";

export interface View {
  readonly filter: Filter;
  readonly status: Status | "any";
  readonly sort: Sort;
  readonly search: string;
}

/** Without case and accents, so that both need not be typed. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Questions about danger have ids that begin so; answered "yes" the case is urgent. */
export const asksOfDanger = (question: string): boolean => question.startsWith("danger");

export function valueTitle(question: string, value: string, kind: string | undefined, texts: Texts): string {
  return kind === "choice" || kind === "choices" || kind === "yes-no" ? (texts.questions[question]?.options?.[value] ?? value) : value;
}

export function gistOf(answers: readonly Answer[], channel: ChannelView | undefined, texts: Texts): Gist {
  const kinds = new Map(channel?.questions.map(({ id, kind }) => [id, kind]));
  const words = (of: string): string[] =>
    answers.filter(({ question }) => kinds.get(question) === of).map(({ question, values }) => values.map((value) => valueTitle(question, value, of, texts)).join(", "));
  const all = answers.flatMap(({ question, values }) => values.map((value) => valueTitle(question, value, kinds.get(question), texts)));
  return {
    danger: answers.some(({ question, values }) => asksOfDanger(question) && kinds.get(question) === "yes-no" && values.includes("yes")),
    title: words("choice")[0] ?? "",
    place: words("place")[0] ?? "",
    needs: answers.filter(({ question }) => kinds.get(question) === "choices").flatMap(({ question, values }) => values.map((value) => valueTitle(question, value, "choices", texts))),
    search: folded(all.join("\n")),
  };
}

/** A case that asks nothing of anybody any more. */
export const isSettled = ({ status, dismissed, erased }: CaseRow): boolean => dismissed || erased || status === "closed";

export function entryOf(
  row: CaseRow,
  triage: TriageRow | "waiting" | undefined,
  { channel, texts, now, seenEvents }: { channel: ChannelView | undefined; texts: Texts; now: number; seenEvents: number | undefined },
): Entry {
  const gist = triage === undefined ? "sealed" : triage === "waiting" ? "waiting" : triage.failed === undefined ? gistOf(triage.answers, channel, texts) : triage.failed === "wrong_key" ? "sealed" : "broken";
  const urgent = typeof gist === "object" && gist.danger;
  const due = channel === undefined ? [] : dueOf({ ...row, settled: isSettled(row) }, channel.deadlines, urgent, now);
  return { row, gist, due, unread: seenEvents === undefined || row.events > seenEvents };
}

export function matches({ row, due, unread }: Entry, filter: Filter): boolean {
  switch (filter) {
    case "open":
      return !isSettled(row);
    case "unread":
      return unread && !isSettled(row);
    case "mine":
      return row.assigned && !isSettled(row);
    case "requests":
      return row.requests > 0;
    case "overdue":
      return (due[0]?.daysLeft ?? 0) < 0;
    case "held":
      return row.held;
    case "dismissed":
      return row.dismissed;
    case "closed":
      return row.status === "closed" || row.erased;
    case "all":
      return true;
  }
}

const far = Number.MAX_SAFE_INTEGER;
const dangerous = ({ gist }: Entry): number => (typeof gist === "object" && gist.danger ? 0 : 1);
const firstDue = ({ due }: Entry): number => due[0]?.day ?? far;
// Newest first among equals: by day, then as the gateway lists them, which the sort keeps.
const newest = (a: Entry, b: Entry): number => b.row.receivedDay - a.row.receivedDay;

const orders: Readonly<Record<Sort, (a: Entry, b: Entry) => number>> = {
  urgent: (a, b) => dangerous(a) - dangerous(b) || firstDue(a) - firstDue(b) || newest(a, b),
  newest,
  oldest: (a, b) => -newest(a, b),
  deadline: (a, b) => firstDue(a) - firstDue(b) || newest(a, b),
};

export function select(entries: readonly Entry[], { filter, status, sort, search }: View): Entry[] {
  const words = folded(search).split(/\s+/).filter((word) => word !== "");
  const holds = ({ row, gist }: Entry): boolean => {
    const text = typeof gist === "object" ? gist.search : "";
    return words.every((word) => text.includes(word) || row.id.startsWith(word));
  };
  return entries.filter((entry) => matches(entry, filter) && (status === "any" || entry.row.status === status) && holds(entry)).sort(orders[sort]);
}

/** How many there are of each. */
export function countsOf(entries: readonly Entry[]): Record<Filter, number> {
  const counts: Record<Filter, number> = { open: 0, unread: 0, mine: 0, requests: 0, overdue: 0, held: 0, dismissed: 0, closed: 0, all: 0 };
  for (const entry of entries) for (const filter of Object.keys(counts) as Filter[]) if (matches(entry, filter)) ++counts[filter];
  return counts;
}

/** The rows of a list of `count` that are to be there: those in sight and some around. */
export function windowOf(scrolled: number, height: number, rowHeight: number, count: number, around = 8): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrolled / rowHeight) - around);
  return { first: Math.min(first, count), last: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + around) };
}
