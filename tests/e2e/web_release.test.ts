// Reports to a quorum of trustees, by the web library and the command line against the real gateway, both
// ways: what the one seals, asks for, approves, refuses, hands over or consents to, the other opens.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { openerWith } from "../../gateway/web/shared/age/age.ts";
import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { downloadPayload, readPayload } from "../../gateway/web/shared/api/download.ts";
import { uploadAttachment } from "../../gateway/web/shared/api/upload.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import type { Trust } from "../../gateway/web/shared/charter/trust.ts";
import type { Holder } from "../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import { CaseStatus } from "../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { newReceiptCode, parseReceiptCode, receiptWords } from "../../gateway/web/shared/identity/receiptCode.ts";
import { openAttachment } from "../../gateway/web/shared/report/attachmentOpener.ts";
import { type CaseFile, checkCase } from "../../gateway/web/shared/report/caseFile.ts";
import { makeConsentChange, newestConsent, openGivenIdentity } from "../../gateway/web/shared/report/consent.ts";
import { type EventBody, eventHash, signEvent } from "../../gateway/web/shared/report/event.ts";
import { fileKeyOf, openListedTriage } from "../../gateway/web/shared/report/grant.ts";
import { checkMailbox, type OpenMailbox, replyReaders } from "../../gateway/web/shared/report/mailbox.ts";
import { openMessage, sealMessage } from "../../gateway/web/shared/report/message.ts";
import { compartmentOf, openAccount, openIdentity } from "../../gateway/web/shared/report/open.ts";
import { answerReaders } from "../../gateway/web/shared/report/people.ts";
import { verifyPromise } from "../../gateway/web/shared/report/promise.ts";
import { combineReleased, findOwnShare, findQuorumPart } from "../../gateway/web/shared/report/quorumPart.ts";
import { openReason } from "../../gateway/web/shared/report/record.ts";
import { makeApprovals, makeHandovers, makeRefusal, makeRequest, makeSelfGrant, type ReleasedPart, requestAt } from "../../gateway/web/shared/report/release.ts";
import { type ConsentAnswers, reporterKeysOf, sealReport } from "../../gateway/web/shared/report/seal.ts";
import { assign } from "../../gateway/web/shared/report/work.ts";
import { exits, TestGateway } from "./harness.ts";
import { answers, narrative, Office, type Receipt, sha256 } from "./office.ts";
import { bytesOf, fails, now, openWeb, partyIn } from "./webClient.ts";

let gateway: TestGateway;
let office: Office;
let api: GatewayApi;
let charter: OpenCharter;
let trust: Trust;
const attached = randomBytes(1024 * 1024 + 4321); // of two pieces

before(async () => {
  gateway = await TestGateway.start({ policy: "quorum" });
  office = new Office(gateway);
  ({ api, charter, trust } = await openWeb(gateway));
});
after(async () => {
  await gateway?.dispose();
});

const partyOf = (name: string): Promise<Party> => partyIn(gateway, name);
const holder = (label: string): Holder => charter.holderByLabel(label)!;
const none = { contact: false, support_services: false, investigators: false, national_authorities: false };
const submit = (consent: object = none): Promise<Receipt> => office.submit(["--attach", office.write("photo.jpg", attached)], consent);
const act = (as: string, ...args: string[]): Promise<any> => gateway.json(["case", ...args], { as });
const request = (as: string, id: string, ...names: string[]): Promise<any> =>
  act(as, "request", id, ...names.flatMap((name) => ["--compartment", name]), "--reason", office.write("reason.txt", "to protect a child"));

async function readAs(name: string, id: string): Promise<{ party: Party; file: CaseFile }> {
  const party = await partyOf(name);
  return { party, file: checkCase(await api.readCase(party.key("request"), id), id, charter) };
}

// What a library's holder does; gives the number of the last event.
async function append(name: string, id: string, make: (file: CaseFile, party: Party) => Promise<EventBody | readonly EventBody[]>): Promise<bigint> {
  const { party, file } = await readAs(name, id);
  let { head } = file;
  for (const body of [await make(file, party)].flat() as EventBody[]) {
    const event = signEvent(file.hash, head, charter.version, await api.transport.gatewayTime(), body, party.key("event"));
    const reply = await api.appendToCase(party.key("request"), id, event);
    verifyPromise(reply.promise, "event", eventHash(event), charter.logs);
    head = { sequence: reply.sequence, hash: eventHash(event) };
  }
  return head.sequence;
}

const ask = (as: string, id: string, ...compartments: string[]): Promise<bigint> =>
  append(as, id, (file) => makeRequest(file, charter, holder(as), { compartments, reason: "to protect a child" }));
const approve = (as: string, id: string, sequence: bigint): Promise<bigint> =>
  append(as, id, async (file, party) => (await makeApprovals(file, charter, party, sequence, { now: now() })).bodies);
const lastRequest = async (as: string, id: string): Promise<bigint> =>
  (await readAs(as, id)).file.events.findLast(({ event }) => event.body.case === "request")!.event.sequence;

// Combines whatever of the request was released, and appends the grant to oneself.
async function takeReleased(as: string, id: string, sequence: bigint): Promise<void> {
  await append(as, id, async (file, party) => {
    const asked = requestAt(file, sequence);
    const released: ReleasedPart[] = [];
    for (const name of asked.request.compartments) {
      const part = findQuorumPart(file, name);
      const { fileKey, bad } = await combineReleased(file, part, asked, party);
      assert.deepEqual(bad, []);
      released.push({ part, fileKey: fileKey! });
    }
    return makeSelfGrant(holder(as), asked, released);
  });
}

const readMailbox = async (reporter: Party): Promise<OpenMailbox> => checkMailbox(await api.readMailbox(reporter.key("request")), charter, trust);

async function appendToMailbox(reporter: Party, make: (mailbox: OpenMailbox) => Promise<EventBody>): Promise<void> {
  const mailbox = await readMailbox(reporter);
  const event = signEvent(mailbox.hash, mailbox.head, charter.version, await api.transport.gatewayTime(), await make(mailbox), reporter.key("event"));
  await api.appendToMailbox(reporter.key("request"), event);
}

const reply = (reporter: Party, text: string): Promise<void> =>
  appendToMailbox(reporter, async (mailbox) => {
    const channel = charter.channel(mailbox.channel);
    const sealed = await sealMessage(text, mailbox.hash, reporterKeysOf(reporter), replyReaders(mailbox, charter, now()), channel);
    return { case: "message", value: { sealed } };
  });

describe("a report that the library seals to the quorum", () => {
  const code = newReceiptCode();
  const reporter = Party.fromReceiptCode(code);
  let id: string;

  before(async () => {
    const uploaded = await uploadAttachment(api, new Blob([attached]), charter, "conduct", { name: "photo.jpg", mediaType: "image/jpeg" });
    const sealed = await sealReport(
      {
        channel: "conduct",
        consent: { contact: true, investigators: true },
        language: "en",
        narrative,
        triageAnswers: [{ question: "kind", values: ["fraud"] }],
        accountAnswers: [],
        identityAnswers: [{ question: "your-name", values: ["Amina"] }],
        attachments: [uploaded.sealed],
      },
      charter,
      reporter,
    );
    ({ id } = sealed);
    assert.equal((await api.submit(sealed, [uploaded.uploadId])).reportId, id);
    await reply(reporter, "Still there.");
  });

  test("is listed with its triage, and has an account that nobody opens", async () => {
    const intake = await partyOf("intake");
    const { triages } = await api.listCases(intake.key("request"), { with: "triage" });
    assert.equal((await openListedTriage(triages.find(({ reportId }) => reportId === id)!, intake)).language, "en");
    const opened = await act("intake", "open", id);
    assert.equal(opened.triage.answers[0].values[0], "fraud");
    assert.equal(opened.account, undefined);
    await gateway.fails(["case", "open", id], exits.key, { as: "trustee-1" });
  });

  test("asked for and approved by the command line, it opens by the command line", async () => {
    await append("intake", id, async () => assign(holder("investigator")));
    await request("investigator", id, "account", "identity");
    await act("trustee-1", "approve", id);
    await act("trustee-3", "approve", id);
    const opened = await act("investigator", "open", id, "--attachments", gateway.file("released"));
    assert.equal(opened.account.narrative, narrative);
    assert.equal(opened.identity.answers[0].values[0], "Amina");
    assert.equal(sha256(readFileSync(opened.attachments[0].file)), sha256(attached));
    assert.ok(opened.entries.some((entry: any) => entry.text === "Still there."));
  });

  test("opens by the library as well, with the grant that the command line made", async () => {
    const { party, file } = await readAs("investigator", id);
    const account = await openAccount(file.report!, await readPayload(api, party, file, "account"), await fileKeyOf(file, "account", party));
    assert.equal(account.narrative, narrative);
    const identity = await openIdentity(file.report!, await readPayload(api, party, file, "identity"), await fileKeyOf(file, "identity", party));
    assert.equal(identity.answers[0]?.values[0], "Amina");
  });

  test("goes on as a conversation with the one to whom it was released", async () => {
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "investigator", input: "Where exactly?" });
    const mailbox = await readMailbox(reporter);
    const asked = mailbox.events.findLast(({ event }) => event.body.case === "message")!.event.body;
    assert.ok(asked.case === "message");
    assert.equal((await openMessage(asked.value.sealed, reporter, mailbox.hash)).text, "Where exactly?");
    assert.deepEqual(replyReaders(mailbox, charter, now()).map(({ label }) => label), ["investigator"]);
    await fails(() => replyReaders({ ...mailbox, grants: mailbox.grants.slice(1) }, charter, now()), "unverified", "readers");
    await reply(reporter, "At pier 4.");
    assert.equal((await act("investigator", "open", id)).entries.at(-1).text, "At pier 4.");
    const { file } = await readAs("investigator", id);
    assert.deepEqual(answerReaders(file, charter, now(), holder("intake")).map(({ label }) => label).sort(), ["intake", "investigator"]);
    const read = await gateway.json(["mailbox", "read", "--code-file", office.write("code", `${await receiptWords(code)}\n`)]);
    assert.ok(read.entries.some((entry: any) => entry.text === "At pier 4."));
  });
});

describe("a report of the command line", () => {
  let id: string;
  before(async () => {
    id = (await submit()).report_id;
    await append("intake", id, async () => assign(holder("investigator")));
  });

  test("asked for by the library, it is released by one approval of each program", async () => {
    const asked = await ask("investigator", id, "account");
    assert.equal((await act("trustee-2", "open", id)).entries.at(-1).text, "to protect a child");
    await act("trustee-2", "approve", id, "--request", String(asked));
    const early = await readAs("investigator", id);
    const part = findQuorumPart(early.file, "account");
    assert.equal((await combineReleased(early.file, part, requestAt(early.file, asked), early.party)).fileKey, undefined);
    await fails(() => readPayload(api, early.party, early.file, "account"), "not_found");
    await approve("trustee-3", id, asked);

    const { party, file } = await readAs("investigator", id);
    assert.deepEqual(file.view.compartments.map(({ name, grant }) => [name, grant]), [["account", 0n], ["attachment-0", 0n]]);
    await fails(() => fileKeyOf(file, "account", party), "wrong_key");
    const keyOf = async (name: string): Promise<Uint8Array> =>
      (await combineReleased(file, findQuorumPart(file, name), requestAt(file, asked), party)).fileKey!;
    const account = await openAccount(file.report!, await readPayload(api, party, file, "account"), await keyOf("account"));
    assert.equal(account.narrative, narrative);
    const payload = downloadPayload(api, party, file, "attachment-0");
    const stream = await openAttachment(await keyOf("attachment-0"), compartmentOf(file.report!, "attachment-0"), account.attachments[0]!, payload);
    assert.equal(sha256(await bytesOf(stream)), sha256(attached));
  });

  test("granted by the library to its own holder, it opens by the command line", async () => {
    await takeReleased("investigator", id, await lastRequest("investigator", id));
    const opened = await act("investigator", "open", id);
    assert.equal(opened.account.narrative, narrative);
    assert.ok(opened.entries.at(-1).did.length > 0);
  });

  test("its identity is let go by neither, since the reporter did not consent", async () => {
    const asked = await ask("investigator", id, "identity");
    await fails(() => approve("trustee-1", id, asked), "rejected", "consent");
    await gateway.fails(["case", "approve", id, "--request", String(asked)], exits.refused, { as: "trustee-2" });
  });

  test("refused by either, the other reads why", async () => {
    const asked = await ask("investigator", id, "account");
    await act("trustee-1", "refuse", id, "--request", String(asked), "--reason", office.write("no.txt", "too little is said"));
    const { party, file } = await readAs("investigator", id);
    const refused = file.events.at(-1)!.event.body;
    assert.ok(refused.case === "refusal");
    assert.equal((await openReason(refused.value.reason, party, file.hash)).text.trimEnd(), "too little is said");
    await append("trustee-2", id, (of) => makeRefusal(of, charter, asked, "for the same reason"));
    assert.equal((await act("investigator", "open", id)).entries.at(-1).text, "for the same reason");
  });
});

describe("a change of consent", () => {
  const changed: Partial<ConsentAnswers> = { investigators: true, supportServices: true };

  test("of the library is kept by the command line", async () => {
    const receipt = await submit();
    const id = receipt.report_id;
    const reporter = Party.fromReceiptCode(await parseReceiptCode(receipt.code_words));
    const identityAnswers = [{ question: "your-name", values: ["Amina, at the clinic"] }];
    await append("intake", id, async () => assign(holder("investigator")));
    await appendToMailbox(reporter, (mailbox) => makeConsentChange(mailbox, charter, reporter, { consent: changed, identityAnswers }));
    const event = (await readMailbox(reporter)).head.sequence;
    const asked = await ask("investigator", id, `event-${event}`);
    for (const label of ["trustee-1", "trustee-3"]) await act(label, "approve", id, "--request", String(asked));
    const { party, file } = await readAs("investigator", id);
    const { fileKey } = await combineReleased(file, findQuorumPart(file, `event-${event}`), requestAt(file, asked), party);
    assert.equal((await openGivenIdentity(file, event, openerWith(fileKey!))).answers[0]?.values[0], "Amina, at the clinic");

    await appendToMailbox(reporter, (mailbox) => makeConsentChange(mailbox, charter, reporter, { consent: {}, identityAnswers: [] }));
    const again = await ask("investigator", id, `event-${event}`);
    await gateway.fails(["case", "approve", id, "--request", String(again)], exits.refused, { as: "trustee-2" });
  });

  test("of the command line is kept by the library", async () => {
    const receipt = await submit();
    const id = receipt.report_id;
    await append("intake", id, async () => assign(holder("investigator")));
    const change = (consent: object): Promise<unknown> =>
      gateway.json(["mailbox", "consent", "--code-file", office.codeFile(receipt), "--answers", office.write("consent.json", JSON.stringify({ ...answers, consent }))]);
    await change({ ...none, investigators: true, support_services: true });
    const { file } = await readAs("support", id);
    const given = file.events.findLast(({ event }) => event.body.case === "consent")!.event.sequence;
    assert.equal((await newestConsent(file, await partyOf("trustee-1")))?.investigators, true);
    assert.equal((await openGivenIdentity(file, given, await partyOf("support"))).answers[0]?.values[0], "Amina");
    const asked = await ask("investigator", id, `event-${given}`);
    await approve("trustee-1", id, asked);
    await append("intake", id, async () => assign(holder("national")));
    const national = await ask("national", id, `event-${given}`);
    await fails(() => approve("trustee-2", id, national), "rejected", "consent");
    await change(none);
    await fails(() => approve("trustee-3", id, asked), "rejected", "consent");
  });
});

describe("a successor", () => {
  let ids: string[];
  before(async () => {
    ids = [(await submit()).report_id, (await submit()).report_id];
    // A fourth trustee comes in, to whom nothing was sealed.
    const draft = JSON.parse(readFileSync(gateway.file("charter.json"), "utf8"));
    office.write("second.json", JSON.stringify({ ...draft, version: 2 }));
    const card = await gateway.makeKey("trustee-4");
    const identity = ["--label", "trustee-4", "--organisation", "Staff Union", "--role", "trustee", "--keys", "-"];
    await gateway.json(["charter", "add-holder", "second.json", ...identity], { input: card });
    await gateway.sign("second.json");
    await gateway.publish("second.note");
    ({ charter } = await openWeb(gateway));
  });

  test("opens by either program what the other handed over, and approves with it", async () => {
    const [ofLibrary, ofCommandLine] = ids as [string, string];
    const heir = await partyOf("trustee-4");
    const { file } = await readAs("trustee-3", ofLibrary);
    await fails(() => findOwnShare(file, findQuorumPart(file, "account"), heir, 4), "wrong_key");
    await append("trustee-3", ofLibrary, async (of, party) => makeHandovers(of, charter, party, holder("trustee-4")));
    await act("trustee-3", "handover", ofCommandLine, "--to", "trustee-4");
    for (const id of ids) await request("intake", id, "account");
    await act("trustee-4", "approve", ofLibrary);
    await approve("trustee-4", ofCommandLine, await lastRequest("intake", ofCommandLine));
    for (const id of ids) {
      await act("trustee-1", "approve", id);
      assert.equal((await act("intake", "open", id)).account.narrative, narrative);
    }
  });
});

describe("an erased case", () => {
  test("is said to be so, to holders and to the reporter, and nothing of it is left", async () => {
    const receipt = await submit();
    const id = receipt.report_id;
    const reporter = Party.fromReceiptCode(await parseReceiptCode(receipt.code_words));
    await act("intake", "status", id, "closed");
    await act("auditor", "erase", id, "--yes");
    const { file } = await readAs("intake", id);
    assert.deepEqual([file.erased, file.status, file.report, file.view.compartments], [true, CaseStatus.CLOSED, undefined, []]);
    const mailbox = await readMailbox(reporter);
    assert.deepEqual([mailbox.erased, mailbox.status, mailbox.events], [true, CaseStatus.CLOSED, []]);
    await fails(() => replyReaders(mailbox, charter, now()), "rejected", "erased");
  });
});
