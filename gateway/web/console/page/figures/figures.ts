// Figures of each channel: charts with a table beside each, and a file for a spreadsheet. No case can be told from it
// but by numbers that are small; so it is for those who see the cases anyway.
import { csvOf, type Figures, figuresOf, type Span, type Took } from "../../model/figures.ts";
import type { ChannelView } from "../../protocol.ts";
import { button, el, newId, notice, section } from "../dom.ts";
import { duties } from "../inbox/row.ts";
import { save } from "../save.ts";
import { monthAbbreviated, monthWords, number, statusWords, t } from "../text.ts";
import type { Work } from "../work.ts";
import type { Bar, Picture } from "./charts.ts";

const longRows = 12; // more are a table that scrolls by itself

/** What is shown as one chart, one table, and rows of the file. */
interface Figure {
  readonly name: string; // for tests
  readonly title: string;
  readonly column: string; // what the rows are
  readonly rows: readonly (readonly [string, number])[];
  readonly picture: Picture;
  readonly summary: string;
  readonly days: readonly (readonly [string, number])[]; // in the file only: they are in the summary
}

interface Counted {
  readonly words: string;
  readonly short?: string; // in the chart
  readonly count: number;
}

function counted(name: string, title: string, shape: Picture["shape"], all: readonly Counted[]): Figure {
  const bars: Bar[] = all.map(({ words, short = words, count }) => ({ words: short, count, isLate: false }));
  return { name, title, column: t("figureWhat"), rows: all.map(({ words, count }) => [words, count]), picture: { shape, bars, deadline: "" }, summary: "", days: [] };
}

const daysWords = (count: number): string => t("figureDayCount", { count });
const spanWords = ({ first, last }: Span): string => (last === Infinity ? `> ${number(first - 1)}` : first === last ? number(first) : `${number(first)}–${number(last)}`);

function took(name: string, title: string, { cases, median, worst, deadline, inTime, spans }: Took, within: "figureInTime" | "figureConcluded"): Figure {
  const rows = spans.map((span) => [spanWords(span), span.count] as const);
  const bars = spans.map(({ count, isLate }, index) => ({ words: rows[index]![0], count, isLate }));
  const summary = [
    t("figureTook", { count: cases, median: daysWords(median), worst: daysWords(worst) }),
    ...(cases > 0 && deadline > 0 ? [t(within, { inTime, count: cases, days: daysWords(deadline) })] : []),
  ];
  return {
    name,
    title,
    column: t("figureDays"),
    rows,
    picture: { shape: "columns", bars, deadline: deadline === 0 ? "" : t("figureDeadline", { days: daysWords(deadline) }) },
    summary: summary.join(" "),
    days: cases === 0 ? [] : [[t("figureMedian"), median], [t("figureLongest"), worst]],
  };
}

function figuresIn({ months, kinds, statuses, overdue, acknowledge, close }: Figures): readonly Figure[] {
  return [
    counted("months", t("figuresMonths"), "columns", months.map(({ key, count }) => ({ words: monthWords(key), short: monthAbbreviated(key), count }))),
    counted("kinds", t("figuresKinds"), "rows", kinds.map(({ key, count }) => ({ words: key === "" ? t("figureUnknown") : key, count }))),
    counted("statuses", t("figuresStatuses"), "rows", statuses.map(({ key, count }) => ({ words: statusWords(key), count }))),
    counted("overdue", t("figuresOverdue"), "rows", overdue.map(({ key, count }) => ({ words: t(duties[key]), count }))),
    took("acknowledge", t("figuresAcknowledge"), acknowledge, "figureInTime"),
    took("close", t("figuresClose"), close, "figureConcluded"),
  ];
}

const totalsOf = ({ received, open, overdueCases }: Figures): readonly (readonly [string, number])[] =>
  [[t("figureReceived"), received], [t("figureOpen"), open], [t("figureOverdue"), overdueCases]];

function tableOf({ column, rows }: Figure, titleId: string): HTMLElement {
  const table = el("table", { "aria-labelledby": titleId },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, column), el("th", { scope: "col", class: "number" }, t("figureCount")))),
    el("tbody", {}, ...rows.map(([words, count]) => el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, words)), el("td", { class: "number" }, number(count))))));
  return rows.length > longRows ? el("div", { class: "long", role: "region", "aria-labelledby": titleId, tabindex: 0 }, table) : table;
}

function blockOf(figure: Figure): HTMLElement {
  const { name, title, summary, rows, picture } = figure;
  const titleId = newId();
  const chart = el("div", { class: `chart ${picture.shape}`, "aria-hidden": "true" });
  chart.style.setProperty("--bars", String(picture.bars.length));
  // The tables say all of it: without the program that draws there are only these.
  if (rows.length > 0) void import("./charts.ts").then(({ draw }) => draw(chart, picture), () => chart.remove());
  return el("div", { class: "figure", "data-figure": name },
    el("h3", { id: titleId }, title),
    summary !== "" && el("p", { class: "summary" }, summary),
    rows.length === 0 ? el("p", { class: "help" }, t("figureNothing")) : el("div", { class: "beside" }, chart, tableOf(figure, titleId)));
}

function saveCsv(channel: string, totals: readonly (readonly [string, number])[], all: readonly Figure[]): void {
  const csv = csvOf([
    [t("figureChannel"), t("figureTable"), t("figureWhat"), t("figureCount"), t("figureDays")],
    ...totals.map(([words, count]) => [channel, t("figuresAll"), words, count, ""] as const),
    ...all.flatMap(({ title, rows, days }) => [
      ...rows.map(([words, count]) => [channel, title, words, count, ""] as const),
      ...days.map(([words, count]) => [channel, title, words, "", count] as const),
    ]),
  ]);
  save(`${channel}.csv`, "text/csv", "\ufeff", csv);
}

function channelSection({ id }: ChannelView, figures: Figures): HTMLElement {
  const totals = totalsOf(figures);
  const all = figuresIn(figures);
  const made = section(id,
    el("dl", { class: "totals", "aria-label": t("figuresAll") }, ...totals.map(([words, count]) => el("div", {}, el("dt", {}, words), el("dd", {}, number(count))))),
    el("div", { class: "figures" }, ...all.map(blockOf)),
    el("p", { class: "actions" }, button(t("figuresSave"), () => saveCsv(id, totals, all), { action: `csv-${id}` })));
  made.dataset["figures"] = id;
  return made;
}

export function figuresView({ me, store, onLeave }: Work): HTMLElement {
  const progress = el("div", {});
  const places = me.channels.map((channel) => ({ channel, place: el("div", {}), shown: "" }));
  const draw = (): void => {
    const { loading, opened, total } = store;
    progress.replaceChildren(...(loading ? [notice("note", t("opening", { opened, total }))] : []));
    for (const each of places) {
      const figures = figuresOf(store.entries, each.channel);
      const now = JSON.stringify(figures);
      if (now === each.shown) continue; // so that who reads a table stays where they are
      each.shown = now;
      each.place.replaceChildren(channelSection(each.channel, figures));
    }
  };
  let isDue = false;
  onLeave(store.listen(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      if (progress.isConnected) draw();
    }, 500);
  }));
  draw();
  return el("div", { class: "figures-view" },
    el("h1", { tabindex: -1 }, t("figures")), el("p", { class: "help" }, t("figuresHelp")), progress, ...places.map(({ place }) => place));
}
