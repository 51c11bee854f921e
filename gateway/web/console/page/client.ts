// The worker as the page calls it. Ending it ends the keys and everything that was opened.
import { SafeconductError } from "../../shared/base/error.ts";
import type { Answered, Ask, CallName, Calls, Request, Response } from "../protocol.ts";
import { reachAuthenticator } from "./passkey.ts";
import worker from "../worker/worker.ts?worker&url";

interface Waiting {
  readonly done: (result: never) => void;
  readonly fail: (error: SafeconductError) => void;
  readonly progress: ((progress: never) => void) | undefined;
}

// Made once: a policy of a name that there is already is refused.
const policy = window.trustedTypes?.createPolicy("safeconduct", { createScriptURL: (url) => url });

/** A worker of a file that the build made. */
export const startWorker = (url: string): Worker => new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });

export class Client {
  readonly #worker = startWorker(worker);
  readonly #waiting = new Map<number, Waiting>();
  readonly #ends = new AbortController();
  #last = 0;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Response | Ask>) => ("ask" in data ? void this.#answer(data) : this.#take(data)));
    this.#worker.addEventListener("error", () => this.#failAll());
  }

  call<Name extends CallName>(name: Name, args: Parameters<Calls[Name]>, progress?: (progress: never) => void): Promise<ReturnType<Calls[Name]>> {
    return new Promise((done, fail) => {
      const id = ++this.#last;
      this.#waiting.set(id, { done: done as Waiting["done"], fail, progress });
      const request: Request = { id, name, args };
      this.#worker.postMessage(request);
    });
  }

  end(): void {
    this.#ends.abort();
    this.#worker.terminate();
    this.#waiting.clear();
  }

  async #answer(ask: Ask): Promise<void> {
    const answered: Answered = { answer: ask.ask, ...(await reachAuthenticator(ask, this.#ends.signal)) };
    this.#worker.postMessage(answered);
  }

  #take(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ("progress" in response) return waiting.progress?.(response.progress as never);
    this.#waiting.delete(response.id);
    if ("result" in response) return waiting.done(response.result as never);
    const { code, field, status } = response.failure;
    waiting.fail(new SafeconductError(code, "the worker failed", field, status));
  }

  // Its program could not be loaded, or is not understood by this browser.
  #failAll(): void {
    for (const { fail } of this.#waiting.values()) fail(new SafeconductError("unsupported", "the worker does not run"));
    this.#waiting.clear();
  }
}
