// Sends the draft. The answers are forgotten as soon as the report is proven to be accepted.
import type { Channel, Report } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { showReceipt } from "../receipt.ts";
import { nextDraft, showSending } from "../sending.ts";
import { language } from "../text.ts";
import { allLookedThrough } from "./files.ts";
import { type Draft, filesOf, reportOf } from "./model.ts";

/** `back` shows the form again. */
export function sendDraft(client: Client, channel: Channel, draft: Draft, back: () => void): Promise<void> {
  let report: Report | undefined;
  return showSending({
    send: async (progress) => {
      await allLookedThrough(filesOf(channel, draft));
      report ??= reportOf(channel, draft, language, nextDraft());
      return client.call("send", [report], progress);
    },
    done: (receipt) => {
      draft.answers.clear();
      draft.files.length = 0;
      draft.narrative = "";
      showReceipt(receipt, channel);
    },
    back,
  });
}
