// gateway/web/shared/report: what holders seal for each other; headers that a grant adds, also hostile ones.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { checkFileKey, openFile, openHeader, sealFile } from "../../../gateway/web/shared/age/age.ts";
import { parseSealedHeader } from "../../../gateway/web/shared/age/header.ts";
import { wrapHeader } from "../../../gateway/web/shared/age/wrap.ts";
import { equal, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import type { CaseView } from "../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import type { Holder } from "../../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { type CaseFile, servedCompartment } from "../../../gateway/web/shared/report/caseFile.ts";
import { checkEvent, type EventBody, eventHash, type Head, signEvent, verifyChain } from "../../../gateway/web/shared/report/event.ts";
import { fileKeyOf, makeGrant, makeGrantedHeader, openGrantedHeader } from "../../../gateway/web/shared/report/grant.ts";
import { type CheckedReport, compartmentOf, openAccount, openFileKey, openIdentity, verifyReport } from "../../../gateway/web/shared/report/open.ts";
import { readersOf } from "../../../gateway/web/shared/report/people.ts";
import { makeCustody, makeMeasures, makeNote, openCustody, openMeasures, openNote } from "../../../gateway/web/shared/report/record.ts";
import { type Sealed, sealReport } from "../../../gateway/web/shared/report/seal.ts";
import { assign, dismiss, exclude, hold, revoke } from "../../../gateway/web/shared/report/work.ts";
import { charter as makeCharter, fails, flipped, holders, pattern } from "./testing.ts";

const charter = makeCharter();
const reporter = Party.fromSeed(new Uint8Array(32).fill(63));
const { intake, support, auditor } = holders;
const other = holders["intake-2"];
const holder = (label: keyof typeof holders): Holder => charter.holderByLabel(label)!;
const hash = pattern(32);
const time = 1_800_000_000;

let sealed: Sealed;
let report: CheckedReport;
before(async () => {
  const none = { triageAnswers: [], accountAnswers: [], attachments: [] };
  const identityAnswers = [{ question: "name", values: ["Amina"] }];
  const draft = { channel: "conduct", consent: { supportServices: true }, language: "en", narrative: "x", identityAnswers, ...none };
  sealed = await sealReport(draft, charter, reporter);
  report = verifyReport(sealed.report, sealed.id);
});

// The events of a case, each by intake, and how the case is served to whom.
function caseOf(bodies: readonly EventBody[], served: Readonly<Record<string, bigint>> = {}): CaseFile {
  let head: Head = { sequence: 0n, hash: sealed.hash };
  const signed = bodies.map((body) => {
    const event = signEvent(sealed.hash, head, 1n, time, body, intake.key("event"));
    head = { sequence: head.sequence + 1n, hash: eventHash(event) };
    return event;
  });
  const { events } = verifyChain(signed, sealed.hash);
  const compartments = Object.entries(served).map(([name, grant]) => {
    const body = events[Number(grant) - 1]?.event.body;
    const headers = body?.case === "grant" ? body.value.headers : [];
    const header = headers.find(({ compartment }) => compartment === name)?.header ?? compartmentOf(report, name).header;
    return { name, grant, fileBytes: BigInt(header.length) + compartmentOf(report, name).payloadBytes };
  });
  const view = { compartments } as unknown as CaseView;
  return { id: sealed.id, hash: sealed.hash, channel: "conduct", report, events, head, view } as unknown as CaseFile;
}

describe("a header for a file key that there is", () => {
  test("makes an age file of the recipients', in their order, and opens for nobody else", async () => {
    const { header, payload } = await sealFile(utf8("what was sealed once"), [intake.recipient]);
    const fileKey = await openHeader(header, intake);
    const wrapped = wrapHeader(fileKey, [support.recipient, auditor.recipient]);
    assert.equal(parseSealedHeader(wrapped).stanzas.length, 2);
    assert.equal(wrapHeader(fileKey, [support.recipient]).length, header.length);
    for (const party of [support, auditor]) {
      assert.deepEqual(Buffer.from(await openFile({ header: wrapped, payload }, party)).toString(), "what was sealed once");
    }
    assert.deepEqual(await openHeader(wrapped, auditor.at(1)), fileKey);
    await fails(() => openHeader(wrapped, intake), "wrong_key");
    await checkFileKey(wrapped, fileKey);
    await fails(() => checkFileKey(wrapped, flipped(fileKey, 5)), "unverified");
    await fails(() => wrapHeader(fileKey, []), "rejected");
    await fails(() => wrapHeader(fileKey, ["age1x"]), "malformed");
    await fails(() => wrapHeader(pattern(15), [intake.recipient]), "malformed");
  });
});

describe("grants", () => {
  const readIdentity = async (): Promise<Uint8Array> => sealed.payloads[2]!;
  const served = { triage: 0n, account: 0n, identity: 0n };
  const keyOf = (name: string, party: Party): Promise<Uint8Array> => openFileKey(compartmentOf(report, name), party);

  test("open for the grantee what the reporter sealed, and for nobody else", async () => {
    const body = await makeGrant(caseOf([], served), intake, holder("support"), { compartments: ["account", "account", "triage"], readIdentity });
    assert.ok(body.case === "grant");
    assert.deepEqual(body.value.headers?.map(({ compartment }) => compartment), ["triage", "account"]);
    const file = caseOf([dismiss(), body], { account: 2n });
    const account = await openAccount(report, sealed.payloads[1]!, await fileKeyOf(file, "account", support));
    assert.equal(account.narrative, "x");
    assert.equal(servedCompartment(file, "account", support).grant, 2n);
    await fails(() => fileKeyOf(file, "triage", support), "not_found");
    await fails(() => fileKeyOf(file, "account", auditor), "unverified", "account"); // a grant to somebody else
    await fails(() => openGrantedHeader(compartmentOf(report, "account"), servedCompartment(file, "account", support).header, auditor), "wrong_key");
  });

  test("are made only with the original's file key", async () => {
    const original = compartmentOf(report, "account");
    await fails(() => makeGrantedHeader(original, pattern(16), holder("support")), "unverified");
    await fails(async () => makeGrantedHeader(original, await keyOf("triage", intake), holder("support")), "unverified");
    await fails(() => makeGrant(caseOf([], served), auditor, holder("support"), { compartments: ["account"], readIdentity }), "wrong_key");
    for (const compartments of [["diary"], ["account", "attachment-0"]]) {
      await fails(() => makeGrant(caseOf([], served), intake, holder("support"), { compartments, readIdentity }), "not_found", "compartments");
    }
    await fails(() => makeGrant(caseOf([], served), intake, holder("support"), { compartments: [], readIdentity }), "malformed", "grant.headers");
    await fails(() => makeGrant({ ...caseOf([]), report: undefined }, intake, holder("support"), { compartments: ["account"], readIdentity }), "not_found");
  });

  test("hostile: a header over another file key, of another compartment, or for somebody else", async () => {
    const grantOf = (header: Uint8Array, to = support): EventBody =>
      ({ case: "grant", value: { grantee: to.key("event").publicKey, headers: [{ compartment: "account", header }] } });
    const anotherKey = wrapHeader(pattern(16), [support.recipient]);
    const ofTriage = await makeGrantedHeader(compartmentOf(report, "triage"), await keyOf("triage", intake), holder("support"));
    for (const header of [anotherKey, ofTriage]) {
      await fails(() => fileKeyOf(caseOf([grantOf(header)], { account: 1n }), "account", support), "unverified", "header");
      const granted = await openHeader(header, support); // whoever did not compare would go on with it
      await fails(() => openAccount(report, sealed.payloads[1]!, granted), "unverified");
    }
    const good = await makeGrantedHeader(compartmentOf(report, "account"), await keyOf("account", intake), holder("support"));
    const changed = good.slice();
    changed[good.length - 5]! ^= 1; // of the MAC
    await fails(() => fileKeyOf(caseOf([grantOf(changed)], { account: 1n }), "account", support), ["unverified", "malformed"]);
    const forAnother = wrapHeader(await keyOf("account", intake), [other.recipient]);
    await fails(() => fileKeyOf(caseOf([grantOf(forAnother)], { account: 1n }), "account", support), "wrong_key");
  });

  test("that the gateway names and nobody signed are not taken", async () => {
    const good = await makeGrant(caseOf([], served), intake, holder("support"), { compartments: ["account"], readIdentity });
    for (const [bodies, grant] of [[[good], 2n], [[good, hold()], 2n], [[], 1n]] as [EventBody[], bigint][]) {
      await fails(() => servedCompartment(caseOf(bodies, { account: grant }), "account", support), "unverified", "account");
    }
    await fails(() => servedCompartment(caseOf([good], { triage: 1n }), "triage", support), "unverified", "triage");
    const file = caseOf([good], { account: 1n });
    file.view.compartments[0]!.fileBytes += 1n;
    await fails(() => servedCompartment(file, "account", support), "unverified", "account");
  });

  test("of who the reporter is only as the consent in it allows", async () => {
    const granted = await makeGrant(caseOf([], served), support, holder("support"), { compartments: ["identity"], readIdentity });
    const file = caseOf([granted], { identity: 1n });
    assert.equal((await openIdentity(report, sealed.payloads[2]!, await fileKeyOf(file, "identity", support))).answers[0]?.values[0], "Amina");
    await fails(() => makeGrant(caseOf([], served), support, holder("intake"), { compartments: ["identity"], readIdentity }), "rejected", "consent");
    await fails(() => makeGrant(caseOf([], served), intake, holder("support"), { compartments: ["identity"], readIdentity }), "wrong_key");
    // Another payload than the one that was signed says nothing of consent.
    const lying = async (): Promise<Uint8Array> => flipped(sealed.payloads[2]!, 999);
    await fails(() => makeGrant(caseOf([], served), support, holder("support"), { compartments: ["identity"], readIdentity: lying }), "unverified", "identity.payload");
    let asked = 0;
    const counted = async (): Promise<Uint8Array> => (++asked, sealed.payloads[2]!);
    await makeGrant(caseOf([], served), intake, holder("support"), { compartments: ["account"], readIdentity: counted });
    assert.equal(asked, 0);
  });
});

describe("records", () => {
  const readers = [holder("intake"), holder("support")];
  const sealedIn = (body: EventBody): Uint8Array => (body.value as { sealed: Uint8Array }).sealed;
  const custody = { item: "telephone", place: "pier 4", from: "the guard", to: "the office", sealNumber: "7", documentSha256: pattern(32) };
  const measures = { measures: [{ kind: "medical", date: "2027-01-31", reference: "7/1" }], sanction: "none so far ✓" };

  test("open for each reader, fit an event, and have padded sizes", async () => {
    const note = await makeNote("Habari? ✓", hash, readers);
    const bodies = [note, await makeCustody(custody, hash, readers), await makeMeasures(measures, hash, readers)];
    for (const body of bodies) {
      checkEvent(signEvent(hash, { sequence: 0n, hash }, 1n, time, body, intake.key("event")));
      assert.equal(sealedIn(body).length, sealedIn(note).length);
    }
    for (const party of [intake, support]) {
      assert.equal((await openNote(sealedIn(bodies[0]!), party, hash)).text, "Habari? ✓");
      const { item, place, documentSha256 } = await openCustody(sealedIn(bodies[1]!), party, hash);
      assert.deepEqual([item, place], ["telephone", "pier 4"]);
      assert.ok(equal(documentSha256, pattern(32)));
      const record = await openMeasures(sealedIn(bodies[2]!), party, hash);
      assert.deepEqual([record.measures[0]?.reference, record.sanction], ["7/1", "none so far ✓"]);
    }
    await fails(() => openNote(sealedIn(note), auditor, hash), "wrong_key");
  });

  test("of another case, changed, too long, or for nobody are refused", async () => {
    const opens = [
      [await makeNote("x", flipped(hash, 0), readers), openNote],
      [await makeCustody(custody, flipped(hash, 0), readers), openCustody],
      [await makeMeasures(measures, flipped(hash, 0), readers), openMeasures],
    ] as const;
    for (const [body, open] of opens) await fails(() => open(sealedIn(body), intake, hash), "unverified", "report_hash");
    const note = sealedIn(await makeNote("x", hash, readers));
    await fails(() => openNote(flipped(note, 8 * (note.length - 5)), intake, hash), "unverified");
    await fails(() => openNote(pattern(131_073), intake, hash), "malformed");
    await fails(() => makeNote("x".repeat(131_000), hash, readers), "too_large");
    await fails(() => makeNote("\ud800", hash, readers), "malformed");
    await fails(() => makeNote("x", hash, []), "rejected");
    await fails(() => makeNote("x", hash, new Array<Holder>(65).fill(readers[0]!)), "too_large", "readers");
  });

  test("go to those who work on the case, and never to whom it excludes", async () => {
    const labels = (file: CaseFile, ...named: Holder[]): string[] => readersOf(file, charter, holder("intake"), named).map(({ label }) => label);
    const header = wrapHeader(pattern(16), [support.recipient]);
    const granted: EventBody = { case: "grant", value: { grantee: support.key("event").publicKey, headers: [{ compartment: "account", header }] } };
    const everybody = ["intake", "intake-2", "support"];
    const rows: [EventBody[], string[]][] = [
      [[], ["intake", "intake-2"]],
      [[assign(holder("support"))], everybody],
      [[assign(holder("support")), assign(holder("support"), true)], ["intake", "intake-2"]],
      [[granted], everybody],
      [[granted, revoke(holder("support"), ["account"])], everybody],
      [[granted, revoke(holder("support"))], ["intake", "intake-2"]],
      [[granted, assign(holder("support")), revoke(holder("support"))], everybody],
      [[exclude(holder("intake-2"))], ["intake"]],
      [[exclude(holder("intake-2")), exclude(holder("intake-2"), true)], ["intake", "intake-2"]],
    ];
    for (const [bodies, expected] of rows) assert.deepEqual(labels(caseOf(bodies)), expected);
    assert.deepEqual(labels(caseOf([]), holder("auditor")), ["intake", "auditor"]);
    await fails(() => labels(caseOf([exclude(holder("auditor"))]), holder("auditor")), "rejected", "readers");
  });
});
