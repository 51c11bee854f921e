// One attachment, or the file of a plain report: opened when it is asked for, shown only as pixels, sound or plain
// text, whatever its name says. A picture and the pages of a PDF are drawn; neither ever becomes a document of the
// browser. Everything else is a download, with a warning.
import { whileBusy } from "../idle.ts";
import type { OpenedFile } from "../../fileProtocol.ts";
import type { AttachmentView } from "../../protocol.ts";
import { button, el, live } from "../dom.ts";
import { problem } from "../problem.ts";
import { size, t } from "../text.ts";
import type { CaseContext } from "./context.ts";
import { pdfViewer } from "./pdf.ts";

const maxSide = 2400; // of a picture as it is drawn

export function fileViewer(context: CaseContext, { compartment, name, mediaType, bytes, served }: AttachmentView): HTMLElement {
  const { work, view } = context;
  const opening = (): Promise<OpenedFile> => work.client.call("openFile", [view.row.id, compartment]);
  const { open, status, place } = opener(context, { name, action: `open-${compartment}`, opening, verified: t("fileVerified") });
  return el("li", { "data-file": compartment },
    el("p", { class: "file-name" }, el("strong", { dir: "auto" }, name === "" ? t("fileUnnamed") : name), " ", el("span", { class: "help" }, `${size(bytes)} · ${mediaType}`)),
    served ? el("p", { class: "actions" }, open) : el("p", { class: "missing" }, t("fileSealed")),
    status,
    place);
}

/** A plain report: one file of any kind, for whom there is no conversation. */
export function plainViewer(context: CaseContext, bytes: number): HTMLElement {
  const { work, view } = context;
  const opening = (): Promise<OpenedFile> => work.client.call("openPlain", [view.row.id]);
  const { open, status, place } = opener(context, { name: t("plainFile"), action: "open-plain", opening, verified: t("plainVerified") });
  return el("div", { "data-file": "plain" }, el("p", { class: "help" }, size(bytes)), el("p", { class: "actions" }, open), status, place);
}

interface Opening {
  readonly name: string;
  readonly action: string;
  readonly opening: () => Promise<OpenedFile>;
  readonly verified: string; // said when it is open
}

function opener({ work }: CaseContext, { name, action, opening, verified }: Opening): { open: HTMLButtonElement; status: HTMLElement; place: HTMLElement } {
  const place = el("div", { class: "viewer" });
  const status = live();
  const open = button(t("fileOpen", { name }), () => void load(), { action });
  const addresses: string[] = [];
  let isLeft = false;
  work.onLeave(() => {
    isLeft = true;
    addresses.forEach((address) => URL.revokeObjectURL(address));
    place.replaceChildren();
  });
  // What is ready only after the view was left ends at once.
  const onLeave = (leave: () => void): void => (isLeft ? leave() : work.onLeave(leave));

  const load = async (): Promise<void> => {
    open.disabled = true;
    status.textContent = t("fileLoading");
    try {
      const file = await whileBusy(opening());
      if (isLeft) return;
      place.replaceChildren(...(await shown(file, name, addresses, onLeave)), saveButton(file, name, addresses));
      status.textContent = verified;
    } catch (error) {
      status.textContent = problem(error);
      open.disabled = false;
    }
  };
  return { open, status, place };
}

async function shown(file: OpenedFile, name: string, addresses: string[], onLeave: (leave: () => void) => void): Promise<Node[]> {
  const { kind, content, tooManyPixels } = file;
  if (kind === "text") return [el("pre", { class: "file-text", tabindex: 0, role: "region", "aria-label": name, dir: "auto" }, await content.text())];
  if (kind === "pdf") return [await pdfViewer(content, name, onLeave)];
  if (kind === "audio") {
    const player = el("audio", { controls: true, src: addressOf(content, addresses), "aria-label": name });
    return [player];
  }
  if (kind === "image" && !tooManyPixels) {
    const canvas = await picture(content);
    if (canvas !== undefined) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", t("filePicture", { name }));
      return [canvas];
    }
  }
  return [el("p", { class: "box note", "data-download-only": true }, t(tooManyPixels ? "fileTooManyPixels" : "fileDownloadOnly"))];
}

// Undefined for what its first bytes promised and the rest does not keep.
async function picture(content: Blob): Promise<HTMLCanvasElement | undefined> {
  try {
    const bitmap = await createImageBitmap(content);
    const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
    const canvas = el("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
    canvas.getContext("2d")!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas;
  } catch {
    return undefined;
  }
}

function addressOf(content: Blob, addresses: string[]): string {
  const address = URL.createObjectURL(content);
  addresses.push(address);
  return address;
}

/** The name without what a path or a file system could make of it. */
export function safeName(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]/g, "_").replace(/^\.+/, "_").slice(-120);
  return clean === "" ? "attachment" : clean;
}

function saveButton({ content, kind }: OpenedFile, name: string, addresses: string[]): HTMLElement {
  const save = button(t("fileSave"), () => {
    // Of no kind that a browser opens by itself.
    const link = el("a", { href: addressOf(new Blob([content], { type: "application/octet-stream" }), addresses), download: safeName(name) });
    link.click();
  }, { quiet: true, action: "save" });
  return el("div", { class: "save" }, el("p", { class: "help" }, t(kind === "pdf" ? "pdfSaveHelp" : "fileSaveHelp")), save);
}
