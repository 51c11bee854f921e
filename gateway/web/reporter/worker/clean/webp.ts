// WebP (RFC 9649): an allow-list of chunks; of EXIF the orientation. Whatever follows the RIFF form is
// cut off.
import type { Found } from "../../protocol.ts";
import type { Cleaner } from "./clean.ts";
import { bytesOf, isOnlyOrientation, orientationOf, textAt, tiffWith } from "./exif.ts";

const needed = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
const exifFlag = 0x08;
const xmpFlag = 0x04;
const headBytes = 12;

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

// Undefined: damaged. Chunks are padded to an even length.
function chunksOf(bytes: Uint8Array<ArrayBuffer>, end: number): Chunk[] | undefined {
  const view = new DataView(bytes.buffer);
  const chunks: Chunk[] = [];
  for (let at = headBytes; at < end; ) {
    if (at + 8 > end) return undefined;
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > end) return undefined;
    chunks.push({ type: textAt(bytes, at, 4), data: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length & 1);
  }
  return chunks;
}

function write(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const total = chunks.reduce((sum, { data }) => sum + 8 + data.length + (data.length & 1), headBytes);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  const put = (at: number, text: string): void => out.set([...text].map((character) => character.charCodeAt(0)), at);
  put(0, "RIFF");
  view.setUint32(4, total - 8, true);
  put(8, "WEBP");
  let at = headBytes;
  for (const { type, data } of chunks) {
    put(at, type);
    view.setUint32(at + 4, data.length, true);
    out.set(data, at + 8);
    at += 8 + data.length + (data.length & 1);
  }
  return out;
}

const withoutHead = (exif: Uint8Array): Uint8Array => (textAt(exif, 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif);

export const cleanWebp: Cleaner = async (file) => {
  const bytes = await bytesOf(file);
  if (bytes.length < headBytes) return undefined;
  const end = new DataView(bytes.buffer).getUint32(4, true) + 8;
  if (end > bytes.length) return undefined;
  const chunks = chunksOf(bytes, end);
  if (chunks === undefined) return undefined;
  const found = new Set<Found>();
  const kept: Chunk[] = [];
  let orientation = 1;
  for (const { type, data } of chunks) {
    if (needed.has(type)) {
      kept.push({ type, data });
    } else if (type === "EXIF") {
      orientation = orientationOf(withoutHead(data));
      if (!isOnlyOrientation(data)) found.add("location");
    } else {
      found.add(type === "XMP " ? "comments" : "other");
    }
  }
  if (end < bytes.length) found.add("other");
  if (orientation !== 1) kept.push({ type: "EXIF", data: tiffWith(orientation) });
  return { parts: [write(kept.map((each) => (each.type === "VP8X" ? withFlags(each, orientation) : each)))], found };
};

function withFlags({ type, data }: Chunk, orientation: number): Chunk {
  const changed = data.slice();
  changed[0] = (changed[0]! & ~(exifFlag | xmpFlag)) | (orientation === 1 ? 0 : exifFlag);
  return { type, data: changed };
}
