// Figures of each channel: bars with the number beside each, and a file for a spreadsheet. No case can be told from it
// but by numbers that are small; so it is for those who see the cases anyway.
import { csvOf, type Count, type Figures, figuresOf, type Took } from "../model/figures.ts";
import type { ChannelView } from "../protocol.ts";
import type { Work } from "./desk.ts";
import { button, el, notice, section } from "./dom.ts";
import { duties } from "./inbox/row.ts";
import { save } from "./save.ts";
import { type Key, monthWords, statusWords, t } from "./text.ts";

// Undefined: there is none, as the median of nothing.
type Rows = readonly (readonly [string, number | undefined])[];

function rowsOf<Key extends string>(counts: readonly Count<Key>[], words: (key: Key) => string): Rows {
  return counts.map(({ key, count }) => [words(key), count] as const);
}

function table(title: string, rows: Rows): HTMLElement {
  const most = Math.max(1, ...rows.map(([, count = 0]) => count));
  const bar = (count: number): HTMLElement => {
    const made = el("span", { class: "bar" });
    made.style.inlineSize = `${(100 * count) / most}%`;
    return el("span", { class: "track", "aria-hidden": "true" }, made);
  };
  return el("table", {},
    el("caption", {}, title),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("figureWhat")), el("th", { scope: "col" }, t(title === t("figuresTook") ? "figureDays" : "figureCount")))),
    el("tbody", {}, ...rows.map(([words, count]) => el("tr", {}, el("th", { scope: "row" }, words), el("td", {}, el("div", { class: "measured" }, el("span", { class: "number" }, count === undefined ? "–" : String(count)), bar(count ?? 0)))))));
}

function daysOf({ cases, median, worst }: Took, medianWords: Key, worstWords: Key): Rows {
  return [[t(medianWords, { count: cases }), cases === 0 ? undefined : median], [t(worstWords), cases === 0 ? undefined : worst]];
}

function parts({ received, open, overdueCases, months, kinds, statuses, overdue, acknowledge, close }: Figures): readonly (readonly [string, Rows])[] {
  return [
    [t("figuresAll"), [[t("figureReceived"), received], [t("figureOpen"), open], [t("figureOverdue"), overdueCases]]],
    [t("figuresMonths"), rowsOf(months, monthWords)],
    [t("figuresKinds"), rowsOf(kinds, (key) => (key === "" ? t("figureUnknown") : key))],
    [t("figuresStatuses"), rowsOf(statuses, statusWords)],
    [t("figuresTook"), [
      ...daysOf(acknowledge, "figureAcknowledgeMedian", "figureAcknowledgeWorst"), ...daysOf(close, "figureCloseMedian", "figureCloseWorst"),
    ]],
    [t("figuresOverdue"), rowsOf(overdue, (duty) => t(duties[duty]))],
  ];
}

function saveCsv(channel: string, all: readonly (readonly [string, Rows])[]): void {
  const rows = all.flatMap(([title, some]) => some.map(([words, count]) => [channel, title, words, count ?? ""] as const));
  const csv = csvOf([[t("figureChannel"), t("figureTable"), t("figureWhat"), t("figureCount")], ...rows]);
  save(`${channel}.csv`, "text/csv", "\ufeff", csv);
}

export function figuresView({ me, store, onLeave }: Work): HTMLElement {
  const place = el("div", {});
  const draw = (): void => {
    const { loading, opened, total } = store;
    const one = (channel: ChannelView): HTMLElement => {
      const all = parts(figuresOf(store.entries, channel));
      const made = section(channel.id, el("div", { class: "tables" }, ...all.map(([title, rows]) => table(title, rows))),
        el("p", { class: "actions" }, button(t("figuresSave"), () => saveCsv(channel.id, all), { action: `csv-${channel.id}` })));
      made.dataset["figures"] = channel.id;
      return made;
    };
    place.replaceChildren(...(loading ? [notice("note", t("opening", { opened, total }))] : []), ...me.channels.map(one));
  };
  let isDue = false;
  onLeave(store.listen(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      if (place.isConnected) draw();
    }, 500);
  }));
  draw();
  return el("div", { class: "figures-view" }, el("h1", { tabindex: -1 }, t("figures")), el("p", { class: "help" }, t("figuresHelp")), place);
}
