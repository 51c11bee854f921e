// Figures from the list of cases, and the file for a spreadsheet.
import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, figuresOf } from "../../../../gateway/web/console/model/figures.ts";
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
  assert.deepEqual(acknowledge, { cases: 3, median: 3, worst: 9 });
  assert.deepEqual(close, { cases: 1, median: 40, worst: 40 });
});

test("nothing came: no month, no kind", () => {
  const { received, months, kinds, close } = figuresOf([], channel);
  assert.deepEqual([received, months, kinds, close], [0, [], [], { cases: 0, median: 0, worst: 0 }]);
});

test("a spreadsheet gets cells that are quoted where they must be, and no formulas", () => {
  assert.equal(csvOf([["a", 1], ["b,c", 2], ['say "it"', 3], ["=1+1", 4], ["line\nbreak", 5]]), 'a,1\r\n"b,c",2\r\n"say ""it""",3\r\n\'=1+1,4\r\n"line\nbreak",5\r\n');
});
