// The rules of a charter's logs, witnesses, next root keys and texts (gateway/charter/key_rules.cc).
import { fromUtf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import { isOrigin } from "../base/text.ts";
import type { Charter, Log } from "../generated/safeconduct/v1/charter_pb.ts";
import { parseVerifierKey, type VerifierKey } from "../note/note.ts";
import { openCheckpoint, parseWitnessKey } from "../tlog/checkpoint.ts";
import { limit, refuse, Unlike } from "./rules.ts";

const maxLogs = 16;
const maxWitnesses = 32;
const maxRoots = 32;
const maxTexts = 64;
const maxIntervalSeconds = 86_400;
const maxCheckpointBytes = 16 * 1024;

// What `parse` gives; undefined for what it refuses.
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SafeconductError) return undefined;
    throw error;
  }
}

/** The keys of the logs, the one in use first. */
export function checkLogs(charter: Charter): VerifierKey[] {
  if (charter.logs.length === 0) refuse("logs", "no log");
  limit(charter.logs.length, maxLogs, "logs", "more than 16 logs");
  const origins = new Unlike();
  const keys = new Unlike();
  return charter.logs.map((log, i) => {
    const key = attempt(() => parseVerifierKey(log.vkey));
    if (key === undefined || !isOrigin(key.name)) {
      return refuse("logs.vkey", "a log's vkey is name+id+key, of type 1 (Ed25519)");
    }
    if (!origins.add(key.name) || !keys.add(key.key)) refuse("logs.vkey", "two logs of one origin or key");
    if (log.intervalSeconds === 0 || log.intervalSeconds > maxIntervalSeconds) {
      refuse("logs.interval_seconds", "a log's interval is 1 to 86,400 seconds");
    }
    if (i > 0) {
      checkLastCheckpoint(log, key);
    } else if (log.lastCheckpoint.length > 0) {
      refuse("logs.last_checkpoint", "the first log is the one in use: it has no last checkpoint");
    }
    return key;
  });
}

function checkLastCheckpoint(log: Log, key: VerifierKey): void {
  limit(log.lastCheckpoint.length, maxCheckpointBytes, "logs.last_checkpoint", "a checkpoint of more than 16 KiB");
  if (attempt(() => openCheckpoint(fromUtf8(log.lastCheckpoint), key)) === undefined) {
    refuse("logs.last_checkpoint", "a retired log needs its last checkpoint, signed by it");
  }
}

export function checkWitnesses(charter: Charter): VerifierKey[] {
  limit(charter.witnesses.length, maxWitnesses, "witnesses", "more than 32 witnesses");
  const seen = new Unlike();
  const keys = charter.witnesses.map((vkey) => {
    const key = attempt(() => parseWitnessKey(vkey));
    if (key === undefined) return refuse("witnesses", "a witness's vkey is name+id+key, of type 4 (cosignature)");
    if (!seen.add(key.key)) refuse("witnesses", "one witness twice");
    return key;
  });
  if (charter.witnessThreshold > keys.length) {
    refuse("witness_threshold", "a threshold of more witnesses than there are");
  }
  return keys;
}

/** The root keys that sign the next charter. */
export interface Roots {
  readonly keys: readonly VerifierKey[];
  readonly threshold: number;
}

export function checkNextRoots(charter: Charter): Roots | undefined {
  const roots = charter.nextRoots;
  if (roots === undefined) return undefined;
  limit(roots.vkeys.length, maxRoots, "next_roots.vkeys", "more than 32 root keys");
  const seen = new Unlike();
  const keys = roots.vkeys.map((vkey) => {
    const key = attempt(() => parseVerifierKey(vkey));
    if (key === undefined) return refuse("next_roots.vkeys", "a root's vkey is name+id+key, of type 1 (Ed25519)");
    if (!seen.add(key.key)) refuse("next_roots.vkeys", "one root key twice");
    return key;
  });
  if (roots.threshold === 0 || roots.threshold > keys.length) {
    refuse("next_roots.threshold", "the threshold of root keys is 1 to their number");
  }
  return { keys, threshold: roots.threshold };
}

export function checkTexts(charter: Charter): void {
  limit(charter.texts.length, maxTexts, "texts", "more than 64 texts");
  const languages = new Unlike();
  for (const text of charter.texts) {
    if (!/^[0-9A-Za-z-]{1,35}$/.test(text.language) || !languages.add(text.language)) {
      refuse("texts.language", "a text needs a language tag that no other has");
    }
    if (text.sha256.length !== hashBytes) refuse("texts.sha256", "the digest of a text is 32 bytes");
  }
  const { manifestDigest, minimumVersion } = charter.web ?? { manifestDigest: new Uint8Array(0), minimumVersion: "" };
  if (manifestDigest.length !== 0 && manifestDigest.length !== hashBytes) {
    refuse("web.manifest_digest", "the digest of the web app's manifest is 32 bytes, or empty");
  }
  if (!/^[0-9A-Za-z.+-]{0,64}$/.test(minimumVersion)) {
    refuse("web.minimum_version", "the web app's minimum version is at most 64 of 0-9 a-z A-Z . + -");
  }
}
