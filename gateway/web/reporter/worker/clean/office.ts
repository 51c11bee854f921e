// Documents of Office (ECMA-376) and OpenDocument (ISO/IEC 26300), which are zip files: properties are
// replaced by empty ones, small pictures of the document go, authors of comments and changes lose their
// names, times of entries are the first that zip knows, and pictures inside are cleaned as pictures are.
//
// What it does not give: a document without history. Deleted text of tracked changes stays.
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from "fflate";

import type { Found } from "../../protocol.ts";
import { clean, type Cleaner } from "./clean.ts";
import { bytesOf } from "./exif.ts";

type Files = Record<string, Uint8Array>;

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const properties = "http://schemas.openxmlformats.org/officeDocument/2006";
const office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
const empty: Readonly<Record<string, string>> = {
  "docProps/core.xml": `${xml}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>`,
  "docProps/app.xml": `${xml}<Properties xmlns="${properties}/extended-properties"/>`,
  "docProps/custom.xml": `${xml}<Properties xmlns="${properties}/custom-properties"/>`,
  "meta.xml": `${xml}<office:document-meta xmlns:office="${office}" office:version="1.3"><office:meta/></office:document-meta>`,
};
const preview = /^(docProps\/thumbnail\.|Thumbnails\/)/;
const picture = /^((word|ppt|xl)\/media|Pictures)\//;
const written = /^(word|ppt|xl)\/.*\.xml$|^(content|styles)\.xml$/;
// Attributes and elements that name who wrote something.
const authors: readonly (readonly [RegExp, string])[] = [
  [/(\s(?:w|w15|w16du):(?:author|initials|userId|providerId))="[^"]*"/g, '$1=""'],
  [/(<p:cmAuthor\b[^>]*?\sname)="[^"]*"/g, '$1=""'],
  [/(<p:cmAuthor\b[^>]*?\sinitials)="[^"]*"/g, '$1=""'],
  [/<author>[^<]+<\/author>/g, "<author></author>"],
  [/(<(?:threadedComment|person)\b[^>]*?\sdisplayName)="[^"]*"/g, '$1=""'],
  [/(<(dc:creator|meta:creator-initials|meta:initial-creator|loext:sender-initials)>)[^<]+(<\/\2>)/g, "$1$3"],
];
const firstTime = "1980-01-01T00:00:00";

export const cleanOffice: Cleaner = async (file) => {
  const files: Files = unzipSync(await bytesOf(file));
  const isOffice = files["[Content_Types].xml"] !== undefined;
  const type = files["mimetype"];
  const isOpen = type !== undefined && strFromU8(type).startsWith("application/vnd.oasis.opendocument");
  if (!isOffice && !isOpen) return undefined;
  const found = new Set<Found>();
  const out: Zippable = {};
  if (type !== undefined) out["mimetype"] = [type, { level: 0 }]; // OpenDocument wants it first and as it is
  for (const [name, bytes] of Object.entries(files)) {
    if (name === "mimetype") continue;
    const cleaned = await cleanEntry(name, bytes, found);
    if (cleaned !== undefined) out[name] = cleaned;
  }
  // The properties are there in every document: they are found only where they say something.
  const mtime = new Date(firstTime);
  return { parts: [zipSync(out, { level: 6, mtime }) as Uint8Array<ArrayBuffer>], found };
};

async function cleanEntry(name: string, bytes: Uint8Array, found: Set<Found>): Promise<Uint8Array | undefined> {
  if (preview.test(name)) {
    found.add("preview");
    return undefined;
  }
  const blank = empty[name];
  if (blank !== undefined) {
    if (strFromU8(bytes) !== blank) found.add("author");
    return strToU8(blank);
  }
  if (picture.test(name)) return cleanPicture(bytes, found);
  if (name === "_rels/.rels") return replace(bytes, [[/<Relationship\b[^>]*\/thumbnail"[^>]*\/>/g, ""]], "preview", found);
  if (name === "META-INF/manifest.xml") return replace(bytes, [[/<manifest:file-entry\b[^>]*"Thumbnails\/[^>]*\/>/g, ""]], "preview", found);
  return written.test(name) ? replace(bytes, authors, "author", found) : bytes;
}

async function cleanPicture(bytes: Uint8Array, found: Set<Found>): Promise<Uint8Array> {
  const cleaned = await clean(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  if (cleaned.result !== "cleaned") return bytes;
  for (const each of cleaned.found) found.add(each);
  return bytesOf(cleaned.content);
}

function replace(bytes: Uint8Array, by: readonly (readonly [RegExp, string])[], what: Found, found: Set<Found>): Uint8Array {
  const text = strFromU8(bytes);
  const changed = by.reduce((out, [pattern, instead]) => out.replace(pattern, instead), text);
  if (changed === text) return bytes;
  found.add(what);
  return strToU8(changed);
}
