// Files added later. A report that was sent stays as it is, so they go as a report of their own, under a
// receipt code that nobody keeps; it names the first report to intake, and a message in the first mailbox
// names the second report to whoever reads there.
import type { Channel, MailboxView, Report } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el, show, unwatched } from "../dom.ts";
import { counted } from "../form/fields.ts";
import { allLookedThrough, filesField } from "../form/files.ts";
import { additionTo, maxCharacters, newDraft } from "../form/model.ts";
import { nextDraft, showSending } from "../sending.ts";
import { language, t } from "../text.ts";
import { readersNote } from "../words.ts";

const maxWords = maxCharacters.account.long;

/** The section, where the channel takes files. `redraw` shows the mailbox anew. */
export function additionSection(client: Client, channel: Channel, { id }: MailboxView, redraw: (view: MailboxView, said: string) => void): HTMLElement | false {
  if (channel.attachments === 0) return false;
  const draft = newDraft();
  const words = el("textarea", { id: "more-words", name: "more-words", rows: 3, maxlength: maxWords, dir: "auto", ...unwatched });
  // What is on its way; another report once something is changed.
  let report: Report | undefined;
  let sent: string | undefined;
  const change = (): void => {
    report = sent = undefined;
  };
  words.addEventListener("input", () => {
    draft.narrative = words.value;
    change();
  });
  const field = filesField({ id: "more-files", title: [t("addFilesChoose")], help: undefined }, { client, channel, draft, change });

  const send = (): void => {
    const missing = field.isUnfinished?.() === true ? t("voiceUnfinished") : draft.files.length === 0 ? t("addFilesNone") : undefined;
    field.setError(missing);
    if (missing !== undefined) return field.focus();
    const before = [...document.querySelector("main")!.childNodes];
    void showSending({
      send: async (progress) => {
        await allLookedThrough(draft.files);
        report ??= additionTo(id, t("addFilesNarrative", { id }), draft, language, nextDraft());
        sent ??= await client.call("sendWithoutReceipt", [report], progress);
        return client.call("reply", [t("addFilesMessage", { id: sent })]);
      },
      done: (view) => redraw(view, t("addFilesSent")),
      reason: () => (sent === undefined ? undefined : t("addFilesHalf")),
      back: () => show(...before),
    });
  };
  return el("section", {},
    el("details", {},
      el("summary", {}, t("addFilesTitle")),
      el("p", {}, t("addFilesHelp", { id })),
      el("p", {}, t("addFilesSeen")),
      readersNote("account", channel),
      field.element,
      el("div", { class: "field" }, el("label", { for: "more-words" }, t("addFilesWords")), words, counted(words, maxWords)),
      el("p", { class: "actions" }, button(t("addFilesSend"), send, { primary: true }))));
}
