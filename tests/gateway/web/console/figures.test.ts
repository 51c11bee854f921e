// Figures from the list of cases, and the file for a spreadsheet.
import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, figuresOf } from "../../../../gateway/web/console/model/figures.ts";
import type { Entry } from "../../../../gateway/web/console/model/inbox.ts";
import type { CaseRow, ChannelView } from "../../../../gateway/web/console/protocol.ts";

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const channel: ChannelView = { id: "conduct", questions: [], deadlines: { acknowledge: 7, feedback: 0, appoint: 0, appointUrgent: 0, conclude: 0, concludeUrgent: 0 } };
const entry = (day: string, title: string | "sealed", more: Partial<CaseRow> = {}, daysLeft = 1): Entry => ({
  row: { id: day, channel: "conduct", plain: false, status: "received", receivedDay: at(day), events: 0, assigned: false, dismissed: false, held: false, requests: 0, erased: false, bySms: false, expiresDay: 0, ...more },
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

test("nothing came: no month, no kind", () => {
  const { received, months, kinds } = figuresOf([], channel);
  assert.deepEqual([received, months, kinds], [0, [], []]);
});

test("a spreadsheet gets cells that are quoted where they must be, and no formulas", () => {
  assert.equal(csvOf([["a", 1], ["b,c", 2], ['say "it"', 3], ["=1+1", 4], ["line\nbreak", 5]]), 'a,1\r\n"b,c",2\r\n"say ""it""",3\r\n\'=1+1,4\r\n"line\nbreak",5\r\n');
});
