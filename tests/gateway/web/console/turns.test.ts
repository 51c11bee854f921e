import assert from "node:assert/strict";
import { test } from "node:test";

import { Turns } from "../../../../gateway/web/console/worker/turns.ts";

test("what gives way stands still until everything that goes first is done, whatever becomes of it", async () => {
  const turns = new Turns();
  const done: string[] = [];
  const ends: (() => void)[] = [];
  const first = (name: string, fails = false): Promise<void> =>
    turns.first(async () => {
      await new Promise<void>((end) => ends.push(end));
      done.push(name);
      if (fails) throw new Error("as the gateway answers");
    });
  const one = first("one");
  const two = first("two", true);
  const beside = turns.giveWay().then(() => done.push("beside"));
  await turns.first(() => Promise.resolve()); // others go first still
  ends[0]!();
  await one;
  const later = turns.giveWay().then(() => done.push("later"));
  await new Promise(setImmediate);
  assert.deepEqual(done, ["one"]);
  ends[1]!();
  await assert.rejects(two, /as the gateway answers/);
  await Promise.all([beside, later]);
  assert.deepEqual(done, ["one", "two", "beside", "later"]);
  await turns.giveWay(); // nothing goes first any more
});
