// gateway/web/shared/base/fileDigest.ts: the digest of a file, here and in a worker, is the same; the worker's pieces
// are few, and whatever happens to it ends the sealing.
import assert from "node:assert/strict";
import { createHash, randomInt } from "node:crypto";
import { describe, test } from "node:test";

import {
  digestPieceBytes, type DigestPort, type DigestWorker, LocalDigest, maxPieces, serveDigest, WorkerDigest,
} from "../../../gateway/web/shared/base/fileDigest.ts";
import { AttachmentSealer } from "../../../gateway/web/shared/report/attachmentSealer.ts";
import { fails, pattern, streamOf } from "./testing.ts";

// A worker in this thread, which answers when it is let.
class HeldWorker implements DigestWorker {
  readonly #listeners: { readonly type: string; readonly listener: (event: { data?: unknown }) => void }[] = [];
  readonly #waiting: unknown[] = [];
  #serve: (event: { data: unknown }) => void = () => {};
  held = 0; // bytes that were given to it and not given back
  heldAtMost = 0;
  isEnded = false;

  constructor() {
    const port: DigestPort = {
      postMessage: (message, transfer) => {
        for (const { byteLength } of transfer) this.held -= byteLength;
        const data: unknown = structuredClone(message, { transfer });
        this.#tell("message", { data });
      },
      addEventListener: (_type, listener) => void (this.#serve = listener),
    };
    queueMicrotask(() => serveDigest(port));
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    for (const { byteLength } of transfer) this.held += byteLength;
    this.heldAtMost = Math.max(this.held, this.heldAtMost);
    this.#waiting.push(structuredClone(message, { transfer }));
  }

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.push({ type, listener });
  }

  terminate(): void {
    this.isEnded = true;
  }

  /** Does the next thing that it was asked; false: there is none. */
  step(): boolean {
    if (this.#waiting.length === 0) return false;
    this.#serve({ data: this.#waiting.shift() });
    return true;
  }

  break(type: "error" | "messageerror"): void {
    this.#tell(type, {});
  }

  #tell(type: string, event: { data?: unknown }): void {
    for (const each of this.#listeners) if (each.type === type) each.listener(event);
  }
}

// As fast as it is asked.
class EagerWorker extends HeldWorker {
  override postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    super.postMessage(message, transfer);
    queueMicrotask(() => this.step());
  }
}

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false;
  const note = (): void => void (isSettled = true);
  promise.then(note, note);
  await new Promise(setImmediate);
  return isSettled;
};

const reference = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());

describe("the digest of a file", () => {
  const sizes = [0, 1, 65_536, digestPieceBytes - 1, digestPieceBytes, digestPieceBytes + 1, 9 * digestPieceBytes + 12_345];

  test("is Node's, however the file is cut, here and in a worker", async () => {
    for (const size of sizes) {
      const content = pattern(size);
      const expected = reference(content);
      for (const digest of [new LocalDigest(), await WorkerDigest.start(new EagerWorker())]) {
        for (let at = 0; at < size; ) {
          const end = at + randomInt(1, 3 * digestPieceBytes);
          const part = content.slice(at, end);
          await digest.update(part);
          part.fill(0xff); // it is the caller's again
          at = end;
        }
        assert.deepEqual(await digest.digest(), expected, `${digest.constructor.name}, ${size} bytes`);
      }
    }
  });

  test("keeps few pieces with a worker that is slow: the file waits for it", async () => {
    const worker = new HeldWorker();
    const digest = await WorkerDigest.start(worker);
    const content = pattern(3 * maxPieces * digestPieceBytes);
    const given = digest.update(content);
    assert.equal(await settled(given), false);
    assert.equal(worker.held, maxPieces * digestPieceBytes);
    while (!(await settled(given))) worker.step();
    const result = digest.digest();
    while (worker.step());
    assert.deepEqual(await result, reference(content));
    assert.equal(worker.heldAtMost, maxPieces * digestPieceBytes);
  });

  test("ends its worker with the digest, and when it is not wanted any more", async () => {
    const whole = new EagerWorker();
    const digest = await WorkerDigest.start(whole);
    assert.equal(whole.isEnded, false);
    await digest.digest();
    assert.equal(whole.isEnded, true);
    const left = new EagerWorker();
    (await WorkerDigest.start(left)).end();
    assert.equal(left.isEnded, true);
  });
});

describe("a worker that fails", () => {
  for (const type of ["error", "messageerror"] as const) {
    test(`${type}: at the start, over the file, and at the end it is said, and the worker is ended`, async () => {
      const atStart = new HeldWorker();
      const starting = WorkerDigest.start(atStart);
      atStart.break(type);
      await fails(() => starting, "unavailable");

      const over = new HeldWorker();
      const digest = await WorkerDigest.start(over);
      const update = digest.update(new Uint8Array(2 * maxPieces * digestPieceBytes));
      over.break(type);
      await fails(() => update, "unavailable", "attachments");
      await fails(() => digest.update(new Uint8Array(digestPieceBytes)), "unavailable");
      await fails(() => digest.digest(), "unavailable");

      const atEnd = new HeldWorker();
      const waiting = (await WorkerDigest.start(atEnd)).digest();
      atEnd.break(type);
      await fails(() => waiting, "unavailable");
      assert.ok(atStart.isEnded && over.isEnded && atEnd.isEnded);
    });
  }

  test("ends the sealing of the file", async () => {
    const content = pattern(6 * digestPieceBytes);
    const source = { size: content.length, stream: () => streamOf(content, 65_536) };
    const worker = new HeldWorker();
    const sealer = await AttachmentSealer.start(source, await WorkerDigest.start(worker));
    assert.ok(await sealer.next());
    worker.break("error");
    await fails(async () => { while ((await sealer.next()) !== undefined); }, "unavailable", "attachments");
    await fails(() => sealer.finish("film", ""), "rejected");
  });

  test("after the last piece there is no account of the file", async () => {
    const content = pattern(5000);
    const source = { size: content.length, stream: () => streamOf(content) };
    const worker = new HeldWorker();
    const sealer = await AttachmentSealer.start(source, await WorkerDigest.start(worker));
    while ((await sealer.next()) !== undefined);
    worker.break("error");
    await fails(() => sealer.finish("film", ""), "unavailable", "attachments");
  });

  test("a sealing that is given up ends it", async () => {
    const worker = new HeldWorker();
    const sealer = await AttachmentSealer.start(new Blob([pattern(5000) as Uint8Array<ArrayBuffer>]), await WorkerDigest.start(worker));
    await sealer.cancel();
    assert.equal(worker.isEnded, true);
  });
});
