// Plaintexts of compartments and messages (gateway/report/plaintext.h): proto3 JSON in UTF-8, padded
// with spaces and one newline to a Padmé length, so that they are valid JSON and readable with stock
// `age -d`, and how long they have to be so that no consent shows in a size.
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";

import { utf8 } from "../base/bytes.ts";
import { toJson } from "../base/messages.ts";
import { padmeLength } from "../base/padding.ts";
import { type Consent, ConsentSchema } from "../generated/safeconduct/v1/report_pb.ts";

export const noConsent = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };
const fullConsent = { contact: true, supportServices: true, investigators: true, nationalAuthorities: true };

/** Bytes of the JSON of `message` if everything were consented to that `consent`, in it, leaves open. */
export function hiddenBytes<T extends DescMessage>(schema: T, message: MessageShape<T>, consent: Consent): number {
  const longest = toJson(ConsentSchema, create(ConsentSchema, fullConsent)).length;
  const actual = toJson(ConsentSchema, consent).length;
  return utf8(toJson(schema, message)).length + longest - actual;
}

/** `hideBytes`: the length of the longest JSON that must not be told from this one by its size. */
export function makePlaintext<T extends DescMessage>(
  schema: T,
  message: MessageShape<T>,
  hideBytes: number,
  minBytes: number,
): Uint8Array {
  const json = utf8(toJson(schema, message));
  const out = new Uint8Array(padmeLength(Math.max(json.length, hideBytes) + 1, minBytes)).fill(0x20);
  out.set(json);
  out[out.length - 1] = 0x0a;
  return out;
}
