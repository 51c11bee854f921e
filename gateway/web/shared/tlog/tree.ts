// RFC 6962 §2.1 Merkle trees: hashing, the root over leaves that come one after another, and the
// verification of inclusion and consistency by the algorithms of RFC 9162 §§2.1.3.2 and 2.1.4.2, whose
// trees are RFC 6962's (crypto/tlog/tree.h). It makes no proofs: logs do.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { sha256, sha256Bulk } from "../base/hash.ts";

const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

/** SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(leafPrefix, entry);
}

/** The same for an entry of a megabyte. */
export function leafHashBulk(entry: Uint8Array): Promise<Uint8Array> {
  return sha256Bulk(leafPrefix, entry);
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right);
}

export function emptyRoot(): Uint8Array {
  return sha256();
}

/** The root over leaves that come one after another, in O(log n) memory. */
export class Frontier {
  // Roots of whole subtrees, the largest first, with their numbers of leaves.
  readonly #subtrees: { readonly leaves: number; readonly root: Uint8Array }[] = [];

  append(hash: Uint8Array): void {
    let last = { leaves: 1, root: hash };
    for (let before = this.#subtrees.at(-1); before?.leaves === last.leaves; before = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      last = { leaves: 2 * last.leaves, root: nodeHash(before.root, last.root) };
    }
    this.#subtrees.push(last);
  }

  root(): Uint8Array {
    if (this.#subtrees.length === 0) return emptyRoot();
    return this.#subtrees.map(({ root }) => root).reduceRight((right, left) => nodeHash(left, right));
  }
}

function badInclusion(): SafeconductError {
  return new SafeconductError("unverified", "the inclusion proof does not hold");
}

function badConsistency(): SafeconductError {
  return new SafeconductError("unverified", "the consistency proof does not hold");
}

/** Throws unverified when the proof does not hold, malformed for a leaf past the end. */
export function verifyInclusion(
  index: bigint,
  size: bigint,
  leaf: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): void {
  if (index < 0n || index >= size) throw new SafeconductError("malformed", "a leaf past the end of the log");
  let node = index;
  let last = size - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0n) throw badInclusion();
    if ((node & 1n) === 1n || node === last) {
      hash = nodeHash(sibling, hash);
      // On the right edge levels without a sibling are skipped.
      for (; (node & 1n) === 0n && node !== 0n; node >>= 1n) last >>= 1n;
    } else {
      hash = nodeHash(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || !equal(hash, root)) throw badInclusion();
}

/** Throws unverified when the proof does not hold, malformed when the older log is the larger one. */
export function verifyConsistency(
  oldSize: bigint,
  newSize: bigint,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): void {
  if (oldSize < 0n || oldSize > newSize) throw new SafeconductError("malformed", "an older log larger than the newer");
  if (oldSize === 0n || oldSize === newSize) {
    const same = oldSize === 0n ? equal(oldRoot, emptyRoot()) : equal(oldRoot, newRoot);
    const emptyNew = newSize !== 0n || equal(newRoot, emptyRoot());
    if (proof.length > 0 || !same || !emptyNew) throw badConsistency();
    return;
  }
  // A complete old tree is a node of the new one, and the proof leaves it out.
  const path = (oldSize & (oldSize - 1n)) === 0n ? [oldRoot, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (first === undefined) throw badConsistency();
  let node = oldSize - 1n;
  let last = newSize - 1n;
  for (; (node & 1n) === 1n; node >>= 1n) last >>= 1n;
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (last === 0n) throw badConsistency();
    if ((node & 1n) === 1n || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      for (; (node & 1n) === 0n && node !== 0n; node >>= 1n) last >>= 1n;
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || !equal(oldHash, oldRoot) || !equal(newHash, newRoot)) throw badConsistency();
}
