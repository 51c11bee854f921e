// What messages and records have in common: a plaintext that names its case, padded and sealed whole into
// one age file of at most 128 KiB.
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";

import { openFile, type Opener, sealFile } from "../age/age.ts";
import { parseHeader } from "../age/header.ts";
import { concat, equal } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { fromJson } from "../base/messages.ts";
import { maxMessageBytes, minMessagePlaintext } from "./eventForm.ts";
import { makePlaintext } from "./plaintext.ts";

/** Throws too_large and malformed about `field`; malformed for a recipient that is none; rejected without one. */
export async function sealText<T extends DescMessage>(
  schema: T,
  message: MessageShape<T>,
  recipients: readonly string[],
  field: string,
): Promise<Uint8Array> {
  const tooLong = new SafeconductError("too_large", "too long to be sealed into an event", field);
  const plaintext = within(field, () => makePlaintext(schema, message, 0, minMessagePlaintext));
  if (plaintext.length > maxMessageBytes) throw tooLong;
  const { header, payload } = await sealFile(plaintext, recipients);
  plaintext.fill(0);
  if (header.length + payload.length > maxMessageBytes) throw tooLong;
  return concat(header, payload);
}

/** Checks that the text names this case. Throws wrong_key, unverified, malformed. */
export async function openText<T extends DescMessage>(
  schema: T,
  sealed: Uint8Array,
  party: Opener,
  reportHash: Uint8Array,
): Promise<MessageShape<T>> {
  if (sealed.length > maxMessageBytes) throw new SafeconductError("malformed", "too long to be sealed into an event");
  const { size } = parseHeader(sealed);
  const plaintext = await openFile({ header: sealed.slice(0, size), payload: sealed.slice(size) }, party);
  const message = fromJson(schema, plaintext);
  const named = (message as unknown as { reportHash: Uint8Array }).reportHash;
  if (!equal(named, reportHash)) {
    throw new SafeconductError("unverified", "a text that belongs to another case", "report_hash");
  }
  return message;
}
