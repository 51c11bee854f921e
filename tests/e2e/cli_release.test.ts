// Reports to a quorum of trustees, by the command line against the real gateway: what one approval, a
// refusal, a revocation and an erasure do; who never reads; what the operator's machine has.
import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { type Share, combineShares } from "../../gateway/web/shared/quorum/quorum.ts";
import { checkCase } from "../../gateway/web/shared/report/caseFile.ts";
import { findOwnShare, findQuorumPart } from "../../gateway/web/shared/report/quorumPart.ts";
import { ageFolder, exits, run, TestGateway } from "./harness.ts";
import { answers, filesBelow, narrative, Office, type Receipt } from "./office.ts";
import { openWeb, partyIn } from "./webClient.ts";

let gateway: TestGateway;
let office: Office;
const attached = Buffer.from("a photograph, or what passes for one");

before(async () => {
  gateway = await TestGateway.start({ policy: "quorum" });
  office = new Office(gateway);
});
after(() => gateway.dispose());

const none = { contact: false, support_services: false, investigators: false, national_authorities: false };
const submit = (consent: object = none): Promise<Receipt> => office.submit(["--attach", office.write("photo.jpg", attached)], { ...none, ...consent });
const act = (as: string, ...args: string[]): Promise<any> => gateway.json(["case", ...args], { as });
const refused = (as: string, ...args: string[]): Promise<unknown> => gateway.fails(["case", ...args], exits.refused, { as });
const ask = (as: string, id: string, ...more: string[]): Promise<any> =>
  act(as, "request", id, "--compartment", "account", "--reason", office.write("reason.txt", "a child is in danger"), ...more);
const narrativeOf = async (as: string, id: string): Promise<string | undefined> => (await act(as, "open", id)).account?.narrative;

async function investigated(consent: object = none, investigator = "investigator"): Promise<string> {
  const { report_id: id } = await submit(consent);
  await act("intake", "assign", id, "--to", investigator);
  return id;
}

describe("a report to a quorum of two of three trustees", () => {
  let receipt: Receipt;
  let id = "";
  before(async () => {
    receipt = await submit({ contact: true, support_services: true });
    id = receipt.report_id;
    await act("intake", "assign", id, "--to", "investigator");
  });

  test("intake opens the triage, support the identity, nobody the account", async () => {
    const opened = await act("intake", "open", id);
    assert.deepEqual(opened.sealed, ["account", "identity"]);
    assert.equal(opened.triage.consent.contact, true);
    assert.equal((await act("support", "open", id)).identity.answers[0].values[0], "Amina");
    await gateway.fails(["case", "open", id], exits.key, { as: "investigator" });
    await gateway.fails(["case", "open", id], exits.key, { as: "trustee-1" });
    await refused("intake", "grant", id, "--to", "investigator", "--compartment", "account");
  });

  test("one approval gives nothing, the second releases, with the attachment and the messages so far", async () => {
    await gateway.json(["mailbox", "reply", "--code-file", office.codeFile(receipt), "--text", "-"], { input: "They came back." });
    assert.equal((await act("intake", "open", id)).entries.at(-1).text, undefined);
    await ask("investigator", id);
    assert.equal((await act("trustee-1", "list")).cases.find((each: any) => each.report_id === id).requests, 1);
    assert.equal((await act("trustee-1", "open", id)).entries.at(-1).text, "a child is in danger");
    await act("trustee-1", "approve", id);
    assert.equal(await narrativeOf("trustee-1", id), undefined);
    const early = await act("investigator", "open", id);
    assert.equal(early.account, undefined);
    await refused("trustee-1", "approve", id, "--request", "3");
    await act("trustee-2", "approve", id);
    const opened = await act("investigator", "open", id, "--attachments", gateway.file("released"));
    assert.equal(opened.account.narrative, narrative);
    assert.deepEqual(readFileSync(opened.attachments[0].file), attached);
    assert.ok(opened.entries.some((entry: any) => entry.text === "They came back."));
    assert.deepEqual(opened.sealed, ["triage", "identity"]);
    const kinds = (await act("investigator", "show", id)).chain.map((each: any) => each.kind);
    assert.deepEqual(kinds, ["assignment", "message", "request", "approval", "approval", "grant"]);
  });

  test("all triages are read at once, by those whom they are for", async () => {
    const { report_id: other } = await submit();
    const { cases } = await act("intake", "open", "--all");
    assert.deepEqual(new Set(cases.map((each: any) => each.report_id)), new Set([id, other]));
    assert.ok(cases.every((each: any) => each.triage.answers.some((answer: any) => answer.question === "kind")));
    assert.deepEqual((await act("trustee-1", "open", "--all")).cases, []);
    await gateway.fails(["case", "open"], exits.usage, { as: "intake" });
    await gateway.fails(["case", "open", id, "--all"], exits.usage, { as: "intake" });
  });

  test("a conversation goes on with whom it was released to", async () => {
    await gateway.json(["mailbox", "reply", "--code-file", office.codeFile(receipt), "--text", "-"], { input: "At pier 4." });
    assert.equal((await act("investigator", "open", id)).entries.at(-1).text, "At pier 4.");
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: "Are you safe?" });
    const read = await gateway.json<any>(["mailbox", "read", "--code-file", office.codeFile(receipt)]);
    assert.deepEqual(read.entries.map((entry: any) => entry.text), ["They came back.", "At pier 4.", "Are you safe?"]);
  });

  test("the export opens with stock age, and verifies offline", async () => {
    const folder = gateway.file("export-released");
    await act("investigator", "export", id, "--out", folder);
    assert.equal(JSON.parse((await office.ageDecrypt(join(folder, "account.age"), "investigator")).toString()).narrative, narrative);
    const message = filesBelow(folder).find((path) => path.endsWith("2-message.age"))!;
    assert.equal(JSON.parse((await office.ageDecrypt(message, "investigator")).toString()).text, "They came back.");
    assert.equal((await gateway.json<any>(["custody", "verify", folder])).events, 8);
  });

  test("an export over that of another holder leaves nothing of it", async () => {
    const folder = gateway.file("export-over");
    await act("intake", "export", id, "--out", folder);
    const own = join(folder, "diary.age");
    writeFileSync(own, "not of the export");
    await act("investigator", "export", id, "--out", folder, "--force");
    assert.equal(readFileSync(own, "utf8"), "not of the export");
    const sealed = filesBelow(folder).filter((path) => /(triage|account|identity)\.age$/.test(path));
    assert.deepEqual(sealed, [join(folder, "account.age")]);
    assert.equal((await gateway.json<any>(["custody", "verify", folder])).verified, true);
  });

  test("an auditor takes out what was done, and nothing of what was said", async () => {
    const folder = gateway.file("export-audited");
    await act("auditor", "export", id, "--out", folder);
    const sheet = readFileSync(join(folder, "cover.html"), "utf8");
    assert.match(sheet, /<td>trustee-2<\/td><td>approved the release of account, attachment-0, event-2<\/td>/);
    assert.match(sheet, /<td>the reporter or another key<\/td><td>wrote a message<\/td>/);
    assert.doesNotMatch(sheet, /charter does not name/);
    assert.deepEqual(filesBelow(folder).filter((path) => /(triage|account|identity|attachment-0)\.age$/.test(path)), []);
    assert.equal((await gateway.json<any>(["custody", "verify", folder])).verified, true);
  });

  test("revoked by a trustee, it is served no more", async () => {
    await act("trustee-3", "revoke", id, "--from", "investigator");
    const after = await act("investigator", "open", id);
    assert.equal(after.account, undefined);
    await refused("trustee-3", "approve", id, "--request", "3");
  });
});

describe("what trustees keep", () => {
  test("nobody learns who the reporter is without the consent that covers them", async () => {
    const id = await investigated({ investigators: true });
    await act("intake", "assign", id, "--to", "national");
    const reason = office.write("reason.txt", "paternity");
    await act("national", "request", id, "--compartment", "identity", "--reason", reason);
    await refused("trustee-1", "approve", id);
    await act("trustee-1", "refuse", id, "--reason", office.write("no.txt", "no consent to national authorities"));
    assert.equal((await act("national", "open", id)).entries.at(-1).text, "no consent to national authorities");
    await act("investigator", "request", id, "--compartment", "identity", "--reason", reason);
    await act("trustee-1", "approve", id);
    await act("trustee-3", "approve", id, "--request", "5");
    assert.equal((await act("investigator", "open", id)).identity.answers[0].values[0], "Amina");
  });

  test("a release has an end, and ends with it", async () => {
    const id = await investigated();
    await gateway.fails(["case", "request", id, "--compartment", "diary", "--reason", office.write("r", "x")], exits.usage, { as: "investigator" });
    await refused("investigator", "request", id, "--compartment", "account", "--reason", office.write("r", "x"), "--until", "2020-01-01");
    await ask("investigator", id, "--until", "2099-01-01");
    await act("trustee-1", "approve", id);
    await act("trustee-2", "approve", id);
    assert.equal(await narrativeOf("investigator", id), narrative);
    assert.match((await act("investigator", "show", id)).chain.at(-1).did, /^granted account, attachment-0 to investigator until 2099-01-01/);
  });

  test("who was assigned but not asked about, and who is excluded, get nothing", async () => {
    const id = await investigated();
    await refused("investigator-2", "request", id, "--compartment", "account", "--reason", office.write("r", "x"));
    await ask("investigator", id);
    await act("trustee-1", "approve", id);
    await act("auditor", "exclude", id, "--holder", "investigator");
    await refused("trustee-2", "approve", id);
    await refused("investigator", "show", id);
  });

  test("shares are handed over to another trustee in every open case", async () => {
    const id = await investigated();
    await act("trustee-3", "handover", id, "--to", "trustee-2");
    const chain = (await act("auditor", "show", id)).chain;
    assert.equal(chain.at(-1).did, "handed the shares over to trustee-2");
    const all = await gateway.cli(["case", "handover", "--all-open", "--to", "trustee-1"], { as: "trustee-3" });
    assert.equal(all.status, exits.ok, all.stderr);
  });
});

describe("what was released and taken back before it was opened", () => {
  test("does not keep the case from being opened", async () => {
    const receipt = await submit({ contact: true });
    const id = receipt.report_id;
    await act("intake", "assign", id, "--to", "investigator");
    await gateway.json(["mailbox", "reply", "--code-file", office.codeFile(receipt), "--text", "-"], { input: "More." });
    await ask("investigator", id);
    await act("trustee-1", "approve", id);
    await act("trustee-2", "approve", id);
    await act("intake", "revoke", id, "--from", "investigator");
    const opened = await act("investigator", "open", id);
    assert.deepEqual(opened.sealed, ["triage", "account", "identity"]);
    assert.equal((await act("auditor", "show", id)).chain.at(-1).kind, "revocation");
  });
});

describe("an erasure", () => {
  test("takes a second person, and leaves the proof only", async () => {
    const receipt = await submit({ contact: true });
    const id = receipt.report_id;
    await gateway.json(["case", "note", id, "--text", "-"], { as: "intake", input: "spam" });
    await act("intake", "dismiss", id);
    await gateway.fails(["case", "erase", id], exits.usage, { as: "intake-2" });
    await refused("intake", "erase", id, "--yes");
    await act("auditor", "hold", id);
    await refused("intake-2", "erase", id, "--yes");
    await act("auditor", "hold", id, "--end");
    await act("intake-2", "erase", id, "--yes");
    const shown = await act("intake", "show", id);
    assert.deepEqual([shown.erased, shown.compartments, shown.chain.map((each: any) => each.kind)], [true, [], ["erasure"]]);
    await refused("intake", "open", id);
    const proof = gateway.file("proof");
    await act("intake", "export", id, "--out", proof);
    assert.equal((await gateway.json<any>(["custody", "verify", proof])).events, 1);
    await refused("intake", "note", id, "--text", office.write("n", "x"));
    assert.equal((await gateway.json<any>(["mailbox", "read", "--code-file", office.codeFile(receipt)])).erased, true);
    await gateway.fails(["mailbox", "reply", "--code-file", office.codeFile(receipt), "--text", office.write("n", "x")], exits.refused);
    await gateway.kill();
    await gateway.serve();
    assert.equal((await act("intake", "show", id)).erased, true);
  });
});

// Everything that a process has in memory and may read, in pieces.
function* memoryOf(pid: number): Generator<Buffer> {
  const maps = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const line of maps) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r.../.exec(line) ?? [];
      if (from === undefined || to === undefined || /\[v(var|syscall|dso)/.test(line)) continue;
      const end = BigInt(`0x${to}`);
      if (end - BigInt(`0x${from}`) > 1n << 32n) continue; // a sanitizer's shadow
      for (let at = BigInt(`0x${from}`); at < end; ) {
        const size = Number(end - at < 16_777_216n ? end - at : 16_777_216n);
        const piece = Buffer.alloc(size);
        try {
          readSync(memory, piece, 0, size, at);
        } catch {
          // Shadow memory and guard pages are mapped and cannot be read.
        }
        yield piece;
        at += BigInt(size);
      }
    }
  } finally {
    closeSync(memory);
  }
}

describe("the operator's whole machine with one trustee's key", () => {
  const canary = "the canary sings at pier nine";
  let id = "";
  let charter: OpenCharter;

  before(async () => {
    const receipt = await gateway.json<Receipt>(
      office.report(canary, { ...answers, consent: { ...none, investigators: true }, identity: { "your-name": canary } }),
    );
    id = receipt.report_id;
    await gateway.json(["mailbox", "reply", "--code-file", office.codeFile(receipt), "--text", "-"], { input: canary });
    await ask("intake", id, "--compartment", "identity");
    await act("trustee-1", "approve", id);
    ({ charter } = await openWeb(gateway));
  });

  test("has no plaintext in its store, its configuration, its log or its memory", async (context) => {
    const own = filesBelow(gateway.folder).filter((path) => !/(report\.txt|answers\.json|\.code_words)$/.test(path));
    assert.ok(own.some((path) => path.includes("/store/")));
    for (const path of own) assert.equal(readFileSync(path).includes(canary), false, path);
    let pages = 0;
    try {
      for (const piece of memoryOf(gateway.pid)) {
        pages += piece.includes("safeconduct") ? 1 : 0;
        assert.equal(piece.includes(canary), false);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
      return context.skip("another process's memory is not for this user to read");
    }
    assert.ok(pages > 0, "the memory that was read is the gateway's");
  });

  test("opens nothing: neither with age, nor by combining the one share there is", async () => {
    const { api } = await openWeb(gateway);
    const trustee = await partyIn(gateway, "trustee-1");
    const file = checkCase(await api.readCase(trustee.key("request"), id), id, charter);
    for (const { name, header } of file.report!.manifest.compartments) {
      const path = office.write(`${name}.header.age`, header);
      const { status } = await run(join(ageFolder, "age"), ["-d", "-i", gateway.key("trustee-1"), path]);
      assert.notEqual(status, 0, name);
    }
    for (const name of ["account", "identity", "event-1"]) {
      const part = findQuorumPart(file, name);
      const { share } = findOwnShare(file, part, trustee, 1);
      await assert.rejects(combineShares(part.context, part.stanza, [share as Share]), name);
    }
    await act("trustee-1", "export", id, "--out", gateway.file("by-trustee"));
    assert.deepEqual(filesBelow(gateway.file("by-trustee")).filter((path) => /(triage|account|identity)\.age$/.test(path)), []);
  });
});
