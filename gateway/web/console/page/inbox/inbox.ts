// The inbox: what there is, what is urgent, what is due, found by a word. Of use at once; what triages say is added
// while they are opened.
import { countsOf, type Entry, type Filter, select, type Sort, type View } from "../../model/inbox.ts";
import type { Status } from "../../protocol.ts";
import { button, choice, el, live } from "../dom.ts";
import { problem } from "../problem.ts";
import { type Key, statusWords, t } from "../text.ts";
import type { Work } from "../work.ts";
import type { MarksProblem } from "./marks.ts";
import { makeRow } from "./row.ts";
import { VirtualList } from "./virtualList.ts";

const filters: Readonly<Record<Filter, Key>> = {
  open: "filterOpen",
  unread: "filterUnread",
  mine: "filterMine",
  requests: "filterRequests",
  overdue: "filterOverdue",
  held: "filterHeld",
  dismissed: "filterDismissed",
  closed: "filterClosed",
  all: "filterAll",
};
const sorts: Readonly<Record<Sort, Key>> = { urgent: "sortUrgent", deadline: "sortDeadline", newest: "sortNewest", oldest: "sortOldest" };
const statuses: readonly Status[] = ["received", "acknowledged", "assessment", "investigation", "referred", "action", "closed"];

const marksWords: Readonly<Record<MarksProblem, Key>> = { notLoaded: "marksNotLoaded", notOpened: "marksNotOpened", newer: "marksNewer", notKept: "marksNotKept" };

const drawMilliseconds = 200;

// As it was left: the way back from a case leads to the same list.
const usual: View = { filter: "open", status: "any", sort: "urgent", search: "" };
let view = usual;
/** Forgets what was searched for. */
export const forgetView = (): void => void (view = usual);

export class InboxView {
  readonly element: HTMLElement;
  readonly #work: Work;
  readonly #list: VirtualList<Entry>;
  readonly #count = live();
  readonly #readAll = button("", () => this.#work.store.readAll(select(this.#work.store.entries, view)), { quiet: true, action: "mark-read" });
  readonly #marksNote = el("p", { class: "help", role: "status", "data-marks": "" });
  readonly #progress = el("progress", { "aria-label": t("openingTriages") });
  readonly #progressText = el("p", { class: "help" });
  readonly #empty = el("p", { class: "empty" });
  #isDue = false;
  readonly #tabs = new Map<Filter, HTMLButtonElement>();

  constructor(work: Work) {
    this.#work = work;
    const { store, go, say } = work;
    this.#list = new VirtualList<Entry>(t("cases"), { id: ({ row }) => row.id, make: (entry) => makeRow(entry, work.me, () => go({ view: "case", id: entry.row.id })) });
    const refresh = button(t("refresh"), () => void store.load().then(() => say(t("refreshed")), (error: unknown) => say(problem(error))), { action: "refresh" });
    this.element = el("div", { class: "inbox-view" },
      el("div", { class: "title-line" }, el("h1", { tabindex: -1 }, t("inbox")), refresh),
      this.#marksNote,
      this.#filterBar(),
      this.#tools(),
      el("div", { class: "progress" }, this.#progressText, this.#progress),
      el("div", { class: "count-line" }, this.#count, this.#readAll),
      this.#list.element,
      this.#empty);
    const stop = store.listen(() => this.#drawSoon());
    work.onLeave(() => {
      stop();
      this.#list.end();
    });
    requestAnimationFrame(() => this.#draw());
  }

  #filterBar(): HTMLElement {
    const bar = el("div", { class: "filters", role: "group", "aria-label": t("filter") });
    for (const [filter, key] of Object.entries(filters) as [Filter, Key][]) {
      const made = button(t(key), () => this.#change({ filter }), { quiet: true });
      made.dataset["filter"] = filter;
      this.#tabs.set(filter, made);
      bar.append(made);
    }
    return bar;
  }

  #tools(): HTMLElement {
    const search = el("input", { type: "search", name: "search", value: view.search, placeholder: t("searchHint"), "aria-label": t("search"), autocomplete: "off", spellcheck: "false" });
    search.addEventListener("input", () => this.#change({ search: search.value }));
    const status = choice("status", [["any", t("anyStatus")], ...statuses.map((each) => [each, statusWords(each)] as const)], view.status);
    status.setAttribute("aria-label", t("status"));
    status.addEventListener("change", () => this.#change({ status: status.value as View["status"] }));
    const sort = choice("sort", (Object.entries(sorts) as [Sort, Key][]).map(([each, key]) => [each, t(key)] as const), view.sort);
    sort.setAttribute("aria-label", t("sort"));
    sort.addEventListener("change", () => this.#change({ sort: sort.value as Sort }));
    return el("div", { class: "tools", role: "search" }, search, status, sort);
  }

  #change(changed: Partial<View>): void {
    view = { ...view, ...changed };
    scrollTo(0, 0);
    this.#draw();
  }

  // While triages are opened there is news many times a second.
  #drawSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      if (this.element.isConnected) this.#draw();
    }, this.#work.store.loading ? drawMilliseconds : 0);
  }

  #draw(): void {
    const { store } = this.#work;
    const { entries, opened, total, loading, loaded } = store;
    const shown = select(entries, view);
    const counts = countsOf(entries);
    for (const [filter, made] of this.#tabs) {
      made.setAttribute("aria-pressed", String(filter === view.filter));
      made.replaceChildren(t(filters[filter]), " ", el("span", { class: "count" }, String(counts[filter])));
    }
    const isOpening = loading && opened < total && total > 0;
    this.#progress.hidden = !isOpening;
    this.#progress.max = Math.max(total, 1);
    this.#progress.value = opened;
    this.#progressText.textContent = isOpening ? t("opening", { opened, total }) : "";
    this.#count.textContent = loaded || entries.length > 0 ? t("casesShown", { count: shown.length }) : t("loading");
    this.#readAll.hidden = view.filter !== "unread" || shown.length === 0;
    this.#readAll.textContent = t("markRead", { count: shown.length });
    const { marksProblem } = store;
    this.#marksNote.dataset["marks"] = marksProblem ?? "";
    this.#marksNote.textContent = marksProblem === undefined ? "" : t(marksWords[marksProblem]);
    this.#list.show(shown);
    this.#empty.textContent = loaded && shown.length === 0 ? t(entries.length === 0 ? "inboxEmpty" : "nothingFound") : "";
  }
}
