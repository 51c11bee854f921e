// logVerifier.ts refuses what it should: a small log made here, changed in each of its parts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { checkpointText, cosignatureLine, keyFromSeed, leafHash, rootOf, sha256, signatureLine, vkeyOf } from "../vectors/charterlog/charterlog.ts";
import { kinds, leafOf, receiptText, verifyReceipt } from "../vectors/reportlog/reportlog.ts";
import { checkExtends, entriesOf, mirror, numberPath, openCheckpoint } from "./logVerifier.ts";

const origin = "log.example";
const key = keyFromSeed(sha256(Buffer.from(origin)));
const vkey = vkeyOf(origin, key);
const size = 600; // two full tiles and one of 88; one above them of two hashes
const salt = (i: number): Buffer => sha256(Buffer.from(`salt ${i}`));
const entries = Array.from({ length: size }, (_, i) => leafOf(kinds.report, salt(i), sha256(Buffer.from(`report ${i}`))));
const leaves = entries.map(leafHash);

const signed = (text: string): string => `${text}\n${signatureLine(text, origin, key)}`;
const checkpointOf = (count: number): string => signed(checkpointText(origin, leaves.slice(0, count)));
const joined = (from: number, to: number): Buffer => Buffer.concat(leaves.slice(from, to));
const bundle = (from: number, to: number): Buffer => Buffer.concat(entries.slice(from, to).flatMap((entry) => [Buffer.of(0, 32), entry]));

/** What the log serves, by path. */
const served: ReadonlyMap<string, Buffer> = new Map([
  ["/log/checkpoint", Buffer.from(checkpointOf(size))],
  ["/log/tile/0/000", joined(0, 256)],
  ["/log/tile/0/001", joined(256, 512)],
  ["/log/tile/0/002.p/88", joined(512, 600)],
  ["/log/tile/1/000.p/2", Buffer.concat([rootOf(leaves.slice(0, 256)), rootOf(leaves.slice(256, 512))])],
  ["/log/tile/entries/000", bundle(0, 256)],
  ["/log/tile/entries/001", bundle(256, 512)],
  ["/log/tile/entries/002.p/88", bundle(512, 600)],
]);
const of = (files: ReadonlyMap<string, Buffer>) => mirror(async (path) => files.get(path), "/log", vkey);

describe("a mirror", () => {
  test("has every entry of a log that is as it should be, and asks for all that there is", async () => {
    const asked = new Set<string>();
    const whole = await mirror(async (path) => (asked.add(path), served.get(path)), "/log", vkey);
    assert.deepEqual(whole.entries, entries);
    assert.deepEqual(asked, new Set(served.keys()));
  });

  test("is refused when any file is missing, cut, or has another bit", async () => {
    for (const [path, bytes] of served) {
      const changes = [undefined, bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)])];
      for (const at of [0, bytes.length >> 1, bytes.length - 2]) {
        const other = Buffer.from(bytes);
        other[at]! ^= 1;
        changes.push(other);
      }
      for (const change of changes) {
        const files = new Map(served);
        if (change === undefined) files.delete(path);
        else files.set(path, change);
        await assert.rejects(of(files), path);
      }
    }
  });

  test("shows whether an older checkpoint is a beginning of it", async () => {
    const whole = await of(served);
    for (const count of [0, 1, 255, 256, 257, 599, 600]) checkExtends(whole, openCheckpoint(checkpointOf(count), vkey));
    const forked = [...leaves.slice(0, 10), ...leaves.slice(11, 300)];
    assert.throws(() => checkExtends(whole, openCheckpoint(signed(checkpointText(origin, forked)), vkey)));
    assert.throws(() => checkExtends(whole, openCheckpoint(signed(checkpointText(origin, [...leaves, leaves[0]!])), vkey)));
  });
});

test("a checkpoint by another key or name is none", () => {
  const other = keyFromSeed(sha256(Buffer.from("other")));
  const text = checkpointText(origin, leaves);
  assert.throws(() => openCheckpoint(`${text}\n${signatureLine(text, origin, other)}`, vkey));
  assert.throws(() => openCheckpoint(checkpointOf(size), vkeyOf("other.example", key)));
  assert.throws(() => openCheckpoint(checkpointOf(size).replace(`\n${size}\n`, `\n${size + 1}\n`), vkey));
});

test("paths and bundles are those of tlog-tiles", () => {
  assert.deepEqual([0, 67, 999, 1000, 1_234_067].map(numberPath), ["000", "067", "999", "x001/000", "x001/x234/067"]);
  assert.deepEqual(entriesOf(Buffer.from("00020102000003", "hex").subarray(0, 6)), [Buffer.of(1, 2), Buffer.of()]);
  assert.throws(() => entriesOf(Buffer.from("000301", "hex")));
});

test("a receipt needs its report, its log and its witnesses", () => {
  const names = ["w0.example", "w1.example"];
  const witnesses = names.map((name) => keyFromSeed(sha256(Buffer.from(name))));
  const vkeys = names.map((name, i) => vkeyOf(name, witnesses[i]!, 4));
  const text = checkpointText(origin, leaves);
  const lines = signatureLine(text, origin, key) + cosignatureLine(text, names[0]!, witnesses[0]!, 1_800_000_000);
  const hash = (i: number): Buffer => sha256(Buffer.from(`report ${i}`));
  for (const i of [0, 255, 256, 599]) {
    const receipt = receiptText(i, entries, salt(i), text, lines);
    assert.deepEqual(verifyReceipt(receipt, "report", hash(i), vkey, { vkeys, threshold: 1 }).leaf, entries[i]);
    assert.throws(() => verifyReceipt(receipt, "report", hash(i), vkey, { vkeys, threshold: 2 }));
    assert.throws(() => verifyReceipt(receipt, "report", hash(i + 1), vkey));
    assert.throws(() => verifyReceipt(receipt, "event", hash(i), vkey));
    assert.throws(() => verifyReceipt(receiptText(i, entries, salt(i + 1), text, lines), "report", hash(i), vkey));
    assert.throws(() => verifyReceipt(receipt, "report", hash(i), vkeyOf(origin, witnesses[0]!)));
  }
});
