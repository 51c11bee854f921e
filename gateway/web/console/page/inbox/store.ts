// The cases of a session as the page knows them, and what is told when they change. Of what was read in this
// session it remembers how long each case's chain was then.
import type { CaseRow, ListProgress, Me, TriageRow } from "../../protocol.ts";
import { type Entry, entryOf } from "../../model/inbox.ts";
import type { Client } from "../client.ts";

export class Store {
  readonly #client: Client;
  readonly #me: Me;
  readonly #listeners = new Set<() => void>();
  readonly #entries = new Map<string, Entry>();
  readonly #triages = new Map<string, TriageRow | "waiting">();
  readonly #seen = new Map<string, number>();
  #made: Entry[] | undefined;
  opened = 0;
  total = 0;
  loading = false;
  loaded = false;

  constructor(client: Client, me: Me) {
    this.#client = client;
    this.#me = me;
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
    const isFirst = !this.loaded;
    try {
      await this.#client.call("list", [], (progress: ListProgress) => this.#take(progress, there, isFirst));
      for (const id of this.#entries.keys()) if (!there.has(id)) this.#entries.delete(id);
      this.loaded = true;
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
    this.#seen.set(row.id, row.events);
    this.#make(row);
    this.#tell();
  }

  end(): void {
    this.#listeners.clear();
    this.#entries.clear();
    this.#triages.clear();
    this.#seen.clear();
    this.#made = [];
  }

  // Made when something of it changes, not when the list is drawn: there may be thousands.
  #make(row: CaseRow): void {
    const { channels, texts } = this.#me;
    const channel = channels.find(({ id }) => id === row.channel);
    const context = { channel, texts, now: Date.now() / 1000, seenEvents: this.#seen.get(row.id) };
    this.#entries.set(row.id, entryOf(row, this.#triages.get(row.id), context));
  }

  #take({ rows: some, sealed, triages, opened, total }: ListProgress, there: Set<string>, isFirst: boolean): void {
    for (const id of sealed ?? []) if (!this.#triages.has(id)) this.#triages.set(id, "waiting");
    for (const row of some ?? []) {
      there.add(row.id);
      // Somebody has seen it before, if anything was done with it: news is what comes after.
      if (isFirst && row.events > 0) this.#seen.set(row.id, row.events);
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
