// gateway/web/shared/report/consent.ts: who may know who the reporter is, and a consent that was given anew or
// withdrawn, which the newest change decides and nobody but the reporter can make.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { parseHeader } from "../../../gateway/web/shared/age/header.ts";
import { fromJson } from "../../../gateway/web/shared/base/json.ts";
import { utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import type { ConsentChange } from "../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { ConsentSchema, ConsentTextSchema, type ReporterKeys } from "../../../gateway/web/shared/generated/safeconduct/v1/report_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { lastConsentChange, makeConsentChange, mayKnowIdentity, newestConsent, openGivenIdentity } from "../../../gateway/web/shared/report/consent.ts";
import type { EventBody } from "../../../gateway/web/shared/report/event.ts";
import { fileKeyOfEvent, makeGrant } from "../../../gateway/web/shared/report/grant.ts";
import { findQuorumPart, quorumParts } from "../../../gateway/web/shared/report/quorumPart.ts";
import { sealRecord } from "../../../gateway/web/shared/report/record.ts";
import { makeApprovals, makeHandovers, requestAt } from "../../../gateway/web/shared/report/release.ts";
import { type ConsentAnswers, reporterKeysOf } from "../../../gateway/web/shared/report/seal.ts";
import { allConsents, approve, ask, charterWith, combine, holder, type Label, now, people, quorumCharter, reporter, TestCase } from "./quorumOffice.ts";
import { charter as intakeCharter, fails } from "./testing.ts";

const identityAnswers = [{ question: "name", values: ["Amina, now at the clinic"] }];

const changed = (of: TestCase, consent: Partial<ConsentAnswers>, by = reporter): Promise<EventBody> =>
  makeConsentChange({ hash: of.sealed.hash, channel: "conduct" }, of.charter, by, { consent, identityAnswers });

const add = async (of: TestCase, consent: Partial<ConsentAnswers>): Promise<bigint> => of.add(reporter, await changed(of, consent));

describe("which consent is for whom", () => {
  const rows: [Label, object, boolean][] = [
    ["support", { supportServices: true }, true],
    ["support", { investigators: true, contact: true, nationalAuthorities: true }, false],
    ["intake", { investigators: true }, true],
    ["investigator", { investigators: true }, true],
    ["investigator", { supportServices: true, contact: true, nationalAuthorities: true }, false],
    ["authority", { nationalAuthorities: true }, true],
    ["authority", { supportServices: true, contact: true, investigators: true }, false],
    ["auditor", {}, false],
  ];
  for (const [label, consent, may] of rows) {
    test(`${label}: ${JSON.stringify(consent)}`, () => {
      assert.equal(mayKnowIdentity(holder(label), fromJson(ConsentSchema, utf8(JSON.stringify(consent)))), may);
    });
  }
  test("none that is known is no", () => assert.equal(mayKnowIdentity(holder("support"), undefined), false));
  test("a support officer of a national authority goes by support services", () => {
    const officer = { ...holder("support"), nationalAuthority: true };
    const { supportServices, ...others } = allConsents;
    assert.equal(mayKnowIdentity(officer, { ...others, supportServices: false }), false);
    assert.equal(mayKnowIdentity(officer, { contact: false, investigators: false, nationalAuthorities: false, supportServices }), true);
  });
});

describe("a change of consent", () => {
  test("is read by intake, support and trustees, and the newest counts", async () => {
    const of = await TestCase.open();
    assert.equal(await newestConsent(of.file(), people.intake), undefined);
    await add(of, { investigators: true });
    const second = await add(of, { supportServices: true });
    assert.equal(lastConsentChange(of.file())?.event.sequence, second);
    for (const label of ["intake", "intake-2", "support", "trustee-1", "trustee-2", "trustee-3"] as const) {
      const consent = await newestConsent(of.file(), people[label]);
      assert.deepEqual([consent?.supportServices, consent?.investigators], [true, false], label);
    }
    for (const label of ["investigator", "authority", "auditor"] as const) await fails(() => newestConsent(of.file(), people[label]), "wrong_key");
  });

  test("looks the same whatever is consented, in either policy, and is there for those whom it allows only", async () => {
    for (const charter of [quorumCharter, intakeCharter()]) {
      const of = await TestCase.open({}, reporter, charter);
      const shapes = [];
      for (const consent of [{}, { supportServices: true }, { investigators: true }, { nationalAuthorities: true }, allConsents]) {
        const body = await changed(of, consent);
        assert.ok(body.case === "consent");
        const { sealed, identity } = body.value as ConsentChange;
        const stanzas = parseHeader(identity).stanzas.map(({ type, args, body: { length } }) => [type, args.length, length]);
        shapes.push([sealed.length, identity.length, stanzas]);
        const fork = of.fork();
        const sequence = fork.add(reporter, body);
        const opens = async (label: "support" | "intake"): Promise<string | undefined> =>
          (await openGivenIdentity(fork.file(), sequence, people[label])).answers[0]?.values[0];
        const given = { ...consent } as Partial<ConsentAnswers>;
        if (given.supportServices) assert.equal(await opens("support"), "Amina, now at the clinic");
        else await fails(() => opens("support"), "wrong_key");
        if (given.investigators && charter !== quorumCharter) assert.equal(await opens("intake"), "Amina, now at the clinic");
        else await fails(() => opens("intake"), "wrong_key");
      }
      for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
    }
  });

  test("of somebody else, of another reporter or case, says nothing or is refused", async () => {
    const of = await TestCase.open();
    const forged = of.fork();
    forged.add(people.intake, await changed(of, allConsents, people.intake));
    assert.equal(await newestConsent(forged.file(), people.intake), undefined);
    await fails(() => openGivenIdentity(forged.file(), 1n, people.support), "not_found", "event");

    const consentText = (reportHash: Uint8Array, keys: ReporterKeys) =>
      sealRecord(ConsentTextSchema, { $typeName: "safeconduct.v1.ConsentText", reportHash, reporter: keys } as never, [holder("intake")]);
    const body = await changed(of, {});
    const { identity } = body.value as ConsentChange;
    const rows: [string, Uint8Array, string][] = [
      ["another case", await consentText(new Uint8Array(32), reporterKeysOf(reporter)), "report_hash"],
      ["another reporter", await consentText(of.sealed.hash, reporterKeysOf(Party.generate())), "reporter"],
    ];
    for (const [name, sealed, field] of rows) {
      const bad = of.fork();
      bad.add(reporter, { case: "consent", value: { sealed, identity } });
      await fails(() => newestConsent(bad.file(), people.intake), "unverified", field).catch((error) => assert.fail(`${name}: ${error}`));
    }
    const others = await changed(of, allConsents, Party.generate());
    const mixed = of.fork();
    const sequence = mixed.add(reporter, { case: "consent", value: { sealed: (body.value as ConsentChange).sealed, identity: (others.value as ConsentChange).identity } });
    await fails(() => openGivenIdentity(mixed.file(), sequence, people.support), "unverified", "consent.identity");
    await fails(() => openGivenIdentity(mixed.file(), 7n, people.support), "not_found");
  });

  test("too long, or of a channel that is gone, is refused before it is sent", async () => {
    const of = await TestCase.open();
    const answers = [{ question: "name", values: ["x".repeat(131_000)] }];
    const make = (channel: string, identity = identityAnswers) =>
      makeConsentChange({ hash: of.sealed.hash, channel }, of.charter, reporter, { consent: {}, identityAnswers: identity });
    await fails(() => make("conduct", answers), "too_large", "identity");
    await fails(() => make("conduct", [{ question: "name", values: ["\ud800"] }]), "malformed", "identity");
    await fails(() => make("gone"), "not_found", "channel");
  });
});

describe("after a change of consent", () => {
  const approvalsOf = async (of: TestCase, as: Label, names: readonly string[], trustee = people["trustee-1"]) => {
    const fork = of.fork();
    const request = await ask(fork, as, names);
    return makeApprovals(fork.file(), of.charter, trustee, request, { now });
  };

  test("trustees let go, in either form, only what the newest allows", async () => {
    const withdrawn = await TestCase.open({ consent: { investigators: true } });
    await add(withdrawn, {});
    for (const name of ["identity", "event-1"]) await fails(() => approvalsOf(withdrawn, "investigator", [name]), "rejected", "consent");

    const given = await TestCase.open();
    await fails(() => approvalsOf(given, "investigator", ["identity"]), "rejected", "consent");
    const first = await add(given, { investigators: true });
    const request = await ask(given, "investigator", ["identity"]);
    assert.deepEqual(requestAt(given.file(), request).request.compartments, ["identity", `event-${first}`]);
    for (const label of ["trustee-2", "trustee-3"] as const) await approve(given, label, request);
    const { fileKey } = await combine(given, people.investigator, request, "event-1");
    assert.equal((await openGivenIdentity(given.file(), first, fileKey!)).answers[0]?.values[0], "Amina, now at the clinic");
    // What was sealed before the consent is over a key that nobody has.
    const old = await combine(given, people.investigator, request, "identity");
    assert.deepEqual([old.fileKey, old.good, old.isSealersFault], [undefined, 2, true]);

    await add(given, { nationalAuthorities: true });
    for (const name of ["identity", "event-1", "event-5"]) await fails(() => approvalsOf(given, "investigator", [name]), "rejected", "consent");
    assert.equal((await approvalsOf(given, "authority", ["event-5"])).bodies.length, 1);
    assert.equal(findQuorumPart(given.file(), "event-5").isIdentity, true);
  });

  test("a trustee who cannot read it lets nothing go but what repeats it", async () => {
    const successor = Party.fromSeed(new Uint8Array(32).fill(67));
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    const heirs = charterWith((json) =>
      Object.assign(json.holders.at(-1), {
        label: "trustee-4",
        recipient: successor.recipient,
        requestKey: base64(successor.key("request").publicKey),
        eventKey: base64(successor.key("event").publicKey),
      }),
    );
    const of = await TestCase.open({ consent: { investigators: true } });
    await add(of, { investigators: true });
    of.addAll(people["trustee-3"], makeHandovers(of.file(), heirs, people["trustee-3"], heirs.holderByLabel("trustee-4")!));
    const request = await ask(of, "investigator", ["identity"]);
    const { bodies, withheld } = await makeApprovals(of.file(), heirs, successor, request, { now });
    const shares = (bodies[0]!.value as { shares: { compartment: string }[] }).shares;
    assert.deepEqual(shares.map(({ compartment }) => compartment), ["event-1"]);
    assert.deepEqual(withheld, [{ compartment: "identity", why: "consent" }]);
  });

  test("who grants goes by it too, and not by what the identity said", async () => {
    const readIdentity = (of: TestCase) => async (): Promise<Uint8Array> => of.sealed.payloads[2]!;
    const grant = (of: TestCase) =>
      makeGrant(of.file({ identity: 0n }), people.support, holder("investigator"), { compartments: ["identity"], readIdentity: readIdentity(of) });
    const of = await TestCase.open({ consent: { supportServices: true, investigators: true } });
    assert.ok((await grant(of)).case === "grant");
    await add(of, { supportServices: true });
    await fails(() => grant(of), "rejected", "consent");
    await add(of, { supportServices: true, investigators: true });
    assert.ok((await grant(of)).case === "grant");
    assert.equal((await fileKeyOfEvent(of.file(), 1n, people.support)).length, 16);
    assert.deepEqual(quorumParts(of.file()).map(({ name }) => name), ["account", "identity", "event-1", "event-2"]);
  });
});
