// The report log written a second time: leaves, promises and receipts as proto/README.md has them, over
// ../charterlog/charterlog.ts. It shares nothing with the C++ nor with gateway/web.
import type { KeyObject } from "node:crypto";

import { cosignedAt, leafHash, openNote, proofText, sha256, signatureLine, verifyProof } from "../charterlog/charterlog.ts";

export const kinds = { report: 1, event: 2, cover: 3 } as const;
export type Kind = keyof typeof kinds;
export const noEntry = Buffer.alloc(32); // what a cover has for the hash of an entry

/** The entry of the log. */
export const leafOf = (kind: number, salt: Uint8Array, entryHash: Uint8Array): Buffer =>
  sha256(Buffer.from("safeconduct/leaf/v1"), salt, Buffer.of(kind), entryHash);

export interface Promised {
  readonly leaf: Buffer;
  readonly until: number; // Unix seconds
  readonly salt: Buffer;
}

export function promiseNote(origin: string, key: KeyObject, { leaf, until, salt }: Promised): string {
  const text = `safeconduct/promise/v1\n${origin}\n${leaf.toString("base64")}\n${until}\n${salt.toString("base64")}\n`;
  return `${text}\n${signatureLine(text, origin, key)}`;
}

/** Throws when the log of that vkey did not promise it. */
export function readPromise(note: string, vkey: string): Promised {
  const { text, signed } = openNote(note, vkey);
  const [kind, origin, leaf, until, salt, end, ...more] = text.split("\n");
  if (!signed || kind !== "safeconduct/promise/v1" || origin !== vkey.split("+")[0] || end !== "" || more.length > 0) throw new Error("no promise of this log");
  return { leaf: Buffer.from(leaf!, "base64"), until: Number(until), salt: Buffer.from(salt!, "base64") };
}

/** A receipt for one of the log's entries; `text` and `lines` are the checkpoint and its signature lines. */
export function receiptText(index: number, entries: readonly Buffer[], salt: Uint8Array, text: string, lines: string): string {
  return proofText(index, entries.map(leafHash), text, lines, `extra ${Buffer.from(salt).toString("base64")}\n`);
}

export interface Witnesses {
  readonly vkeys: readonly string[];
  readonly threshold: number;
}

/** What a receipt says, if it holds for the entry of that kind and hash; throws otherwise. */
export function verifyReceipt(receipt: string, kind: Kind, entryHash: Uint8Array, vkey: string, witnesses: Witnesses = { vkeys: [], threshold: 0 }) {
  const [, line, encoded] = /^[^\n]*\n(extra ([^\n]*)\n)/.exec(receipt) ?? [];
  if (line === undefined) throw new Error("a receipt without a salt");
  const salt = Buffer.from(encoded!, "base64");
  if (salt.length !== 32 || salt.toString("base64") !== encoded) throw new Error("a salt is 32 bytes");
  const leaf = leafOf(kinds[kind], salt, entryHash);
  const proven = verifyProof(receipt.replace(line, ""), leaf, vkey); // without its extra data it is a proof all the same
  const checkpoint = receipt.slice(receipt.indexOf("\n\n") + 2);
  const cosigned = witnesses.vkeys.filter((each) => cosignedAt(checkpoint, each) !== undefined).length;
  if (cosigned < witnesses.threshold) throw new Error("too few witnesses");
  return { ...proven, salt, leaf, cosigned };
}
