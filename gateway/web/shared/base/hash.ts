// SHA-256, HKDF-SHA-256 and HMAC-SHA-256. Small things are hashed at once and synchronously (noble); what may be
// long, by WebCrypto, which is as fast without a JIT.
//
// `Sha256Stream` is for files, whose digest stands in the account: WebCrypto has no streaming hash. It is
// stablelib's: noble keeps its state in fields, which hold no 32-bit integers in Chromium, and takes three times as long.
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { hmac as nobleHmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { SHA256 } from "@stablelib/sha256";

import { concat, utf8 } from "./bytes.ts";

/** Bytes of a SHA-256, and of each key, hash and digest here. */
export const hashBytes = 32;

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = nobleSha256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The same, for parts of a megabyte and more. */
export async function sha256Bulk(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle; // absent where the page is not in a secure context
  if (subtle === undefined) return sha256(...parts);
  const bytes = parts.length === 1 ? parts[0]! : concat(...parts);
  return new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

export class Sha256Stream {
  readonly #hash = new SHA256();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): Uint8Array {
    return this.#hash.digest();
  }
}

/** RFC 5869 with an empty salt. */
export function hkdf(secret: Uint8Array, info: string | Uint8Array, length = hashBytes): Uint8Array {
  return nobleHkdf(nobleSha256, secret, undefined, typeof info === "string" ? utf8(info) : info, length);
}

/** RFC 2104 with SHA-256. */
export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return nobleHmac(nobleSha256, key, message);
}
