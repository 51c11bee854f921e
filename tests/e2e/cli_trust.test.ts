// What the command line trusts, and what it refuses: charters, keys, receipt codes, arguments.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { ageFolder, exits, program, run, TestGateway } from "./harness.ts";
import { answers, filesBelow, modeOf, narrative, Office, type Receipt } from "./office.ts";
import { LyingGateway } from "./proxies.ts";

let gateway: TestGateway;
let office: Office;
before(async () => {
  gateway = await TestGateway.start();
  office = new Office(gateway);
});
after(async () => {
  await gateway?.dispose();
});

describe("a charter that is not to be trusted", () => {
  let lying: LyingGateway;
  let good: string;
  before(async () => {
    lying = await LyingGateway.start(gateway);
    good = readFileSync(gateway.file("charter.note"), "utf8");
  });
  after(() => lying.stop());

  async function draft(change: (draft: any) => void): Promise<string> {
    const json = JSON.parse(readFileSync(gateway.file("charter.json"), "utf8"));
    change(json);
    const path = office.write(`draft-${randomBytes(4).toString("hex")}.json`, JSON.stringify(json));
    await gateway.sign(path);
    return readFileSync(path.replace(/json$/, "note"), "utf8");
  }

  async function refused(note: string, extra: { env?: Record<string, string> } = {}): Promise<string> {
    lying.note = note;
    lying.requests.length = 0;
    const error = await gateway.fails(
      [...office.report("x"), "--attach", gateway.file("report.txt")],
      exits.unverified,
      { gateway: lying.url, ...extra },
    );
    await gateway.fails(["case", "list"], exits.unverified, { as: "intake", gateway: lying.url, ...extra });
    assert.deepEqual(lying.requests, [], "something was sent all the same");
    return error.message;
  }

  test("control: the true charter passes through the same way", async () => {
    lying.note = good;
    await gateway.json(office.report("x"), { gateway: lying.url });
    assert.ok(lying.requests.includes("POST /v1/reports"));
  });

  test("tampered: any changed line", async () => {
    const lines = good.split("\n");
    for (const index of [0, 1, 2, 3]) {
      const changed = [...lines];
      const line = changed[index]!;
      changed[index] = (line.startsWith("1") ? "2" : line.startsWith("C") ? "D" : "x") + line.slice(1);
      assert.notEqual(changed[index], line);
      assert.match(await refused(changed.join("\n")), /does not verify/);
    }
  });

  test("signed by too few root keys", async () => {
    const lines = good.trimEnd().split("\n");
    assert.match(await refused(`${lines.slice(0, -1).join("\n")}\n`), /too few/);
  });

  test("one root key's signature twice counts once", async () => {
    const lines = good.trimEnd().split("\n");
    await refused(`${[...lines.slice(0, -1), lines.at(-2)].join("\n")}\n`);
  });

  test("expired", async () => {
    const note = await draft((json) => (json.expires = "2020-01-01T00:00:00Z"));
    assert.match(await refused(note), /expired/);
  });

  test("of another origin", async () => {
    await refused(await draft((json) => (json.origin = "elsewhere.localhost")));
  });

  test("not a note at all", async () => {
    for (const note of ["", "hello\n", good.slice(0, 100)]) await refused(note);
  });

  test("rolled back: an older version than one that was seen", async () => {
    const home = { HOME: gateway.file("rollback-home") };
    mkdirSync(home.HOME);
    lying.note = await draft((json) => (json.version = 2));
    // The charter is good, so it is remembered; the gateway behind it knows no such address.
    await gateway.fails(["case", "list"], exits.refused, { as: "intake", gateway: lying.url, env: home });
    const state = join(home.HOME, ".local/state/safeconduct/charter-versions");
    assert.match(readFileSync(state, "utf8"), /^2 charter\.test\.localhost [A-Za-z0-9+/=]+\n$/);
    assert.equal(modeOf(state), "600");
    assert.match(await refused(good, { env: home }), /version 1 .* version 2 has been seen/);
  });

  test("rolled back: below the version that the trust file demands", async () => {
    const trust = readFileSync(gateway.file("trust.txt"), "utf8");
    const stricter = office.write("trust-2.txt", trust.replace("charter.test.localhost 1", "charter.test.localhost 2"));
    const { status, stderr } = await run(program, ["--gateway", gateway.url, "--ca", gateway.file("ca.pem"), "charter", "show"], {
      env: gateway.environment({ SAFECONDUCT_TRUST: stricter }),
    });
    assert.equal(status, exits.unverified);
    assert.match(stderr, /below the minimum/);
  });

  test("a reporter's computer remembers nothing, unless asked to", async () => {
    const home = { HOME: gateway.file("reporter-home") };
    mkdirSync(home.HOME);
    const report = office.report("x");
    const receipt = await gateway.json<Receipt>(report, { env: home });
    await gateway.json(["mailbox", "read"], { env: home, input: receipt.code_words });
    assert.deepEqual(readdirSync(home.HOME), []);
    await gateway.json([...report, "--remember"], { env: home });
    assert.equal(filesBelow(home.HOME).length, 1);
  });
});

describe("keys and codes", () => {
  let receipt: Receipt;
  before(async () => {
    receipt = await office.submit();
    await gateway.makeKey("stranger");
  });

  test("a key that the charter does not name", async () => {
    const error = await gateway.fails(["case", "open", receipt.report_id], exits.key, { as: "stranger" });
    assert.match(error.message, /no holder/);
    assert.ok(error.hint);
  });

  test("a key file that is absent, is none, or is of the classic kind", async () => {
    await gateway.fails(["case", "list"], exits.key, { as: "absent" });
    office.write("nonsense.key", "not a key\n");
    await gateway.fails(["case", "list"], exits.key, { as: "nonsense" });
    const { stdout } = await run(join(ageFolder, "age-keygen"), []);
    office.write("classic.key", stdout);
    await gateway.fails(["case", "list"], exits.key, { as: "classic" });
  });

  test("a key that age-keygen made is as good as one of ours", async () => {
    const { stdout } = await run(join(ageFolder, "age-keygen"), ["-pq"]);
    office.write("keygen.key", stdout);
    const shown = await gateway.json(["identity", "show"], { as: "keygen" });
    const [, recipient] = /public key: (age1pq1\S+)/.exec(stdout) ?? [];
    assert.equal(shown.recipient, recipient);
    const own = await gateway.json(["identity", "show"], { as: "intake" });
    const derived = await run(join(ageFolder, "age-keygen"), ["-y", gateway.key("intake")]);
    assert.equal(derived.stdout.trim(), own.recipient);
  });

  test("a key file is private and is never written over", async () => {
    assert.equal(modeOf(gateway.key("intake")), "600");
    const was = readFileSync(gateway.key("intake"), "utf8");
    await gateway.fails(["identity", "new", "--out", gateway.key("intake")], exits.refused);
    assert.equal(readFileSync(gateway.key("intake"), "utf8"), was);
    symlinkSync(gateway.file("nowhere"), gateway.file("link.key"));
    await gateway.fails(["identity", "new", "--out", gateway.file("link.key")], exits.refused);
    assert.ok(!existsSync(gateway.file("nowhere")));
  });

  test("a key file that others may read is warned about", async () => {
    copyFileSync(gateway.key("intake"), gateway.key("open"));
    await run("chmod", ["644", gateway.key("open")]);
    const { status, stderr } = await gateway.cli(["case", "list"], { as: "open" });
    assert.equal(status, 0);
    assert.match(stderr, /warning: .*chmod 600/);
  });

  test("a key may be wrapped in a passphrase", async () => {
    const passphrase = office.write("passphrase", "correct horse\nnot this\n");
    const wrong = office.write("wrong-passphrase", "correct house\n");
    const env = { SAFECONDUCT_PASSPHRASE_FILE: passphrase };
    const made = await gateway.json(["identity", "new", "--out", gateway.key("wrapped"), "--passphrase"], { env });
    assert.match(readFileSync(gateway.key("wrapped"), "utf8"), /^-----BEGIN AGE ENCRYPTED FILE-----/);
    const shown = await gateway.json(["identity", "show"], { as: "wrapped", env });
    assert.equal(shown.recipient, made.recipient);
    const error = await gateway.fails(["identity", "show"], exits.key, { as: "wrapped", env: { SAFECONDUCT_PASSPHRASE_FILE: wrong } });
    assert.match(error.hint ?? "", /not the right one/);
    const without = await run("setsid", ["--wait", program, "identity", "show", "--identity", gateway.key("wrapped")], { env: gateway.environment() });
    assert.equal(without.status, exits.key);
    assert.match(without.stderr, /SAFECONDUCT_PASSPHRASE_FILE/);
  });

  test("the code is read from a file or standard input, and never from the command line", async () => {
    assert.equal((await gateway.json(["mailbox", "read"], { input: receipt.code_words.toUpperCase() })).report_id, receipt.report_id);
    assert.equal((await gateway.json(["mailbox", "read", "--code-file", "-"], { input: receipt.code_digits })).report_id, receipt.report_id);
    await gateway.fails(["mailbox", "read", "--code", receipt.code_words], exits.usage);
    await gateway.fails(["mailbox", "read", receipt.code_words], exits.usage);
    await gateway.fails(["mailbox", "reply", "--text", "-"], exits.usage, { input: "x" });
  });

  test("a mistyped code is pointed at; one that opens nothing is absent", async () => {
    const groups = receipt.code_digits.split(" ");
    groups[3] = groups[3]!.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
    const error = await gateway.fails(["mailbox", "read"], exits.usage, { input: groups.join(" ") });
    assert.match(error.message, /group 4/);
    await gateway.fails(["mailbox", "read"], exits.refused, { input: "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about" });
  });
});

describe("what fails says so by its exit code and a hint", () => {
  test("a case that is not there, or whose id is none", async () => {
    const absent = await gateway.fails(["case", "open", "0".repeat(32)], exits.refused, { as: "intake" });
    assert.ok(absent.hint);
    await gateway.fails(["case", "open", "xyz"], exits.usage, { as: "intake" });
  });

  test("a channel, a question or an option that is not there; a required answer that is missing", async () => {
    const text = office.write("report.txt", "x");
    const attempt = (given: object, channel = "conduct", exit: number = exits.usage) =>
      gateway.fails(["report", "submit", "--channel", channel, "--text", text, "--answers", office.write("answers.json", JSON.stringify(given))], exit);
    await attempt(answers, "nowhere", exits.refused);
    assert.match((await attempt({ ...answers, triage: { ...answers.triage, colour: "red" } })).message, /colour/);
    assert.match((await attempt({ ...answers, triage: { ...answers.triage, kind: "murder" } })).message, /murder/);
    assert.match((await attempt({ ...answers, triage: { ...answers.triage, "your-name": "A" } })).message, /your-name/);
    assert.match((await attempt({ ...answers, triage: {} })).message, /danger-now/);
  });

  test("nothing to report, or a file that is not there", async () => {
    await gateway.fails(["report", "submit", "--channel", "conduct"], exits.usage);
    await gateway.fails(["report", "submit", "--channel", "conduct", "--text", "/nowhere"], exits.usage);
    await gateway.fails(["report", "submit", "--channel", "conduct", "--text", "-", "--attach", gateway.folder], exits.usage, { input: "x" });
  });

  test("no gateway there", async () => {
    const error = await gateway.fails(["case", "list"], exits.network, { as: "intake", gateway: "https://localhost:1" });
    assert.ok(error.hint);
  });

  test("a certificate that does not verify", async () => {
    const { status, stderr } = await run(
      program,
      ["--gateway", gateway.url, "--trust", gateway.file("trust.txt"), "--json", "charter", "show"],
      { env: gateway.environment() },
    );
    assert.equal(status, exits.unverified, stderr);
    assert.match(stderr, /certificate/);
  });

  test("plain http, and an onion address without Tor", async () => {
    await gateway.fails(["charter", "show"], exits.usage, { gateway: `http://localhost:${gateway.port}` });
    await gateway.fails(["charter", "show"], exits.usage, { gateway: "http://abcdefgh.onion" });
  });

  test("what standard output did not take is an error", async () => {
    const { status, stderr } = await run("sh", ["-c", `"$0" charter show charter.note >/dev/full`, program], {
      env: gateway.environment(),
      cwd: gateway.folder,
    });
    assert.equal(status, exits.local);
    assert.match(stderr, /standard output/);
  });
});

describe("charters", () => {
  test("a draft refuses what makes no sense, and says what", async () => {
    copyFileSync(gateway.file("charter.json"), gateway.file("copy.json"));
    const card = JSON.stringify(await gateway.json(["identity", "show"], { as: "stranger" }));
    const add = (label: string, role: string) => ["charter", "add-holder", "copy.json", "--label", label, "--organisation", "O", "--role", role, "--keys", "-"];
    await gateway.fails(add("intake", "intake"), exits.refused, { input: card });
    await gateway.fails(add("new", "king"), exits.usage, { input: card });
    await gateway.fails(add("new", "intake"), exits.usage, { input: "{}" });
    await gateway.fails(["charter", "sign", "copy.json"], exits.key, { as: "intake" });
    await gateway.json(add("Mister X", "intake"), { input: card });
    const error = await gateway.fails(["charter", "sign", "copy.json"], exits.usage, { as: "root-1" });
    assert.match(`${error.message} ${error.field}`, /label/);
  });

  test("new root keys take over by the charter that names them", async () => {
    const other = await TestGateway.start({ publish: true });
    try {
      for (const name of ["root-4", "root-5"]) await other.makeKey(name);
      const vkeys = [await other.vkey("root-4", "root-4.test.localhost"), await other.vkey("root-5", "root-5.test.localhost")];
      await other.json([
        ...["charter", "new", "--next", "charter.note", "--out", "handover.json", "--trust-out", "trust-after.txt"],
        ...["--root", vkeys[0]!, "--root", vkeys[1]!, "--threshold", "2"],
      ]);
      await other.sign("handover.json");
      await other.publish("handover.note");

      const after = { SAFECONDUCT_TRUST: other.file("trust-after.txt") };
      const newly = (args: string[], extra: string[] = []) =>
        run(program, ["--ca", other.file("ca.pem"), "--gateway", other.url, "--json", ...args, ...extra], { env: other.environment(after), cwd: other.folder });
      // The trust file after the handover takes the charters after it, and not the one before.
      assert.equal((await newly(["charter", "show"])).status, exits.unverified);
      await other.json(["charter", "new", "--next", "handover.note", "--out", "third.json"]);
      for (const root of ["root-4", "root-5"]) {
        const signed = await newly(["charter", "sign", "third.json", "--identity", other.key(root)]);
        assert.equal(signed.status, 0, signed.stderr);
      }
      await other.fails(["charter", "verify", "third.note"], exits.unverified);
      assert.equal((await other.json(["charter", "verify", "third.note", "--after", "handover.note"])).version, 3);
      await other.publish("third.note"); // the old trust file and the charter before it suffice
      const shown = await newly(["charter", "show"]);
      assert.equal(shown.status, 0, shown.stderr);
      assert.equal(JSON.parse(shown.stdout).version, 3);
    } finally {
      await other.dispose();
    }
  });

  test("a draft that changed after it was signed is not signed into the same note", async () => {
    copyFileSync(gateway.file("charter.json"), gateway.file("changing.json"));
    await gateway.json(["charter", "sign", "changing.json"], { as: "root-1" });
    const draft = JSON.parse(readFileSync(gateway.file("changing.json"), "utf8"));
    draft.expires = "2099-01-01T00:00:00Z";
    office.write("changing.json", JSON.stringify(draft));
    await gateway.fails(["charter", "sign", "changing.json"], exits.refused, { as: "root-2" });
  });

  test("the next version is made, signed and put into force; then reports are sealed under it", async () => {
    await gateway.json(["charter", "new", "--next", "charter.note", "--out", "next.json"]);
    const card = await gateway.makeKey("intake-3");
    await gateway.json(
      ["charter", "add-holder", "next.json", "--label", "intake-3", "--organisation", "Conduct and Discipline Team", "--role", "intake", "--keys", "-"],
      { input: card },
    );
    await gateway.json(["charter", "sign", "next.json"], { as: "root-3" });
    await gateway.fails(["charter", "publish", "next.note"], exits.unverified);
    await gateway.json(["charter", "sign", "next.note"], { as: "root-1" });
    const verified = await gateway.json(["charter", "verify", "next.note"]);
    assert.equal(verified.version, 2);
    await gateway.publish("next.note");
    assert.equal((await gateway.json(["charter", "publish", "next.note"])).already_there, true);
    assert.equal((await gateway.json(["charter", "show"])).version, 2);

    const receipt = await office.submit();
    const opened = await gateway.json(["case", "open", receipt.report_id], { as: "intake-3" });
    assert.equal(opened.account.narrative, narrative);
    // The old version is no longer taken.
    await gateway.fails(["charter", "publish", "charter.note"], exits.refused);
  });
});
