// What the public log has of the report, said calmly; and, where a promise was broken, what that means, what
// to do, and a file that proves it.
import type { LogRecord, MailboxView } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el, live } from "../dom.ts";
import { saveText } from "../save.ts";
import { moment, t } from "../text.ts";
import { problem } from "./problem.ts";

export function recordNote(client: Client, { id, record }: MailboxView): HTMLElement {
  const { state, until } = record;
  const say = (kind: "good" | "note", ...children: Parameters<typeof el>[2][]): HTMLElement => el("div", { class: kind, "data-record": state }, ...children);
  const time = moment(until);
  switch (state) {
    case "logged":
      return say("good", t("recordLogged"), " ", t("recordNothing"));
    case "promised":
      return say("good", t("recordPromised", { time }), " ", t("recordNothing"));
    case "unconfirmed":
      return say("note", t("recordUnconfirmed"), " ", t("recordNothing"));
    case "erased":
      return say("note", t("mailboxErased"));
    case "expired":
      return say("note", t("mailboxExpired"));
    case "broken":
      return say("note",
        el("p", {}, el("strong", {}, t("brokenTitle"))),
        el("p", {}, t("brokenText", { time }), " ", t("recordNothing")),
        el("p", {}, t("brokenAdvice")),
        ...proofButton(client, id, record));
  }
}

function proofButton(client: Client, id: string, { until }: LogRecord): HTMLElement[] {
  const status = live();
  const save = async (): Promise<void> => {
    try {
      const { promise, hash, checkpoint, time } = await client.call("evidence", []);
      const words = t("proofText", { id, time: moment(until), date: moment(time) });
      saveText(`${words}\n\nSHA-256: ${hash}\n\n${promise}\n${checkpoint}`); // both notes end with a newline
      status.textContent = t("proofSaved");
    } catch (error) {
      status.textContent = problem(error);
    }
  };
  return [el("p", { class: "help" }, t("proofRisk")), el("p", { class: "actions" }, button(t("proofSave"), () => void save())), status];
}
