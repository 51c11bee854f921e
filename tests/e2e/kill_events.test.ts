// kill -9 at random moments while holders work: each event of a case, of every kind, is there whole or not
// at all, and what was promised is there.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { CountingProxy } from "./countingProxy.ts";
import { binFolder, demoFolder, exits, freePorts, run, TestGateway } from "./harness.ts";

const rounds = process.env.SAFECONDUCT_LONG === "1" ? 100 : 8;
const workers = 2;
const answers = join(demoFolder, "answers.json");

let gateway: TestGateway;
let proxy: CountingProxy;

before(async () => {
  const [port] = await freePorts(1);
  gateway = await TestGateway.start({ policy: "quorum", origins: [`https://localhost:${port}`] });
  proxy = await CountingProxy.start(gateway.port, port);
});
after(async () => {
  await proxy.stop();
  await gateway.dispose();
});

interface Progress {
  readonly events: number; // promised so far
  readonly erased: boolean;
}

type Step = readonly [as: string, ...args: string[]];

/** What holders do with a case, one after another, to its end: every kind of event. */
function stepsOf(id: string): Step[] {
  const text = gateway.file("text.txt");
  writeFileSync(text, "why, and what for");
  const release = ["--compartment", "account", "--reason", text];
  return [
    ["intake", "assign", id, "--to", "investigator"],
    ["intake", "link", id, "--with", id.replace(/./g, "0")], // refused: nothing comes of it
    ["intake", "exclude", id, "--holder", "investigator-2"],
    ["intake", "reply", id, "--text", text],
    ["investigator", "request", id, ...release],
    ["trustee-1", "approve", id],
    ["trustee-2", "refuse", id, "--reason", text],
    ["trustee-3", "approve", id],
    ["investigator", "open", id], // adds the grant
    ["investigator", "note", id, "--text", text],
    ["investigator", "custody", id, "--item", "telephone", "--from", "guard", "--to", "office"],
    ["intake", "measures", id, "--sanction", "none"],
    ["trustee-3", "handover", id, "--to", "trustee-2"],
    ["trustee-1", "revoke", id, "--from", "investigator"],
    ["auditor", "hold", id],
    ["auditor", "hold", id, "--end"],
    ["intake", "dismiss", id],
    ["auditor", "erase", id, "--yes"],
  ];
}

/** Works on cases until the gateway is gone; gives for each how many events were promised, and whether it is erased. */
async function workUntilKilled(isKilled: () => boolean): Promise<Map<string, Progress>> {
  const done = new Map<string, Progress>();
  while (!isKilled()) {
    const submitted = await gateway.cli(["report", "submit", "--channel", "conduct", "--text", "-", "--answers", answers, "--retry-seconds", "0", "--json"], { input: "x", gateway: proxy.url });
    if (submitted.status !== exits.ok) break;
    const { report_id: id } = JSON.parse(submitted.stdout) as { report_id: string };
    done.set(id, { events: 0, erased: false });
    for (const [as, ...args] of stepsOf(id)) {
      const { status, stdout, stderr } = await gateway.cli(["case", ...args, "--retry-seconds", "0", "--json"], { as, gateway: proxy.url });
      if (status === exits.network) return done;
      assert.ok(status === exits.ok || args[0] === "link", `${args.join(" ")}: ${stderr}`);
      if (status !== exits.ok) continue;
      const { sequence } = JSON.parse(stdout) as { sequence?: number };
      if (sequence !== undefined) done.set(id, { events: sequence, erased: args[0] === "erase" });
    }
  }
  return done;
}

/** The chain verifies, as the program does before it shows a case, and has what was promised. */
async function hasItsEvents(id: string, promised: Progress): Promise<void> {
  const shown = await gateway.json(["case", "show", id], { as: "auditor" });
  assert.ok(shown.events >= promised.events, `${shown.events} of ${promised.events} events of ${id}`);
  assert.ok(shown.erased || !promised.erased);
  if (shown.erased) return assert.deepEqual(shown.chain.map((each: any) => each.kind), ["erasure"]);
  assert.equal(shown.chain.length, shown.events);
}

test(`${rounds} kills leave whole events only`, async () => {
  const cases = new Map<string, Progress>();
  for (let round = 0; round < rounds; round += 1) {
    let killed: Promise<void> | undefined;
    // The moment is one of the bytes that the next events will send.
    const atTheMoment = proxy.after(randomInt(60_000, 500_000)).then(() => (killed = gateway.kill()));
    const worked = await Promise.all(Array.from({ length: workers }, () => workUntilKilled(() => killed !== undefined)));
    await atTheMoment;
    await killed;
    await gateway.serve();
    for (const [id, progress] of worked.flatMap((each) => [...each])) {
      cases.set(id, progress);
      await hasItsEvents(id, progress);
    }
  }
  assert.ok([...cases.values()].reduce((sum, { events }) => sum + events, 0) > rounds, "too few events were accepted");
  for (const [id, progress] of cases) await hasItsEvents(id, progress);
  assert.equal(await gateway.stop(), 0);
  const verified = await run(join(binFolder, "safeconduct-gateway"), ["verify", "--config", gateway.file("gateway.toml")], {
    env: gateway.environment(),
  });
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  await gateway.serve();
});
