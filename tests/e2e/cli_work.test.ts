// Who works on a case and what they record, by the command line against the real gateway: assigned,
// granted, revoked, expired, excluded; what is sealed to whom.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { exits, TestGateway } from "./harness.ts";
import { filesBelow, narrative, Office, type Receipt, sha256 } from "./office.ts";

let gateway: TestGateway;
let office: Office;
const attached = Buffer.from("a photograph, or what passes for one");

before(async () => {
  gateway = await TestGateway.start();
  office = new Office(gateway);
});
after(() => gateway.dispose());

const submit = (consent?: object): Promise<Receipt> => office.submit(["--attach", office.write("photo.jpg", attached)], consent);
const act = (as: string, ...args: string[]): Promise<any> => gateway.json(["case", ...args], { as });
const refused = (as: string, ...args: string[]): Promise<unknown> => gateway.fails(["case", ...args], exits.refused, { as });

describe("an investigation", () => {
  let id = "";
  before(async () => {
    id = (await submit()).report_id;
  });

  test("whoever is assigned sees the case and nothing of what it says", async () => {
    await refused("investigator", "show", id);
    await act("intake", "assign", id, "--to", "investigator");
    const list = await act("investigator", "list");
    assert.deepEqual(list.cases.map((each: any) => [each.report_id, each.assigned]), [[id, true]]);
    const shown = await act("investigator", "show", id);
    assert.deepEqual(shown.compartments, []);
    assert.equal(shown.chain[0].did, "assigned the case to investigator");
    await gateway.fails(["case", "open", id], exits.key, { as: "investigator" });
  });

  test("what is granted opens, with its attachments, and nothing else", async () => {
    await act("intake", "grant", id, "--to", "investigator", "--compartment", "account");
    const folder = gateway.file("granted");
    const opened = await act("investigator", "open", id, "--attachments", folder);
    assert.equal(opened.account.narrative, narrative);
    assert.deepEqual(opened.sealed, ["triage", "identity"]);
    assert.deepEqual(readFileSync(opened.attachments[0].file), attached);
    assert.equal(readdirSync(folder).length, 1);
  });

  test("an export of the grantee's opens with stock age and the grantee's key", async () => {
    const folder = gateway.file("export-granted");
    await act("investigator", "export", id, "--out", folder);
    const account = JSON.parse((await office.ageDecrypt(join(folder, "account.age"), "investigator")).toString());
    assert.equal(account.narrative, narrative);
    assert.equal((await office.ageDecrypt(join(folder, "attachment-0.age"), "investigator")).subarray(0, attached.length).compare(attached), 0);
  });

  test("a grant is not handed on, and not for posts that do not work on cases", async () => {
    await refused("investigator", "grant", id, "--to", "support", "--compartment", "account");
    await refused("intake", "grant", id, "--to", "auditor", "--compartment", "account");
    await gateway.fails(["case", "grant", id, "--to", "nobody", "--compartment", "account"], exits.usage, { as: "intake" });
    await gateway.fails(["case", "grant", id, "--to", "investigator", "--compartment", "diary"], exits.usage, { as: "intake" });
  });

  test("an investigator works on it: status, note, custody; intake records measures", async () => {
    await act("investigator", "status", id, "under-investigation");
    await gateway.json(["case", "note", id, "--text", "-"], { as: "investigator", input: "Call the clinic first." });
    const document = office.write("receipt.pdf", "signed here");
    await act("investigator", "custody", id, "--item", "telephone", "--from", "the guard", "--to", "OIOS", "--seal", "4711", "--time", "2026-11-20", "--document", document);
    await act("intake", "measures", id, "--measure", "medical=2026-11-21=file 7", "--sanction", "repatriation");
    const opened = await act("intake", "open", id);
    assert.equal(opened.status, "under-investigation");
    const texts = Object.fromEntries(opened.entries.filter((entry: any) => entry.text).map((entry: any) => [entry.kind, entry.text]));
    assert.equal(texts.note, "Call the clinic first.");
    assert.equal(texts.custody, `item: telephone\ntime: 2026-11-20T00:00:00Z\nfrom: the guard\nto: OIOS\nseal: 4711\ndocument (SHA-256): ${createHash("sha256").update("signed here").digest("hex")}`);
    assert.equal(texts.measures, "measure: medical, 2026-11-21, file 7\nsanction: repatriation");
    // A support officer sees that something was recorded, and not what.
    const support = await act("support", "open", id);
    assert.ok(support.entries.every((entry: any) => entry.text === undefined));
    assert.ok(support.entries.some((entry: any) => entry.kind === "custody"));
  });

  test("a note goes to whom it is meant for", async () => {
    await gateway.json(["case", "note", id, "--reader", "support", "--text", "-"], { as: "intake", input: "She may come on Monday." });
    const last = async (as: string): Promise<any> => (await act(as, "open", id)).entries.at(-1);
    assert.equal((await last("support")).text, "She may come on Monday.");
    assert.equal((await last("investigator")).text, undefined);
    assert.equal((await last("intake-2")).text, undefined);
  });

  test("an investigator to whom the account was granted talks with the reporter, until it is taken back", async () => {
    const receipt = await submit();
    const code = office.codeFile(receipt);
    const last = async (as: string): Promise<any> => (await act(as, "open", receipt.report_id)).entries.at(-1);
    const answer = (text: string): Promise<any> => gateway.json(["mailbox", "reply", "--code-file", code, "--text", "-"], { input: text });
    await act("intake", "assign", receipt.report_id, "--to", "investigator");
    await act("intake", "grant", receipt.report_id, "--to", "investigator", "--compartment", "account");
    await gateway.json(["case", "reply", receipt.report_id, "--text", "-"], { as: "investigator", input: "Which pier?" });
    assert.equal((await last("investigator")).text, "Which pier?");
    assert.equal((await last("intake-2")).text, "Which pier?");
    const mailbox = await gateway.json(["mailbox", "read", "--code-file", code]);
    assert.deepEqual(mailbox.entries.map((entry: any) => [entry.author, entry.text]), [["investigator", "Which pier?"]]);
    await answer("The fourth.");
    assert.equal((await last("investigator")).text, "The fourth.");
    await act("intake", "revoke", receipt.report_id, "--from", "investigator", "--compartment", "account");
    await act("intake", "grant", receipt.report_id, "--to", "investigator", "--compartment", "triage");
    await answer("The white one.");
    assert.equal((await last("investigator")).text, undefined);
    assert.equal((await last("intake")).text, "The white one.");
  });

  test("the reporter sees messages and the status, and nothing of who does what", async () => {
    const receipt = await submit();
    await act("intake", "assign", receipt.report_id, "--to", "investigator");
    await gateway.json(["case", "note", receipt.report_id, "--text", "-"], { as: "intake", input: "x" });
    await act("intake", "status", receipt.report_id, "acknowledged");
    const mailbox = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(receipt)]);
    assert.deepEqual(mailbox.entries.map((entry: any) => entry.kind), ["status"]);
    // And can still write, at the chain's true end.
    await gateway.json(["mailbox", "reply", "--code-file", office.codeFile(receipt), "--text", "-"], { input: "Thank you." });
  });

  test("revocation ends it, and a conflict of interest ends everything", async () => {
    await act("intake", "revoke", id, "--from", "investigator");
    assert.deepEqual((await act("investigator", "open", id)).sealed, ["triage", "account", "identity"]);
    await act("intake", "grant", id, "--to", "investigator", "--compartment", "account");
    assert.equal((await act("investigator", "open", id)).account.narrative, narrative);
    await act("auditor", "exclude", id, "--holder", "investigator");
    await refused("investigator", "open", id);
    await refused("investigator", "status", id, "closed");
    await refused("intake", "grant", id, "--to", "investigator", "--compartment", "triage");
    await act("intake", "exclude", id, "--holder", "investigator", "--end");
    assert.equal((await act("investigator", "open", id)).account.narrative, narrative);
  });

  test("it is all there after the gateway was killed", async () => {
    const before = await act("intake", "show", id);
    await gateway.kill();
    await gateway.serve();
    assert.deepEqual(await act("intake", "show", id), before);
    assert.equal((await act("investigator", "open", id)).account.narrative, narrative);
  });
});

describe("an export", () => {
  const verify = (folder: string): Promise<any> => gateway.json(["custody", "verify", folder]);
  let folder = "";
  let granted = "";

  before(async () => {
    const { report_id: id } = await submit();
    await act("intake", "assign", id, "--to", "investigator");
    await act("intake", "grant", id, "--to", "investigator", "--compartment", "account");
    await gateway.json(["case", "note", id, "--text", "-"], { as: "investigator", input: "Seen." });
    folder = gateway.file("archive");
    granted = gateway.file("archive-granted");
    await act("intake", "export", id, "--out", folder);
    await act("investigator", "export", id, "--out", granted);
    await gateway.stop(); // all of this is offline
  });
  after(() => gateway.serve());

  test("verifies without a gateway, whoever took it out", async () => {
    const whole = await verify(folder);
    assert.deepEqual([whole.verified, whole.events, whole.unknown_authors], [true, 3, 0]);
    assert.deepEqual(whole.compartments, ["triage", "account", "identity", "attachment-0"]);
    assert.deepEqual((await verify(granted)).compartments, ["account", "attachment-0"]);
  });

  test("a changed bit of any file that counts is found", async () => {
    for (const file of filesBelow(granted)) {
      if (/README\.txt|cover\.html|manifest\.json|-note\.age$/.test(file)) continue; // for people, or a copy of what an event holds
      const content = readFileSync(file);
      for (const at of [0, content.length >> 1, content.length - 1]) {
        const changed = Buffer.from(content);
        changed[at]! ^= 1;
        writeFileSync(file, changed);
        await gateway.fails(["custody", "verify", granted], exits.unverified);
      }
      writeFileSync(file, content);
    }
    assert.equal((await verify(granted)).verified, true);
  });

  test("has a cover sheet for people, which tells what was done and nothing that was sealed", () => {
    const sheet = readFileSync(join(folder, "cover.html"), "utf8");
    assert.match(sheet, /<td>granted account, attachment-0 to investigator<\/td>/);
    assert.match(sheet, /<td>attachment-0<\/td>/);
    assert.match(readFileSync(join(granted, "cover.html"), "utf8"), /<td>triage<\/td>.*not this holder's to take out/);
    for (const word of ["camion", "Amina", "Seen.", "photo.jpg"]) assert.ok(!sheet.includes(word), word);
    assert.doesNotMatch(sheet, /<script|http/);
  });

  test("an event that is missing or changed places is found", async () => {
    const second = join(folder, "events/0002.event");
    const content = readFileSync(second);
    writeFileSync(second, readFileSync(join(folder, "events/0001.event")));
    await gateway.fails(["custody", "verify", folder], exits.unverified);
    writeFileSync(second, content);
    assert.equal((await verify(folder)).verified, true);
  });

  test("it needs the office's own trust file", async () => {
    const file = gateway.file("trust.txt");
    const own = readFileSync(file, "utf8");
    writeFileSync(file, own.replace(/^charter .*$/m, "charter charter.elsewhere.example 1"));
    await gateway.fails(["custody", "verify", folder], exits.unverified);
    writeFileSync(file, own);
    assert.equal((await verify(folder)).verified, true);
  });
});

describe("an officer who takes over", () => {
  test("is granted every open case at once", async () => {
    const [first, second, closed] = [await submit(), await submit(), await submit()];
    await act("intake", "status", closed.report_id, "closed");
    const { status, stderr } = await gateway.cli(["case", "grant", "--all-open", "--to", "investigator", "--compartment", "triage"], { as: "intake" });
    assert.equal(status, 0, stderr);
    const opens = async (receipt: Receipt): Promise<boolean> => (await gateway.cli(["case", "open", receipt.report_id], { as: "investigator" })).status === 0;
    assert.deepEqual([await opens(first), await opens(second), await opens(closed)], [true, true, false]);
    await gateway.fails(["case", "grant", "--to", "investigator", "--compartment", "triage"], exits.usage, { as: "intake" });
  });
});

describe("consent", () => {
  const none = { contact: false, support_services: false, investigators: false, national_authorities: false };

  test("who the reporter is goes on only to those whom the reporter allows", async () => {
    const closed = await submit({ ...none, support_services: true });
    await refused("support", "grant", closed.report_id, "--to", "investigator", "--compartment", "identity");
    const open = await submit({ ...none, support_services: true, investigators: true });
    await act("support", "grant", open.report_id, "--to", "investigator", "--compartment", "identity");
    const opened = await act("investigator", "open", open.report_id);
    assert.equal(opened.identity.answers[0].values[0], "Amina");
    assert.equal(opened.account, undefined);
    // Support officers may give it to each other where support services are allowed it.
    await act("support", "grant", closed.report_id, "--to", "support-2", "--compartment", "identity");
  });

  test("nobody grants what was sealed to nobody", async () => {
    const receipt = await submit(none);
    await gateway.fails(["case", "grant", receipt.report_id, "--to", "investigator", "--compartment", "identity"], exits.key, { as: "support" });
  });
});

describe("time, links and states", () => {
  test("a grant with an end has ended then", async () => {
    const { report_id: id } = await submit();
    await refused("intake", "grant", id, "--to", "investigator", "--compartment", "account", "--until", "2020-01-01");
    const granted = await act("intake", "grant", id, "--to", "investigator", "--compartment", "account", "--until", "2099-01-01");
    assert.equal(granted.sequence, 1);
    const shown = await act("investigator", "show", id);
    assert.match(shown.chain[0].did, /^granted account, attachment-0 to investigator until 2099-01-01/);
  });

  test("cases are linked, dismissed and held, each once, and back", async () => {
    const { report_id: id } = await submit();
    const { report_id: other } = await submit();
    await act("intake", "link", id, "--with", other);
    await refused("intake", "link", id, "--with", other);
    await refused("intake", "link", id, "--with", id);
    await act("intake", "dismiss", id);
    await act("auditor", "hold", id);
    await refused("auditor", "dismiss", id);
    const summary = (await act("intake", "list")).cases.find((each: any) => each.report_id === id);
    assert.deepEqual([summary.dismissed, summary.held], [true, true]);
    await act("intake", "dismiss", id, "--end");
    await act("intake", "hold", id, "--end");
    await act("intake", "link", id, "--with", other, "--end");
    const after = (await act("intake", "list")).cases.find((each: any) => each.report_id === id);
    assert.deepEqual([after.dismissed, after.held], [false, false]);
  });

  test("nothing of a note or record stands in the store in clear", async () => {
    const { report_id: id } = await submit();
    const canary = `canary-${sha256(Buffer.from(id)).slice(0, 16)}`;
    await gateway.json(["case", "note", id, "--text", "-"], { as: "intake", input: canary });
    await act("intake", "measures", id, "--sanction", canary);
    await gateway.kill();
    const found = readdirSync(gateway.file("store"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(canary));
    assert.equal(found, false);
    await gateway.serve();
  });
});
