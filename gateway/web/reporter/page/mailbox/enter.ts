// Coming back: the receipt code, typed as words or digits. How many there are is counted while typing, and
// what is mistyped is pointed out when it is opened.
import { SafeconductError } from "../../../shared/base/error.ts";
import { readReceiptText } from "../../../shared/identity/receiptText.ts";
import type { Channel } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { el, show, unwatched } from "../dom.ts";
import { whileBusy } from "../leave.ts";
import { t } from "../text.ts";
import { showMailbox } from "./view.ts";

function countOf(text: string): string {
  try {
    const { tokens, isDigits } = readReceiptText(text);
    if (tokens.length === 0) return "";
    return isDigits ? t("returnDigitCount", { digits: tokens.join("").length }) : t("returnCount", { words: tokens.length });
  } catch {
    return ""; // far too long
  }
}

function wordsFor(error: unknown): string {
  if (!(error instanceof SafeconductError)) return t("sendRefused", { code: "internal" });
  const [, kind, number] = /^(group|word) ([0-9]+)$/.exec(error.field) ?? [];
  if (kind === "group") return t("returnBadGroup", { number });
  if (kind === "word") return t("returnBadWord", { number });
  switch (error.code) {
    case "malformed":
      return t(error.status === 0 ? "returnBadSum" : "returnMalformed");
    case "not_found":
    case "unauthorized":
      return t("returnUnknown");
    case "unavailable":
    case "busy":
      return t("refusedUnreachable");
    default:
      return t("refusedUnverified");
  }
}

export function showEnter(client: Client, channel: Channel): void {
  const input = el("textarea", { id: "code", name: "code", rows: 3, required: true, dir: "auto", autocapitalize: "none", translate: "no", "aria-describedby": "code-help code-error", ...unwatched });
  const count = el("p", { class: "quiet", role: "status" });
  const error = el("p", { class: "error", id: "code-error", role: "alert" });
  const submit = el("button", { type: "submit", class: "primary", "data-action": "return" }, t("returnOpen"));
  input.addEventListener("input", () => (count.textContent = countOf(input.value)));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  const form = el("form", { autocomplete: "off", novalidate: true },
    el("div", { class: "field" },
      el("label", { for: "code" }, t("returnCode")),
      el("p", { class: "help", id: "code-help" }, t("returnHelp")),
      input, count, error),
    el("p", { class: "actions" }, submit));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void open();
  });
  const open = async (): Promise<void> => {
    if (readReceiptEmpty(input.value)) {
      fail(t("returnMalformed"));
      return;
    }
    submit.disabled = true;
    error.textContent = "";
    input.removeAttribute("aria-invalid");
    count.textContent = t("loading");
    try {
      const view = await whileBusy(client.call("openMailbox", [input.value]));
      input.value = "";
      showMailbox(client, channel, view);
    } catch (thrown) {
      fail(wordsFor(thrown));
    }
    submit.disabled = false;
  };
  const fail = (message: string): void => {
    error.textContent = message;
    input.setAttribute("aria-invalid", "true");
    count.textContent = countOf(input.value);
    input.focus();
  };
  show(el("h1", {}, t("returnTitle")), form);
}

function readReceiptEmpty(text: string): boolean {
  return text.trim() === "";
}
