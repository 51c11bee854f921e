// The form: one screen after another, forth and back without loss. Everything is in memory and nowhere
// else; send.ts takes it from there.
import type { Channel } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el, show } from "../dom.ts";
import { date, t } from "../text.ts";
import { questionTitle, said } from "../words.ts";
import { type Draft, missingIn, newDraft, type Screen, screensOf } from "./model.ts";
import { render, type Shown } from "./screens.ts";
import { sendDraft } from "./send.ts";

export class Form {
  readonly #client: Client;
  readonly #channel: Channel;
  readonly #draft: Draft = newDraft();
  #at = 0;

  constructor(client: Client, channel: Channel) {
    this.#client = client;
    this.#channel = channel;
  }

  show(): void {
    const screens = screensOf(this.#channel, this.#draft);
    const screen = screens[this.#at]!;
    const goTo = (wanted: Screen): void => this.#goTo(wanted);
    const shown = render(screen, { channel: this.#channel, draft: this.#draft, client: this.#client, goTo });
    const errors = el("div", { class: "errors", role: "alert" });
    const content = shown.content.filter((each) => each !== undefined);
    const form = el("form", { novalidate: true, autocomplete: "off" }, ...content, screen.kind === "review" && this.#freshness(), this.#buttons(screen, shown));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#next(screen, shown, errors);
    });
    const progress = el("p", { class: "progress", id: "progress" }, t("stepOf", { step: this.#at + 1, steps: screens.length }));
    const bar = el("progress", { max: screens.length, value: this.#at + 1, "aria-labelledby": "progress" });
    show(progress, bar, el("h1", {}, shown.titleNode), errors, form);
  }

  // What a client without witnesses has to say (design: "The charter").
  #freshness(): HTMLElement | false {
    const { witnessed, charterExpiry } = this.#channel;
    return !witnessed && el("p", { class: "quiet" }, t("noWitnesses", { date: date(charterExpiry) }));
  }

  #buttons(screen: Screen, shown: Shown): HTMLElement {
    const isReview = screen.kind === "review";
    return el("p", { class: "actions" },
      el("button", { type: "submit", class: "primary", "data-action": isReview ? "send" : "next" }, t(isReview ? "send" : "next")),
      this.#at > 0 && button(t("back"), () => this.#isFinished(shown) && this.#move(this.#at - 1), { action: "back" }));
  }

  // What was begun is not thrown away unasked.
  #isFinished({ fields }: Shown): boolean {
    const open = [...fields.values()].find(({ isUnfinished }) => isUnfinished?.() === true);
    open?.setError(t("voiceUnfinished"));
    return open === undefined;
  }

  #next(screen: Screen, shown: Shown, errors: HTMLElement): void {
    if (!this.#isFinished(shown)) return;
    const missing = screen.kind === "questions" ? missingIn(screen.step, this.#channel, this.#draft) : [];
    const { texts } = this.#channel;
    for (const [id, field] of shown.fields) {
      field.setError(missing.some((question) => question.id === id) ? t("errorRequired") : undefined);
    }
    if (missing.length > 0) {
      const links = missing.map(({ id }) => {
        const link = button("", () => shown.fields.get(id)?.focus());
        link.className = "link";
        link.append(said(questionTitle(id, texts), texts));
        return el("li", {}, link);
      });
      errors.replaceChildren(el("p", {}, el("strong", {}, t("errorTitle"))), el("ul", {}, ...links));
      errors.querySelector("button")?.focus();
      return;
    }
    if (screen.kind === "review") void sendDraft(this.#client, this.#channel, this.#draft, () => this.show());
    else this.#move(this.#at + 1);
  }

  #move(to: number): void {
    this.#at = Math.max(0, Math.min(to, screensOf(this.#channel, this.#draft).length - 1));
    this.show();
  }

  #goTo(wanted: Screen): void {
    const screens = screensOf(this.#channel, this.#draft);
    this.#move(screens.findIndex((each) =>
      each.kind === wanted.kind && (each.kind !== "questions" || each.step === (wanted as typeof each).step)));
  }
}
