// gateway/web/shared/report: what is sealed opens for those who may and looks the same for all others;
// whatever was exchanged, moved, changed or cut is refused.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { plaintextSize } from "../../../gateway/web/shared/age/age.ts";
import { parseSealedHeader } from "../../../gateway/web/shared/age/header.ts";
import { equal, toBase64, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { serialize } from "../../../gateway/web/shared/base/messages.ts";
import { padmeLength } from "../../../gateway/web/shared/base/padding.ts";
import { ManifestSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/report_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { serializeNote, signNote } from "../../../gateway/web/shared/note/note.ts";
import { openAttachment } from "../../../gateway/web/shared/report/attachmentOpener.ts";
import { AttachmentSealer, type SealedAttachment } from "../../../gateway/web/shared/report/attachmentSealer.ts";
import {
  accountReaders, attachmentPayloadBytes, attachmentPieceBytes, checkPaddedSize, manifestSignedBytes, minPlaintext, partAt, reportHash, reportId,
} from "../../../gateway/web/shared/report/compartment.ts";
import { authorOf, checkEvent, eventHash, type Head, signEvent, verifyChain } from "../../../gateway/web/shared/report/event.ts";
import { openMessage, sealMessage } from "../../../gateway/web/shared/report/message.ts";
import { compartmentOf, openAccount, openFileKey, openIdentity, openTriage, verifyReport } from "../../../gateway/web/shared/report/open.ts";
import { leafOf, verifyPromise } from "../../../gateway/web/shared/report/promise.ts";
import { type Draft, reporterKeysOf, type Sealed, sealReport } from "../../../gateway/web/shared/report/seal.ts";
import { charter as makeCharter, fails, flipped, gather, holders, logKey, logVerifier, pattern, streamOf } from "./testing.ts";

const charter = makeCharter();
const reporter = Party.fromSeed(new Uint8Array(32).fill(61));
const { intake, support, auditor } = holders;

function draftOf(extra: Partial<Draft> = {}): Draft {
  return {
    channel: "conduct",
    consent: {},
    language: "sw",
    narrative: "Ni nini kilitokea? <b> \u2028 🕊",
    triageAnswers: [{ question: "kind", values: ["theft"] }],
    accountAnswers: [{ question: "more", values: ["a", "b"] }],
    identityAnswers: [{ question: "name", values: ["Amina"] }],
    attachments: [],
    ...extra,
  };
}

const seal = (extra: Partial<Draft> = {}): Promise<Sealed> => sealReport(draftOf(extra), charter, reporter);
const shapeOf = (sealed: Sealed): unknown =>
  verifyReport(sealed.report, sealed.id).manifest.compartments.map(({ name, header, payloadBytes }) => [
    name,
    header.length,
    parseSealedHeader(header).stanzas.length,
    payloadBytes,
  ]);

describe("reports", () => {
  test("open for those to whom each part is sealed, and for nobody else", async () => {
    const sealed = await seal({ consent: { contact: true, supportServices: true } });
    const report = verifyReport(sealed.report, sealed.id);
    const [triage, account, identity] = sealed.payloads as [Uint8Array, Uint8Array, Uint8Array];
    for (const officer of [intake, holders["intake-2"]]) {
      const opened = await openTriage(report, triage, officer);
      assert.deepEqual([opened.language, opened.consent?.contact, opened.consent?.investigators], ["sw", true, false]);
      assert.equal(opened.reporter?.recipient, reporter.recipient);
      assert.equal((await openAccount(report, account, officer)).narrative, draftOf().narrative);
      await fails(() => openIdentity(report, identity, officer), "wrong_key");
    }
    assert.equal((await openIdentity(report, identity, support)).answers[0]?.values[0], "Amina");
    await fails(() => openTriage(report, triage, support), "wrong_key");
    for (const none of [auditor, reporter]) await fails(() => openAccount(report, account, none), "wrong_key");
  });

  test("look the same whatever is consented, also where one consent more would cross a size class", async () => {
    const consents = [{}, { contact: true }, { supportServices: true, investigators: true, contact: true, nationalAuthorities: true }];
    for (const length of [10, 16_384 - 5_000, 16_384 - 4_960, 40_000]) {
      const shapes = [];
      for (const consent of consents) shapes.push(shapeOf(await seal({ consent, narrative: "x".repeat(length) })));
      for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
    }
    const full = draftOf({ identityAnswers: [{ question: "name", values: ["x".repeat(5000)] }] });
    assert.deepEqual(shapeOf(await sealReport(full, charter, reporter)), shapeOf(await sealReport({ ...full, consent: consents[2]! }, charter, reporter)));
  });

  test("have padded sizes and one stanza a reader", async () => {
    const sealed = await seal();
    for (const [i, compartment] of verifyReport(sealed.report, sealed.id).manifest.compartments.entries()) {
      checkPaddedSize(Number(compartment.payloadBytes), minPlaintext[partAt(i)]);
      assert.equal(Number(compartment.payloadBytes), sealed.payloads[i]!.length);
    }
    assert.deepEqual((shapeOf(sealed) as [string, number, number][]).map(([, , stanzas]) => stanzas), [2, 2, 3]);
  });

  test("what nobody may read by the consent given holds no answers", async () => {
    const sealed = await seal({ consent: { contact: true } });
    const report = verifyReport(sealed.report, sealed.id);
    for (const party of Object.values(holders)) await fails(() => openIdentity(report, sealed.payloads[2]!, party), "wrong_key");
  });

  test("another id, signature, key, order or payload is not verified", async () => {
    const sealed = await seal();
    const other = await sealReport(draftOf(), charter, Party.generate());
    const { report } = sealed;
    await fails(() => verifyReport(report, other.id), "unverified", "manifest");
    await fails(() => verifyReport({ ...report, signature: flipped(report.signature, 9) }, sealed.id), "unverified", "signature");
    await fails(() => verifyReport({ ...report, signature: other.report.signature }, sealed.id), "unverified", "signature");
    const checked = verifyReport(report, sealed.id);
    await fails(() => openTriage(checked, other.payloads[0]!, intake), "unverified", "triage.payload");
    await fails(() => openTriage(checked, sealed.payloads[0]!.subarray(1), intake), "unverified", "triage.payload");
    for (const bit of [0, 200, 8000]) await fails(() => openTriage(checked, flipped(sealed.payloads[0]!, bit), intake), "unverified", "triage.payload");
    // A compartment of somebody else's report, with its header and digest: the keys in it tell.
    const moved = structuredClone(checked.manifest);
    moved.compartments[0] = compartmentOf(verifyReport(other.report, other.id), "triage");
    await fails(() => openTriage({ ...checked, manifest: moved }, other.payloads[0]!, intake), "unverified", "triage.payload");
    await fails(() => compartmentOf(checked, "attachment-0"), "not_found");
  });

  test("a relay for SMS has a key and a capsule", async () => {
    const sealed = await seal();
    const { manifest } = verifyReport(sealed.report, sealed.id);
    const through = (holder: Uint8Array, capsule: Uint8Array) => {
      const bytes = serialize(ManifestSchema, { ...manifest, relay: { $typeName: "safeconduct.v1.Relay", holder, capsule } });
      const signature = reporter.key("event").sign(manifestSignedBytes(bytes));
      return verifyReport({ ...sealed.report, manifest: bytes, signature }, reportId(reportHash(bytes))).manifest.relay;
    };
    for (const length of [1, 4096]) assert.equal(through(pattern(32), pattern(length))!.capsule.length, length);
    await fails(() => through(pattern(31), pattern(9)), ["malformed", "unverified"], "relay.holder");
    await fails(() => through(pattern(32), new Uint8Array(0)), ["malformed", "unverified"], "relay.capsule");
    await fails(() => through(pattern(32), pattern(4097)), ["too_large", "unverified"], "relay.capsule");
  });

  test("limits and text are refused with their field", async () => {
    await fails(() => seal({ channel: "other" }), "not_found", "channel");
    await fails(() => seal({ narrative: "x".repeat(1_100_000) }), "too_large", "account.payload_bytes");
    await fails(() => seal({ triageAnswers: [{ question: "kind", values: ["x".repeat(70_000)] }] }), "too_large", "triage.payload_bytes");
    await fails(() => seal({ narrative: "\udc00" }), "malformed", "account");
    await fails(() => seal({ language: "\udc00" }), "malformed", "triage");
    await fails(() => seal({ identityAnswers: [{ question: "a", values: ["\udc00"] }] }), "malformed", "identity");
  });
});

describe("attachments", () => {
  async function sealFile(content: Uint8Array, partBytes = 100_000): Promise<{ sealed: SealedAttachment; payload: Uint8Array; pieces: number[] }> {
    const source = { size: content.length, stream: () => streamOf(content, partBytes) };
    const sealer = await AttachmentSealer.start(source);
    const parts: Uint8Array[] = [];
    for (let piece = await sealer.next(); piece !== undefined; piece = await sealer.next()) parts.push(piece);
    assert.equal(await sealer.next(), undefined);
    return { sealed: await sealer.finish("a/../film.mp4", "video/mp4"), payload: Buffer.concat(parts), pieces: parts.map(({ length }) => length) };
  }

  const contents = [0, 1, 4096, 4097, 65_536, attachmentPieceBytes, 3 * attachmentPieceBytes + 7].map((size) =>
    Uint8Array.from({ length: size }, (_, i) => (i * 31) & 0xff),
  );

  test("of every size come back, in pieces of 1 MiB over a padded length", async () => {
    for (const content of contents) {
      const { sealed, payload, pieces } = await sealFile(content);
      assert.equal(payload.length, attachmentPayloadBytes(content.length));
      assert.equal(plaintextSize(payload.length), padmeLength(content.length, 4096));
      assert.ok(pieces.slice(0, -1).every((length) => length === attachmentPieceBytes));
      const report = await seal({ attachments: [sealed] });
      const checked = verifyReport(report.report, report.id);
      const account = await openAccount(checked, report.payloads[1]!, intake);
      const [description] = account.attachments;
      assert.deepEqual([description?.compartment, description?.name, description?.bytes], ["attachment-0", "a/../film.mp4", BigInt(content.length)]);
      assert.deepEqual(Buffer.from(description!.sha256), createHash("sha256").update(content).digest());
      const compartment = compartmentOf(checked, "attachment-0");
      const key = await openFileKey(compartment, intake.at(0));
      for (const partBytes of [payload.length, 70_001]) {
        const opened = await openAttachment(key, compartment, description!, streamOf(payload, partBytes));
        assert.ok(equal(await gather(opened), content));
      }
    }
  });

  test("changed, cut, lengthened or wrongly described are refused", async () => {
    const { sealed, payload } = await sealFile(contents[3]!);
    const report = await seal({ attachments: [sealed] });
    const checked = verifyReport(report.report, report.id);
    const [description] = (await openAccount(checked, report.payloads[1]!, intake)).attachments;
    const compartment = compartmentOf(checked, "attachment-0");
    const key = await openFileKey(compartment, intake);
    const open = async (bytes: Uint8Array, changed: object = {}): Promise<Uint8Array> =>
      gather(await openAttachment(key, compartment, { ...description!, ...changed }, streamOf(bytes, 1000)));
    for (const bit of [0, 300, 8 * payload.length - 1]) await fails(() => open(flipped(payload, bit)), "unverified");
    for (const cut of [0, 16, payload.length - 1]) await fails(() => open(payload.subarray(0, cut)), "unverified");
    await fails(() => open(Buffer.concat([payload, pattern(1)])), "unverified");
    await fails(() => open(payload, { bytes: description!.bytes - 1n }), "unverified"); // its last byte is no padding
    await fails(() => open(payload, { bytes: description!.bytes + 1n }), "unverified");
    await fails(() => open(payload, { sha256: pattern(32) }), "unverified");
    await fails(() => open(payload, { bytes: 1n << 40n }), "malformed");
    await fails(() => open(payload, { compartment: "attachment-1" }), "malformed");
  });

  test("a file that changes while it is read, or is too long", async () => {
    const lying = (size: number): Promise<AttachmentSealer> =>
      AttachmentSealer.start({ size, stream: () => streamOf(pattern(5000), 1000) });
    for (const size of [4000, 6000]) {
      const sealer = await lying(size);
      await fails(async () => { while ((await sealer.next()) !== undefined); }, "rejected", "attachments");
    }
    const unfinished = await lying(5000);
    await fails(() => unfinished.finish("x", ""), "rejected");
    const { sealed } = await sealFile(contents[1]!);
    await fails(() => seal({ attachments: [sealed, sealed, sealed, sealed] }), "too_large", "attachments");
    await fails(() => seal({ attachments: [{ ...sealed, payloadBytes: 10_000_001 }] }), "too_large", "attachment.payload_bytes");
  });
});

describe("events and messages", () => {
  const hash = pattern(32);
  const start: Head = { sequence: 0n, hash };
  const time = 1_800_001_234;
  const status = { case: "status", value: { status: 2 } } as const;
  const eventKey = intake.key("event");

  test("a chain verifies from its beginning, and no event can be left out, moved or changed", async () => {
    const first = signEvent(hash, start, 1n, time, status, eventKey);
    const second = signEvent(hash, { sequence: 1n, hash: eventHash(first) }, 1n, time, status, reporter.key("event"));
    const { events, head } = verifyChain([first, second], hash);
    assert.equal(events[0]!.event.time % 3600n, 0n);
    assert.deepEqual(head, { sequence: 2n, hash: eventHash(second) });
    const [byHolder, byReporter] = events.map(({ event }) => authorOf(event, reporter.key("event").publicKey, charter));
    assert.ok(byReporter === "reporter" && typeof byHolder === "object" && byHolder.label === "intake");
    assert.equal(authorOf(events[1]!.event, undefined, charter), undefined);
    await fails(() => verifyChain([second], hash), "conflict", "sequence");
    await fails(() => verifyChain([first, first], hash), "conflict", "sequence");
    await fails(() => verifyChain([first, signEvent(hash, { sequence: 1n, hash }, 1n, time, status, eventKey)], hash), "conflict", "previous");
    await fails(() => verifyChain([first], flipped(hash, 1)), "conflict", "report_hash");
    await fails(() => checkEvent({ ...first, signature: second.signature }), "unverified", "signature");
    await fails(() => checkEvent({ ...first, signature: pattern(63) }), "malformed", "signature");
    for (let bit = 0; bit < 8 * first.event.length; bit += 3) {
      await fails(() => checkEvent({ ...first, event: flipped(first.event, bit) }), ["unverified", "malformed", "unsupported", "rejected"]);
    }
  });

  test("an event's form", async () => {
    const of = (body: Parameters<typeof signEvent>[4], at = time, version = 1n, to = hash): unknown => checkEvent(signEvent(to, start, version, at, body, eventKey));
    await fails(() => of({ case: "status", value: { status: 0 } }), "malformed", "status");
    await fails(() => of({ case: undefined } as never), "malformed", "body");
    await fails(() => of(status, 10), "rejected", "time");
    await fails(() => of(status, time, 0n), "malformed", "charter_version");
    await fails(() => of(status, time, 1n, pattern(31)), "malformed", "report_hash");
    await fails(() => of({ case: "message", value: { sealed: pattern(100) } }), "malformed", "message.sealed");
    await fails(() => of({ case: "message", value: { sealed: pattern(131_073) } }), "too_large", "message.sealed");
  });

  test("a message opens for the reporter and each reader, and belongs to one case", async () => {
    const keys = reporterKeysOf(reporter);
    const channel = charter.channel("conduct");
    const readers = accountReaders(channel);
    const sealed = await sealMessage("Habari? ✓", hash, keys, readers, channel);
    checkEvent(signEvent(hash, start, 1n, time, { case: "message", value: { sealed } }, eventKey));
    for (const party of [reporter, intake, holders["intake-2"]]) {
      assert.equal((await openMessage(sealed, party, hash, keys)).text, "Habari? ✓");
    }
    await fails(() => openMessage(sealed, support, hash), "wrong_key");
    await fails(() => openMessage(sealed, intake, flipped(hash, 0)), "unverified", "report_hash");
    await fails(() => openMessage(sealed, intake, hash, reporterKeysOf(Party.generate())), "unverified", "reporter");
    await fails(() => openMessage(flipped(sealed, 8 * (sealed.length - 5)), intake, hash), "unverified");
    await fails(() => sealMessage("x".repeat(131_000), hash, keys, readers, channel), "too_large", "text");
    await fails(() => sealMessage("\ud800", hash, keys, readers, channel), "malformed", "text");
    await fails(() => sealMessage("x", hash, { ...keys, recipient: "age1x" }, readers, channel), "malformed");
  });
});

describe("promises", () => {
  const entry = pattern(32);
  const salt = pattern(64).subarray(32);
  const leaf = toBase64(leafOf(salt, "report", entry));
  const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
  const lines = ["safeconduct/promise/v1", logVerifier.name, leaf, "1800000000", toBase64(salt)];
  const sign = (text: string, key = logKey): string => serializeNote(signNote({ text, signatures: [] }, logVerifier.name, key));

  test("are for one entry of one kind, by a log of the charter", async () => {
    const promise = sign(textOf(lines));
    const promised = verifyPromise(promise, "report", entry, [logVerifier]);
    assert.deepEqual([promised.until, promised.log.name], [1_800_000_000, "log.example"]);
    assert.deepEqual(leafOf(salt, "report", entry), new Uint8Array(createHash("sha256").update(Buffer.concat([utf8("safeconduct/leaf/v1"), salt, Uint8Array.of(1), entry])).digest()));
    await fails(() => verifyPromise(promise, "event", entry, [logVerifier]), "unverified", "promise");
    await fails(() => verifyPromise(promise, "report", flipped(entry, 0), [logVerifier]), "unverified", "promise");
    await fails(() => verifyPromise(promise, "report", entry, []), "unverified", "promise");
    await fails(() => verifyPromise(sign(textOf(lines), intake.key("note")), "report", entry, [logVerifier]), "unverified");
    await fails(() => verifyPromise(promise.replace("1800000000", "1800000001"), "report", entry, [logVerifier]), "unverified");
    for (const bad of [textOf(lines.slice(0, 4)), textOf([...lines, "x"]), textOf(lines.with(0, "safeconduct/promise/v2")), textOf(lines.with(3, "01")), textOf(lines.with(4, "AAAA"))]) {
      await fails(() => verifyPromise(sign(bad), "report", entry, [logVerifier]), "malformed");
    }
  });
});
