// Two gateways: one whose charter demands a witness, and one that is the witness of its logs. What clients
// get while it cosigns, what happens while it is away, and what it knows that the first one forgot.
import assert from "node:assert/strict";
import { cpSync, renameSync, rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { cosignatureTime } from "../vectors/charterlog/charterlog.ts";
import { get } from "./calls.ts";
import { Witness, witnessName } from "./cosigning.ts";
import { exits, TestGateway } from "./harness.ts";
import { type Checkpoint, openCheckpoint } from "./logVerifier.ts";
import { Office } from "./office.ts";
import { poll } from "./support/poll.ts";

let witness: Witness;
let gateway: TestGateway;
let logKey: string;

/** Whether the newest checkpoint is cosigned, and what it is. */
async function newest(): Promise<{ checkpoint: Checkpoint; cosigned: boolean }> {
  const { status, body } = await get(gateway, "/log/checkpoint");
  assert.equal(status, 200);
  const note = body.toString("utf8");
  const end = note.indexOf("\n\n");
  const line = note.slice(end + 2).split("\n").find((each) => each.startsWith(`— ${witnessName} `));
  if (line !== undefined) cosignatureTime(`${line}\n`, note.slice(0, end + 1), witness.vkey);
  return { checkpoint: openCheckpoint(note, logKey), cosigned: line !== undefined };
}

const cosignedPast = (size: number): Promise<Checkpoint> =>
  poll(`a cosigned checkpoint of more than ${size} entries`, async () => {
    const { checkpoint, cosigned } = await newest();
    return cosigned && checkpoint.size > size ? checkpoint : undefined;
  });

describe("a witness of both logs", () => {
  before(async () => {
    witness = await Witness.start();
    gateway = await TestGateway.start(witness.options);
    logKey = await gateway.vkey("log", "log.test.localhost");
    await witness.watch(gateway);
    await gateway.publish("charter.note", ["texts-en.json"]);
  });
  after(async () => {
    await gateway?.dispose();
    await witness?.gateway.dispose();
  });

  test("clients that demand it get a charter and a log that it cosigned", async () => {
    const shown = await gateway.cli(["charter", "show"]);
    assert.equal(shown.status, exits.ok, shown.stderr);
    assert.match(shown.stdout, /at least 1 cosigned/);
    const first = await cosignedPast(0);
    const { report_id } = await new Office(gateway).submit();
    await poll("the receipt", async () => ((await get(gateway, `/v1/reports/${report_id}/receipt`)).status === 200 ? true : undefined));
    await cosignedPast(first.size);
  });

  test("a log that was set back together with its own memory is noticed by the witness", async () => {
    assert.equal(await gateway.stop(), 0);
    const kept = ["store", "store.high-water", "store.high-water-reports"];
    for (const name of kept) cpSync(gateway.file(name), gateway.file(`older-${name}`), { recursive: true });
    await gateway.serve();
    const { size } = await cosignedPast((await newest()).checkpoint.size);
    assert.equal(await gateway.stop(), 0);
    for (const name of kept) {
      renameSync(gateway.file(name), gateway.file(`newer-${name}`));
      renameSync(gateway.file(`older-${name}`), gateway.file(name));
    }

    await gateway.serve();
    await poll("the log's words on it", async () => (gateway.log.includes("log_stands") ? true : undefined));
    const { checkpoint } = await newest();
    assert.ok(checkpoint.size < size, "nothing was signed on top of what was set back");
    await new Office(gateway).submit(); // nobody is turned away for it
    assert.equal((await newest()).checkpoint.size, checkpoint.size);

    assert.equal(await gateway.stop(), 0);
    for (const name of kept) {
      rmSync(gateway.file(name), { recursive: true });
      renameSync(gateway.file(`newer-${name}`), gateway.file(name));
    }
    await gateway.serve();
    await cosignedPast(size);
  });

  test("while it is away nothing grows after a start, and goes on when it is back", async () => {
    const times = (): number => gateway.log.split("log_stands").length;
    const before = times();
    await witness.gateway.kill();
    await gateway.restart();
    await poll("the log's words on it", async () => (times() > before ? true : undefined));
    const { checkpoint, cosigned } = await newest();
    assert.ok(cosigned, "what it cosigned before is still there");
    assert.equal((await gateway.cli(["charter", "show"])).status, exits.ok);
    await witness.gateway.serve();
    await cosignedPast(checkpoint.size);
  });
});
