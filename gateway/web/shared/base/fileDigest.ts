// SHA-256 of a file as it passes, where it is sealed or in a worker beside that. Browsers have no streaming hash,
// and in JavaScript it takes half as long as the sealing: on two cores both are done at once.
//
// What a worker holds is bounded: pieces go there and come back, and there are `maxPieces` of them.
import { SafeconductError } from "./error.ts";
import { Sha256Stream } from "./hash.ts";

export interface FileDigest {
  /** When it is done, the bytes are the caller's again; the next call waits for that. Throws unavailable. */
  update(bytes: Uint8Array): Promise<void>;
  /** Once, at the end. Throws unavailable. */
  digest(): Promise<Uint8Array>;
  /** Lets go of it, whole or not. */
  end(): void;
}

/** In the thread of whoever calls it. */
export class LocalDigest implements FileDigest {
  readonly #hash = new Sha256Stream();

  async update(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  end(): void {}
}

// --- In a worker ----------------------------------------------------------------------------------

export const digestPieceBytes = 1024 * 1024;
export const maxPieces = 4; // of digestPieceBytes; on their way, being hashed, being filled

type Asked = { readonly piece: Uint8Array } | "finish";
type Answered = "ready" | { readonly back: Uint8Array } | { readonly digest: Uint8Array };

type Listener = (event: { readonly data?: unknown }) => void;

/** One end of a channel: a worker is such, and the global of its program. */
export interface DigestPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message" | "messageerror" | "error", listener: Listener): void;
}

export interface DigestWorker extends DigestPort {
  terminate(): void;
}

/** In the worker: hashes what comes, and gives each piece back. */
export function serveDigest(port: DigestPort): void {
  const hash = new Sha256Stream();
  const answer = (message: Answered, ...transfer: ArrayBuffer[]): void => port.postMessage(message, transfer);
  port.addEventListener("message", ({ data }) => {
    const asked = data as Asked;
    if (asked === "finish") return answer({ digest: hash.digest() });
    hash.update(asked.piece);
    const buffer = asked.piece.buffer as ArrayBuffer;
    answer({ back: new Uint8Array(buffer) }, buffer);
  });
  answer("ready");
}

export class WorkerDigest implements FileDigest {
  readonly #worker: DigestWorker;
  readonly #free: Uint8Array[] = [];
  #pieces = 0; // that there are
  #filling: Uint8Array | undefined;
  #filled = 0; // bytes of #filling
  #digest: Uint8Array | undefined;
  #isReady = false;
  #isEnded = false;
  #wake: () => void = () => {};

  private constructor(worker: DigestWorker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }) => this.#take(data as Answered));
    for (const type of ["error", "messageerror"] as const) worker.addEventListener(type, () => this.end());
  }

  /** Takes the worker over, which calls serveDigest. Throws unavailable when its program does not run. */
  static async start(worker: DigestWorker): Promise<WorkerDigest> {
    const digest = new WorkerDigest(worker);
    await digest.#until(() => digest.#isReady);
    return digest;
  }

  async update(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const piece = (this.#filling ??= await this.#freePiece());
      const part = rest.subarray(0, piece.length - this.#filled);
      piece.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === piece.length) this.#send();
    }
  }

  async digest(): Promise<Uint8Array> {
    this.#send();
    this.#ask("finish");
    await this.#until(() => this.#digest !== undefined);
    this.end();
    return this.#digest!;
  }

  end(): void {
    this.#worker.terminate();
    this.#isEnded = true;
    this.#wake();
  }

  async #freePiece(): Promise<Uint8Array> {
    await this.#until(() => this.#free.length > 0 || this.#pieces < maxPieces);
    const free = this.#free.pop();
    if (free !== undefined) return free;
    ++this.#pieces;
    return new Uint8Array(digestPieceBytes);
  }

  #send(): void {
    if (this.#filling === undefined) return;
    this.#ask({ piece: this.#filling.subarray(0, this.#filled) }, this.#filling.buffer as ArrayBuffer);
    this.#filling = undefined;
    this.#filled = 0;
  }

  #ask(asked: Asked, ...transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(asked, transfer);
  }

  #take(answered: Answered): void {
    if (answered === "ready") this.#isReady = true;
    else if ("back" in answered) this.#free.push(answered.back);
    else this.#digest = answered.digest;
    this.#wake();
  }

  // One at a time waits, since the next call waits for the one before.
  async #until(holds: () => boolean): Promise<void> {
    for (;;) {
      if (this.#isEnded) throw new SafeconductError("unavailable", "the file's digest is not computed any more", "attachments");
      if (holds()) return;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
