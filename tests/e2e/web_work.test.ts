// Who works on a case and what they record, by the web library and the command line against the real
// gateway, both ways: what the one assigns, grants, notes or records, the other lists, opens and reads.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { downloadPayload, readPayload } from "../../gateway/web/shared/api/download.ts";
import { wrapHeader } from "../../gateway/web/shared/age/wrap.ts";
import { toHex } from "../../gateway/web/shared/base/bytes.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import type { Trust } from "../../gateway/web/shared/charter/trust.ts";
import type { Holder } from "../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { parseReceiptCode } from "../../gateway/web/shared/identity/receiptCode.ts";
import { openAttachment } from "../../gateway/web/shared/report/attachmentOpener.ts";
import { type CaseFile, checkCase, servedCompartment } from "../../gateway/web/shared/report/caseFile.ts";
import { type EventBody, eventHash, signEvent } from "../../gateway/web/shared/report/event.ts";
import { fileKeyOf, makeGrant } from "../../gateway/web/shared/report/grant.ts";
import { checkMailbox, replyReaders } from "../../gateway/web/shared/report/mailbox.ts";
import { sealMessage } from "../../gateway/web/shared/report/message.ts";
import { compartmentOf, openAccount, openFileKey, openIdentity } from "../../gateway/web/shared/report/open.ts";
import { answerReaders, readersOf } from "../../gateway/web/shared/report/people.ts";
import { verifyPromise } from "../../gateway/web/shared/report/promise.ts";
import { makeCustody, makeMeasures, makeNote, openCustody, openMeasures, openNote } from "../../gateway/web/shared/report/record.ts";
import { reporterKeysOf } from "../../gateway/web/shared/report/seal.ts";
import { assign, dismiss, exclude, hold, link, revoke } from "../../gateway/web/shared/report/work.ts";
import { exits, TestGateway } from "./harness.ts";
import { narrative, Office, type Receipt, sha256 } from "./office.ts";
import { bytesOf, fails, now, openWeb, partyIn } from "./webClient.ts";

let gateway: TestGateway;
let office: Office;
let api: GatewayApi;
let charter: OpenCharter;
let trust: Trust;
const attached = randomBytes(1024 * 1024 + 4321); // of two pieces

before(async () => {
  gateway = await TestGateway.start();
  office = new Office(gateway);
  ({ api, charter, trust } = await openWeb(gateway));
});
after(async () => {
  await gateway?.dispose();
});

const partyOf = (name: string): Promise<Party> => partyIn(gateway, name);
const holder = (label: string): Holder => charter.holderByLabel(label)!;
const submit = (consent?: object): Promise<Receipt> => office.submit(["--attach", office.write("photo.jpg", attached)], consent);
const act = (as: string, ...args: string[]): Promise<any> => gateway.json(["case", ...args], { as });

async function readAs(name: string, id: string): Promise<{ party: Party; file: CaseFile }> {
  const party = await partyOf(name);
  return { party, file: checkCase(await api.readCase(party.key("request"), id), id, charter) };
}

async function append(name: string, id: string, make: EventBody | ((file: CaseFile, party: Party) => Promise<EventBody>)): Promise<void> {
  const { party, file } = await readAs(name, id);
  const body = typeof make === "function" ? await make(file, party) : make;
  const event = signEvent(file.hash, file.head, charter.version, await api.transport.gatewayTime(), body, party.key("event"));
  const reply = await api.appendToCase(party.key("request"), id, event);
  assert.equal(reply.sequence, file.head.sequence + 1n);
  verifyPromise(reply.promise, "event", eventHash(event), charter.logs);
}

const grant = (as: string, id: string, to: string, compartments: readonly string[], expires?: number): Promise<void> =>
  append(as, id, (file, party) =>
    makeGrant(file, party, holder(to), {
      compartments,
      readIdentity: () => readPayload(api, party, file, "identity"),
      ...(expires !== undefined && { expires }),
    }),
  );

describe("who works on a case", () => {
  let id: string;
  before(async () => {
    id = (await submit()).report_id;
  });

  test("whom the library assigns lists the case, by the command line and the library", async () => {
    const investigator = await partyOf("investigator");
    await append("intake", id, assign(holder("investigator")));
    const list = await act("investigator", "list");
    assert.deepEqual(list.cases.map((each: any) => [each.report_id, each.assigned]), [[id, true]]);
    const { cases } = await api.listCases(investigator.key("request"));
    assert.deepEqual(cases.map(({ reportId, assigned }) => [reportId, assigned]), [[id, true]]);
    const { file } = await readAs("investigator", id);
    assert.deepEqual(file.view.compartments, []);
    await fails(() => servedCompartment(file, "account", investigator), "not_found");
  });

  test("what the library grants, the grantee opens by the command line", async () => {
    await grant("intake", id, "investigator", ["account"]);
    const opened = await act("investigator", "open", id, "--attachments", gateway.file("granted-by-web"));
    assert.equal(opened.account.narrative, narrative);
    assert.deepEqual(opened.sealed, ["triage", "identity"]);
    assert.equal(sha256(readFileSync(opened.attachments[0].file)), sha256(attached));
  });

  test("revoked and granted again by the command line, the library downloads and opens it", async () => {
    await append("intake", id, revoke(holder("investigator")));
    await gateway.fails(["case", "open", id], exits.key, { as: "investigator" });
    await act("intake", "grant", id, "--to", "investigator", "--compartment", "account", "--until", "2099-01-01");

    const { party, file } = await readAs("investigator", id);
    assert.deepEqual(file.view.compartments.map(({ name, grant }) => [name, grant]), [["account", 4n], ["attachment-0", 4n]]);
    const account = await openAccount(file.report!, await readPayload(api, party, file, "account"), await fileKeyOf(file, "account", party));
    assert.equal(account.narrative, narrative);
    const compartment = compartmentOf(file.report!, "attachment-0");
    await fails(() => openFileKey(compartment, party), "wrong_key"); // the original header is not for them
    const payload = downloadPayload(api, party, file, "attachment-0");
    const stream = await openAttachment(await fileKeyOf(file, "attachment-0", party), compartment, account.attachments[0]!, payload);
    assert.equal(sha256(await bytesOf(stream)), sha256(attached));
    // By their own key, those to whom the reporter sealed it.
    const intake = await readAs("intake", id);
    assert.equal(servedCompartment(intake.file, "account", intake.party).grant, 0n);
    await openAccount(file.report!, await readPayload(api, intake.party, intake.file, "account"), await fileKeyOf(intake.file, "account", intake.party));
  });

  test("excluded by the library they have nothing, and again when it is lifted", async () => {
    await append("auditor", id, exclude(holder("investigator")));
    await gateway.fails(["case", "open", id], exits.refused, { as: "investigator" });
    const { file } = await readAs("intake", id);
    assert.deepEqual(readersOf(file, charter, holder("intake")).map(({ label }) => label), ["intake", "intake-2"]);
    await fails(() => readersOf(file, charter, holder("intake"), [holder("investigator")]), "rejected", "readers");
    await fails(() => grant("intake", id, "investigator", ["triage"]), "rejected", "grant.grantee");
    await append("intake", id, exclude(holder("investigator"), true));
    assert.equal((await act("investigator", "open", id)).account.narrative, narrative);
  });

  test("a header over another content, which no gateway can tell, is refused by both", async () => {
    const { report_id: other } = await submit();
    const header = wrapHeader(randomBytes(16), [holder("investigator").recipient]);
    await append("intake", other, { case: "grant", value: { grantee: holder("investigator").eventKey, headers: [{ compartment: "account", header }] } });
    const { party, file } = await readAs("investigator", other);
    await readPayload(api, party, file, "account"); // it is served as it was signed
    await fails(() => fileKeyOf(file, "account", party), "unverified", "header");
    await gateway.fails(["case", "open", other], exits.unverified, { as: "investigator" });
  });

  test("what the gateway refuses is said by field", async () => {
    await fails(() => grant("investigator", id, "support", ["account"]), "rejected", "grant.headers.compartment");
    await fails(() => grant("intake", id, "auditor", ["account"]), "rejected", "grant.grantee");
    await fails(() => grant("intake", id, "investigator", ["account"], 3600), "rejected", "grant.expires");
    await fails(() => grant("intake", id, "investigator", ["diary"]), "not_found", "compartments");
  });

  test("cases are linked, dismissed and held by the library, and back", async () => {
    const other = await submit();
    const { file } = await readAs("intake", other.report_id);
    await append("intake", id, link(file.hash));
    await append("intake", id, dismiss());
    await append("auditor", id, hold());
    const standing = async (): Promise<unknown> => {
      const summary = (await act("intake", "list")).cases.find((each: any) => each.report_id === id);
      const seen = (await readAs("intake", id)).file;
      assert.deepEqual([seen.dismissed, seen.held], [summary.dismissed, summary.held]);
      assert.deepEqual([seen.view.summary!.dismissed, seen.view.summary!.held], [summary.dismissed, summary.held]);
      return [summary.dismissed, summary.held];
    };
    assert.deepEqual(await standing(), [true, true]);
    for (const body of [dismiss(true), hold(true), link(file.hash, true)]) await append("intake", id, body);
    assert.deepEqual(await standing(), [false, false]);
    await append("intake", id, assign(holder("investigator"), true));
    const did = (await act("intake", "show", id)).chain.at(-1).did;
    assert.match(did, /investigator/);
  });
});

describe("consent", () => {
  const none = { contact: false, support_services: false, investigators: false, national_authorities: false };

  test("the library grants who the reporter is only to those whom the reporter allows", async () => {
    const { report_id: closed } = await submit({ ...none, support_services: true });
    await fails(() => grant("support", closed, "investigator", ["identity"]), "rejected", "consent");
    await grant("support", closed, "support-2", ["identity"]);
    const { report_id: open } = await submit({ ...none, support_services: true, investigators: true });
    await grant("support", open, "investigator", ["identity"]);
    const opened = await act("investigator", "open", open);
    assert.equal(opened.identity.answers[0].values[0], "Amina");
    assert.equal(opened.account, undefined);
    const { party, file } = await readAs("investigator", open);
    const identity = await openIdentity(file.report!, await readPayload(api, party, file, "identity"), await fileKeyOf(file, "identity", party));
    assert.equal(identity.answers[0]!.values[0], "Amina");
    const { report_id: sealed } = await submit(none);
    await fails(() => grant("support", sealed, "investigator", ["identity"]), "wrong_key");
  });
});

describe("records", () => {
  let id: string;
  before(async () => {
    id = (await submit()).report_id;
    await append("intake", id, assign(holder("investigator")));
  });
  const readers = (file: CaseFile, own: string, ...named: string[]): readonly Holder[] =>
    readersOf(file, charter, holder(own), named.map(holder));

  test("of the library are read by the command line", async () => {
    const document = randomBytes(32);
    await append("investigator", id, (file) => makeNote("Call the clinic first. ✓", file.hash, readers(file, "investigator")));
    const custody = { item: "telephone", time: "2026-11-20T00:00:00Z", from: "the guard", to: "OIOS", sealNumber: "4711", documentSha256: document };
    await append("investigator", id, (file) => makeCustody(custody, file.hash, readers(file, "investigator")));
    const measures = { measures: [{ kind: "medical", date: "2026-11-21", reference: "file 7" }], sanction: "repatriation" };
    await append("intake", id, (file) => makeMeasures(measures, file.hash, readers(file, "intake")));
    const opened = await act("intake-2", "open", id);
    const texts = Object.fromEntries(opened.entries.filter((entry: any) => entry.text).map((entry: any) => [entry.kind, entry.text]));
    assert.deepEqual(texts, {
      note: "Call the clinic first. ✓",
      custody: `item: telephone\ntime: 2026-11-20T00:00:00Z\nfrom: the guard\nto: OIOS\nseal: 4711\ndocument (SHA-256): ${toHex(document)}`,
      measures: "measure: medical, 2026-11-21, file 7\nsanction: repatriation",
    });
    const support = await act("support", "open", id);
    assert.ok(support.entries.every((entry: any) => entry.text === undefined));
  });

  test("of the command line are read by the library, by those to whom they are sealed", async () => {
    await gateway.json(["case", "note", id, "--text", "-"], { as: "investigator", input: "Noted elsewhere." });
    await act("intake", "custody", id, "--item", "sample", "--from", "the clinic", "--to", "the laboratory", "--seal", "12", "--document", office.write("receipt.pdf", "signed here"));
    await act("intake", "measures", id, "--measure", "shelter=2026-11-22", "--remarks", "for a month");
    await gateway.json(["case", "note", id, "--reader", "support", "--text", "-"], { as: "intake", input: "On Monday." });
    const { party, file } = await readAs("investigator", id);
    const bodies = file.events.slice(-4).map(({ event }) => event.body);
    const [note, custody, measures, other] = bodies;
    assert.ok(note?.case === "note" && custody?.case === "custody" && measures?.case === "measures" && other?.case === "note");
    assert.equal((await openNote(note.value.sealed, party, file.hash)).text, "Noted elsewhere.");
    const record = await openCustody(custody.value.sealed, party, file.hash);
    assert.deepEqual([record.item, record.sealNumber, toHex(record.documentSha256)], ["sample", "12", sha256(Buffer.from("signed here"))]);
    const taken = await openMeasures(measures.value.sealed, party, file.hash);
    assert.deepEqual([taken.measures.map(({ kind, date }) => [kind, date]), taken.remarks], [[["shelter", "2026-11-22"]], "for a month"]);
    await fails(() => openNote(other.value.sealed, party, file.hash), "wrong_key");
    assert.equal((await openNote(other.value.sealed, await partyOf("support"), file.hash)).text, "On Monday.");
    await fails(() => openNote(note.value.sealed, party, randomBytes(32)), "unverified", "report_hash");
  });

  test("of the library go only to those named", async () => {
    await append("intake", id, (file) => makeNote("For you.", file.hash, readers(file, "intake", "support")));
    const last = async (as: string): Promise<any> => (await act(as, "open", id)).entries.at(-1).text;
    assert.deepEqual([await last("support"), await last("intake"), await last("intake-2")], ["For you.", "For you.", undefined]);
  });
});

describe("a conversation with whoever was granted the account", () => {
  test("goes both ways by the library, and only as signed grants and the charter say", async () => {
    const receipt = await submit();
    const reporter = Party.fromReceiptCode(await parseReceiptCode(receipt.code_words));
    const read = async () => checkMailbox(await api.readMailbox(reporter.key("request")), charter, trust);
    assert.deepEqual(replyReaders(await read(), charter, now()).map(({ label }) => label), ["intake", "intake-2"]);
    await act("intake", "grant", receipt.report_id, "--to", "investigator", "--compartment", "account", "--until", "2099-01-01");

    const mailbox = await read();
    const readers = replyReaders(mailbox, charter, now());
    assert.deepEqual(readers.map(({ label }) => label).sort(), ["intake", "intake-2", "investigator"]);
    const sealed = await sealMessage("At pier 4.", mailbox.hash, reporterKeysOf(reporter), readers, charter.channel("conduct"));
    const body = { case: "message", value: { sealed } } as const;
    await api.appendToMailbox(reporter.key("request"), signEvent(mailbox.hash, mailbox.head, charter.version, await api.transport.gatewayTime(), body, reporter.key("event")));
    const opened = await act("investigator", "open", receipt.report_id);
    assert.equal(opened.entries.at(-1).text, "At pier 4.");
    const { file } = await readAs("investigator", receipt.report_id);
    assert.deepEqual(answerReaders(file, charter, now()).map(({ label }) => label).sort(), ["intake", "intake-2", "investigator"]);

    // A gateway that names a reader without the grant, or with one that is not for this, gets no reply.
    const [granted] = mailbox.grants;
    await fails(() => replyReaders({ ...mailbox, grants: [] }, charter, now()), "unverified", "readers");
    await fails(() => replyReaders({ ...mailbox, readers: ["intake", "intake-2"] }, charter, now()), "unverified", "readers");
    await fails(() => replyReaders({ ...mailbox, hash: new Uint8Array(32) }, charter, now()), "unverified", "readers");
    await fails(() => replyReaders(mailbox, charter, 4_102_444_800), "unverified", "readers");
    const byAuditor = { ...granted!, event: { ...granted!.event, author: holder("auditor").eventKey } };
    await fails(() => replyReaders({ ...mailbox, grants: [byAuditor] }, charter, now()), "unverified", "readers");
    const [page] = await api.readMailbox(reporter.key("request"));
    page!.grants[0]!.signature[5]! ^= 1;
    await fails(() => checkMailbox([page!], charter, trust), "unverified", "signature");

    await act("intake", "revoke", receipt.report_id, "--from", "investigator");
    assert.deepEqual(replyReaders(await read(), charter, now()).map(({ label }) => label), ["intake", "intake-2"]);
    const after = (await readAs("intake", receipt.report_id)).file;
    assert.deepEqual(answerReaders(after, charter, now()).map(({ label }) => label), ["intake", "intake-2"]);
  });
});
