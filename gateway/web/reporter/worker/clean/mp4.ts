// MP4, MOV and other ISO base media (ISO/IEC 14496-12): metadata is overwritten in place, so that no
// offset changes and the file is never in memory as a whole. Boxes of metadata become free space, times
// become zero, handlers lose their names, and tracks that are neither picture, sound nor subtitles (places
// along the way, above all) lose track and samples.
import type { Found } from "../../protocol.ts";
import type { Cleaner, Piece } from "./clean.ts";
import { textAt } from "./exif.ts";

const maxMovieBytes = 64 * 1024 * 1024; // of the index, which is read whole
const fillBytes = 1024 * 1024;
// At the top, and inside of what is entered; others become free space.
const needed = new Set(["ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "sidx", "mfra", "pdin"]);
const metadata: Readonly<Record<string, Found>> = { udta: "location", meta: "location", uuid: "other" };
const entered = new Set(["moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "edts"]);
const timed = new Set(["mvhd", "tkhd", "mdhd"]);
const shown = new Set(["vide", "soun", "sbtl", "subt", "text", "clcp"]);

interface Box {
  readonly type: string;
  readonly start: number; // in the file
  readonly content: number; // where its content begins
  readonly end: number;
}

interface Patch {
  readonly start: number;
  readonly end: number;
  readonly bytes?: Uint8Array<ArrayBuffer>; // undefined: zeros
}

interface Work {
  readonly patches: Patch[];
  readonly found: Set<Found>;
}

const free = Uint8Array.of(0x66, 0x72, 0x65, 0x65);

// The box at `at` of `bytes`, which begin at `base` of the file and are followed by more up to `limit`.
function boxAt(bytes: Uint8Array, at: number, base: number, limit: number): Box | undefined {
  if (at + 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  let size = view.getUint32(0);
  let head = 8;
  if (size === 1) {
    if (view.byteLength < 16) return undefined;
    size = Number(view.getBigUint64(8));
    head = 16;
  } else if (size === 0) {
    size = limit - base - at;
  }
  const start = base + at;
  if (size < head || start + size > limit) return undefined;
  return { type: textAt(bytes, at + 4, 4), start, content: start + head, end: start + size };
}

function makeFree(box: Box, { patches }: Work): void {
  patches.push({ start: box.start + 4, end: box.start + 8, bytes: free }, { start: box.content, end: box.end });
}

export const cleanMp4: Cleaner = async (file) => {
  const work: Work = { patches: [], found: new Set() };
  for (let at = 0; at < file.size; ) {
    const head = new Uint8Array(await file.slice(at, at + 16).arrayBuffer());
    const box = boxAt(head, 0, at, file.size);
    if (box === undefined) return undefined;
    if (entered.has(box.type)) {
      if (box.end - box.start > maxMovieBytes) return undefined;
      const bytes = new Uint8Array(await file.slice(box.start, box.end).arrayBuffer());
      if (!cleanInside(new Index(bytes, box.start), box, work)) return undefined;
    } else if (!needed.has(box.type)) {
      makeFree(box, work);
      work.found.add(metadata[box.type] ?? "other");
    }
    at = box.end;
  }
  return { parts: patched(file, work.patches), found: work.found };
};

// The bytes of a movie box, by places in the file.
class Index {
  readonly #bytes: Uint8Array;
  readonly #base: number;

  constructor(bytes: Uint8Array, base: number) {
    this.#bytes = bytes;
    this.#base = base;
  }

  children(box: Box): Box[] | undefined {
    const boxes: Box[] = [];
    for (let at = box.content; at < box.end; ) {
      if (box.end - at < 8) break; // QuickTime ends some with four zeros
      const child = boxAt(this.#bytes, at - this.#base, this.#base, box.end);
      if (child === undefined) return undefined;
      boxes.push(child);
      at = child.end;
    }
    return boxes;
  }

  uint32(at: number): number {
    return new DataView(this.#bytes.buffer).getUint32(at - this.#base);
  }

  uint64(at: number): number {
    return Number(new DataView(this.#bytes.buffer).getBigUint64(at - this.#base));
  }

  text(at: number, length: number): string {
    return textAt(this.#bytes, at - this.#base, length);
  }

  isZero(start: number, end: number): boolean {
    return this.#bytes.subarray(start - this.#base, end - this.#base).every((byte) => byte === 0);
  }

  find(box: Box, ...path: readonly string[]): Box | undefined {
    return path.reduce<Box | undefined>((at, type) => at && this.children(at)?.find((child) => child.type === type), box);
  }
}

// False: damaged.
function cleanInside(index: Index, box: Box, work: Work): boolean {
  const children = index.children(box);
  if (children === undefined) return false;
  for (const child of children) {
    if (child.type === "trak" && isHidden(index, child)) {
      eraseSamples(index, child, work);
      makeFree(child, work);
      work.found.add("location");
    } else if (entered.has(child.type)) {
      if (!cleanInside(index, child, work)) return false;
    } else if (child.type in metadata) {
      makeFree(child, work);
      work.found.add(metadata[child.type]!);
    } else if (timed.has(child.type)) {
      const wide = index.uint32(child.content) >>> 24 === 1;
      zero(index, child.content + 4, child.content + (wide ? 20 : 12), "dates", work);
    } else if (child.type === "hdlr") {
      // Manufacturer, flags, and the name, which some write as a length and a text, others as a text and 0.
      zero(index, child.content + 12, child.end, "other", work);
    }
  }
  return true;
}

function zero(index: Index, start: number, end: number, found: Found, work: Work): void {
  if (end <= start || index.isZero(start, end)) return;
  work.patches.push({ start, end });
  work.found.add(found);
}

function isHidden(index: Index, track: Box): boolean {
  const handler = index.find(track, "mdia", "hdlr");
  return handler !== undefined && !shown.has(index.text(handler.content + 8, 4));
}

// Zeros over the samples of a track, by its tables of chunks.
function eraseSamples(index: Index, track: Box, { patches }: Work): void {
  const table = index.find(track, "mdia", "minf", "stbl");
  if (table === undefined) return;
  const sizes = index.find(table, "stsz");
  const chunks = index.find(table, "stco") ?? index.find(table, "co64");
  const runs = index.find(table, "stsc");
  if (sizes === undefined || chunks === undefined || runs === undefined) return;
  const width = chunks.type === "co64" ? 8 : 4;
  const fixed = index.uint32(sizes.content + 4);
  const samples = index.uint32(sizes.content + 8);
  const runCount = index.uint32(runs.content + 4);
  let sample = 0;
  for (let chunk = 0, run = 0; chunk < index.uint32(chunks.content + 4) && sample < samples; ++chunk) {
    while (run + 1 < runCount && index.uint32(runs.content + 8 + 12 * (run + 1)) <= chunk + 1) ++run;
    const entry = chunks.content + 8 + width * chunk;
    const start = width === 8 ? index.uint64(entry) : index.uint32(entry);
    let bytes = 0;
    for (let left = index.uint32(runs.content + 8 + 12 * run + 4); left > 0 && sample < samples; --left, ++sample) {
      bytes += fixed === 0 ? index.uint32(sizes.content + 12 + 4 * sample) : fixed;
    }
    patches.push({ start, end: start + bytes });
  }
}

// The file with the patches, as slices of it and what stands instead.
function patched(file: Blob, patches: readonly Patch[]): Piece[] {
  const parts: Piece[] = [];
  const zeros = new Blob([new Uint8Array(fillBytes)]);
  let at = 0;
  for (const { start, end, bytes } of patches.toSorted((a, b) => a.start - b.start)) {
    if (start < at || end > file.size) continue; // inside of what is overwritten already
    parts.push(file.slice(at, start));
    if (bytes !== undefined) parts.push(bytes);
    else for (let left = end - start; left > 0; left -= fillBytes) parts.push(zeros.slice(0, Math.min(left, fillBytes)));
    at = end;
  }
  parts.push(file.slice(at));
  return parts;
}
