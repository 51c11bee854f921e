// The way in: the charter was verified; now a key file, chosen or dropped, and its passphrase or passkey where it has
// one. The file is read by this page, opened in the worker, and never sent.
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import type { KeyFileKind, Me, OfficeView } from "../protocol.ts";
import type { Client } from "./client.ts";
import { button, el, field, live, unwatched } from "./dom.ts";
import { passkeyProblem, whyNoPasskeys } from "./passkey.ts";
import { date, language, languageName, languages, t } from "./text.ts";

const maxFileBytes = 64 * 1024;

function problem(error: unknown): string {
  const passkey = error instanceof SafeconductError ? passkeyProblem(error) : undefined;
  if (passkey !== undefined) return t(passkey);
  if (hasCode(error, "wrong_key")) return t("unlockWrongPassphrase");
  if (hasCode(error, "not_found", "rejected")) return t("unlockUnknown");
  if (hasCode(error, "unsupported")) return t("unlockUnsupported");
  if (hasCode(error, "malformed", "too_large")) return t("unlockMalformed");
  if (hasCode(error, "unavailable", "busy")) return t("unreachable");
  return t("failed", { code: "internal" });
}

export interface UnlockOptions {
  readonly client: Client;
  readonly office: OfficeView;
  readonly said: string; // why it is locked
  readonly unlocked: (me: Me) => void;
  readonly speak: (language: string) => void;
}

export function unlockView({ client, office, said, unlocked, speak }: UnlockOptions): HTMLElement {
  let file: Uint8Array | undefined;
  let kind: KeyFileKind = "plain";
  const input = el("input", { type: "file", id: "key-file", name: "key", class: "away" });
  const label = el("label", { for: "key-file", class: "button" }, t("unlockChoose"));
  const chosen = live();
  const passphrase = el("input", { type: "password", name: "passphrase", autocomplete: "off", ...{ spellcheck: unwatched.spellcheck } });
  const passphraseField = field(t("unlockPassphrase"), passphrase, t("unlockPassphraseHelp"));
  passphraseField.hidden = true;
  const error = el("p", { class: "error", role: "alert" });
  const submit = el("button", { type: "submit", class: "primary", "data-action": "unlock", disabled: true }, t("unlock"));
  const drop = el("div", { class: "drop" }, el("p", {}, t("unlockDrop")), input, label, chosen);

  const take = async (given: File | undefined): Promise<void> => {
    if (given === undefined) return;
    error.textContent = "";
    submit.disabled = true;
    if (given.size > maxFileBytes) return void (error.textContent = t("unlockMalformed"));
    file = new Uint8Array(await given.arrayBuffer());
    chosen.textContent = t("unlockChosen", { name: given.name });
    try {
      kind = await client.call("keyFileKind", [file]);
    } catch (thrown) {
      return void (error.textContent = problem(thrown));
    }
    passphraseField.hidden = kind !== "passphrase";
    const why = kind === "passkey" ? whyNoPasskeys() : undefined;
    if (why !== undefined) return void (error.textContent = t(why));
    submit.textContent = words();
    submit.disabled = false;
    (passphraseField.hidden ? submit : passphrase).focus();
    if (kind === "passkey") await unlock(); // the file is chosen: a touch is all that is left
  };
  const words = (): string => t(kind === "passkey" ? "unlockPasskey" : "unlock");
  const unlock = async (): Promise<void> => {
    if (file === undefined) return;
    error.textContent = "";
    submit.disabled = true;
    submit.textContent = t(kind === "passkey" ? "unlockTouch" : "unlocking");
    try {
      const me = await client.call("unlock", [file, passphraseField.hidden ? undefined : passphrase.value]);
      file.fill(0);
      passphrase.value = "";
      unlocked(me);
    } catch (thrown) {
      error.textContent = problem(thrown);
      submit.disabled = false;
      submit.textContent = words();
      if (!passphraseField.hidden) passphrase.select();
    }
  };
  input.addEventListener("change", () => void take(input.files?.[0]));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    void take(event.dataTransfer?.files[0]);
  });
  const form = el("form", { autocomplete: "off", novalidate: true }, drop, passphraseField, error, el("p", { class: "actions" }, submit));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void unlock();
  });
  return el("main", { id: "content", class: "narrow unlock", tabindex: -1 },
    el("p", { class: "brand" }, "Safeconduct"),
    el("h1", {}, t("unlockTitle")),
    said !== "" && el("p", { class: "box note", role: "status" }, said),
    el("p", {}, t("unlockLead")),
    form,
    el("section", { class: "facts" },
      el("h2", {}, t("officeTitle")),
      el("p", {}, t("officeText", { origin: office.origin, version: office.version, date: date(office.expiry) })),
      el("p", {}, t(office.witnessed ? "officeWitnessed" : "officeNotWitnessed"))),
    languagesNav(speak));
}

function languagesNav(speak: (language: string) => void): HTMLElement {
  const row = el("p", { class: "actions" });
  void Promise.all(languages.map(async (code) => {
    const made = button(await languageName(code), () => speak(code), { quiet: true });
    made.lang = code;
    if (code === language()) made.setAttribute("aria-current", "true");
    return made;
  })).then((made) => row.append(...made));
  return el("nav", { "aria-label": t("languages") }, row);
}
