// Bytes and their texts: UTF-8, hex, base64. Each decoder takes exactly the texts that its encoder
// makes, so equal bytes have one spelling, as in crypto/base/encoding.h.
//
// What it does not give: constant time, or memory that is wiped; a browser has neither. Secrets are
// overwritten where that is cheap, and that is a courtesy, no property.
import { base64 as strictBase64, base64nopad } from "@scure/base";

import { SafeconductError } from "./error.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8. Throws malformed for a string with half a surrogate pair, which has none. */
export function utf8(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new SafeconductError("malformed", "text that is not Unicode");
  return encoder.encode(text);
}

/** Throws malformed for what is not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SafeconductError("malformed", "text that is not UTF-8");
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether both are the same; in a time that depends on their lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; ++i) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** RFC 4648 §8, lower case. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}

export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new SafeconductError("malformed", "not lower-case hexadecimal");
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** RFC 4648 §4 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return strictBase64.encode(bytes);
}

export function fromBase64(text: string): Uint8Array {
  return decode(strictBase64, text);
}

/** RFC 4648 §4 without padding, as age has it. */
export function toBase64Unpadded(bytes: Uint8Array): string {
  return base64nopad.encode(bytes);
}

export function fromBase64Unpadded(text: string): Uint8Array {
  return decode(base64nopad, text);
}

function decode(coder: { decode(text: string): Uint8Array; encode(bytes: Uint8Array): string }, text: string): Uint8Array {
  try {
    const bytes = coder.decode(text);
    if (coder.encode(bytes) === text) return bytes;
  } catch {
    // said below
  }
  throw new SafeconductError("malformed", "not base64 in its one spelling");
}

const maxRandomBytes = 65_536; // that browsers give at once

/** From the operating system. */
export function randomBytes(count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let at = 0; at < count; at += maxRandomBytes) crypto.getRandomValues(out.subarray(at, at + maxRandomBytes));
  return out;
}

/** Eight bytes, big-endian. */
export function uint64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
}
