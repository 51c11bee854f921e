// kill -9 at random moments under load, with uploads in progress: what was answered 2xx is there and
// opens, the store is whole, and each start works unaided.
import assert from "node:assert/strict";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { CountingProxy } from "./countingProxy.ts";
import { binFolder, demoFolder, exits, run, TestGateway } from "./harness.ts";

const rounds = process.env.SAFECONDUCT_LONG === "1" ? 200 : 15;
const reporters = 3;
const answers = join(demoFolder, "answers.json");
const textBytes = 60 * 1024; // about what a report without attachment sends

interface Accepted {
  readonly id: string;
  readonly narrative: string;
  readonly file: Buffer | undefined;
}

let gateway: TestGateway;
let proxy: CountingProxy;

before(async () => {
  gateway = await TestGateway.start();
  proxy = await CountingProxy.start(gateway.port);
});
after(async () => {
  await proxy.stop();
  await gateway.dispose();
});

/** Reports until the gateway is gone; gives what it said yes to. */
async function reportUntilKilled(name: string, isKilled: () => boolean): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (let n = 0; !isKilled(); n += 1) {
    const narrative = `${name} ${n} ${randomBytes(8).toString("hex")}`;
    const file = n % 2 === 0 ? randomBytes(randomInt(1, 3 * 1024 * 1024)) : undefined;
    const args = ["report", "submit", "--channel", "conduct", "--text", "-", "--answers", answers, "--retry-seconds", "0"];
    if (file !== undefined) {
      const path = gateway.file(`${name}-${n}.bin`);
      writeFileSync(path, file);
      args.push("--attach", path);
    }
    const { status, stdout, stderr } = await gateway.cli([...args, "--json"], { input: narrative, gateway: proxy.url });
    if (status === exits.ok) {
      accepted.push({ id: (JSON.parse(stdout) as { report_id: string }).report_id, narrative, file });
    } else {
      assert.equal(status, exits.network, stderr);
      assert.ok(isKilled(), `refused while the gateway ran: ${stderr}`);
    }
  }
  return accepted;
}

async function isThereAndOpens(report: Accepted, number: number): Promise<void> {
  const folder = gateway.file(`opened-${number}`);
  const opened = await gateway.json(["case", "open", report.id, "--attachments", folder], { as: "intake" });
  assert.equal(opened.account.narrative, report.narrative);
  const saved = opened.attachments as { file: string }[];
  assert.equal(saved.length, report.file === undefined ? 0 : 1);
  if (report.file === undefined) return;
  const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
  assert.equal(digest(readFileSync(saved[0]!.file)), digest(report.file));
}

test(`${rounds} kills lose nothing that was accepted`, async () => {
  let opened = 0;
  for (let round = 0; round < rounds; round += 1) {
    let killed: Promise<void> | undefined;
    const isKilled = (): boolean => killed !== undefined;
    // The moment is one of the bytes that the next reports and uploads will send.
    const moment = randomInt(textBytes, 8 * 1024 * 1024);
    const atTheMoment = proxy.after(moment).then(() => (killed = gateway.kill()));
    const reports = await Promise.all(
      Array.from({ length: reporters }, (_, i) => reportUntilKilled(`reporter-${round}-${i}`, isKilled)),
    );
    await atTheMoment;
    await killed;
    await gateway.serve();
    for (const report of reports.flat()) await isThereAndOpens(report, (opened += 1));
  }
  assert.ok(opened > rounds, `only ${opened} reports were accepted in ${rounds} rounds`);

  const { cases } = await gateway.json<{ cases: unknown[] }>(["case", "list", "--all"], { as: "intake" });
  assert.ok(cases.length >= opened);
  assert.equal(await gateway.stop(), 0);
  const verified = await run(join(binFolder, "safeconduct-gateway"), ["verify", "--config", gateway.file("gateway.toml")], {
    env: gateway.environment(),
  });
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  await gateway.serve();
});
