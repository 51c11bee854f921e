// What a holder has read (proto/safeconduct/v1/marks.proto): how many events each case had when the holder last
// saw it, signed by the holder and sealed to the holder.
//
// What it gives: the gateway, which keeps it, learns its size class and can put nothing of its own in its place.
// What it does not give: that it is the newest. An older one makes what was read since unread again; so does none.
import { create } from "@bufbuild/protobuf";

import { openFile, sealFile } from "../age/age.ts";
import { concat, fromHex, toHex, utf8 } from "../base/bytes.ts";
import { verify } from "../base/ed25519.ts";
import { SafeconductError } from "../base/error.ts";
import { fromJson } from "../base/json.ts";
import { parseSigned, serialize } from "../base/messages.ts";
import { ReadMarksSchema, SignedMarksSchema } from "../generated/safeconduct/v1/marks_pb.ts";
import type { Party } from "../identity/party.ts";
import { makePlaintext } from "./plaintext.ts";
import { splitFile } from "./sealedText.ts";

export const maxReadMarks = 16_384;
const maxSealedBytes = 1024 * 1024;
const minPlaintext = 4 * 1024;
const maxEvents = 0xffff_ffff;
const reportIdBytes = 16;
const prefix = utf8("safeconduct/read-marks/v1\n");

/** Events of each case when it was read, by report id in hex. */
export type ReadMarks = ReadonlyMap<string, number>;

/** One binary age file to `holder` alone. Throws too_large for more than maxReadMarks, malformed. */
export async function sealReadMarks(marks: ReadMarks, holder: Party): Promise<Uint8Array> {
  if (marks.size > maxReadMarks) throw new SafeconductError("too_large", "more read marks than are kept", "marks");
  const list = [...marks].map(([id, events]) => {
    const reportId = fromHex(id);
    const isOne = reportId.length === reportIdBytes && Number.isInteger(events) && events >= 0 && events <= maxEvents;
    if (!isOne) throw new SafeconductError("malformed", "not a read mark", "marks");
    return { reportId, events };
  });
  const bytes = serialize(ReadMarksSchema, create(ReadMarksSchema, { marks: list }));
  const signed = create(SignedMarksSchema, { marks: bytes, signature: holder.key("event").sign(concat(prefix, bytes)) });
  const plaintext = makePlaintext(SignedMarksSchema, signed, 0, minPlaintext);
  const { header, payload } = await sealFile(plaintext, [holder.recipient]);
  plaintext.fill(0);
  return concat(header, payload);
}

/** Throws too_large, malformed, wrong_key, unverified; unsupported for what a newer version added. */
export async function openReadMarks(sealed: Uint8Array, holder: Party): Promise<Map<string, number>> {
  if (sealed.length > maxSealedBytes) throw new SafeconductError("too_large", "more read marks than are kept", "marks");
  const signed = fromJson(SignedMarksSchema, await openFile(splitFile(sealed), holder));
  verify(holder.key("event").publicKey, concat(prefix, signed.marks), signed.signature);
  const { marks } = parseSigned(ReadMarksSchema, signed.marks, maxSealedBytes);
  if (marks.length > maxReadMarks) throw new SafeconductError("too_large", "more read marks than are kept", "marks");
  const read = new Map<string, number>();
  for (const { reportId, events } of marks) {
    const id = toHex(reportId);
    if (reportId.length !== reportIdBytes || read.has(id)) throw new SafeconductError("malformed", "not a read mark, or one twice", "marks");
    read.set(id, events);
  }
  return read;
}

/** What either says was read. */
export function mergeReadMarks(a: ReadMarks, b: ReadMarks): Map<string, number> {
  const merged = new Map(a);
  for (const [id, events] of b) merged.set(id, Math.max(events, merged.get(id) ?? 0));
  return merged;
}
