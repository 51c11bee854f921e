// What a gateway serves, when it changes, withholds, mixes up or breaks off: cases, mailboxes and
// downloads of gateway/web/shared.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { GatewayApi } from "../../../gateway/web/shared/api/api.ts";
import { downloadPayload, readPayload } from "../../../gateway/web/shared/api/download.ts";
import type { Fetch } from "../../../gateway/web/shared/api/transport.ts";
import { concat, equal } from "../../../gateway/web/shared/base/bytes.ts";
import type { SigningKey } from "../../../gateway/web/shared/base/ed25519.ts";
import { OpenCharter } from "../../../gateway/web/shared/charter/charter.ts";
import type { CaseView, Mailbox } from "../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import type { SignedEvent } from "../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { type CaseFile, checkCase, servedCompartment } from "../../../gateway/web/shared/report/caseFile.ts";
import { type EventBody, eventHash, signEvent } from "../../../gateway/web/shared/report/event.ts";
import { checkMailbox, replyReaders } from "../../../gateway/web/shared/report/mailbox.ts";
import { type Sealed, sealReport } from "../../../gateway/web/shared/report/seal.ts";
import { charter as makeCharter, charterJson, charterText, fails, flipped, gather, holders, logKey, pattern, promiseFor, streamOf, trust } from "./testing.ts";

const now = Math.floor(Date.now() / 1000);
const charter = makeCharter();
const reporter = Party.fromSeed(new Uint8Array(32).fill(62));
let sealed: Sealed;
let events: SignedEvent[];

before(async () => {
  const none = { triageAnswers: [], accountAnswers: [], identityAnswers: [], attachments: [] };
  sealed = await sealReport({ channel: "conduct", consent: {}, language: "en", narrative: "x", ...none }, charter, reporter);
  const key = holders.intake.key("event");
  const statusTo = (status: number) => ({ case: "status", value: { status } }) as Parameters<typeof signEvent>[4];
  const first = signEvent(sealed.hash, { sequence: 0n, hash: sealed.hash }, 1n, 1_800_000_000, statusTo(2), key);
  const second = signEvent(sealed.hash, { sequence: 1n, hash: eventHash(first) }, 1n, 1_800_000_000, statusTo(3), key);
  events = [first, second];
});

function viewOf(changed: object = {}): CaseView {
  const compartments = ["triage", "account", "identity"].map((name, i) => ({
    name,
    fileBytes: BigInt(headerOf(i).length + sealed.payloads[i]!.length),
    grant: 0n,
  }));
  return {
    summary: { plain: false, channel: "conduct", events: 2n, status: 3 },
    sealed: sealed.report,
    reportHash: sealed.hash,
    compartments,
    events,
    promise: promiseFor("report", sealed.hash),
    ...changed,
  } as unknown as CaseView;
}

let headers: Uint8Array[] | undefined;
function headerOf(index: number): Uint8Array {
  if (headers === undefined) {
    const view = { summary: { channel: "conduct" }, sealed: sealed.report, reportHash: sealed.hash, events: [], promise: promiseFor("report", sealed.hash) };
    headers = checkCase(view as unknown as CaseView, sealed.id, charter).report!.manifest.compartments.map(({ header }) => header);
  }
  return headers[index]!;
}

describe("a case", () => {
  test("that fits together is taken, with what its events say", () => {
    const file = checkCase(viewOf({ summary: { plain: false, channel: "conduct", events: 99n, status: 7 } }), sealed.id, charter);
    assert.deepEqual([file.status, file.head.sequence, file.promised?.until], [3, 2n, 1_800_000_000]);
  });

  test("that was changed, mixed up or cut is not", async () => {
    const changes: [object, string][] = [
      [{ reportHash: flipped(sealed.hash, 0) }, "report_hash"],
      [{ reportHash: flipped(sealed.hash, 255) }, "report_hash"], // the id is the same
      [{ summary: { plain: true, channel: "conduct" } }, "sealed"],
      [{ summary: { plain: false, channel: "other" } }, "channel"],
      [{ summary: undefined }, "report_hash"],
      [{ sealed: { ...sealed.report, signature: pattern(64) } }, "signature"],
      [{ events: [events[1]] }, "sequence"],
      [{ events: [events[0], { ...events[1]!, signature: pattern(64) }] }, "signature"],
      [{ promise: promiseFor("event", sealed.hash) }, "promise"],
    ];
    for (const [change, field] of changes) await fails(() => checkCase(viewOf(change), sealed.id, charter), "unverified", field);
    await fails(() => checkCase(viewOf(), "0".repeat(32), charter), "unverified", "report_hash");
  });

  test("that expired is what the log signed, by its channel's retention", async () => {
    const ended = (changed: object = {}, key: SigningKey = logKey, version = charter.version + 1n): SignedEvent => {
      const body: EventBody = { case: "expiry", value: { channel: "conduct", closedDay: 86_400n, closedDays: 30, leaves: pattern(32), ...changed } };
      return signEvent(sealed.hash, { sequence: 2n, hash: pattern(32) }, version, now, body, key);
    };
    const view = (event: SignedEvent, held = false): CaseView => viewOf({
      summary: { plain: false, channel: "conduct", erased: true, held, events: 3n, status: 7 }, sealed: undefined, events: [event], promise: "",
    });
    const file = checkCase(view(ended()), sealed.id, charter);
    assert.deepEqual([file.erased, file.head.sequence, file.promised], [true, 3n, undefined]);
    const wrong: [SignedEvent, string][] = [
      [ended({}, holders.intake.key("event")), "author"],
      [ended({ channel: "other" }), "channel"],
      [ended({}, logKey, charter.version), "expiry.closed_days"], // under which its channel keeps everything
    ];
    for (const [event, field] of wrong) await fails(() => checkCase(view(event), sealed.id, charter), "unverified", field);
    // From the day on which the channel's retention begins, and not before.
    const under = (fromDay: bigint): OpenCharter => {
      const json = charterJson();
      json.channels[0].retention = { closedDays: 30, fromDay: String(fromDay) };
      return OpenCharter.fromText(charterText(json));
    };
    const today = BigInt(now - (now % 86_400));
    assert.ok(checkCase(view(ended({}, logKey, charter.version)), sealed.id, under(today)).erased);
    await fails(() => checkCase(view(ended({}, logKey, charter.version)), sealed.id, under(today + 86_400n)), "unverified", "time");
    const kept = signEvent(sealed.hash, { sequence: 2n, hash: eventHash(events[1]!) }, 1n, now, { case: "expiry", value: { channel: "conduct", closedDay: 86_400n, closedDays: 30, leaves: pattern(32) } }, logKey);
    await fails(() => checkCase(viewOf({ events: [...events, kept] }), sealed.id, charter), "unverified", "expiry");
  });

  test("serves the compartments that it names, in the manifest's sizes", async () => {
    const file = checkCase(viewOf(), sealed.id, charter);
    assert.equal(servedCompartment(file, "account", holders.intake).compartment.name, "account");
    await fails(() => servedCompartment(checkCase(viewOf({ compartments: [] }), sealed.id, charter), "account", holders.intake), "not_found", "account");
    const longer = checkCase(viewOf({ compartments: [{ name: "account", fileBytes: 5n, grant: 0n }] }), sealed.id, charter);
    await fails(() => servedCompartment(longer, "account", holders.intake), "unverified", "account");
  });
});

describe("a mailbox", () => {
  const page = (changed: object = {}): Mailbox =>
    ({
      reportId: sealed.id,
      channel: "conduct",
      status: 3,
      events,
      reportHash: sealed.hash,
      promise: promiseFor("report", sealed.hash),
      receipt: "",
      sequence: 2n,
      head: eventHash(events[1]!),
      readers: ["intake", "intake-2"],
      grants: [],
      ...changed,
    }) as unknown as Mailbox;

  test("that fits together is taken, in one page or in two", () => {
    for (const pages of [[page()], [page({ events: [events[0]] }), page({ events: [events[1]] })]]) {
      const mailbox = checkMailbox(pages, charter, trust);
      assert.deepEqual([mailbox.status, mailbox.events.length, mailbox.head.sequence], [3, 2, 2n]);
      assert.deepEqual(replyReaders(mailbox, charter, now).map(({ label }) => label), ["intake", "intake-2"]);
    }
  });

  test("that contradicts itself is not", async () => {
    const changes: [object, string][] = [
      [{ reportId: "0".repeat(32) }, "report_hash"],
      [{ reportHash: pattern(31) }, "report_hash"],
      [{ head: pattern(32) }, "head"],
      [{ events: [events[0], events[0]] }, "events"],
      [{ events: [...events].reverse() }, "events"],
      [{ events: [{ ...events[0]!, signature: pattern(64) }] }, "signature"],
      [{ status: 7 }, "status"],
      [{ promise: promiseFor("event", sealed.hash) }, "promise"],
    ];
    for (const [change, field] of changes) await fails(() => checkMailbox([page(change)], charter, trust), "unverified", field);
    await fails(() => checkMailbox([], charter, trust), "unverified", "events");
    await fails(() => checkMailbox([page({ events: [events[0]] }), page({ events: [events[1]], reportHash: pattern(32) })], charter, trust), "unverified", "report_hash");
  });

  test("that names other readers than the charter gets no reply", async () => {
    for (const readers of [["intake"], ["intake", "intake-2", "auditor"], ["intake", "support"], []]) {
      await fails(() => replyReaders(checkMailbox([page({ readers })], charter, trust), charter, now), "unverified", "readers");
    }
    const elsewhere = { ...checkMailbox([page()], charter, trust), channel: "gone" };
    await fails(() => replyReaders(elsewhere, charter, now), "not_found", "channel");
  });
});

describe("a download", () => {
  const { intake } = holders;
  const date = new Date(1_800_000_000_000).toUTCString();

  // Serves the account's file; `breaks` after so many bytes of an answer, `change` what is served.
  function serving(breaks: readonly number[] = [], change = (bytes: Uint8Array): Uint8Array => bytes, statuses: number[] = []) {
    const ranges: string[] = [];
    const cuts = [...breaks];
    const fetch: Fetch = async (url, init) => {
      if (url.pathname === "/healthz") return new Response(null, { headers: { date } });
      const range = init.headers["Range"] ?? "";
      ranges.push(range);
      const status = statuses.shift();
      if (status !== undefined) return new Response(null, { status, headers: { date } });
      const bytes = change(concat(headerOf(1), sealed.payloads[1]!)).slice(Number(/\d+/.exec(range)?.[0] ?? "0"));
      const cut = cuts.shift();
      if (cut === undefined) return new Response(streamOf(bytes, 5000), { headers: { date } });
      const reader = streamOf(bytes.slice(0, cut), 700).getReader();
      const broken = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { value } = await reader.read();
          if (value === undefined) controller.error(new TypeError("terminated"));
          else controller.enqueue(value);
        },
      });
      return new Response(broken, { headers: { date } });
    };
    return { ranges, api: new GatewayApi("https://gateway.example", { fetch, pause: async () => {}, retrySeconds: 20 }) };
  }
  const file = (): CaseFile => checkCase(viewOf(), sealed.id, charter);

  test("gives the payload without the header, and goes on from where it broke", async () => {
    const whole = serving();
    assert.ok(equal(await readPayload(whole.api, intake, file(), "account"), sealed.payloads[1]!));
    assert.deepEqual(whole.ranges, [""]);
    const broken = serving([1_000, 4_200]);
    assert.ok(equal(await gather(downloadPayload(broken.api, intake, file(), "account")), sealed.payloads[1]!));
    assert.deepEqual(broken.ranges, ["", "bytes=1000-", "bytes=5200-"]);
    const busy = serving([], undefined, [503]);
    assert.ok(equal(await readPayload(busy.api, intake, file(), "account"), sealed.payloads[1]!));
  });

  test("of another header or length is not taken, and a refusal is said", async () => {
    await fails(() => readPayload(serving([], (bytes) => flipped(bytes, 8 * 100)).api, intake, file(), "account"), "unverified", "header");
    await fails(() => readPayload(serving([], (bytes) => bytes.subarray(0, -1)).api, intake, file(), "account"), "unverified");
    await fails(() => readPayload(serving([], (bytes) => concat(bytes, pattern(1))).api, intake, file(), "account"), "unverified");
    await fails(() => readPayload(serving([], undefined, [404]).api, intake, file(), "account"), "not_found");
    await fails(() => readPayload(serving(new Array<number>(40).fill(0)).api, intake, file(), "account"), "unavailable");
  });
});
