// Tiles of a log (c2sp.org/tlog-tiles): their names, what an entry bundle holds, and that a tree of one size begins
// with one of a smaller size, by a number of tiles that grows with the logarithm of the log.
//
// What it gives: nothing by itself. The hashes of tiles are proven by the roots that they lead to.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { nodeHash, verifyConsistency } from "./tree.ts";

export const tileHashes = 256; // and entries of a bundle
const levelBits = 8; // of the tree, that a tile spans

/** What follows `tile/`: whole, or of its first `count` hashes; at level `entries`, the bundle of as many entries. */
export function tilePath(level: number | "entries", index: number, count: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g)!;
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `${level}/${path}${count < tileHashes ? `.p/${count}` : ""}`;
}

/** The first `count` entries of a bundle, which may have more by now. Throws unverified. */
export function splitBundle(bundle: Uint8Array, count: number): Uint8Array[] {
  const bad = new SafeconductError("unverified", "a bundle with other entries than its log has", "tile");
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + 2 > bundle.length) throw bad;
    const end = at + 2 + ((bundle[at]! << 8) | bundle[at + 1]!);
    if (end > bundle.length) throw bad;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  if (count === tileHashes && at !== bundle.length) throw bad;
  return entries;
}

/** The first `count` hashes of a tile, one after another. */
export type ReadTile = (level: number, index: number, count: number) => Promise<Uint8Array>;

/**
 * That the tree of `newer` begins with that of `older`, of the same log. Reads each tile once.
 * Throws unverified when it does not; what `read` throws; too_large for a log of 2^53 entries.
 */
export async function checkExtends(older: Checkpoint, newer: Checkpoint, read: ReadTile): Promise<void> {
  if (older.origin !== newer.origin || older.size > newer.size) throw notExtended();
  if (older.size === newer.size) {
    if (!equal(older.root, newer.root)) throw notExtended();
    return;
  }
  if (older.size === 0n) return;
  if (newer.size > BigInt(Number.MAX_SAFE_INTEGER)) throw new SafeconductError("too_large", "a log of 2^53 entries", "checkpoint");
  const proof = await new Tiles(Number(newer.size), read).consistency(Number(older.size));
  verifyConsistency(older.size, newer.size, older.root, newer.root, proof);
}

function notExtended(): SafeconductError {
  return new SafeconductError("unverified", "the log does not go on from what it was", "checkpoint");
}

// The hashes of one tree, by its tiles.
class Tiles {
  readonly #size: number;
  readonly #read: ReadTile;
  readonly #tiles = new Map<string, Uint8Array>();

  constructor(size: number, read: ReadTile) {
    this.#size = size;
    this.#read = read;
  }

  // RFC 6962, 2.1.2.
  consistency(size: number): Promise<Uint8Array[]> {
    return this.#subProof(size, 0, this.#size, true);
  }

  async #subProof(size: number, begin: number, end: number, isWhole: boolean): Promise<Uint8Array[]> {
    if (size === end - begin) return isWhole ? [] : [await this.#root(begin, end)];
    const middle = begin + largestPowerBelow(end - begin);
    return size <= middle - begin
      ? [...(await this.#subProof(size, begin, middle, isWhole)), await this.#root(middle, end)]
      : [...(await this.#subProof(size - (middle - begin), middle, end, false)), await this.#root(begin, middle)];
  }

  async #root(begin: number, end: number): Promise<Uint8Array> {
    const count = end - begin;
    const power = Math.log2(count);
    if (Number.isInteger(power)) return this.#subtree(begin, power);
    const middle = begin + largestPowerBelow(count);
    return nodeHash(await this.#root(begin, middle), await this.#root(middle, end));
  }

  // Of 2^power leaves: in a tile, or the root of some of one tile's hashes.
  async #subtree(begin: number, power: number): Promise<Uint8Array> {
    const level = Math.floor(power / levelBits);
    const row = begin / 2 ** (level * levelBits);
    let hashes = await this.#hashes(level, row, 2 ** (power % levelBits));
    while (hashes.length > 1) hashes = hashes.flatMap((hash, i) => (i % 2 === 0 ? [nodeHash(hash, hashes[i + 1]!)] : []));
    return hashes[0]!;
  }

  async #hashes(level: number, row: number, count: number): Promise<Uint8Array[]> {
    const index = Math.floor(row / tileHashes);
    const width = Math.min(tileHashes, Math.floor(this.#size / 2 ** (level * levelBits)) - index * tileHashes);
    const name = `${level}/${index}`;
    const tile = this.#tiles.get(name) ?? (await this.#read(level, index, width));
    if (tile.length < width * hashBytes) throw new SafeconductError("unverified", "a tile of another length", "tile");
    this.#tiles.set(name, tile);
    const first = row % tileHashes;
    return Array.from({ length: count }, (_, i) => tile.slice((first + i) * hashBytes, (first + i + 1) * hashBytes));
  }
}

// Below `count`, which is 2 at least.
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
