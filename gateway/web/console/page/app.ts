// From the locked page into a session and back: the charter verified, a key unlocked, and everything gone again
// when it is locked. What a session shows is in desk.ts.
import { hasCode } from "../../shared/base/error.ts";
import type { Me, OfficeView } from "../protocol.ts";
import { alarmView } from "./alarm.ts";
import { Client } from "./client.ts";
import { Desk } from "./desk.ts";
import { button, el, notice } from "./dom.ts";
import { IdleLock } from "./idle.ts";
import { openOffice } from "./office.ts";
import { speak, t } from "./text.ts";
import { unlockView } from "./unlock.ts";

export class App {
  readonly #place = document.getElementById("app")!;
  #client: Client | undefined;

  begin(said = ""): void {
    void this.#begin(said);
  }

  #show(...children: readonly (Node | string)[]): void {
    this.#place.replaceChildren(...children);
    this.#place.querySelector("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  async #begin(said: string): Promise<void> {
    this.#client?.end();
    const client = new Client();
    this.#client = client;
    this.#show(el("main", { id: "content", class: "narrow", tabindex: -1 }, el("h1", {}, t("checkingTitle")), el("p", { role: "status" }, t("checking"))));
    try {
      const opened = await openOffice(client);
      if (this.#client !== client) return; // another language was chosen meanwhile
      if ("kind" in opened) return this.#show(alarmView(opened, () => this.begin()));
      this.#unlock(client, opened, said);
    } catch (error) {
      const text = hasCode(error, "unavailable", "busy") ? t("unreachable") : t("failed", { code: hasCode(error, "unsupported") ? "unsupported" : "internal" });
      this.#show(el("main", { id: "content", class: "narrow", tabindex: -1 },
        el("h1", {}, t("notStarted")), notice("note", text),
        el("p", { class: "actions" }, button(t("tryAgain"), () => this.begin(said), { primary: true }))));
    }
  }

  #unlock(client: Client, office: OfficeView, said: string): void {
    const change = (wanted: string): void => void speak(wanted).then(() => this.begin());
    this.#show(unlockView({ client, office, said, unlocked: (me) => this.#work(client, me), speak: change }));
  }

  #work(client: Client, me: Me): void {
    const desk = new Desk({ client, me, lock: () => lock(t("lockedByHand")) });
    const ends = new AbortController();
    const lock = (said: string): void => {
      ends.abort();
      idle.end();
      // Nothing is shown from now on; the worker has a moment to keep what was read.
      this.#client = undefined;
      void desk.end().then(() => client.end());
      this.#place.replaceChildren();
      this.begin(said);
    };
    const idle = new IdleLock(() => lock(t("lockedIdle")));
    this.#place.replaceChildren(desk.element);
    desk.begin();
    // What the browser keeps of pages that were left is to show nothing.
    const leave = (): void => {
      lock("");
      client.end();
    };
    addEventListener("pagehide", leave, { once: true, signal: ends.signal });
  }
}
