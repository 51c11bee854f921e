// Proofs that something is in a log (c2sp.org/tlog-proof@v1): a checkpoint, an index, the hashes
// between. With it a reporter shows, years later, that a report was accepted, and a client sees that
// a charter is the one that everybody is shown.
//
// The extra data is not authenticated by itself: whoever uses it (the salt of a receipt) has to put
// it into the entry.
import { fromBase64 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import { parseDecimal } from "../base/text.ts";
import type { Note, VerifierKey } from "../note/note.ts";
import { type Checkpoint, checkWitnessed, openCheckpoint, type WitnessPolicy } from "./checkpoint.ts";
import { leafHash, verifyInclusion } from "./tree.ts";

const maxHashes = 62;
const maxIndex = (1n << 62n) - 1n;
const maxProofCharacters = 128 * 1024;

export interface LogProof {
  readonly extra: Uint8Array | undefined;
  readonly index: bigint;
  readonly hashes: readonly Uint8Array[]; // from the leaf's sibling to the root's child
  readonly checkpoint: string; // a signed note, verbatim
}

/** Structure only. Throws malformed, too_large. */
export function parseLogProof(text: string): LogProof {
  const malformed = new SafeconductError("malformed", "not a tlog-proof");
  if (text.length > maxProofCharacters) throw new SafeconductError("too_large", "a proof of more than 128 KiB");
  const blank = text.indexOf("\n\n");
  if (blank < 0) throw malformed;
  const lines = text.slice(0, blank).split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") throw malformed;
  const extra = lines[0]?.startsWith("extra ") ? fromBase64(lines.shift()!.slice(6)) : undefined;
  const index = lines.shift();
  if (index === undefined || !index.startsWith("index ")) throw malformed;
  if (lines.length > maxHashes) throw new SafeconductError("too_large", "a proof through more levels than a log has");
  const hashes = lines.map(fromBase64);
  if (hashes.some((hash) => hash.length !== hashBytes)) throw malformed;
  return { extra, index: parseDecimal(index.slice(6), maxIndex), hashes, checkpoint: text.slice(blank + 2) };
}

/** That `entry` is in `log`, as `proof` says, by the word of the log alone. Throws unverified, malformed. */
export function checkInclusion(proof: LogProof, entry: Uint8Array, log: VerifierKey): { checkpoint: Checkpoint; note: Note } {
  const opened = openCheckpoint(proof.checkpoint, log);
  const { size, root } = opened.checkpoint;
  verifyInclusion(proof.index, size, leafHash(entry), root, proof.hashes);
  return opened;
}

/** The same, and that witnesses saw the checkpoint. Throws unverified, expired, malformed. */
export function checkLogProof(
  proof: LogProof,
  entry: Uint8Array,
  log: VerifierKey,
  policy: WitnessPolicy,
): Checkpoint {
  const { checkpoint, note } = checkInclusion(proof, entry, log);
  checkWitnessed(note, policy);
  return checkpoint;
}

/** Witnesses that saw a charter longer ago do not count (design, section 3). */
export const charterFreshnessSeconds = 7 * 86_400;

/**
 * That a charter is the newest one in the charters' log: entry version − 1 of a tree of exactly that
 * many entries, cosigned within seven days. `entry` is what the log has for this charter. Throws as
 * checkLogProof; conflict when the log goes on after this charter, or ends before it.
 */
export function checkCharterProof(
  proof: LogProof,
  entry: Uint8Array,
  version: bigint,
  log: VerifierKey,
  policy: Omit<WitnessPolicy, "maxAgeSeconds">,
): Checkpoint {
  const checkpoint = checkLogProof(proof, entry, log, { ...policy, maxAgeSeconds: charterFreshnessSeconds });
  if (checkpoint.size !== version || proof.index !== version - 1n) {
    throw new SafeconductError("conflict", "the charter is not the newest one of its log", "version");
  }
  return checkpoint;
}
