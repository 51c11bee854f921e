// The report log as an outsider, a reporter and an auditor see it, checked by code that shares nothing with the
// programs: receipts, tiles, what the log tells of how many came, and a store that was set back.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, renameSync, rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { newReceiptCode, parseReceiptCode } from "../../gateway/web/shared/identity/receiptCode.ts";
import { checkMailbox } from "../../gateway/web/shared/report/mailbox.ts";
import { recordState, verifyReceipt as webVerifyReceipt } from "../../gateway/web/shared/report/receipt.ts";
import { type Sealed, sealReport } from "../../gateway/web/shared/report/seal.ts";
import { sha256 } from "../vectors/charterlog/charterlog.ts";
import { kinds, leafOf, noEntry, readPromise, verifyReceipt } from "../vectors/reportlog/reportlog.ts";
import { type Answer, get, program } from "./calls.ts";
import { exits, TestGateway } from "./harness.ts";
import { type Checkpoint, checkExtends, type Mirror, mirror, openCheckpoint } from "./logVerifier.ts";
import { Office, type Receipt } from "./office.ts";
import { Signer } from "./signing.ts";
import { poll } from "./support/poll.ts";
import { openWeb } from "./webClient.ts";

const block = 64;
const options = { logInterval: 1, config: { transparency_log: [`block = ${block}`] } };

/** A gateway's report log, from outside. */
class Outside {
  readonly gateway: TestGateway;
  readonly vkey: string;

  private constructor(gateway: TestGateway, vkey: string) {
    this.gateway = gateway;
    this.vkey = vkey;
  }

  static async of(gateway: TestGateway): Promise<Outside> {
    return new Outside(gateway, await gateway.vkey("log", "log.test.localhost"));
  }

  /** The newest checkpoint; undefined when there is none yet. */
  async checkpoint(): Promise<Checkpoint | undefined> {
    const { status, type, body } = await get(this.gateway, "/log/checkpoint");
    if (status === 404) return undefined;
    assert.deepEqual([status, type], [200, "text/plain; charset=utf-8"]);
    return openCheckpoint(body.toString("utf8"), this.vkey);
  }

  /** The next checkpoint of more entries than `size`. */
  grown(size: number): Promise<Checkpoint> {
    return poll(`a checkpoint of more than ${size} entries`, async () => {
      const newest = await this.checkpoint();
      return newest !== undefined && newest.size > size ? newest : undefined;
    });
  }

  mirror(): Promise<Mirror> {
    const ask = async (path: string): Promise<Buffer | undefined> => {
      const { status, body } = await get(this.gateway, path);
      assert.ok(status === 200 || status === 404, `${path}: ${status}`);
      return status === 200 ? body : undefined;
    };
    return mirror(ask, "/log", this.vkey);
  }

  receiptAnswer(id: string): Promise<Answer> {
    return get(this.gateway, `/v1/reports/${id}/receipt`);
  }

  /** As soon as there is one. */
  receipt(id: string): Promise<string> {
    return poll(`the receipt of ${id}`, async () => {
      const { status, type, body } = await this.receiptAnswer(id);
      if (status === 404) return undefined;
      assert.deepEqual([status, type], [200, "text/plain; charset=utf-8"]);
      return body.toString("utf8");
    });
  }

  /** SHA-256 of a report's manifest, as the gateway serves it to intake. */
  async hashOf(id: string): Promise<Buffer> {
    const { status, body } = await get(this.gateway, `/v1/cases/${id}`, Signer.of(this.gateway.key("intake")));
    assert.equal(status, 200, body.toString("utf8"));
    const { sealed } = JSON.parse(body.toString("utf8")) as { sealed: { manifest: string } };
    const hash = sha256(Buffer.from(sealed.manifest, "base64"));
    assert.equal(hash.subarray(0, 16).toString("hex"), id);
    return hash;
  }

  /** What the auditor gets, or another holder of one channel. */
  async openings(as = "auditor", query: Record<string, string> = {}): Promise<Opening[]> {
    const signer = Signer.of(this.gateway.key(as));
    const all: Opening[] = [];
    for (let after = ""; ; ) {
      const asked = new URLSearchParams({ ...query, ...(after === "" ? {} : { after }) }).toString();
      const { status, body } = await get(this.gateway, `/v1/log/openings${asked === "" ? "" : `?${asked}`}`, signer);
      assert.equal(status, 200, body.toString("utf8"));
      const { openings = [], next = "" } = JSON.parse(body.toString("utf8")) as { openings?: JsonOpening[]; next?: string };
      all.push(...openings.map(openingOf));
      if (next === "") return all;
      assert.notEqual(next, after);
      after = next;
    }
  }
}

interface JsonOpening {
  readonly entry?: string;
  readonly kind: number;
  readonly salt?: string;
  readonly entryHash?: string;
  readonly reportId?: string;
  readonly erasedBy?: string;
}

interface Opening {
  readonly entry: number;
  readonly kind: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
  readonly reportId: string;
  readonly erasedBy: Buffer;
}

// proto3 JSON leaves out what is empty or 0.
function openingOf({ entry = "0", kind, salt = "", entryHash = "", reportId = "", erasedBy = "" }: JsonOpening): Opening {
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  return { entry: Number(entry), kind, salt: bytes(salt), hash: bytes(entryHash), reportId, erasedBy: bytes(erasedBy) };
}

/** The entry that an opening stands for. */
const entryOf = ({ kind, salt, hash }: Opening): Buffer => leafOf(kind, salt, kind === kinds.cover ? noEntry : hash);

// --- Receipts ---------------------------------------------------------------------------------------

describe("receipts", () => {
  let gateway: TestGateway;
  let log: Outside;
  const reports: Receipt[] = [];
  const checkpoints: Checkpoint[] = [];

  before(async () => {
    gateway = await TestGateway.start(options);
    log = await Outside.of(gateway);
    const office = new Office(gateway);
    for (let i = 0; i < 3; ++i) {
      reports.push(await office.submit());
      checkpoints.push(await log.grown(checkpoints.at(-1)?.size ?? 0));
    }
  });
  after(() => gateway?.dispose());

  test("of reports by the command line hold for their manifests, keep the promises, and hold for nothing else", async () => {
    const hashes = await Promise.all(reports.map(({ report_id }) => log.hashOf(report_id)));
    for (const [i, { report_id, promise }] of reports.entries()) {
      const receipt = await log.receipt(report_id);
      const { leaf, salt, index, size } = verifyReceipt(receipt, "report", hashes[i]!, log.vkey);
      const promised = readPromise(promise, log.vkey);
      assert.deepEqual([leaf, salt], [promised.leaf, promised.salt]);
      const { entries } = await log.mirror();
      assert.ok(index < size && size <= entries.length);
      assert.deepEqual(entries[index], leaf);
      for (const other of hashes.filter((_, at) => at !== i)) assert.throws(() => verifyReceipt(receipt, "report", other, log.vkey));
      assert.throws(() => verifyReceipt(receipt, "event", hashes[i]!, log.vkey));
    }
  });

  test("are taken by the web library, and the mailbox carries them", async () => {
    const { api, charter, trust } = await openWeb(gateway);
    for (const { report_id, code_words } of reports) {
      const receipt = await log.receipt(report_id);
      assert.ok(webVerifyReceipt(receipt, "report", await log.hashOf(report_id), charter.logs, { witnesses: [], threshold: 0 }));
      const reporter = Party.fromReceiptCode(await parseReceiptCode(code_words));
      const box = checkMailbox(await api.readMailbox(reporter.key("request")), charter, trust);
      assert.equal(recordState(box, await api.transport.gatewayTime()).state, "logged");
    }
  });

  test("are there for no other id", async () => {
    for (const id of [randomBytes(16).toString("hex"), reports[0]!.report_id.toUpperCase(), "0"]) {
      assert.equal((await log.receiptAnswer(id)).status, 404, id);
    }
  });

  test("of each interval lead to one log: every checkpoint is a beginning of the next", async () => {
    for (let i = 0; i < 2; ++i) checkpoints.push(await log.grown(checkpoints.at(-1)!.size));
    const whole = await log.mirror();
    for (const checkpoint of checkpoints) checkExtends(whole, checkpoint);
    const [first] = checkpoints;
    assert.throws(() => checkExtends(whole, { ...first!, size: first!.size - 1 }));
    assert.deepEqual(checkpoints.filter(({ size }) => size % block !== 0), []);
  });

  test("of an erased report are gone, and what the auditor is told of its leaves names the event that erased it", async () => {
    const { report_id } = reports[0]!;
    const { index } = verifyReceipt(await log.receipt(report_id), "report", await log.hashOf(report_id), log.vkey);
    const entry = (await log.mirror()).entries[index]!;
    await gateway.json(["case", "dismiss", report_id], { as: "intake" }); // an erasure takes a second person
    await gateway.json(["case", "erase", report_id, "--yes"], { as: "auditor" });
    assert.equal((await log.receiptAnswer(report_id)).status, 404);
    const erasure = await poll("the leaf of the erasure", async () => {
      const openings = (await log.openings()).filter(({ reportId }) => reportId === report_id);
      return openings.find(({ kind, salt }) => kind === kinds.event && salt.length > 0);
    });
    const opened = (await log.openings()).find((each) => each.entry === index)!;
    assert.deepEqual([opened.salt.length, opened.hash.length, opened.reportId, opened.erasedBy], [0, 0, report_id, erasure.hash]);
    assert.deepEqual((await log.mirror()).entries[index], entry, "the log itself has it as before");
  });
});

// --- What an outsider sees --------------------------------------------------------------------------

const none = { triageAnswers: [], accountAnswers: [], identityAnswers: [], attachments: [] };

describe("what the log tells", () => {
  const batch = 5;
  const batches = 20;
  let gateway: TestGateway;
  let log: Outside;
  let api: GatewayApi;
  let charter: OpenCharter;
  const ids = new Set<string>();
  const sizes = new Set<number>(); // of every checkpoint that was seen

  before(async () => {
    gateway = await TestGateway.start(options);
    log = await Outside.of(gateway);
    ({ api, charter } = await openWeb(gateway));
  });
  after(() => gateway?.dispose());

  const seal = (): Promise<Sealed> =>
    sealReport({ channel: "conduct", consent: {}, language: "en", narrative: "x", ...none }, charter, Party.fromReceiptCode(newReceiptCode()));

  /** Waits for the end of an interval. */
  async function next(size: number): Promise<number> {
    const grown = (await log.grown(size)).size;
    sizes.add(grown);
    return grown;
  }

  /** Several at once, as soon as an interval begins; gives the size at that time. */
  async function submitBatch(): Promise<number> {
    const sealed = await Promise.all(Array.from({ length: batch }, seal));
    const from = await next((await log.checkpoint())?.size ?? 0);
    await Promise.all(sealed.map((each) => api.submit(each, [])));
    for (const { id } of sealed) ids.add(id);
    return from;
  }

  test("an interval with five reports grows it as one without any", async () => {
    const growths: Record<number, number[]> = {}; // by the number of reports in an interval
    // On a busy machine some reports of a batch may come an interval later.
    for (let tries = 0; tries < 3 || (growths[batch] === undefined && tries < 20); ++tries) {
      const seen = [await submitBatch()];
      while (seen.length < 4) seen.push(await next(seen.at(-1)!));
      const reports = (await log.openings()).filter(({ kind }) => kind === kinds.report);
      for (const [i, to] of seen.slice(1).entries()) {
        const count = reports.filter(({ entry }) => entry >= seen[i]! && entry < to).length;
        (growths[count] ??= []).push(to - seen[i]!);
      }
    }
    // Who looks late sees two intervals as one, so the least growth counts.
    const least = (count: number): number => Math.min(...(growths[count] ?? []));
    assert.deepEqual([least(0), least(batch)], [block, block], JSON.stringify(growths));
  });

  test("its entries are 32 uniform bytes, each of which the auditor can open", async () => {
    while (ids.size < batch * batches) await submitBatch();
    const { checkpoint, entries } = await log.mirror();
    assert.ok(entries.every(({ length }) => length === 32));
    assert.equal(new Set(entries.map((entry) => entry.toString("hex"))).size, entries.length);
    // 6.6 standard deviations: one in 10^10.
    const bits = entries.length * 256;
    const ones = entries.reduce((sum, entry) => sum + [...entry].reduce((count, byte) => count + byte.toString(2).replaceAll("0", "").length, 0), 0);
    assert.ok(Math.abs(ones - bits / 2) < 3.3 * Math.sqrt(bits), `${ones} of ${bits} bits`);

    const openings = (await log.openings()).filter(({ entry }) => entry < checkpoint.size).sort((a, b) => a.entry - b.entry);
    assert.deepEqual(openings.map(({ entry }) => entry), entries.map((_, i) => i), "each entry has one opening");
    for (const opening of openings) {
      assert.deepEqual(entryOf(opening), entries[opening.entry]);
      assert.equal(opening.kind === kinds.cover, opening.reportId === "" && opening.hash.length === 0);
    }
    const opened = new Set(openings.filter(({ kind }) => kind === kinds.report).map(({ hash }) => hash.subarray(0, 16).toString("hex")));
    assert.deepEqual([...opened].filter((id) => !ids.has(id)), []);
  });

  test("the order within an interval says nothing of what is a report", async () => {
    await poll("the last of the reports", async () => ((await log.openings()).filter(({ kind }) => kind === kinds.report).length === ids.size ? true : undefined));
    const places = (await log.openings()).filter(({ kind }) => kind === kinds.report).map(({ entry }) => entry).sort((a, b) => a - b);
    assert.equal(places.length, batch * batches);
    // Reports that were always first, last or side by side would fail this. By Hoeffding's inequality, which holds
    // for drawing without replacement too, an even shuffle fails each of the two in less than one in 10^9 runs.
    const surprise = Math.log(2e9);
    const mean = places.reduce((sum, place) => sum + ((place % block) + 0.5) / block, 0) / places.length;
    const mostOff = Math.sqrt(surprise / (2 * places.length));
    assert.ok(Math.abs(mean - 0.5) < mostOff, `${mean}, at most ${mostOff} off`);
    assert.ok(0.5 - batch / 2 / block > mostOff, "enough reports to tell");

    const inBlock = new Map<number, number[]>();
    for (const place of places) inBlock.set(Math.floor(place / block), [...(inBlock.get(Math.floor(place / block)) ?? []), place]);
    let pairs = 0;
    let expected = 0;
    let spread = 0;
    for (const some of inBlock.values()) {
      pairs += some.filter((place, i) => some[i + 1] === place + 1).length;
      expected += (some.length * (some.length - 1)) / block;
      spread += (some.length - 1) ** 2;
    }
    assert.ok(pairs < expected + Math.sqrt((spread * surprise) / 2), `${pairs} side by side, ${expected} expected`);
  });

  test("openings are for holders: all of them for auditors, those of a channel for its own", async () => {
    assert.equal((await get(gateway, "/v1/log/openings")).status, 401);
    assert.equal((await get(gateway, "/v1/log/openings", Signer.stranger())).status, 401);
    assert.notEqual((await get(gateway, "/v1/log/openings", Signer.of(gateway.key("intake")))).status, 200);
    const own = await log.openings("intake", { channel: "conduct" });
    assert.deepEqual(new Set(own.map(({ reportId }) => reportId)), ids);
    assert.ok(own.every(({ kind }) => kind !== kinds.cover));
  });

  test("every tile and bundle of it is what its entries say, byte for byte, and there are no others", async () => {
    const { checkpoint } = await log.mirror();
    assert.ok(checkpoint.size > 256, "more than one tile");
    assert.deepEqual([...sizes].filter((size) => size % block !== 0), [], "whole blocks");
    for (const path of ["0/999", "entries/999", "0/000.p/0", "0/000.p/256", "2/000", "entries/0", "64/000", "x"]) {
      assert.equal((await get(gateway, `/log/tile/${path}`)).status, 404, path);
    }
  });
});

// --- Kill -9 ----------------------------------------------------------------------------------------

test("killed again and again while it grows, it never shows two histories and keeps every promise", async () => {
  const rounds = process.env.SAFECONDUCT_LONG === undefined ? 6 : 60;
  const gateway = await TestGateway.start(options);
  try {
    const log = await Outside.of(gateway);
    const seen: Checkpoint[] = [];
    const accepted: Receipt[] = [];
    for (let round = 0; round < rounds; ++round) {
      const before = (await log.checkpoint())?.size ?? 0;
      // Killed while reports are on their way, once the log has grown or as soon as a first one was accepted.
      const [first, ...others] = [1, 2, 3].map(() => new Office(gateway).submit());
      if (round % 2 === 0) seen.push(await log.grown(before));
      accepted.push(await first!);
      await gateway.kill();
      for (const other of await Promise.allSettled(others)) if (other.status === "fulfilled") accepted.push(other.value);
      await gateway.serve();
      seen.push((await log.checkpoint())!);
    }
    for (const { report_id } of accepted) {
      verifyReceipt(await log.receipt(report_id), "report", await log.hashOf(report_id), log.vkey);
    }
    const whole = await log.mirror();
    for (const checkpoint of seen) checkExtends(whole, checkpoint);
    assert.ok(seen.length >= rounds && accepted.length >= rounds);
  } finally {
    await gateway.dispose();
  }
});

// --- A store that was set back ----------------------------------------------------------------------

test("a store that was set back is refused, and the newer one goes on where it was", async () => {
  const gateway = await TestGateway.start(options);
  try {
    const log = await Outside.of(gateway);
    const office = new Office(gateway);
    const [store, older, newer] = ["store", "older", "newer"].map((name) => gateway.file(name));
    const first = await office.submit();
    await log.receipt(first.report_id);
    assert.equal(await gateway.stop(), 0);
    cpSync(store!, older!, { recursive: true });

    await gateway.serve();
    const second = await office.submit();
    await log.receipt(second.report_id);
    const seen = (await log.checkpoint())!;
    assert.equal(await gateway.stop(), 0);

    renameSync(store!, newer!);
    renameSync(older!, store!);
    const refused = await program(gateway, "serve");
    assert.equal(refused.status, exits.unverified, refused.stderr);
    assert.match(refused.stderr, /high-water/);

    rmSync(store!, { recursive: true });
    renameSync(newer!, store!);
    await gateway.serve();
    await log.grown(seen.size);
    checkExtends(await log.mirror(), seen);
    for (const { report_id } of [first, second]) {
      verifyReceipt(await log.receipt(report_id), "report", await log.hashOf(report_id), log.vkey);
    }
  } finally {
    await gateway.dispose();
  }
});
