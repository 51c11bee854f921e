// What an auditor holds against one another: the entries of the report log, what the gateway says they are, and the
// cases that it lists (gateway/cli/log_openings.cc). Fed with all openings, then with all cases, one after another:
// of what was said it keeps 40 bytes for an entry that belongs to a case until that case was held against it.
//
// What it gives: every entry is a report or an event of a listed case, a cover, or was erased by an event of its case
// that is in the log itself; every listed report and event is in the log, or has time left. What it does not: that a
// report which never became an entry was not dropped; its promise proves that.
import { equal, toHex } from "../../shared/base/bytes.ts";
import { hashBytes } from "../../shared/base/hash.ts";
import type { LogOpening } from "../../shared/generated/safeconduct/v1/api_pb.ts";
import { reportId } from "../../shared/report/compartment.ts";
import { rootOfLeaves } from "../../shared/report/expiry.ts";
import { coverHash, leafKinds, leafOf, saltBytes } from "../../shared/report/promise.ts";
import type { AuditAlarm, AuditCounts } from "../auditProtocol.ts";
import { latestFor } from "./proofs.ts";

export interface AuditedEvent {
  readonly hash: Uint8Array;
  readonly sequence: bigint;
  readonly time: number;
  readonly leaves?: Uint8Array; // of an expiry: the root over those that went with the case
}

export interface AuditedCase {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly erased: boolean; // then `events` has the one event that erased it, and no other
  readonly promised: { readonly leaf: Uint8Array; readonly until: number } | undefined; // of an erased case none
  readonly events: readonly AuditedEvent[];
}

export interface BookOptions {
  readonly leaves: Uint8Array; // the entries, 32 bytes each
  readonly everything: boolean; // false: an auditor of some channels
  readonly intervalSeconds: number;
  readonly now: number; // Unix seconds, from before the checkpoint was read
}

const maxAlarms = 1000;

// What the openings said of one case.
interface Said {
  report: { readonly hash: Uint8Array; readonly entry: number } | undefined;
  readonly events: Map<string, number>; // entry, by hash
  readonly erased: Map<string, number[]>; // entries, by what erased them
}

export class AuditBook {
  readonly alarms: AuditAlarm[] = [];
  #alarmCount = 0;
  readonly #options: BookOptions;
  readonly #opened: Uint8Array; // a bit for each entry
  readonly #said = new Map<string, Said>();
  readonly #cases = new Set<string>();
  readonly #reportsElsewhere = new Map<string, number>(); // entry, by id
  readonly #eventsElsewhere = new Set<string>();
  readonly #erasedElsewhere = new Map<string, number>();
  readonly #counts = { reports: 0, events: 0, covers: 0, erased: 0, elsewhere: 0, waiting: 0 };

  constructor(options: BookOptions) {
    this.#options = options;
    this.#opened = new Uint8Array(Math.ceil(options.leaves.length / hashBytes / 8));
  }

  get counts(): AuditCounts {
    return { ...this.#counts, entries: this.#size, cases: this.#cases.size, alarms: this.#alarmCount };
  }

  /** Openings of entries past the checkpoint are left for the next audit. */
  takeOpening(opening: LogOpening): void {
    if (opening.entry >= BigInt(this.#size)) return;
    const entry = Number(opening.entry);
    const bit = 1 << (entry & 7);
    if ((this.#opened[entry >> 3]! & bit) !== 0) return this.alarm({ kind: "openedTwice", entry });
    this.#opened[entry >> 3]! |= bit;
    const { kind, reportId: id, erasedBy } = opening;
    const isCover = kind === leafKinds.cover;
    if (!this.#options.everything && id === "" && !isCover) return this.#takeElsewhere(opening, entry);
    if (erasedBy.length > 0) return this.#takeErased(opening, entry);
    if ((id === "") !== isCover || !this.#isOfEntry(opening, entry)) return this.alarm({ kind: "notItsOpening", entry });
    if (isCover) ++this.#counts.covers;
    else if (kind === leafKinds.report) this.#takeReport(opening, entry);
    else this.#takeEvent(opening, entry);
  }

  /** Once all openings were taken, and before the first case. */
  endOpenings(): void {
    for (let entry = 0; entry < this.#size; ++entry) {
      if ((this.#opened[entry >> 3]! & (1 << (entry & 7))) === 0) this.alarm({ kind: "noOpening", entry });
    }
    // By events that are in the log, or may be waiting for it; which case it was is not seen.
    for (const [event, entries] of this.#erasedElsewhere) if (!this.#eventsElsewhere.has(event)) this.#counts.waiting += entries;
  }

  takeCase(about: AuditedCase): void {
    const { id } = about;
    if (this.#cases.has(id)) return this.alarm({ kind: "listedTwice", id });
    this.#cases.add(id);
    const said = this.#said.get(id);
    this.#said.delete(id);
    const elsewhere = this.#reportsElsewhere.get(id);
    if (elsewhere !== undefined) this.alarm({ kind: "saidElsewhere", entry: elsewhere, id });
    this.#checkReport(about, said);
    const chain = new Map(about.events.map((event) => [toHex(event.hash), event]));
    for (const [hash, entry] of said?.events ?? []) if (!chain.has(hash)) this.alarm({ kind: "notInChain", entry, id });
    for (const [hash, event] of chain) {
      if (said?.events.has(hash) !== true) this.#missing({ kind: "missingEvent", id, event: String(event.sequence) }, latestFor(event.time, this.#options.intervalSeconds));
    }
    this.#checkErased(about, said);
  }

  /** A case that was listed and could not be read or verified. */
  unreadable(id: string): void {
    this.#cases.add(id);
    this.#said.delete(id);
    this.alarm({ kind: "unreadable", id });
  }

  /** Once all cases were taken: what was opened and is of none of them is hidden. */
  endCases(): void {
    for (const [id, { report, events, erased }] of this.#said) {
      if (report !== undefined) this.alarm({ kind: "hiddenReport", entry: report.entry, id });
      for (const entry of events.values()) this.alarm({ kind: "hiddenEvent", entry, id });
      if (erased.size > 0) this.alarm({ kind: "erasedNowhere", id });
    }
  }

  alarm(alarm: AuditAlarm): void {
    ++this.#alarmCount;
    if (this.alarms.length < maxAlarms) this.alarms.push(alarm);
  }

  // ----------------------------------------------------------------------------------------------

  get #size(): number {
    return this.#options.leaves.length / hashBytes;
  }

  #leaf(entry: number): Uint8Array {
    return this.#options.leaves.subarray(entry * hashBytes, (entry + 1) * hashBytes);
  }

  #isOfEntry({ kind, salt, entryHash }: LogOpening, entry: number): boolean {
    const name = kind === leafKinds.report ? "report" : kind === leafKinds.event ? "event" : kind === leafKinds.cover ? "cover" : undefined;
    if (name === undefined || salt.length !== saltBytes) return false;
    const hash = name === "cover" && entryHash.length === 0 ? coverHash : entryHash;
    return hash.length === hashBytes && equal(leafOf(salt, name, hash), this.#leaf(entry));
  }

  #saidOf(id: string): Said {
    const said = this.#said.get(id) ?? { report: undefined, events: new Map(), erased: new Map() };
    this.#said.set(id, said);
    return said;
  }

  // Of a case that the auditor does not see: what it is can be told all the same.
  #takeElsewhere(opening: LogOpening, entry: number): void {
    ++this.#counts.elsewhere;
    const { kind, salt, entryHash, erasedBy } = opening;
    if (erasedBy.length > 0) {
      if (salt.length > 0 || entryHash.length > 0) return this.alarm({ kind: "notErased", entry });
      const key = toHex(erasedBy);
      this.#erasedElsewhere.set(key, (this.#erasedElsewhere.get(key) ?? 0) + 1);
      return;
    }
    if (!this.#isOfEntry(opening, entry)) return this.alarm({ kind: "notItsOpening", entry });
    if (kind === leafKinds.report) this.#reportsElsewhere.set(reportId(entryHash), entry);
    else this.#eventsElsewhere.add(toHex(entryHash));
  }

  #takeReport({ entryHash, reportId: said }: LogOpening, entry: number): void {
    ++this.#counts.reports;
    const id = reportId(entryHash);
    if (said !== id) return this.alarm({ kind: "otherCase", entry, id: said });
    const about = this.#saidOf(id);
    if (about.report !== undefined) return this.alarm({ kind: "reportTwice", entry, id });
    about.report = { hash: entryHash, entry };
  }

  #takeEvent({ entryHash, reportId: id }: LogOpening, entry: number): void {
    ++this.#counts.events;
    const { events } = this.#saidOf(id);
    const hash = toHex(entryHash);
    if (events.has(hash)) return this.alarm({ kind: "eventTwice", entry, id });
    events.set(hash, entry);
  }

  #takeErased({ reportId: id, salt, entryHash, erasedBy }: LogOpening, entry: number): void {
    ++this.#counts.erased;
    if (salt.length > 0 || entryHash.length > 0) return this.alarm({ kind: "notErased", entry });
    const { erased } = this.#saidOf(id);
    const by = toHex(erasedBy);
    const entries = erased.get(by);
    if (entries === undefined) erased.set(by, [entry]);
    else entries.push(entry);
  }

  #checkReport({ id, hash, erased, promised }: AuditedCase, said: Said | undefined): void {
    if (said?.report === undefined) {
      if (!erased) this.#missing({ kind: "missingReport", id }, promised?.until ?? 0);
      return;
    }
    const { entry } = said.report;
    if (!equal(said.report.hash, hash)) return this.alarm({ kind: "hiddenReport", entry, id });
    if (!erased && (promised === undefined || !equal(promised.leaf, this.#leaf(entry)))) this.alarm({ kind: "notPromised", entry, id });
  }

  // The number of an erasure is that of the leaves before it: the report's, and its events'. An expiry names them too.
  #checkErased({ id, erased, events }: AuditedCase, said: Said | undefined): void {
    const erasure = erased ? events[0] : undefined;
    const own = erasure === undefined ? "" : toHex(erasure.hash);
    for (const by of said?.erased.keys() ?? []) if (by !== own) this.alarm({ kind: "erasedByNothing", id });
    if (erasure === undefined) return;
    const entries = said?.erased.get(own) ?? [];
    const count = BigInt(entries.length);
    if (count > erasure.sequence) this.alarm({ kind: "erasedTooMany", id });
    const isWhole = count === erasure.sequence && erasure.leaves !== undefined;
    if (isWhole && !equal(rootOfLeaves(entries.map((entry) => this.#leaf(entry))), erasure.leaves)) this.alarm({ kind: "erasedOthers", id });
    if (count >= erasure.sequence) return;
    if (latestFor(erasure.time, this.#options.intervalSeconds) > this.#options.now) this.#counts.waiting += Number(erasure.sequence - count);
    else this.alarm({ kind: "erasedMissing", id });
  }

  #missing(alarm: AuditAlarm, until: number): void {
    if (until >= this.#options.now) ++this.#counts.waiting;
    else this.alarm(alarm);
  }
}
