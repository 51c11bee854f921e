// PDF (ISO 32000): document information, metadata streams and what programs keep for themselves are
// taken out, earlier versions inside of the file with them; photographs in it are cleaned as JPEG is.
//
// What it does not give: authors of notes, and text that is covered but still there.
import { PDFDict, PDFDocument, PDFName, PDFRawStream } from "@cantoo/pdf-lib";

import type { Found } from "../../protocol.ts";
import type { Cleaner } from "./clean.ts";
import { bytesOf } from "./exif.ts";
import { cleanJpegBytes } from "./jpeg.ts";

const hidden = ["Metadata", "PieceInfo", "LastModified", "Thumb"].map((name) => PDFName.of(name));
const filter = PDFName.of("Filter");
const type = PDFName.of("Type");

export const cleanPdf: Cleaner = async (file) => {
  const document = await PDFDocument.load(await bytesOf(file), { updateMetadata: false, throwOnInvalidObject: true });
  if (document.getPageCount() === 0) return undefined;
  const { context } = document;
  const found = new Set<Found>();
  const info = context.trailerInfo.Info;
  if (info !== undefined) {
    found.add("author");
    const dictionary = context.lookup(info);
    if (dictionary instanceof PDFDict) for (const key of dictionary.keys()) dictionary.delete(key);
  }
  delete context.trailerInfo.ID;
  delete context.trailerInfo.Info;
  for (const [reference, object] of context.enumerateIndirectObjects()) {
    const dictionary = object instanceof PDFRawStream ? object.dict : object instanceof PDFDict ? object : undefined;
    if (dictionary === undefined) continue;
    if (dictionary.get(type) === PDFName.of("Metadata")) {
      context.delete(reference);
      found.add("author");
      continue;
    }
    for (const key of hidden) if (dictionary.delete(key)) found.add("other");
    if (object instanceof PDFRawStream && dictionary.get(filter) === PDFName.of("DCTDecode")) cleanPhotograph(object, found);
  }
  const saved = await document.save({ addDefaultPage: false, updateFieldAppearances: false });
  return { parts: [saved as Uint8Array<ArrayBuffer>], found };
};

function cleanPhotograph(stream: PDFRawStream, found: Set<Found>): void {
  const cleaned = cleanJpegBytes(stream.contents as Uint8Array<ArrayBuffer>);
  if (cleaned === undefined || cleaned.found.size === 0) return;
  const parts = cleaned.parts as readonly Uint8Array<ArrayBuffer>[];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  Object.assign(stream, { contents: bytes });
  for (const each of cleaned.found) found.add(each);
}
