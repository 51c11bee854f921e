// A PDF, one page at a time on a canvas: turned, enlarged, and read out as text, by keyboard alone as well.
import { button, el, live, newId } from "../dom.ts";
import { type Key, percent, t } from "../text.ts";
import type { PdfError, PdfPages, PdfProblem } from "./pdfPages.ts";

const maxBytes = 256 * 1024 * 1024;
const zooms = [0.5, 0.75, 1, 1.5, 2, 3, 4] as const;
const usual = zooms.indexOf(1);

const problems: Readonly<Record<PdfProblem | "large", Key>> = { encrypted: "pdfEncrypted", broken: "pdfBroken", slow: "pdfSlow", large: "pdfLarge" };
const refused = (why: PdfProblem | "large"): HTMLElement => el("p", { class: "box note", "data-download-only": true, "data-pdf-problem": why }, t(problems[why]));

/** What is shown of it, or why nothing is. `onLeave` takes what ends it. */
export async function pdfViewer(content: Blob, name: string, onLeave: (leave: () => void) => void): Promise<HTMLElement> {
  if (content.size > maxBytes) return refused("large");
  const { openPdf } = await import("./pdfPages.ts");
  let pages: PdfPages;
  try {
    pages = await openPdf(content);
  } catch (error) {
    return refused((error as PdfError).problem);
  }
  onLeave(() => pages.end());
  return new Viewer(pages, name).element;
}

class Viewer {
  readonly element: HTMLElement;
  readonly #pages: PdfPages;
  readonly #name: string;
  readonly #sheet: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #status = live();
  readonly #text = el("pre", { class: "file-text", tabindex: 0, role: "region", dir: "auto" });
  readonly #buttons: Readonly<Record<"previous" | "next" | "smaller" | "larger", HTMLButtonElement>>;
  #page = 1;
  #zoom = usual;

  constructor(pages: PdfPages, name: string) {
    this.#pages = pages;
    this.#name = name;
    this.#sheet = el("div", { class: "pdf-sheet", tabindex: 0, role: "region", "aria-label": t("pdfPages", { name }) });
    this.#input = el("input", { name: "pdf-page", type: "number", inputmode: "numeric", min: 1, max: pages.count, id: newId(), value: "1", autocomplete: "off" });
    this.#buttons = {
      previous: button(t("pdfPrevious"), () => this.#go(this.#page - 1), { action: "pdf-previous" }),
      next: button(t("pdfNext"), () => this.#go(this.#page + 1), { action: "pdf-next" }),
      smaller: button("−", () => this.#enlarge(this.#zoom - 1), { action: "pdf-smaller", label: t("pdfSmaller") }),
      larger: button("+", () => this.#enlarge(this.#zoom + 1), { action: "pdf-larger", label: t("pdfLarger") }),
    };
    this.#input.addEventListener("change", () => this.#go(Number(this.#input.value)));
    this.#sheet.addEventListener("keydown", (event) => this.#key(event));
    const { previous, next, smaller, larger } = this.#buttons;
    this.element = el("div", { class: "pdf", "data-pdf-pages": String(pages.count), role: "group", "aria-label": name },
      el("div", { class: "pdf-bar" },
        previous,
        el("span", { class: "pdf-number" }, el("label", { for: this.#input.id }, t("pdfPage")), " ", this.#input, " ", el("span", {}, t("pdfOf", { count: pages.count }))),
        next, smaller, larger),
      this.#status,
      this.#sheet,
      el("details", {}, el("summary", {}, t("pdfText")), this.#text),
      el("p", { class: "help" }, t("pdfHelp")));
    // Its width is known when it is on the page.
    requestAnimationFrame(() => void this.#draw());
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const deeds: Readonly<Record<string, () => void>> = {
      PageDown: () => this.#go(this.#page + 1),
      PageUp: () => this.#go(this.#page - 1),
      Home: () => this.#go(1),
      End: () => this.#go(this.#pages.count),
      "+": () => this.#enlarge(this.#zoom + 1),
      "-": () => this.#enlarge(this.#zoom - 1),
    };
    const deed = deeds[event.key];
    if (deed === undefined) return;
    event.preventDefault();
    deed();
  }

  #go(page: number): void {
    if (Number.isInteger(page) && page >= 1 && page <= this.#pages.count && page !== this.#page) {
      this.#page = page;
      void this.#draw();
    }
    this.#input.value = String(this.#page);
  }

  #enlarge(zoom: number): void {
    if (zooms[zoom] === undefined) return;
    this.#zoom = zoom;
    void this.#draw();
  }

  async #draw(): Promise<void> {
    const { previous, next, smaller, larger } = this.#buttons;
    // Not disabled: a button that is would lose the focus.
    for (const [each, isEnd] of [[previous, this.#page === 1], [next, this.#page === this.#pages.count], [smaller, this.#zoom === 0], [larger, this.#zoom === zooms.length - 1]] as const) {
      each.setAttribute("aria-disabled", String(isEnd));
    }
    const page = this.#page;
    const width = Math.max(this.#sheet.clientWidth - 2, 160) * zooms[this.#zoom]!;
    this.#status.textContent = t("pdfDrawing", { page });
    try {
      const drawn = await this.#pages.draw(page, width);
      if (drawn === undefined) return;
      const { canvas, text } = drawn;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", t("pdfPageOf", { page, count: this.#pages.count, name: this.#name }));
      canvas.dataset["pdfPage"] = String(page);
      canvas.style.inlineSize = `${width}px`;
      this.#sheet.replaceChildren(canvas);
      this.#sheet.scrollTo(0, 0);
      this.#text.textContent = text === "" ? t("pdfNoText") : text;
      this.#text.setAttribute("aria-label", t("pdfTextOf", { page }));
      this.#status.textContent = t("pdfDrawn", { page, count: this.#pages.count, percent: percent(zooms[this.#zoom]!) });
    } catch (error) {
      this.#sheet.replaceChildren(refused((error as PdfError).problem));
      this.#text.textContent = "";
      this.#status.textContent = "";
    }
  }
}
