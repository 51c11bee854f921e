// `safeconduct log monitor` on a log that is made up by the test and grows, forks, shrinks and stops as the test
// wants; on the real charters' log; and on the web app of the real gateway, served rightly and otherwise.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";

import { leafHash, rootOf } from "../vectors/charterlog/charterlog.ts";
import { exits, type Run, TestGateway, webApp } from "./harness.ts";
import { MadeUpLog } from "./madeUpLog.ts";
import { modeOf } from "./office.ts";

let gateway: TestGateway;
let log: MadeUpLog;
let state: string;
before(async () => {
  gateway = await TestGateway.start({ web: true });
  log = await MadeUpLog.start(gateway);
  state = gateway.file("monitor.state");
});
after(async () => {
  await log?.stop();
  await gateway?.dispose();
});
beforeEach(() => {
  for (const name of [state, `${state}.fork-1`, `${state}.fork-2`]) rmSync(name, { force: true });
  log.entries = [];
  log.lies.clear();
});

function monitor(...more: string[]): Promise<Run> {
  return gateway.cli(["log", "monitor", "--once", "--state", state, "--json", ...more], { gateway: log.url });
}

/** One round that finds nothing wrong: what it printed. */
async function passes(...more: string[]): Promise<any[]> {
  const { status, stdout, stderr } = await monitor(...more);
  assert.equal(status, exits.ok, stdout + stderr);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** One round that does: what it printed, and the error. */
async function alarms(why: RegExp, ...more: string[]): Promise<any[]> {
  const { status, stdout, stderr } = await monitor(...more);
  assert.equal(status, exits.unverified, stdout + stderr);
  const { error } = JSON.parse(stderr.trimEnd().split("\n").at(-1)!);
  assert.match(error.message, why);
  return stdout.trimEnd().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function contradicts(why: RegExp, before: string): Promise<void> {
  const kept = readFileSync(state, "utf8");
  const said = (await alarms(why)).at(-1);
  assert.deepEqual(said.checkpoints, [before, log.checkpoint]);
  assert.equal(said.file, `${state}.fork-1`);
  const proof = readFileSync(said.file, "utf8");
  assert.ok(proof.includes(before) && proof.includes(log.checkpoint), "both checkpoints are kept");
  assert.equal(modeOf(said.file), "600");
  assert.equal(readFileSync(state, "utf8"), kept, "what was seen first stays");
  // It does not get used to it.
  assert.equal((await alarms(why)).at(-1).file, `${state}.fork-2`);
}

describe("a log that grows", () => {
  test("is followed, from any size to any other", async () => {
    let before = 0;
    for (const grows of [3, 0, 253, 1, 300, 210]) {
      log.grow(grows);
      const said = (await passes()).find((each) => each.log === log.origin);
      assert.deepEqual(said, {
        log: log.origin,
        size: before + grows,
        new: grows,
        root: rootOf(log.entries.map(leafHash)).toString("base64"),
        witnesses: 0,
      });
      before += grows;
    }
    assert.equal(modeOf(state), "600");
  });

  test("is not there at first", async () => {
    log.lies.set("/log/checkpoint", null);
    await passes();
    log.lies.clear();
    log.grow(1);
    await passes();
    log.lies.set("/log/checkpoint", null);
    await alarms(/is gone/);
  });

  test("in words, for people", async () => {
    log.grow(5);
    const { status, stdout } = await gateway.cli(["log", "monitor", "--once", "--state", state], { gateway: log.url });
    assert.equal(status, exits.ok);
    assert.match(stdout, /log\.test\.localhost:\s+5 entries, 5 new/);
    assert.match(stdout, /Charter 1 was published/);
  });
});

describe("a log that lies", () => {
  test("forks at one size", async () => {
    log.grow(300);
    await passes();
    const before = log.checkpoint;
    log.entries[299] = leafHash(Buffer.from("another"));
    await contradicts(/forked: it signed two trees of 300 entries/, before);
  });

  for (const changed of [0, 280]) {
    test(`does not extend what it was: entry ${changed} is another`, async () => {
      log.grow(300);
      await passes();
      const before = log.checkpoint;
      log.entries[changed] = leafHash(Buffer.from("another"));
      log.grow(40);
      await contradicts(/forked: its tree of 340 entries does not extend the one of 300/, before);
    });
  }

  test("shrinks", async () => {
    log.grow(5);
    await passes();
    const before = log.checkpoint;
    log.entries.pop();
    await contradicts(/shrank from 5 entries to 4/, before);
  });

  test("serves other entries, or hashes, than it signed", async () => {
    log.grow(3);
    log.lies.set("/log/tile/entries/000.p/3", Buffer.alloc(3 * 34));
    await alarms(/.*/);
    log.lies.clear();
    log.lies.set("/log/tile/0/000.p/3", Buffer.alloc(3 * 32));
    await alarms(/not over its entries: 0\/000\.p\/3/);
  });

  test("signs with another key", async () => {
    log.grow(3);
    log.lies.set("/log/checkpoint", log.checkpoint.replace(/(\n\u2014 \S+ .{20})(.)/, (_, before, letter) => before + (letter === "A" ? "B" : "A")));
    await alarms(/checkpoint of the log .* does not verify/);
  });

  test("stalls", async () => {
    log.grow(3);
    await passes();
    // As if it had been seen at this size three intervals of 60 seconds and two minutes ago.
    const earlier = readFileSync(state, "utf8").replace(/^(log\.test\.localhost) ([0-9]+)/m, (_, name, time) => `${name} ${time - 300}`);
    writeFileSync(state, earlier);
    await alarms(/stalls/);
    log.grow(1);
    await passes();
  });
});

describe("the charters' log", () => {
  test("each charter is said once, and the newest has to be served", async () => {
    log.grow(1);
    const charters = (said: any[]): number[] => said.filter((each) => "charter" in each).map((each) => each.charter);
    assert.deepEqual(charters(await passes()), [1]);
    assert.deepEqual(charters(await passes()), []);
    const old = await get("/v1/charter");
    const oldCheckpoint = await get("/charter-log/checkpoint");
    await gateway.json(["charter", "new", "--next", "charter.note", "--expires", "2042-01-01", "--out", "charter-2.json"]);
    await gateway.sign("charter-2.json");
    await gateway.publish("charter-2.note");
    assert.deepEqual(charters(await passes()), [2]);

    log.lies.set("/charter-log/checkpoint", oldCheckpoint);
    await alarms(/shrank from 2 entries to 1/);
    log.lies.clear();
    log.lies.set("/v1/charter", old);
    await alarms(/serves charter 1 as the newest one, and the charters' log has 2/);
  });

  async function get(path: string): Promise<Buffer> {
    const { request } = await import("node:https");
    return new Promise((done, fail) => {
      const asked = request(new URL(path, gateway.url), { ca: readFileSync(gateway.file("ca.pem")) }, async (message) => {
        done(Buffer.concat(await message.toArray()));
      });
      asked.on("error", fail).end();
    });
  }
});

describe("the web app", () => {
  test("is compared, file by file and page by page", async () => {
    log.grow(1);
    const web = (await passes("--web", webApp)).find((each) => "web" in each);
    assert.ok(web.files > 20);
    assert.ok(web.pages >= 2);
    assert.match(web.notes.join("\n"), /The operator's title is/);
  });

  test("another file or page is an alarm", async () => {
    log.grow(1);
    const asset = readFileSync(`${webApp}/manifest.txt`, "utf8").split("\n").map((line) => line.split(" ")[1]!).find((path) => /^assets\/.*\.js$/.test(path))!;
    log.lies.set(`/${asset}`, "alert(1)");
    await alarms(new RegExp(`serves /${asset.replaceAll(".", "\\.")} otherwise`), "--web", webApp);
    log.lies.clear();
    log.lies.set("/en/?channel=conduct", readFileSync(`${webApp}/en/index.html`));
    await alarms(/serves \/en\/\?channel=conduct otherwise .* another page/, "--web", webApp);
    log.lies.clear();
    log.lies.set("/console/", readFileSync(`${webApp}/console/index.html`));
    await alarms(/serves \/console\/ otherwise/, "--web", webApp);
  });
});

test("a gateway that cannot be reached is code 5, and nothing is forgotten", async () => {
  log.grow(2);
  await passes();
  const kept = readFileSync(state, "utf8");
  const { status } = await gateway.cli(["log", "monitor", "--once", "--state", state], { gateway: "https://localhost:9" });
  assert.equal(status, exits.network);
  assert.equal(readFileSync(state, "utf8"), kept);
  assert.ok(!existsSync(`${state}.fork-1`));
});
