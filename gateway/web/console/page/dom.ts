// Elements made by hand, as on the reporter's pages: text is text. And what every view of the console uses.
import { el } from "../../reporter/page/dom.ts";

export { el, live, unwatched } from "../../reporter/page/dom.ts";

export type Child = Node | string | undefined | false;

interface ButtonOptions {
  readonly primary?: boolean;
  readonly quiet?: boolean;
  readonly action?: string;
  readonly label?: string;
}

export function button(text: string, onClick: () => void, { primary, quiet, action, label }: ButtonOptions = {}): HTMLButtonElement {
  const made = el("button", { type: "button", class: primary === true ? "primary" : quiet === true && "quiet-button", "data-action": action, "aria-label": label }, text);
  made.addEventListener("click", onClick);
  return made;
}

let last = 0;
/** An id for a label or a description. */
export const newId = (): string => `n${++last}`;

export function section(title: string, ...children: readonly Child[]): HTMLElement {
  const id = newId();
  return el("section", { "aria-labelledby": id }, el("h2", { id }, title), ...children);
}

export function notice(kind: "note" | "good" | "bad", ...children: readonly Child[]): HTMLElement {
  return el("div", { class: `box ${kind}` }, ...children.map((child) => (typeof child === "string" ? el("p", {}, child) : child)));
}

/** A field with its label, help and place for an error. */
export function field(label: string, input: HTMLElement, help?: string): HTMLElement {
  input.id ||= newId();
  const helpId = newId();
  if (help !== undefined) input.setAttribute("aria-describedby", helpId);
  return el("div", { class: "field" }, el("label", { for: input.id }, label), help !== undefined && el("p", { class: "help", id: helpId }, help), input);
}

/** A list of one of `options`, by value and words. */
export function choice(name: string, options: readonly (readonly [string, string])[], chosen?: string): HTMLSelectElement {
  const made = el("select", { name }, ...options.map(([value, words]) => el("option", { value }, words)));
  if (chosen !== undefined) made.value = chosen;
  return made;
}
