// One case: how it stands and what is due, what of it is open and what is not, the conversation, who works on it, and
// everything that was done, with the way to do the next thing beside each.
import { hasCode } from "../../../shared/base/error.ts";
import { dueOf } from "../../model/deadlines.ts";
import { isSettled } from "../../model/inbox.ts";
import type { Act, CaseView } from "../../protocol.ts";
import { button, el, notice } from "../dom.ts";
import { dueMark, expiresSoon, marksOf, shortId, titleOf } from "../inbox/row.ts";
import { date, partsWords, statusWords, t } from "../text.ts";
import type { Work } from "../work.ts";
import { statusActions } from "./actions.ts";
import type { CaseContext } from "./context.ts";
import { conversationSection } from "./conversation.ts";
import { exportSection } from "./export.ts";
import { notesSection, peopleSection } from "./people.ts";
import { partsSection } from "./parts.ts";
import { recordsSection } from "./records.ts";
import { requestsSection } from "./requests.ts";
import { timelineSection } from "./timeline.ts";

export function caseView(work: Work, view: CaseView): HTMLElement {
  const element = el("div", { class: "case-view", "data-view": view.row.id });
  draw(element, work, view, "");
  return element;
}

function draw(element: HTMLElement, work: Work, view: CaseView, said: string): void {
  work.store.read(view.row);
  const { client } = work;
  const act = async (what: Act, done: string): Promise<void> => {
    try {
      const fresh = await client.call("act", [view.row.id, what]);
      draw(element, work, fresh, done);
    } catch (error) {
      if (!hasCode(error, "conflict")) throw error;
      // Somebody was faster, or the charter changed: what is shown is fetched anew before anybody decides again.
      if (error.field === "charter_version") await work.renew();
      const fresh = await client.call("openCase", [view.row.id]);
      const news = fresh.row.events - view.row.events;
      draw(element, work, fresh, "");
      element.prepend(notice("note", el("p", { role: "alert", "data-conflict": true }, error.field === "charter_version" ? t("conflictCharter") : t("conflict", { count: Math.max(news, 0) }))));
      throw error;
    }
  };
  const context: CaseContext = { work, view, act };
  const back = button(t("backToList"), () => work.go({ view: work.me.roles.every((role) => role === "trustee") ? "requests" : "inbox" }), { action: "back" });
  if (view.broken) {
    element.replaceChildren(back, header(context),
      notice("bad", el("p", { role: "alert", "data-broken": true }, t("caseBroken"))),
      timelineSection(context));
    return;
  }
  element.replaceChildren(
    back,
    header(context),
    ...(view.timeline.some(({ wrong }) => wrong === "expiry") ? [notice("bad", el("p", { role: "alert", "data-wrong-expiry": true }, t("caseWrongExpiry")))] : []),
    ...(expiresSoon(view.row, view.now) ? [notice("note", el("p", { "data-expires": true }, t("caseExpires", { date: date(view.row.expiresDay) })))] : []),
    ...(view.timeline.some(({ wrong }) => wrong !== undefined && wrong !== "expiry") ? [notice("bad", el("p", { role: "alert", "data-wrong-author": true }, t("caseWrongAuthor")))] : []),
    ...releasedNotes(view),
    ...(view.row.erased ? [notice("note", t("caseErasedText"))] : []),
    el("div", { class: "columns" },
      el("div", { class: "wide" },
        ...(view.row.erased ? [] : [partsSection(context), conversationSection(context), notesSection(context), recordsSection(context)]),
        timelineSection(context),
        exportSection(context)),
      ...(view.row.erased ? [] : [el("div", { class: "side" }, statusActions(context), requestsSection(context), peopleSection(context))])));
  work.say(said);
}

function header({ work, view }: CaseContext): HTMLElement {
  const { row, now } = view;
  const entry = work.store.entry(row.id);
  const channel = work.me.channels.find(({ id }) => id === row.channel);
  const urgent = typeof entry?.gist === "object" && entry.gist.danger;
  const due = channel === undefined ? [] : dueOf({ ...row, settled: isSettled(row) }, channel.deadlines, urgent, now);
  return el("div", { class: "case-head" },
    el("h1", { tabindex: -1 }, entry === undefined ? t("caseUntitled") : titleOf(entry)),
    el("p", { class: "marks" }, el("span", { class: "status", "data-status": row.status }, statusWords(row.status)), ...(entry === undefined ? [] : marksOf(entry))),
    el("p", { class: "help" }, t("caseLine", { date: date(row.receivedDay), id: shortId(row.id) }), " ", el("code", {}, row.id)),
    due.length > 0 && el("ul", { class: "dues", "aria-label": t("deadlines") }, ...due.map((each) => el("li", {}, dueMark(each)))));
}

// What happened while the case was opened.
function releasedNotes({ released }: CaseView): HTMLElement[] {
  if (released === undefined) return [];
  const notes = released.warnings.map(({ part, trustee, fault }) => {
    const words = partsWords([part]);
    if (fault === "trustee") return notice("bad", t("shareBad", { part: words, trustee: trustee === undefined || trustee === "" ? t("personUnknown") : trustee }));
    return notice("note", t(fault === "reporter" ? "shareSealer" : "shareSome", { part: words }));
  });
  if (released.parts.length > 0) notes.unshift(notice("good", el("p", { "data-released": true }, t("releasedNow", { parts: partsWords(released.parts) }))));
  return notes;
}
