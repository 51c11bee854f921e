// Messages of the conversation (gateway/report/message.cc): sealed to the reporter's recipient, as the
// opened plaintext gave it, then to the account's readers in charter order. Both directions look alike.
import { create } from "@bufbuild/protobuf";

import { openFile, type Opener, sealFile } from "../age/age.ts";
import { parseHeader } from "../age/header.ts";
import { concat, equal } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { fromJson } from "../base/messages.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { type MessageText, MessageTextSchema, type ReporterKeys } from "../generated/safeconduct/v1/report_pb.ts";
import { hasKeys } from "./compartment.ts";
import { maxMessageBytes, minMessagePlaintext } from "./event.ts";
import { makePlaintext } from "./plaintext.ts";

/** Throws too_large; malformed for text that is not Unicode or a recipient that is none. */
export async function sealMessage(
  text: string,
  reportHash: Uint8Array,
  reporter: ReporterKeys,
  readers: readonly Holder[],
): Promise<Uint8Array> {
  const message = create(MessageTextSchema, { reporter, reportHash, text });
  const plaintext = within("text", () => makePlaintext(MessageTextSchema, message, 0, minMessagePlaintext));
  if (plaintext.length > maxMessageBytes) throw tooLong();
  const { header, payload } = await sealFile(plaintext, [reporter.recipient, ...readers.map(({ recipient }) => recipient)]);
  if (header.length + payload.length > maxMessageBytes) throw tooLong();
  return concat(header, payload);
}

function tooLong(): SafeconductError {
  return new SafeconductError("too_large", "the message is too long", "text");
}

/**
 * Checks that the text repeats the report hash and, where `reporter` is given, those keys, so that
 * nothing can be moved here from another case. Throws wrong_key, unverified, malformed.
 */
export async function openMessage(
  sealed: Uint8Array,
  party: Opener,
  reportHash: Uint8Array,
  reporter?: ReporterKeys,
): Promise<MessageText> {
  if (sealed.length > maxMessageBytes) throw new SafeconductError("malformed", "a message that is too long");
  const { size } = parseHeader(sealed);
  const plaintext = await openFile({ header: sealed.slice(0, size), payload: sealed.slice(size) }, party);
  const message = fromJson(MessageTextSchema, plaintext);
  if (!equal(message.reportHash, reportHash)) {
    throw new SafeconductError("unverified", "a message that belongs to another case", "report_hash");
  }
  if (reporter !== undefined && !hasKeys(message.reporter, reporter)) {
    throw new SafeconductError("unverified", "a message that belongs to another reporter", "reporter");
  }
  return message;
}
