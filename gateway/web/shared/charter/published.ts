// A charter as a gateway serves it: with the proof that it is the newest one of the charters' log
// (gateway/charter/published.h; proto/README.md, "The charters' log"). So neither a second charter shown to
// one person nor an old one passes, as far as witnesses were asked; where the trust file requires none,
// only the charter's expiry limits a rollback.
import { equal, toBase64, utf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { linesOf } from "../base/text.ts";
import type { CharterDocument } from "../generated/safeconduct/v1/api_pb.ts";
import { makeVerifierKey, parseNote, type VerifierKey } from "../note/note.ts";
import type { Checkpoint } from "../tlog/checkpoint.ts";
import { checkCharterProof, parseLogProof } from "../tlog/proof.ts";
import type { OpenCharter } from "./charter.ts";
import { openTrusted } from "./open.ts";
import type { Trust } from "./trust.ts";

/** What the log has for a charter: four short lines over the text of its note, whoever signed it. Throws malformed. */
export function logEntry(noteText: string): Uint8Array {
  const [origin, version] = linesOf(noteText) ?? [];
  if (origin === undefined || version === undefined) throw new SafeconductError("malformed", "not the text of a charter");
  return utf8(`safeconduct/charter/v1\n${origin}\n${version}\n${toBase64(sha256(utf8(noteText)))}\n`);
}

export interface Published {
  readonly charter: OpenCharter;
  readonly checkpoint: Checkpoint; // of the charters' log; its size is the charter's version
}

/**
 * openTrusted, and that the charter is entry version - 1 of a log of exactly that size, by the charter's
 * log in use, whose key `trust` names, and cosigned by the witnesses of `trust` within seven days before
 * `now` (Unix seconds). Throws as openTrusted; for the proof unverified (none at all, one that does not
 * hold, too few witnesses), expired (witnesses), conflict (the charter is not the newest of that log),
 * rejected (a log that `trust` does not name), malformed, too_large.
 */
export function openPublished(
  document: Pick<CharterDocument, "note" | "proof">,
  trust: Trust,
  now: number,
  seen = 0n,
): Published {
  const charter = openTrusted(document.note, trust, now, seen);
  if (document.proof === "") {
    throw new SafeconductError("unverified", "no proof that the charter is the newest one of its log", "proof");
  }
  const proof = parseLogProof(document.proof);
  const policy = { witnesses: trust.witnesses, threshold: trust.witnessThreshold, now };
  const entry = logEntry(parseNote(document.note).text);
  return { charter, checkpoint: checkCharterProof(proof, entry, charter.version, logOf(charter, trust), policy) };
}

// The charters' log is named by the charter and signs with the key of the log in use.
function logOf(charter: OpenCharter, trust: Trust): VerifierKey {
  const { key } = charter.log;
  if (!trust.logs.some((each) => equal(each.key, key))) {
    throw new SafeconductError("rejected", "the trust file does not name the charter's log in use", "log");
  }
  return makeVerifierKey(charter.origin, key);
}
