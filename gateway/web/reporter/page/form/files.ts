// Files: chosen, looked through for hidden information, kept as they are where that is evidence.
import type { Channel, Cleaned, Found, Question } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el } from "../dom.ts";
import { type Key, list, size, t } from "../text.ts";
import { type Field, help, title } from "./fields.ts";
import type { ChosenFile, Draft } from "./model.ts";

export interface FilesContext {
  readonly client: Client;
  readonly channel: Channel;
  readonly draft: Draft;
  readonly change: () => void;
}

const what: Readonly<Record<Found, Key>> = {
  location: "whatLocation",
  comments: "whatComments",
  preview: "whatPreview",
  author: "whatAuthor",
  dates: "whatDates",
  other: "whatOther",
};
const failed: Readonly<Record<Exclude<Cleaned["result"], "cleaned">, Key>> = {
  unknown: "fileUncleaned",
  damaged: "fileDamaged",
  large: "fileLarge",
};
const results = new WeakMap<ChosenFile, Promise<Cleaned>>();

async function lookThrough(file: ChosenFile, client: Client): Promise<Cleaned> {
  const cleaned = await client.call("clean", [file.original, file.name]);
  if (cleaned.result === "cleaned") file.cleaned = cleaned.content;
  return cleaned;
}

/** When every file has been looked through: before that none may be sent. */
export async function allLookedThrough(files: readonly ChosenFile[]): Promise<void> {
  await Promise.allSettled(files.map((file) => results.get(file)));
}

function show(cleaned: Cleaned, file: ChosenFile, status: HTMLElement, row: HTMLElement): void {
  if (cleaned.result !== "cleaned") {
    status.classList.add("warn");
    status.textContent = t(failed[cleaned.result]);
    return;
  }
  if (cleaned.found.length === 0) {
    status.textContent = t("fileNothing");
    return;
  }
  const keep = el("input", { type: "checkbox", autocomplete: "off" });
  keep.checked = file.keepOriginal;
  const say = (): void => {
    status.classList.toggle("warn", keep.checked);
    status.textContent = keep.checked ? t("fileKept") : t("fileRemoved", { what: list(cleaned.found.map((each) => t(what[each]))) });
  };
  keep.addEventListener("change", () => {
    file.keepOriginal = keep.checked;
    say();
  });
  say();
  row.append(el("label", { class: "option" }, keep, el("span", {}, t("fileKeep", { name: file.name }))));
}

function rowOf(file: ChosenFile, context: FilesContext, remove: () => void): HTMLElement {
  const status = el("p", { role: "status" }, t("fileChecking"));
  const row = el("li", {},
    el("p", { class: "file" }, el("bdi", {}, file.name), " ", el("span", { class: "quiet" }, size(file.original.size))),
    status);
  row.append(button(t("fileRemove", { name: file.name }), remove));
  let result = results.get(file);
  if (result === undefined) {
    result = lookThrough(file, context.client);
    results.set(file, result);
  }
  result.then((cleaned) => show(cleaned, file, status, row), () => show({ result: "damaged" }, file, status, row));
  return row;
}

export function filesField(question: Question, context: FilesContext): Field {
  const { channel, draft, change } = context;
  const { texts } = channel;
  const line = el("p", { class: "error", id: `${question.id}-error`, role: "alert" });
  const rows = el("ul", { class: "files" });
  const input = el("input", { type: "file", class: "away", id: question.id, name: question.id, multiple: true, "aria-describedby": `${question.id}-title ${question.id}-limit ${question.id}-error` });
  const limit = channel.attachments === 0 ? t("filesNone") : t("filesLimit", { count: channel.attachments, size: size(channel.fileBytes) });
  const element = el("div", { class: "field" },
    el("p", { class: "label", id: `${question.id}-title` }, ...title(question, texts)), help(question, texts),
    el("p", { class: "help", id: `${question.id}-limit` }, limit, " ", t("fileNameNote")),
    input, el("label", { class: "button", for: question.id }, t("filesAdd")), line, rows);
  input.disabled = channel.attachments === 0;

  const draw = (): void => {
    const own = draft.files.filter((file) => file.question === question.id);
    rows.replaceChildren(...own.map((file) => rowOf(file, context, () => {
      draft.files.splice(draft.files.indexOf(file), 1);
      change();
      draw();
      input.focus();
    })));
  };
  const refuse = (message: string): void => {
    line.textContent = message;
  };
  input.addEventListener("change", () => {
    line.textContent = "";
    for (const file of input.files ?? []) {
      if (draft.files.length >= channel.attachments) refuse(t("filesTooMany", { count: channel.attachments }));
      else if (file.size > channel.fileBytes) refuse(t("fileTooLarge", { name: file.name, size: size(channel.fileBytes) }));
      else draft.files.push({ question: question.id, name: file.name, original: file, mediaType: file.type, cleaned: undefined, keepOriginal: false });
    }
    input.value = ""; // the same file may be chosen again
    change();
    draw();
  });
  draw();
  return { element, focus: () => input.focus(), setError: (message) => { line.textContent = message ?? ""; } };
}
