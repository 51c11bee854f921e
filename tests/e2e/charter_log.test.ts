// The charters' log: three charters, their proofs and tiles by a verifier that shares no code with the
// programs; gateways that lie about it; a store that was set back; a kill while a charter is published.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { cosignatureLine, entryOf, keyFromSeed, leafHash, openNote, proofText, rootOf, sha256, verifyProof, vkeyOf } from "../vectors/charterlog/charterlog.ts";
import { get, program } from "./calls.ts";
import { CountingProxy } from "./countingProxy.ts";
import { binFolder, exits, run, type Run, TestGateway } from "./harness.ts";
import { checkExtends, mirror, openCheckpoint } from "./logVerifier.ts";
import { modeOf, Office } from "./office.ts";
import { LyingGateway, proofOf } from "./proxies.ts";
import { openWeb, partyIn } from "./webClient.ts";

async function served(gateway: TestGateway): Promise<{ note: string; proof: string }> {
  return JSON.parse((await get(gateway, "/v1/charter")).body.toString("utf8"));
}

const textOf = (note: string): string => note.slice(0, note.lastIndexOf("\n\n") + 1);

/** The next charter, signed; gives the name of its note. */
async function nextCharter(gateway: TestGateway, version: number, from: string, name = `charter-${version}`): Promise<string> {
  const expires = `20${40 + version}-01-01`;
  await gateway.json(["charter", "new", "--next", from, "--expires", expires, "--out", `${name}.json`]);
  await gateway.sign(`${name}.json`);
  return `${name}.note`;
}

describe("three charters", () => {
  let gateway: TestGateway;
  const notes: string[] = [];
  const documents: { note: string; proof: string }[] = [];
  let vkey: string; // of the charters' log: the key of the report log, under the charter's origin

  before(async () => {
    gateway = await TestGateway.start({ publish: false });
    assert.equal((await get(gateway, "/charter-log/checkpoint")).status, 404, "there is no charter yet");
    vkey = await gateway.vkey("log", gateway.origin);
    await gateway.publish("charter.note", ["texts-en.json"]);
    documents.push(await served(gateway));
    for (const version of [2, 3]) {
      await gateway.publish(await nextCharter(gateway, version, version === 2 ? "charter.note" : "charter-2.note"));
      documents.push(await served(gateway));
    }
    notes.push(...["charter.note", "charter-2.note", "charter-3.note"].map((name) => readFileSync(gateway.file(name), "utf8")));
  });
  after(() => gateway?.dispose());

  const entries = (): Buffer[] => notes.map((note) => entryOf(textOf(note)));
  const leaves = (): Buffer[] => entries().map(leafHash);

  test("each came with a proof that it was the newest", () => {
    for (const [i, { note, proof }] of documents.entries()) {
      assert.equal(note, notes[i]);
      const proven = verifyProof(proof, entryOf(textOf(note)), vkey);
      assert.deepEqual(proven, {
        origin: gateway.origin,
        size: i + 1,
        index: i,
        root: rootOf(leaves().slice(0, i + 1)).toString("base64"),
      });
      for (const other of entries().filter((_, at) => at !== i)) assert.throws(() => verifyProof(proof, other, vkey));
    }
  });

  test("the checkpoint is that of the last proof", async () => {
    const { status, type, body } = await get(gateway, "/charter-log/checkpoint");
    assert.deepEqual([status, type], [200, "text/plain; charset=utf-8"]);
    const note = body.toString("utf8");
    assert.ok(documents[2]!.proof.endsWith(`\n\n${note}`));
    const { text, signed } = openNote(note, vkey);
    assert.ok(signed);
    assert.equal(text, `${gateway.origin}\n3\n${rootOf(leaves()).toString("base64")}\n`);
  });

  test("a mirror of the log has the charters, and each proof's checkpoint is a beginning of it", async () => {
    const ask = async (path: string) => {
      const { status, body } = await get(gateway, path);
      return status === 200 ? body : undefined;
    };
    const whole = await mirror(ask, "/charter-log", vkey);
    assert.deepEqual(whole.entries, entries());
    for (const { proof } of documents) checkExtends(whole, openCheckpoint(proof.slice(proof.indexOf("\n\n") + 2), vkey));
    const [first] = documents;
    const size = openCheckpoint(first!.proof.slice(first!.proof.indexOf("\n\n") + 2), vkey);
    assert.throws(() => checkExtends(whole, { ...size, root: rootOf(leaves().slice(1, 2)) }));
  });

  test("tiles and entries are those of the specification, byte by byte", async () => {
    const bundle = (count: number): Buffer =>
      Buffer.concat(entries().slice(0, count).map((entry) => Buffer.concat([Buffer.of(entry.length >> 8, entry.length & 255), entry])));
    for (const width of [1, 2, 3]) {
      const hashes = await get(gateway, `/charter-log/tile/0/000.p/${width}`);
      assert.deepEqual([hashes.status, hashes.type], [200, "application/octet-stream"]);
      assert.deepEqual(hashes.body, Buffer.concat(leaves().slice(0, width)));
      const some = await get(gateway, `/charter-log/tile/entries/000.p/${width}`);
      assert.deepEqual([some.status, some.type], [200, "application/octet-stream"]);
      assert.deepEqual(some.body, bundle(width));
    }
    for (const name of ["0/000", "0/000.p/4", "0/001.p/1", "1/000.p/1", "entries/000", "entries/000.p/4", "0/0", "64/000", "x"]) {
      assert.equal((await get(gateway, `/charter-log/tile/${name}`)).status, 404, name);
    }
  });

  test("the command line and the web library take it, and the high-water file has it", async () => {
    const shown = await gateway.json(["charter", "show"]);
    assert.deepEqual([shown.version, shown.log_root, shown.witnesses], [3, rootOf(leaves()).toString("base64"), 0]);
    assert.equal((await openWeb(gateway)).charter.version, 3n);
    const kept = readFileSync(gateway.file("store.high-water"), "utf8");
    assert.equal(kept, (await get(gateway, "/charter-log/checkpoint")).body.toString("utf8"));
    assert.equal(modeOf(gateway.file("store.high-water")), "600");
  });

  test("a restart signs the same bytes", async () => {
    await gateway.restart();
    assert.deepEqual(await served(gateway), documents[2]);
    assert.equal(documents[2]!.proof.slice(documents[2]!.proof.indexOf("\n\n") + 2), readFileSync(gateway.file("store.high-water"), "utf8"));
  });

  describe("a gateway that lies about them", () => {
    let lying: LyingGateway;
    let office: Office;
    before(async () => {
      lying = await LyingGateway.start(gateway);
      office = new Office(gateway);
    });
    after(() => lying?.stop());

    /** Every command that takes a charter from a gateway refuses, and asks for nothing more. */
    async function refused(document: { note: string; proof: string }, why: RegExp, env: Record<string, string> = {}): Promise<void> {
      lying.note = document.note;
      lying.proof = document.proof;
      lying.requests.length = 0;
      const holder = { as: "intake", gateway: lying.url, env };
      const commands: [string[], object][] = [
        [[...office.report("x"), "--attach", gateway.file("report.txt")], { gateway: lying.url, env }],
        [["mailbox", "read"], { gateway: lying.url, env, input: "abandon ".repeat(11) + "about" }],
        [["case", "list"], holder],
        [["charter", "show"], { gateway: lying.url, env }],
      ];
      for (const [args, options] of commands) {
        const error = await gateway.fails(args, exits.unverified, options);
        assert.match(error.message, why, args.join(" "));
      }
      assert.deepEqual(lying.requests, [], "something was sent all the same");
    }

    test("control: the true document passes", async () => {
      lying.note = documents[2]!.note;
      lying.proof = documents[2]!.proof;
      assert.equal((await gateway.json(["charter", "show"], { gateway: lying.url })).version, 3);
    });

    test("takes the proof away", () => refused({ ...documents[2]!, proof: "" }, /no proof that the charter is the newest/));

    test("shows the proof of another charter", async () => {
      await refused({ ...documents[2]!, proof: documents[1]!.proof }, /inclusion proof does not hold/);
    });

    test("shows an old charter in the newest tree", async () => {
      // The log's own key signed this one too: only the size tells.
      const checkpoint = documents[2]!.proof.slice(documents[2]!.proof.indexOf("\n\n") + 2);
      const { text } = openNote(checkpoint, vkey);
      const proof = proofText(1, leaves(), text, checkpoint.slice(text.length + 1));
      await refused({ note: notes[1]!, proof }, /not the newest one of its log/);
    });

    test("forges a checkpoint", async () => {
      const { proof, note } = documents[2]!;
      await refused({ note, proof: proof.replace(`${gateway.origin}\n3\n`, `${gateway.origin}\n4\n`) }, /signature|does not verify/);
      const stranger = proofOf(note, await partyIn(gateway, "intake"));
      await refused({ note, proof: stranger }, /did not sign/);
    });

    test("shows an old charter with its old proof, to somebody who saw a newer one", async () => {
      const env = { HOME: gateway.file("seen-home") };
      mkdirSync(env.HOME);
      await gateway.json(["case", "list"], { as: "intake", env });
      await refused(documents[1]!, /version 2 .* version 3 has been seen/, env);
    });

    test("shows another charter of a version that was seen, signed by roots and log alike", async () => {
      const env = { HOME: gateway.file("fork-home") };
      mkdirSync(env.HOME);
      await gateway.json(["case", "list"], { as: "intake", env });
      const fork = await nextCharter(gateway, 9, "charter-2.note", "fork");
      const note = readFileSync(gateway.file(fork), "utf8");
      await refused({ note, proof: proofOf(note, await partyIn(gateway, "log")) }, /another version 3 of the charter than the one that has been seen/, env);
    });

    test("a charter in a file needs no proof", async () => {
      const { verified } = await gateway.json(["charter", "verify", "charter-3.note"]);
      assert.equal(verified, true);
    });
  });

  describe("with witnesses in the trust file", () => {
    const now = Math.floor(Date.now() / 1000);
    const names = ["w0.test.localhost", "w1.test.localhost"];
    const keys = names.map((name) => keyFromSeed(sha256(Buffer.from(name))));
    let lying: LyingGateway;
    let globals: string[];
    before(async () => {
      lying = await LyingGateway.start(gateway);
      const lines = names.map((name, i) => `witness w${i} ${vkeyOf(name, keys[i]!, 4)}\n`).join("");
      const trust = readFileSync(gateway.file("trust.txt"), "utf8").replace(/^quorum .*\n/m, `${lines}group both all w0 w1\nquorum both\n`);
      writeFileSync(gateway.file("watched.txt"), trust);
      globals = ["--trust", gateway.file("watched.txt"), "--ca", gateway.file("ca.pem")];
    });
    after(() => lying?.stop());

    const show = (url: string): Promise<Run> =>
      run(join(binFolder, "safeconduct"), [...globals, "--gateway", url, "charter", "show"], { env: gateway.environment() });
    /** The true document, cosigned at these times. */
    async function cosigned(times: readonly number[]): Promise<Run> {
      const { note, proof } = documents[2]!;
      const text = openNote(proof.slice(proof.indexOf("\n\n") + 2), vkey).text;
      lying.note = note;
      lying.proof = proof + times.map((time, i) => cosignatureLine(text, names[i]!, keys[i]!, time)).join("");
      return show(lying.url);
    }

    test("too few cosignatures are refused, and enough that are fresh are taken", async () => {
      const alone = await show(gateway.url);
      assert.equal(alone.status, exits.unverified);
      assert.match(alone.stderr, /too few witnesses/);
      assert.match((await cosigned([now])).stderr, /too few witnesses/);
      const good = await cosigned([now, now - 6 * 86_400]);
      assert.equal(good.status, exits.ok, good.stderr);
      assert.match(good.stdout, /at least 2 cosigned/);
      const stale = await cosigned([now, now - 8 * 86_400]);
      assert.equal(stale.status, exits.unverified);
      assert.match(stale.stderr, /too long ago/);
    });
  });
});

describe("a store that is set back", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await TestGateway.start();
  });
  after(() => gateway?.dispose());

  test("is refused, and the newer one goes on", async () => {
    const [backup, newest] = [gateway.file("backup"), gateway.file("newest")];
    assert.equal((await program(gateway, "backup", "--to", backup)).status, 0);
    await gateway.publish(await nextCharter(gateway, 2, "charter.note"));
    assert.equal(await gateway.stop(), 0);
    renameSync(gateway.file("store"), newest);
    const restored = await program(gateway, "restore", "--from", backup);
    assert.equal(restored.status, 0, restored.stderr);
    const refused = await program(gateway, "serve");
    assert.equal(refused.status, 4);
    assert.match(refused.stderr, /the store has 1 entries, and 2 were published/);
    assert.ok(refused.stderr.includes(gateway.file("store.high-water")), refused.stderr);

    rmSync(gateway.file("store"), { recursive: true });
    renameSync(newest, gateway.file("store"));
    await gateway.serve();
    assert.equal((await gateway.json(["charter", "show"])).version, 2);
  });

  test("a mark that is damaged is refused too; one that is gone is made anew", async () => {
    assert.equal(await gateway.stop(), 0);
    const mark = gateway.file("store.high-water");
    copyFileSync(mark, `${mark}.good`);
    writeFileSync(mark, "");
    assert.equal((await program(gateway, "serve")).status, 4);
    rmSync(mark);
    await gateway.serve();
    assert.equal(readFileSync(mark, "utf8"), readFileSync(`${mark}.good`, "utf8"));
  });
});

test("killed while charters are published, it starts unaided and goes on with the next one", async () => {
  const gateway = await TestGateway.start();
  const proxy = await CountingProxy.start(gateway.port);
  try {
    let newest = "charter.note";
    // The moment is one of the bytes of the request, whose charter is not the last of them; or after it.
    const bytes = readFileSync(gateway.file(newest)).length;
    for (const moment of [1, 1500, bytes / 2, bytes, bytes + 1000, Infinity]) {
      const { version } = await gateway.json(["charter", "verify", newest]);
      const next = await nextCharter(gateway, version + 1, newest);
      const reached = proxy.after(moment);
      const publishing = gateway.cli(["charter", "publish", next, "--retry-seconds", "0"], { gateway: proxy.url });
      await Promise.race([publishing, reached]);
      await gateway.kill();
      const { status } = await publishing;
      await gateway.serve();
      const shown = await gateway.json(["charter", "show"]);
      assert.ok(shown.version === version + 1 || (status !== exits.ok && shown.version === version), `${shown.version} after ${version}`);
      assert.ok(existsSync(gateway.file("store.high-water")));
      await gateway.publish(next); // there already, or now
      assert.equal((await gateway.json(["charter", "show"])).version, version + 1);
      newest = next;
    }
  } finally {
    await proxy.stop();
    await gateway.dispose();
  }
});
