// Ed25519 (RFC 8032), over noble. Verification is strict: no key or point of small order, no
// encoding but the canonical one.
import { ed25519 } from "@noble/curves/ed25519.js";

import { SafeconductError } from "./error.ts";

export const publicKeyBytes = 32;
export const signatureBytes = 64;

export class SigningKey {
  readonly publicKey: Uint8Array;
  readonly #seed: Uint8Array;

  private constructor(seed: Uint8Array) {
    this.#seed = seed;
    this.publicKey = ed25519.getPublicKey(seed);
  }

  /** Of 32 bytes, which are copied. */
  static fromSeed(seed: Uint8Array): SigningKey {
    if (seed.length !== 32) throw new SafeconductError("malformed", "a signing key has 32 bytes");
    return new SigningKey(seed.slice());
  }

  sign(message: Uint8Array): Uint8Array {
    return ed25519.sign(message, this.#seed);
  }
}

/** Throws unverified. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  if (!verifies(publicKey, message, signature)) {
    throw new SafeconductError("unverified", "the signature does not match");
  }
}

function verifies(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== publicKeyBytes || signature.length !== signatureBytes) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // noble throws for keys that are no points
  }
}
