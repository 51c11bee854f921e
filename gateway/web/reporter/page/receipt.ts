// The receipt: the code in both forms, once. It is forgotten when the page is left.
import type { Channel, Receipt } from "../protocol.ts";
import { button, el, live, show } from "./dom.ts";
import { leave } from "./leave.ts";
import { saveText } from "./save.ts";
import { dateAfter, language, t } from "./text.ts";

function numbered(parts: readonly string[], lang: string, name: "words" | "digits"): HTMLElement {
  // The text is the code as it is typed: numbers of places come from the style sheet.
  const items = parts.flatMap((part, i) => [...(i === 0 ? [] : [" "]), el("span", {}, part)]);
  return el("p", { class: `code ${name}`, "data-receipt": name, dir: "ltr", lang, translate: "no" }, ...items);
}

function deadlines({ acknowledgeDays, feedbackDays, gatewayTime }: Channel): readonly HTMLElement[] {
  const said: HTMLElement[] = [];
  if (acknowledgeDays > 0) said.push(el("li", {}, t("acknowledgeBy", { days: acknowledgeDays, date: dateAfter(gatewayTime, acknowledgeDays) })));
  if (feedbackDays > 0) said.push(el("li", {}, t("feedbackBy", { days: feedbackDays, date: dateAfter(gatewayTime, feedbackDays) })));
  return said;
}

// For whoever asks for it: what is on the device can be found there.
function keepProof(proof: string): HTMLElement {
  const status = live();
  const save = button(t("proofSave"), () => {
    saveText(proof);
    status.textContent = t("proofSaved");
  });
  return el("details", {},
    el("summary", {}, t("receiptKeep")),
    el("p", {}, t("receiptKeepHelp")),
    el("p", { class: "note" }, t("proofRisk")),
    el("p", { class: "actions" }, save),
    status);
}

export function showReceipt(receipt: Receipt, channel: Channel): void {
  const { id, proof, words, digits, wordsLanguage } = receipt;
  const status = live();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(words);
      status.textContent = t("receiptCopied");
    } catch {
      getSelection()?.selectAllChildren(document.querySelector("[data-receipt=words]")!);
    }
  };
  const finish = button(t("receiptFinish"), leave, { primary: true });
  finish.disabled = true;
  const check = el("input", { type: "checkbox", id: "written", autocomplete: "off" });
  check.addEventListener("change", () => (finish.disabled = !check.checked));
  const forms = [
    el("section", {}, el("h2", {}, t("receiptWords")), numbered(words.split(" "), wordsLanguage, "words")),
    el("section", {}, el("h2", {}, t("receiptDigits")), numbered(digits.split(" "), "en", "digits")),
  ];
  // Digits first where the language has no list of words.
  if (wordsLanguage !== language) forms.reverse();
  const dates = deadlines(channel);
  show(
    el("h1", {}, t("receiptTitle")),
    el("p", { class: "good" }, t("receiptProof")),
    el("p", { class: "lead" }, t("receiptLead")),
    el("div", { class: "receipt" }, ...forms),
    el("p", { class: "actions" }, button(t("receiptCopy"), () => void copy()), button(t("receiptPrint"), () => print())),
    status,
    el("p", { class: "note" }, t("receiptLoss")),
    dates.length > 0 && el("ul", {}, ...dates),
    el("p", { class: "quiet" }, t("receiptNumber", { id })),
    keepProof(proof),
    el("label", { class: "option" }, check, el("span", {}, t("receiptDone"))),
    el("p", { class: "actions" }, finish),
  );
}
