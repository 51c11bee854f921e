// An auditor's view: how the public log stands and that it goes on from the last visit, everything in it held against
// all cases, and who did what when. No content.
import type { AuditAlarm, AuditAlarmKind, AuditDeed, AuditProgress, AuditView, LogView } from "../auditProtocol.ts";
import { hasCode } from "../../shared/base/error.ts";
import { csvOf } from "../model/figures.ts";
import { deedWords } from "./case/timeline.ts";
import { button, type Child, el, live, notice, section } from "./dom.ts";
import { forkNotice } from "./fork.ts";
import { shortId } from "./inbox/row.ts";
import { rememberLog } from "./memory.ts";
import { problem } from "./problem.ts";
import { save } from "./save.ts";
import { authorWords, hour, type Key, list, moment, t } from "./text.ts";
import type { Work } from "./work.ts";

const shownDeeds = 100;

const alarms: Readonly<Record<AuditAlarmKind, Key>> = {
  openedTwice: "auditOpenedTwice", notItsOpening: "auditNotItsOpening", noOpening: "auditNoOpening", notErased: "auditNotErased",
  otherCase: "auditOtherCase", reportTwice: "auditReportTwice", eventTwice: "auditEventTwice", hiddenReport: "auditHiddenReport",
  hiddenEvent: "auditHiddenEvent", erasedNowhere: "auditErasedNowhere", erasedByNothing: "auditErasedByNothing", erasedTooMany: "auditErasedTooMany", erasedOthers: "auditErasedOthers",
  erasedMissing: "auditErasedMissing", listedTwice: "auditListedTwice", saidElsewhere: "auditSaidElsewhere", notInChain: "auditNotInChain",
  notPromised: "auditNotPromised", missingReport: "auditMissingReport", missingEvent: "auditMissingEvent", unreadable: "auditUnreadable",
};
const phases: Readonly<Record<AuditProgress["phase"], Key>> = { entries: "auditEntries", openings: "auditOpenings", cases: "auditCases" };

const alarmWords = ({ kind, entry = 0, id = "", event = "" }: AuditAlarm): string => t(alarms[kind], { entry: String(entry), id, event });

export function auditView(work: Work): HTMLElement {
  const log = el("div", {});
  const result = el("div", {});
  const status = live();
  const bar = el("progress", { "aria-label": t("auditRunning"), hidden: true });
  const start = button(t("auditStart"), () => void run(), { primary: true, action: "audit-start" });
  const pause = button(t("auditPause"), () => void work.client.call("stopAudit", []), { action: "audit-pause" });
  pause.hidden = true;
  let isHere = true;
  work.onLeave(() => (isHere = false));
  let said = "";

  const running = (is: boolean): void => {
    start.hidden = is;
    pause.hidden = !is;
    bar.hidden = !is;
  };
  const show = (view: LogView): void => {
    if (view.seen !== undefined) rememberLog(view.seen);
    log.replaceChildren(...(view.fork === undefined ? [] : [forkNotice(view.fork)]), logSection(view));
    if (view.last !== undefined) result.replaceChildren(...resultSections(work, view.last));
    if (view.isPaused) start.textContent = t("auditGoOn");
    if (view.isRunning && !start.hidden) void run(); // begun before this view was left
  };
  const refresh = async (): Promise<void> => {
    try {
      const view = await work.client.call("viewLog", []);
      if (isHere) show(view);
    } catch (error) {
      if (isHere) log.replaceChildren(notice(hasCode(error, "unverified") ? "bad" : "note", problem(error)));
    }
  };
  const tell = ({ phase, done, total }: AuditProgress): void => {
    bar.max = Math.max(total, 1);
    bar.value = done;
    const words = t(phases[phase], { done, total });
    if (phase !== said) status.textContent = words; // spoken once for each phase
    said = phase;
    bar.textContent = words;
  };
  const run = async (): Promise<void> => {
    said = "";
    running(true);
    try {
      const view = await work.client.call("audit", [], tell);
      if (!isHere) return;
      status.textContent = t(view.counts.alarms === 0 ? "auditGood" : "auditBad", { count: view.counts.alarms });
      result.replaceChildren(...resultSections(work, view));
      start.textContent = t("auditStart");
    } catch (error) {
      if (!isHere) return;
      start.textContent = t("auditGoOn");
      status.textContent = hasCode(error, "aborted") ? t("auditPaused") : hasCode(error, "not_found") ? t("auditNoCheckpoint") : problem(error);
      if (hasCode(error, "unverified")) await refresh();
    } finally {
      running(false);
    }
  };
  void refresh();
  return el("div", { class: "audit-view" },
    el("div", { class: "title-line" }, el("h1", { tabindex: -1 }, t("audit")), button(t("refresh"), () => void refresh(), { action: "refresh" })),
    el("p", { class: "help" }, t("auditLead")),
    log,
    section(t("auditEverything"), el("p", { class: "help" }, t("auditEverythingHelp")), status, bar, el("p", { class: "actions" }, start, pause)),
    result);
}

const row = (title: string, value: Child): HTMLElement => el("div", {}, el("dt", {}, title), el("dd", {}, value));

function logSection(view: LogView): HTMLElement {
  const { origin, size, before, checkpoint, cosigned, threshold, isConfirmed, interval, isStalled, retired } = view;
  const made = section(t("auditLog"));
  made.dataset["log"] = view.fork === undefined ? "continued" : "forked";
  if (size === undefined && view.fork === undefined) made.append(notice("note", t("auditNoCheckpoint")));
  if (isStalled) made.append(notice("bad", el("p", { role: "alert", "data-stalled": true }, t("auditStalled"))));
  const since = before === undefined ? t("auditFirstVisit") : t("auditSince", { before, count: Number(BigInt(size ?? before) - BigInt(before)) });
  const witnesses = cosigned.length === 0 ? t("auditNobody") : list(cosigned.map(({ name, time }) => t("auditCosigned", { name, time: moment(time) })));
  made.append(el("dl", { class: "answers" },
    row(t("auditOrigin"), origin),
    ...(size === undefined ? [] : [row(t("auditSize"), t("auditSizeEntries", { count: Number(size) }))]),
    ...(view.fork === undefined && size !== undefined ? [row(t("auditVisit"), el("span", { "data-since": before ?? "" }, since))] : []),
    row(t("auditInterval"), t("auditIntervalSeconds", { count: interval })),
    row(t("auditWitnesses"), threshold === 0 ? t("auditNotRequired", { witnesses }) : t(isConfirmed === true ? "auditConfirmed" : "auditUnconfirmed", { witnesses, count: threshold })),
    ...(retired.length > 0 ? [row(t("auditRetired"), list(retired))] : [])));
  if (checkpoint !== undefined) {
    made.append(
      el("details", {}, el("summary", {}, t("auditCheckpoint")), el("pre", { class: "signed", tabindex: 0, role: "region", "aria-label": t("auditCheckpoint") }, checkpoint)),
      el("p", { class: "actions" }, button(t("auditSaveCheckpoint"), () => save("checkpoint.txt", "text/plain", checkpoint), { action: "save-checkpoint" })));
  }
  return made;
}

function resultSections(work: Work, view: AuditView): HTMLElement[] {
  const { counts, everything } = view;
  const isGood = counts.alarms === 0;
  const made = section(t("auditResult"));
  made.dataset["audit"] = isGood ? "good" : "alarm";
  made.append(
    notice(isGood ? "good" : "bad", t(isGood ? (everything ? "auditConclusion" : "auditConclusionSome") : "auditBad", { count: counts.alarms }), ...(isGood ? [] : [t("auditBadHelp")])),
    el("dl", { class: "answers" },
      row(t("auditCountEntries"), String(counts.entries)), row(t("auditCountReports"), String(counts.reports)), row(t("auditCountEvents"), String(counts.events)),
      row(t("auditCountCovers"), String(counts.covers)), row(t("auditCountErased"), String(counts.erased)), row(t("auditCountWaiting"), String(counts.waiting)),
      ...(everything ? [] : [row(t("auditCountElsewhere"), String(counts.elsewhere))]), row(t("auditCountCases"), String(counts.cases))));
  if (!isGood) {
    made.append(
      el("ul", { class: "alarms" }, ...view.alarms.map((alarm) => el("li", { "data-audit-alarm": alarm.kind }, alarmWords(alarm)))),
      el("p", { class: "actions" }, button(t("auditSaveAlarms"), () => save("audit.txt", "text/plain", `${view.alarms.map((alarm) => `${alarmWords(alarm)}\n`).join("")}\n${view.checkpoint}`), { action: "save-alarms" })));
  }
  return [made, deedsSection(work, view.deeds)];
}

function deedsSection(work: Work, deeds: readonly AuditDeed[]): HTMLElement {
  const made = section(t("auditDeeds"), el("p", { class: "help" }, t("auditDeedsHelp", { shown: Math.min(shownDeeds, deeds.length), count: deeds.length })));
  const line = (deed: AuditDeed): HTMLElement => el("li", { class: deed.wrong !== undefined && "bad", "data-deed": deed.kind },
    el("span", { class: "help" }, hour(deed.time)),
    el("span", {},
      button(shortId(deed.id), () => work.go({ view: "case", id: deed.id }), { quiet: true, label: t("caseNumber", { id: shortId(deed.id) }) }), " ",
      el("strong", {}, authorWords(deed.author)), " ", deedWords(deed)));
  made.append(
    el("ol", { class: "events" }, ...deeds.slice(0, shownDeeds).map(line)),
    el("p", { class: "actions" }, button(t("auditSaveDeeds"), () => {
      const rows = deeds.map((deed) => [deed.id, deed.sequence, new Date(deed.time * 1000).toISOString(), authorWords(deed.author), deedWords(deed)] as const);
      save("events.csv", "text/csv", "\ufeff", csvOf([[t("auditColumnCase"), t("auditColumnNumber"), t("auditColumnTime"), t("auditColumnWho"), t("auditColumnWhat")], ...rows]));
    }, { action: "save-deeds" })));
  return made;
}
