// What is due by when: of the channel's deadlines, the day of receipt, the status and danger.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { afterWorkingDays, dueOf } from "../../../../gateway/web/console/model/deadlines.ts";
import type { Deadlines, Status } from "../../../../gateway/web/console/protocol.ts";

interface Vector {
  readonly received: string;
  readonly status: Status;
  readonly settled: boolean;
  readonly deadlines: Deadlines;
  readonly urgent: boolean;
  readonly now: string;
  readonly due: readonly { readonly duty: string; readonly day: string; readonly daysLeft: number }[];
}

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const deadlines = { acknowledge: 7, feedback: 90, appoint: 10, appointUrgent: 5, conclude: 180, concludeUrgent: 90 };
const wednesday = at("2027-01-06");
const received = { status: "received", receivedDay: wednesday, settled: false } as const;

test("working days leave out Saturdays and Sundays", () => {
  assert.equal(afterWorkingDays(wednesday, 1), at("2027-01-07"));
  assert.equal(afterWorkingDays(wednesday, 3), at("2027-01-11"), "over a weekend");
  assert.equal(afterWorkingDays(at("2027-01-09"), 1), at("2027-01-11"), "received on a Saturday");
  assert.equal(afterWorkingDays(wednesday, 10), at("2027-01-20"));
  assert.equal(afterWorkingDays(wednesday, 0), wednesday);
});

test("what is not done is due, the earliest first", () => {
  const due = dueOf(received, deadlines, false, at("2027-01-06") + 80_000);
  assert.deepEqual(due.map(({ duty, daysLeft }) => [duty, daysLeft]), [["acknowledge", 7], ["appoint", 14], ["feedback", 90], ["conclude", 180]]);
});

test("danger shortens what has a shorter time, and nothing else", () => {
  const due = dueOf(received, deadlines, true, at("2027-01-06"));
  assert.deepEqual(due.map(({ duty, daysLeft }) => [duty, daysLeft]), [["acknowledge", 7], ["appoint", 7], ["feedback", 90], ["conclude", 90]]);
  const none = { ...deadlines, appointUrgent: 0 };
  assert.equal(dueOf(received, none, true, wednesday).find(({ duty }) => duty === "appoint")?.day, at("2027-01-20"));
});

test("a status ends what it fulfils", () => {
  const left = (status: Parameters<typeof dueOf>[0]["status"]): string[] => dueOf({ ...received, status }, deadlines, false, wednesday).map(({ duty }) => duty);
  assert.deepEqual(left("acknowledged"), ["appoint", "feedback", "conclude"]);
  assert.deepEqual(left("assessment"), ["appoint", "feedback", "conclude"]);
  assert.deepEqual(left("investigation"), ["feedback", "conclude"]);
  assert.deepEqual(left("referred"), ["feedback", "conclude"]);
  assert.deepEqual(left("action"), []);
  assert.deepEqual(left("closed"), []);
});

test("days are counted by the calendar: today is no day left and not overdue, tomorrow it is", () => {
  const left = (now: number): number => dueOf(received, deadlines, false, now)[0]!.daysLeft;
  assert.equal(left(at("2027-01-13") + 86_399), 0);
  assert.equal(left(at("2027-01-14")), -1);
});

test("nothing is due of a settled case, or where the channel has no deadlines", () => {
  assert.deepEqual(dueOf({ ...received, settled: true }, deadlines, false, wednesday), []);
  assert.deepEqual(dueOf(received, { acknowledge: 0, feedback: 0, appoint: 0, appointUrgent: 0, conclude: 0, concludeUrgent: 0 }, true, wednesday), []);
});

test("the same as the gateway and the command line say, by tests/vectors/deadlines", () => {
  const { cases } = JSON.parse(readFileSync(new URL("../../../vectors/deadlines/cases.json", import.meta.url), "utf8")) as { cases: Vector[] };
  assert.ok(cases.length > 100);
  for (const { received: day, status, settled, deadlines: times, urgent, now, due } of cases) {
    const said = dueOf({ status, receivedDay: at(day), settled }, times, urgent, Date.parse(now) / 1000);
    assert.deepEqual(said, due.map((each) => ({ ...each, day: at(each.day) })), JSON.stringify({ day, status, urgent, now }));
  }
});
