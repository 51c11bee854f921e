// `safeconduct log verify` and `log audit`, and what reporters and exports are told of the log: first on a log made
// up from the gateway's real promises, so that it can lie; then on the real one.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";

import { checkpointText, leafHash, proofText, sha256 } from "../vectors/charterlog/charterlog.ts";
import { get } from "./calls.ts";
import { exits, freePorts, program, run, type Run, TestGateway } from "./harness.ts";
import { MadeUpLog } from "./madeUpLog.ts";
import { modeOf, Office, type Receipt } from "./office.ts";
import { Signer } from "./signing.ts";
import { poll } from "./support/poll.ts";

/** What a promise says. */
function openPromise(note: string): { leaf: Buffer; until: number; salt: Buffer } {
  const [, , leaf = "", until, salt = ""] = note.split("\n");
  return { leaf: Buffer.from(leaf, "base64"), until: Number(until), salt: Buffer.from(salt, "base64") };
}

describe("a log made up from real promises", () => {
  let gateway: TestGateway;
  let log: MadeUpLog;
  let office: Office;
  let receipt: Receipt;
  let proof: { promise: string; report: string };
  before(async () => {
    const [port] = await freePorts(1);
    gateway = await TestGateway.start({ origins: [`https://localhost:${port}`] });
    log = await MadeUpLog.start(gateway, port);
    office = new Office(gateway);
    receipt = await office.submit(["--keep-proof", gateway.file("proof.json")]);
    proof = JSON.parse(readFileSync(gateway.file("proof.json"), "utf8"));
    writeFileSync(gateway.file("report.sealed"), Buffer.from(proof.report, "base64"));
  });
  after(async () => {
    await log?.stop();
    await gateway?.dispose();
  });
  beforeEach(() => {
    log.entries = [];
    log.lies.clear();
  });

  const globals = (): string[] => ["--trust", gateway.file("trust.txt")];
  const offline = (args: readonly string[]): Promise<Run> => run(program, [...globals(), ...args], { env: gateway.environment() });
  const verify = (...args: string[]): Promise<any> => gateway.json(["log", "verify", ...args], { gateway: log.url });

  describe("log verify", () => {
    test("a kept proof has the promise and the report, and nothing is written over it", async () => {
      assert.equal(proof.promise, receipt.promise);
      assert.equal(modeOf(gateway.file("proof.json")), "600");
      assert.deepEqual(Object.keys(proof), ["promise", "report"], "and nothing of the receipt code");
      await gateway.fails([...office.report(), "--keep-proof", gateway.file("proof.json")], exits.refused);
    });

    test("a promise is verified offline, waited for, and found", async () => {
      const { status, stdout } = await offline(["log", "verify", "--proof-file", gateway.file("proof.json"), "--json"]);
      assert.equal(status, exits.ok);
      const said = JSON.parse(stdout);
      assert.deepEqual([said.verified, said.report_id, said.state], [true, receipt.report_id, "not_asked"]);
      log.grow(300);
      assert.equal((await verify("--proof-file", gateway.file("proof.json"))).state, "waiting");
      log.entries[270] = openPromise(receipt.promise).leaf;
      const found = await verify("--proof-file", gateway.file("proof.json"));
      assert.deepEqual([found.state, found.entry, found.size, found.checkpoint], ["in_log", 270, 300, log.checkpoint]);
    });

    test("a broken promise is proven in one file", async () => {
      const [kind, origin, leaf, , salt] = receipt.promise.split("\n");
      const old = log.sign(`${[kind, origin, leaf, 1_700_000_000, salt].join("\n")}\n`, log.origin);
      writeFileSync(gateway.file("old.note"), old);
      log.grow(300);
      const files = ["--promise", gateway.file("old.note"), "--report", gateway.file("report.sealed")];
      const evidence = gateway.file("evidence.txt");
      const broken = await gateway.cli(["log", "verify", ...files, "--out", evidence, "--json"], { gateway: log.url });
      assert.equal(broken.status, exits.unverified, broken.stderr);
      assert.equal(JSON.parse(broken.stdout).state, "broken");
      assert.match(broken.stderr, /The promise is broken/);
      const text = readFileSync(evidence, "utf8");
      for (const part of [old, log.checkpoint, leaf!, await gateway.vkey("log", log.origin)]) assert.ok(text.includes(part), part);
      const words = await gateway.cli(["log", "verify", ...files], { gateway: log.url });
      assert.match(words.stdout, /BROKEN: the log has 300 entries/);
      // A log that does not show its entries proves nothing.
      rmSync(evidence);
      log.lies.set("/log/tile/entries/001.p/44", Buffer.alloc(44 * 34));
      await gateway.fails(["log", "verify", ...files, "--out", evidence], exits.unverified, { gateway: log.url });
      log.lies.set("/log/checkpoint", null);
      const { message } = await gateway.fails(["log", "verify", ...files], exits.unverified, { gateway: log.url });
      assert.match(message, /serves no log to look into/);
      assert.ok(!existsSync(evidence));
    });

    test("a receipt proves the report, whichever file one has of it", async () => {
      const { leaf, salt } = openPromise(receipt.promise);
      log.grow(10);
      log.entries[4] = leaf;
      const leaves = log.entries.map(leafHash);
      const lines = log.checkpoint.slice(checkpointText(log.origin, leaves).length + 1);
      const text = proofText(4, leaves, checkpointText(log.origin, leaves), lines, `extra ${salt.toString("base64")}\n`);
      writeFileSync(gateway.file("receipt.txt"), text);
      await gateway.json(["case", "export", receipt.report_id, "--out", gateway.file("exported")], { as: "intake" });
      for (const report of ["report.sealed", "exported/manifest"]) {
        const { status, stdout } = await offline(["log", "verify", "--receipt", gateway.file("receipt.txt"), "--report", gateway.file(report), "--json"]);
        assert.equal(status, exits.ok);
        const said = JSON.parse(stdout);
        assert.deepEqual([said.verified, said.report_id, said.log, said.entry, said.size], [true, receipt.report_id, log.origin, 4, 10]);
      }
      // In an export it is checked with the rest.
      writeFileSync(gateway.file("exported/receipt.txt"), text);
      assert.equal((await gateway.json(["custody", "verify", gateway.file("exported")])).log_entry, 4);
      const other = text.replace("index 4", "index 5");
      writeFileSync(gateway.file("exported/receipt.txt"), other);
      await gateway.fails(["custody", "verify", gateway.file("exported")], exits.unverified);
      writeFileSync(gateway.file("other.txt"), other);
      const refused = await offline(["log", "verify", "--receipt", gateway.file("other.txt"), "--report", gateway.file("report.sealed")]);
      assert.equal(refused.status, exits.unverified);
      const forReading = await offline(["log", "verify", "--receipt", gateway.file("receipt.txt"), "--report", gateway.file("exported/manifest.json")]);
      assert.equal(forReading.status, exits.usage);
      assert.match(forReading.stderr, /manifest\.json is for reading/);
    });
  });

  describe("log audit", () => {
    let id: string;
    let openings: any[];
    let eventPromise: string;
    before(async () => {
      id = receipt.report_id;
      eventPromise = (await gateway.json(["case", "status", id, "acknowledged"], { as: "intake" })).promise;
      await gateway.json(["case", "export", id, "--out", gateway.file("audited")], { as: "intake" });
    });
    beforeEach(() => {
      openings = [];
      const add = (kind: number, note: string, file: string): void => {
        const { leaf, salt } = openPromise(note);
        const entryHash = sha256(readFileSync(gateway.file(file))).toString("base64");
        openings.push({ entry: String(log.entries.length), kind, salt: salt.toString("base64"), entryHash, reportId: id });
        log.entries.push(leaf);
      };
      const cover = (): void => {
        const salt = randomBytes(32);
        openings.push({ entry: String(log.entries.length), kind: 3, salt: salt.toString("base64") });
        log.entries.push(sha256(Buffer.from("safeconduct/leaf/v1"), salt, Buffer.of(3), Buffer.alloc(32)));
      };
      cover();
      add(1, receipt.promise, "audited/manifest");
      cover();
      add(2, eventPromise, "audited/events/0001.event");
    });

    function audit(as: string, ...more: string[]): Promise<Run> {
      const target = more.length === 0 ? "/v1/log/openings" : `/v1/log/openings?channel=${more[1]}`;
      log.lies.set(target, JSON.stringify({ openings }));
      return gateway.cli(["log", "audit", ...more, "--json"], { as, gateway: log.url });
    }
    async function alarms(why: RegExp, as = "auditor", ...more: string[]): Promise<void> {
      const { status, stdout, stderr } = await audit(as, ...more);
      assert.equal(status, exits.unverified, stdout + stderr);
      assert.match(JSON.parse(stdout).alarms.join("\n"), why);
    }

    test("an honest log passes", async () => {
      const { status, stdout, stderr } = await audit("auditor");
      assert.equal(status, exits.ok, stdout + stderr);
      const { alarms: none, checkpoint, ...numbers } = JSON.parse(stdout);
      assert.deepEqual(none, []);
      assert.equal(checkpoint, log.checkpoint);
      assert.deepEqual(numbers, { entries: 4, cases: 1, reports: 1, events: 1, covers: 2, erased: 0, elsewhere: 0, waiting: 0 });
    });

    test("what is not in the log yet waits, while it has time", async () => {
      log.entries.pop();
      openings.pop();
      assert.equal(JSON.parse((await audit("auditor")).stdout).waiting, 1);
    });

    test("each way to hide something is an alarm", async () => {
      const [, report, , event] = openings;
      const kept = [...openings];
      openings = kept.filter((each) => each !== event);
      await alarms(/Entry 3 has no opening/);
      openings = kept.map((each) => (each === report ? { entry: "1", kind: 3, salt: report.salt } : each));
      await alarms(/Entry 1 is not what its opening says/);
      openings = [...kept, report];
      await alarms(/Entry 1 is opened twice/);
      openings = kept.map((each) => (each === report ? { entry: "1", kind: 1, reportId: id, erasedBy: event.entryHash } : each));
      await alarms(/Entry 1 is said to be erased with case .* by an event that there is not/);
      openings = kept;
      log.lies.set("/v1/cases", JSON.stringify({ cases: [] }));
      await alarms(/which is not among the cases: it is hidden/);
    });

    test("intake audits its channel, and cannot audit the rest", async () => {
      openings = openings.filter((each) => each.kind !== 3);
      assert.equal((await audit("intake", "--channel", "conduct")).status, exits.ok);
      openings.shift(); // the report's: as far as is known, it is not in the log yet
      assert.equal(JSON.parse((await audit("intake", "--channel", "conduct")).stdout).waiting, 1);
      openings[0].salt = randomBytes(32).toString("base64");
      await alarms(/Entry 3 is not what its opening says/, "intake", "--channel", "conduct");
      await gateway.fails(["log", "audit"], exits.usage, { as: "intake", gateway: log.url });
    });
  });
});

describe("the real log", () => {
  let gateway: TestGateway;
  let office: Office;
  let receipt: Receipt;
  before(async () => {
    gateway = await TestGateway.start({ logInterval: 2 });
    office = new Office(gateway);
    receipt = await office.submit(["--keep-proof", gateway.file("proof.json")]);
    await inLog(receipt);
  });
  after(() => gateway?.dispose());

  function inLog(of: Receipt): Promise<any> {
    return poll(`${of.report_id} in the log`, async () => {
      const read = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(of)]);
      return read.log.state === "in_log" ? read : undefined;
    });
  }
  const audit = (as: string, ...more: string[]): Promise<any> => gateway.json(["log", "audit", ...more], { as });
  /** Audited once nothing waits any more. */
  const settled = (as: string, ...more: string[]): Promise<any> =>
    poll("everything in the log", async () => {
      const said = await audit(as, ...more);
      return said.waiting === 0 ? said : undefined;
    });

  test("a reporter gets a receipt that is verified offline, and so does an export", async () => {
    const saved = gateway.file("saved-receipt.txt");
    const read = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(receipt), "--save-receipt", saved]);
    assert.equal(readFileSync(saved, "utf8"), read.receipt);
    await gateway.json(["case", "export", receipt.report_id, "--out", gateway.file("exported")], { as: "intake" });
    const { verified, entry } = await gateway.json(["log", "verify", "--receipt", saved, "--report", gateway.file("exported/manifest")]);
    assert.deepEqual([verified, entry], [true, read.log.entry]);
    const verifiedExport = await gateway.json(["custody", "verify", gateway.file("exported")]);
    assert.deepEqual([verifiedExport.log_entry, verifiedExport.events, verifiedExport.proven_events], [entry, 0, 0]);
    const kept = await gateway.json(["log", "verify", "--proof-file", gateway.file("proof.json")]);
    assert.deepEqual([kept.state, kept.entry], ["in_log", entry]);
  });

  test("a monitor follows it", async () => {
    const state = gateway.file("monitor.state");
    for (let round = 0; round < 2; ++round) {
      const { status, stdout, stderr } = await gateway.cli(["log", "monitor", "--once", "--state", state, "--json"]);
      assert.equal(status, exits.ok, stdout + stderr);
    }
  });

  test("an auditor and an intake officer find everything in its place, also after an erasure", async () => {
    await gateway.json(["case", "status", receipt.report_id, "acknowledged"], { as: "intake" });
    const erased = await office.submit();
    await inLog(erased);
    for (const [as, ...more] of [["auditor"], ["intake", "--channel", "conduct"]] as const) {
      const said = await settled(as, ...more);
      assert.deepEqual([said.alarms, said.reports, said.events, said.erased], [[], 2, 1, 0]);
    }
    await gateway.json(["case", "status", erased.report_id, "closed"], { as: "intake" });
    await gateway.json(["case", "erase", erased.report_id, "--yes"], { as: "intake-2" });
    const said = await settled("auditor");
    assert.deepEqual([said.alarms, said.reports, said.events, said.erased], [[], 1, 2, 2]);
    const read = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(erased)]);
    assert.deepEqual([read.erased, read.log.state], [true, "erased"]);
  });

  test("an export has a proof for each event, as far as the log has it", async () => {
    const folder = gateway.file("proven");
    const of = await office.submit();
    const events: any[] = [];
    for (const status of ["acknowledged", "in-assessment"]) {
      events.push(await gateway.json(["case", "status", of.report_id, status], { as: "intake" }));
    }
    const exported = await poll("both events in the log", async () => {
      const said = await gateway.json(["case", "export", of.report_id, "--out", folder, "--force"], { as: "intake" });
      return said.unproven === 0 ? said : undefined;
    });
    assert.equal(exported.proofs, 2);
    const said = await gateway.json(["custody", "verify", folder]);
    assert.deepEqual([said.events, said.proven_events], [2, 2]);
    const signer = Signer.of(gateway.key("investigator"));
    assert.equal((await get(gateway, `/v1/cases/${of.report_id}/proofs`, signer)).status, 404, "he does not see the case");

    // One event's proof is not another's.
    const [first, second] = ["events/0001-proof.txt", "events/0002-proof.txt"].map((name) => `${folder}/${name}`);
    const [own, other] = [readFileSync(first!, "utf8"), readFileSync(second!, "utf8")];
    writeFileSync(first!, other);
    const { message } = await gateway.fails(["custody", "verify", folder], exits.unverified);
    assert.match(message, /events\/0001-proof\.txt does not prove/);
    writeFileSync(first!, own);
    // Exports of before had none.
    rmSync(second!);
    assert.match((await gateway.cli(["custody", "verify", folder])).stdout, /1 of 2 events are in the log/);
    rmSync(first!);
    const without = await gateway.cli(["custody", "verify", folder]);
    assert.equal(without.status, exits.ok, without.stderr);
    assert.match(without.stdout, /carries no proofs/);
  });
});
