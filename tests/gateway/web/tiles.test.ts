// gateway/web/shared/tlog/tiles.ts: that a log goes on from a smaller size, by the tiles of trees that another
// implementation computed; and bundles of entries.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Checkpoint } from "../../../gateway/web/shared/tlog/checkpoint.ts";
import { checkExtends, type ReadTile, splitBundle, tilePath } from "../../../gateway/web/shared/tlog/tiles.ts";
import { leafHash, rootOf } from "../../vectors/charterlog/charterlog.ts";
import { fails } from "./testing.ts";

const most = 65_537; // three levels of tiles
const leaves = Array.from({ length: most }, (_, i) => leafHash(Buffer.from(String(i))));
// Of level 1 and 2: roots of 256 and of 65,536 leaves.
const rows: Buffer[][] = [leaves];
for (let below = leaves; below.length >= 256; below = rows.at(-1)!) {
  rows.push(Array.from({ length: Math.floor(below.length / 256) }, (_, i) => rootOf(below.slice(256 * i, 256 * (i + 1)))));
}

const made = new Map<number, Checkpoint>();
function at(size: number): Checkpoint {
  const known = made.get(size) ?? { origin: "log.example", size: BigInt(size), root: rootOf(leaves.slice(0, size)), extensions: [] };
  made.set(size, known);
  return known;
}

function tilesOf(size: number, asked: string[] = []): ReadTile {
  return async (level, index, count) => {
    asked.push(tilePath(level, index, count));
    const row = rows[level]!.slice(0, Math.floor(size / 256 ** level));
    const tile = row.slice(256 * index, 256 * index + count);
    assert.equal(tile.length, count, `${asked.at(-1)} of ${size}`);
    return Buffer.concat(tile);
  };
}

const sizes = [1, 2, 3, 7, 8, 255, 256, 257, 300, 511, 512, 513, 4_096, 5_000, 65_535, most];

describe("a log that goes on", () => {
  for (const [i, newer] of sizes.entries()) {
    test(`to ${newer}, from every smaller size`, async () => {
      for (const older of sizes.slice(0, i + 1)) {
        const asked: string[] = [];
        await checkExtends(at(older), at(newer), tilesOf(newer, asked));
        assert.ok(asked.length <= 8, `${older} to ${newer}: ${asked.join(" ")}`);
        assert.equal(new Set(asked).size, asked.length, "no tile twice");
      }
    });
  }

  test("from nothing at all", () => checkExtends(at(0), at(5), tilesOf(5)));
});

describe("a log that does not", () => {
  const other = (checkpoint: Checkpoint): Checkpoint => ({ ...checkpoint, root: leafHash(checkpoint.root) });
  test("has another root at the smaller size, the larger, or the same", async () => {
    await fails(() => checkExtends(other(at(300)), at(5_000), tilesOf(5_000)), "unverified");
    await fails(() => checkExtends(at(300), other(at(5_000)), tilesOf(5_000)), "unverified");
    await fails(() => checkExtends(other(at(256)), at(512), tilesOf(512)), "unverified");
    await fails(() => checkExtends(at(300), other(at(300)), tilesOf(300)), "unverified", "checkpoint");
  });
  test("became smaller, or is another", async () => {
    await fails(() => checkExtends(at(301), at(300), tilesOf(300)), "unverified", "checkpoint");
    await fails(() => checkExtends({ ...at(3), origin: "other.example" }, at(5), tilesOf(5)), "unverified", "checkpoint");
  });
  test("serves tiles of another tree, or short ones", async () => {
    const read = tilesOf(5_000);
    for (const bad of [0, 1]) {
      const flipped: ReadTile = async (level, index, count) => {
        const tile = await read(level, index, count);
        if (level === bad) tile.forEach((byte, i) => (tile[i] = byte ^ 1));
        return tile;
      };
      await fails(() => checkExtends(at(300), at(5_000), flipped), "unverified");
    }
    await fails(() => checkExtends(at(300), at(5_000), async (...name) => (await read(...name)).subarray(1)), "unverified", "tile");
  });
});

test("paths of tiles are those of tlog-tiles", () => {
  assert.equal(tilePath(0, 0, 1), "0/000.p/1");
  assert.equal(tilePath(0, 0, 256), "0/000");
  assert.equal(tilePath(1, 67, 255), "1/067.p/255");
  assert.equal(tilePath("entries", 1_234_067, 256), "entries/x001/x234/067");
});

test("a bundle is cut into entries; one that is short or long is refused", async () => {
  const bundle = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, (_, i) => Buffer.of(0, 2, i & 255, 1)));
  assert.deepEqual(splitBundle(bundle(3), 2).map((entry) => [...entry]), [[0, 1], [1, 1]]);
  assert.equal(splitBundle(bundle(256), 256).length, 256);
  for (const [bytes, count] of [[bundle(2), 3], [bundle(2).subarray(0, 7), 2], [bundle(2).subarray(0, 5), 2], [Buffer.concat([bundle(256), Buffer.of(0)]), 256]] as const) {
    await fails(() => splitBundle(bytes, count), "unverified", "tile");
  }
});
