// A key under a key that is used once: ChaCha20-Poly1305 (RFC 8439) with a nonce of zeros and no
// additional data, as age's X25519 stanza has it.
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";

import { SafeconductError } from "./error.ts";

const zeroNonce = new Uint8Array(12);

/** `key` must never wrap anything else. */
export function wrapKey(key: Uint8Array, secret: Uint8Array): Uint8Array {
  return chacha20poly1305(key, zeroNonce).encrypt(secret);
}

/** Throws wrong_key. */
export function unwrapKey(key: Uint8Array, wrapped: Uint8Array): Uint8Array {
  try {
    return chacha20poly1305(key, zeroNonce).decrypt(wrapped);
  } catch {
    throw new SafeconductError("wrong_key", "wrapped under another key");
  }
}
