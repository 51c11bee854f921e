// An auditor's session with the report log: how it stands, and everything in it held against everything that the
// gateway says of it. Reading may be stopped, and goes on where it was; what is kept are 32 bytes for each entry.
import { equal } from "../../shared/base/bytes.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import { hashBytes } from "../../shared/base/hash.ts";
import { parseNote } from "../../shared/note/note.ts";
import { checkCase } from "../../shared/report/caseFile.ts";
import { parseCheckpoint } from "../../shared/tlog/checkpoint.ts";
import { splitBundle, tileHashes, tilePath } from "../../shared/tlog/tiles.ts";
import { Frontier, leafHash } from "../../shared/tlog/tree.ts";
import type { AuditDeed, AuditProgress, AuditView, LogView } from "../auditProtocol.ts";
import { AuditBook } from "./auditBook.ts";
import { Forked, type Known } from "./reportLog.ts";
import type { Session } from "./session.ts";
import { timelineOf } from "./timeline.ts";

const maxBundleBytes = tileHashes * (2 + 65_535);
const casesAtOnce = 4;
const pageCases = "500";
const maxDeeds = 2000;
const stallIntervals = 3;
const stallSlackSeconds = 60;

type Tell = (progress: AuditProgress) => void;

// One reading of everything under one checkpoint.
interface Reading {
  readonly known: Known;
  readonly now: number;
  book: AuditBook | undefined; // once the entries are there
  phase: "entries" | "openings" | "cases";
  after: string; // of openings, of cases
  isBegun: boolean; // whether a page was read
  readonly taken: Set<string>; // cases of the page that is read
  deeds: AuditDeed[];
  seenOpenings: number;
  seenCases: number;
}

export class Audit {
  readonly #session: Session;
  readonly #first: string | undefined; // the checkpoint that was remembered when the session began
  #leaves = new Uint8Array(0); // with room for more
  #count = 0;
  #frontier = new Frontier();
  #reading: Reading | undefined;
  #isStopped = false;
  #running: Promise<AuditView> | undefined;
  #tell: Tell = () => {};
  #last: AuditView | undefined;
  #grew: { readonly size: bigint; readonly at: number } | undefined;

  constructor(session: Session, first: string | undefined) {
    this.#session = session;
    this.#first = first;
  }

  /** How the log stands now. Throws unavailable, unverified. */
  async view(): Promise<LogView> {
    const { api, log, charter, trust } = this.#session;
    const base = {
      origin: charter.log.name,
      interval: log.intervalSeconds,
      retired: charter.logs.slice(1).map(({ name }) => name),
      threshold: trust.witnessThreshold,
      ...(this.#first !== undefined && { before: sizeIn(this.#first) }),
      ...(this.#last !== undefined && { last: this.#last }),
      isRunning: this.#running !== undefined,
      isPaused: this.#reading !== undefined && this.#running === undefined,
    };
    try {
      const known = await log.look();
      const now = await api.transport.gatewayTime();
      if (known === undefined) return { ...base, cosigned: [], isStalled: false };
      const { checkpoint, note, cosigned, isConfirmed } = known;
      if (this.#grew?.size !== checkpoint.size) this.#grew = { size: checkpoint.size, at: now };
      return {
        ...base,
        size: String(checkpoint.size), checkpoint: note, isConfirmed,
        cosigned: cosigned.map(({ witness, time }) => ({ name: witness.name, time: Number(time) })),
        isStalled: now - this.#grew.at > stallIntervals * log.intervalSeconds + stallSlackSeconds,
        ...(log.seen.log !== undefined && { seen: log.seen.log }),
      };
    } catch (error) {
      if (error instanceof Forked) return { ...base, cosigned: [], isStalled: false, fork: { remembered: error.remembered, served: error.served } };
      throw error;
    }
  }

  /** Reading ends at the next page, or the next few cases, and goes on from there by `run`. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * One that runs is joined, and tells `tell` from then on. Throws aborted when it was stopped; unverified for entries that
   * are not the checkpoint's; Forked; not_found without a checkpoint; unavailable.
   */
  run(tell: Tell): Promise<AuditView> {
    this.#tell = tell;
    this.#isStopped = false;
    return (this.#running ??= this.#all().finally(() => (this.#running = undefined)));
  }

  async #all(): Promise<AuditView> {
    const tell: Tell = (progress) => this.#tell(progress);
    let view = await this.#once(tell);
    // A case that was erased between two of the answers looks like a lie, but only once.
    if (view.counts.alarms > 0) view = await this.#once(tell);
    return (this.#last = view);
  }

  async #once(tell: Tell): Promise<AuditView> {
    const reading = (this.#reading ??= await this.#begin());
    const book = (reading.book ??= await this.#readEntries(reading, tell));
    if (reading.phase === "openings") await this.#readOpenings(reading, book, tell);
    await this.#readCases(reading, book, tell);
    this.#reading = undefined;
    const { known, deeds } = reading;
    return { counts: book.counts, alarms: book.alarms, checkpoint: known.note, deeds: newestOf(deeds), everything: this.#everything };
  }

  get #everything(): boolean {
    return this.#session.holder.channels.length === 0;
  }

  // In this order, what comes meanwhile is newer than the entries, and waits.
  async #begin(): Promise<Reading> {
    const { log, api } = this.#session;
    const before = await api.transport.gatewayTime();
    const known = await log.look();
    if (known === undefined) throw new SafeconductError("not_found", "the log has no checkpoint yet", "log");
    const now = log.latest(before, known);
    return { known, now, book: undefined, phase: "entries", after: "", isBegun: false, taken: new Set(), deeds: [], seenOpenings: 0, seenCases: 0 };
  }

  #checkStopped(): void {
    if (this.#isStopped) throw new SafeconductError("aborted", "the audit was stopped");
  }

  async #readEntries(reading: Reading, tell: Tell): Promise<AuditBook> {
    const { api, log } = this.#session;
    const { checkpoint } = reading.known;
    const size = Number(checkpoint.size);
    this.#reserve(size);
    while (this.#count < size) {
      this.#checkStopped();
      const index = Math.floor(this.#count / tileHashes);
      const width = Math.min(tileHashes, size - index * tileHashes);
      const bundle = (await api.readLog("log", `tile/${tilePath("entries", index, width)}`, maxBundleBytes))
        ?? (width < tileHashes ? await api.readLog("log", `tile/${tilePath("entries", index, tileHashes)}`, maxBundleBytes) : undefined);
      if (bundle === undefined) throw new SafeconductError("unverified", "the log does not serve what its checkpoint is over", "tile");
      for (const entry of splitBundle(bundle, width).slice(this.#count - index * tileHashes)) {
        if (entry.length !== hashBytes) throw new SafeconductError("unverified", "an entry of the log that is no leaf", "tile");
        this.#leaves.set(entry, this.#count++ * hashBytes);
        this.#frontier.append(leafHash(entry));
      }
      tell({ phase: "entries", done: this.#count, total: size });
    }
    if (!equal(this.#frontier.root(), checkpoint.root)) {
      this.#count = 0;
      this.#frontier = new Frontier();
      this.#reading = undefined;
      throw new SafeconductError("unverified", "the log serves other entries than those of its checkpoint", "entries");
    }
    const leaves = this.#leaves.subarray(0, size * hashBytes);
    reading.phase = "openings";
    return new AuditBook({ leaves, everything: this.#everything, intervalSeconds: log.intervalSeconds, now: reading.now });
  }

  #reserve(size: number): void {
    if (this.#leaves.length >= size * hashBytes) return;
    const larger = new Uint8Array(Math.ceil(size * 1.25) * hashBytes);
    larger.set(this.#leaves.subarray(0, this.#count * hashBytes));
    this.#leaves = larger;
  }

  async #readOpenings(reading: Reading, book: AuditBook, tell: Tell): Promise<void> {
    const { api, party } = this.#session;
    const total = Number(reading.known.checkpoint.size);
    while (!reading.isBegun || reading.after !== "") {
      this.#checkStopped();
      const page = await api.readOpenings(party.key("request"), reading.after);
      if (page.next !== "" && !isLater(page.next, reading.after)) throw endless();
      for (const opening of page.openings) book.takeOpening(opening);
      reading.seenOpenings += page.openings.length;
      reading.isBegun = true;
      reading.after = page.next;
      tell({ phase: "openings", done: Math.min(reading.seenOpenings, total), total });
    }
    book.endOpenings();
    reading.phase = "cases";
    reading.isBegun = false;
  }

  async #readCases(reading: Reading, book: AuditBook, tell: Tell): Promise<void> {
    const { api, party } = this.#session;
    const pages = new Set<string>();
    while (!reading.isBegun || reading.after !== "") {
      this.#checkStopped();
      const page = await api.listCases(party.key("request"), { limit: pageCases, ...(reading.after !== "" && { after: reading.after }) });
      if (page.next !== "" && pages.has(page.next)) throw endless();
      pages.add(page.next);
      const ids = new Set(page.cases.map(({ reportId }) => reportId));
      if (ids.size < page.cases.length) throw endless();
      for (let at = 0; at < page.cases.length; at += casesAtOnce) {
        this.#checkStopped();
        await Promise.all(page.cases.slice(at, at + casesAtOnce).map(({ reportId }) => this.#readOne(reading, book, reportId)));
        const done = reading.seenCases + Math.min(at + casesAtOnce, page.cases.length);
        tell({ phase: "cases", done, total: reading.seenCases + page.cases.length });
      }
      if (reading.deeds.length > 4 * maxDeeds) reading.deeds = newestOf(reading.deeds);
      reading.seenCases += page.cases.length;
      reading.taken.clear();
      reading.isBegun = true;
      reading.after = page.next;
    }
    book.endCases();
  }

  async #readOne(reading: Reading, book: AuditBook, id: string): Promise<void> {
    const { api, party, charter } = this.#session;
    if (reading.taken.has(id)) return; // before a pause, or before the connection broke
    try {
      const file = checkCase(await api.readCase(party.key("request"), id), id, charter);
      book.takeCase({
        id, hash: file.hash, erased: file.erased, promised: file.erased ? undefined : file.promised,
        events: file.events.map(({ event: { sequence, time, body }, hash }) =>
          ({ hash, sequence, time: Number(time), ...(body.case === "expiry" && { leaves: body.value.leaves }) })),
      });
      reading.deeds.push(...timelineOf(this.#session, file).map((entry) => ({ ...entry, id })));
    } catch (error) {
      if (!(error instanceof SafeconductError) || ["unavailable", "busy", "aborted"].includes(error.code)) throw error;
      book.unreadable(id);
    }
    reading.taken.add(id);
  }
}

const endless = (): SafeconductError => new SafeconductError("unverified", "a list of the gateway that never ends", "after");
const isLater = (next: string, after: string): boolean => /^[0-9]{1,20}$/.test(next) && BigInt(next) > BigInt(after === "" ? "0" : after);
const newestOf = (deeds: readonly AuditDeed[]): AuditDeed[] => [...deeds].sort((a, b) => b.time - a.time || a.id.localeCompare(b.id) || Number(b.sequence) - Number(a.sequence)).slice(0, maxDeeds);
const sizeIn = (note: string): string => String(parseCheckpoint(parseNote(note).text).size);
