// What sealing, checking and opening know in common about compartments and manifests
// (gateway/report/compartment.h): names, order, sizes, and the form of a signed manifest.
import { payloadSize, plaintextSize } from "../age/age.ts";
import { checkHybrid, parseWholeHeader, type Stanza } from "../age/header.ts";
import { concat, equal, toHex, utf8 } from "../base/bytes.ts";
import { publicKeyBytes, signatureBytes, verify } from "../base/ed25519.ts";
import { SafeconductError, within } from "../base/error.ts";
import { hashBytes, sha256 } from "../base/hash.ts";
import { parseSigned } from "../base/messages.ts";
import { padmeLength } from "../base/padding.ts";
import { maxVersion } from "../base/text.ts";
import { type ChannelInfo, hasQuorum } from "../charter/charter.ts";
import type { Holder, Limits } from "../generated/safeconduct/v1/charter_pb.ts";
import { type Manifest, ManifestSchema, type Relay, type ReporterKeys, type SealedReport } from "../generated/safeconduct/v1/report_pb.ts";
import { parseQuorumStanza, quorumType } from "../quorum/quorum.ts";

export const maxManifestBytes = 512 * 1024;
export const fixedCompartments = 3; // of every report, before its attachments
export const attachmentPieceBytes = 1024 * 1024;
const maxAttachments = 64;
const maxCapsuleBytes = 4 * 1024;
const maxSmallPayload = 64 * 1024; // triage, identity
const manifestPrefix = utf8("safeconduct/report/v1\n");

export type Part = "triage" | "account" | "identity" | "attachment";

export const minPlaintext: Readonly<Record<Part, number>> = {
  triage: 4 * 1024,
  account: 16 * 1024,
  identity: 4 * 1024,
  attachment: 4 * 1024,
};

/** What a quorum's stanza in a message, and in an identity of either form, is for. */
export const messagePart = "message";
export const identityPart = "identity";

const fixed = ["triage", "account", "identity"] as const;

export function partAt(index: number): Part {
  return fixed[index] ?? "attachment";
}

/** triage, account, identity, attachment-0, … */
export function nameAt(index: number): string {
  return fixed[index] ?? `attachment-${index - fixedCompartments}`;
}

const names = Array.from({ length: fixedCompartments + maxAttachments }, (_, i) => nameAt(i));
const eventPrefix = "event-";

/** The name of the part that event number `sequence` holds: a message, or an identity given anew. */
export function eventPartName(sequence: bigint): string {
  return `${eventPrefix}${sequence}`;
}

/** The number of the event in such a name; undefined for any other. */
export function eventOfPart(name: string): bigint | undefined {
  if (!/^event-[1-9][0-9]{0,18}$/.test(name)) return undefined;
  const number = BigInt(name.slice(eventPrefix.length));
  return number <= maxVersion ? number : undefined;
}

/**
 * Where a part stands among those of a case: compartments in the manifest's order, then events.
 * Undefined for what is no name of a part.
 */
export function placeOfPart(name: string): bigint | undefined {
  const place = names.indexOf(name);
  if (place >= 0) return BigInt(place);
  const event = eventOfPart(name);
  return event === undefined ? undefined : BigInt(names.length) + event;
}

/** Bytes of a payload that this channel takes. */
export function maxPayload(part: Part, limits: Limits | undefined): number {
  if (part === "account") return Number(limits?.accountBytes ?? 0n);
  if (part === "attachment") return Number(limits?.attachmentBytes ?? 0n);
  return maxSmallPayload;
}

/**
 * Whom a channel's account is sealed to directly, in stanza order: attachments, identity with consent to
 * investigators, and messages go to them as well. Nobody where it is sealed to a quorum.
 */
export function accountReaders(channel: ChannelInfo): readonly Holder[] {
  return hasQuorum(channel.channel) ? [] : channel.intake;
}

/** The stanzas of a header that may be sealed to a quorum too. */
export interface QuorumHeader {
  readonly direct: readonly Stanza[]; // mlkem768x25519
  readonly quorum: Stanza | undefined;
}

/**
 * One whole header of mlkem768x25519 stanzas and, maybe, one safeconduct/quorum as the last, as
 * compartments and messages have. Throws malformed, rejected, too_large.
 */
export function parseQuorumHeader(header: Uint8Array): QuorumHeader {
  const { stanzas } = parseWholeHeader(header);
  const last = stanzas.at(-1);
  const quorum = last?.type === quorumType ? last : undefined;
  const direct = quorum === undefined ? stanzas : stanzas.slice(0, -1);
  direct.forEach(checkHybrid);
  if (quorum !== undefined) parseQuorumStanza(quorum);
  return { direct, quorum };
}

/** Throws rejected unless padding and sealing make payloads of that size. */
export function checkPaddedSize(payloadBytes: number, minBytes: number): void {
  const plaintext = plaintextSize(payloadBytes);
  if (plaintext === undefined || plaintext !== padmeLength(plaintext, minBytes)) {
    throw new SafeconductError("rejected", "not the size of a padded and sealed plaintext");
  }
}

/** Bytes of the payload for a file of that length: what a channel's attachment_bytes limits. */
export function attachmentPayloadBytes(fileBytes: number): number {
  return payloadSize(padmeLength(fileBytes, minPlaintext.attachment));
}

// --- Ids ----------------------------------------------------------------------------------------

/** SHA-256(manifest). */
export function reportHash(manifest: Uint8Array): Uint8Array {
  return sha256(manifest);
}

/** The first 16 bytes of the hash, in hex. */
export function reportId(hash: Uint8Array): string {
  return toHex(hash.subarray(0, 16));
}

export function isReportId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

// --- Manifests ----------------------------------------------------------------------------------

/** What the reporter's event key signs. */
export function manifestSignedBytes(manifest: Uint8Array): Uint8Array {
  return concat(manifestPrefix, manifest);
}

/**
 * What holds of a manifest under any charter: number, names and order of the compartments, lengths of
 * keys and digests, the reporter's signature. Throws malformed, rejected,
 * unsupported, too_large, unverified.
 */
export function openManifest(report: SealedReport): Manifest {
  if (report.signature.length !== signatureBytes) {
    throw new SafeconductError("malformed", "a signature is 64 bytes", "signature");
  }
  const manifest = within("manifest", () => parseSigned(ManifestSchema, report.manifest, maxManifestBytes));
  checkForm(manifest);
  within("signature", () => verify(manifest.eventKey, manifestSignedBytes(report.manifest), report.signature));
  return manifest;
}

function checkForm(manifest: Manifest): void {
  if (manifest.requestKey.length !== publicKeyBytes) {
    throw new SafeconductError("malformed", "a request key is 32 bytes", "request_key");
  }
  if (manifest.eventKey.length !== publicKeyBytes) {
    throw new SafeconductError("malformed", "an event key is 32 bytes", "event_key");
  }
  if (equal(manifest.requestKey, manifest.eventKey)) {
    throw new SafeconductError("rejected", "one key must not serve two purposes", "request_key");
  }
  const { compartments } = manifest;
  if (compartments.length < fixedCompartments) {
    throw new SafeconductError("rejected", "triage, account and identity are always there", "compartments");
  }
  if (compartments.length > fixedCompartments + maxAttachments) {
    throw new SafeconductError("too_large", "more than 64 attachments", "compartments");
  }
  for (const [i, compartment] of compartments.entries()) {
    if (compartment.name !== nameAt(i)) {
      throw new SafeconductError(
        "rejected",
        "compartments are triage, account, identity, attachment-0, attachment-1 and so on, in this order",
        "compartments.name",
      );
    }
    if (compartment.payloadDigest.length !== hashBytes) {
      throw new SafeconductError("malformed", "a digest is 32 bytes", `${partAt(i)}.payload_digest`);
    }
  }
  if (manifest.relay !== undefined) checkRelayForm(manifest.relay);
}

// Of a reporter by SMS; whether the charter has that relay, the gateway looked.
function checkRelayForm({ holder, capsule }: Relay): void {
  if (holder.length !== publicKeyBytes) throw new SafeconductError("malformed", "an event key is 32 bytes", "relay.holder");
  if (capsule.length === 0) throw new SafeconductError("malformed", "without a capsule there is no way back", "relay.capsule");
  if (capsule.length > maxCapsuleBytes) throw new SafeconductError("too_large", "a capsule has at most 4,096 bytes", "relay.capsule");
}

/** Whether `repeated`, in a plaintext, names the keys that signed what it came with. */
export function hasKeys(repeated: ReporterKeys | undefined, keys: { requestKey: Uint8Array; eventKey: Uint8Array }): boolean {
  return (
    repeated !== undefined && equal(repeated.requestKey, keys.requestKey) && equal(repeated.eventKey, keys.eventKey)
  );
}
