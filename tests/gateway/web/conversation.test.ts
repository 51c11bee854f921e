// gateway/web/shared/report: who reads a conversation, as signed events prove to the reporter and to holders;
// messages to a quorum; what is left of an erased case.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { wrapHeader } from "../../../gateway/web/shared/age/wrap.ts";
import { equal } from "../../../gateway/web/shared/base/bytes.ts";
import type { OpenCharter } from "../../../gateway/web/shared/charter/charter.ts";
import type { CaseTriage, CaseView, Mailbox } from "../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { CaseStatus, type SignedEvent } from "../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { checkCase } from "../../../gateway/web/shared/report/caseFile.ts";
import { parseQuorumHeader } from "../../../gateway/web/shared/report/compartment.ts";
import { type EventBody, eventHash, signEvent } from "../../../gateway/web/shared/report/event.ts";
import { makeGrantedHeader, openListedTriage } from "../../../gateway/web/shared/report/grant.ts";
import { checkMailbox, type OpenMailbox, replyReaders } from "../../../gateway/web/shared/report/mailbox.ts";
import { openMessage, sealMessage } from "../../../gateway/web/shared/report/message.ts";
import { compartmentOf, openFileKey } from "../../../gateway/web/shared/report/open.ts";
import { answerReaders } from "../../../gateway/web/shared/report/people.ts";
import { reporterKeysOf } from "../../../gateway/web/shared/report/seal.ts";
import { splitFile } from "../../../gateway/web/shared/report/sealedText.ts";
import { dismiss, exclude, revoke } from "../../../gateway/web/shared/report/work.ts";
import { approve, ask, charterWith, holder, now, people, quorumCharter, reporter, TestCase, time } from "./quorumOffice.ts";
import { charter as intakeCharter, fails, flipped, logKey, pattern, promiseFor, trust } from "./testing.ts";

const { intake, investigator } = people;

let released: TestCase; // 1: request of the investigator, 2 and 3: approvals of trustees 1 and 2
before(async () => {
  released = await TestCase.open();
  const request = await ask(released, "investigator", ["account"], time + 7200);
  for (const label of ["trustee-1", "trustee-2"] as const) await approve(released, label, request);
});

const bodyOf = (of: TestCase, sequence: bigint): EventBody => of.event(sequence).event.body as EventBody;
const labels = (holders: readonly { label: string }[]): string[] => holders.map(({ label }) => label);
const answering = (of: TestCase, charter: OpenCharter = of.charter, at = now): string[] => labels(answerReaders(of.file(), charter, at));

const selfGrant = (as: "investigator" | "intake"): EventBody => ({
  case: "grant",
  value: { grantee: people[as].key("event").publicKey, headers: [{ compartment: "account", header: wrapHeader(pattern(16), [people[as].recipient]) }] },
});

describe("the readers of a conversation where accounts go to a quorum", () => {
  test("are those to whom the account was released, and who answers, in charter order", async () => {
    assert.deepEqual(answering(await TestCase.open()), []);
    assert.deepEqual(answering(released), ["investigator"]);
    assert.deepEqual(labels(answerReaders(released.file(), quorumCharter, now, holder("intake-2"))), ["intake-2", "investigator"]);
    assert.deepEqual(labels(answerReaders(released.file(), quorumCharter, now, holder("investigator"))), ["investigator"]);
  });

  test("only with enough approvals of trustees in force, of enough organisations, of the account, in time", async () => {
    const one = await TestCase.open();
    await approve(one, "trustee-1", await ask(one, "investigator", ["account"]));
    assert.deepEqual(answering(one), []);
    one.add(people["trustee-1"], bodyOf(one, 2n));
    assert.deepEqual(answering(one), [], "one trustee twice");
    const share = { compartment: "account", sealed: pattern(1170) };
    const withLast = (by: "trustee-2" | "auditor", changed: object): TestCase => {
      const of = one.fork();
      const request = of.event(1n).hash;
      of.add(people[by], { case: "approval", value: { request, index: 2, shares: [share], ...changed } });
      return of;
    };
    assert.deepEqual(answering(withLast("trustee-2", {})), ["investigator"]);
    assert.deepEqual(answering(withLast("auditor", {})), []);
    assert.deepEqual(answering(withLast("trustee-2", { request: pattern(32) })), []);
    assert.deepEqual(answering(withLast("trustee-2", { shares: [{ ...share, sealed: new Uint8Array(0) }] })), []);
    assert.deepEqual(answering(withLast("trustee-2", { shares: [{ ...share, compartment: "identity" }] })), []);
    assert.deepEqual(answering(released, quorumCharter, time + 7199), ["investigator"]);
    assert.deepEqual(answering(released, quorumCharter, time + 7200), []);

    const rows: [string, (json: any) => void][] = [
      ["two organisations", (json) => (json.channels[0].policy.quorumOrganisations = 2)],
      ["three trustees", (json) => (json.channels[0].policy.quorumThreshold = 3)],
      ["without trustee-2", (json) => json.holders.splice(7, 1)],
      ["without the investigator", (json) => json.holders.splice(4, 1)],
    ];
    for (const [name, change] of rows) assert.deepEqual(answering(released, charterWith(change)), [], name);
  });

  test("by no grant to oneself, and none of somebody whom the policy does not name", async () => {
    const of = await TestCase.open();
    of.add(investigator, selfGrant("investigator"));
    of.add(intake, selfGrant("intake"));
    of.add(intake, selfGrant("investigator"));
    assert.deepEqual(answering(of), []);
  });

  test("no more after a revocation or an exclusion, and again after another release", async () => {
    for (const body of [revoke(holder("investigator")), revoke(holder("investigator"), ["account"]), exclude(holder("investigator"))]) {
      const of = released.fork();
      of.add(intake, body);
      assert.deepEqual(answering(of), []);
    }
    const of = released.fork();
    of.add(intake, revoke(holder("investigator"), ["identity"]));
    assert.deepEqual(answering(of), ["investigator"]);
    of.add(intake, revoke(holder("investigator")));
    const again = await ask(of, "investigator", ["account"]);
    for (const label of ["trustee-2", "trustee-3"] as const) await approve(of, label, again);
    assert.deepEqual(answering(of), ["investigator"]);
  });
});

const pageOf = (of: TestCase, changed: object = {}): Mailbox =>
  ({
    reportId: of.sealed.id,
    channel: "conduct",
    status: CaseStatus.RECEIVED,
    events: [],
    reportHash: of.sealed.hash,
    promise: promiseFor("report", of.sealed.hash),
    receipt: "",
    sequence: 3n,
    head: of.event(BigInt(of.events.length)).hash,
    readers: ["investigator"],
    grants: [...of.events],
    erased: false,
    ...changed,
  }) as unknown as Mailbox;

describe("a mailbox whose account was released", () => {
  const open = (changed: object = {}): OpenMailbox => checkMailbox([pageOf(released, changed)], quorumCharter, trust);

  test("gives the readers that request and approvals prove", () => {
    assert.deepEqual(labels(replyReaders(open(), quorumCharter, now)), ["investigator"]);
    assert.deepEqual(labels(replyReaders(open({ readers: [], grants: [] }), quorumCharter, now)), []);
  });

  test("gets no reply when the proof is cut, of another case, too late, or of what proves nothing", async () => {
    const [request, first, second] = released.events;
    const other = await TestCase.open({ narrative: "another" });
    await ask(other, "investigator", ["account"], time + 7200);
    for (const label of ["trustee-1", "trustee-2"] as const) await approve(other, label, 1n);
    const extra = released.fork();
    extra.add(investigator, selfGrant("investigator"));
    extra.add(intake, dismiss());
    const rows: [string, object][] = [
      ["named without proof", { grants: [] }],
      ["a request alone", { grants: [request] }],
      ["one approval", { grants: [request, first] }],
      ["one approval twice", { grants: [request, first, first] }],
      ["approvals of no request", { grants: [first, second] }],
      ["a proof and no name", { readers: [] }],
      ["one more name", { readers: ["investigator", "intake"] }],
      ["a grant to oneself besides", { grants: [...released.events, extra.events[3]] }],
      ["something else besides", { grants: [...released.events, extra.events[4]] }],
      ["a release of another case", { grants: [...other.events] }],
      ["a request of another case", { grants: [other.events[0], first, second] }],
      ["a request of another case besides", { grants: [...released.events, other.events[0]] }],
    ];
    for (const [name, changed] of rows) {
      await fails(() => replyReaders(open(changed), quorumCharter, now), "unverified", "readers").catch((error) => assert.fail(`${name}: ${error}`));
    }
    await fails(() => replyReaders(open(), quorumCharter, time + 7200), "unverified", "readers");
    await fails(() => replyReaders(open(), charterWith((json) => (json.channels[0].policy.quorumOrganisations = 2)), now), "unverified", "readers");
    const spoiled = { ...second!, signature: flipped(second!.signature, 3) };
    await fails(() => open({ grants: [request, first, spoiled] }), "unverified", "signature");
  });
});

describe("a message to a quorum", () => {
  const keys = reporterKeysOf(reporter);
  const channel = quorumCharter.channel("conduct");

  test("has the reporter's stanza, the readers' and the quorum's, and opens for the former", async () => {
    const sealed = await sealMessage("Habari?", released.sealed.hash, keys, [holder("investigator")], channel);
    const { direct, quorum } = parseQuorumHeader(splitFile(sealed).header);
    assert.deepEqual([direct.length, quorum?.args], [2, ["2", "3"]]);
    for (const party of [reporter, investigator]) assert.equal((await openMessage(sealed, party, released.sealed.hash, keys)).text, "Habari?");
    for (const label of ["intake", "trustee-1"] as const) await fails(() => openMessage(sealed, people[label], released.sealed.hash), "wrong_key");
    const of = released.fork();
    of.add(investigator, { case: "message", value: { sealed } });
    assert.ok(of.file().events.length === 4);
  });

  test("has no such stanza where accounts go to intake", async () => {
    const charter = intakeCharter();
    const readers = charter.channel("conduct").intake;
    const sealed = await sealMessage("x", pattern(32), keys, readers, charter.channel("conduct"));
    assert.equal(parseQuorumHeader(splitFile(sealed).header).quorum, undefined);
  });

  test("is as long as 128 KiB with all stanzas, and no longer", async () => {
    await fails(() => sealMessage("x".repeat(126_000), pattern(32), keys, [], channel), "too_large", "text");
    await fails(() => sealMessage("x", pattern(32), { ...keys, eventKey: pattern(31) }, [], channel), "malformed");
  });
});

describe("an erased case", () => {
  const erasure = (changed: { hash?: Uint8Array; sequence?: bigint; body?: EventBody; by?: Party } = {}) =>
    signEvent(changed.hash ?? released.sealed.hash, { sequence: (changed.sequence ?? 9n) - 1n, hash: pattern(32) }, 1n, time, changed.body ?? { case: "erasure", value: {} }, (changed.by ?? intake).key("event"));
  const view = (changed: object = {}): CaseView =>
    ({
      summary: { plain: false, channel: "conduct", events: 9n, status: CaseStatus.CLOSED, dismissed: false, held: false, erased: true },
      reportHash: released.sealed.hash,
      compartments: [],
      events: [erasure()],
      promise: promiseFor("report", released.sealed.hash),
      ...changed,
    }) as unknown as CaseView;
  const check = (changed: object = {}) => checkCase(view(changed), released.sealed.id, quorumCharter);

  test("is what its summary says, and the event that erased it", async () => {
    const file = check();
    assert.deepEqual([file.erased, file.status, file.head.sequence, file.report, file.events.length], [true, CaseStatus.CLOSED, 9n, undefined, 1]);
    assert.ok(equal(file.promised!.salt, pattern(32)));
    assert.equal(check({ promise: "" }).promised, undefined);
  });

  test("without that event, or with another, is not taken", async () => {
    const rows: [string, object, string][] = [
      ["nothing", { events: [] }, "events"],
      ["two", { events: [erasure(), erasure()] }, "events"],
      ["of another case", { events: [erasure({ hash: pattern(32) })] }, "events"],
      ["not the last", { events: [erasure({ sequence: 8n })] }, "events"],
      ["no erasure", { events: [erasure({ body: dismiss() })] }, "events"],
      ["by nobody of the charter", { events: [erasure({ by: Party.generate() })] }, "author"],
      ["and its report all the same", { sealed: released.sealed.report }, "sealed"],
      ["a wrong signature", { events: [{ ...erasure(), signature: pattern(64) }] }, "signature"],
      ["a promise for something else", { promise: promiseFor("event", released.sealed.hash) }, "promise"],
    ];
    for (const [name, changed, field] of rows) {
      await fails(() => check(changed), "unverified", field).catch((error) => assert.fail(`${name}: ${error}`));
    }
    await fails(() => checkCase(view({ summary: { ...view().summary, erased: false } }), released.sealed.id, quorumCharter), "unverified", "sequence");
  });

  test("is an empty mailbox, in which nobody reads", async () => {
    const gone = { erased: true, status: CaseStatus.CLOSED, grants: [], readers: [] };
    const mailbox = checkMailbox([pageOf(released, gone)], quorumCharter, trust);
    assert.deepEqual([mailbox.erased, mailbox.status, mailbox.events], [true, CaseStatus.CLOSED, []]);
    assert.equal(checkMailbox([pageOf(released, { ...gone, promise: "" })], quorumCharter, trust).promised, undefined);
    assert.equal(mailbox.erasure, undefined, "it need not be shown");
    await fails(() => replyReaders(mailbox, quorumCharter, now), "rejected", "erased");
    await fails(() => checkMailbox([pageOf(released, { ...gone, events: released.events })], quorumCharter, trust), "unverified", "erased");
    await fails(() => checkMailbox([pageOf(released, { ...gone, grants: released.events })], quorumCharter, trust), "unverified", "erased");
    await fails(() => checkMailbox([pageOf(released, { promise: "" })], quorumCharter, trust), ["malformed", "unverified"]);
  });
});

describe("the mailbox of an erased report", () => {
  const at = { sequence: 8n, hash: pattern(32) };
  const expiry: EventBody = { case: "expiry", value: { channel: "conduct", closedDay: 86_400n, closedDays: 30, leaves: pattern(32) } };
  // Under a later charter, whose retentions are not known here.
  const ended = (body: EventBody, key = logKey, version = 2n, hash = released.sealed.hash) => signEvent(hash, at, version, time, body, key);
  const boxOf = (event: SignedEvent, changed: object = {}) =>
    checkMailbox([pageOf(released, { erased: true, status: CaseStatus.CLOSED, grants: [], readers: [], promise: "", sequence: 9n, head: eventHash(event), erasure: event, ...changed })], quorumCharter, trust);

  test("has the event that erased it: a person's, or the log's when its time was over", () => {
    assert.equal(boxOf(ended({ case: "erasure", value: {} }, intake.key("event"))).erasure?.event.body.case, "erasure");
    assert.equal(boxOf(ended(expiry)).erasure?.event.body.case, "expiry");
  });

  test("is not taken with another event, or with one that its log did not sign", async () => {
    const rows: [string, () => unknown, string][] = [
      ["by a holder", () => boxOf(ended(expiry, intake.key("event"))), "author"],
      ["of another channel", () => boxOf(ended({ ...expiry, value: { ...expiry.value, channel: "other" } } as EventBody)), "erasure"],
      ["under a charter that keeps all", () => boxOf(ended(expiry, logKey, 1n)), "expiry.closed_days"],
      ["no erasure", () => boxOf(ended(dismiss(), intake.key("event"))), "erasure"],
      ["of another report", () => boxOf(ended(expiry, logKey, 2n, pattern(32))), "erasure"],
      ["not the newest", () => boxOf(ended(expiry), { sequence: 10n }), "erasure"],
      ["another one", () => boxOf(ended(expiry), { head: pattern(32) }), "erasure"],
      ["of a report that is there", () => boxOf(ended(expiry), { erased: false, promise: promiseFor("report", released.sealed.hash) }), ""],
    ];
    for (const [name, check, field] of rows) {
      await fails(check, "unverified", ...(field === "" ? [] : [field])).catch((error) => assert.fail(`${name}: ${error}`));
    }
  });
});

describe("a triage that came with the list", () => {
  test("opens by the original header, or one that was granted for the same content", async () => {
    const { sealed } = released;
    const report = released.file().report!;
    const listed = (changed: object = {}): CaseTriage =>
      ({ reportId: sealed.id, sealed: sealed.report, header: new Uint8Array(0), payload: sealed.payloads[0], ...changed }) as CaseTriage;
    assert.equal((await openListedTriage(listed(), intake)).language, "sw");
    await fails(() => openListedTriage(listed(), investigator), "wrong_key");
    const original = compartmentOf(report, "triage");
    const header = await makeGrantedHeader(original, await openFileKey(original, intake), holder("investigator"));
    assert.equal((await openListedTriage(listed({ header }), investigator)).language, "sw");
    const rows: [string, object][] = [
      ["another id", { reportId: "0".repeat(32) }],
      ["no report", { sealed: undefined }],
      ["another payload", { payload: flipped(sealed.payloads[0]!, 80) }],
      ["a header over another key", { header: wrapHeader(pattern(16), [investigator.recipient]) }],
    ];
    for (const [name, changed] of rows) {
      await fails(() => openListedTriage(listed({ header, ...changed }), investigator), "unverified").catch((error) => assert.fail(`${name}: ${error}`));
    }
  });
});
