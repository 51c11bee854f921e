// Everything that was done with the case, in order, each signed by who did it and verified here, and then found in the
// public log. What does not verify, or is not there in time, is said where it stands.
import type { Delivery, LogCheck, LogState, TimelineEntry } from "../../protocol.ts";
import { el, live, notice, section } from "../dom.ts";
import { forkNotice } from "../fork.ts";
import { rememberLog } from "../memory.ts";
import { problem } from "../problem.ts";
import { authorWords, date, hour, type Key, partsWords, personWords, statusWords, t } from "../text.ts";
import { shortId } from "../inbox/row.ts";
import type { CaseContext } from "./context.ts";

const wrongs: Readonly<Record<NonNullable<TimelineEntry["wrong"]>, Key>> = { signature: "wrongSignature", chain: "wrongChain", author: "wrongAuthor", after: "wrongAfter", expiry: "wrongExpiry" };

const deliveries: Readonly<Record<Delivery, Key>> = {
  sent: "didSendSms", delivered: "didDeliverSms", failed: "didFailSms", unsure: "didLoseSms", stopped: "didStopSms",
};

/** What was done, as a sentence after who did it. */
export function deedWords(entry: TimelineEntry): string {
  const { kind, ended = false, holder, parts = [], expires = 0, status, other = "", closedDay = 0, closedDays = 0, delivery } = entry;
  const name = holder === undefined ? "" : personWords(holder);
  const what = partsWords(parts);
  const until = expires > 0 ? ` ${t("until", { date: date(expires) })}` : "";
  switch (kind) {
    case "message":
      return t("didMessage");
    case "status":
      return t("didStatus", { status: status === undefined ? "" : statusWords(status) });
    case "assignment":
      return t(ended ? "didUnassign" : "didAssign", { name });
    case "exclusion":
      return t(ended ? "didInclude" : "didExclude", { name });
    case "grant":
      return t("didGrant", { what, name }) + until;
    case "revocation":
      return parts.length === 0 ? t("didRevokeAll", { name }) : t("didRevoke", { what, name });
    case "note":
      return t("didNote");
    case "custody":
      return t("didCustody");
    case "measures":
      return t("didMeasures");
    case "link":
      return t(ended ? "didUnlink" : "didLink", { id: shortId(other) });
    case "dismissal":
      return t(ended ? "didUndismiss" : "didDismiss");
    case "hold":
      return t(ended ? "didUnhold" : "didHold");
    case "request":
      return t("didRequest", { what }) + until;
    case "approval":
      return t(parts.length === 0 ? "didFindMalformed" : "didApprove", { what });
    case "refusal":
      return t("didRefuse");
    case "handover":
      return t("didHandOver", { name });
    case "consent":
      return t("didConsent");
    case "erasure":
      return t("didErase");
    case "expiry":
      return t("didExpire", { days: closedDays, date: date(closedDay) });
    case "delivery":
      return t(delivery === undefined ? "didUnknown" : deliveries[delivery]);
    default:
      return t("didUnknown");
  }
}

const logWords: Readonly<Record<LogState, Key>> = {
  logged: "logLogged", unconfirmed: "logUnconfirmed", waiting: "logWaiting", missing: "logMissing", false: "logFalse", gone: "logGone",
};
const isAlarm = (state: LogState): boolean => state === "missing" || state === "false";

// Asked for once the case is shown, so that nobody waits for it.
async function fillLog({ work, view }: CaseContext, made: HTMLElement): Promise<void> {
  const status = live();
  status.textContent = t("logChecking");
  made.querySelector("[data-verified]")!.after(status);
  let check: LogCheck;
  try {
    check = await work.client.call("checkLog", [view.row.id]);
  } catch (error) {
    if (made.isConnected) status.textContent = `${t("logNotChecked")} ${problem(error)}`;
    return;
  }
  if (!made.isConnected) return;
  if (check.seen !== undefined) rememberLog(check.seen);
  if (check.fork !== undefined) {
    status.textContent = "";
    return made.closest(".case-view")?.prepend(forkNotice(check.fork));
  }
  const states = Object.entries(check.events);
  for (const [sequence, state] of states) {
    const item = made.querySelector<HTMLElement>(`[data-event="${sequence}"]`);
    if (item === null) continue;
    item.dataset["log"] = state;
    item.classList.toggle("bad", isAlarm(state) || item.dataset["wrong"] !== undefined);
    item.lastElementChild!.append(" ", el("span", { class: `log-mark ${isAlarm(state) ? "error" : "help"}` }, t(logWords[state])));
  }
  const bad = states.filter(([, state]) => isAlarm(state)).length;
  const waiting = states.filter(([, state]) => state === "waiting").length;
  status.textContent = bad > 0 ? "" : waiting > 0 ? t("logSomeWaiting", { count: waiting }) : t("logAll");
  made.dataset["log"] = bad > 0 ? "alarm" : waiting > 0 ? "waiting" : "logged";
  if (bad > 0) made.closest(".case-view")?.prepend(notice("bad", el("p", { role: "alert", "data-log-alarm": bad }, t("logAlarm", { count: bad }))));
}

export function timelineSection(context: CaseContext): HTMLElement {
  const { view } = context;
  const made = section(t("timeline"));
  made.classList.add("timeline");
  const bad = view.timeline.filter(({ wrong }) => wrong !== undefined);
  made.append(el("p", { class: bad.length === 0 ? "help verified" : "error", "data-verified": String(bad.length === 0) },
    bad.length === 0 ? t("timelineVerified", { count: view.timeline.length }) : t("timelineBroken")));
  made.append(el("ol", { class: "events" },
    el("li", { "data-event": "0" }, el("span", { class: "help" }, date(view.row.receivedDay)), el("span", {}, t("didArrive"))),
    ...view.timeline.map((entry) => el("li", { class: entry.wrong !== undefined && "bad", "data-event": entry.sequence, "data-wrong": entry.wrong },
      el("span", { class: "help" }, entry.time === 0 ? "–" : hour(entry.time)),
      el("span", {}, el("strong", {}, entry.kind === "expiry" ? t("theGateway") : entry.kind === "" ? t("personUnknown") : authorWords(entry.author)), " ", deedWords(entry),
        entry.wrong !== undefined && el("span", { class: "error" }, ` ${t(wrongs[entry.wrong])}`))))));
  if (!view.broken) queueMicrotask(() => void fillLog(context, made));
  return made;
}
