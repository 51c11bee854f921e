// Figures from the list of cases, and the file for a spreadsheet.
import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, figuresOf, type Took } from "../../../../gateway/web/console/model/figures.ts";
import type { Entry } from "../../../../gateway/web/console/model/inbox.ts";
import type { CaseRow, ChannelView } from "../../../../gateway/web/console/protocol.ts";

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const channel: ChannelView = { id: "conduct", questions: [], plainReaders: [], deadlines: { acknowledge: 7, feedback: 0, appoint: 0, appointUrgent: 0, conclude: 0, concludeUrgent: 0 } };
const entry = (day: string, title: string | "sealed", more: Partial<CaseRow> = {}, daysLeft = 1): Entry => ({
  row: { id: day, channel: "conduct", plain: false, status: "received", receivedDay: at(day), events: 0, assigned: false, dismissed: false, held: false, requests: 0, erased: false, bySms: false, acknowledgedDay: 0, closedDay: 0, expiresDay: 0, ...more },
  gist: title === "sealed" ? title : { danger: false, title, place: "", needs: [], search: "" },
  due: [{ duty: "acknowledge", day: at(day), daysLeft }],
  unread: false,
});

test("counts by month, kind, status and what is overdue, of one channel", () => {
  const figures = figuresOf([
    entry("2026-11-30", "Fraud", {}, -2),
    entry("2027-01-02", "Theft", { status: "closed" }),
    entry("2027-02-01", "Fraud", { status: "investigation" }),
    entry("2027-02-03", "sealed"),
    entry("2027-02-04", "Spam", { dismissed: true }, -5),
    entry("2027-02-05", "Fraud", { channel: "another" }),
  ], channel);
  assert.deepEqual([figures.received, figures.open, figures.overdueCases], [5, 3, 1]);
  assert.deepEqual(figures.months.map(({ key, count }) => [key, count]), [["2026-11", 1], ["2026-12", 0], ["2027-01", 1], ["2027-02", 3]]);
  assert.deepEqual(figures.kinds.map(({ key, count }) => [key, count]), [["Fraud", 2], ["", 1], ["Theft", 1]]);
  assert.deepEqual(figures.statuses.filter(({ count }) => count > 0).map(({ key, count }) => [key, count]), [["received", 2], ["investigation", 1], ["closed", 1]]);
  assert.deepEqual(figures.overdue[0], { key: "acknowledge", count: 1 });
});

test("days it took to acknowledge and to close: median and longest, of those of which it is known", () => {
  const day = (number: number): number => at("2027-01-01") + number * 86_400;
  const { acknowledge, close } = figuresOf([
    entry("2027-01-01", "Fraud", { acknowledgedDay: day(3), closedDay: day(40) }),
    entry("2027-01-01", "Fraud", { acknowledgedDay: day(9) }),
    entry("2027-01-01", "Fraud", { acknowledgedDay: day(0) }),
    entry("2027-01-01", "Fraud"),
    entry("2027-01-01", "Spam", { dismissed: true, acknowledgedDay: day(90), closedDay: day(90) }),
  ], channel);
  assert.deepEqual([acknowledge.cases, acknowledge.median, acknowledge.worst], [3, 3, 9]);
  assert.deepEqual([close.cases, close.median, close.worst], [1, 40, 40]);
});

const received = at("2027-01-01");
const acknowledgedAfter = (deadline: number, ...days: readonly number[]): Took =>
  figuresOf(
    days.map((day) => entry("2027-01-01", "Fraud", { acknowledgedDay: received + day * 86_400 })),
    { ...channel, deadlines: { ...channel.deadlines, acknowledge: deadline } },
  ).acknowledge;
const spansOf = ({ spans }: Took): (number | boolean)[][] => spans.map(({ first, last, count, isLate }) => [first, last, count, isLate]);

test("days fall into thirds of the deadline and what is after it; the day of the deadline is in time", () => {
  const took = acknowledgedAfter(7, 0, 3, 4, 7, 8, 14, 15, 400);
  assert.deepEqual([took.deadline, took.inTime], [7, 4]);
  assert.deepEqual(spansOf(took), [[0, 3, 2, false], [4, 5, 1, false], [6, 7, 1, false], [8, 14, 2, true], [15, Infinity, 2, true]]);
});

test("a deadline of a day or two has as many spans as it has days", () => {
  assert.deepEqual(spansOf(acknowledgedAfter(1, 0, 1, 2, 3)), [[0, 1, 2, false], [2, 2, 1, true], [3, Infinity, 1, true]]);
  assert.deepEqual(spansOf(acknowledgedAfter(2, 1, 2, 5)), [[0, 1, 1, false], [2, 2, 1, false], [3, 4, 0, true], [5, Infinity, 1, true]]);
});

test("for every deadline the spans follow each other, end with it, and hold each case once", () => {
  const days = Array.from({ length: 800 }, (_, day) => day);
  for (let deadline = 0; deadline <= 365; deadline += deadline < 20 ? 1 : 23) {
    const { spans, inTime } = acknowledgedAfter(deadline, ...days);
    assert.deepEqual(spans.slice(1).map(({ first }) => first), spans.slice(0, -1).map(({ last }) => last + 1), `${deadline}`);
    assert.equal(spans.reduce((sum, { count }) => sum + count, 0), days.length, `${deadline}`);
    assert.ok(spans.every(({ first, last }) => first <= last), `${deadline}`);
    const onTime = spans.filter(({ isLate }) => !isLate).reduce((sum, { count }) => sum + count, 0);
    assert.equal(onTime, deadline === 0 ? days.length : inTime, `${deadline}`);
  }
});

test("without a deadline nothing is late, and closing is held against the one to conclude", () => {
  const { inTime, spans } = acknowledgedAfter(0, 5, 1000);
  assert.deepEqual([inTime, spans.some(({ isLate }) => isLate)], [0, false]);
  const { close } = figuresOf([entry("2027-01-01", "Fraud", { closedDay: received + 91 * 86_400 })], { ...channel, deadlines: { ...channel.deadlines, conclude: 90 } });
  assert.deepEqual([close.deadline, close.inTime, close.spans.find(({ count }) => count === 1)?.first], [90, 0, 91]);
});

test("nothing came: no month, no kind, no day", () => {
  const { received: count, months, kinds, close } = figuresOf([], channel);
  assert.deepEqual([count, months, kinds], [0, [], []]);
  assert.deepEqual([close.cases, close.median, close.worst, close.spans.some((span) => span.count > 0)], [0, 0, 0, false]);
});

test("a spreadsheet gets cells that are quoted where they must be, and no formulas", () => {
  assert.equal(csvOf([["a", 1], ["b,c", 2], ['say "it"', 3], ["=1+1", 4], ["line\nbreak", 5]]), 'a,1\r\n"b,c",2\r\n"say ""it""",3\r\n\'=1+1,4\r\n"line\nbreak",5\r\n');
});
