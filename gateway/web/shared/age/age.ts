// age v1 (c2sp.org/age) through npm `age-encryption`: whole files in memory and streams, with header
// and payload kept apart, to mlkem768x25519 recipients only. A file never mixes these with others.
//
// What it gives: whoever has no identity for a file learns its length and its number of stanzas; no
// bit of it can be changed unnoticed. What it does not give: who sealed it; that two headers of one
// payload lead to the same plaintext (compare file keys by the MAC of the original header).
import { Decrypter, Encrypter } from "age-encryption";

import { concat } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { parseHeader, type Stanza } from "./header.ts";
import { parseRecipient } from "./recipient.ts";

export const chunkBytes = 64 * 1024;
const payloadNonceBytes = 16;
const chunkTagBytes = 16;

/** Who may be able to open: the file key, or null when none of the stanzas is for it. */
export interface Opener {
  unwrap(stanzas: readonly Stanza[]): Uint8Array | null;
}

export interface SealedFile {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/** Bytes of the payload over so much plaintext. */
export function payloadSize(plaintextBytes: number): number {
  const chunks = Math.max(1, Math.ceil(plaintextBytes / chunkBytes));
  return payloadNonceBytes + plaintextBytes + chunks * chunkTagBytes;
}

/** Bytes of plaintext in a payload of that size; undefined when no payload has it. */
export function plaintextSize(payloadBytes: number): number | undefined {
  const sealed = payloadBytes - payloadNonceBytes;
  if (sealed < chunkTagBytes) return undefined;
  const chunks = Math.ceil(sealed / (chunkBytes + chunkTagBytes));
  const plaintext = sealed - chunks * chunkTagBytes;
  return plaintext >= 0 && payloadSize(plaintext) === payloadBytes ? plaintext : undefined;
}

function encrypterFor(recipients: readonly string[]): Encrypter {
  if (recipients.length === 0) throw new SafeconductError("rejected", "sealed to nobody");
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    parseRecipient(recipient); // so that no other kind is taken
    encrypter.addRecipient(recipient);
  }
  return encrypter;
}

/** Seals to each recipient, one stanza each in this order. Throws malformed, rejected. */
export async function sealFile(plaintext: Uint8Array, recipients: readonly string[]): Promise<SealedFile> {
  const encrypter = encrypterFor(recipients);
  let file: Uint8Array;
  try {
    file = await encrypter.encrypt(plaintext);
  } catch {
    throw new SafeconductError("malformed", "a recipient to whom nothing can be sealed");
  }
  const { size } = parseHeader(file);
  return { header: file.slice(0, size), payload: file.slice(size) };
}

/** The same as a stream: the bytes of header ‖ payload while `plaintext` is read. */
export async function sealStream(
  plaintext: ReadableStream<Uint8Array>,
  recipients: readonly string[],
): Promise<ReadableStream<Uint8Array>> {
  return encrypterFor(recipients).encrypt(plaintext);
}

/** The file key that `header` carries to `opener`. Throws wrong_key, malformed, and as checkFileKey. */
export async function openHeader(header: Uint8Array, opener: Opener): Promise<Uint8Array> {
  const fileKey = opener.unwrap(parseHeader(header).stanzas);
  if (fileKey === null) throw new SafeconductError("wrong_key", "not sealed to this identity");
  await checkFileKey(header, fileKey);
  return fileKey;
}

/**
 * That `fileKey` is the one that `header` was made for, by the header's MAC. A payload does not commit
 * to its key, so whoever has a file key from elsewhere (a grant, a quorum) checks it against the
 * original header. Throws unverified.
 */
export async function checkFileKey(header: Uint8Array, fileKey: Uint8Array): Promise<void> {
  try {
    await decrypterOf(fileKey).decryptHeader(header);
  } catch {
    throw new SafeconductError("unverified", "the file key and the header of an age file do not belong together");
  }
}

/** The plaintext of header ‖ payload. Throws as openHeader; unverified when the payload was changed or cut. */
export async function openFile(file: SealedFile, opener: Opener): Promise<Uint8Array> {
  return openPayload(file, await openHeader(file.header, opener));
}

/** The same with the file key, which is checked against the header. Throws unverified. */
export async function openPayload(file: SealedFile, fileKey: Uint8Array): Promise<Uint8Array> {
  await checkFileKey(file.header, fileKey);
  try {
    return await decrypterOf(fileKey).decrypt(concat(file.header, file.payload));
  } catch {
    throw new SafeconductError("unverified", "the payload of an age file was changed or cut");
  }
}

/** The same of the stream header ‖ payload. What it gives errors, with the library's own error, at the first chunk that was changed. */
export async function openStream(
  file: ReadableStream<Uint8Array>,
  fileKey: Uint8Array,
): Promise<ReadableStream<Uint8Array>> {
  return decrypterOf(fileKey).decrypt(file);
}

function decrypterOf(fileKey: Uint8Array): Decrypter {
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  return decrypter;
}
