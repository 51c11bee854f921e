// The sealing side of crypto/quorum/README.md a second time, from its text, sharing nothing with the
// C++; everything that is drawn at random comes from `draw`, so that vectors can be made again.
import { createCipheriv, createHash, hkdfSync, createHmac } from "node:crypto";

import { XWing } from "@noble/post-quantum/hybrid.js";

export type Draw = (bytes: number) => Buffer;

export interface Context {
  readonly channel: string;
  readonly reporter: Buffer;
  readonly compartment: string;
  readonly payloadDigest: Buffer;
  readonly threshold: number;
  readonly trustees: number;
}

// The same bytes in every run: SHA-256(name ‖ counter), one after another.
export function drawFrom(name: string): Draw {
  let counter = 0;
  let rest = Buffer.alloc(0);
  return (bytes) => {
    while (rest.length < bytes) rest = Buffer.concat([rest, sha256(Buffer.from(`${name} ${counter++}`))]);
    const out = rest.subarray(0, bytes);
    rest = rest.subarray(bytes);
    return out;
  };
}

export const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
export const publicKey = (seed: Uint8Array): Uint8Array => XWing.keygen(seed).publicKey;

function prefixed(...parts: readonly (string | number | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(typeof part === "number" ? [part] : part);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

export function contextBytes(of: Context): Buffer {
  return prefixed(of.channel, of.reporter, of.compartment, of.payloadDigest, of.threshold, of.trustees);
}
export const shareInfo = (of: Context, index: number): Buffer =>
  Buffer.concat([prefixed("safeconduct/quorum/v1"), contextBytes(of), prefixed(index)]);
export const releaseInfo = (of: Context, index: number, to: readonly Buffer[]): Buffer =>
  Buffer.concat([prefixed("safeconduct/quorum/release/v1"), contextBytes(of), prefixed(index, ...to)]);
export const handoverInfo = (of: Context, index: number, to: readonly Buffer[]): Buffer =>
  Buffer.concat([prefixed("safeconduct/quorum/handover/v1"), contextBytes(of), prefixed(index, ...to)]);

export function commitment(index: number, share: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.from("safeconduct/quorum/commitment/v1"), Buffer.from([index]), share]));
}

function chacha(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export function wrapFileKey(of: Context, wrapKey: Buffer, fileKey: Buffer): Buffer {
  const info = Buffer.concat([prefixed("safeconduct/quorum/file-key/v1"), contextBytes(of)]);
  return chacha(Buffer.from(hkdfSync("sha256", wrapKey, "", info, 32)), Buffer.alloc(12), fileKey);
}

// RFC 9180 §5.1 and §6.1, base mode, suite 0x647a 0x0001 0x0003, without aad.
export function hpkeSeal(key: Uint8Array, info: Buffer, plaintext: Uint8Array, draw: Draw): Buffer {
  const suite = Buffer.from("HPKE\x64\x7a\x00\x01\x00\x03", "latin1");
  const hmac = (salt: Uint8Array, input: Buffer) => createHmac("sha256", salt).update(input).digest();
  const extract = (salt: Uint8Array, label: string, input: Uint8Array) =>
    hmac(salt, Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), input]));
  const expand = (secret: Uint8Array, label: string, of: Buffer, length: number) =>
    hmac(
      secret,
      Buffer.concat([Buffer.from([0, length]), Buffer.from("HPKE-v1"), suite, Buffer.from(label), of, Buffer.from([1])]),
    ).subarray(0, length);
  const none = Buffer.alloc(0);
  const { cipherText, sharedSecret } = XWing.encapsulate(key, draw(64));
  const schedule = Buffer.concat([Buffer.from([0]), extract(none, "psk_id_hash", none), extract(none, "info_hash", info)]);
  const secret = extract(sharedSecret, "secret", none);
  const sealed = chacha(expand(secret, "key", schedule, 32), expand(secret, "base_nonce", schedule, 12), plaintext);
  return Buffer.concat([cipherText, sealed]);
}

// GF(2^8) modulo 0x11b, digit by digit.
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if (b & (1 << bit)) product ^= a << bit;
  for (let bit = 14; bit >= 8; bit--) if (product & (1 << bit)) product ^= 0x11b << (bit - 8);
  return product;
}

// y ‖ x for each x.
export function split(secret: Buffer, threshold: number, xs: readonly number[], draw: Draw): Buffer[] {
  const polynomials = [...secret].map((byte) => [byte, ...draw(threshold - 1)]);
  return xs.map((x) =>
    Buffer.from([...polynomials.map((terms) => terms.reduceRight((y, term) => multiply(y, x) ^ term, 0)), x]),
  );
}

export function drawXs(count: number, draw: Draw): number[] {
  const xs = new Set<number>();
  while (xs.size < count) {
    const x = draw(1)[0]!;
    if (x !== 0) xs.add(x);
  }
  return [...xs];
}

// What a trustee's part of the stanza is made of; hostile sealers change these.
export interface Part {
  readonly share: Buffer; // y ‖ x ‖ consent
  readonly commitment: Buffer;
  readonly key: Uint8Array;
}

export function body(of: Context, wrapped: Buffer, parts: readonly Part[], draw: Draw): Buffer {
  return Buffer.concat([
    wrapped,
    ...parts.flatMap((part, at) => [part.commitment, hpkeSeal(part.key, shareInfo(of, at + 1), part.share, draw)]),
  ]);
}
