// crypto/quorum against npm shamir-secret-sharing, both ways for every threshold and number of shares
// that a quorum can have; and its test vectors made again.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { combine, split } from "shamir-secret-sharing";

import { vectors } from "../vectors/quorum/generate.ts";

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is set by tests/run`);
  return value;
}

const tool = join(setting("SAFECONDUCT_BIN"), "..", "tests", "quorum_tool");

function run(args: readonly string[], input = ""): { status: number | null; output: string; errors: string } {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { input, encoding: "utf8" });
  if (error) throw error;
  return { status, output: stdout, errors: stderr };
}

// Many commands in one process: the words that each answers with.
function runAll(commands: readonly string[]): string[][] {
  const { status, output, errors } = run(["-"], commands.map((command) => `${command}\n`).join(""));
  assert.equal(status, 0, errors);
  const answers = output.trimEnd().split("\n").map((line) => line.trim().split(" "));
  assert.equal(answers.length, commands.length);
  return answers;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

interface Sharing {
  readonly threshold: number;
  readonly count: number;
  readonly secret: Uint8Array;
}
const sharings: Sharing[] = [];
for (let count = 2; count <= 16; count++) {
  for (let threshold = 2; threshold <= count; threshold++) {
    for (const bytes of [1, 32, 100]) sharings.push({ threshold, count, secret: new Uint8Array(randomBytes(bytes)) });
  }
}

// The first, the last and any `threshold` of the shares, and all of them.
function choices<T>(shares: readonly T[], threshold: number): T[][] {
  const any = [...shares].sort(() => randomBytes(1)[0]! - 128);
  return [shares.slice(0, threshold), shares.slice(-threshold).reverse(), any.slice(0, threshold), [...shares]];
}

test("shares of Safeconduct are combined by shamir-secret-sharing", async () => {
  const answers = runAll(sharings.map(({ threshold, count, secret }) => `split ${threshold} ${count} ${hex(secret)}`));
  for (const [at, { threshold, count, secret }] of sharings.entries()) {
    const shares = answers[at]!.map(fromHex);
    assert.equal(shares.length, count);
    for (const share of shares) assert.equal(share.length, secret.length + 1);
    for (const some of choices(shares, threshold)) {
      assert.deepEqual(await combine(some), secret, `${threshold} of ${count}`);
    }
    if (threshold > 2 && secret.length > 1) {
      assert.notDeepEqual(await combine(shares.slice(0, threshold - 1)), secret, `${threshold} of ${count}`);
    }
  }
});

test("shares of shamir-secret-sharing are combined by Safeconduct", async () => {
  const commands: string[] = [];
  const expected: string[] = [];
  for (const { threshold, count, secret } of sharings) {
    for (const some of choices(await split(secret, count, threshold), threshold)) {
      commands.push(`combine ${some.map(hex).join(" ")}`);
      expected.push(hex(secret));
    }
  }
  assert.deepEqual(runAll(commands), expected.map((secret) => [secret]));
});

test("what one refuses the other refuses too", async () => {
  const bad = [["0701", "0801"], ["0701"], ["070701", "0802"], ["01", "02"], []];
  for (const shares of bad) {
    assert.equal(run(["combine", ...shares]).status, 1, shares.join(" "));
    await assert.rejects(combine(shares.map(fromHex)), shares.join(" "));
  }
  for (const [threshold, count] of [[1, 2], [3, 2], [2, 256]] as const) {
    assert.equal(run(["split", `${threshold}`, `${count}`, "07"]).status, 1);
    await assert.rejects(split(fromHex("07"), count, threshold));
  }
  assert.equal(run(["split", "2", "3", ""]).status, 1);
  assert.equal(run(["split"]).status, 2);
});

test("a command by itself gives one share or secret a line", async () => {
  const secret = new Uint8Array(randomBytes(32));
  const { status, output } = run(["split", "3", "5", hex(secret)]);
  assert.equal(status, 0);
  const shares = output.trimEnd().split("\n");
  assert.equal(shares.length, 5);
  assert.deepEqual(await combine(shares.slice(2).map(fromHex)), secret);
  assert.equal(run(["combine", ...shares.slice(0, 3)]).output, `${hex(secret)}\n`);
});

test("the vectors are what the specification's second implementation makes", () => {
  const folder = join(import.meta.dirname, "..", "vectors", "quorum");
  const made = vectors();
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith(".json")).sort(), [...made.keys()].sort());
  for (const [name, text] of made) assert.ok(readFileSync(join(folder, name), "utf8") === text, name);
});
