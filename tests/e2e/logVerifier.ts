// A log checked by somebody who has its key and nothing else: all that it serves under c2sp.org/tlog-tiles is
// fetched, and everything is computed anew from its entries, byte for byte. Over ../vectors/charterlog and
// ../vectors/reportlog; it shares no code with the programs nor with gateway/web.
import assert from "node:assert/strict";

import { leafHash, openNote, rootOf } from "../vectors/charterlog/charterlog.ts";

/** What a log answers; undefined when there is no such thing. */
export type Get = (path: string) => Promise<Buffer | undefined>;

export interface Checkpoint {
  readonly note: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A checkpoint by the log of that vkey, under its own name. */
export function openCheckpoint(note: string, vkey: string): Checkpoint {
  const { text, signed } = openNote(note, vkey);
  assert.ok(signed && note.endsWith("\n"), "the log did not sign the checkpoint");
  const [, origin, size, root] = /^([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? [];
  assert.equal(origin, vkey.split("+")[0], text);
  return { note, origin: origin!, size: Number(size), root: Buffer.from(root!, "base64") };
}

const width = 256;

/** 1234567 is x001/x234/567. */
export function numberPath(number: number): string {
  const groups: string[] = [];
  for (let rest = number; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? "" : "x"}${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

interface Tile {
  readonly level: number;
  readonly index: number;
  readonly count: number; // of hashes
}

const tilePath = (level: number | "entries", { index, count }: Tile): string =>
  `/tile/${level}/${numberPath(index)}${count < width ? `.p/${count}` : ""}`;

function tilesOf(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; ++level, hashes = Math.floor(hashes / width)) {
    for (let index = 0; index * width < hashes; ++index) tiles.push({ level, index, count: Math.min(width, hashes - index * width) });
  }
  return tiles;
}

/** An entry bundle: each entry after its length in two bytes. */
export function entriesOf(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    assert.ok(end <= bundle.length, "a bundle that is cut");
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

const bundleOf = (entries: readonly Buffer[]): Buffer =>
  Buffer.concat(entries.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 255), entry]));

export interface Mirror {
  readonly checkpoint: Checkpoint;
  readonly entries: readonly Buffer[];
  readonly leaves: readonly Buffer[]; // their hashes
}

/** All of the log below `prefix` at its newest checkpoint; throws when anything is not what its entries say. */
export async function mirror(get: Get, prefix: string, vkey: string): Promise<Mirror> {
  const fetched = async (path: string): Promise<Buffer> => {
    const bytes = await get(prefix + path);
    assert.ok(bytes !== undefined, `the log has no ${path}`);
    return bytes;
  };
  const checkpoint = openCheckpoint((await fetched("/checkpoint")).toString("utf8"), vkey);
  const tiles = tilesOf(checkpoint.size);
  const entries: Buffer[] = [];
  for (const tile of tiles.filter(({ level }) => level === 0)) {
    const bundle = await fetched(tilePath("entries", tile));
    const some = entriesOf(bundle);
    assert.equal(some.length, tile.count);
    assert.deepEqual(bundle, bundleOf(some));
    entries.push(...some);
  }
  const leaves = entries.map(leafHash);
  for (const tile of tiles) {
    const span = width ** tile.level; // leaves below one of its hashes
    const first = tile.index * width * span;
    const hashes = Array.from({ length: tile.count }, (_, i) => rootOf(leaves.slice(first + i * span, first + (i + 1) * span)));
    assert.deepEqual(await fetched(tilePath(tile.level, tile)), Buffer.concat(hashes), tilePath(tile.level, tile));
  }
  assert.deepEqual(rootOf(leaves), checkpoint.root, "the root is not that of the entries");
  return { checkpoint, entries, leaves };
}

/** That an older checkpoint of the same log is a beginning of this one: nothing was changed or removed. */
export function checkExtends({ checkpoint, leaves }: Mirror, older: Pick<Checkpoint, "origin" | "size" | "root">): void {
  assert.equal(older.origin, checkpoint.origin);
  assert.ok(older.size <= checkpoint.size, `${older.size} entries became ${checkpoint.size}`);
  assert.deepEqual(rootOf(leaves.slice(0, older.size)), older.root, `the first ${older.size} entries are others now`);
}
