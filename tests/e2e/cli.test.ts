// The whole path of a report by the command line against the real gateway: sealed, sent, opened,
// answered, read, exported, opened again by the age program; and everything that has to be refused.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { ageFolder, exits, freePorts, program, type Run, run, TestGateway } from "./harness.ts";
import { CuttingProxy, LyingGateway } from "./proxies.ts";

interface Receipt {
  readonly report_id: string;
  readonly code_words: string;
  readonly code_digits: string;
  readonly promise: string;
}

let gateway: TestGateway;
let proxyPort: number; // signatures for the gateway may name it
before(async () => {
  [proxyPort] = (await freePorts(1)) as [number];
  gateway = await TestGateway.start({ origins: [`https://localhost:${proxyPort}`] });
});
after(async () => {
  await gateway?.dispose();
});

const narrative = "Zwei Männer, un camion blanc, شاحنة بيضاء.\nSecond line.\n";
const answers = {
  language: "en",
  consent: { contact: true, support_services: true, investigators: false, national_authorities: false },
  triage: { "danger-now": false, kind: "fraud", area: "port", needs: ["legal", "food"] },
  account: { vehicle: "white lorry", when: "in May" },
  identity: { "your-name": "Amina", "your-contact": "the clinic" },
};
const photo = randomBytes(3 * 1024 * 1024 + 12_345);

function write(name: string, content: string | Uint8Array): string {
  const path = gateway.file(name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function submit(extra: readonly string[] = [], consent: object = answers.consent): Promise<Receipt> {
  const text = write("report.txt", narrative);
  const file = write("answers.json", JSON.stringify({ ...answers, consent }));
  return gateway.json<Receipt>(["report", "submit", "--channel", "conduct", "--text", text, "--answers", file, ...extra]);
}

function codeFile(receipt: Receipt, form: "code_words" | "code_digits" = "code_words"): string {
  return write(`${receipt.report_id}.${form}`, `${receipt[form]}\n`);
}

async function ageDecrypt(file: string, holder: string): Promise<Buffer> {
  const out = `${file}.opened-by-${holder}`;
  const { status, stderr } = await run(join(ageFolder, "age"), ["-d", "-i", gateway.key(holder), "-o", out, file]);
  assert.equal(status, 0, stderr);
  return readFileSync(out);
}

describe("the whole path", () => {
  let receipt: Receipt;
  const attachments: Record<string, Buffer> = { "photo of him.jpg": photo, "empty.txt": Buffer.alloc(0), "notes.txt": Buffer.from("short") };

  test("a report with attachments is accepted, and its receipt has the promised form", async () => {
    for (const [name, content] of Object.entries(attachments)) write(name, content);
    receipt = await submit(["--attach", ...Object.keys(attachments).map((name) => gateway.file(name))]);
    assert.deepEqual(Object.keys(receipt), ["report_id", "code_words", "code_digits", "promise"]);
    assert.match(receipt.report_id, /^[0-9a-f]{32}$/);
    assert.match(receipt.code_words, /^([a-z]+ ){11}[a-z]+$/);
    assert.match(receipt.code_digits, /^(\d{5} ){9}\d{5}$/);
    assert.match(receipt.promise, /^safeconduct\/promise\/v1\nlog\.test\.localhost\n/);
  });

  test("sending it left no file behind but what the user had", () => {
    assert.deepEqual(filesBelow(gateway.file("home")), []);
  });

  test("the assigned holder finds it and sees it verified", async () => {
    const list = await gateway.json(["case", "list", "--channel", "conduct", "--all"], { as: "intake" });
    assert.equal(list.cases.length, 1);
    assert.equal(list.next, "");
    const [found] = list.cases;
    assert.equal(found.report_id, receipt.report_id);
    assert.equal(found.status, "received");
    assert.equal(found.plain, false);
    const shown = await gateway.json(["case", "show", receipt.report_id], { as: "intake" });
    assert.equal(shown.report_verified, true);
    assert.equal(shown.chain_verified, true);
    assert.deepEqual(
      shown.compartments.map((compartment: { name: string }) => compartment.name).filter((name: string) => name !== "identity"),
      ["triage", "account", "attachment-0", "attachment-1", "attachment-2"],
    );
  });

  test("intake opens triage and account, and gets every attachment byte for byte", async () => {
    const folder = gateway.file("opened");
    const opened = await gateway.json(["case", "open", receipt.report_id, "--attachments", folder], { as: "intake" });
    assert.equal(opened.account.narrative, narrative);
    assert.deepEqual(opened.triage.consent, { contact: true, supportServices: true, investigators: false, nationalAuthorities: false });
    assert.deepEqual(opened.triage.answers, [
      { question: "danger-now", values: ["no"] },
      { question: "kind", values: ["fraud"] },
      { question: "area", values: ["port"] },
      { question: "needs", values: ["legal", "food"] },
    ]);
    assert.deepEqual(opened.account.answers.map((answer: { question: string }) => answer.question), ["when", "vehicle"]);
    assert.equal(opened.identity, undefined, "the reporter did not consent to investigators");
    assert.deepEqual(opened.sealed, ["identity"]);
    assert.equal(opened.attachments.length, 3);
    assert.equal(modeOf(folder), "700");
    for (const saved of opened.attachments) {
      assert.equal(modeOf(saved.file), "600");
      const content = readFileSync(saved.file);
      assert.deepEqual(content, attachments[saved.name], saved.name);
      assert.equal(saved.sha256, sha256(content));
      assert.equal(saved.bytes, content.length);
    }
    assert.deepEqual(readdirSync(folder).sort(), ["attachment-0-photo_of_him.jpg", "attachment-1-empty.txt", "attachment-2-notes.txt"]);
  });

  test("attachments are never written over what is there, unless told so", async () => {
    const folder = gateway.file("opened");
    const victim = join(folder, "attachment-2-notes.txt");
    writeFileSync(victim, "mine");
    await gateway.fails(["case", "open", receipt.report_id, "--attachments", folder], exits.refused, { as: "intake" });
    assert.equal(readFileSync(victim, "utf8"), "mine");
    await gateway.json(["case", "open", receipt.report_id, "--attachments", folder, "--force"], { as: "intake" });
    assert.equal(readFileSync(victim, "utf8"), "short");
  });

  test("each support officer reads who the reporter is, and not what was told", async () => {
    for (const officer of ["support", "support-2"]) {
      const opened = await gateway.json(["case", "open", receipt.report_id], { as: officer });
      assert.deepEqual(opened.identity.answers, [
        { question: "your-name", values: ["Amina"] },
        { question: "your-contact", values: ["the clinic"] },
      ]);
      assert.equal(opened.account, undefined);
      assert.equal(opened.triage, undefined);
    }
  });

  test("an investigator to whom nothing was granted gets nothing", async () => {
    await gateway.fails(["case", "open", receipt.report_id], exits.refused, { as: "investigator" });
    const list = await gateway.json(["case", "list"], { as: "investigator" });
    assert.deepEqual(list.cases, []);
  });

  test("holder and reporter write to each other, and the status follows", async () => {
    const reply = await gateway.json(["case", "reply", receipt.report_id, "--text", "-"], { as: "intake", input: "Where was it?\n" });
    assert.equal(reply.sequence, 1);
    assert.match(reply.promise, /^safeconduct\/promise\/v1\n/);
    await gateway.json(["case", "status", receipt.report_id, "acknowledged"], { as: "intake-2" });

    const code = codeFile(receipt);
    const answer = await gateway.json(["mailbox", "reply", "--code-file", code, "--text", "-"], { input: "At pier 4." });
    assert.equal(answer.sequence, 3);
    assert.equal(answer.report_id, receipt.report_id);

    for (const file of [code, codeFile(receipt, "code_digits")]) {
      const mailbox = await gateway.json(["mailbox", "read", "--code-file", file]);
      assert.equal(mailbox.report_id, receipt.report_id);
      assert.equal(mailbox.channel, "conduct");
      assert.equal(mailbox.status, "acknowledged");
      assert.equal(mailbox.promise, receipt.promise);
      assert.deepEqual(
        mailbox.entries.map((entry: any) => [entry.sequence, entry.author, entry.kind, entry.text ?? entry.status]),
        [
          [1, "intake", "message", "Where was it?\n"],
          [2, "intake-2", "status", "acknowledged"],
          [3, "reporter", "message", "At pier 4."],
        ],
      );
      for (const entry of mailbox.entries) {
        assert.equal(entry.author_known, true);
        assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/, "no minute is told");
      }
    }
    // Every reader of the account reads the conversation.
    for (const holder of ["intake", "intake-2"]) {
      const opened = await gateway.json(["case", "open", receipt.report_id], { as: holder });
      assert.equal(opened.status, "acknowledged");
      assert.deepEqual(opened.entries.map((entry: any) => entry.text ?? entry.status), ["Where was it?\n", "acknowledged", "At pier 4."]);
    }
  });

  test("an auditor sees what was done, and verifies it, without content", async () => {
    const shown = await gateway.json(["case", "show", receipt.report_id], { as: "auditor" });
    assert.equal(shown.report_verified, false);
    assert.equal(shown.chain_verified, true);
    assert.deepEqual(shown.compartments, []);
    assert.deepEqual(shown.chain.map((event: any) => event.what), ["message", "status: acknowledged", "message"]);
    await gateway.fails(["case", "open", receipt.report_id], exits.key, { as: "auditor" });
  });

  test("a holder does not do what is not for the post", async () => {
    await gateway.fails(["case", "status", receipt.report_id, "closed"], exits.refused, { as: "support" });
    await gateway.fails(["case", "reply", receipt.report_id, "--text", "-"], exits.key, { as: "auditor", input: "x" });
    await gateway.fails(["case", "status", receipt.report_id, "received"], exits.usage, { as: "intake" });
  });

  test("an exported case opens with stock age", async () => {
    const folder = gateway.file("export");
    const exported = await gateway.json(["case", "export", receipt.report_id, "--out", folder], { as: "intake" });
    assert.equal(exported.folder, folder);
    assert.deepEqual(exported.files.map((name: string) => join(folder, name)).sort(), filesBelow(folder).sort());
    assert.equal(modeOf(folder), "700");
    assert.equal(modeOf(join(folder, "events")), "700");
    for (const file of filesBelow(folder)) assert.equal(modeOf(file), "600", file);

    const triage = JSON.parse((await ageDecrypt(join(folder, "triage.age"), "intake")).toString());
    assert.equal(triage.language, "en");
    const account = JSON.parse((await ageDecrypt(join(folder, "account.age"), "intake-2")).toString());
    assert.equal(account.narrative, narrative);
    for (const [index, [name, content]] of Object.entries(attachments).entries()) {
      const description = account.attachments[index];
      assert.equal(description.name, name);
      const padded = await ageDecrypt(join(folder, `attachment-${index}.age`), "intake");
      const length = Number(description.bytes ?? 0);
      assert.deepEqual(padded.subarray(0, length), content);
      assert.ok(padded.subarray(length).every((byte) => byte === 0), "padding is zeros");
    }
    const message = JSON.parse((await ageDecrypt(join(folder, "events/0003-message.age"), "intake")).toString());
    assert.equal(message.text, "At pier 4.");

    const manifest = readFileSync(join(folder, "manifest"));
    assert.equal(sha256(manifest).slice(0, 32), receipt.report_id);
    assert.equal(readFileSync(join(folder, "manifest.signature")).length, 64);
    assert.equal(readFileSync(join(folder, "promise.note"), "utf8"), receipt.promise);
    const first = readFileSync(join(folder, "events/0001.event"));
    assert.ok(first.includes(createHash("sha256").update(manifest).digest()), "the chain begins at the manifest");
    const second = readFileSync(join(folder, "events/0002.event"));
    assert.ok(second.includes(createHash("sha256").update(first).digest()));
    assert.match(readFileSync(join(folder, "README.txt"), "utf8"), /age -d -i/);
    const verified = await gateway.json(["charter", "verify", join(folder, "charter.note")]);
    assert.equal(verified.verified, true);
  });

  test("an export does not write over a folder, unless told so", async () => {
    const folder = gateway.file("export");
    await gateway.fails(["case", "export", receipt.report_id, "--out", folder], exits.refused, { as: "intake" });
    await gateway.json(["case", "export", receipt.report_id, "--out", folder, "--force"], { as: "intake" });
  });

  test("it is all still there after the gateway was killed", async () => {
    await gateway.kill();
    await gateway.serve();
    const opened = await gateway.json(["case", "open", receipt.report_id], { as: "intake" });
    assert.equal(opened.account.narrative, narrative);
    assert.equal(opened.entries.length, 3);
  });
});

describe("consent decides who reads identity", () => {
  const yes = true;
  for (const [support, investigators, readers] of [
    [false, false, []],
    [yes, false, ["support"]],
    [false, yes, ["intake"]],
    [yes, yes, ["intake", "support"]],
  ] as const) {
    test(`support services: ${support}, investigators: ${investigators}`, async () => {
      const receipt = await submit([], { support_services: support, investigators });
      const opened = await gateway.cli(["case", "open", receipt.report_id, "--json"], { as: "support" });
      if ((readers as readonly string[]).includes("support")) {
        assert.equal(JSON.parse(opened.stdout).identity.answers[0].values[0], "Amina");
      } else {
        assert.equal(opened.status, exits.key, opened.stderr);
        assert.equal(opened.stdout, "");
      }
      const intake = await gateway.json(["case", "open", receipt.report_id], { as: "intake" });
      assert.equal(intake.identity !== undefined, (readers as readonly string[]).includes("intake"));
    });
  }

  test("someone who gives a name and no consent is told that nobody will read it", async () => {
    const text = write("report.txt", "x");
    const file = write("answers.json", JSON.stringify({ ...answers, consent: {} }));
    const { status, stderr } = await gateway.cli(["report", "submit", "--channel", "conduct", "--text", text, "--answers", file]);
    assert.equal(status, 0);
    assert.match(stderr, /nobody will be able to read/);
  });
});

describe("what is printed", () => {
  test("a report cannot act on the terminal of who opens it; --json gives it exactly", async () => {
    const hostile = "before\u001b]0;title\u0007\u001b[2J\u202ereversed\u0085after\rline\n";
    const name = "\u001b[31mred.txt";
    write(name, "x");
    const text = write("hostile.txt", hostile);
    const file = write("answers.json", JSON.stringify({ ...answers, account: { vehicle: "\u001b[5mblink\nnext" } }));
    const receipt = await gateway.json<Receipt>([
      ...["report", "submit", "--channel", "conduct", "--text", text, "--answers", file, "--attach", gateway.file(name)],
    ]);
    const { status, stdout, stderr } = await gateway.cli(["case", "open", receipt.report_id], { as: "intake" });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /before\\u\{1b\}\]0;title\\u\{7\}/);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    const exact = await gateway.cli(["case", "open", receipt.report_id, "--json"], { as: "intake" });
    assert.doesNotMatch(exact.stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const opened = JSON.parse(exact.stdout);
    assert.equal(opened.account.narrative, hostile);
    assert.equal(opened.account.attachments[0].name, name);
  });

  test("people read words, not ids", async () => {
    const receipt = await submit();
    const { stdout } = await gateway.cli(["case", "open", receipt.report_id], { as: "intake" });
    assert.match(stdout, /What kind of misconduct is it\?\n +Fraud\n/);
    assert.match(stdout, /What help is needed\?\n +Legal help\n +Food\n/);
    assert.match(stdout, /We may contact the reporter: yes\n/);
  });

  test("the receipt stands on standard output, in the order that the language asks for", async () => {
    const text = write("report.txt", "x");
    const inLanguage = async (language: string): Promise<string> => {
      const file = write("answers.json", JSON.stringify({ ...answers, language }));
      return (await gateway.cli(["report", "submit", "--channel", "conduct", "--text", text, "--answers", file])).stdout;
    };
    const english = await inLanguage("en");
    assert.match(english, /words:\n  ([a-z]+ ){11}[a-z]+\ndigits:\n  (\d{5} ){9}\d{5}\n/);
    const french = await inLanguage("fr-CD");
    const code = /words:\n  (.+)\n/.exec(french)?.[1] ?? "";
    const mailbox = await gateway.json(["mailbox", "read"], { input: code });
    assert.equal(mailbox.status, "received");
    const swahili = await inLanguage("sw");
    assert.match(swahili, /digits:\n  (\d{5} ){9}\d{5}\nwords:\n  ([a-z]+ ){11}[a-z]+\n/);
  });

  test("with a terminal: the code is asked for unseen, and a long upload shows how far it is", async () => {
    const receipt = await submit();
    const asked = await onTerminal(["mailbox", "read"], `${receipt.code_digits}\n`);
    assert.equal(asked.status, 0, asked.stdout);
    assert.match(asked.stdout, /Receipt code, words or digits/);
    assert.match(asked.stdout, new RegExp(`report id: +${receipt.report_id}`));
    assert.ok(!asked.stdout.includes(receipt.code_digits), "the code was shown");
    const nothing = await onTerminal(["mailbox", "read"], "\n");
    assert.equal(nothing.status, exits.usage);

    const text = write("report.txt", "x");
    const file = write("answers.json", JSON.stringify(answers));
    const big = write("big.bin", randomBytes(20 * 1024 * 1024));
    const sent = await onTerminal(["report", "submit", "--channel", "conduct", "--text", text, "--answers", file, "--attach", big], "");
    assert.equal(sent.status, 0, sent.stdout);
    assert.match(sent.stdout, /Sending big\.bin  \[#+\.+\] \d+ % of 2\d\.\d MiB/);
    assert.match(sent.stdout, /\[#{24}\] 100 % of/);
  });
});

/** Runs the CLI on a pseudo-terminal of util-linux's script. */
function onTerminal(args: readonly string[], typed: string): Promise<Run> {
  const quoted = [program, ...gateway.arguments(args)].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--echo", "never", "--command", quoted, "/dev/null"], {
    env: gateway.environment({ SHELL: "/bin/sh" }),
    cwd: gateway.folder,
  });
  return new Promise((done, fail) => {
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      // What is typed before the prompt is thrown away, as it should be.
      if (/: $/.test(text) && typed !== "") {
        child.stdin.write(typed);
        typed = "";
      }
    });
    child.stdin.on("error", () => {});
    child.on("error", fail);
    child.on("close", (status) => done({ status: status ?? -1, stdout, stderr: "" }));
  });
}

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
    const path = write(`draft-${randomBytes(4).toString("hex")}.json`, JSON.stringify(json));
    await gateway.sign(path);
    return readFileSync(path.replace(/json$/, "note"), "utf8");
  }

  async function refused(note: string, extra: { env?: Record<string, string> } = {}): Promise<string> {
    lying.note = note;
    const text = write("report.txt", "x");
    const file = write("answers.json", JSON.stringify(answers));
    lying.requests.length = 0;
    const error = await gateway.fails(
      ["report", "submit", "--channel", "conduct", "--text", text, "--answers", file, "--attach", text],
      exits.unverified,
      { gateway: lying.url, ...extra },
    );
    await gateway.fails(["case", "list"], exits.unverified, { as: "intake", gateway: lying.url, ...extra });
    assert.deepEqual(lying.requests, [], "something was sent all the same");
    return error.message;
  }

  test("control: the true charter passes through the same way", async () => {
    lying.note = good;
    const text = write("report.txt", "x");
    const file = write("answers.json", JSON.stringify(answers));
    await gateway.json(["report", "submit", "--channel", "conduct", "--text", text, "--answers", file], { gateway: lying.url });
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
    assert.equal(readFileSync(state, "utf8"), "2 charter.test.localhost\n");
    assert.equal(modeOf(state), "600");
    assert.match(await refused(good, { env: home }), /version 1 .* version 2 has been seen/);
  });

  test("rolled back: below the version that the trust file demands", async () => {
    const trust = readFileSync(gateway.file("trust.txt"), "utf8");
    const stricter = write("trust-2.txt", trust.replace("charter.test.localhost 1", "charter.test.localhost 2"));
    const { status, stderr } = await run(program, ["--gateway", gateway.url, "--ca", gateway.file("ca.pem"), "charter", "show"], {
      env: gateway.environment({ SAFECONDUCT_TRUST: stricter }),
    });
    assert.equal(status, exits.unverified);
    assert.match(stderr, /below the minimum/);
  });

  test("a reporter's computer remembers nothing, unless asked to", async () => {
    const home = { HOME: gateway.file("reporter-home") };
    mkdirSync(home.HOME);
    const text = write("report.txt", "x");
    const file = write("answers.json", JSON.stringify(answers));
    const report = ["report", "submit", "--channel", "conduct", "--text", text, "--answers", file];
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
    receipt = await submit();
    await gateway.makeKey("stranger");
  });

  test("a key that the charter does not name", async () => {
    const error = await gateway.fails(["case", "open", receipt.report_id], exits.key, { as: "stranger" });
    assert.match(error.message, /no holder/);
    assert.ok(error.hint);
  });

  test("a key file that is absent, is none, or is of the classic kind", async () => {
    await gateway.fails(["case", "list"], exits.key, { as: "absent" });
    write("nonsense.key", "not a key\n");
    await gateway.fails(["case", "list"], exits.key, { as: "nonsense" });
    const { stdout } = await run(join(ageFolder, "age-keygen"), []);
    write("classic.key", stdout);
    await gateway.fails(["case", "list"], exits.key, { as: "classic" });
  });

  test("a key that age-keygen made is as good as one of ours", async () => {
    const { stdout } = await run(join(ageFolder, "age-keygen"), ["-pq"]);
    write("keygen.key", stdout);
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
    const passphrase = write("passphrase", "correct horse\nnot this\n");
    const wrong = write("wrong-passphrase", "correct house\n");
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
    const text = write("report.txt", "x");
    const attempt = (given: object, channel = "conduct", exit: number = exits.usage) =>
      gateway.fails(["report", "submit", "--channel", channel, "--text", text, "--answers", write("answers.json", JSON.stringify(given))], exit);
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

describe("connections that break", () => {
  async function through(cuts: { up?: number[]; lost?: number[] }, act: (proxy: CuttingProxy) => Promise<void>): Promise<void> {
    const proxy = await CuttingProxy.start(gateway.port);
    try {
      proxy.cutsUp.push(...(cuts.up ?? []));
      proxy.lostAnswersAfter.push(...(cuts.lost ?? []));
      await act(proxy);
    } finally {
      await proxy.stop();
    }
  }
  const mebibyte = 1024 * 1024;
  const reportBytes = 20_000; // more than what comes before a report, less than any report

  test("an upload is taken up where it was cut, twice within one block and once in a later one", async () => {
    const bytes = randomBytes(24 * mebibyte + 777);
    const file = write("large.bin", bytes);
    await through({ up: [2.5 * mebibyte, 5.7 * mebibyte, 15 * mebibyte] }, async (proxy) => {
      const text = write("report.txt", "x");
      const given = write("answers.json", JSON.stringify(answers));
      const receipt = await gateway.json<Receipt>(
        ["report", "submit", "--channel", "conduct", "--text", text, "--answers", given, "--attach", file],
        { gateway: proxy.url },
      );
      assert.equal(proxy.cutsMade, 3);
      const opened = await gateway.json(["case", "open", receipt.report_id, "--attachments", gateway.file("large")], { as: "intake" });
      assert.equal(opened.attachments[0].sha256, sha256(bytes));
      assert.equal(sha256(readFileSync(opened.attachments[0].file)), sha256(bytes));
    });
  });

  test("a report whose answer was lost is there once", async () => {
    const before = await gateway.json(["case", "list", "--all"], { as: "intake" });
    const text = write("report.txt", narrative);
    const file = write("answers.json", JSON.stringify(answers));
    await through({ lost: [reportBytes] }, async (proxy) => {
      const receipt = await gateway.json<Receipt>(
        ["report", "submit", "--channel", "conduct", "--text", text, "--answers", file],
        { gateway: proxy.url },
      );
      assert.equal(proxy.cutsMade, 1);
      const list = await gateway.json(["case", "list", "--all"], { as: "intake" });
      assert.equal(list.cases.length, before.cases.length + 1);
      assert.equal(list.cases[0].report_id, receipt.report_id);
    });
  });

  test("a download goes on where it was cut", async () => {
    const bytes = randomBytes(12 * mebibyte);
    const receipt = await submit(["--attach", write("download.bin", bytes)]);
    const proxy = await CuttingProxy.start(gateway.port, proxyPort);
    try {
      proxy.cutsDown.push(4 * mebibyte, 7 * mebibyte);
      const opened = await gateway.json(["case", "open", receipt.report_id, "--attachments", gateway.file("resumed")], {
        as: "intake",
        gateway: proxy.url,
      });
      assert.equal(proxy.cutsMade, 2);
      assert.equal(sha256(readFileSync(opened.attachments[0].file)), sha256(bytes));
    } finally {
      await proxy.stop();
    }
  });

  test("a signature for another address is not taken", async () => {
    await through({}, async (proxy) => {
      await gateway.fails(["case", "list"], exits.refused, { as: "intake", gateway: proxy.url });
    });
  });

  test("a gateway that stays away ends the command, with the receipt if the report may have arrived", async () => {
    const text = write("report.txt", "x");
    const file = write("answers.json", JSON.stringify(answers));
    await through({ lost: [reportBytes, ...Array<number>(20).fill(1)] }, async (proxy) => {
      const { status, stdout, stderr } = await gateway.cli(
        ["report", "submit", "--channel", "conduct", "--text", text, "--answers", file, "--json", "--retry-seconds", "1"],
        { gateway: proxy.url },
      );
      assert.equal(status, exits.network, stderr);
      const receipt = JSON.parse(stdout) as Receipt & { accepted: boolean };
      assert.equal(receipt.accepted, false);
      const mailbox = await gateway.json(["mailbox", "read"], { input: receipt.code_words });
      assert.equal(mailbox.report_id, receipt.report_id);
    });
  });
});

describe("plain reports", () => {
  test("a file sealed by stock age arrives, and its sender gets an id", async () => {
    const recipients = await gateway.json(["identity", "show"], { as: "intake" });
    const sealed = gateway.file("plain.age");
    const age = await run(join(ageFolder, "age"), ["-a", "-r", recipients.recipient, "-o", sealed], { input: "told by age alone" });
    assert.equal(age.status, 0, age.stderr);
    const receipt = await gateway.json(["report", "submit", "--channel", "conduct", "--plain", sealed]);
    assert.deepEqual(Object.keys(receipt), ["report_id", "promise"]);
    const opened = await gateway.json(["case", "open", receipt.report_id], { as: "intake" });
    assert.equal(opened.plain_text, "told by age alone");
    const folder = gateway.file("plain-export");
    await gateway.json(["case", "export", receipt.report_id, "--out", folder], { as: "intake" });
    assert.equal((await ageDecrypt(join(folder, "plain.age"), "intake")).toString(), "told by age alone");
    const error = await gateway.fails(["case", "reply", receipt.report_id, "--text", "-"], exits.refused, { as: "intake", input: "x" });
    assert.match(error.message, /no mailbox/);
  });

  test("what no holder could open is not sent", async () => {
    const { stdout } = await run(join(ageFolder, "age-keygen"), []);
    const [, recipient] = /public key: (age1\S+)/.exec(stdout) ?? [];
    const sealed = gateway.file("classic.age");
    await run(join(ageFolder, "age"), ["-r", recipient!, "-o", sealed], { input: "x" });
    await gateway.fails(["report", "submit", "--channel", "conduct", "--plain", sealed], exits.usage);
    await gateway.fails(["report", "submit", "--channel", "conduct", "--plain", write("not.age", "x")], exits.usage);
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
    write("changing.json", JSON.stringify(draft));
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

    const receipt = await submit();
    const opened = await gateway.json(["case", "open", receipt.report_id], { as: "intake-3" });
    assert.equal(opened.account.narrative, narrative);
    // The old version is no longer taken.
    await gateway.fails(["charter", "publish", "charter.note"], exits.refused);
  });
});
