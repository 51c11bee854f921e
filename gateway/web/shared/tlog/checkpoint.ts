// Checkpoints (c2sp.org/tlog-checkpoint) and the cosignatures of witnesses on them
// (c2sp.org/tlog-cosignature, version 1, Ed25519).
//
// What it gives: that a log had this root at this size, and that witnesses saw it, at some time, as
// the largest tree of this log that they know of. What it does not give: that something is in the
// tree (proof.ts).
import { equal, fromBase64, toHex, utf8 } from "../base/bytes.ts";
import { verify } from "../base/ed25519.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import { linesOf, parseDecimal } from "../base/text.ts";
import { checkUnambiguous, countSigners, isBy, keyTypes, type Note, parseNote, parseVerifierKey, type VerifierKey } from "../note/note.ts";

const maxTreeSize = 1n << 62n;
const timestampBytes = 8;

export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
}

/** The text of a checkpoint, without looking at signatures. Throws malformed. */
export function parseCheckpoint(text: string): Checkpoint {
  const malformed = new SafeconductError("malformed", "not a checkpoint of a log");
  const [origin, size, root, ...extensions] = linesOf(text) ?? [];
  if (origin === undefined || origin === "" || size === undefined || root === undefined) throw malformed;
  if (extensions.includes("")) throw malformed;
  const hash = fromBase64(root);
  if (hash.length !== hashBytes) throw malformed;
  return { origin, size: parseDecimal(size, maxTreeSize), root: hash, extensions };
}

/** A checkpoint that `log` signed, under its own origin. Throws malformed, unverified, too_large. */
export function openCheckpoint(note: string, log: VerifierKey): { checkpoint: Checkpoint; note: Note } {
  const parsed = parseNote(note);
  if (countSigners(parsed, [log]) === 0) {
    throw new SafeconductError("unverified", "a checkpoint that its log did not sign");
  }
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== log.name) throw new SafeconductError("unverified", "a checkpoint of another log");
  return { checkpoint, note: parsed };
}

/** The vkey of a witness: type 4. Throws malformed, unsupported. */
export function parseWitnessKey(vkey: string): VerifierKey {
  return parseVerifierKey(vkey, keyTypes.cosignature);
}

/** When a witness cosigned, in Unix seconds. */
export interface Cosigned {
  readonly witness: VerifierKey;
  readonly time: bigint;
}

/**
 * The cosignatures of `witnesses` on a checkpoint, the newest of each. One that names a witness and
 * does not verify makes the note unverified; lines of others are ignored.
 */
export function readCosignatures(note: Note, witnesses: readonly VerifierKey[]): Cosigned[] {
  checkUnambiguous(witnesses);
  const newest = new Map<string, Cosigned>(); // by key
  for (const signature of note.signatures) {
    const witness = witnesses.find((each) => isBy(signature, each));
    if (witness === undefined) continue;
    const time = verifyCosignature(note.text, signature.bytes, witness);
    const before = newest.get(toHex(witness.key));
    if (before === undefined || before.time < time) newest.set(toHex(witness.key), { witness, time });
  }
  return [...newest.values()];
}

function verifyCosignature(text: string, bytes: Uint8Array, witness: VerifierKey): bigint {
  const unverified = new SafeconductError("unverified", "a cosignature that does not verify");
  if (bytes.length !== timestampBytes + 64) throw unverified;
  const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  if (time >= 1n << 63n) throw unverified;
  try {
    verify(witness.key, utf8(`cosignature/v1\ntime ${time}\n${text}`), bytes.subarray(timestampBytes));
  } catch (error) {
    throw hasCode(error, "unverified") ? unverified : error;
  }
  return time;
}

export interface WitnessQuorum {
  readonly witnesses: readonly VerifierKey[];
  readonly threshold: number; // 0: none is required
}

export interface WitnessPolicy extends WitnessQuorum {
  readonly now: number; // Unix seconds
  readonly maxAgeSeconds: number;
}

/** Clocks differ by so much without anyone lying. */
export const clockSlackSeconds = 300;

function tooFew(): SafeconductError {
  return new SafeconductError("unverified", "too few witnesses cosigned the checkpoint", "witnesses");
}

/** That enough witnesses cosigned, whenever that was. Throws unverified. */
export function checkCosigned(note: Note, { witnesses, threshold }: WitnessQuorum): void {
  if (threshold > 0 && readCosignatures(note, witnesses).length < threshold) throw tooFew();
}

/**
 * A time that has come by the word of enough witnesses, in Unix seconds: the newest by which as many as the
 * threshold had cosigned at that time or later. Undefined when too few did, or none is required.
 */
export function witnessedTime(note: Note, { witnesses, threshold }: WitnessQuorum): bigint | undefined {
  const times = readCosignatures(note, witnesses).map(({ time }) => time).sort((a, b) => (a < b ? 1 : -1));
  return threshold === 0 ? undefined : times[threshold - 1];
}

/** That enough witnesses cosigned, lately enough. Throws unverified; expired when they did, but too long ago. */
export function checkWitnessed(note: Note, policy: WitnessPolicy): void {
  if (policy.threshold === 0) return;
  const cosigned = readCosignatures(note, policy.witnesses).filter(
    ({ time }) => time <= BigInt(policy.now + clockSlackSeconds),
  );
  if (cosigned.length < policy.threshold) throw tooFew();
  const fresh = cosigned.filter(({ time }) => time >= BigInt(policy.now - policy.maxAgeSeconds));
  if (fresh.length < policy.threshold) {
    throw new SafeconductError("expired", "the witnesses cosigned the checkpoint too long ago", "witnesses");
  }
}

/** Whether both say the same of one log at one size; two that do not are a proof of fraud. */
export function agree(one: Checkpoint, other: Checkpoint): boolean {
  return one.origin !== other.origin || one.size !== other.size || equal(one.root, other.root);
}
