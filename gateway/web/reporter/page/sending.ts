// The screen while something is sent: what goes on is said, and a failure can be tried again without
// anything being sent twice.
import { SafeconductError } from "../../shared/base/error.ts";
import type { Sending } from "../protocol.ts";
import { button, el, live, show } from "./dom.ts";
import { whileBusy } from "./leave.ts";
import { t } from "./text.ts";

export interface Job<T> {
  /** Called again when it is to be tried again: goes on where it was. */
  readonly send: (progress: (progress: Sending) => void) => Promise<T>;
  readonly done: (result: T) => void;
  /** Why it failed, where there is more to say than the error does. */
  readonly reason?: () => string | undefined;
  readonly back: () => void; // shows what was filled in, to be changed
}

let drafts = 0;

/** For Report.draft. */
export function nextDraft(): number {
  return ++drafts;
}

function words(progress: Sending): string {
  switch (progress.stage) {
    case "seal":
      return t("sendingSeal");
    case "report":
      return t("sendingReport");
    case "work":
      return t("sendingWork");
    case "file":
      return t("sendingFile", { number: progress.number, count: progress.count, percent: Math.floor(progress.share * 100) });
  }
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

export async function showSending<T>(job: Job<T>): Promise<void> {
  const line = live();
  line.textContent = t("sendingSeal");
  const bar = el("progress", { "aria-label": t("sendingTitle") });
  let percent = -1;
  const say = (progress: Sending): void => {
    if (progress.stage === "file") bar.value = (progress.number - 1 + progress.share) / progress.count;
    // Not every step is spoken.
    const now = progress.stage === "file" ? Math.floor(progress.share * 10) : -1;
    if (now !== percent || progress.stage !== "file") line.textContent = words(progress);
    percent = now;
  };
  const attempt = async (): Promise<void> => {
    show(el("h1", {}, t("sendingTitle")), bar, line, el("p", {}, t("sendingWait")));
    let result: T;
    try {
      result = await whileBusy(job.send(say));
    } catch (error) {
      return show(
        el("h1", {}, t("sendFailedTitle")),
        el("p", { class: "note", role: "alert" }, job.reason?.() ?? reasonOf(error)),
        el("p", { class: "actions" },
          button(t("tryAgain"), () => void attempt(), { action: "send", primary: true }),
          button(t("back"), job.back, { action: "back" })),
      );
    }
    job.done(result);
  };
  await attempt();
}
