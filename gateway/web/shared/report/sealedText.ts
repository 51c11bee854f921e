// What messages, records and what a reporter consents to have in common: a plaintext that names its case,
// padded and sealed whole into one age file of at most 128 KiB.
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";

import { openFile, type Opener, type SealedFile, sealPayload } from "../age/age.ts";
import { parseHeader } from "../age/header.ts";
import { concat, equal } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { fromJson } from "../base/json.ts";
import { maxMessageBytes, minMessagePlaintext } from "./eventForm.ts";
import { makePlaintext } from "./plaintext.ts";

/** Makes the header for a file key over the payload that it sealed. */
export type Wrap = (fileKey: Uint8Array, payload: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Throws too_large and malformed about `field`, and as `wrap`. */
export function sealText<T extends DescMessage>(
  schema: T,
  message: MessageShape<T>,
  wrap: Wrap,
  field: string,
): Promise<Uint8Array> {
  return sealPlaintext(within(field, () => makePlaintext(schema, message, 0, minMessagePlaintext)), wrap, field);
}

/** The same of a padded plaintext, which is wiped. */
export async function sealPlaintext(plaintext: Uint8Array, wrap: Wrap, field: string): Promise<Uint8Array> {
  const tooLong = new SafeconductError("too_large", "too long to be sealed into an event", field);
  if (plaintext.length > maxMessageBytes) throw tooLong;
  const { fileKey, payload } = await sealPayload(plaintext);
  plaintext.fill(0);
  const header = await wrap(fileKey, payload);
  fileKey.fill(0);
  if (header.length + payload.length > maxMessageBytes) throw tooLong;
  return concat(header, payload);
}

/** Header and payload of an age file. Throws malformed, unsupported, too_large. */
export function splitFile(file: Uint8Array): SealedFile {
  const { size } = parseHeader(file);
  return { header: file.slice(0, size), payload: file.slice(size) };
}

/** Checks that the text names this case. Throws wrong_key, unverified, malformed. */
export async function openText<T extends DescMessage>(
  schema: T,
  sealed: Uint8Array,
  party: Opener,
  reportHash: Uint8Array,
): Promise<MessageShape<T>> {
  if (sealed.length > maxMessageBytes) throw new SafeconductError("malformed", "too long to be sealed into an event");
  const plaintext = await openFile(splitFile(sealed), party);
  const message = fromJson(schema, plaintext);
  const named = (message as unknown as { reportHash: Uint8Array }).reportHash;
  if (!equal(named, reportHash)) {
    throw new SafeconductError("unverified", "a text that belongs to another case", "report_hash");
  }
  return message;
}
