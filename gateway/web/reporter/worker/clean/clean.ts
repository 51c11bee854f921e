// Takes hidden information out of a file before it is sealed. What a file is, its first bytes say, not its
// name. The code for a kind of file is loaded when such a file is chosen.
//
// What it gives: what is named in `found` is gone, and what the file shows is the same. What it does not
// give: that a picture shows nothing, or that a program hid nothing in the content itself.
import type { Cleaned, Found } from "../../protocol.ts";

/** A piece of the cleaned file: of the file itself, where that can stay. */
export type Piece = Blob | Uint8Array<ArrayBuffer>;

/** Undefined: the file is not what its first bytes said, or it is damaged. */
export type Cleaner = (file: Blob) => Promise<{ readonly parts: readonly Piece[]; readonly found: ReadonlySet<Found> } | undefined>;

interface Kind {
  readonly is: (head: Uint8Array) => boolean;
  readonly maxBytes: number;
  readonly load: () => Promise<Cleaner>;
}

const mebibyte = 1024 * 1024;
const headBytes = 16;

const begins = (...bytes: readonly number[]) => (head: Uint8Array): boolean => bytes.every((byte, i) => head[i] === byte);
const says = (head: Uint8Array, at: number, text: string): boolean =>
  [...text].every((character, i) => head[at + i] === character.charCodeAt(0));
const mp4Boxes = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

const kinds: readonly Kind[] = [
  { is: begins(0xff, 0xd8, 0xff), maxBytes: 100 * mebibyte, load: async () => (await import("./jpeg.ts")).cleanJpeg },
  { is: begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), maxBytes: 100 * mebibyte, load: async () => (await import("./png.ts")).cleanPng },
  { is: (head) => says(head, 0, "RIFF") && says(head, 8, "WEBP"), maxBytes: 100 * mebibyte, load: async () => (await import("./webp.ts")).cleanWebp },
  { is: (head) => mp4Boxes.some((box) => says(head, 4, box)), maxBytes: Infinity, load: async () => (await import("./mp4.ts")).cleanMp4 },
  { is: begins(0x50, 0x4b, 0x03, 0x04), maxBytes: 50 * mebibyte, load: async () => (await import("./office.ts")).cleanOffice },
  { is: (head) => says(head, 0, "%PDF-"), maxBytes: 50 * mebibyte, load: async () => (await import("./pdf.ts")).cleanPdf },
];
// Pictures of these in the same box format as films have their metadata elsewhere.
const heif = ["heic", "heix", "heif", "mif1", "avif"];

export async function clean(file: Blob): Promise<Cleaned> {
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const kind = kinds.find(({ is }) => is(head));
  if (kind === undefined || heif.some((brand) => says(head, 8, brand))) return { result: "unknown" };
  if (file.size > kind.maxBytes) return { result: "large" };
  const cleaner = await kind.load();
  try {
    const cleaned = await cleaner(file);
    if (cleaned === undefined) return { result: kind.is(zip) ? "unknown" : "damaged" };
    const found = [...cleaned.found];
    return { result: "cleaned", content: found.length === 0 ? file : new Blob([...cleaned.parts]), found };
  } catch {
    return { result: "damaged" };
  }
}

const zip = Uint8Array.of(0x50, 0x4b, 0x03, 0x04); // which may well be something else than Office
