// Headers for those whom a channel's policy names (gateway/report/wrap.h): officers by a stanza each, the
// trustees by one of their quorum.
import { parseRecipient } from "../age/recipient.ts";
import { wrapHeader } from "../age/wrap.ts";
import type { Stanza } from "../age/header.ts";
import { type ChannelInfo, hasQuorum } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { Party } from "../identity/party.ts";
import { type Consented, type Context, sealQuorum, sealThrowAway } from "../quorum/quorum.ts";
import { accountReaders } from "./compartment.ts";

/** Of a quorum that is to have none, the stanza looks alike and is over a file key that nobody keeps. */
export type Access = "given" | "thrown away";

export interface Readers {
  readonly recipients: readonly string[]; // one stanza each, in this order
  readonly quorum: Access | undefined; // by one stanza after them; undefined: the channel has no quorum
}

/** What the stanza of a quorum is bound to besides channel and size of the quorum. */
export type BoundTo = Pick<Context, "reporter" | "compartment" | "payloadDigest">;

export function recipientsOf(holders: readonly Holder[]): string[] {
  return holders.map(({ recipient }) => recipient);
}

// As many keys that nobody has: made and thrown away.
function throwaways(count: number): string[] {
  return Array.from({ length: count }, () => Party.generate().recipient);
}

/** Of the account and of attachments. */
export function readersOfAccount(channel: ChannelInfo): Readers {
  const quorum = hasQuorum(channel.channel) ? "given" : undefined;
  return { recipients: recipientsOf(accountReaders(channel)), quorum };
}

/** Of the identity: the same stanzas whatever is consented. `nobody`: it need hold no answers. */
export function readersOfIdentity(channel: ChannelInfo, consent: Consented): Readers & { readonly nobody: boolean } {
  const quorum = hasQuorum(channel.channel);
  const account = accountReaders(channel);
  const released = consent.investigators || (quorum && consent.nationalAuthorities);
  return {
    recipients: [
      ...(consent.supportServices ? recipientsOf(channel.support) : throwaways(channel.support.length)),
      ...(released ? recipientsOf(account) : throwaways(account.length)),
    ],
    quorum: quorum ? (released ? "given" : "thrown away") : undefined,
    nobody: !consent.supportServices && !released,
  };
}

/** A header for `fileKey`, with the consent in the trustees' shares. Throws malformed, rejected. */
export async function wrapForReaders(
  fileKey: Uint8Array,
  readers: Readers,
  channel: ChannelInfo,
  boundTo: BoundTo,
  consent: Consented,
): Promise<Uint8Array> {
  if (readers.quorum === undefined) return wrapHeader(fileKey, readers.recipients);
  const stanza = await sealToQuorum(fileKey, readers.quorum, channel, boundTo, consent);
  return wrapHeader(fileKey, readers.recipients, stanza);
}

function sealToQuorum(
  fileKey: Uint8Array,
  access: Access,
  { channel, trustees }: ChannelInfo,
  boundTo: BoundTo,
  consent: Consented,
): Promise<Stanza> {
  const threshold = channel.policy?.quorumThreshold ?? 0;
  const context: Context = { ...boundTo, channel: channel.id, threshold, trustees: trustees.length };
  const keys = recipientsOf(trustees).map(parseRecipient);
  return access === "given" ? sealQuorum(context, fileKey, consent, keys) : sealThrowAway(context, consent, keys);
}
