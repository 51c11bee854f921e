// A gateway as a witness of a log that is made up here, over Node's own cryptography: it follows the log's
// growth, and neither a fork nor a rollback gets a cosignature, whatever happens to its process.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { checkpointText, consistencyOf, cosignatureTime, keyFromSeed, leafHash, sha256, signatureLine, vkeyOf } from "../vectors/charterlog/charterlog.ts";
import { binFolder, run, TestGateway } from "./harness.ts";
import { modeOf } from "./office.ts";

const witnessName = "witness.test.localhost/w";
const origin = "made-up.test.localhost/log";
const key = keyFromSeed(sha256(Buffer.from("made up")));
const leavesOf = (history: string, count: number, from = 0): Buffer[] =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(i < from ? `entry ${i}` : `${history} ${i}`)));
const leaves = leavesOf("entry", 400);
const forked = leavesOf("forked", 400, 3);

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

let gateway: TestGateway;
let vkey: string;
let agent: Agent;

function send(method: string, path: string, body = "", onSent?: () => void): Promise<Answer> {
  const options = { ca: readFileSync(gateway.file("ca.pem")), method, agent };
  return new Promise((done, fail) => {
    const sent = request(`${gateway.url}${path}`, options, async (message) => {
      try {
        const bytes = Buffer.concat(await message.toArray());
        done({ status: message.statusCode ?? 0, type: message.headers["content-type"], body: bytes.toString("utf8") });
      } catch (error) {
        fail(error);
      }
    });
    sent.on("error", fail).end(body, onSent);
  });
}
const add = (body: string, onSent?: () => void): Promise<Answer> => send("POST", "/witness/add-checkpoint", body, onSent);

const textOf = (size: number, history = leaves): string => checkpointText(origin, history.slice(0, size));
const noteOf = (size: number, history = leaves): string => {
  const text = textOf(size, history);
  return `${text}\n${signatureLine(text, origin, key)}`;
};
function bodyOf(oldSize: number, size: number, history = leaves): string {
  const proof = oldSize === 0 ? [] : consistencyOf(oldSize, history.slice(0, size));
  return `old ${oldSize}\n${proof.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${noteOf(size, history)}`;
}

function assertCosigned(answer: Answer, size: number): void {
  assert.equal(answer.status, 200, answer.body);
  const time = cosignatureTime(answer.body, textOf(size), vkey);
  assert.ok(Math.abs(time - Date.now() / 1000) < 120, `${time}`);
}

/** What it says that it knows. */
async function known(): Promise<number> {
  const answer = await add(bodyOf(0, 400));
  if (answer.status === 200) return 0;
  assert.deepEqual([answer.status, answer.type], [409, "text/x.tlog.size"]);
  assert.match(answer.body, /^[1-9][0-9]*\n$/);
  return Number(answer.body);
}

/** Neither anything smaller nor another history of what was cosigned. */
async function assertStandsBy(size: number): Promise<void> {
  assert.equal(await known(), size);
  for (const smaller of [1, 3, size - 1]) assert.equal((await add(bodyOf(smaller, smaller))).status, 409);
  for (const [oldSize, to] of [[size, size], [size, size + 1], [size, 400]] as const) {
    assert.equal((await add(bodyOf(oldSize, to, forked))).status, 422, `a fork from ${oldSize} to ${to}`);
  }
  assert.equal((await add(bodyOf(3, size, forked))).status, 409);
  assertCosigned(await add(bodyOf(size, size)), size);
  assert.equal(await known(), size);
}

describe("a witness", () => {
  before(async () => {
    agent = new Agent({ keepAlive: true });
    gateway = await TestGateway.start({
      publish: false,
      config: {
        witness: [`name = "${witnessName}"`, `state_folder = "witness"`, "[[witness.logs]]", `key = "${vkeyOf(origin, key)}"`],
      },
    });
  });
  after(async () => {
    agent.destroy();
    await gateway?.dispose();
  });

  const memory = (): string => gateway.file(`witness/${sha256(Buffer.from(origin)).toString("hex")}`);

  test("its key is shown by check-config and by the command line", async () => {
    const shown = await gateway.json<{ witness_vkey: string }>(["identity", "show", "--name", witnessName], { as: "log" });
    vkey = shown.witness_vkey;
    const checked = await run(join(binFolder, "safeconduct-gateway"), ["check-config", "--config", gateway.file("gateway.toml")], {
      env: gateway.environment(),
    });
    assert.equal(checked.status, 0, checked.stderr);
    assert.ok(checked.stdout.includes(vkey), checked.stdout);
  });

  test("follows the log as it grows, and shows what it cosigned", async () => {
    const monitored = `/witness/${sha256(Buffer.from(origin)).toString("hex")}/checkpoint`;
    assert.equal((await send("GET", monitored)).status, 404);
    let size = 0;
    for (const next of [1, 2, 5, 8, 8, 21, 64, 100]) {
      const answer = await add(bodyOf(size, next));
      assertCosigned(answer, next);
      assert.equal(answer.type, "text/plain; charset=utf-8");
      const shown = await send("GET", monitored);
      assert.deepEqual([shown.status, shown.body], [200, noteOf(next) + answer.body]);
      size = next;
    }
    assert.equal(modeOf(memory()), "600");
    assert.ok(statSync(gateway.file("witness")).isDirectory());
    assert.equal(modeOf(gateway.file("witness")), "700");
  });

  test("refuses what the specification says, by its statuses", async () => {
    const stranger = keyFromSeed(sha256(Buffer.from("a stranger")));
    const text = textOf(101);
    const other = "other.test.localhost/log";
    const otherText = checkpointText(other, leaves.slice(0, 3));
    const good = bodyOf(100, 120);
    const table: readonly [string, string, number][] = [
      ["nothing", "", 400],
      ["no checkpoint", "old 100\n\n", 400],
      ["an old size over the new", `old 102\n\n${noteOf(101)}`, 400],
      ["a stranger's signature", `old 100\n\n${text}\n${signatureLine(text, origin, stranger)}`, 403],
      ["a trusted line that does not verify", good.replace("\n120\n", "\n121\n"), 403],
      ["an unknown origin", `old 0\n\n${otherText}\n${signatureLine(otherText, other, key)}`, 404],
      ["no proof", `old 100\n\n${noteOf(120)}`, 422],
      ["a proof of something else", bodyOf(99, 120).replace("old 99", "old 100"), 422],
    ];
    for (const [name, body, status] of table) assert.equal((await add(body)).status, status, name);
    assert.equal((await send("GET", "/witness/add-checkpoint")).status, 405);
    assert.equal((await add("x".repeat(64 * 1024 + 1))).status, 413);
    await assertStandsBy(100);
  });

  test("stands by what it cosigned after a restart, and after a kill", async () => {
    await gateway.restart();
    await assertStandsBy(100);
    await gateway.kill();
    await gateway.serve();
    await assertStandsBy(100);
    assertCosigned(await add(bodyOf(100, 110)), 110);
  });

  test("cosigns nothing that it cannot keep", async () => {
    mkdirSync(`${memory()}.new`); // where the next checkpoint would be written
    const answer = await add(bodyOf(110, 120));
    assert.equal(answer.status, 503);
    assert.ok(!answer.body.includes("\u2014"));
    await assertStandsBy(110);
    rmSync(`${memory()}.new`, { recursive: true });
    assertCosigned(await add(bodyOf(110, 120)), 120);
  });

  test("killed while it is asked, it knows of everything that it cosigned", async () => {
    let cosigned = 120;
    for (let round = 0; round < 6; round += 1) {
      // Some answers come; then it is killed with a request under way, at that one's beginning or a little later.
      for (let i = 0; i < round; i += 1) assertCosigned(await add(bodyOf(cosigned, cosigned + 1)), ++cosigned);
      let onSent = (): void => {};
      const sent = new Promise<void>((done) => (onSent = done));
      const last = add(bodyOf(cosigned, cosigned + 1), onSent).catch(() => undefined);
      await Promise.race([sent, last]);
      if (round % 2 === 1) await send("GET", "/healthz").catch(() => undefined);
      await gateway.kill();
      if ((await last)?.status === 200) cosigned += 1;
      await gateway.serve();
      const now = await known();
      assert.ok(now === cosigned || now === cosigned + 1, `${now} after ${cosigned}`);
      cosigned = now;
      await assertStandsBy(cosigned);
    }
  });

  test("many who ask at once get one history", async () => {
    const from = await known();
    const asked = Array.from({ length: 24 }, (_, i) => {
      const history = i % 2 === 0 ? leaves : leavesOf("forked", 400, from);
      const size = from + 1 + (i % 3);
      return add(bodyOf(from, size, history)).then((answer) => ({ answer, text: textOf(size, history) }));
    });
    const answers = await Promise.all(asked);
    const good = new Set(answers.filter(({ answer }) => answer.status === 200).map(({ text }) => text));
    assert.equal(good.size, 1, "one tree, however often");
    for (const { answer } of answers) assert.ok([200, 409, 422].includes(answer.status), `${answer.status}`);
  });

  test("its folder holds one file for each log, and the gateway's log says nothing of who asked", () => {
    assert.equal(readdirSync(gateway.file("witness")).length, 1);
    assert.ok(!gateway.log.includes("127.0.0.1"));
  });
});

test("a gateway that is no witness has no such door", async () => {
  gateway = await TestGateway.start({ publish: false });
  try {
    assert.equal((await add(bodyOf(0, 1))).status, 404);
  } finally {
    await gateway.dispose();
  }
});
