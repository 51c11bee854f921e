// What went wrong, in words.
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { t } from "./text.ts";

export function problem(error: unknown): string {
  if (!(error instanceof SafeconductError)) return t("failed", { code: "internal" });
  switch (error.code) {
    case "unavailable":
    case "busy":
      return t("unreachable");
    case "no_space":
      return t("noSpace");
    case "too_large":
      return t("tooLong");
    case "unverified":
      return t("unverified");
    case "unauthorized":
    case "not_found":
      return t("notYours");
    case "rejected":
      return error.field === "consent" ? t("noConsent") : t("refused", { field: error.field === "" ? "–" : error.field });
    default:
      return t("failed", { code: error.code });
  }
}

/** What goes wrong in a form, beside it. */
export function problemIn(error: unknown): string {
  return hasCode(error, "conflict") ? t("conflictAgain") : problem(error);
}
