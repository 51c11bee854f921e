// Messages of the conversation (gateway/report/message.cc): sealed to the reporter's recipient, as the
// opened plaintext gave it, then to the account's readers in charter order. Both directions look alike.
import { create } from "@bufbuild/protobuf";

import type { Opener } from "../age/age.ts";
import { SafeconductError } from "../base/error.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { type MessageText, MessageTextSchema, type ReporterKeys } from "../generated/safeconduct/v1/report_pb.ts";
import { hasKeys } from "./compartment.ts";
import { openText, sealText } from "./sealedText.ts";

/** Throws too_large; malformed for text that is not Unicode or a recipient that is none. */
export async function sealMessage(
  text: string,
  reportHash: Uint8Array,
  reporter: ReporterKeys,
  readers: readonly Holder[],
): Promise<Uint8Array> {
  const message = create(MessageTextSchema, { reporter, reportHash, text });
  return sealText(MessageTextSchema, message, [reporter.recipient, ...readers.map(({ recipient }) => recipient)], "text");
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
  const message = await openText(MessageTextSchema, sealed, party, reportHash);
  if (reporter !== undefined && !hasKeys(message.reporter, reporter)) {
    throw new SafeconductError("unverified", "a message that belongs to another reporter", "reporter");
  }
  return message;
}
