// What a holder has read, sealed to oneself: it opens as it was sealed, and nobody else can put something in its place.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "../../../gateway/web/node_modules/@bufbuild/protobuf/dist/esm/index.js";
import { openFile, sealFile } from "../../../gateway/web/shared/age/age.ts";
import { concat, fromHex, fromUtf8, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { serialize, toJson } from "../../../gateway/web/shared/base/messages.ts";
import { ReadMarksSchema, SignedMarksSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/marks_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { maxReadMarks, mergeReadMarks, openReadMarks, sealReadMarks } from "../../../gateway/web/shared/report/readMarks.ts";
import { splitFile } from "../../../gateway/web/shared/report/sealedText.ts";

const holder = Party.fromSeed(new Uint8Array(32).fill(1));
const other = Party.fromSeed(new Uint8Array(32).fill(2));
const id = (number: number): string => number.toString(16).padStart(32, "0");
const prefix = utf8("safeconduct/read-marks/v1\n");

/** To `holder`, over whatever bytes, signed by whomever. */
async function made(marks: Uint8Array, signer: Party, signedAs = prefix): Promise<Uint8Array> {
  const signed = create(SignedMarksSchema, { marks, signature: signer.key("event").sign(concat(signedAs, marks)) });
  const { header, payload } = await sealFile(utf8(toJson(SignedMarksSchema, signed)), [holder.recipient]);
  return concat(header, payload);
}
const bytesOf = (marks: readonly (readonly [string, number])[]): Uint8Array =>
  serialize(ReadMarksSchema, create(ReadMarksSchema, { marks: marks.map(([reportId, events]) => ({ reportId: fromHex(reportId), events })) }));

test("marks open as they were sealed, none and many", async () => {
  for (const count of [0, 1, 3, maxReadMarks]) {
    const marks = new Map(Array.from({ length: count }, (_, i) => [id(i), i === 0 ? 0xffff_ffff : i] as const));
    const sealed = await sealReadMarks(marks, holder);
    assert.ok(sealed.length <= 1024 * 1024, "as many as may be are within what the gateway keeps");
    assert.deepEqual(await openReadMarks(sealed, holder), marks);
  }
});

test("their size tells no number of cases: one and fifty are alike, and the text is one padded line of JSON", async () => {
  const sizes = new Set<number>();
  for (const count of [0, 1, 50]) sizes.add((await sealReadMarks(new Map(Array.from({ length: count }, (_, i) => [id(i), i] as const)), holder)).length);
  assert.equal(sizes.size, 1);
  const plaintext = await openFile(splitFile(await sealReadMarks(new Map([[id(7), 3]]), holder)), holder);
  assert.equal(plaintext.length, 4096);
  assert.match(fromUtf8(plaintext), /^\{"marks":"[^"]+","signature":"[^"]+"\} *\n$/);
});

test("what others sealed to the holder, or was signed as something else, is not the holder's", async () => {
  const read = bytesOf([[id(1), 1_000_000]]);
  assert.equal((await openReadMarks(await made(read, holder), holder)).get(id(1)), 1_000_000);
  await assert.rejects(openReadMarks(await made(read, other), holder), { code: "unverified" });
  await assert.rejects(openReadMarks(await made(read, holder, utf8("safeconduct/event/v1\n")), holder), { code: "unverified" });
  await assert.rejects(openReadMarks(await sealReadMarks(new Map([[id(1), 1]]), other), holder), { code: "wrong_key" });
});

test("what is damaged is said, whichever byte it is", async () => {
  const sealed = await sealReadMarks(new Map([[id(1), 1]]), holder);
  for (let at = 0; at < sealed.length; at += 97) {
    const damaged = sealed.slice();
    damaged[at]! ^= 1;
    await assert.rejects(openReadMarks(damaged, holder), { name: "SafeconductError" }, `byte ${at}`);
  }
  for (const length of [0, 1, 100, sealed.length - 1]) await assert.rejects(openReadMarks(sealed.slice(0, length), holder), { name: "SafeconductError" }, `cut at ${length}`);
});

test("a case twice, an id of another length, too many, and what a newer version added are refused", async () => {
  await assert.rejects(openReadMarks(await made(bytesOf([[id(1), 1], [id(1), 2]]), holder), holder), { code: "malformed" });
  await assert.rejects(openReadMarks(await made(bytesOf([["00", 1]]), holder), holder), { code: "malformed" });
  await assert.rejects(openReadMarks(await made(utf8("junk"), holder), holder), { code: "malformed" });
  await assert.rejects(openReadMarks(await made(new Uint8Array([0x78, 1]), holder), holder), { code: "unsupported" });
  const many = new Map(Array.from({ length: maxReadMarks + 1 }, (_, i) => [id(i), 1] as const));
  await assert.rejects(openReadMarks(await made(bytesOf([...many]), holder), holder), { code: "too_large" });
  await assert.rejects(sealReadMarks(many, holder), { code: "too_large" });
  await assert.rejects(sealReadMarks(new Map([[id(1), -1]]), holder), { code: "malformed" });
  await assert.rejects(sealReadMarks(new Map([["0011", 1]]), holder), { code: "malformed" });
});

test("merged, the one that says that more was read counts", () => {
  assert.deepEqual(mergeReadMarks(new Map([[id(1), 3], [id(2), 1]]), new Map([[id(1), 2], [id(2), 4], [id(3), 0]])), new Map([[id(1), 3], [id(2), 4], [id(3), 0]]));
});
