// One case in the inbox: what and where, what is due, how it stands. Marks are words, never colour alone.
import type { Due } from "../../model/deadlines.ts";
import type { Entry } from "../../model/inbox.ts";
import type { CaseRow, Me } from "../../protocol.ts";
import { el } from "../dom.ts";
import { date, type Key, statusWords, t } from "../text.ts";

export const duties: Readonly<Record<Due["duty"], Key>> = { acknowledge: "dutyAcknowledge", appoint: "dutyAppoint", feedback: "dutyFeedback", conclude: "dutyConclude" };
const soonDays = 3;
const expirySoonSeconds = 30 * 86_400;

/** Whether its end is near enough to be announced in the list. */
export const expiresSoon = ({ expiresDay }: CaseRow, now: number): boolean => expiresDay !== 0 && expiresDay - now <= expirySoonSeconds;

export function dueWords({ duty, day, daysLeft }: Due): string {
  const what = t(duties[duty]);
  if (daysLeft < 0) return t("dueOver", { what, days: -daysLeft });
  if (daysLeft === 0) return t("dueToday", { what });
  return t("dueBy", { what, date: date(day) });
}

export function dueMark(due: Due): HTMLElement {
  const kind = due.daysLeft < 0 ? "over" : due.daysLeft <= soonDays ? "soon" : "later";
  return el("span", { class: `due ${kind}`, "data-due": kind }, dueWords(due));
}

export function titleOf({ row, gist }: Entry): string {
  if (row.erased) return t("caseErased");
  if (row.plain) return t("casePlain");
  if (gist === "waiting") return t("triageWaiting");
  if (gist === "sealed") return t("triageSealed");
  if (gist === "broken") return t("triageBroken");
  return gist.title === "" ? t("caseUntitled") : gist.title;
}

export const shortId = (id: string): string => id.slice(0, 8);

/** What is to be known at a glance, in the order in which it matters. */
export function marksOf({ row, gist, unread }: Entry): HTMLElement[] {
  const mark = (kind: string, key: Key, values?: Readonly<Record<string, unknown>>): HTMLElement => el("span", { class: `mark ${kind}` }, t(key, values));
  const marks: (HTMLElement | false)[] = [
    typeof gist === "object" && gist.danger && mark("danger", "markDanger"),
    gist === "broken" && mark("danger", "markBroken"),
    unread && mark("unread", "markUnread"),
    row.requests > 0 && mark("asks", "markRequests", { count: row.requests }),
    row.assigned && mark("mine", "markMine"),
    row.held && mark("plain", "markHeld"),
    row.expiresDay !== 0 && mark(expiresSoon(row, Date.now() / 1000) ? "danger" : "plain", "markExpires", { date: date(row.expiresDay) }),
    row.dismissed && mark("plain", "markDismissed"),
    row.bySms && mark("plain", "markSms"),
  ];
  return marks.filter((each) => each !== false);
}

export function makeRow(entry: Entry, { channels }: Me, open: () => void): HTMLButtonElement {
  const { row, gist, due, unread } = entry;
  const sub = typeof gist === "object" ? [gist.place, gist.needs.length > 0 && t("needs", { count: gist.needs.length, needs: gist.needs.join(", ") })].filter((each) => each !== false && each !== "").join(" · ") : "";
  const [next] = due;
  const button = el("button", { type: "button", class: `row ${unread ? "unread" : ""} ${typeof gist === "object" && gist.danger ? "danger" : ""}`, "data-case": row.id },
    el("span", { class: "what" },
      el("span", { class: "headline" }, titleOf(entry)),
      el("span", { class: "sub" }, sub)),
    el("span", { class: "marks" }, ...marksOf(entry)),
    el("span", { class: "when" }, next === undefined ? el("span", { class: "due none" }) : dueMark(next)),
    el("span", { class: "state" }, el("span", { class: "status" }, statusWords(row.status)), el("span", { class: "sub" }, `${date(row.receivedDay)} · ${shortId(row.id)}${channels.length > 1 ? ` · ${row.channel}` : ""}`)));
  button.addEventListener("click", open);
  return button;
}
