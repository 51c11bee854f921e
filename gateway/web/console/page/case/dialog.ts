// A question before something is done: who will learn what, what the reporter consented to, and then the deed. What
// fails is said in it, and nothing that was typed is lost.
import { button, type Child, el, live, newId } from "../dom.ts";
import { t } from "../text.ts";
import { problemIn } from "../problem.ts";

export interface DialogOptions {
  readonly title: string;
  readonly fields?: readonly Child[];
  /** Who will learn what, as it is with what is chosen. */
  readonly learns: string | HTMLElement;
  readonly consent?: HTMLElement;
  readonly submit: string;
  readonly danger?: boolean;
  /** What is missing, in words; undefined: nothing. */
  readonly missing?: () => string | undefined;
  readonly act: () => Promise<void>;
}

export function confirmDialog({ title, fields = [], learns, consent, submit: words, danger, missing, act }: DialogOptions): void {
  const id = newId();
  const error = el("p", { class: "error", role: "alert" });
  const status = live();
  const submit = el("button", { type: "submit", class: danger === true ? "danger-button" : "primary", "data-action": "confirm" }, words);
  const cancel = button(t("cancel"), () => close(), { action: "cancel" });
  if (danger === true && fields.length === 0) cancel.autofocus = true; // Enter pressed twice is no answer
  const form = el("form", { autocomplete: "off", novalidate: true },
    el("h2", { id }, title),
    ...fields,
    el("div", { class: "box note learns" }, el("h3", {}, t("whoLearns")), typeof learns === "string" ? el("p", {}, learns) : learns),
    consent !== undefined && el("div", { class: "box consent-box" }, el("h3", {}, t("consentTitle")), consent),
    error, status,
    el("p", { class: "actions" }, submit, cancel));
  const dialog = el("dialog", { "aria-labelledby": id }, form);
  const before = document.activeElement;
  const close = (): void => dialog.close();
  const sending = (isSending: boolean): void => {
    submit.disabled = isSending;
    cancel.disabled = isSending;
    status.textContent = isSending ? t("working") : "";
  };
  dialog.addEventListener("cancel", (event) => {
    if (submit.disabled) event.preventDefault(); // what comes of it is said here
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    else document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const lacks = missing?.();
    error.textContent = lacks ?? "";
    if (lacks !== undefined) return;
    sending(true);
    act().then(close, (thrown: unknown) => {
      error.textContent = problemIn(thrown);
      sending(false);
    });
  });
  (document.querySelector(".desk") ?? document.body).append(dialog);
  dialog.showModal();
}
