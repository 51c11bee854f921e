// The charters' log written a second time, over @noble/hashes, Node's own Ed25519 and the texts of
// c2sp.org/tlog-proof, tlog-checkpoint, tlog-cosignature and tlog-tiles; it shares nothing with the C++ nor
// with gateway/web.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

export const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.from(parts.reduce((hash, part) => hash.update(part), nobleSha256.create()).digest());
const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

// --- RFC 6962, section 2.1, recursively ---------------------------------------------------------------

export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);

function split(size: number): number {
  let part = 1;
  while (2 * part < size) part *= 2;
  return part;
}

export function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

export function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

/** RFC 6962, section 2.1.2: that the tree of `leaves` begins with its first `size` leaves, 0 < size <= their number. */
export function consistencyOf(size: number, leaves: readonly Buffer[], isWhole = true): Buffer[] {
  if (size === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  return size <= k
    ? [...consistencyOf(size, leaves.slice(0, k), isWhole), rootOf(leaves.slice(k))]
    : [...consistencyOf(size - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
}

// --- Notes ---------------------------------------------------------------------------------------------

/** An Ed25519 key from its 32-byte seed. */
export function keyFromSeed(seed: Uint8Array): KeyObject {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
}

const keyId = (name: string, type: number, key: Uint8Array): Buffer =>
  sha256(Buffer.from(`${name}\n`), Buffer.of(type), key).subarray(0, 4);

export function vkeyOf(name: string, key: KeyObject, type = 1): string {
  const bytes = publicBytes(key);
  return `${name}+${keyId(name, type, bytes).toString("hex")}+${b64(Buffer.concat([Buffer.of(type), bytes]))}`;
}

export function signatureLine(text: string, name: string, key: KeyObject): string {
  const signature = sign(null, Buffer.from(text), key);
  return `\u2014 ${name} ${b64(Buffer.concat([keyId(name, 1, publicBytes(key)), signature]))}\n`;
}

export function cosignatureLine(text: string, name: string, key: KeyObject, time: number): string {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key);
  return `\u2014 ${name} ${b64(Buffer.concat([keyId(name, 4, publicBytes(key)), stamp, signature]))}\n`;
}

/** The note's text, the public key of that vkey, and what its lines by that vkey hold after the key id. */
export function signaturesBy(note: string, vkey: string): { text: string; key: KeyObject; signatures: Buffer[] } {
  const [name, id, ...rest] = vkey.split("+");
  const blank = note.lastIndexOf("\n\n");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(rest.join("+"), "base64").subarray(1)]);
  const signatures = note.slice(blank + 2).split("\n").flatMap((line) => {
    const [, signer, blob = ""] = line.split(" ");
    const bytes = Buffer.from(blob, "base64");
    return signer === name && b64(bytes) === blob && bytes.subarray(0, 4).toString("hex") === id ? [bytes.subarray(4)] : [];
  });
  return { text: note.slice(0, blank + 1), key: createPublicKey({ key: spki, format: "der", type: "spki" }), signatures };
}

/** Whether one of the note's lines is by that vkey (type 1) and verifies; and the note's text. */
export function openNote(note: string, vkey: string): { text: string; signed: boolean } {
  const { text, key, signatures } = signaturesBy(note, vkey);
  return { text, signed: signatures.some((signature) => verify(null, Buffer.from(text), key, signature)) };
}

/** When the witness of that vkey (type 4) cosigned, in Unix seconds: the newest time that verifies. */
export function cosignedAt(note: string, vkey: string): number | undefined {
  const { text, key, signatures } = signaturesBy(note, vkey);
  const times = signatures.flatMap((bytes) => {
    if (bytes.length !== 72) return [];
    const time = bytes.readBigUInt64BE(0);
    return verify(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key, bytes.subarray(8)) ? [Number(time)] : [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The time of the cosignature in `line`, if it is one of that vkey (type 4) on that text; throws otherwise. */
export function cosignatureTime(line: string, text: string, vkey: string): number {
  const time = /^\u2014 \S+ \S+\n$/.test(line) ? cosignedAt(`${text}\n${line}`, vkey) : undefined;
  if (time === undefined) throw new Error("no cosignature of that witness on that text");
  return time;
}

// --- The charters' log ---------------------------------------------------------------------------------

/** The entry of a charter, from the text of its note. */
export function entryOf(text: string): Buffer {
  const [origin, version] = text.split("\n");
  return Buffer.from(`safeconduct/charter/v1\n${origin}\n${version}\n${b64(sha256(Buffer.from(text)))}\n`);
}

export const checkpointText = (origin: string, leaves: readonly Buffer[]): string =>
  `${origin}\n${leaves.length}\n${b64(rootOf(leaves))}\n`;

/** `lines`: the signature lines of the checkpoint. */
export function proofText(index: number, leaves: readonly Buffer[], text: string, lines: string, extra = ""): string {
  const path = pathOf(index, leaves).map((hash) => `${b64(hash)}\n`);
  return `c2sp.org/tlog-proof@v1\n${extra}index ${index}\n${path.join("")}\n${text}\n${lines}`;
}

/** What a proof says, if it holds for that entry; throws otherwise. For logs of any size, by RFC 9162, section 2.1.3.2. */
export function verifyProof(proof: string, entry: Uint8Array, vkey: string): { origin: string; size: number; index: number; root: string } {
  const blank = proof.indexOf("\n\n");
  const [first, second, ...hashes] = proof.slice(0, blank).split("\n");
  const index = Number(/^index (0|[1-9][0-9]*)$/.exec(second ?? "")?.[1]);
  const { text, signed } = openNote(proof.slice(blank + 2), vkey);
  const [origin, size, root, ...more] = text.split("\n");
  let fn = index;
  let sn = Number(size) - 1;
  let hash = leafHash(entry);
  for (const each of hashes.map((line) => Buffer.from(line, "base64"))) {
    if (sn === 0 || each.length !== 32) throw new Error("the path does not fit");
    if (fn % 2 === 1 || fn === sn) {
      hash = sha256(Buffer.of(1), each, hash);
      for (; fn % 2 === 0 && fn !== 0; fn = Math.floor(fn / 2)) sn = Math.floor(sn / 2);
    } else {
      hash = sha256(Buffer.of(1), hash, each);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  const good = first === "c2sp.org/tlog-proof@v1" && more.join("") === "" && index < Number(size);
  if (!good || !signed || sn !== 0 || b64(hash) !== root || origin !== vkey.split("+")[0]) throw new Error("the proof does not hold");
  return { origin: origin!, size: Number(size), index, root };
}
