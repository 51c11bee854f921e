// When the charter does not verify: nothing is asked and nothing can be sent. There is no other way round.
import { SafeconductError } from "../../shared/base/error.ts";
import { button, el, show } from "./dom.ts";
import { type Key, t } from "./text.ts";

function reasonOf(error: unknown): Key {
  if (!(error instanceof SafeconductError)) return "refusedBrowser";
  switch (error.code) {
    case "expired":
      return "refusedExpired";
    case "rejected":
      return error.field === "version" ? "refusedOld" : "refusedUnverified";
    case "not_found":
      return error.field === "channel" || error.field === "channels" ? "refusedNoChannel" : "refusedUnverified";
    case "unavailable":
    case "busy":
      return "refusedUnreachable";
    case "internal":
    case "unsupported":
      return "refusedBrowser";
    default:
      return "refusedUnverified";
  }
}

export function showRefused(error: unknown, again: () => void): void {
  show(
    el("h1", {}, t("refusedTitle")),
    el("p", { class: "note", role: "alert", "data-refused": error instanceof SafeconductError ? error.code : "internal" }, t(reasonOf(error))),
    el("p", {}, t("refusedAdvice")),
    el("p", { class: "actions" }, button(t("tryAgain"), again, { primary: true })),
  );
}
