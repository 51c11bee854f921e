// A session: who works here, the way between inbox, requests and cases, and the button that locks.
import { SafeconductError } from "../../shared/base/error.ts";
import type { Me } from "../protocol.ts";
import { auditView } from "./audit.ts";
import { caseView } from "./case/case.ts";
import { forgetDrafts } from "./case/conversation.ts";
import type { Client } from "./client.ts";
import { button, el, live, notice } from "./dom.ts";
import { figuresView } from "./figures/figures.ts";
import { forgetView, InboxView } from "./inbox/inbox.ts";
import { Store } from "./inbox/store.ts";
import { keyView } from "./key.ts";
import { openOffice } from "./office.ts";
import { problem } from "./problem.ts";
import { roleWords, t } from "./text.ts";
import { trusteeView } from "./trustee.ts";
import type { Place, Work } from "./work.ts";

const saidMilliseconds = 10_000;

export interface DeskOptions {
  readonly client: Client;
  readonly me: Me;
  readonly lock: () => void;
}

export class Desk {
  readonly element: HTMLElement;
  readonly #main = el("main", { id: "content", tabindex: -1 });
  readonly #said = live();
  readonly #nav = el("nav", { "aria-label": t("navigation") });
  readonly #work: Work;
  readonly #ends = new AbortController();
  readonly #lock: () => void;
  #places: Place[] = []; // of the history: entries know their number only
  #leave: (() => void)[] = [];
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor({ client, me, lock }: DeskOptions) {
    this.#lock = lock;
    this.#work = {
      client,
      me,
      store: new Store(client, me),
      go: (place) => this.#go(place),
      say: (text) => this.#say(text),
      onLeave: (leave) => this.#leave.push(leave),
      renew: () => this.#renew(),
    };
    const skip = el("a", { class: "skip", href: "#content" }, t("skip"));
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      this.#main.focus();
    });
    this.#said.classList.add("said");
    this.element = el("div", { class: "desk" },
      skip,
      el("header", { class: "top" },
        el("span", { class: "brand" }, "Safeconduct"),
        this.#nav,
        el("p", { class: "who" }, el("strong", { "data-me": me.label }, me.label), el("span", {}, `${me.organisation} · ${roleWords(me)}`)),
        button(t("lock"), lock, { action: "lock" })),
      this.#main,
      this.#said);
  }

  begin(): void {
    addEventListener("popstate", ({ state }: PopStateEvent) => this.#show(this.#places[(state as number | null) ?? 0] ?? this.#home), { signal: this.#ends.signal });
    this.#places = [this.#home];
    history.replaceState(0, "");
    this.#show(this.#home);
    void this.#work.store.load().catch((error: unknown) => this.#work.say(problem(error)));
  }

  /** Settles when the worker is not needed any more, which is soon. */
  end(): Promise<void> {
    this.#ends.abort();
    this.#left();
    const ended = this.#work.store.end();
    forgetDrafts();
    forgetView();
    history.replaceState(null, "");
    return ended;
  }

  get #home(): Place {
    return { view: this.#onlyTrustee ? "requests" : "inbox" };
  }

  get #onlyTrustee(): boolean {
    return this.#work.me.roles.every((role) => role === "trustee");
  }

  #go(place: Place): void {
    const number = ((history.state as number | null) ?? 0) + 1;
    this.#places = [...this.#places.slice(0, number), place];
    history.pushState(number, "");
    this.#show(place);
  }

  #say(text: string): void {
    this.#said.textContent = text;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.#said.textContent = ""), saidMilliseconds);
  }

  #left(): void {
    for (const leave of this.#leave.splice(0)) leave();
  }

  #show(place: Place): void {
    this.#left();
    this.#said.textContent = "";
    this.#drawNav(place);
    this.#main.className = place.view;
    if (place.view === "inbox") this.#main.replaceChildren(new InboxView(this.#work).element);
    else if (place.view === "figures") this.#main.replaceChildren(figuresView(this.#work));
    else if (place.view === "audit") this.#main.replaceChildren(auditView(this.#work));
    else if (place.view === "key") this.#main.replaceChildren(keyView(this.#work));
    else if (place.view === "requests") this.#main.replaceChildren(trusteeView(this.#work));
    else void this.#showCase(place.id);
    scrollTo(0, 0);
    const heading = this.#main.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }

  async #showCase(id: string): Promise<void> {
    const { client } = this.#work;
    const isHere = this.#watchLeaving();
    this.#main.replaceChildren(el("h1", { tabindex: -1 }, t("caseOpening")), el("p", { class: "help" }, t("caseOpeningHelp")));
    try {
      const view = await client.call("openCase", [id]);
      if (!isHere()) return;
      this.#main.replaceChildren(caseView(this.#work, view));
      this.#main.querySelector("h1")?.focus({ preventScroll: true });
    } catch (error) {
      if (!isHere()) return;
      const isTampered = error instanceof SafeconductError && error.code === "unverified";
      this.#main.replaceChildren(
        el("h1", { tabindex: -1 }, t("caseNotOpened")),
        isTampered ? notice("bad", el("p", { role: "alert", "data-broken": true }, t("caseUnverified"))) : notice("note", problem(error)),
        el("p", { class: "actions" }, button(t("backToList"), () => this.#go(this.#home))));
      this.#main.querySelector("h1")?.focus({ preventScroll: true });
    }
  }

  #watchLeaving(): () => boolean {
    let here = true;
    this.#leave.push(() => (here = false));
    return () => here;
  }

  #drawNav(place: Place): void {
    const { me } = this.#work;
    const item = (words: string, to: Place): HTMLButtonElement => {
      const made = button(words, () => this.#go(to), { quiet: true, action: to.view });
      if (to.view === place.view) made.setAttribute("aria-current", "page");
      return made;
    };
    const trustee = me.roles.includes("trustee");
    this.#nav.replaceChildren(
      ...(this.#onlyTrustee ? [] : [item(t("inbox"), { view: "inbox" })]),
      ...(trustee ? [item(t("requests"), { view: "requests" })] : []),
      ...(me.roles.some((role) => role === "intake" || role === "auditor") ? [item(t("figures"), { view: "figures" })] : []),
      ...(me.roles.includes("auditor") ? [item(t("audit"), { view: "audit" })] : []),
      item(t("key"), { view: "key" }));
  }

  async #renew(): Promise<void> {
    const opened = await openOffice(this.#work.client);
    if ("kind" in opened) {
      this.#lock(); // what is wrong with it is said where a key is asked for
      throw new SafeconductError("unverified", "the charter does not verify any more", "charter");
    }
  }
}
