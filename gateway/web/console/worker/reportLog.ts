// The report log as one session holds it. Every checkpoint that anything rests on is signed by a log of the charter,
// and extends, or is extended by, the newest one that this device ever took; one that does not is an alarm with both.
//
// What it does not give: that others are shown the same log; the witnesses' cosignatures say that.
import type { GatewayApi } from "../../shared/api/api.ts";
import { equal, fromUtf8, toHex } from "../../shared/base/bytes.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { hashBytes } from "../../shared/base/hash.ts";
import type { OpenCharter } from "../../shared/charter/charter.ts";
import type { Trust } from "../../shared/charter/trust.ts";
import { parseNote } from "../../shared/note/note.ts";
import { leafOf, type LeafKind, saltBytes } from "../../shared/report/promise.ts";
import {
  type Checkpoint, checkCosigned, clockSlackSeconds, type Cosigned, openCheckpoint, parseCheckpoint, readCosignatures, witnessedTime,
} from "../../shared/tlog/checkpoint.ts";
import { parseLogProof } from "../../shared/tlog/proof.ts";
import { checkExtends, type ReadTile, tileHashes, tilePath } from "../../shared/tlog/tiles.ts";
import { leafHash, verifyInclusion } from "../../shared/tlog/tree.ts";

const maxCheckpointBytes = 16 * 1024;
const maxKnown = 64;

/** Two checkpoints of the report log that cannot both be true. */
export class Forked extends SafeconductError {
  readonly remembered: string;
  readonly served: string; // empty: none is served any more

  constructor(remembered: string, served: string) {
    super("unverified", "the report log contradicts what it showed before", "log");
    this.remembered = remembered;
    this.served = served;
  }
}

/** Tiles of a log of the gateway; a partial one may have gone once its whole one is there. */
export function tilesOf(api: GatewayApi, log: "log" | "charter-log"): ReadTile {
  return async (level, index, count) => {
    const read = (width: number): Promise<Uint8Array | undefined> => api.readLog(log, `tile/${tilePath(level, index, width)}`, tileHashes * hashBytes);
    const tile = (await read(count)) ?? (count < tileHashes ? await read(tileHashes) : undefined);
    if (tile === undefined) throw new SafeconductError("unverified", "the log does not serve what its checkpoint is over", "tile");
    return tile;
  };
}

export interface Known {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly isConfirmed: boolean; // by as many witnesses as the trust file requires
  readonly cosigned: readonly Cosigned[];
  readonly witnessed: bigint | undefined; // a time that has come by the word of the witnesses
}

export class ReportLog {
  readonly #api: GatewayApi;
  readonly #trust: Trust;
  readonly #charter: OpenCharter;
  readonly #known = new Map<string, Promise<Known>>(); // by note
  readonly #promised = new Map<string, number>(); // events of this session, by hash
  #newest: { readonly note: string; readonly checkpoint: Checkpoint } | undefined;

  /** `remembered`: the newest checkpoint of an earlier visit. Throws malformed. */
  constructor(api: GatewayApi, trust: Trust, charter: OpenCharter, remembered: string | undefined) {
    this.#api = api;
    this.#trust = trust;
    this.#charter = charter;
    if (remembered !== undefined) this.#newest = { note: remembered, checkpoint: parseCheckpoint(parseNote(remembered).text) };
  }

  /** What is to be remembered. */
  get seen(): { readonly log?: string } {
    return this.#newest === undefined ? {} : { log: this.#newest.note };
  }

  get intervalSeconds(): number {
    return this.#charter.message.logs[0]?.intervalSeconds ?? 0;
  }

  /** Until when the log must have an event of this session, by the promise for it. */
  promised(hash: Uint8Array, until: number): void {
    this.#promised.set(toHex(hash), until);
  }

  promiseFor(hash: Uint8Array): number | undefined {
    return this.#promised.get(toHex(hash));
  }

  /** The checkpoint that is served now; undefined: none yet. Throws Forked; unverified; unavailable. */
  async look(): Promise<Known | undefined> {
    const before = this.#newest?.checkpoint.origin === this.#charter.log.name ? this.#newest : undefined;
    const bytes = await this.#api.readLog("log", "checkpoint", maxCheckpointBytes);
    if (bytes === undefined) {
      if (before !== undefined) throw new Forked(before.note, "");
      return undefined;
    }
    const known = await this.#take(fromUtf8(bytes));
    // A proof may be under an earlier checkpoint; what is served as the newest may not.
    if (before !== undefined && (known.checkpoint.origin !== before.checkpoint.origin || known.checkpoint.size < before.checkpoint.size)) {
      throw new Forked(before.note, known.note);
    }
    return known;
  }

  /** Unix seconds: `now` by the gateway's clock, or a later time by which witnesses had cosigned. */
  latest(now: number, known: Known | undefined): number {
    return known?.witnessed === undefined ? now : Math.max(now, Number(known.witnessed) - clockSlackSeconds);
  }

  /**
   * That a receipt proves the leaf of `hash` to be in the log: whether enough witnesses have seen that. Throws Forked
   * when its checkpoint contradicts what was seen before; unverified, malformed, too_large for what proves nothing.
   */
  async prove(receipt: string, kind: LeafKind, hash: Uint8Array): Promise<"logged" | "unconfirmed"> {
    const proof = parseLogProof(receipt);
    const { extra: salt, index, hashes } = proof;
    if (salt?.length !== saltBytes) throw new SafeconductError("malformed", "a receipt without its salt", "receipt");
    const { checkpoint, isConfirmed } = await this.#take(proof.checkpoint);
    verifyInclusion(index, checkpoint.size, leafHash(leafOf(salt, kind, hash)), checkpoint.root, hashes);
    return isConfirmed ? "logged" : "unconfirmed";
  }

  #take(note: string): Promise<Known> {
    const before = this.#known.get(note);
    if (before !== undefined) return before;
    const taken = this.#check(note);
    taken.catch(() => this.#known.delete(note));
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(note, taken);
    return taken;
  }

  async #check(note: string): Promise<Known> {
    const origin = note.split("\n", 1)[0];
    const log = this.#charter.logs.find(({ name }) => name === origin);
    if (log === undefined) throw new SafeconductError("unverified", "a checkpoint of an unknown log", "checkpoint");
    const opened = openCheckpoint(note, log);
    if (log === this.#charter.log) await this.#extend(note, opened.checkpoint);
    const quorum = { witnesses: this.#trust.witnesses, threshold: this.#trust.witnessThreshold };
    const cosigned = readCosignatures(opened.note, this.#trust.witnesses);
    return { note, checkpoint: opened.checkpoint, isConfirmed: isCosigned(() => checkCosigned(opened.note, quorum)), cosigned, witnessed: witnessedTime(opened.note, quorum) };
  }

  // A retired log ended at the checkpoint that the roots signed: what was seen of it has to be under that.
  #checkRetired(newest: { readonly note: string; readonly checkpoint: Checkpoint }): void {
    const at = this.#charter.logs.findIndex(({ name }) => name === newest.checkpoint.origin);
    const last = at < 0 ? undefined : this.#charter.message.logs[at]?.lastCheckpoint;
    if (last === undefined || last.length === 0) throw new Forked(newest.note, "");
    const text = fromUtf8(last);
    const { size, root } = parseCheckpoint(parseNote(text).text);
    if (newest.checkpoint.size > size || (newest.checkpoint.size === size && !equal(newest.checkpoint.root, root))) throw new Forked(newest.note, text);
  }

  async #extend(note: string, checkpoint: Checkpoint): Promise<void> {
    const newest = this.#newest;
    if (newest !== undefined && newest.checkpoint.origin !== checkpoint.origin) {
      this.#checkRetired(newest);
    } else if (newest !== undefined) {
      const isNewer = checkpoint.size >= newest.checkpoint.size;
      const [older, larger] = isNewer ? [newest.checkpoint, checkpoint] : [checkpoint, newest.checkpoint];
      try {
        await checkExtends(older, larger, tilesOf(this.#api, "log"));
      } catch (error) {
        if (hasCode(error, "unverified", "malformed")) throw new Forked(newest.note, note);
        throw error;
      }
      if (!isNewer) return;
    }
    // Another may have been taken meanwhile, which the next one is held against all the same.
    if (this.#newest === newest) this.#newest = { note, checkpoint };
  }
}

function isCosigned(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (hasCode(error, "unverified")) return false;
    throw error;
  }
}
