// gateway/web/shared/report: what is sealed to a quorum, asked for, approved, refused and combined, and whose
// fault it is when it does not open.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { openerWith } from "../../../gateway/web/shared/age/age.ts";
import { parseHeader } from "../../../gateway/web/shared/age/header.ts";
import { wrapHeader } from "../../../gateway/web/shared/age/wrap.ts";
import { equal } from "../../../gateway/web/shared/base/bytes.ts";
import { publicKeyOf } from "../../../gateway/web/shared/base/hpke.ts";
import { sealRelease } from "../../../gateway/web/shared/quorum/quorum.ts";
import { openAttachment } from "../../../gateway/web/shared/report/attachmentOpener.ts";
import { parseQuorumHeader } from "../../../gateway/web/shared/report/compartment.ts";
import type { EventBody } from "../../../gateway/web/shared/report/event.ts";
import { fileKeyOf, fileKeyOfEvent } from "../../../gateway/web/shared/report/grant.ts";
import { openMessage } from "../../../gateway/web/shared/report/message.ts";
import { compartmentOf, openAccount, openFileKey, openIdentity } from "../../../gateway/web/shared/report/open.ts";
import { findOwnShare, findQuorumPart, quorumParts } from "../../../gateway/web/shared/report/quorumPart.ts";
import { openReason } from "../../../gateway/web/shared/report/record.ts";
import { makeApprovals, makeRefusal, makeSelfGrant, type ReleasedPart, requestAt } from "../../../gateway/web/shared/report/release.ts";
import { exclude } from "../../../gateway/web/shared/report/work.ts";
import { allConsents, approvalIn, approve, ask, attachmentOf, charterWith, combine, holder, type Label, now, people, quorumCharter, reporter, TestCase, time, trustees, wholeCase } from "./quorumOffice.ts";
import { fails, flipped, gather, pattern, streamOf } from "./testing.ts";

const { intake, investigator } = people;
const content = pattern(5000);
let attached: Awaited<ReturnType<typeof attachmentOf>>;
let whole: TestCase;
before(async () => {
  attached = await attachmentOf(content);
  whole = await wholeCase([attached.sealed]);
});

describe("a report to a quorum", () => {
  test("has one stanza of the quorum in account and attachments, and last in identity", () => {
    const { manifest } = whole.file().report!;
    const shape = manifest.compartments.map(({ name, header }) => {
      const { direct, quorum } = parseQuorumHeader(header);
      return [name, direct.length, quorum?.args.join("/")];
    });
    assert.deepEqual(shape, [["triage", 2, undefined], ["account", 0, "2/3"], ["identity", 1, "2/3"], ["attachment-0", 0, "2/3"]]);
    assert.deepEqual(quorumParts(whole.file()).map(({ name }) => name), ["account", "identity", "attachment-0", "event-1"]);
  });

  test("opens for nobody directly, the trustees' shares tell of consent, and a message has none", async () => {
    const file = whole.file();
    for (const party of [...Object.values(people), reporter]) {
      await fails(() => openFileKey(compartmentOf(file.report!, "account"), party), "wrong_key");
    }
    const consentOf = (name: string) => findOwnShare(file, findQuorumPart(file, name), people["trustee-2"], 2).share?.consent;
    assert.deepEqual(consentOf("attachment-0"), { contact: false, supportServices: false, investigators: true, nationalAuthorities: false });
    assert.deepEqual(consentOf("event-1"), { contact: false, supportServices: false, investigators: false, nationalAuthorities: false });
    const sealed = file.events[0]!.event.body;
    assert.ok(sealed.case === "message");
    assert.equal((await openMessage(sealed.value.sealed, reporter, file.hash)).text, "Still there.");
    await fails(() => openMessage(sealed.value.sealed, intake, file.hash), "wrong_key");
  });

  test("looks the same whatever is consented", async () => {
    const consents = [{}, { supportServices: true }, { investigators: true }, { nationalAuthorities: true }, allConsents];
    const shapes = [];
    for (const consent of consents) {
      const { manifest } = (await TestCase.open({ consent })).file().report!;
      shapes.push(manifest.compartments.map(({ header, payloadBytes }) => {
        const stanzas = parseHeader(header).stanzas.map(({ type, args, body }) => [type, args.map(({ length }) => length), body.length]);
        return [header.length, payloadBytes, stanzas];
      }));
    }
    for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
  });

  test("a stanza of a quorum stands in no triage, and nowhere but last", async () => {
    const header = compartmentOf(whole.file().report!, "account").header;
    const stanza = parseQuorumHeader(header).quorum!;
    const fileKey = pattern(16);
    const twice = wrapHeader(fileKey, [intake.recipient], stanza);
    const text = new TextDecoder().decode(twice);
    const [first, second, mac] = [text.indexOf("->"), text.indexOf("-> safeconduct"), text.indexOf("---")];
    const moved = text.slice(0, first) + text.slice(second, mac) + text.slice(first, second) + text.slice(mac);
    assert.equal(parseQuorumHeader(twice).direct.length, 1);
    await fails(() => parseQuorumHeader(new TextEncoder().encode(moved)), "rejected");
    await fails(() => parseQuorumHeader(wrapHeader(fileKey, [], { ...stanza, args: ["3", "2"] })), "malformed");
    await fails(() => parseQuorumHeader(wrapHeader(fileKey, [], { ...stanza, body: stanza.body.subarray(1) })), "malformed");
  });
});

describe("a release", () => {
  test("opens by any two approvals what was asked for, and by none of them alone", async () => {
    for (const [first, second] of [["trustee-1", "trustee-2"], ["trustee-3", "trustee-1"]] as const) {
      const of = whole.fork();
      const request = await ask(of, "investigator", ["account"], time + 7200);
      assert.deepEqual(requestAt(of.file(), request).request.compartments, ["account", "attachment-0", "event-1"]);
      await approve(of, first, request);
      const early = await combine(of, investigator, request, "account");
      assert.deepEqual([early.fileKey, early.good, early.isSealersFault], [undefined, 1, false]);
      await approve(of, second, request);

      const file = of.file({ account: 0n, "attachment-0": 0n });
      const keyOf = async (name: string): Promise<Uint8Array> => {
        const combined = await combine(of, investigator, request, name);
        assert.deepEqual([combined.good, combined.bad, combined.malformed, combined.isSealersFault], [2, [], [], false]);
        return combined.fileKey!;
      };
      const account = await openAccount(file.report!, of.sealed.payloads[1]!, await keyOf("account"));
      assert.equal(account.narrative, "At pier 4.");
      const compartment = compartmentOf(file.report!, "attachment-0");
      const opened = await openAttachment(await keyOf("attachment-0"), compartment, account.attachments[0]!, streamOf(attached.payload, 999));
      assert.ok(equal(await gather(opened), content));
      const message = file.events[0]!.event.body;
      assert.ok(message.case === "message");
      assert.equal((await openMessage(message.value.sealed, openerWith(await keyOf("event-1")), file.hash)).text, "Still there.");
      await fails(() => fileKeyOf(file, "account", investigator), "wrong_key"); // released, and not combined yet
    }
  });

  test("becomes a grant to oneself, in the parts' order, that ends with the release", async () => {
    const of = whole.fork();
    const request = await ask(of, "investigator", ["account"], time + 7200);
    for (const label of ["trustee-1", "trustee-2"] as const) await approve(of, label, request);
    const asked = requestAt(of.file(), request);
    const released: ReleasedPart[] = [];
    for (const name of [...asked.request.compartments].reverse()) {
      const part = findQuorumPart(of.file(), name);
      released.push({ part, fileKey: (await combine(of, investigator, request, name)).fileKey! });
    }
    const body = await makeSelfGrant(holder("investigator"), asked, released);
    const grant = of.add(investigator, body);
    const taken = of.event(grant).event.body;
    assert.ok(taken.case === "grant");
    assert.deepEqual(taken.value.headers.map(({ compartment }) => compartment), ["account", "attachment-0", "event-1"]);
    assert.equal(taken.value.expires, BigInt(time + 7200));
    const file = of.file({ account: grant });
    assert.equal((await openAccount(file.report!, of.sealed.payloads[1]!, await fileKeyOf(file, "account", investigator))).narrative, "At pier 4.");
    assert.deepEqual(await fileKeyOfEvent(file, 1n, investigator), released[0]!.fileKey);
    await fails(() => fileKeyOfEvent(file, 1n, intake), "wrong_key");
    await fails(() => fileKeyOfEvent(file, 2n, investigator), "not_found");
    await fails(() => makeSelfGrant(holder("investigator"), asked, [{ part: released[0]!.part, fileKey: pattern(16) }]), "unverified");
    await fails(() => makeSelfGrant(holder("investigator"), asked, []), "malformed", "grant.headers");
  });

  test("names the trustee whose share is bad, and opens without him", async () => {
    const of = whole.fork();
    const request = await ask(of, "investigator", ["account"]);
    await approve(of, "trustee-1", request);
    const honest = approvalIn((await makeApprovals(of.file(), quorumCharter, people["trustee-2"], request, { now })).bodies[0]);
    const withShare = (index: number, sealed: Uint8Array): EventBody =>
      ({ case: "approval", value: { ...honest, index, shares: [{ compartment: "account", sealed }] } });
    const part = findQuorumPart(of.file(), "account");
    const { share } = findOwnShare(of.file(), part, people["trustee-2"], 2);
    const release = { report: of.sealed.hash, request: honest.request, trustee: people["trustee-2"].key("event").publicKey, grantee: investigator.key("event").publicKey };
    const seed = investigator.revealSeed();
    const other = sealRelease(part.context, { ...share!, bytes: flipped(share!.bytes, 3) }, release, publicKeyOf(seed));
    const rows: [string, EventBody, string][] = [
      ["a flipped bit", withShare(2, flipped(honest.shares[0]!.sealed, 9000)), "wrong_key"],
      ["another place", withShare(3, honest.shares[0]!.sealed), "wrong_key"],
      ["a place that there is not", withShare(16, honest.shares[0]!.sealed), "rejected"],
      ["another share", withShare(2, other), "unverified"],
    ];
    for (const [name, body, code] of rows) {
      const bad = of.fork();
      bad.add(people["trustee-2"], body);
      const without = await combine(bad, investigator, request, "account");
      assert.deepEqual(without.bad, [{ trustee: release.trustee, index: approvalIn(body).index, code }], name);
      assert.deepEqual([without.fileKey, without.good, without.isSealersFault], [undefined, 1, false], name);
      await approve(bad, "trustee-3", request);
      const combined = await combine(bad, investigator, request, "account");
      assert.deepEqual([combined.bad.length, combined.good, combined.fileKey?.length], [1, 2, 16], name);
    }
  });

  test("a share of another request, case or trustee is of no use", async () => {
    const of = whole.fork();
    const [first, second] = [await ask(of, "investigator", ["account"]), await ask(of, "investigator", ["account"])];
    const given = approvalIn((await makeApprovals(of.file(), quorumCharter, people["trustee-1"], first, { now })).bodies[0]);
    const replayed: EventBody = { case: "approval", value: { ...given, request: requestAt(of.file(), second).hash } };
    of.add(people["trustee-1"], replayed);
    of.add(people["trustee-3"], { case: "approval", value: given }); // signed by somebody else
    await approve(of, "trustee-2", second);
    const combined = await combine(of, investigator, second, "account");
    assert.deepEqual(combined.bad.map(({ trustee, code }) => [trustee, code]), [[people["trustee-1"].key("event").publicKey, "wrong_key"]]);
    assert.deepEqual([combined.good, combined.fileKey], [1, undefined]);
    const stolen = await combine(of, investigator, first, "account");
    assert.deepEqual([stolen.good, stolen.bad.length], [0, 1]);
    await fails(() => combine(of, intake, second, "account"), "rejected", "request"); // somebody else's request
  });

  test("is given part by part, each once", async () => {
    const of = whole.fork();
    const request = await ask(of, "investigator", ["account"]);
    const give = async (compartments?: string[]): Promise<string[]> => {
      const { bodies } = await makeApprovals(of.file(), of.charter, people["trustee-1"], request, { now, ...(compartments && { compartments }) });
      of.addAll(people["trustee-1"], bodies);
      return bodies.flatMap((body) => approvalIn(body).shares.map(({ compartment }) => compartment));
    };
    assert.deepEqual(await give(["attachment-0"]), ["attachment-0"]);
    assert.deepEqual(await give(), ["account", "event-1"]);
    await fails(() => give(), "conflict", "request");
    of.add(people["trustee-1"], of.event(request + 2n).event.body as EventBody); // as a hostile gateway would take it
    assert.equal((await combine(of, investigator, request, "account")).good, 1);
  });
});

describe("a request", () => {
  test("is for what is sealed to the quorum, and its reason is for the trustees and its author", async () => {
    const of = whole.fork();
    const request = await ask(of, "investigator", ["attachment-0"]);
    const { compartments, reason } = requestAt(of.file(), request).request;
    assert.deepEqual(compartments, ["attachment-0"]);
    for (const label of [...trustees, "investigator"] as const) {
      assert.equal((await openReason(reason, people[label], of.sealed.hash)).text, "to protect a child");
    }
    for (const label of ["intake", "support", "auditor"] as const) await fails(() => openReason(reason, people[label], of.sealed.hash), "wrong_key");
    await fails(() => openReason(reason, investigator, pattern(32)), "unverified", "report_hash");
    for (const name of ["triage", "attachment-1", "event-2", "event-9", "diary"]) {
      await fails(() => ask(whole.fork(), "investigator", [name]), "not_found", "compartments");
    }
    await fails(() => ask(whole.fork(), "investigator", []), "malformed", "request.compartments");
    for (const sequence of [1n, 99n]) await fails(() => requestAt(whole.file(), sequence), "not_found", "request");
  });

  test("that ended, or of whom the case excludes, is not approved; refused it can be", async () => {
    const of = whole.fork();
    const ended = await ask(of, "investigator", ["account"], now - 1);
    const open = await ask(of, "investigator", ["account"]);
    const approvals = (request: bigint, compartments?: string[]) =>
      makeApprovals(of.file(), of.charter, people["trustee-1"], request, { now, ...(compartments && { compartments }) });
    await fails(() => approvals(ended), "expired", "request");
    await fails(() => approvals(open, ["identity"]), "not_found", "compartments");
    assert.deepEqual(approvalIn((await approvals(open, ["event-1"])).bodies[0]).shares.map(({ compartment }) => compartment), ["event-1"]);
    await fails(() => makeApprovals(of.file(), of.charter, people.auditor, open, { now }), "wrong_key");
    const gone = charterWith((json) => json.holders.splice(4, 1));
    await fails(() => makeApprovals(of.file(), gone, people["trustee-1"], open, { now }), "rejected", "request");
    of.add(intake, exclude(holder("investigator")));
    await fails(() => approvals(open), "rejected", "request");
    const refused = of.event(of.add(people["trustee-1"], await makeRefusal(of.file(), of.charter, open, "too little"))).event.body;
    assert.ok(refused.case === "refusal" && equal(refused.value.request, requestAt(of.file(), open).hash));
    for (const label of [...trustees, "investigator"] as const) {
      assert.equal((await openReason(refused.value.reason, people[label], of.sealed.hash)).text, "too little");
    }
    await fails(() => openReason(refused.value.reason, intake, of.sealed.hash), "wrong_key");
  });
});

describe("what the reporter did not consent to", () => {
  const identityKey = async (of: TestCase, as: Label): Promise<Uint8Array | undefined> => {
    const request = await ask(of, as, ["identity"]);
    for (const label of ["trustee-1", "trustee-2"] as const) await approve(of, label, request);
    return (await combine(of, people[as], request, "identity")).fileKey;
  };

  test("trustees' clients let go to nobody whom it excludes", async () => {
    const rows: [object, readonly Label[], readonly Label[]][] = [
      [{ investigators: true }, ["investigator", "intake"], ["support", "authority"]],
      [{ nationalAuthorities: true }, ["authority"], ["investigator", "support"]],
      [{ supportServices: true, nationalAuthorities: true }, ["support", "authority"], ["intake"]],
      [{ contact: true }, [], ["investigator", "authority", "support", "intake"]],
    ];
    for (const [consent, allowed, excluded] of rows) {
      const of = await TestCase.open({ consent });
      for (const label of allowed) {
        const identity = await openIdentity(of.file().report!, of.sealed.payloads[2]!, (await identityKey(of, label))!);
        assert.equal(identity.answers[0]?.values[0], "Amina", label);
      }
      for (const label of excluded) await fails(() => identityKey(of, label), "rejected", "consent");
    }
  });

  test("the account goes all the same, and what was withheld is said", async () => {
    const of = await TestCase.open();
    const request = await ask(of, "investigator", ["account", "identity"]);
    const { bodies, withheld } = await makeApprovals(of.file(), of.charter, people["trustee-1"], request, { now });
    assert.deepEqual(bodies.map((body) => approvalIn(body).shares.map(({ compartment }) => compartment)), [["account"]]);
    assert.deepEqual(withheld, [{ compartment: "identity", why: "consent" }]);
  });

  test("does not open by a quorum that releases it all the same: the stanza is over another key", async () => {
    const of = await TestCase.open({ consent: { supportServices: true } });
    const key = await identityKey(of, "support");
    assert.equal(key, undefined);
  });
});
