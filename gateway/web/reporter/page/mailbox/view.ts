// The mailbox: where the case stands, what was written both ways, an answer, files added later, and consent
// given or taken back.
import type { Channel, Entry, MailboxView, Status } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el, live, show, unwatched } from "../dom.ts";
import { counted } from "../form/fields.ts";
import { leave, whileBusy } from "../leave.ts";
import { date, type Key, t } from "../text.ts";
import { holders } from "../words.ts";
import { additionSection } from "./addition.ts";
import { consentSection } from "./consent.ts";
import { problem } from "./problem.ts";
import { recordNote } from "./record.ts";

const maxMessage = 20_000;
const statuses: Readonly<Record<Status, Key>> = {
  received: "statusReceived",
  acknowledged: "statusAcknowledged",
  assessment: "statusAssessment",
  investigation: "statusInvestigation",
  referred: "statusReferred",
  action: "statusAction",
  closed: "statusClosed",
};

function entry({ author, time, text, status }: Entry): HTMLElement {
  const from = author === "reporter" ? t("messageYours", { date: date(time) }) : t("messageFrom", { author: author.organisation || author.label, date: date(time) });
  const body = status !== undefined ? t(statuses[status]) : (text ?? t("messageUnread"));
  return el("li", { class: author === "reporter" ? "mine" : "theirs" }, el("p", { class: "quiet" }, from), el("p", { class: "lines", dir: "auto" }, body));
}

function replySection(client: Client, channel: Channel, view: MailboxView, redraw: (view: MailboxView, said: string) => void): HTMLElement {
  const input = el("textarea", { id: "reply", name: "reply", rows: 5, maxlength: maxMessage, dir: "auto", "aria-describedby": "reply-readers reply-error", ...unwatched });
  const error = el("p", { class: "error", id: "reply-error", role: "alert" });
  const submit = el("button", { type: "submit", class: "primary", "data-action": "send" }, t("send"));
  const readers = channel.quorum === undefined
    ? t("replyReaders", { holders: holders(view.readers ?? []) })
    : t("replyReadersQuorum", { threshold: channel.quorum.threshold, count: channel.quorum.trustees });
  const form = el("form", { autocomplete: "off", novalidate: true },
    el("div", { class: "field" },
      el("label", { for: "reply" }, t("replyLabel")),
      el("p", { class: "help", id: "reply-readers" }, el("strong", {}, t("readBy")), " ", readers),
      input, counted(input, maxMessage), error),
    el("p", { class: "actions" }, submit));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      if (input.value.trim() === "") {
        error.textContent = t("replyEmpty");
        input.focus();
        return;
      }
      submit.disabled = true;
      error.textContent = "";
      try {
        redraw(await whileBusy(client.call("reply", [input.value.trim()])), t("replySent"));
      } catch (thrown) {
        error.textContent = problem(thrown);
        submit.disabled = false;
      }
    })();
  });
  return el("section", {}, el("h2", {}, t("replyTitle")), form);
}

export function showMailbox(client: Client, channel: Channel, view: MailboxView, said = ""): void {
  const status = live();
  const redraw = (fresh: MailboxView, message: string): void => showMailbox(client, channel, fresh, message);
  const close = button(t("mailboxClose"), () => {
    void client.call("closeMailbox", []);
    leave();
  }, { action: "back" });
  if (view.record.state === "erased" || view.record.state === "expired") {
    show(el("h1", {}, t("mailboxTitle")), recordNote(client, view), el("p", { class: "actions" }, close));
    return;
  }
  const entries = view.entries.map(entry);
  show(
    el("h1", {}, t("mailboxTitle")),
    status,
    el("section", {}, el("h2", {}, t("statusTitle")), el("p", { class: "state", "data-status": view.status }, t(statuses[view.status])), recordNote(client, view)),
    el("section", {}, el("h2", {}, t("messagesTitle")), entries.length === 0 ? el("p", {}, t("messagesNone")) : el("ol", { class: "messages" }, ...entries)),
    ...(view.readers === undefined
      ? [el("p", { class: "note" }, t("refusedUnverified"))]
      : [replySection(client, channel, view, redraw), additionSection(client, channel, view, redraw)]),
    consentSection(client, channel, redraw),
    el("p", { class: "actions" }, close),
  );
  status.textContent = said;
}
