// The whole path of a report by the command line against the real gateway: sealed, sent, opened,
// answered, read, exported, and opened again by the age program.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { ageFolder, exits, run, TestGateway } from "./harness.ts";
import { answers, filesBelow, modeOf, narrative, Office, type Receipt, sha256 } from "./office.ts";

let gateway: TestGateway;
let office: Office;
before(async () => {
  gateway = await TestGateway.start();
  office = new Office(gateway);
});
after(async () => {
  await gateway?.dispose();
});

describe("the whole path", () => {
  let receipt: Receipt;
  const attachments: Record<string, Buffer> = { "photo of him.jpg": randomBytes(3 * 1024 * 1024 + 12_345), "empty.txt": Buffer.alloc(0), "notes.txt": Buffer.from("short") };

  test("a report with attachments is accepted, and its receipt has the promised form", async () => {
    for (const [name, content] of Object.entries(attachments)) office.write(name, content);
    receipt = await office.submit(["--attach", ...Object.keys(attachments).map((name) => gateway.file(name))]);
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

    const code = office.codeFile(receipt);
    const answer = await gateway.json(["mailbox", "reply", "--code-file", code, "--text", "-"], { input: "At pier 4." });
    assert.equal(answer.sequence, 3);
    assert.equal(answer.report_id, receipt.report_id);

    for (const file of [code, office.codeFile(receipt, "code_digits")]) {
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
    assert.deepEqual(shown.chain.map((event: any) => event.kind), ["message", "status", "message"]);
    assert.equal(shown.chain[1].did, "changed the status to: acknowledged");
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

    const triage = JSON.parse((await office.ageDecrypt(join(folder, "triage.age"), "intake")).toString());
    assert.equal(triage.language, "en");
    const account = JSON.parse((await office.ageDecrypt(join(folder, "account.age"), "intake-2")).toString());
    assert.equal(account.narrative, narrative);
    for (const [index, [name, content]] of Object.entries(attachments).entries()) {
      const description = account.attachments[index];
      assert.equal(description.name, name);
      const padded = await office.ageDecrypt(join(folder, `attachment-${index}.age`), "intake");
      const length = Number(description.bytes ?? 0);
      assert.deepEqual(padded.subarray(0, length), content);
      assert.ok(padded.subarray(length).every((byte) => byte === 0), "padding is zeros");
    }
    const message = JSON.parse((await office.ageDecrypt(join(folder, "events/0003-message.age"), "intake")).toString());
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
      const receipt = await office.submit([], { support_services: support, investigators });
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
    const { status, stderr } = await gateway.cli(office.report("x", { ...answers, consent: {} }));
    assert.equal(status, 0);
    assert.match(stderr, /nobody will be able to read/);
  });
});

describe("what is printed", () => {
  test("a report cannot act on the terminal of who opens it; --json gives it exactly", async () => {
    const hostile = "before\u001b]0;title\u0007\u001b[2J\u202ereversed\u0085after\rline\n";
    const name = "\u001b[31mred.txt";
    office.write(name, "x");
    const text = office.write("hostile.txt", hostile);
    const file = office.write("answers.json", JSON.stringify({ ...answers, account: { vehicle: "\u001b[5mblink\nnext" } }));
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
    const receipt = await office.submit();
    const { stdout } = await gateway.cli(["case", "open", receipt.report_id], { as: "intake" });
    assert.match(stdout, /What kind of misconduct is it\?\n +Fraud\n/);
    assert.match(stdout, /What help is needed\?\n +Legal help\n +Food\n/);
    assert.match(stdout, /We may contact the reporter: yes\n/);
  });

  test("the receipt stands on standard output, in the order that the language asks for", async () => {
    const inLanguage = async (language: string): Promise<string> => {
      return (await gateway.cli(office.report("x", { ...answers, language }))).stdout;
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
    const receipt = await office.submit();
    const asked = await office.onTerminal(["mailbox", "read"], `${receipt.code_digits}\n`);
    assert.equal(asked.status, 0, asked.stdout);
    assert.match(asked.stdout, /Receipt code, words or digits/);
    assert.match(asked.stdout, new RegExp(`report id: +${receipt.report_id}`));
    assert.ok(!asked.stdout.includes(receipt.code_digits), "the code was shown");
    const nothing = await office.onTerminal(["mailbox", "read"], "\n");
    assert.equal(nothing.status, exits.usage);

    const big = office.write("big.bin", randomBytes(20 * 1024 * 1024));
    const sent = await office.onTerminal([...office.report("x"), "--attach", big], "");
    assert.equal(sent.status, 0, sent.stdout);
    assert.match(sent.stdout, /Sending big\.bin  \[#+\.+\] \d+ % of 2\d\.\d MiB/);
    assert.match(sent.stdout, /\[#{24}\] 100 % of/);
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
    assert.equal((await office.ageDecrypt(join(folder, "plain.age"), "intake")).toString(), "told by age alone");
    const error = await gateway.fails(["case", "reply", receipt.report_id, "--text", "-"], exits.refused, { as: "intake", input: "x" });
    assert.match(error.message, /no mailbox/);
  });

  test("what no holder could open is not sent", async () => {
    const { stdout } = await run(join(ageFolder, "age-keygen"), []);
    const [, recipient] = /public key: (age1\S+)/.exec(stdout) ?? [];
    const sealed = gateway.file("classic.age");
    await run(join(ageFolder, "age"), ["-r", recipient!, "-o", sealed], { input: "x" });
    await gateway.fails(["report", "submit", "--channel", "conduct", "--plain", sealed], exits.usage);
    await gateway.fails(["report", "submit", "--channel", "conduct", "--plain", office.write("not.age", "x")], exits.usage);
  });
});
