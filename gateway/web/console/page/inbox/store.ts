// The cases of a session as the page knows them, and what is told when they change.
import type { CaseRow, ListProgress, Me, TriageRow } from "../../protocol.ts";
import { type Entry, entryOf } from "../../model/inbox.ts";
import type { Client } from "../client.ts";
import { Marks, type MarksProblem } from "./marks.ts";

export class Store {
  readonly #client: Client;
  readonly #me: Me;
  readonly #listeners = new Set<() => void>();
  readonly #entries = new Map<string, Entry>();
  readonly #triages = new Map<string, TriageRow | "waiting">();
  readonly #marks: Marks;
  #made: Entry[] | undefined;
  opened = 0;
  total = 0;
  loading = false;
  loaded = false;

  constructor(client: Client, me: Me) {
    this.#client = client;
    this.#me = me;
    this.#marks = new Marks(client, () => this.#makeAll());
  }

  /** Tells `changed` from now on; call what it gives to stop that. */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Asks for the list anew. */
  async load(): Promise<void> {
    this.loading = true;
    const there = new Set<string>();
    void this.#marks.load();
    try {
      await this.#client.call("list", [], (progress: ListProgress) => this.#take(progress, there));
      for (const id of this.#entries.keys()) if (!there.has(id)) this.#entries.delete(id);
      this.loaded = true;
      this.#marks.know(() => this.#listed());
    } finally {
      this.loading = false;
      this.#tell();
    }
  }

  get entries(): readonly Entry[] {
    return (this.#made ??= [...this.#entries.values()]);
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** As a case was when it was opened, or changed by oneself. */
  read(row: CaseRow): void {
    this.#marks.mark(row.id, row.events);
    this.#make(row);
    this.#tell();
  }

  /** As they are in the list, without being opened. */
  readAll(entries: readonly Entry[]): void {
    for (const { row } of entries) {
      this.#marks.mark(row.id, row.events);
      this.#make(row);
    }
    this.#tell();
  }

  /** What is to be said of marks of earlier visits, or for the next. */
  get marksProblem(): MarksProblem | undefined {
    return this.#marks.problem;
  }

  /** Settles when what was read is kept for the next visit, or soon. */
  end(): Promise<void> {
    this.#listeners.clear();
    const ended = this.#marks.end();
    this.#entries.clear();
    this.#triages.clear();
    this.#made = [];
    return ended;
  }

  #listed(): string[] {
    return [...this.entries].sort((a, b) => b.row.receivedDay - a.row.receivedDay).map(({ row }) => row.id);
  }

  #makeAll(): void {
    for (const { row } of this.entries) this.#make(row);
    this.#tell();
  }

  // Made when something of it changes, not when the list is drawn: there may be thousands.
  #make(row: CaseRow): void {
    const { channels, texts } = this.#me;
    const channel = channels.find(({ id }) => id === row.channel);
    const context = { channel, texts, now: Date.now() / 1000, seenEvents: this.#marks.eventsOf(row.id) };
    this.#entries.set(row.id, entryOf(row, this.#triages.get(row.id), context));
  }

  #take({ rows: some, sealed, triages, opened, total }: ListProgress, there: Set<string>): void {
    for (const id of sealed ?? []) if (!this.#triages.has(id)) this.#triages.set(id, "waiting");
    for (const row of some ?? []) {
      there.add(row.id);
      this.#make(row);
    }
    for (const triage of triages ?? []) {
      this.#triages.set(triage.id, triage);
      const known = this.#entries.get(triage.id);
      if (known !== undefined) this.#make(known.row);
    }
    this.opened = opened;
    this.total = total;
    this.#tell();
  }

  #tell(): void {
    this.#made = undefined;
    for (const changed of this.#listeners) changed();
  }
}
