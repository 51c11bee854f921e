// age v1 (c2sp.org/age) through npm `age-encryption`: whole files in memory and streams, with header
// and payload kept apart. The payload comes first, under a file key of its own; who gets a header for it
// is decided after that (wrap.ts), since a quorum's stanza is bound to the payload's digest.
//
// What it gives: whoever has no identity for a file learns its length and its number of stanzas; no
// bit of it can be changed unnoticed. What it does not give: who sealed it; that two headers of one
// payload lead to the same plaintext (compare file keys by the MAC of the original header).
import { Decrypter, Encrypter } from "age-encryption";

import { concat } from "../base/bytes.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { parseHeader, type Stanza } from "./header.ts";
import { wrapHeader } from "./wrap.ts";

export const chunkBytes = 64 * 1024;
const payloadNonceBytes = 16;
const chunkTagBytes = 16;

/** Who may be able to open: the file key, or null when none of the stanzas is for it. */
export interface Opener {
  unwrap(stanzas: readonly Stanza[]): Uint8Array | null;
}

/** Whoever has the file key already, from a grant or a quorum. Opening checks it against the header. */
export function openerWith(fileKey: Uint8Array): Opener {
  return { unwrap: () => fileKey };
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

/** A payload and the file key that it was sealed under, which is as secret as the plaintext. */
export interface SealedPayload<T> {
  readonly fileKey: Uint8Array;
  readonly payload: T;
}

// The library draws the file key and tells it only to recipients: this one keeps it. The header that it
// gets for that is thrown away.
class FileKeyKeeper {
  readonly encrypter = new Encrypter();
  fileKey: Uint8Array = new Uint8Array(0);

  constructor() {
    const wrapFileKey = (fileKey: Uint8Array): { args: string[]; body: Uint8Array }[] => {
      this.fileKey = fileKey.slice();
      return [{ args: ["none"], body: new Uint8Array(0) }];
    };
    this.encrypter.addRecipient({ wrapFileKey });
  }
}

/** Under a file key of its own. */
export async function sealPayload(plaintext: Uint8Array): Promise<SealedPayload<Uint8Array>> {
  const keeper = new FileKeyKeeper();
  const file = await keeper.encrypter.encrypt(plaintext);
  return { fileKey: keeper.fileKey, payload: file.slice(parseHeader(file).size) };
}

/** The same as a stream, while `plaintext` is read. */
export async function sealPayloadStream(
  plaintext: ReadableStream<Uint8Array>,
): Promise<SealedPayload<ReadableStream<Uint8Array>>> {
  const keeper = new FileKeyKeeper();
  const file = await keeper.encrypter.encrypt(plaintext);
  return { fileKey: keeper.fileKey, payload: file.pipeThrough(withoutHeader()) };
}

// Drops the header, which comes first, whole or in parts.
function withoutHeader(): TransformStream<Uint8Array, Uint8Array> {
  let header: Uint8Array | undefined = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller) {
      if (header === undefined) return controller.enqueue(chunk);
      header = concat(header, chunk);
      const size = headerSize(header);
      if (size === undefined) return;
      if (header.length > size) controller.enqueue(header.slice(size));
      header = undefined;
    },
  });
}

// Undefined while it is not whole.
function headerSize(file: Uint8Array): number | undefined {
  try {
    return parseHeader(file).size;
  } catch (error) {
    if (hasCode(error, "malformed")) return undefined;
    throw error;
  }
}

/** Seals to each recipient, one stanza each in this order. Throws malformed, rejected. */
export async function sealFile(plaintext: Uint8Array, recipients: readonly string[]): Promise<SealedFile> {
  const { fileKey, payload } = await sealPayload(plaintext);
  return { header: wrapHeader(fileKey, recipients), payload };
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
