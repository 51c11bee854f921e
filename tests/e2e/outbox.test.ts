// Reporters by SMS, as the gateway and the holders see them. The relay is played here, with the web library over
// real TLS: it seals reports with its capsule, waits at its outbox and says what became of each answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { readBody } from "../../gateway/web/shared/api/transport.ts";
import { parseSigned, parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { openPublished } from "../../gateway/web/shared/charter/published.ts";
import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { type Outbox, type OutboxItem, OutboxSchema } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { DeliveryState } from "../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { ManifestSchema } from "../../gateway/web/shared/generated/safeconduct/v1/report_pb.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { manifestSignedBytes, maxManifestBytes, reportHash, reportId } from "../../gateway/web/shared/report/compartment.ts";
import { checkEvent, signEvent } from "../../gateway/web/shared/report/event.ts";
import { openMessage, sealMessage } from "../../gateway/web/shared/report/message.ts";
import { type Draft, reporterKeysOf, type Sealed, sealReport } from "../../gateway/web/shared/report/seal.ts";
import { get } from "./calls.ts";
import { exits, TestGateway, usualHolders } from "./harness.ts";
import { Signer } from "./signing.ts";
import { fails, openWeb, partyIn } from "./webClient.ts";

let gateway: TestGateway;
let api: GatewayApi;
let charter: OpenCharter; // the first one
let relay: Party;
const capsule = new TextEncoder().encode("the way back");

before(async () => {
  const relays = ["sms", "sms-2"].map((label) => ({ label, organisation: "Telephones", roles: ["relay"] }));
  gateway = await TestGateway.start({ holders: [...usualHolders, ...relays] });
  ({ api, charter } = await openWeb(gateway));
  relay = await partyIn(gateway, "sms");
});
after(() => gateway.dispose());

const draft = (narrative: string): Draft => ({
  channel: "conduct", consent: { contact: true, investigators: true }, language: "fr", narrative,
  triageAnswers: [], accountAnswers: [], identityAnswers: [], attachments: [],
});

/** As the relay seals: the manifest names it, and carries the way back. */
async function sealBySms(text: string, reporter: Party, by = relay, under = charter): Promise<Sealed> {
  const sealed = await sealReport(draft(text), under, reporter);
  const manifest = parseSigned(ManifestSchema, sealed.report.manifest, maxManifestBytes);
  manifest.relay = { $typeName: "safeconduct.v1.Relay", holder: by.key("event").publicKey, capsule };
  const bytes = serialize(ManifestSchema, manifest);
  const signature = reporter.key("event").sign(manifestSignedBytes(bytes));
  const hash = reportHash(bytes);
  return { report: { ...sealed.report, manifest: bytes, signature }, payloads: sealed.payloads, hash, id: reportId(hash) };
}

async function outbox(wait = 0, by = relay): Promise<Outbox> {
  const request = { path: `/v1/outbox?wait=${wait}`, key: by.key("request"), headers: { Accept: "application/x-protobuf" } };
  return parseTolerant(OutboxSchema, await readBody(await api.transport.call(request), 8 << 20), 8 << 20);
}

async function say(item: OutboxItem, state: DeliveryState, version = charter.version): Promise<void> {
  const { event } = checkEvent(item.message!);
  const head = { sequence: item.sequence, hash: item.head };
  const time = await api.transport.gatewayTime();
  const body = { case: "delivery" as const, value: { message: event.sequence, state } };
  await api.appendToCase(relay.key("request"), item.reportId, signEvent(item.reportHash, head, version, time, body, relay.key("event")));
}

async function textOf(item: OutboxItem, reporter: Party): Promise<string> {
  const { event } = checkEvent(item.message!);
  assert.equal(event.body.case, "message");
  const sealed = (event.body.value as { sealed: Uint8Array }).sealed;
  return (await openMessage(sealed, reporter, item.reportHash, reporterKeysOf(reporter))).text;
}

const act = (...args: string[]): Promise<any> => gateway.json(["case", ...args], { as: "intake" });
const reply = (id: string, input: string, ...more: string[]) => gateway.cli(["case", "reply", id, "--text", "-", ...more], { as: "intake", input });

describe("a reporter who reads SMS", () => {
  let reporter: Party;
  let report: Sealed;
  before(async () => {
    reporter = Party.generate();
    report = await sealBySms("Ils sont venus la nuit.", reporter);
    await api.submit(report, []);
  });

  test("holders are told so", async () => {
    const mailbox = await sealReport(draft("by the page"), charter, Party.generate());
    await api.submit(mailbox, []);
    const { cases } = await act("list");
    assert.deepEqual(new Map(cases.map((each: any) => [each.report_id, each.by_sms])), new Map([[report.id, true], [mailbox.id, false]]));
    const listed = (await gateway.cli(["case", "list"], { as: "intake" })).stdout.split("\n");
    assert.deepEqual(listed.filter((line) => line.includes("(SMS)")).map((line) => line.slice(0, 32)), [report.id]);
    assert.equal((await act("open", report.id)).by_sms, true);
    const opened = (await gateway.cli(["case", "open", report.id], { as: "intake" })).stdout;
    assert.match(opened, /reads SMS\. Anyone with the telephone may read them, and an answer goes out as\s+plain SMS/);
    assert.match(opened, /Ils sont venus la nuit\./);
  });

  test("an answer wakes the relay that waits, which sends it and says so", async () => {
    const started = performance.now();
    const waiting = outbox(30);
    const other = outbox(2, await partyIn(gateway, "sms-2"));
    const { status, stderr } = await reply(report.id, "Êtes-vous en sécurité ?");
    assert.equal(status, exits.ok, stderr);
    assert.match(stderr, /plain SMS/);
    assert.match(stderr, /23 characters in UCS-2, 1 SMS/);
    const { items } = await waiting;
    assert.ok(performance.now() - started < 29_000, "it did not wait for the end");
    assert.equal(items.length, 1);
    const [item] = items;
    assert.equal(item!.reportId, report.id);
    assert.equal(item!.channel, "conduct");
    assert.deepEqual(Buffer.from(item!.capsule), Buffer.from(capsule));
    assert.equal(await textOf(item!, reporter), "Êtes-vous en sécurité ?");
    assert.deepEqual((await other).items, [], "another relay gets nothing");

    await say(item!, DeliveryState.SENT);
    assert.deepEqual((await outbox()).items, []);
    await fails(() => say(item!, DeliveryState.DELIVERED), "conflict"); // its head moved
  });

  test("the chain goes on while the relay speaks: it looks again, and what it said is shown", async () => {
    assert.equal((await reply(report.id, "Call 116 006 {now}")).status, exits.ok);
    const [early] = (await outbox()).items;
    await act("status", report.id, "acknowledged");
    await fails(() => say(early!, DeliveryState.UNSURE), "conflict");
    const [late] = (await outbox()).items;
    assert.deepEqual(late!.message, early!.message);
    await say(late!, DeliveryState.UNSURE);
    assert.deepEqual((await outbox(1)).items, []);

    const chain = (await act("show", report.id)).chain;
    assert.deepEqual(chain.map((each: any) => [each.kind, each.author]), [
      ["message", "intake"], ["delivery", "sms"], ["message", "intake"], ["status", "intake"], ["delivery", "sms"],
    ]);
    const entries = (await act("open", report.id)).entries;
    assert.equal(entries[1].did, "sent the message of event 1 by SMS");
    assert.match(entries[4].did, /^does not know whether the message of event 3 was sent/);
    await act("export", report.id, "--out", gateway.file("export"));
    assert.equal((await gateway.json<any>(["custody", "verify", gateway.file("export")])).events, 5);
  });

  test("the reporter writes back through the relay", async () => {
    const [page] = await api.readMailbox(reporter.key("request"));
    const channel = charter.channel("conduct");
    const sealed = await sealMessage("Oui.", report.hash, reporterKeysOf(reporter), channel.intake, channel);
    const time = await api.transport.gatewayTime();
    const head = { sequence: page!.sequence, hash: page!.head };
    const body = { case: "message" as const, value: { sealed } };
    await api.appendToMailbox(reporter.key("request"), signEvent(report.hash, head, charter.version, time, body, reporter.key("event")));
    assert.equal((await act("open", report.id)).entries.at(-1).text, "Oui.");
    assert.deepEqual((await outbox()).items, [], "that is nothing to send");
  });

  test("an answer of more than ten SMS is sent only when that is meant", async () => {
    const long = "ж".repeat(671);
    const refused = await gateway.fails(["case", "reply", report.id, "--text", "-"], exits.usage, { as: "intake", input: long });
    assert.match(refused.message, /671 characters in UCS-2, 11 SMS/);
    assert.match(refused.hint!, /--long/);
    assert.deepEqual((await outbox()).items, []);
    assert.equal((await reply(report.id, long, "--long")).status, exits.ok);
    const [item] = (await outbox()).items;
    assert.equal(await textOf(item!, reporter), long);
    await say(item!, DeliveryState.STOPPED);
  });

  test("the outbox is for relays alone", async () => {
    assert.equal((await get(gateway, "/v1/outbox")).status, 401);
    assert.equal((await get(gateway, "/v1/outbox", Signer.stranger())).status, 401);
    assert.equal((await get(gateway, "/v1/outbox", Signer.of(gateway.key("intake")))).status, 422);
    assert.equal((await get(gateway, "/v1/outbox", Signer.of(gateway.key("sms")))).status, 200);
    assert.equal((await get(gateway, `/v1/cases/${report.id}`, Signer.of(gateway.key("sms")))).status, 404);
  });

  test("a relay that waits does not keep the gateway from stopping", async () => {
    const waiting = outbox(30);
    await outbox(); // the one before it has arrived
    const started = performance.now();
    await gateway.restart();
    assert.ok(performance.now() - started < 25_000);
    assert.deepEqual((await waiting).items, []);
    assert.deepEqual((await outbox()).items, []);
  });
});

test("what a relay sealed before the charter changed is accepted, and nobody else's", async () => {
  const [first, second] = [Party.generate(), Party.generate()];
  const waited = await sealBySms("sealed while the gateway was away", first);
  const others = await sealReport(draft("sealed in a page that was left open"), charter, second);
  const last = await sealBySms("of the same time", second);
  await gateway.json(["charter", "new", "--next", "charter.note", "--out", "next.json"]);
  const card = await gateway.makeKey("intake-3");
  const holder = ["--label", "intake-3", "--organisation", "Conduct and Discipline Team", "--role", "intake", "--keys", "-"];
  await gateway.json(["charter", "add-holder", "next.json", ...holder], { input: card });
  await gateway.sign("next.json");
  await gateway.publish("next.note");

  await fails(() => api.submit(others, []), "conflict", "charter_version");
  const promised = await api.submit(waited, []);
  assert.deepEqual(await api.submit(waited, []), promised, "the same again");
  assert.equal((await act("open", waited.id)).account.narrative, "sealed while the gateway was away");
  assert.equal((await reply(waited.id, "We have it.")).status, exits.ok);
  const [item] = (await outbox(30)).items;
  assert.equal(item!.reportId, waited.id);
  assert.equal(await textOf(item!, first), "We have it.");
  const { trust } = await openWeb(gateway);
  const inForce = openPublished(await api.readCharter(), trust, await api.transport.gatewayTime()).charter;
  await say(item!, DeliveryState.DELIVERED, inForce.version);

  // Nobody becomes a relay by naming himself one.
  const intruder = await sealBySms("from somebody else's relay", second, Party.generate());
  await fails(() => api.submit(intruder, []), "rejected", "relay.holder");
  assert.equal((await api.submit(last, [])).reportId, last.id);
});
