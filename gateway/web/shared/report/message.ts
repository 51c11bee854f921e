// Messages of the conversation (gateway/report/message.cc): sealed to the reporter's recipient, as the
// opened plaintext gave it, then to the account's readers in charter order, then to the channel's quorum
// where it has one. Both directions look alike.
import { create } from "@bufbuild/protobuf";

import type { Opener } from "../age/age.ts";
import { wrapHeader } from "../age/wrap.ts";
import { SafeconductError } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { type ChannelInfo, hasQuorum } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { type MessageText, MessageTextSchema, type ReporterKeys } from "../generated/safeconduct/v1/report_pb.ts";
import { hasKeys, messagePart } from "./compartment.ts";
import { noConsent } from "./plaintext.ts";
import { openText, sealText } from "./sealedText.ts";
import { recipientsOf, wrapForReaders } from "./wrap.ts";

/**
 * To `readers` (replyReaders of mailbox.ts, answerReaders of people.ts) of a case of `channel`. Throws too_large;
 * malformed for text that is not Unicode or a recipient that is none.
 */
export async function sealMessage(
  text: string,
  reportHash: Uint8Array,
  reporter: ReporterKeys,
  readers: readonly Holder[],
  channel: ChannelInfo,
): Promise<Uint8Array> {
  const message = create(MessageTextSchema, { reporter, reportHash, text });
  const recipients = [reporter.recipient, ...recipientsOf(readers)];
  const wrap = (fileKey: Uint8Array, payload: Uint8Array): Uint8Array | Promise<Uint8Array> => {
    if (!hasQuorum(channel.channel)) return wrapHeader(fileKey, recipients);
    const boundTo = { reporter: reporter.eventKey, compartment: messagePart, payloadDigest: sha256(payload) };
    return wrapForReaders(fileKey, { recipients, quorum: "given" }, channel, boundTo, noConsent);
  };
  return sealText(MessageTextSchema, message, wrap, "text");
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
