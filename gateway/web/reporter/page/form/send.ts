// Sending: what goes on is said, a failure can be tried again without anything being sent twice, and the
// answers are forgotten as soon as the report is proven to be accepted.
import { SafeconductError } from "../../../shared/base/error.ts";
import type { Channel, Sending } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el, live, show } from "../dom.ts";
import { whileBusy } from "../leave.ts";
import { showReceipt } from "../receipt.ts";
import { language, t } from "../text.ts";
import { allLookedThrough } from "./files.ts";
import { type Draft, filesOf, reportOf } from "./model.ts";

let drafts = 0;

function words(progress: Sending): string {
  if (progress.stage !== "file") return t(progress.stage === "seal" ? "sendingSeal" : "sendingReport");
  return t("sendingFile", { number: progress.number, count: progress.count, percent: Math.floor(progress.share * 100) });
}

function reasonOf(error: unknown): string {
  switch (error instanceof SafeconductError ? error.code : "internal") {
    case "unavailable":
    case "busy":
    case "no_space":
      return t("sendFailed");
    case "too_large":
      return t("sendLarge");
    case "unverified":
      return t("sendUnproven");
    default:
      return t("sendRefused", { code: error instanceof SafeconductError ? error.code : "internal" });
  }
}

/** `back` shows the form again. */
export async function sendDraft(client: Client, channel: Channel, draft: Draft, back: () => void): Promise<void> {
  const line = live();
  line.textContent = t("sendingSeal");
  const bar = el("progress", { "aria-label": t("sendingTitle") });
  show(el("h1", {}, t("sendingTitle")), bar, line, el("p", {}, t("sendingWait")));
  await allLookedThrough(filesOf(channel, draft));
  const report = reportOf(channel, draft, language, ++drafts);
  let percent = -1;
  const attempt = async (): Promise<void> => {
    try {
      const receipt = await whileBusy(
        client.call("send", [report], (progress) => {
          if (progress.stage === "file") bar.value = (progress.number - 1 + progress.share) / progress.count;
          // Not every step is spoken.
          const now = progress.stage === "file" ? Math.floor(progress.share * 10) : -1;
          if (now !== percent || progress.stage !== "file") line.textContent = words(progress);
          percent = now;
        }),
      );
      draft.answers.clear();
      draft.files.length = 0;
      draft.narrative = "";
      showReceipt(receipt, channel);
    } catch (error) {
      const again = (): void => {
        show(el("h1", {}, t("sendingTitle")), bar, line, el("p", {}, t("sendingWait")));
        void attempt();
      };
      show(
        el("h1", {}, t("sendFailedTitle")),
        el("p", { class: "note", role: "alert" }, reasonOf(error)),
        el("p", { class: "actions" }, button(t("tryAgain"), again, { action: "send", primary: true }), button(t("back"), back, { action: "back" })),
      );
    }
  };
  await attempt();
}
