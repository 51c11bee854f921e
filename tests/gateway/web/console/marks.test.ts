// What the worker does with what was read: several browsers of one holder bring theirs together, and nothing that the
// gateway gives keeps the inbox from being shown.
import assert from "node:assert/strict";
import { test } from "node:test";

import { keepMarks, loadMarks } from "../../../../gateway/web/console/worker/marks.ts";
import type { Session } from "../../../../gateway/web/console/worker/session.ts";
import { SafeconductError } from "../../../../gateway/web/shared/base/error.ts";
import { Party } from "../../../../gateway/web/shared/identity/party.ts";
import { maxReadMarks, openReadMarks, sealReadMarks } from "../../../../gateway/web/shared/report/readMarks.ts";

const holder = Party.fromSeed(new Uint8Array(32).fill(1));
const id = (number: number): string => number.toString(16).padStart(32, "0");

/** As the gateway keeps them. */
class Kept {
  version = 0n;
  sealed: Uint8Array = new Uint8Array(0);
  puts = 0;
  /** Runs before each of the next puts. */
  readonly before: (() => Promise<void>)[] = [];

  get session(): Session {
    const api = {
      readMarks: async () => ({ version: this.version, sealed: this.sealed }),
      putMarks: async (_key: unknown, replaces: bigint, sealed: Uint8Array) => {
        await this.before.shift()?.();
        if (replaces !== this.version) throw new SafeconductError("conflict", "other marks were put meanwhile", "replaces", 409);
        this.take(sealed);
      },
    };
    return { api, party: holder } as unknown as Session;
  }

  take(sealed: Uint8Array): void {
    ++this.version;
    ++this.puts;
    this.sealed = sealed;
  }

  async byAnother(marks: readonly (readonly [string, number])[]): Promise<void> {
    this.take(await sealReadMarks(new Map(marks), holder));
  }

  read(): Promise<Map<string, number>> {
    return openReadMarks(this.sealed, holder);
  }
}

const listed = [id(1), id(2), id(3)];

test("a first visit has none; what is kept is there on the next", async () => {
  const kept = new Kept();
  assert.deepEqual(await loadMarks(kept.session), { marks: [] });
  await keepMarks(kept.session, new Map([[id(1), 2], [id(2), 0]]), listed);
  assert.deepEqual(new Map((await loadMarks(kept.session)).marks), new Map([[id(1), 2], [id(2), 0]]));
});

test("two browsers that keep at once lose nothing of either", async () => {
  const kept = new Kept();
  await kept.byAnother([[id(1), 1], [id(2), 5]]);
  const newCase = id(77); // which came since the list of this one
  kept.before.push(() => kept.byAnother([[id(1), 1], [id(2), 5], [id(3), 7]]), () => kept.byAnother([[id(1), 9], [id(2), 5], [id(3), 7], [newCase, 2]]));
  const now = await keepMarks(kept.session, new Map([[id(1), 4], [id(2), 8]]), listed);
  assert.deepEqual(new Map(now), new Map([[id(1), 9], [id(2), 8], [id(3), 7]]));
  assert.deepEqual(await kept.read(), new Map([...now, [newCase, 2]]));
  assert.equal(kept.version, 4n);
});

test("it gives up against browsers without end", async () => {
  const kept = new Kept();
  kept.before.push(...Array.from({ length: 20 }, (_, i) => () => kept.byAnother([[id(2), i]])));
  await assert.rejects(keepMarks(kept.session, new Map([[id(1), 1]]), listed), { code: "conflict" });
  assert.equal(kept.puts, 5);
});

test("cases that are not listed any more are dropped, and of too many the last ones", async () => {
  const kept = new Kept();
  await kept.byAnother([[id(1), 1], [id(9), 1]]);
  await keepMarks(kept.session, new Map([[id(2), 2], [id(8), 2], [id(9), 1]]), listed);
  assert.deepEqual(await kept.read(), new Map([[id(1), 1], [id(2), 2]]));
  const many = Array.from({ length: maxReadMarks + 10 }, (_, i) => id(i));
  await keepMarks(kept.session, new Map(many.map((each) => [each, 1] as const)), many);
  const read = await kept.read();
  assert.equal(read.size, maxReadMarks);
  assert.ok(read.has(id(0)) && !read.has(many.at(-1)!), "the last of the list");
});

test("what is kept already is not put again", async () => {
  const kept = new Kept();
  await kept.byAnother([[id(1), 4], [id(2), 1]]);
  await keepMarks(kept.session, new Map([[id(1), 3]]), listed);
  assert.equal(kept.puts, 1);
});

test("what does not open is none, is said, and is replaced; of a newer version it is left alone", async () => {
  const kept = new Kept();
  kept.take(await sealReadMarks(new Map([[id(1), 9]]), Party.fromSeed(new Uint8Array(32).fill(2))));
  assert.deepEqual(await loadMarks(kept.session), { marks: [], unreadable: "wrong_key" });
  kept.take(new Uint8Array(300).fill(0x61));
  assert.deepEqual((await loadMarks(kept.session)).marks, []);
  await keepMarks(kept.session, new Map([[id(1), 1]]), listed);
  assert.deepEqual(await kept.read(), new Map([[id(1), 1]]));

  const newer = new TextEncoder().encode("age-encryption.org/v2\n");
  kept.take(newer);
  assert.deepEqual(await loadMarks(kept.session), { marks: [], unreadable: "unsupported" });
  await assert.rejects(keepMarks(kept.session, new Map([[id(1), 1]]), listed), { code: "unsupported" });
  assert.equal(kept.sealed, newer);
});
