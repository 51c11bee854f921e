// Files: chosen or spoken, looked through for hidden information, kept as they are where that is evidence.
import type { Channel, Cleaned, Found } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el } from "../dom.ts";
import { type Key, list, size, t } from "../text.ts";
import type { Field } from "./fields.ts";
import type { ChosenFile, Draft } from "./model.ts";
import type { Voice } from "./voice.ts";

export interface FilesContext {
  readonly client: Client;
  readonly channel: Channel;
  readonly draft: Draft;
  readonly change: () => void;
}

/** What is asked. */
export interface FilesQuestion {
  readonly id: string; // of the files in the draft, and name of the input
  readonly title: readonly (Node | string)[];
  readonly help: HTMLElement | undefined;
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
    status.textContent = t(file.isRecorded ? "voiceFile" : failed[cleaned.result]);
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

// Tor Browser has no microphone, and pages that were not loaded safely get none.
const canRecord = (): boolean => typeof MediaRecorder === "function" && navigator.mediaDevices?.getUserMedia !== undefined;

type NewFile = Pick<ChosenFile, "name" | "original" | "mediaType">;

interface VoicePart {
  readonly element: HTMLElement | undefined; // undefined: this browser cannot record
  readonly isOpen: () => boolean;
}

function voicePart(id: string, { channel, draft }: FilesContext, add: (file: NewFile) => boolean): VoicePart {
  if (!canRecord() || channel.attachments === 0) return { element: undefined, isOpen: () => false };
  let voice: Voice | undefined;
  const isFree = (name: string): boolean => draft.files.every((file) => file.name !== name);
  const nameFor = (ending: string): string => {
    for (let number = 1; ; ++number) if (isFree(`voice-${number}.${ending}`)) return `voice-${number}.${ending}`;
  };
  const start = button(t("voiceRecord"), () => void record());
  start.setAttribute("aria-describedby", `${id}-voice`);
  const place = el("div", {});
  const record = async (): Promise<void> => {
    start.disabled = true;
    const { Voice: Recording } = await import("./voice.ts");
    voice = new Recording({
      maxBytes: channel.fileBytes,
      keep: ({ content, mediaType, ending }) => add({ name: nameFor(ending), original: content, mediaType }),
      closed: () => {
        start.disabled = false;
        start.focus();
      },
    });
    place.replaceChildren(voice.element);
    await voice.record();
  };
  const element = el("div", { class: "voice" }, start, el("p", { class: "help", id: `${id}-voice` }, t("voiceHelp")), place);
  return { element, isOpen: () => voice?.isOpen === true };
}

export function filesField({ id, title, help }: FilesQuestion, context: FilesContext): Field {
  const { channel, draft, change } = context;
  const line = el("p", { class: "error", id: `${id}-error`, role: "alert" });
  const rows = el("ul", { class: "files" });
  const input = el("input", { type: "file", class: "away", id, name: id, multiple: true, "aria-describedby": `${id}-title ${id}-limit ${id}-error` });
  const limit = channel.attachments === 0 ? t("filesNone") : t("filesLimit", { count: channel.attachments, size: size(channel.fileBytes) });
  input.disabled = channel.attachments === 0;

  const draw = (): void => {
    const own = draft.files.filter((file) => file.question === id);
    rows.replaceChildren(...own.map((file) => rowOf(file, context, () => {
      draft.files.splice(draft.files.indexOf(file), 1);
      change();
      draw();
      input.focus();
    })));
  };
  const add = (file: NewFile, isRecorded: boolean): boolean => {
    if (draft.files.length >= channel.attachments) line.textContent = t("filesTooMany", { count: channel.attachments });
    else if (file.original.size > channel.fileBytes) line.textContent = t("fileTooLarge", { name: file.name, size: size(channel.fileBytes) });
    else return draft.files.push({ ...file, question: id, isRecorded, cleaned: undefined, keepOriginal: false }) > 0;
    return false;
  };
  const redraw = (): void => {
    change();
    draw();
  };
  input.addEventListener("change", () => {
    line.textContent = "";
    for (const file of input.files ?? []) add({ name: file.name, original: file, mediaType: file.type }, false);
    input.value = ""; // the same file may be chosen again
    redraw();
  });
  const voice = voicePart(id, context, (file) => {
    line.textContent = "";
    const isAdded = add(file, true);
    redraw();
    return isAdded;
  });
  const element = el("div", { class: "field" },
    el("p", { class: "label", id: `${id}-title` }, ...title), help,
    el("p", { class: "help", id: `${id}-limit` }, limit, " ", t("fileNameNote")),
    input, el("label", { class: "button", for: id }, t("filesAdd")), voice.element, line, rows);
  draw();
  return {
    element,
    focus: () => input.focus(),
    setError: (message) => { line.textContent = message ?? ""; },
    isUnfinished: voice.isOpen,
  };
}
