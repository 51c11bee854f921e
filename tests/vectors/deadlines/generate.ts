// Makes the vectors of this folder: node vectors/deadlines/generate.ts. A second computation, by days of the calendar
// written out, which shares nothing with the programs.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Deadlines { readonly acknowledge: number; readonly feedback: number; readonly appoint: number; readonly appointUrgent: number; readonly conclude: number; readonly concludeUrgent: number }

const statuses = ["received", "acknowledged", "assessment", "investigation", "referred", "action", "closed"] as const;
const channels: Readonly<Record<string, Deadlines>> = {
  usual: { acknowledge: 7, feedback: 90, appoint: 10, appointUrgent: 5, conclude: 180, concludeUrgent: 90 },
  none: { acknowledge: 0, feedback: 0, appoint: 0, appointUrgent: 0, conclude: 0, concludeUrgent: 0 },
  noneUrgent: { acknowledge: 3, feedback: 30, appoint: 1, appointUrgent: 0, conclude: 60, concludeUrgent: 0 },
  onlyUrgent: { acknowledge: 0, feedback: 0, appoint: 0, appointUrgent: 2, conclude: 0, concludeUrgent: 14 },
};
// A Wednesday, a Friday, both days of a weekend, the days around a leap day and around the turn of a year.
const receivedDays = ["2027-01-06", "2027-01-08", "2027-01-09", "2027-01-10", "2028-02-28", "2028-02-29", "2026-12-31"];

const addDays = (day: string, count: number): string => {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
};
const isWorking = (day: string): boolean => !["Sat", "Sun"].includes(new Date(`${day}T00:00:00Z`).toUTCString().slice(0, 3));
function addWorkingDays(day: string, count: number): string {
  let at = day;
  for (let left = count; left > 0; ) {
    at = addDays(at, 1);
    if (isWorking(at)) left -= 1;
  }
  return at;
}
const between = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

// What each status leaves to do.
const open: Readonly<Record<(typeof statuses)[number], readonly string[]>> = {
  received: ["acknowledge", "appoint", "feedback", "conclude"],
  acknowledged: ["appoint", "feedback", "conclude"],
  assessment: ["appoint", "feedback", "conclude"],
  investigation: ["feedback", "conclude"],
  referred: ["feedback", "conclude"],
  action: [],
  closed: [],
};

const cases: object[] = [];
function add(received: string, status: (typeof statuses)[number], settled: boolean, channel: string, urgent: boolean, now: string): void {
  const d = channels[channel]!;
  const appoint = urgent && d.appointUrgent > 0 ? d.appointUrgent : d.appoint;
  const conclude = urgent && d.concludeUrgent > 0 ? d.concludeUrgent : d.conclude;
  const days: Record<string, string | undefined> = {
    acknowledge: d.acknowledge > 0 ? addDays(received, d.acknowledge) : undefined,
    appoint: appoint > 0 ? addWorkingDays(received, appoint) : undefined,
    feedback: d.feedback > 0 ? addDays(received, d.feedback) : undefined,
    conclude: conclude > 0 ? addDays(received, conclude) : undefined,
  };
  const due = (settled ? [] : open[status])
    .flatMap((duty, order) => (days[duty] === undefined ? [] : [{ duty, day: days[duty], order }]))
    .sort((a, b) => between(b.day, a.day) || a.order - b.order)
    .map(({ duty, day }) => ({ duty, day, daysLeft: between(now.slice(0, 10), day) }));
  cases.push({ received, status, settled, deadlines: d, urgent, now, due });
}
for (const received of receivedDays) {
  for (const urgent of [false, true]) {
    for (const channel of Object.keys(channels)) add(received, "received", false, channel, urgent, `${addDays(received, 8)}T23:59:59Z`);
    for (const status of statuses) add(received, status, false, "usual", urgent, `${addDays(received, 200)}T00:00:00Z`);
  }
  add(received, "received", true, "usual", true, `${received}T12:00:00Z`);
}

writeFileSync(fileURLToPath(new URL("cases.json", import.meta.url)), `{"cases": [\n${cases.map((each) => JSON.stringify(each)).join(",\n")}\n]}\n`);
