// Receipts (proto/README.md, "The report log"): the proof that a report's leaf is in the public log, and
// what it means when there is none by the time that the promise names.
//
// What a receipt gives: that the report was accepted, to anyone who has the manifest, for good: it does not
// age. What it does not give: that the report is still stored, or that somebody reads it.
import { equal } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import type { VerifierKey } from "../note/note.ts";
import { checkCosigned, clockSlackSeconds, type WitnessQuorum } from "../tlog/checkpoint.ts";
import { checkInclusion, parseLogProof } from "../tlog/proof.ts";
import { leafOf, type LeafKind, type Promised, saltBytes } from "./promise.ts";

export interface Receipt {
  readonly salt: Uint8Array;
  readonly index: bigint; // of the entry
  readonly size: bigint; // of the log that it was shown in
  readonly log: VerifierKey;
}

/**
 * That the leaf of `entryHash` is in one of `logs`, in use or retired, and that as many witnesses as required
 * cosigned it, at any time. Throws unverified (field witnesses when only they are missing), malformed, too_large.
 */
export function verifyReceipt(
  receipt: string,
  kind: LeafKind,
  entryHash: Uint8Array,
  logs: readonly VerifierKey[],
  quorum: WitnessQuorum,
): Receipt {
  return within("receipt", () => {
    const proof = parseLogProof(receipt);
    const { extra: salt, index } = proof;
    if (salt?.length !== saltBytes) throw new SafeconductError("malformed", "a receipt without its salt");
    const origin = proof.checkpoint.split("\n", 1)[0];
    const log = logs.find(({ name }) => name === origin);
    if (log === undefined) throw new SafeconductError("unverified", "a receipt of an unknown log");
    const { checkpoint, note } = checkInclusion(proof, leafOf(salt, kind, entryHash), log);
    checkCosigned(note, quorum);
    return { salt, index, size: checkpoint.size, log };
  });
}

/** What a mailbox holds about the log. */
export interface Recorded {
  readonly promised: Promised | undefined; // undefined: erased, and the promise with it
  /** Undefined: none. "unconfirmed": the log shows it, but not enough witnesses have seen that. */
  readonly receipt: Receipt | "unconfirmed" | undefined;
  readonly erased: boolean; // the report and the conversation were destroyed
}

/**
 * The receipt of a report that was promised. One that does not verify, or is of another leaf than the promised
 * one, counts as none: so a gateway gains nothing by a false one, and the reporter keeps the conversation.
 */
export function readReceipt(
  receipt: string,
  reportHash: Uint8Array,
  promised: Promised,
  logs: readonly VerifierKey[],
  quorum: WitnessQuorum,
): Recorded["receipt"] {
  if (receipt === "") return undefined;
  const read = (needed: WitnessQuorum): Receipt | undefined => {
    const found = verifyReceipt(receipt, "report", reportHash, logs, needed);
    return equal(found.salt, promised.salt) ? found : undefined;
  };
  try {
    return read(quorum);
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    if (error.field !== "witnesses") return undefined;
    return read({ witnesses: [], threshold: 0 }) && "unconfirmed";
  }
}

export type RecordState =
  | { readonly state: "logged" | "unconfirmed" | "erased" }
  | { readonly state: "promised" | "broken"; readonly until: number }; // Unix seconds

/**
 * `now`: the gateway's time in Unix seconds. A gateway that breaks a promise may also turn back its clock:
 * `witnessed`, a time by which witnesses cosigned something (witnessedTime), counts when it is later.
 */
export function recordState({ promised, receipt, erased }: Recorded, now: number, witnessed?: bigint): RecordState {
  if (erased || promised === undefined) return { state: "erased" };
  if (receipt !== undefined && receipt !== "unconfirmed") return { state: "logged" };
  const { until } = promised;
  const isOver = now > until || (witnessed !== undefined && witnessed > BigInt(until + clockSlackSeconds));
  if (!isOver) return { state: "promised", until };
  return receipt === undefined ? { state: "broken", until } : { state: "unconfirmed" };
}
