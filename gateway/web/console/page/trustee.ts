// A trustee's work: the releases that wait for his answer, one after another, and nothing else of the cases.
import type { CaseView } from "../protocol.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import type { CaseContext } from "./case/context.ts";
import { requestCard } from "./case/requests.ts";
import { button, el, notice } from "./dom.ts";
import { handoverSection } from "./handover.ts";
import { shortId } from "./inbox/row.ts";
import { problem } from "./problem.ts";
import { date, statusWords, t } from "./text.ts";
import type { Work } from "./work.ts";

export function trusteeView(work: Work): HTMLElement {
  const { store, say } = work;
  const list = el("div", { class: "asked" });
  const refresh = button(t("refresh"), () => void store.load().then(() => say(t("refreshed")), (error: unknown) => say(problem(error))), { action: "refresh" });
  const element = el("div", { class: "trustee" }, el("div", { class: "title-line" }, el("h1", { tabindex: -1 }, t("requests")), refresh), el("p", { class: "help" }, t("trusteeLead")), list, handoverSection(work));
  const cards = new Map<string, HTMLElement>();
  const draw = (): void => {
    const waiting = store.entries.filter(({ row }) => row.requests > 0);
    for (const { row } of waiting) {
      if (cards.has(row.id)) continue;
      const card = el("article", { class: "asked-case", "data-case": row.id, "aria-busy": true }, el("h2", {}, t("caseNumber", { id: shortId(row.id) })), el("p", { class: "help" }, t("loading")));
      cards.set(row.id, card);
      list.append(card);
      queue = queue.then(() => fill(work, card, row.id));
    }
    if (cards.size === 0) list.replaceChildren(el("p", { class: "empty" }, store.loaded ? t("requestsNoneForYou") : t("loading")));
    else list.querySelector(".empty")?.remove();
  };
  let queue: Promise<void> = Promise.resolve();
  work.onLeave(store.listen(draw));
  draw();
  return element;
}

async function fill(work: Work, card: HTMLElement, id: string): Promise<void> {
  if (!card.isConnected) return;
  try {
    show(work, card, await work.client.call("openCase", [id]), "");
  } catch (error) {
    card.removeAttribute("aria-busy");
    card.append(notice(hasCode(error, "unverified") ? "bad" : "note", hasCode(error, "unverified") ? t("caseUnverified") : problem(error)));
  }
}

function show(work: Work, card: HTMLElement, view: CaseView, said: string): void {
  const { row } = view;
  card.removeAttribute("aria-busy");
  const act: CaseContext["act"] = async (what, done) => {
    // Another case may have been opened since: what is answered is what is shown here.
    const current = await work.client.call("openCase", [row.id]);
    if (current.row.events !== row.events) {
      show(work, card, current, "");
      card.prepend(notice("note", el("p", { role: "alert", "data-conflict": true }, t("conflict", { count: current.row.events - row.events }))));
      throw new SafeconductError("conflict", "somebody was faster");
    }
    const fresh = await work.client.call("act", [row.id, what]);
    show(work, card, fresh, done);
  };
  const head = [el("h2", {}, t("caseNumber", { id: shortId(row.id) })), el("p", { class: "help" }, t("trusteeCase", { date: date(row.receivedDay), status: statusWords(row.status) }))];
  if (view.broken) return card.replaceChildren(...head, notice("bad", el("p", { role: "alert", "data-broken": true }, t("caseBroken"))));
  const context: CaseContext = { work, view, act };
  const open = view.requests.filter(({ released, ended, answer, decision }) => (!released && !ended) || answer !== undefined || decision !== undefined);
  card.replaceChildren(...head, ...open.map((request) => requestCard(context, request)));
  work.say(said);
}
