// Charts as SVG, by d3: the one place that knows it, loaded when figures are looked at. Colours, fonts and what forced
// colours make of them are the style sheet's. A chart is a picture of the table beside it and nothing more.
import { axisBottom, axisLeft, axisRight } from "d3-axis";
import { scaleBand, scaleLinear } from "d3-scale";
import { select, type Selection } from "d3-selection";

import { number } from "../text.ts";

export interface Bar {
  readonly words: string;
  readonly count: number;
  readonly isLate: boolean;
}

export interface Picture {
  readonly shape: "columns" | "rows"; // columns: in the order of time; rows: names, which may be long
  readonly bars: readonly Bar[];
  readonly deadline: string; // at the line before the first late bar; empty: none
}

// In rem, as in style.css.
const rowHeight = 2.6;
const columnsHeight = 15;
const widestColumn = 7;
const numbered = 1.6; // a column that its number fits above
const character = 0.46; // of an axis, about

interface Sheet {
  readonly svg: Selection<SVGSVGElement, unknown, null, undefined>;
  readonly width: number;
  readonly rem: number;
  readonly isRightToLeft: boolean;
}

const barClass = ({ isLate }: Bar): string => (isLate ? "bar late" : "bar");
const most = (bars: readonly Bar[]): number => Math.max(1, ...bars.map(({ count }) => count));

// Cuts what is wider than `width` pixels.
function fit(text: SVGTextElement, width: number): void {
  const whole = text.textContent;
  for (let kept = whole.length - 1; kept > 0 && text.getComputedTextLength() > width; --kept) text.textContent = `${whole.slice(0, kept).trimEnd()}…`;
}

/** One below the other, each under its name and with its number at the end. */
function drawRows({ svg, width, rem, isRightToLeft }: Sheet, { bars }: Picture): void {
  const room = (number(most(bars)).length * 0.6 + 0.6) * rem;
  const along = scaleLinear([0, most(bars)], isRightToLeft ? [width, room] : [0, width - room]);
  const anchor = isRightToLeft ? "end" : "start";
  const row = svg.selectAll("g").data(bars).join("g").attr("transform", (_, index) => `translate(0,${index * rowHeight * rem})`);
  row.append("text").attr("class", "name").attr("x", along(0)).attr("y", 0.95 * rem).attr("text-anchor", anchor)
    .text(({ words }) => words)
    .each((_bar, index, texts) => fit(texts[index]!, width));
  row.append("rect").attr("class", barClass).attr("y", 1.3 * rem).attr("height", 0.8 * rem)
    .attr("x", ({ count }) => Math.min(along(0), along(count)))
    .attr("width", ({ count }) => Math.abs(along(count) - along(0)));
  row.append("text").attr("class", "value").attr("y", 2 * rem).attr("text-anchor", anchor)
    .attr("x", ({ count }) => along(count) + (isRightToLeft ? -0.4 : 0.4) * rem)
    .text(({ count }) => number(count));
}

/** Side by side on an axis. */
function drawColumns({ svg, width, rem, isRightToLeft }: Sheet, { bars, deadline }: Picture): void {
  const first = (number(most(bars)).length * 0.55 + 0.8) * rem;
  const name = Math.max(...bars.map(({ words }) => words.length)) * character * rem;
  const beyond = Math.max(0, (name - (width - first) / bars.length) / 2); // the last name, of a narrow column
  const last = Math.min(width - beyond, first + bars.length * widestColumn * rem);
  const mirrored = (x: number): number => (isRightToLeft ? width - x : x);
  const [top, bottom] = [1.75 * rem, (columnsHeight - 1.75) * rem];
  const across = scaleBand(bars.map((_, index) => index), [mirrored(first), mirrored(last)]).padding(0.2);
  const up = scaleLinear([0, most(bars)], [bottom, top]).nice(4);
  const place = (index: number): number => across(index)!;

  const side = isRightToLeft ? axisRight(up) : axisLeft(up);
  svg.append("g").attr("class", "grid").attr("transform", `translate(${mirrored(first)},0)`)
    .call(side.tickValues(up.ticks(4).filter(Number.isInteger)).tickFormat((value) => number(value.valueOf())).tickSize(first - last).tickPadding(0.4 * rem));
  // As many names as there is room for, the last one among them.
  const each = Math.ceil((name + character * rem) / across.step());
  svg.append("g").attr("transform", `translate(0,${bottom})`)
    .call(axisBottom(across).tickValues(across.domain().filter((index) => (bars.length - 1 - index) % each === 0)).tickFormat((index) => bars[index]!.words).tickSizeOuter(0));

  svg.selectAll(".bar").data(bars).join("rect").attr("class", barClass)
    .attr("x", (_, index) => place(index)).attr("width", across.bandwidth())
    .attr("y", ({ count }) => up(count)).attr("height", ({ count }) => bottom - up(count));
  if (across.bandwidth() >= numbered * rem) {
    svg.selectAll(".value").data(bars).join("text").attr("class", "value").attr("text-anchor", "middle")
      .attr("x", (_, index) => place(index) + across.bandwidth() / 2).attr("y", ({ count }) => up(count) - 0.3 * rem)
      .text(({ count }) => number(count));
  }

  const late = bars.findIndex(({ isLate }) => isLate);
  if (deadline === "" || late < 0) return;
  const gap = across.step() - across.bandwidth();
  const line = isRightToLeft ? place(late) + across.bandwidth() + gap / 2 : place(late) - gap / 2;
  const isFar = line > width / 2;
  svg.append("line").attr("class", "deadline").attr("x1", line).attr("x2", line).attr("y1", 0.2 * rem).attr("y2", bottom);
  svg.append("text").attr("class", "deadline").attr("x", line + (isFar ? -0.4 : 0.4) * rem).attr("y", 0.95 * rem).attr("text-anchor", isFar ? "end" : "start").text(deadline);
}

/** Draws into `place`, whose height the style sheet knows, and anew when its width changes. */
export function draw(place: HTMLElement, picture: Picture): void {
  let drawn = 0;
  new ResizeObserver(() => {
    const width = place.clientWidth;
    if (width === 0 || width === drawn) return;
    drawn = width;
    place.replaceChildren();
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const height = (picture.shape === "rows" ? picture.bars.length * rowHeight : columnsHeight) * rem;
    const svg = select(place).append("svg").attr("width", width).attr("height", height);
    const sheet = { svg, width, rem, isRightToLeft: getComputedStyle(place).direction === "rtl" };
    if (picture.shape === "rows") drawRows(sheet, picture);
    else drawColumns(sheet, picture);
  }).observe(place);
}
