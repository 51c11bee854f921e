// PNG (W3C, third edition) with animation: an allow-list of chunks; of eXIf the orientation. Whatever
// follows IEND is cut off.
import type { Found } from "../../protocol.ts";
import type { Cleaner } from "./clean.ts";
import { bytesOf, isOnlyOrientation, orientationOf, textAt, tiffWith } from "./exif.ts";

const needed = new Set([
  "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "cICP", "mDCV", "cLLI",
  "acTL", "fcTL", "fdAT",
]);
const kinds: Readonly<Record<string, Found>> = { tEXt: "comments", zTXt: "comments", iTXt: "comments", tIME: "dates", eXIf: "location" };
const signatureBytes = 8;
const overhead = 12; // length, type, checksum

const table = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 (ISO 3309), as chunks have it. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

export function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(data.length + overhead);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set([...type].map((character) => character.charCodeAt(0)), 4);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}

export const cleanPng: Cleaner = async (file) => {
  const bytes = await bytesOf(file);
  const view = new DataView(bytes.buffer);
  const parts = [bytes.subarray(0, signatureBytes)];
  const found = new Set<Found>();
  for (let at = signatureBytes; at + overhead <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + length + overhead;
    if (end > bytes.length) return undefined;
    const type = textAt(bytes, at + 4, 4);
    const data = bytes.subarray(at + 8, end - 4);
    const keep = needed.has(type) || (type === "eXIf" && isOnlyOrientation(data));
    if (keep) parts.push(bytes.subarray(at, end));
    else found.add(kinds[type] ?? "other");
    if (!keep && type === "eXIf" && orientationOf(data) !== 1) parts.push(chunk("eXIf", tiffWith(orientationOf(data))));
    if (type === "IEND") {
      if (end < bytes.length) found.add("other");
      return { parts, found };
    }
    at = end;
  }
  return undefined;
};
