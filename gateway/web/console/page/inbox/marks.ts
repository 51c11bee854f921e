// What was read, by case: loaded when a session begins, and kept on the gateway for the next one. Keeping it tells the
// gateway that somebody reads, so it is done a few times an hour, and not with each case.
import { SafeconductError } from "../../../shared/base/error.ts";
import type { ReadMark } from "../../marksProtocol.ts";
import type { Client } from "../client.ts";

const keepMilliseconds = 5 * 60_000; // after the first case that was read
const hiddenMilliseconds = 60_000; // between two times that the page was left
const endMilliseconds = 2_000;

/** notLoaded: may come with the next try. notOpened: there were some, and others take their place. newer: of a later version, and left alone. */
export type MarksProblem = "notLoaded" | "notOpened" | "newer" | "notKept";

export class Marks {
  readonly #client: Client;
  readonly #changed: () => void;
  readonly #read = new Map<string, number>();
  readonly #ends = new AbortController();
  #listed: (() => readonly string[]) | undefined;
  #isKnown = false;
  #isKept = true; // for this holder
  #isFresh = false; // something was read that is not kept
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keptAt = -Infinity;
  #keeping = Promise.resolve();
  problem: MarksProblem | undefined;

  /** `changed`: they are known now, or kept again, or not. */
  constructor(client: Client, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
    // A tab that is hidden may never come back.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && performance.now() - this.#keptAt >= hiddenMilliseconds) void this.#keep();
    }, { signal: this.#ends.signal });
  }

  /** Once the list is whole: what is listed, the newest first. Marks of other cases are not kept. */
  know(listed: () => readonly string[]): void {
    this.#listed = listed;
  }

  /** Asks for them, also anew: another browser may have read more. */
  async load(): Promise<void> {
    try {
      const { marks, unreadable } = await this.#client.call("loadMarks", []);
      for (const [id, events] of marks) this.#raise(id, events);
      this.problem = unreadable === undefined ? undefined : unreadable === "unsupported" ? "newer" : "notOpened";
      this.#isKept = unreadable !== "unsupported";
    } catch (error) {
      // Who reads no case has none.
      if (error instanceof SafeconductError && error.code === "rejected") this.#isKept = false;
      else this.problem = "notLoaded";
    }
    this.#isKnown = true;
    this.#changed();
  }

  /** Undefined: never read. Until they are known nothing is called new. */
  eventsOf(id: string): number | undefined {
    return this.#isKnown ? this.#read.get(id) : Infinity;
  }

  mark(id: string, events: number): void {
    if (!this.#raise(id, events)) return;
    this.#isFresh = true;
    this.#keepLater();
  }

  /** Keeps what was not kept yet, and forgets all. Settles soon, whatever the gateway does. */
  end(): Promise<void> {
    this.#ends.abort();
    const kept = this.#keep();
    clearTimeout(this.#timer);
    this.#read.clear();
    this.#listed = undefined;
    return Promise.race([kept, new Promise<void>((done) => setTimeout(done, endMilliseconds))]);
  }

  #raise(id: string, events: number): boolean {
    const isMore = events > (this.#read.get(id) ?? -1);
    if (isMore) this.#read.set(id, events);
    return isMore;
  }

  #keepLater(): void {
    this.#timer ??= setTimeout(() => void this.#keep(), keepMilliseconds);
  }

  // One after another, each as it was when it was asked for.
  #keep(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isKept || !this.#isFresh) return this.#keeping;
    if (this.#listed === undefined) {
      if (!this.#isEnded) this.#keepLater();
      return this.#keeping;
    }
    this.#isFresh = false;
    this.#keptAt = performance.now();
    const read: readonly ReadMark[] = [...this.#read];
    const listed = this.#listed();
    return (this.#keeping = this.#keeping.then(() => this.#send(read, listed)));
  }

  async #send(read: readonly ReadMark[], listed: readonly string[]): Promise<void> {
    try {
      for (const [id, events] of await this.#client.call("keepMarks", [read, listed])) this.#raise(id, events);
      if (this.problem !== "newer") this.problem = undefined;
    } catch {
      if (this.#isEnded) return;
      this.#isFresh = true;
      this.problem = "notKept";
      this.#keepLater();
    }
    if (!this.#isEnded) this.#changed();
  }

  get #isEnded(): boolean {
    return this.#ends.signal.aborted;
  }
}
