// gateway/web/shared/report: the shares of a quorum when the reporter is hostile, or a trustee hands over.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import type { Stanza } from "../../../gateway/web/shared/age/header.ts";
import { wrapHeader } from "../../../gateway/web/shared/age/wrap.ts";
import { concat } from "../../../gateway/web/shared/base/bytes.ts";
import { publicKeyOf } from "../../../gateway/web/shared/base/hpke.ts";
import { serialize } from "../../../gateway/web/shared/base/messages.ts";
import { type Compartment, ManifestSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/report_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { combineShares, openShare, sealQuorum } from "../../../gateway/web/shared/quorum/quorum.ts";
import { manifestSignedBytes, reportHash, reportId } from "../../../gateway/web/shared/report/compartment.ts";
import type { EventBody } from "../../../gateway/web/shared/report/event.ts";
import { compartmentOf, openAccount } from "../../../gateway/web/shared/report/open.ts";
import { findOwnShare, findQuorumPart } from "../../../gateway/web/shared/report/quorumPart.ts";
import { makeApprovals, makeHandovers, makeRequest } from "../../../gateway/web/shared/report/release.ts";
import { type Sealed, sealReport } from "../../../gateway/web/shared/report/seal.ts";
import { approvalIn, approve, ask, attachmentOf, charterWith, combine, draftOf, holder, now, people, quorumCharter, reporter, TestCase, trustees, wholeCase } from "./quorumOffice.ts";
import { fails, flipped, pattern } from "./testing.ts";

const { intake, investigator } = people;
let whole: TestCase;
before(async () => {
  whole = await wholeCase([(await attachmentOf(pattern(5000))).sealed]);
});

// The same report with another stanza of the quorum in its account, signed by its reporter.
async function hostile(make: (stanza: Stanza, fileKey: Uint8Array, original: Compartment) => Promise<Stanza> | Stanza): Promise<TestCase> {
  const honest = await TestCase.open();
  const file = honest.file();
  const part = findQuorumPart(file, "account");
  const shares = trustees.map((label, i) => openShare(part.context, part.stanza, i + 1, people[label].revealSeed()));
  const fileKey = await combineShares(part.context, part.stanza, shares);
  const original = compartmentOf(file.report!, "account");
  const header = wrapHeader(fileKey, [], await make(part.stanza, fileKey, original));
  const { manifest } = file.report!;
  return withManifest(honest.sealed, reporter, { ...manifest, compartments: manifest.compartments.with(1, { ...original, header }) });
}

function withManifest(sealed: Sealed, by: Party, manifest: Parameters<typeof serialize<typeof ManifestSchema>>[1]): TestCase {
  const bytes = serialize(ManifestSchema, manifest);
  const signature = by.key("event").sign(manifestSignedBytes(bytes));
  const hash = reportHash(bytes);
  return new TestCase({ ...sealed, report: { ...sealed.report, manifest: bytes, signature }, hash, id: reportId(hash) });
}

const keysOfTrustees = trustees.map((label) => publicKeyOf(people[label].revealSeed()));
const startOf = (index: number): number => 32 + (index - 1) * 1202; // of a trustee's part of a stanza's body

describe("a hostile reporter", () => {
  test("whose share is malformed puts no blame on the trustee", async () => {
    const of = await hostile((stanza) => ({ ...stanza, body: flipped(stanza.body, 8 * startOf(2)) }));
    const request = await ask(of, "intake", ["account"]);
    const { bodies } = await makeApprovals(of.file(), quorumCharter, people["trustee-2"], request, { now });
    const { index, shares } = approvalIn(bodies[0]);
    assert.deepEqual([index, shares], [2, [{ compartment: "account", sealed: new Uint8Array(0) }]]);
    of.addAll(people["trustee-2"], bodies);
    await approve(of, "trustee-1", request);
    const early = await combine(of, intake, request, "account");
    assert.deepEqual(early.malformed, [{ trustee: people["trustee-2"].key("event").publicKey, index: 2, code: "malformed" }]);
    assert.deepEqual([early.bad, early.good, early.isSealersFault], [[], 1, false]);
    await approve(of, "trustee-3", request);
    assert.equal((await combine(of, intake, request, "account")).fileKey?.length, 16);
    const handed = makeHandovers(of.file(), quorumCharter, people["trustee-2"], holder("trustee-3"));
    assert.deepEqual(handed.map((body) => (body.value as { shares: { compartment: string }[] }).shares.map(({ compartment }) => compartment)), [["identity"]]);
  });

  test("who spoils somebody else's place does not make it a trustee's", async () => {
    // No encapsulated key that a sender makes, at the place that is tried first.
    const of = await hostile((stanza) => {
      const body = stanza.body.slice();
      body.fill(0, startOf(1) + 1120, startOf(1) + 32 + 1120);
      return { ...stanza, body };
    });
    const part = findQuorumPart(of.file(), "account");
    assert.equal(findOwnShare(of.file(), part, people["trustee-2"], 1).index, 2);
    assert.deepEqual(findOwnShare(of.file(), part, people["trustee-1"], 1), { index: 1, share: undefined });
  });

  test("who copies a compartment of another report gets nothing released of it", async () => {
    const victims = await TestCase.open({ narrative: "Of somebody else." });
    const thief = Party.fromSeed(new Uint8Array(32).fill(65));
    const own = await sealReport(draftOf(), quorumCharter, thief);
    const { manifest } = new TestCase(own).file().report!;
    const copied = compartmentOf(victims.file().report!, "account");
    const of = withManifest(own, thief, { ...manifest, compartments: manifest.compartments.with(1, copied) });
    const request = await ask(of, "intake", ["account"]);
    for (const label of trustees) {
      await fails(() => makeApprovals(of.file(), quorumCharter, people[label], request, { now }), "wrong_key");
    }
    const moved = await hostile((stanza) => stanza);
    const compartments = moved.file().report!.manifest.compartments;
    const swapped = { ...compartments[2]!, header: compartments[1]!.header };
    const within = withManifest(moved.sealed, reporter, { ...moved.file().report!.manifest, compartments: compartments.with(2, swapped) });
    await fails(() => findOwnShare(within.file(), findQuorumPart(within.file(), "identity"), people["trustee-1"], 1), "wrong_key");
  });

  test("who would show two contents under one payload is caught by the header's MAC", async () => {
    const consent = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };
    const of = await hostile((_, __, original) => {
      const context = { channel: "conduct", reporter: reporter.key("event").publicKey, compartment: "account", payloadDigest: original.payloadDigest, threshold: 2, trustees: 3 };
      return sealQuorum(context, pattern(16), consent, keysOfTrustees);
    });
    const request = await ask(of, "intake", ["account"]);
    for (const label of trustees) await approve(of, label, request);
    const { fileKey, good, bad, malformed, isSealersFault } = await combine(of, intake, request, "account");
    assert.deepEqual([fileKey, good, bad, malformed, isSealersFault], [undefined, 3, [], [], true]);
  });

  test("whose shares give the key to some of the trustees only is told from a bad trustee", async () => {
    const consent = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };
    const of = await hostile(async (stanza, fileKey, original) => {
      const context = { channel: "conduct", reporter: reporter.key("event").publicKey, compartment: "account", payloadDigest: original.payloadDigest, threshold: 2, trustees: 3 };
      const other = await sealQuorum(context, fileKey, consent, keysOfTrustees);
      return { ...stanza, body: concat(stanza.body.subarray(0, startOf(3)), other.body.subarray(startOf(3))) };
    });
    const request = await ask(of, "intake", ["account"]);
    for (const label of ["trustee-3", "trustee-2"] as const) await approve(of, label, request);
    const two = await combine(of, intake, request, "account");
    assert.deepEqual([two.fileKey, two.good, two.bad, two.isSealersFault], [undefined, 2, [], true]);
    await approve(of, "trustee-1", request);
    const three = await combine(of, intake, request, "account");
    assert.equal((await openAccount(of.file().report!, of.sealed.payloads[1]!, three.fileKey!)).narrative, "At pier 4.");
  });
});

describe("a handover", () => {
  // Trustee 3 left, and a new one came in before the others, so nobody is where the reporter sealed to.
  const successor = Party.fromSeed(new Uint8Array(32).fill(66));
  const changed = charterWith((json) => {
    const leaver = json.holders.pop();
    const [recipient, requestKey, eventKey] = [successor.recipient, successor.key("request").publicKey, successor.key("event").publicKey];
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    json.holders.unshift({ ...leaver, label: "trustee-4", recipient, requestKey: base64(requestKey), eventKey: base64(eventKey) });
  });

  test("lets a successor approve at the old place, and trustees find theirs wherever the charter has them", async () => {
    const of = whole.fork();
    const heir = changed.holderByLabel("trustee-4")!;
    await fails(() => findOwnShare(of.file(), findQuorumPart(of.file(), "account"), successor, 1), "wrong_key");
    of.addAll(people["trustee-3"], makeHandovers(of.file(), changed, people["trustee-3"], heir));
    const handed = of.event(3n).event.body;
    assert.ok(handed.case === "handover");
    assert.deepEqual([handed.value.index, handed.value.shares.map(({ compartment }) => compartment)], [3, ["account", "identity", "attachment-0", "event-1"]]);
    const request = of.add(investigator, await makeRequest(of.file(), changed, holder("investigator", changed), { compartments: ["account"], reason: "x" }));
    for (const trustee of [successor, people["trustee-1"]]) {
      of.addAll(trustee, (await makeApprovals(of.file(), changed, trustee, request, { now })).bodies);
    }
    assert.deepEqual([4, 5].map((i) => (of.file().events[i]!.event.body.value as { index: number }).index), [3, 1]);
    const { fileKey } = await combine(of, investigator, request, "account");
    assert.equal((await openAccount(of.file().report!, of.sealed.payloads[1]!, fileKey!)).narrative, "At pier 4.");
  });

  test("of damaged shares, of another case, or to somebody else gives nothing", async () => {
    const heir = changed.holderByLabel("trustee-4")!;
    const [body] = makeHandovers(whole.file(), changed, people["trustee-3"], heir);
    assert.ok(body?.case === "handover");
    const { index, shares } = body.value as { index: number; shares: { compartment: string; sealed: Uint8Array }[] };
    const damaged = shares.map((share) => ({ ...share, sealed: flipped(share.sealed, 77) }));
    const find = (of: TestCase, as: Party) => findOwnShare(of.file(), findQuorumPart(of.file(), "account"), as, 0);
    const rows: [string, Party, EventBody][] = [
      ["damaged", people["trustee-3"], { case: "handover", value: { successor: heir.eventKey, index, shares: damaged } }],
      ["by another", people["trustee-1"], body],
      ["at another place", people["trustee-3"], { case: "handover", value: { successor: heir.eventKey, index: 1, shares } }],
      ["past the last place", people["trustee-3"], { case: "handover", value: { successor: heir.eventKey, index: 16, shares } }],
    ];
    for (const [name, author, given] of rows) {
      const of = whole.fork();
      of.add(author, given);
      await fails(() => find(of, successor), "wrong_key");
      of.add(people["trustee-3"], body); // there may be another
      assert.equal(find(of, successor).index, 3, name);
    }
    const other = await TestCase.open();
    other.add(people["trustee-3"], body);
    await fails(() => find(other, successor), "wrong_key");
    const none = await TestCase.open();
    await fails(() => makeHandovers(none.file(), quorumCharter, people.auditor, holder("trustee-1")), "wrong_key");
    for (const label of ["intake", "trustee-3"] as const) {
      await fails(() => makeHandovers(none.file(), quorumCharter, people["trustee-3"], holder(label)), "rejected", "handover.successor");
    }
  });
});
