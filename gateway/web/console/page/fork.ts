// When the report log contradicts what it showed before: both checkpoints, and a file of them to pass on.
import type { Fork } from "../protocol.ts";
import { button, el } from "./dom.ts";
import { save } from "./save.ts";
import { t } from "./text.ts";

/** As the command line keeps it (gateway/cli/log_state.cc). */
export function forkFile({ remembered, served }: Fork): string {
  return `The report log contradicts what it showed before.
The log's key signed both of these checkpoints, and they cannot both be true. Keep them:
whoever has the log's public key can check them.

Seen first:

${remembered}
Seen then:

${served === "" ? "none: it serves no checkpoint any more\n" : served}`;
}

export function forkNotice(fork: Fork): HTMLElement {
  const proof = (title: string, text: string): HTMLElement =>
    el("section", {}, el("h3", {}, title), el("pre", { class: "signed", tabindex: 0, role: "region", "aria-label": title }, text));
  return el("div", { class: "box bad", role: "alert", "data-fork": true },
    el("h2", {}, t("logForkedTitle")),
    el("p", {}, t("alarmReportLog")),
    el("p", {}, t("logForkedAdvice")),
    proof(t("alarmRemembered"), fork.remembered),
    proof(t("alarmServed"), fork.served === "" ? t("logForkedNone") : fork.served),
    el("p", { class: "actions" }, button(t("logForkedSave"), () => save("log.fork.txt", "text/plain", forkFile(fork)), { action: "save-fork" })));
}
