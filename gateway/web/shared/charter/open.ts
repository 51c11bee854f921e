// Whose signatures make a charter one, and when it is no longer good (gateway/charter/open.cc).
//
// What a gateway serves goes through published.ts, which also asks the charters' log. What this alone
// does not give: that there is no second charter of the same version, or that an older one that has not
// expired is the newest.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { openNote } from "../note/note.ts";
import { OpenCharter, type Roots } from "./charter.ts";
import type { Trust } from "./trust.ts";

/** The root keys in force after `current` (undefined: before the first charter): its next_roots, or those of `trust`. */
export function rootsAfter(current: OpenCharter | undefined, trust: Trust): Roots {
  return current?.nextRoots ?? { keys: trust.roots, threshold: trust.threshold };
}

function openSignedBy(note: string, roots: Roots, trust: Trust): OpenCharter {
  if (roots.threshold === 0 || roots.keys.length === 0) {
    throw new SafeconductError("rejected", "no root key to verify a charter with", "root");
  }
  const charter = OpenCharter.fromText(openNote(note, roots.keys, roots.threshold));
  if (charter.origin !== trust.origin) throw new SafeconductError("rejected", "the charter of another origin", "origin");
  return charter;
}

/** That it is not below the minimum version, nor older than what was seen before, and not expired at `now` (Unix seconds). */
function checkCurrent(charter: OpenCharter, trust: Trust, now: number, seen: bigint): void {
  if (charter.version < trust.minimumVersion) {
    throw new SafeconductError("rejected", "an old charter: its version is below the minimum of the trust file", "version");
  }
  if (charter.version < seen) {
    throw new SafeconductError("rejected", "an old charter: a newer one was seen before", "version");
  }
  if (charter.expiry <= now) throw new SafeconductError("expired", "the charter has expired", "expiry");
}

/**
 * A charter signed by the threshold of the trust file's roots, of its origin, not rolled back, not
 * expired. `seen` is the newest version that this client remembers. Throws unverified, expired,
 * rejected, and as OpenCharter.fromText. After the root keys changed a client needs a new trust file,
 * or the chain.
 */
export function openTrusted(note: string, trust: Trust, now: number, seen = 0n): OpenCharter {
  const charter = openSignedBy(note, rootsAfter(undefined, trust), trust);
  checkCurrent(charter, trust, now, seen);
  return charter;
}

/**
 * The same for the last of `notes`, where the first is signed by the trust file's roots and each other
 * is the next version, signed by the roots in force after the one before it. Only the last one must be
 * current. Throws as openTrusted; conflict for a gap.
 */
export function openTrustedChain(notes: readonly string[], trust: Trust, now: number, seen = 0n): OpenCharter {
  const [first, ...others] = notes;
  if (first === undefined) throw new SafeconductError("malformed", "a chain without a charter");
  let charter = openSignedBy(first, rootsAfter(undefined, trust), trust);
  for (const note of others) charter = openFollowing(note, charter, trust);
  checkCurrent(charter, trust, now, seen);
  return charter;
}

function openFollowing(note: string, before: OpenCharter, trust: Trust): OpenCharter {
  const charter = openSignedBy(note, rootsAfter(before, trust), trust);
  if (charter.version !== before.version + 1n) {
    throw new SafeconductError("conflict", "the charter's version is not the next one", "version");
  }
  // Without this a charter that forgets next_roots would bring back keys that were replaced.
  if (charter.nextRoots === undefined && before.nextRoots !== undefined) {
    throw new SafeconductError(
      "rejected",
      "the root keys were replaced before: the charter must name those in force",
      "next_roots",
    );
  }
  checkLogsCarried(charter, before);
  return charter;
}

// Receipts and promises of before have to stay verifiable, and a log that ended must stay ended.
function checkLogsCarried(charter: OpenCharter, before: OpenCharter): void {
  before.message.logs.forEach((log, i) => {
    const kept = charter.message.logs.find((each) => each.vkey === log.vkey);
    if (kept === undefined) {
      throw new SafeconductError("rejected", "a log of the charter before is missing", "logs");
    }
    if (i > 0 && !equal(kept.lastCheckpoint, log.lastCheckpoint)) {
      throw new SafeconductError(
        "rejected",
        "a retired log stays retired, with the same last checkpoint",
        "logs.last_checkpoint",
      );
    }
  });
}
