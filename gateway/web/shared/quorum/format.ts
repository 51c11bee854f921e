// Where things stand in the stanza `safeconduct/quorum`, and what they are bound to. The specification
// is crypto/quorum/README.md, section by section.
import { type Stanza } from "../age/header.ts";
import { concat, equal, utf8 } from "../base/bytes.ts";
import { publicKeyBytes } from "../base/ed25519.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes, hkdf, sha256 } from "../base/hash.ts";
import { encapsulatedBytes, openBase, sealBase, tagBytes } from "../base/hpke.ts";

export const quorumType = "safeconduct/quorum";
export const shamirBytes = 33; // y of a 32-byte secret, x
export const shareBytes = shamirBytes + 1; // and consent
export const sealedShareBytes = encapsulatedBytes + shareBytes + tagBytes;
const wrappedBytes = 32;
const trusteeBytes = hashBytes + sealedShareBytes; // commitment, sealed share
const minThreshold = 2;
export const maxTrustees = 16;

/** What the file key and every share are bound to. */
export interface Context {
  readonly channel: string;
  readonly reporter: Uint8Array; // the reporter's event key
  readonly compartment: string;
  readonly payloadDigest: Uint8Array;
  readonly threshold: number; // k
  readonly trustees: number; // n
}

export interface Consented {
  readonly contact: boolean;
  readonly supportServices: boolean;
  readonly investigators: boolean;
  readonly nationalAuthorities: boolean;
}

/** A trustee's share in clear, checked against the sealer's commitment. */
export interface Share {
  readonly index: number; // from 1, in the order of the charter
  readonly consent: Consented;
  readonly bytes: Uint8Array;
}

/** What a release is bound to besides the context: hashes of 32 bytes, event keys. */
export interface Release {
  readonly report: Uint8Array;
  readonly request: Uint8Array; // of the event that asks for it
  readonly trustee: Uint8Array;
  readonly grantee: Uint8Array;
}

export interface Handover {
  readonly report: Uint8Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

function malformed(message: string): SafeconductError {
  return new SafeconductError("malformed", message);
}

// The length as 16 bits, big-endian, then the bytes.
function prefixed(...parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts.flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 0xff), part]));
}

/** Throws malformed for a context that cannot be. */
export function encodeContext(context: Context): Uint8Array {
  const { threshold, trustees } = context;
  const whole = Number.isInteger(threshold) && Number.isInteger(trustees);
  if (!whole || threshold < minThreshold || threshold > trustees || trustees > maxTrustees) {
    throw malformed("a quorum that cannot be");
  }
  const names = [utf8(context.channel), utf8(context.compartment)] as const;
  if (names.some((name) => name.length > 0xffff)) throw malformed("a channel's or compartment's name that is too long");
  if (context.reporter.length !== publicKeyBytes || context.payloadDigest.length !== hashBytes) {
    throw malformed("a key or digest of the wrong length");
  }
  const [channel, compartment] = names;
  return prefixed(channel, context.reporter, compartment, context.payloadDigest, Uint8Array.of(threshold), Uint8Array.of(trustees));
}

function info(label: string, context: Uint8Array, index: number, parts: readonly Uint8Array[]): Uint8Array {
  if (parts.some((part) => part.length !== 32)) throw malformed("a key or hash of the wrong length");
  return concat(prefixed(utf8(label)), context, prefixed(Uint8Array.of(index), ...parts));
}

export function shareInfo(context: Uint8Array, index: number): Uint8Array {
  return info("safeconduct/quorum/v1", context, index, []);
}

export function releaseInfo(context: Uint8Array, index: number, to: Release): Uint8Array {
  return info("safeconduct/quorum/release/v1", context, index, [to.report, to.request, to.trustee, to.grantee]);
}

export function handoverInfo(context: Uint8Array, index: number, to: Handover): Uint8Array {
  return info("safeconduct/quorum/handover/v1", context, index, [to.report, to.from, to.to]);
}

/** What the file key is wrapped under. */
export function fileKeyKey(context: Uint8Array, wrapKey: Uint8Array): Uint8Array {
  return hkdf(wrapKey, concat(prefixed(utf8("safeconduct/quorum/file-key/v1")), context));
}

export function commitTo(index: number, share: Uint8Array): Uint8Array {
  return sha256(utf8("safeconduct/quorum/commitment/v1"), Uint8Array.of(index), share);
}

export function encodeConsent(consent: Consented): number {
  const { contact, supportServices, investigators, nationalAuthorities } = consent;
  return (contact ? 1 : 0) | (supportServices ? 2 : 0) | (investigators ? 4 : 0) | (nationalAuthorities ? 8 : 0);
}

function decodeConsent(flags: number): Consented {
  if (flags > 15) throw malformed("the sealer's fault: consent that means nothing");
  return {
    contact: (flags & 1) !== 0,
    supportServices: (flags & 2) !== 0,
    investigators: (flags & 4) !== 0,
    nationalAuthorities: (flags & 8) !== 0,
  };
}

/** Of bytes that fit their commitment, so whatever is wrong is so by the sealer's hand. Throws malformed. */
export function makeShare(index: number, bytes: Uint8Array): Share {
  if (bytes[shamirBytes - 1] === 0) throw malformed("the sealer's fault: a share at zero");
  return { index, consent: decodeConsent(bytes[shamirBytes]!), bytes };
}

// --- The stanza -----------------------------------------------------------------------------------

/** What can be seen without any key: k and n. Throws malformed. */
export function parseQuorumStanza(stanza: Stanza): { threshold: number; trustees: number } {
  if (stanza.type !== quorumType) throw malformed("not a quorum's stanza");
  if (stanza.args.length !== 2) throw malformed("a quorum's stanza has two arguments");
  if (!stanza.args.every((arg) => /^([2-9]|1[0-6])$/.test(arg))) throw malformed("a quorum that cannot be");
  const [threshold, trustees] = stanza.args.map(Number) as [number, number];
  if (threshold > trustees) throw malformed("a quorum that cannot be");
  if (stanza.body.length !== wrappedBytes + trustees * trusteeBytes) {
    throw malformed("a quorum's stanza of the wrong length");
  }
  return { threshold, trustees };
}

/** What every opening begins with: the context's bytes, for a stanza that fits it. Throws malformed, rejected. */
export function begin(context: Context, stanza: Stanza): Uint8Array {
  const boundTo = encodeContext(context);
  const { threshold, trustees } = parseQuorumStanza(stanza);
  if (threshold !== context.threshold || trustees !== context.trustees) {
    throw new SafeconductError("rejected", "another quorum than named");
  }
  return boundTo;
}

/** Throws rejected. */
export function checkIndex(context: Context, index: number): void {
  if (!Number.isInteger(index) || index < 1 || index > context.trustees) {
    throw new SafeconductError("rejected", "a trustee that the quorum does not have");
  }
}

export function wrappedFileKey(stanza: Stanza): Uint8Array {
  return stanza.body.subarray(0, wrappedBytes);
}

function trusteePart(stanza: Stanza, index: number): Uint8Array {
  const start = wrappedBytes + (index - 1) * trusteeBytes;
  return stanza.body.subarray(start, start + trusteeBytes);
}

export function sealedAt(stanza: Stanza, index: number): Uint8Array {
  return trusteePart(stanza, index).subarray(hashBytes);
}

export function fitsCommitment(stanza: Stanza, index: number, share: Uint8Array): boolean {
  return equal(commitTo(index, share), trusteePart(stanza, index).subarray(0, hashBytes));
}

// --- Sealed shares --------------------------------------------------------------------------------

const noAad = new Uint8Array(0);

/** Encapsulated key ‖ ciphertext. Throws malformed for a key that is none. */
export function sealTo(publicKey: Uint8Array, boundTo: Uint8Array, share: Uint8Array): Uint8Array {
  const { encapsulated, ciphertext } = sealBase(publicKey, boundTo, noAad, share);
  return concat(encapsulated, ciphertext);
}

/** Throws wrong_key, malformed. */
export function openWith(seed: Uint8Array, boundTo: Uint8Array, sealed: Uint8Array): Uint8Array {
  const [encapsulated, ciphertext] = [sealed.subarray(0, encapsulatedBytes), sealed.subarray(encapsulatedBytes)];
  return openBase(seed, { encapsulated, ciphertext }, boundTo, noAad);
}
