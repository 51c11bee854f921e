// What holders seal for each other (gateway/report/record.cc): notes, changes of custody, measures, why a
// release is asked for or refused. Each names its case, so that it cannot be moved into another.
//
// What it gives: whoever is not among the readers learns the length and the number of readers. What it
// does not give: that it is true, or a reader added later; seal it again for them.
import { create, type DescMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";

import type { Opener } from "../age/age.ts";
import { wrapHeader } from "../age/wrap.ts";
import { SafeconductError } from "../base/error.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import {
  type CustodyRecord,
  CustodyRecordSchema,
  type MeasuresRecord,
  MeasuresRecordSchema,
  type NoteText,
  NoteTextSchema,
  type ReasonText,
  ReasonTextSchema,
} from "../generated/safeconduct/v1/report_pb.ts";
import type { EventBody } from "./event.ts";
import { maxRecordStanzas } from "./eventForm.ts";
import { openText, sealText } from "./sealedText.ts";
import { recipientsOf } from "./wrap.ts";

/** What stands in a record besides its case; what is absent is empty. */
export type Content<T extends DescMessage> = Omit<MessageInitShape<T>, "$typeName" | "$unknown" | "reportHash">;

/**
 * Each makes the body of an event, sealed to `readers` in their order (readersOf of people.ts). Throws
 * too_large; malformed for text that is not Unicode; rejected without a reader.
 */
export async function makeNote(text: string, reportHash: Uint8Array, readers: readonly Holder[]): Promise<EventBody> {
  const record = create(NoteTextSchema, { reportHash, text });
  return { case: "note", value: { sealed: await sealRecord(NoteTextSchema, record, readers) } };
}

export async function makeCustody(
  content: Content<typeof CustodyRecordSchema>,
  reportHash: Uint8Array,
  readers: readonly Holder[],
): Promise<EventBody> {
  const record = create(CustodyRecordSchema, { ...content, reportHash });
  return { case: "custody", value: { sealed: await sealRecord(CustodyRecordSchema, record, readers) } };
}

export async function makeMeasures(
  content: Content<typeof MeasuresRecordSchema>,
  reportHash: Uint8Array,
  readers: readonly Holder[],
): Promise<EventBody> {
  const record = create(MeasuresRecordSchema, { ...content, reportHash });
  return { case: "measures", value: { sealed: await sealRecord(MeasuresRecordSchema, record, readers) } };
}

/** Of a request or a refusal, whose bodies release.ts makes. */
export function sealReason(text: string, reportHash: Uint8Array, readers: readonly Holder[]): Promise<Uint8Array> {
  return sealRecord(ReasonTextSchema, create(ReasonTextSchema, { reportHash, text }), readers);
}

/** Sealed to `readers` in their order. Throws too_large, malformed, rejected. */
export function sealRecord<T extends DescMessage>(schema: T, record: MessageShape<T>, readers: readonly Holder[]): Promise<Uint8Array> {
  if (readers.length > maxRecordStanzas) {
    throw new SafeconductError("too_large", "sealed to more readers than there can be", "readers");
  }
  return sealText(schema, record, (fileKey) => wrapHeader(fileKey, recipientsOf(readers)), "");
}

/** Each checks that the record names this case. Throws wrong_key, unverified, malformed. */
export function openNote(sealed: Uint8Array, party: Opener, reportHash: Uint8Array): Promise<NoteText> {
  return openText(NoteTextSchema, sealed, party, reportHash);
}

export function openCustody(sealed: Uint8Array, party: Opener, reportHash: Uint8Array): Promise<CustodyRecord> {
  return openText(CustodyRecordSchema, sealed, party, reportHash);
}

export function openMeasures(sealed: Uint8Array, party: Opener, reportHash: Uint8Array): Promise<MeasuresRecord> {
  return openText(MeasuresRecordSchema, sealed, party, reportHash);
}

export function openReason(sealed: Uint8Array, party: Opener, reportHash: Uint8Array): Promise<ReasonText> {
  return openText(ReasonTextSchema, sealed, party, reportHash);
}
