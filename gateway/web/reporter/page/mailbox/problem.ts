// What went wrong with a message or a consent, in words.
import { hasCode } from "../../../shared/base/error.ts";
import { t } from "../text.ts";

export function problem(error: unknown): string {
  if (hasCode(error, "unavailable", "busy", "no_space")) return t("sendFailed");
  if (hasCode(error, "too_large")) return t("errorLong");
  if (hasCode(error, "unverified")) return t("sendUnproven");
  return t("sendRefused", { code: hasCode(error, "rejected", "conflict", "expired", "unauthorized", "not_found") ? error.code : "internal" });
}
