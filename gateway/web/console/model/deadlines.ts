// What is due in a case by when: from the day on which it was received, its status and the channel's deadlines
// (proto/safeconduct/v1/charter.proto, Deadlines). Days are those of the calendar in UTC.
import type { Deadlines, Status } from "../protocol.ts";

export type Duty = "acknowledge" | "appoint" | "feedback" | "conclude";

export interface Due {
  readonly duty: Duty;
  readonly day: number; // Unix seconds of 00:00 UTC: to be done by the end of it
  readonly daysLeft: number; // 0: today; below: overdue
}

const daySeconds = 86_400;
const order: readonly Status[] = ["received", "acknowledged", "assessment", "investigation", "referred", "action", "closed"];
const reached = (status: Status, wanted: Status): boolean => order.indexOf(status) >= order.indexOf(wanted);

/** Monday to Friday, counted from the day after `day`. */
export function afterWorkingDays(day: number, count: number): number {
  let left = count;
  let at = day;
  while (left > 0) {
    at += daySeconds;
    const weekday = new Date(at * 1000).getUTCDay();
    if (weekday !== 0 && weekday !== 6) --left;
  }
  return at;
}

/** What is not done yet, the earliest first. `urgent`: somebody is in danger. `now`: Unix seconds. */
export function dueOf(
  { status, receivedDay, settled }: { readonly status: Status; readonly receivedDay: number; readonly settled: boolean },
  deadlines: Deadlines,
  urgent: boolean,
  now: number,
): Due[] {
  if (settled) return [];
  const today = Math.floor(now / daySeconds) * daySeconds;
  const all: Due[] = [];
  const add = (duty: Duty, days: number, isDone: boolean, isWorking = false): void => {
    if (days === 0 || isDone) return;
    const day = isWorking ? afterWorkingDays(receivedDay, days) : receivedDay + days * daySeconds;
    all.push({ duty, day, daysLeft: Math.round((day - today) / daySeconds) });
  };
  const quicker = (usual: number, ifUrgent: number): number => (urgent && ifUrgent > 0 ? ifUrgent : usual);
  add("acknowledge", deadlines.acknowledge, status !== "received");
  add("appoint", quicker(deadlines.appoint, deadlines.appointUrgent), reached(status, "investigation"), true);
  add("feedback", deadlines.feedback, reached(status, "action"));
  add("conclude", quicker(deadlines.conclude, deadlines.concludeUrgent), reached(status, "action"));
  return all.sort((a, b) => a.day - b.day);
}
