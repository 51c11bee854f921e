// A list of which only the rows in sight are there: thousands scroll as a dozen does. One row is in the tab order;
// the arrow keys, Home, End and the pages keys lead to the others.
import { windowOf } from "../../model/inbox.ts";
import { el } from "../dom.ts";

export interface RowMaker<T> {
  /** The one button of a row. */
  readonly make: (item: T) => HTMLButtonElement;
  readonly id: (item: T) => string;
}

export class VirtualList<T> {
  readonly element = el("ul", { class: "rows", role: "list" });
  readonly #maker: RowMaker<T>;
  readonly #shown = new Map<number, HTMLLIElement>();
  readonly #ends = new AbortController();
  #items: readonly T[] = [];
  #active = 0; // the row in the tab order
  #rowHeight = 0;
  #isDue = false;

  constructor(label: string, maker: RowMaker<T>) {
    this.#maker = maker;
    this.element.setAttribute("aria-label", label);
    const later = (): void => {
      if (this.#isDue) return;
      this.#isDue = true;
      requestAnimationFrame(() => {
        this.#isDue = false;
        this.#draw();
      });
    };
    addEventListener("scroll", later, { passive: true, signal: this.#ends.signal });
    addEventListener("resize", () => {
      this.#clear();
      later();
    }, { signal: this.#ends.signal });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("focusin", ({ target }) => this.#focused(target as Element));
  }

  end(): void {
    this.#ends.abort();
  }

  /** `keep`: the row of this id stays in the tab order. */
  show(items: readonly T[]): void {
    const { id } = this.#maker;
    const active = this.#items[this.#active];
    const hadFocus = this.element.contains(document.activeElement);
    this.#items = items;
    const found = active === undefined ? -1 : items.findIndex((item) => id(item) === id(active));
    this.#active = Math.max(0, found);
    this.#clear();
    this.#draw();
    if (hadFocus && found >= 0) this.#focus(found);
  }

  #clear(): void {
    for (const row of this.#shown.values()) row.remove();
    this.#shown.clear();
    this.#rowHeight = 0;
  }

  #draw(): void {
    if (!this.element.isConnected) return;
    this.#rowHeight ||= parseFloat(getComputedStyle(this.element).getPropertyValue("--row-height")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.element.style.blockSize = `${this.#items.length * this.#rowHeight}px`;
    const { top } = this.element.getBoundingClientRect();
    const { first, last } = windowOf(-top, innerHeight, this.#rowHeight, this.#items.length);
    for (const [number, row] of this.#shown) {
      // The row that has the focus stays, or the keys would lead nowhere.
      if ((number >= first && number < last) || row.contains(document.activeElement)) continue;
      row.remove();
      this.#shown.delete(number);
    }
    const before = this.#shown.size === 0 ? undefined : Math.min(...this.#shown.keys());
    const below = document.createDocumentFragment();
    const above = document.createDocumentFragment();
    for (let number = first; number < last; ++number) {
      if (this.#shown.has(number)) continue;
      const row = this.#make(number);
      if (row !== undefined) (before !== undefined && number < before ? above : below).append(row);
    }
    this.element.prepend(above);
    this.element.append(below);
  }

  #make(number: number): HTMLLIElement | undefined {
    const item = this.#items[number];
    if (item === undefined) return undefined;
    const button = this.#maker.make(item);
    button.tabIndex = number === this.#active ? 0 : -1;
    const row = el("li", { "aria-setsize": this.#items.length, "aria-posinset": number + 1, "data-row": number }, button);
    row.style.insetBlockStart = `${number * this.#rowHeight}px`;
    this.#shown.set(number, row);
    return row;
  }

  #focused(target: Element): void {
    const number = Number(target.closest("li")?.dataset["row"] ?? this.#active);
    if (number === this.#active) return;
    this.#shown.get(this.#active)?.querySelector("button")?.setAttribute("tabindex", "-1");
    this.#active = number;
    this.#shown.get(number)?.querySelector("button")?.setAttribute("tabindex", "0");
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(innerHeight / this.#rowHeight) - 2);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.#items.length, End: this.#items.length };
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#focus(Math.min(Math.max(this.#active + step, 0), this.#items.length - 1));
  }

  #focus(number: number): void {
    if (number < 0) return;
    if (!this.#shown.has(number)) {
      const row = this.#make(number);
      if (row !== undefined) this.element.append(row);
    }
    const button = this.#shown.get(number)?.querySelector("button");
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
    this.#draw();
  }
}
