// The inbox: what a triage says at a glance, filters, search, order, and which rows are in sight.
import assert from "node:assert/strict";
import { test } from "node:test";

import { countsOf, type Entry, entryOf, folded, gistOf, select, type View, windowOf } from "../../../../gateway/web/console/model/inbox.ts";
import type { CaseRow, ChannelView, Texts, TriageRow } from "../../../../gateway/web/console/protocol.ts";

const day = 86_400;
const now = Date.parse("2027-03-10T12:00:00Z") / 1000;
const today = Math.floor(now / day) * day;
const channel: ChannelView = {
  id: "conduct",
  deadlines: { acknowledge: 7, feedback: 90, appoint: 0, appointUrgent: 0, conclude: 0, concludeUrgent: 0 },
  plainReaders: [],
  questions: [
    { id: "danger-now", kind: "yes-no", place: "triage" },
    { id: "kind", kind: "choice", place: "triage" },
    { id: "area", kind: "place", place: "triage" },
    { id: "needs", kind: "choices", place: "triage" },
  ],
};
const texts: Texts = { language: "en", steps: {}, consents: {}, questions: { kind: { options: { fraud: "Fraud", theft: "Theft" } }, needs: { options: { food: "Food" } } } };
const row = (id: string, more: Partial<CaseRow> = {}): CaseRow => ({
  id, channel: "conduct", plain: false, status: "received", receivedDay: today, events: 0, assigned: false, dismissed: false, held: false, requests: 0, erased: false, bySms: false, acknowledgedDay: 0, closedDay: 0, expiresDay: 0, ...more,
});
const triage = (id: string, danger: "yes" | "no", kind = "fraud", area = "Kaga-Bandoro"): TriageRow => ({
  id, language: "fr",
  answers: [{ question: "danger-now", values: [danger] }, { question: "kind", values: [kind] }, { question: "area", values: [area] }, { question: "needs", values: ["food"] }],
});
const entry = (one: CaseRow, opened: TriageRow | "waiting" | undefined, seenEvents?: number): Entry => entryOf(one, opened, { channel, texts, now, seenEvents });
const view = (more: Partial<View> = {}): View => ({ filter: "open", status: "any", sort: "newest", search: "", ...more });
const ids = (entries: readonly Entry[]): string[] => entries.map(({ row: { id } }) => id);

test("a triage is shown in words of the channel", () => {
  const { danger, title, place, needs } = gistOf(triage("a", "yes").answers, channel, texts);
  assert.deepEqual({ danger, title, place, needs }, { danger: true, title: "Fraud", place: "Kaga-Bandoro", needs: ["Food"] });
});

test("only a yes to a question about danger is danger, whatever is written elsewhere", () => {
  assert.equal(gistOf(triage("a", "no").answers, channel, texts).danger, false);
  assert.equal(gistOf([{ question: "area", values: ["yes"] }], channel, texts).danger, false);
  assert.equal(gistOf([{ question: "danger-what", values: ["yes"] }], channel, texts).danger, false, "not a yes/no question of the channel");
});

test("what is not opened is told apart: waiting, sealed to others, and not verifying", () => {
  assert.equal(entry(row("a"), "waiting").gist, "waiting");
  assert.equal(entry(row("a"), undefined).gist, "sealed");
  assert.equal(entry(row("a"), { id: "a", language: "", answers: [], failed: "wrong_key" }).gist, "sealed");
  assert.equal(entry(row("a"), { id: "a", language: "", answers: [], failed: "unverified" }).gist, "broken");
});

const all = [
  entry(row("a1", { receivedDay: today - 3 * day }), triage("a1", "no"), 0),
  entry(row("b2", { receivedDay: today - 9 * day }), triage("b2", "no", "theft", "Bria")),
  entry(row("c3"), triage("c3", "yes", "fraud", "Évreux")),
  entry(row("d4", { status: "closed", receivedDay: today - 200 * day, events: 4 }), triage("d4", "no"), 4),
  entry(row("e5", { dismissed: true, events: 1 }), undefined, 1),
  entry(row("f6", { assigned: true, held: true, requests: 2, events: 5, status: "assessment" }), undefined, 3),
];

test("filters", () => {
  const of = (filter: View["filter"]): string[] => ids(select(all, view({ filter }))).sort();
  assert.deepEqual(of("open"), ["a1", "b2", "c3", "f6"]);
  assert.deepEqual(of("unread"), ["b2", "c3", "f6"], "a1 was seen as it is");
  assert.deepEqual(of("mine"), ["f6"]);
  assert.deepEqual(of("requests"), ["f6"]);
  assert.deepEqual(of("overdue"), ["b2"]);
  assert.deepEqual(of("held"), ["f6"]);
  assert.deepEqual(of("dismissed"), ["e5"]);
  assert.deepEqual(of("closed"), ["d4"]);
  assert.equal(of("all").length, all.length);
  for (const [filter, count] of Object.entries(countsOf(all))) assert.equal(count, of(filter as View["filter"]).length, filter);
  assert.deepEqual(ids(select(all, view({ filter: "all", status: "assessment" }))), ["f6"]);
});

test("order: danger first, then what is due; by day either way", () => {
  const of = (sort: View["sort"]): string[] => ids(select(all, view({ sort })));
  assert.deepEqual(of("urgent").slice(0, 3), ["c3", "b2", "a1"]);
  assert.deepEqual(of("deadline").slice(0, 3), ["b2", "a1", "c3"]);
  assert.deepEqual(of("oldest"), ["b2", "a1", "c3", "f6"]);
  assert.deepEqual(of("newest"), ["c3", "f6", "a1", "b2"]);
});

test("search finds words, without accents and capitals, and numbers of cases", () => {
  const of = (search: string): string[] => ids(select(all, view({ filter: "all", search }))).sort();
  assert.equal(folded("Évreux"), "evreux");
  assert.deepEqual(of("evreux"), ["c3"]);
  assert.deepEqual(of("  BRIA theft "), ["b2"]);
  assert.deepEqual(of("bria fraud"), []);
  assert.deepEqual(of("d4"), ["d4"]);
});

test("the rows in sight, of ten thousand", () => {
  assert.deepEqual(windowOf(0, 800, 80, 10_000), { first: 0, last: 18 });
  assert.deepEqual(windowOf(400_000, 800, 80, 10_000), { first: 4992, last: 5018 });
  assert.deepEqual(windowOf(799_200, 800, 80, 10_000), { first: 9982, last: 10_000 });
  assert.deepEqual(windowOf(-500, 800, 80, 3), { first: 0, last: 3 });
  assert.deepEqual(windowOf(5000, 800, 80, 3), { first: 3, last: 3 }, "past the end");
  assert.deepEqual(windowOf(0, 800, 80, 0), { first: 0, last: 0 });
});
