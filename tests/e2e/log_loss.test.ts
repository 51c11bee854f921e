// After a loss: an older backup is all that is left. Under the old log the gateway does not start; a charter that
// names a new log and the old one's last checkpoint goes on. What was kept is in the new log, what was lost is shown
// to be; reporters, auditors and monitors are told so by the real programs.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { get, program } from "./calls.ts";
import { exits, program as cli, run, type Run, TestGateway } from "./harness.ts";
import { Office, type Receipt } from "./office.ts";
import { poll } from "./support/poll.ts";

const storeLost = 4; // exit codes of safeconduct-gateway
const wrongFiles = 3;

describe("a gateway whose disk is lost", () => {
  let gateway: TestGateway;
  let office: Office;
  let kept: Receipt;
  let waiting: Receipt; // accepted right before the backup, and likely not in the log then
  let lost: Receipt;
  let early: string; // a checkpoint of the old log
  let newLog: string;
  const state = (): string => gateway.file("monitor.state");
  const mark = (): string => gateway.file("store.high-water-reports");

  before(async () => {
    gateway = await TestGateway.start({ logInterval: 4 });
    office = new Office(gateway);
  });
  after(() => gateway?.dispose());

  const stateOf = async (of: Receipt): Promise<any> =>
    (await gateway.json(["mailbox", "read", "--code-file", office.codeFile(of), "--save-receipt", gateway.file(`${of.report_id}.receipt`)])).log;
  const inLog = (of: Receipt): Promise<any> =>
    poll(`${of.report_id} in the log`, async () => {
      rmSync(gateway.file(`${of.report_id}.receipt`), { force: true });
      const { log } = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(of)]);
      return log.state === "in_log" ? log : undefined;
    });
  const checkpoint = async (): Promise<string> => (await get(gateway, "/log/checkpoint")).body.toString("utf8");
  const take = (note: string): Promise<Run> => program(gateway, "take-charter", "--charter", gateway.file(note));

  /** A draft after `from`, edited, signed. */
  async function charter(name: string, from: string, ...edits: string[][]): Promise<void> {
    await gateway.json(["charter", "new", "--next", gateway.file(from), "--out", gateway.file(`${name}.json`)]);
    for (const edit of edits) await gateway.json(["charter", ...edit]);
    await gateway.sign(gateway.file(`${name}.json`));
  }
  const retire = (draft: string, last: string, ...more: string[]): string[] =>
    ["retire-log", gateway.file(`${draft}.json`), "--log", newLog, "--last-checkpoint", last, ...more];

  test("a backup is made, and more comes after it", async () => {
    early = await checkpoint();
    kept = await office.submit(["--keep-proof", gateway.file("kept.json")]);
    await inLog(kept);
    waiting = await office.submit();
    assert.equal((await program(gateway, "backup", "--to", gateway.file("backup"))).status, 0);
    lost = await office.submit(["--keep-proof", gateway.file("lost.json")]);
    await inLog(lost);
    await stateOf(lost);
    await charter("charter-2", "charter.note");
    await gateway.publish("charter-2.note");
    assert.equal((await gateway.cli(["log", "monitor", "--once", "--state", state()])).status, exits.ok);
    await gateway.kill();
    rmSync(gateway.file("store"), { recursive: true });
    assert.equal((await program(gateway, "restore", "--from", gateway.file("backup"))).status, 0);
  });

  test("it does not start under the old log, and says what to do", async () => {
    const refused = await program(gateway, "serve");
    assert.equal(refused.status, storeLost, refused.stderr);
    assert.match(refused.stderr, /the store has 1 entries, and 2 were published/);
    assert.match(refused.stderr, /After a loss/);
  });

  test("charters that were published go on being what they were", async () => {
    await gateway.makeKey("log-2");
    newLog = await gateway.vkey("log-2", "log-2.test.localhost");
    copyFileSync(mark(), gateway.file("last-checkpoint"));
    await charter("charter-3", "charter-2.note", retire("charter-3", gateway.file("last-checkpoint"), "--trust-out", gateway.file("trust-2.txt")));
    // Not before the one that the store lost, nor another one in its place.
    const early3 = await take("charter-3.note");
    assert.equal(early3.status, wrongFiles, early3.stderr);
    assert.match(early3.stderr, /the charter's version is not the next one/);
    await gateway.json(["charter", "new", "--next", gateway.file("charter.note"), "--days", "20", "--out", gateway.file("other-2.json")]);
    await gateway.sign(gateway.file("other-2.json"));
    const other = await take("other-2.note");
    assert.equal(other.status, storeLost, other.stderr);
    assert.match(other.stderr, /are not those that were published/);

    for (let times = 0; times < 2; ++times) {
      const taken = await take("charter-2.note");
      assert.equal(taken.status, 0, taken.stderr);
    }
    const behind = await program(gateway, "serve");
    assert.equal(behind.status, storeLost, behind.stderr);
    assert.match(behind.stderr, /the report log/);
  });

  test("a wrong charter is refused", async () => {
    const refused = async (name: string, why: RegExp): Promise<void> => {
      const { status, stderr } = await take(`${name}.note`);
      assert.notEqual(status, 0, stderr);
      assert.match(stderr, why);
    };
    // With the key of the old log.
    await refused("charter-3", /the log key file is not the key of the log that this charter names/);
    const config = readFileSync(gateway.file("gateway.toml"), "utf8").replace('key_file = "log.key"', 'key_file = "log-2.key"');
    writeFileSync(gateway.file("gateway.toml"), config);
    // An older checkpoint than the last.
    writeFileSync(gateway.file("early"), early);
    await charter("older", "charter-2.note", retire("older", gateway.file("early")));
    await refused("older", /has published more than its last checkpoint/);
    // The old log forgotten.
    await charter("forgetful", "charter-2.note");
    const draft = JSON.parse(readFileSync(gateway.file("forgetful.json"), "utf8"));
    draft.charter.logs = [{ vkey: newLog, intervalSeconds: 2 }];
    writeFileSync(gateway.file("forgetful-2.json"), JSON.stringify(draft));
    await gateway.sign(gateway.file("forgetful-2.json"));
    await refused("forgetful-2", /a log of the charter before is missing/);
    // Without the old log's signature: no root gets that far.
    writeFileSync(gateway.file("foreign"), early.replace(/— \S+ /g, "— log-2.test.localhost "));
    await gateway.json(["charter", "new", "--next", gateway.file("charter-2.note"), "--out", gateway.file("foreign.json")]);
    await gateway.fails(["charter", ...retire("foreign", gateway.file("foreign"))], exits.unverified);
    draft.charter.logs.push({ vkey: await gateway.vkey("log", "log.test.localhost"), intervalSeconds: 2 });
    writeFileSync(gateway.file("unsigned.json"), JSON.stringify(draft));
    await gateway.fails(["charter", "sign", gateway.file("unsigned.json")], exits.usage, { as: "root-1" });
    // A log that ended is not begun again.
    const oldLog = await gateway.vkey("log", "log.test.localhost");
    const again = ["retire-log", gateway.file("foreign.json"), "--log", oldLog, "--last-checkpoint", gateway.file("last-checkpoint")];
    await gateway.fails(["charter", ...again], exits.usage);
  });

  test("the right one goes on, whenever it is killed", async () => {
    for (let times = 0; times < 2; ++times) {
      const taken = await take("charter-3.note");
      assert.equal(taken.status, 0, taken.stderr);
    }
    copyFileSync(gateway.file("trust.txt"), gateway.file("trust-1.txt"));
    copyFileSync(gateway.file("trust-2.txt"), gateway.file("trust.txt"));
    await gateway.serve();
    await gateway.kill();
    await gateway.serve();
    await gateway.kill();
    await gateway.serve();
    assert.equal((await gateway.json(["charter", "show"])).version, 3);
    assert.match(await checkpoint(), /^log-2\.test\.localhost\n/);
    const old = await gateway.cli(["charter", "show", "--trust", gateway.file("trust-1.txt")]);
    assert.notEqual(old.status, exits.ok, "an old trust file does not name the new log");
  });

  test("what was kept is in the new log, under the old promises too", async () => {
    for (const each of [kept, waiting]) assert.equal((await inLog(each)).log, "log-2.test.localhost");
    const found = await gateway.json(["log", "verify", "--proof-file", gateway.file("kept.json")]);
    assert.deepEqual([found.state, found.log, found.successor], ["in_log", "log.test.localhost", "log-2.test.localhost"]);
    const more = await office.submit();
    await inLog(more);
    await gateway.json(["case", "status", kept.report_id, "acknowledged"], { as: "intake" });
  });

  test("what was lost is shown to be, with a proof", async () => {
    const { status } = await gateway.cli(["mailbox", "read", "--code-file", office.codeFile(lost)]);
    assert.equal(status, exits.refused);
    const broken = await poll("the promise's time is over", async () => {
      const said = await gateway.cli(["log", "verify", "--proof-file", gateway.file("lost.json"), "--out", gateway.file("evidence.txt"), "--json"]);
      return said.status === exits.unverified ? said : undefined;
    });
    assert.equal(JSON.parse(broken.stdout).state, "broken");
    const evidence = readFileSync(gateway.file("evidence.txt"), "utf8");
    const last = readFileSync(gateway.file("last-checkpoint"), "utf8");
    for (const part of [lost.promise, last, newLog]) assert.ok(evidence.includes(part), part);
    // Its receipt, of the log that has ended, proves still that it had been accepted.
    const { report } = JSON.parse(readFileSync(gateway.file("lost.json"), "utf8"));
    writeFileSync(gateway.file("lost.sealed"), Buffer.from(report, "base64"));
    const offline = ["--trust", gateway.file("trust.txt"), "log", "verify", "--receipt", gateway.file(`${lost.report_id}.receipt`)];
    const proven = await run(cli, [...offline, "--report", gateway.file("lost.sealed"), "--json"], { env: gateway.environment() });
    assert.equal(proven.status, exits.ok, proven.stderr);
    assert.equal(JSON.parse(proven.stdout).log, "log.test.localhost");
  });

  test("an auditor finds everything that is there in the new log", async () => {
    const said = await poll("everything in the log", async () => {
      const audited = await gateway.json(["log", "audit"], { as: "auditor" });
      return audited.waiting === 0 ? audited : undefined;
    });
    assert.deepEqual([said.alarms, said.reports, said.events], [[], 3, 1]);
    assert.equal((await program(gateway, "verify")).status, 0);
  });

  test("a monitor says that the log was ended, and raises alarm when it had shown more", async () => {
    const before = readFileSync(state(), "utf8");
    const seen = await gateway.cli(["log", "monitor", "--once", "--state", state(), "--json"]);
    assert.equal(seen.status, exits.ok, seen.stdout + seen.stderr);
    const lines = seen.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const ended = lines.find((line) => line.retired !== undefined);
    assert.deepEqual([ended.retired, ended.log], ["log.test.localhost", "log-2.test.localhost"]);
    assert.ok(lines.some((line) => line.log === "log-2.test.localhost" && line.size > 0));
    const again = await gateway.cli(["log", "monitor", "--once", "--state", state(), "--json"]);
    assert.ok(!again.stdout.includes("retired"), "said once");

    for (const [change, why] of [[(size: number) => size + 64, /and had shown/], [(size: number) => size, /not those that it had shown/]] as const) {
      const last = readFileSync(gateway.file("last-checkpoint"), "utf8").split("\n");
      const made = [last[0], String(change(Number(last[1]))), Buffer.alloc(32, 7).toString("base64"), ...last.slice(3)].join("\n");
      const other = before.replace(/^(log\.test\.localhost \d+) \S+/m, `$1 ${Buffer.from(made).toString("base64")}`);
      assert.notEqual(other, before);
      writeFileSync(gateway.file("other.state"), other);
      const alarm = await gateway.cli(["log", "monitor", "--once", "--state", gateway.file("other.state"), "--json"]);
      assert.equal(alarm.status, exits.unverified, alarm.stdout + alarm.stderr);
      assert.match(alarm.stderr, why);
      const file = `${gateway.file("other.state")}.fork-1`;
      assert.ok(existsSync(file));
      rmSync(file);
    }
  });

  test("a store from before the new log is refused, and goes on once the charters are there again under another", async () => {
    await gateway.kill();
    rmSync(gateway.file("store"), { recursive: true });
    assert.equal((await program(gateway, "restore", "--from", gateway.file("backup"))).status, 0);
    for (const note of ["charter-2.note", "charter-3.note"]) assert.equal((await take(note)).status, 0);
    const refused = await program(gateway, "serve");
    assert.equal(refused.status, storeLost, refused.stderr);
    assert.match(refused.stderr, /the store has 0 entries, and \d+ were published/);
    await gateway.makeKey("log-3");
    newLog = await gateway.vkey("log-3", "log-3.test.localhost");
    copyFileSync(mark(), gateway.file("last-2"));
    await charter("charter-4", "charter-3.note", retire("charter-4", gateway.file("last-2"), "--trust-out", gateway.file("trust-3.txt")));
    const config = readFileSync(gateway.file("gateway.toml"), "utf8").replace('"log-2.key"', '"log-3.key"');
    writeFileSync(gateway.file("gateway.toml"), config);
    const taken = await take("charter-4.note");
    assert.equal(taken.status, 0, taken.stderr);
    copyFileSync(gateway.file("trust-3.txt"), gateway.file("trust.txt"));
    await gateway.serve();
    for (const each of [kept, waiting]) assert.equal((await inLog(each)).log, "log-3.test.localhost");
    const found = await gateway.json(["log", "verify", "--proof-file", gateway.file("kept.json")]);
    assert.deepEqual([found.state, found.successor], ["in_log", "log-3.test.localhost"]);
    const seen = await gateway.cli(["log", "monitor", "--once", "--state", state(), "--json"]);
    assert.equal(seen.status, exits.ok, seen.stdout + seen.stderr);
  });
});
