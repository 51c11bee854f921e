// The conversation with the reporter: what was written both ways, and an answer, whose readers are named before it is
// sent.
import type { MessageView } from "../../protocol.ts";
import { el, field, live, newId, notice, section, unwatched } from "../dom.ts";
import { authorWords, hour, list, personWords, t } from "../text.ts";
import { problemIn } from "../problem.ts";
import type { CaseContext } from "./context.ts";

const maxText = 20_000;

export function written({ author, time, text, code }: MessageView): HTMLElement {
  const isReporter = author === "reporter";
  const words = text ?? t(code === "wrong_key" || code === "not_found" ? "messageSealed" : "messageBroken");
  return el("li", { class: `${isReporter ? "theirs" : "ours"} ${text === undefined ? "unread-text" : ""}` },
    el("p", { class: "help" }, `${authorWords(author)} · ${hour(time)}`),
    el("p", { class: "lines", dir: "auto" }, words));
}

export function conversationSection(context: CaseContext): HTMLElement {
  const { view } = context;
  const made = section(t("conversation"));
  made.classList.add("conversation");
  if (view.row.plain) {
    made.append(el("p", {}, t("conversationPlain")));
    return made;
  }
  if (view.row.bySms) made.append(notice("note", t("bySms")));
  made.append(view.messages.length === 0 ? el("p", { class: "help" }, t("messagesNone")) : el("ol", { class: "messages" }, ...view.messages.map(written)));
  if (view.allowed.message) made.append(replyForm(context));
  return made;
}

function replyForm(context: CaseContext): HTMLElement {
  const { view, work } = context;
  const readers = list([t("personReporter"), ...view.messageReaders.map(personWords)]);
  const quorum = work.me.channels.find(({ id }) => id === view.row.channel)?.quorum;
  return textForm(context, {
    name: "reply",
    label: t("reply"),
    who: quorum === undefined ? readers : t("replyReadersQuorum", { readers, threshold: quorum.threshold, trustees: quorum.trustees.length }),
    consent: view.consent === undefined ? "" : t(view.consent.contact ? "replyContactYes" : "replyContactNo"),
    submit: t("replySend"),
    empty: t("replyEmpty"),
    send: (text) => context.act({ kind: "message", text }, t(context.view.row.bySms ? "replySentSms" : "replySent")),
  });
}

interface TextForm {
  readonly name: string;
  readonly label: string;
  readonly who: string; // who will read it
  readonly consent: string; // what the reporter allowed; empty: does not matter
  readonly submit: string;
  readonly empty: string;
  readonly send: (text: string) => Promise<void>;
}

// What was written and not sent, by case and form: a conflict draws the case anew, and nothing may be lost by that.
const drafts = new Map<string, string>();
/** Forgets what was written and not sent. */
export const forgetDrafts = (): void => drafts.clear();

export function textForm({ view }: CaseContext, { name, label, who, consent, submit: words, empty, send }: TextForm): HTMLElement {
  const key = `${view.row.id}/${name}`;
  const input = el("textarea", { name, rows: 4, maxlength: maxText, dir: "auto", ...unwatched });
  input.value = drafts.get(key) ?? "";
  input.addEventListener("input", () => drafts.set(key, input.value));
  const error = el("p", { class: "error", role: "alert", id: newId() });
  const submit = el("button", { type: "submit", class: "primary", "data-action": `send-${name}` }, words);
  const status = live();
  const form = el("form", { autocomplete: "off", novalidate: true },
    field(label, input),
    el("p", { class: "readers", "data-readers": name }, el("strong", {}, t("readBy")), " ", who),
    consent !== "" && el("p", { class: "help" }, consent),
    error, status,
    el("p", { class: "actions" }, submit));
  const sendIt = async (): Promise<void> => {
    error.textContent = "";
    const text = input.value.trim();
    if (text === "") {
      error.textContent = empty;
      return input.focus();
    }
    submit.disabled = true;
    status.textContent = t("working");
    // Drawn anew before this ends: what was sent is no draft any more.
    drafts.delete(key);
    try {
      await send(text);
    } catch (thrown) {
      drafts.set(key, input.value);
      error.textContent = problemIn(thrown);
      status.textContent = "";
      submit.disabled = false;
      // After a conflict another form stands in this one's place.
      const fresh = document.querySelector<HTMLTextAreaElement>(`textarea[name="${name}"]`);
      if (fresh !== null && fresh !== input) fresh.value = input.value;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void sendIt();
  });
  return form;
}
