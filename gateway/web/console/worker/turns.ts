// Who goes first in the worker: what somebody waits for, before what is done beside it. The worker has one thread, and
// a case is opened in a dozen steps: if the inbox's triages were opened between any two of them, each step would wait.
export class Turns {
  #first = 0;
  readonly #standing: (() => void)[] = [];

  /** What gives way stands still until it is done. */
  async first<T>(call: () => Promise<T>): Promise<T> {
    ++this.#first;
    try {
      return await call();
    } finally {
      if (--this.#first === 0) for (const goOn of this.#standing.splice(0)) goOn();
    }
  }

  /** Lets other calls begin, and those that go first be done. */
  async giveWay(): Promise<void> {
    await new Promise((done) => setTimeout(done));
    while (this.#first > 0) await new Promise<void>((goOn) => this.#standing.push(goOn));
  }
}
