// JPEG (ITU-T T.81): what decoding needs is kept, by an allow-list of segments; of Exif the orientation.
// JFIF loses its small picture; whatever follows the end of the image is cut off.
import type { Found } from "../../protocol.ts";
import type { Cleaner } from "./clean.ts";
import { bytesOf, isOnlyOrientation, orientationOf, textAt, tiffWith } from "./exif.ts";

const app = (number: number): number => 0xe0 + number;
const startOfScan = 0xda;
const endOfImage = 0xd9;
const comment = 0xfe;
// SOF0…15 with DHT, DAC; DQT, DNL, DRI, DHP, EXP.
const needed = (marker: number): boolean => (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= 0xdb && marker <= 0xdf);
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
const exifHead = "Exif\0\0";
const jfifBytes = 14; // without a small picture

type Verdict = "keep" | Uint8Array<ArrayBuffer> | Found | readonly [Found, Uint8Array<ArrayBuffer>];

function exifSegment(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = tiffWith(orientation);
  const length = 2 + exifHead.length + tiff.length;
  return Uint8Array.of(0xff, app(1), length >> 8, length & 0xff, ...[...exifHead].map((c) => c.charCodeAt(0)), ...tiff);
}

function judgeExif(tiff: Uint8Array): Verdict {
  const orientation = orientationOf(tiff);
  if (isOnlyOrientation(tiff)) return "keep";
  return orientation === 1 ? "location" : ["location", exifSegment(orientation)];
}

// `body` without marker and length.
function judge(marker: number, body: Uint8Array<ArrayBuffer>): Verdict {
  if (needed(marker)) return "keep";
  if (marker === comment) return "comments";
  if (marker === app(0) && textAt(body, 0, 5) === "JFIF\0" && body.length >= jfifBytes) {
    if (body.length === jfifBytes) return "keep";
    return ["preview", Uint8Array.of(0xff, marker, 0, jfifBytes + 2, ...body.subarray(0, jfifBytes - 2), 0, 0)];
  }
  if (marker === app(1) && textAt(body, 0, 6) === exifHead) return judgeExif(body.subarray(6));
  if (marker === app(1)) return "comments"; // XMP
  if (marker === app(2) && textAt(body, 0, 12) === "ICC_PROFILE\0") return "keep";
  if (marker === app(14) && textAt(body, 0, 5) === "Adobe") return "keep";
  return "other";
}

export const cleanJpeg: Cleaner = async (file) => cleanJpegBytes(await bytesOf(file));

export function cleanJpegBytes(bytes: Uint8Array<ArrayBuffer>): Awaited<ReturnType<Cleaner>> {
  const parts: Uint8Array<ArrayBuffer>[] = [bytes.subarray(0, 2)];
  const found = new Set<Found>();
  let at = 2;
  while (at + 4 <= bytes.length || bytes[at + 1] === endOfImage) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      ++at; // a fill byte
      continue;
    }
    if (marker === endOfImage) {
      parts.push(bytes.subarray(at, at + 2));
      if (at + 2 < bytes.length) found.add("preview");
      return { parts, found };
    }
    const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (end > bytes.length || end < at + 4) return undefined;
    if (marker === startOfScan) {
      const next = afterScan(bytes, end);
      parts.push(bytes.subarray(at, next));
      at = next;
      continue;
    }
    take(judge(marker, bytes.subarray(at + 4, end)), bytes.subarray(at, end), parts, found);
    at = end;
  }
  return undefined;
}

function take(verdict: Verdict, segment: Uint8Array<ArrayBuffer>, parts: Uint8Array<ArrayBuffer>[], found: Set<Found>): void {
  if (verdict === "keep") {
    parts.push(segment);
  } else if (typeof verdict === "string") {
    found.add(verdict);
  } else if (verdict instanceof Uint8Array) {
    parts.push(verdict);
  } else {
    found.add(verdict[0]);
    parts.push(verdict[1]);
  }
}

// Where the next marker after entropy-coded data is.
function afterScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]!;
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
}
