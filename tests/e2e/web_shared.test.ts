// The web library (gateway/web/shared) against the real gateway and command line, both ways: what the
// one seals, signs, shows or makes, the other opens, verifies, reads and takes.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { downloadPayload, readPayload } from "../../gateway/web/shared/api/download.ts";
import { uploadAttachment } from "../../gateway/web/shared/api/upload.ts";
import { fromBase64, toBase64 } from "../../gateway/web/shared/base/bytes.ts";
import { toJson } from "../../gateway/web/shared/base/messages.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { openTrusted, openTrustedChain } from "../../gateway/web/shared/charter/open.ts";
import type { Trust } from "../../gateway/web/shared/charter/trust.ts";
import { CharterSchema } from "../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import { CaseStatus } from "../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { newReceiptCode, parseReceiptCode, receiptDigits, receiptWords, wordLists } from "../../gateway/web/shared/identity/receiptCode.ts";
import { parseNote, serializeNote } from "../../gateway/web/shared/note/note.ts";
import { openAttachment } from "../../gateway/web/shared/report/attachmentOpener.ts";
import { checkCase } from "../../gateway/web/shared/report/caseFile.ts";
import { accountReaders } from "../../gateway/web/shared/report/compartment.ts";
import { authorOf, eventHash, signEvent } from "../../gateway/web/shared/report/event.ts";
import { checkMailbox, replyReaders } from "../../gateway/web/shared/report/mailbox.ts";
import { openMessage, sealMessage } from "../../gateway/web/shared/report/message.ts";
import { compartmentOf, openAccount, openFileKey, openIdentity, openTriage } from "../../gateway/web/shared/report/open.ts";
import { verifyPromise } from "../../gateway/web/shared/report/promise.ts";
import { type Draft, reporterKeysOf, sealReport } from "../../gateway/web/shared/report/seal.ts";
import { exits, TestGateway } from "./harness.ts";
import { answers, narrative, Office, type Receipt, sha256 } from "./office.ts";
import { bytesOf, fails, now, openWeb, partyIn } from "./webClient.ts";

let gateway: TestGateway;
let office: Office;
let api: GatewayApi;
let trust: Trust;
let charter: OpenCharter;

before(async () => {
  gateway = await TestGateway.start();
  office = new Office(gateway);
  ({ api, trust, charter } = await openWeb(gateway));
});
after(async () => {
  await gateway?.dispose();
});

const partyOf = (name: string): Promise<Party> => partyIn(gateway, name);

function draftOf(extra: Partial<Draft> = {}): Draft {
  return {
    channel: "conduct",
    consent: { contact: true, supportServices: true },
    language: "en",
    narrative,
    triageAnswers: [
      { question: "kind", values: ["fraud"] },
      { question: "needs", values: ["legal", "food"] },
    ],
    accountAnswers: [{ question: "vehicle", values: ["<white> lorry \u2028"] }],
    identityAnswers: [{ question: "your-name", values: ["Amina"] }],
    attachments: [],
    ...extra,
  };
}

describe("a report that the library seals", () => {
  const files: Record<string, Buffer> = {
    "photo of him.jpg": randomBytes(3 * 1024 * 1024 + 12_345),
    "empty.txt": Buffer.alloc(0),
    "exactly one piece.bin": randomBytes(1024 * 1024),
  };
  const code = newReceiptCode();
  const reporter = Party.fromReceiptCode(code);
  let id: string;
  let hash: Uint8Array;

  test("is accepted with a promise that verifies, and again with the same one", async () => {
    const uploaded = [];
    for (const [name, content] of Object.entries(files)) {
      let last = 0;
      const progress = (sent: number): void => void (last = sent);
      const source = new Blob([new Uint8Array(content)]);
      const one = await uploadAttachment(api, source, charter, "conduct", { name, mediaType: "application/x-test", progress });
      assert.equal(last, one.sealed.payloadBytes);
      uploaded.push(one);
    }
    const sealed = await sealReport(draftOf({ attachments: uploaded.map((one) => one.sealed) }), charter, reporter);
    const uploads = uploaded.map(({ uploadId }) => uploadId);
    const reply = await api.submit(sealed, uploads);
    ({ id, hash } = sealed);
    assert.equal(reply.reportId, id);
    const promised = verifyPromise(reply.promise, "report", hash, charter.logs);
    assert.ok(promised.until > now());
    assert.equal((await api.submit(sealed, uploads)).promise, reply.promise);
    await fails(() => verifyPromise(reply.promise, "event", hash, charter.logs), "unverified", "promise");
    await fails(() => verifyPromise(reply.promise, "report", randomBytes(32), charter.logs), "unverified", "promise");
  });

  test("is opened by the command line, every compartment and attachment", async () => {
    const folder = gateway.file("opened-web");
    const opened = await gateway.json(["case", "open", id, "--attachments", folder], { as: "intake-2" });
    assert.equal(opened.account.narrative, narrative);
    assert.equal(opened.triage.language, "en");
    assert.deepEqual(opened.triage.consent, { contact: true, supportServices: true, investigators: false, nationalAuthorities: false });
    assert.deepEqual(opened.triage.answers, draftOf().triageAnswers);
    assert.deepEqual(opened.account.answers, draftOf().accountAnswers);
    assert.deepEqual(opened.sealed, ["identity"]);
    assert.equal(opened.attachments.length, 3);
    for (const saved of opened.attachments) {
      assert.deepEqual(readFileSync(saved.file), files[saved.name], saved.name);
      assert.equal(saved.media_type, "application/x-test");
    }
    const support = await gateway.json(["case", "open", id], { as: "support" });
    assert.deepEqual(support.identity.answers, draftOf().identityAnswers);
    assert.equal(support.account, undefined);
  });

  test("its mailbox opens by either form of the code, and the conversation goes both ways", async () => {
    const text = "Where was it? Où? أين؟\n";
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: text });
    await gateway.json(["case", "status", id, "acknowledged"], { as: "intake" });

    const mailbox = checkMailbox(await api.readMailbox(reporter.key("request")), charter, trust);
    assert.equal(mailbox.id, id);
    assert.equal(mailbox.status, CaseStatus.ACKNOWLEDGED);
    const [message] = mailbox.events;
    assert.ok(message?.event.body.case === "message");
    assert.equal((await openMessage(message.event.body.value.sealed, reporter, hash)).text, text);
    const author = authorOf(message.event, reporter.key("event").publicKey, charter);
    assert.ok(author !== "reporter" && author?.label === "intake");

    const keys = reporterKeysOf(reporter);
    const sealed = await sealMessage("At pier 4.", hash, keys, replyReaders(mailbox, charter, now()), charter.channel("conduct"));
    const body = { case: "message", value: { sealed } } as const;
    const event = signEvent(hash, mailbox.head, charter.version, await api.transport.gatewayTime(), body, reporter.key("event"));
    const reply = await api.appendToMailbox(reporter.key("request"), event);
    assert.equal(reply.sequence, 3n);
    verifyPromise(reply.promise, "event", eventHash(event), charter.logs);
    assert.equal((await api.appendToMailbox(reporter.key("request"), event)).promise, reply.promise, "the same event again");

    for (const shown of [receiptDigits(code), ...(await Promise.all(wordLists.map((list) => receiptWords(code, list))))]) {
      const read = await gateway.json(["mailbox", "read", "--code-file", office.write("code", `${shown}\n`)]);
      assert.equal(read.report_id, id);
      assert.deepEqual(read.entries.map((entry: any) => entry.text ?? entry.status), [text, "acknowledged", "At pier 4."]);
    }
    const opened = await gateway.json(["case", "open", id], { as: "intake-2" });
    assert.deepEqual(opened.entries.map((entry: any) => [entry.author, entry.text ?? entry.status]).at(-1), ["reporter", "At pier 4."]);
  });

  test("a reply at a place that is taken is a conflict", async () => {
    const sealed = await sealMessage("late", hash, reporterKeysOf(reporter), accountReaders(charter.channel("conduct")), charter.channel("conduct"));
    const body = { case: "message", value: { sealed } } as const;
    const event = signEvent(hash, { sequence: 0n, hash }, charter.version, now(), body, reporter.key("event"));
    await fails(() => api.appendToMailbox(reporter.key("request"), event), "conflict");
  });

  test("a code without a report opens nothing", async () => {
    await fails(() => api.readMailbox(Party.generate().key("request")), "not_found");
  });
});

describe("what the gateway refuses, the library says specifically", () => {
  const party = Party.generate();

  test("a manifest, payload or upload that does not fit", async () => {
    const sealed = await sealReport(draftOf(), charter, party);
    const signature = sealed.report.signature.slice();
    signature[0]! ^= 1;
    await fails(() => api.submit({ ...sealed, report: { ...sealed.report, signature } }, []), "unverified", "signature");
    const [triage, account, identity] = sealed.payloads.map((payload) => payload.slice());
    account![100]! ^= 1;
    await fails(() => api.submit({ ...sealed, payloads: [triage!, account!, identity!] }, []), "unverified", "account.payload");
    await fails(() => api.submit(sealed, ["0".repeat(32)]), "rejected", "uploads");
  });

  test("what is too long is refused before it is sent", async () => {
    await fails(() => sealReport(draftOf({ narrative: "x".repeat(2_000_000) }), charter, party), "too_large", "account.payload_bytes");
    await fails(() => sealReport(draftOf({ channel: "none" }), charter, party), "not_found", "channel");
    await fails(() => sealReport(draftOf({ narrative: "half \ud800" }), charter, party), "malformed", "account");
    const huge = { size: 2 ** 45, stream: (): ReadableStream<Uint8Array> => new ReadableStream() };
    await fails(() => uploadAttachment(api, huge, charter, "conduct", { name: "x", mediaType: "" }), "too_large", "attachment.payload_bytes");
  });

  test("a holder who is none, and a case that is not there", async () => {
    await fails(() => api.listCases(party.key("request")), "unauthorized");
    const intake = await partyOf("intake");
    await fails(() => api.readCase(intake.key("request"), "0".repeat(32)), "not_found");
  });
});

describe("a report of the command line", () => {
  const content = randomBytes(2 * 1024 * 1024 + 77);
  let receipt: Receipt;
  before(async () => {
    receipt = await office.submit(["--attach", office.write("film.mp4", content)]);
  });

  test("is opened by the library as its holders", async () => {
    const intake = await partyOf("intake-2");
    const key = intake.key("request");
    const list = await api.listCases(key, { channel: "conduct" });
    assert.ok(list.cases.some(({ reportId }) => reportId === receipt.report_id));
    const file = checkCase(await api.readCase(key, receipt.report_id), receipt.report_id, charter);
    assert.ok(file.report !== undefined);
    assert.equal(file.status, CaseStatus.RECEIVED);
    const own = intake.at(1);
    const triage = await openTriage(file.report, await readPayload(api, intake, file, "triage"), own);
    assert.deepEqual(triage.answers.map(({ question }) => question), Object.keys(answers.triage));
    const account = await openAccount(file.report, await readPayload(api, intake, file, "account"), own);
    assert.equal(account.narrative, narrative);
    await fails(() => openFileKey(compartmentOf(file.report!, "identity"), intake), "wrong_key");

    const [description] = account.attachments;
    assert.ok(description !== undefined);
    const compartment = compartmentOf(file.report, "attachment-0");
    const fileKey = await openFileKey(compartment, own);
    const stream = await openAttachment(fileKey, compartment, description, downloadPayload(api, intake, file, "attachment-0"));
    assert.equal(sha256(await bytesOf(stream)), sha256(content));

    const support = await partyOf("support");
    const seen = checkCase(await api.readCase(support.key("request"), receipt.report_id), receipt.report_id, charter);
    const identity = await openIdentity(seen.report!, await readPayload(api, support, seen, "identity"), support);
    assert.deepEqual(identity.answers.map(({ values }) => values[0]), ["Amina", "the clinic"]);
    await fails(() => readPayload(api, support, seen, "account"), "not_found");

    const auditor = await partyOf("auditor");
    const audited = checkCase(await api.readCase(auditor.key("request"), receipt.report_id), receipt.report_id, charter);
    assert.equal(audited.report, undefined);
  });

  test("a holder's answer and status by the library reach the reporter", async () => {
    const intake = await partyOf("intake");
    const key = intake.key("request");
    const file = checkCase(await api.readCase(key, receipt.report_id), receipt.report_id, charter);
    const triage = await openTriage(file.report!, await readPayload(api, intake, file, "triage"), intake);
    const sealed = await sealMessage("We read you.", file.hash, triage.reporter!, accountReaders(charter.channel("conduct")), charter.channel("conduct"));
    const time = await api.transport.gatewayTime();
    const message = signEvent(file.hash, file.head, charter.version, time, { case: "message", value: { sealed } }, intake.key("event"));
    await api.appendToCase(key, file.id, message);
    const head = { sequence: file.head.sequence + 1n, hash: eventHash(message) };
    const body = { case: "status", value: { status: CaseStatus.IN_ASSESSMENT } } as const;
    await api.appendToCase(key, file.id, signEvent(file.hash, head, charter.version, time, body, intake.key("event")));

    const read = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(receipt)]);
    assert.equal(read.status, "in-assessment");
    assert.deepEqual(read.entries.map((entry: any) => [entry.author, entry.text ?? entry.status]), [
      ["intake", "We read you."],
      ["intake", "in-assessment"],
    ]);
    const again = checkCase(await api.readCase(key, file.id), file.id, charter);
    assert.equal(again.status, CaseStatus.IN_ASSESSMENT);
    assert.equal(again.head.sequence, 2n);
  });

  test("the mailbox opens by both forms of its receipt", async () => {
    for (const form of [receipt.code_words, receipt.code_digits]) {
      const reporter = Party.fromReceiptCode(await parseReceiptCode(form));
      const mailbox = checkMailbox(await api.readMailbox(reporter.key("request")), charter, trust);
      assert.equal(mailbox.id, receipt.report_id);
    }
  });

  test("a case that the gateway changed is not shown", async () => {
    const intake = await partyOf("intake");
    const id = receipt.report_id;
    const view = await api.readCase(intake.key("request"), id);
    const other = await office.submit();
    await fails(() => checkCase(view, other.report_id, charter), "unverified", "report_hash");
    await fails(() => checkCase({ ...view, events: view.events.slice(1) }, id, charter), "unverified", "sequence");
    const sealed = { ...view.sealed!, signature: randomBytes(64) };
    await fails(() => checkCase({ ...view, sealed }, id, charter), "unverified", "signature");
    const otherView = await api.readCase(intake.key("request"), other.report_id);
    await fails(() => checkCase({ ...view, promise: otherView.promise }, id, charter), "unverified", "promise");
  });
});

describe("charters that the command line made", () => {
  const note = (name: string): string => readFileSync(gateway.file(name), "utf8");

  test("the library reads what the command line shows", async () => {
    const shown = await gateway.json(["charter", "show"]);
    assert.equal(shown.origin, charter.origin);
    assert.equal(BigInt(shown.version), charter.version);
    const ours = JSON.parse(toJson(CharterSchema, charter.message));
    assert.deepEqual(ours, shown.charter);
    const info = charter.channel("conduct");
    assert.deepEqual(info.intake.map(({ label }) => label), ["intake", "intake-2"]);
    assert.deepEqual(info.support.map(({ label }) => label), ["support", "support-2"]);
    const text = await api.readText(charter.textDigest("en")!);
    assert.ok(JSON.parse(new TextDecoder().decode(text)));
  });

  test("one that was tampered with, under-signed, foreign, expired or rolled back is refused", async () => {
    const good = note("charter.note");
    const parsed = parseNote(good);
    const [origin, version, expiry, body] = parsed.text.split("\n");
    const changed = fromBase64(body!);
    changed[20]! ^= 1;
    const tampered = serializeNote({ ...parsed, text: [origin, version, expiry, toBase64(changed), ""].join("\n") });
    await fails(() => openTrusted(tampered, trust, now()), "unverified");
    const later = serializeNote({ ...parsed, text: [origin, version, String(Number(expiry) + 1), body, ""].join("\n") });
    await fails(() => openTrusted(later, trust, now()), "unverified");
    await fails(() => openTrusted(serializeNote({ ...parsed, signatures: parsed.signatures.slice(1) }), trust, now()), "unverified");
    const twice = [parsed.signatures[0]!, parsed.signatures[0]!];
    await fails(() => openTrusted(serializeNote({ ...parsed, signatures: twice }), trust, now()), "unverified");
    await fails(() => openTrusted(good, { ...trust, origin: "other.example" }, now()), "rejected", "origin");
    await fails(() => openTrusted(good, trust, charter.expiry), "expired", "expiry");
    assert.equal(openTrusted(good, trust, charter.expiry - 1).version, charter.version);
    await fails(() => openTrusted(good, { ...trust, minimumVersion: 2n }, now()), "rejected", "version");
    await fails(() => openTrusted(good, trust, now(), 2n), "rejected", "version");
  });

  test("after the root keys changed the chain opens, and the last charter alone does not", async () => {
    await Promise.all(["new-root-1", "new-root-2"].map((name) => gateway.makeKey(name)));
    const vkeys = await Promise.all(["new-root-1", "new-root-2"].map((name) => gateway.vkey(name, `${name}.test.localhost`)));
    const draft = JSON.parse(note("charter.json"));
    draft.version = 2;
    (draft.charter ?? draft).nextRoots = { vkeys, threshold: 2 };
    office.write("second.json", JSON.stringify(draft));
    await gateway.sign("second.json");
    draft.version = 3;
    office.write("third.json", JSON.stringify(draft));
    for (const root of ["new-root-1", "new-root-2"]) await gateway.json(["charter", "sign", "third.json", "--name", `${root}.test.localhost`], { as: root });
    const notes = ["charter.note", "second.note", "third.note"].map(note);
    assert.equal(openTrustedChain(notes, trust, now()).version, 3n);
    await fails(() => openTrusted(notes[2]!, trust, now()), "unverified");
    await fails(() => openTrustedChain([notes[0]!, notes[2]!], trust, now()), "unverified");
    await fails(() => openTrustedChain([notes[1]!, notes[1]!], trust, now()), "unverified");
    assert.equal(openTrustedChain(notes.slice(1), trust, now()).version, 3n);
  });
});

describe("identities", () => {
  test("the library finds in a key file what the command line shows of it", async () => {
    for (const name of ["intake", "support", "log"]) {
      const shown = await gateway.json(["identity", "show"], { as: name });
      const party = await partyOf(name);
      assert.equal(party.recipient, shown.recipient);
      assert.equal(toBase64(party.key("request").publicKey), shown.request_key);
      assert.equal(toBase64(party.key("event").publicKey), shown.event_key);
    }
  });

  test("the command line takes a key that the library made", async () => {
    const party = Party.generate();
    const path = office.write("made-in-web.key", `# made by the web library\n${party.revealIdentityText()}\n`);
    assert.equal(path, gateway.key("made-in-web"));
    const shown = await gateway.json(["identity", "show"], { as: "made-in-web" });
    assert.equal(shown.recipient, party.recipient);
    assert.equal(shown.event_key, toBase64(party.key("event").publicKey));
  });

  test("a mistyped code is refused by both with the same group", async () => {
    const digits = receiptDigits(newReceiptCode());
    const wrong = digits.slice(0, 13) + String((Number(digits[13]) + 1) % 10) + digits.slice(14);
    await fails(() => parseReceiptCode(wrong), "malformed", "group 3");
    const error = await gateway.fails(["mailbox", "read"], exits.usage, { input: wrong });
    assert.match(error.message + (error.field ?? "") + (error.hint ?? ""), /group 3/);
  });
});
