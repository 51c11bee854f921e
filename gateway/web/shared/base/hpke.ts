// HPKE (RFC 9180) in base mode, single-shot: KEM X-Wing (0x647a, draft-connolly-cfrg-xwing-kem),
// HKDF-SHA256, ChaCha20Poly1305. As crypto/base/hpke.h: what age's mlkem768x25519 stanzas and the
// shares of a quorum are made of.
//
// What it gives: whoever has no seed for the key learns nothing of the plaintext; it opens only under
// the same info and aad. What it does not give: who sealed it.
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { XWing } from "@noble/post-quantum/hybrid.js";

import { concat, toHex, utf8 } from "./bytes.ts";
import { SafeconductError } from "./error.ts";

export const seedBytes = 32;
export const publicKeyBytes = 1216;
export const encapsulatedBytes = 1120;
export const tagBytes = 16;

const xWingKem = 0x647a;
const mlKemVectorBytes = 1152; // of ML-KEM-768's public key, before its seed
const mlKemModulus = 3329;
const empty = new Uint8Array(0);

// The u-coordinates of the points of small order on Curve25519 and its twist, with their other
// encodings: an agreement with one is no secret. X25519 ignores the highest bit.
const smallOrder: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]);

// X-Wing's public and encapsulated keys both end with an X25519 key.
function hasSmallOrder(key: Uint8Array): boolean {
  const point = key.slice(-32);
  point[31]! &= 0x7f;
  return smallOrder.has(toHex(point));
}

export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return XWing.getPublicKey(seed);
}

/** Throws malformed for a key that no seed gives: by FIPS 203 §7.2 (modulus check) and of small order. */
export function checkPublicKey(key: Uint8Array): void {
  if (key.length !== publicKeyBytes || !isReduced(key.subarray(0, mlKemVectorBytes)) || hasSmallOrder(key)) {
    throw new SafeconductError("malformed", "not a public key of X-Wing");
  }
}

// Whether each of the coefficients, of twelve bits, is below q.
function isReduced(vector: Uint8Array): boolean {
  for (let i = 0; i < vector.length; i += 3) {
    const [a, b, c] = [vector[i]!, vector[i + 1]!, vector[i + 2]!];
    if ((a | ((b & 0x0f) << 8)) >= mlKemModulus || ((b >> 4) | (c << 4)) >= mlKemModulus) return false;
  }
  return true;
}

export interface Sealed {
  readonly encapsulated: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Throws malformed for a public key that no seed gives. */
export function sealBase(publicKey: Uint8Array, info: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Sealed {
  checkPublicKey(publicKey);
  const kem = XWing.encapsulate(publicKey);
  const { key, baseNonce } = keySchedule(xWingKem, kem.sharedSecret, info);
  return { encapsulated: kem.cipherText, ciphertext: chacha20poly1305(key, baseNonce, aad).encrypt(plaintext) };
}

/** Throws malformed for what is no encapsulated key, wrong_key for everything that does not open. */
export function openBase(seed: Uint8Array, sealed: Sealed, info: Uint8Array, aad: Uint8Array): Uint8Array {
  if (sealed.encapsulated.length !== encapsulatedBytes || hasSmallOrder(sealed.encapsulated)) {
    throw new SafeconductError("malformed", "an encapsulated key that no sender makes");
  }
  const shared = XWing.decapsulate(sealed.encapsulated, seed);
  const { key, baseNonce } = keySchedule(xWingKem, shared, info);
  try {
    return chacha20poly1305(key, baseNonce, aad).decrypt(sealed.ciphertext);
  } catch {
    throw new SafeconductError("wrong_key", "sealed to another key");
  }
}

/** RFC 9180 §5.1 with mode_base; `kem` is the number of the KEM. */
export function keySchedule(kem: number, shared: Uint8Array, info: Uint8Array): { key: Uint8Array; baseNonce: Uint8Array } {
  const suite = concat(utf8("HPKE"), Uint8Array.of(kem >> 8, kem & 0xff, 0x00, 0x01, 0x00, 0x03));
  const context = concat(
    Uint8Array.of(0x00),
    labeledExtract(suite, empty, "psk_id_hash", empty),
    labeledExtract(suite, empty, "info_hash", info),
  );
  const secret = labeledExtract(suite, shared, "secret", empty);
  return {
    key: labeledExpand(suite, secret, "key", context, 32),
    baseNonce: labeledExpand(suite, secret, "base_nonce", context, 12),
  };
}

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array {
  return extract(sha256, concat(utf8("HPKE-v1"), suite, utf8(label), ikm), salt);
}

function labeledExpand(suite: Uint8Array, secret: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array {
  const labeled = concat(Uint8Array.of(length >> 8, length & 0xff), utf8("HPKE-v1"), suite, utf8(label), info);
  return expand(sha256, secret, labeled, length);
}
