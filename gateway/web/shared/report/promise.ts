// Promises (proto/README.md, "Promises"): the note of the log's key with which a gateway answers that it
// accepted a report or an event, and the leaf that will be in the log by then.
import { equal, fromBase64, utf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes, sha256 } from "../base/hash.ts";
import { linesOf, maxTime, parseDecimal } from "../base/text.ts";
import { countSigners, parseNote, type VerifierKey } from "../note/note.ts";

export const leafKinds = { report: 1, event: 2, cover: 3 } as const;
export type LeafKind = keyof typeof leafKinds;

export const saltBytes = 32;
/** What a cover has for the hash of an entry. */
export const coverHash = new Uint8Array(hashBytes);

export interface Promised {
  readonly note: string; // verbatim
  readonly leaf: Uint8Array; // the entry of the log
  readonly salt: Uint8Array;
  readonly until: number; // Unix seconds: when the leaf is in the log at the latest
  readonly log: VerifierKey;
}

/** SHA-256(`safeconduct/leaf/v1` ‖ salt ‖ kind ‖ entry hash): what the log gets. */
export function leafOf(salt: Uint8Array, kind: LeafKind, entryHash: Uint8Array): Uint8Array {
  return sha256(utf8("safeconduct/leaf/v1"), salt, Uint8Array.of(leafKinds[kind]), entryHash);
}

/** That `promise` is one of one of `logs` for `entryHash` of that kind. Throws unverified, malformed. */
export function verifyPromise(promise: string, kind: LeafKind, entryHash: Uint8Array, logs: readonly VerifierKey[]): Promised {
  const malformed = new SafeconductError("malformed", "not a promise of a log", "promise");
  const unverified = (message: string): SafeconductError => new SafeconductError("unverified", message, "promise");
  const note = parseNote(promise);
  const [line, origin, leafText, untilText, saltText, ...rest] = linesOf(note.text) ?? [];
  if (line !== "safeconduct/promise/v1" || saltText === undefined || rest.length > 0) throw malformed;
  const log = logs.find(({ name }) => name === origin);
  if (log === undefined) throw unverified("a promise of an unknown log");
  if (countSigners(note, [log]) === 0) throw unverified("a promise that its log did not sign");
  const leaf = fromBase64(leafText!);
  const until = parseDecimal(untilText!, BigInt(maxTime));
  const salt = fromBase64(saltText);
  if (leaf.length !== hashBytes || salt.length !== saltBytes) throw malformed;
  if (!equal(leaf, leafOf(salt, kind, entryHash))) throw unverified("a promise for something else");
  return { note: promise, leaf, salt, until: Number(until), log };
}
