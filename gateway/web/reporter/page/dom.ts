// Elements made by hand: text is text, so nothing that was written can become markup. No innerHTML.

type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** `on…` is not an attribute here: listeners are added by the caller. False and undefined: absent; true: empty. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

export type Action = "next" | "back" | "send" | "return";

export function button(text: string, onClick: () => void, options: { action?: Action; primary?: boolean; label?: string } = {}): HTMLButtonElement {
  const made = el("button", { type: "button", class: options.primary === true && "primary", "data-action": options.action, "aria-label": options.label }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** Shows another screen: its heading gets the focus, and the page begins at its top. */
export function show(...children: readonly Child[]): void {
  const main = document.querySelector("main")!;
  main.replaceChildren(...children.filter((child) => child !== undefined && child !== false));
  const heading = main.querySelector("h1");
  if (heading !== null) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}

/** A line that screen readers speak when it changes. */
export function live(): HTMLParagraphElement {
  return el("p", { role: "status", class: "status" });
}

/** What people write is nobody's business but theirs: no suggestions, no checks that leave the device. */
export const unwatched = { autocomplete: "off", autocorrect: "off", spellcheck: "false", "data-gramm": "false" } as const;
