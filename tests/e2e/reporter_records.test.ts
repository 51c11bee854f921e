// What TLS shows of a report to who watches the network: reports of different lengths, and decoys, sent by a real
// browser to the real gateway, have records of the same lengths in both directions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { drawing, fill, launch, openTab, press, receiptOf } from "./browser.ts";
import { freePorts, TestGateway } from "./harness.ts";
import { poll } from "./support/poll.ts";
import { type Records, RecordTap } from "./support/recordTap.ts";

let gateway: TestGateway;
let browser: Browser;
let tap: RecordTap;
let url = "";

before(async () => {
  const [port] = await freePorts(1);
  url = `https://localhost:${port}`;
  gateway = await TestGateway.start({ web: true, policy: "quorum", origins: [url] });
  tap = await RecordTap.start(port!, () => gateway.port);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await tap?.stop();
  await gateway?.dispose();
});

const sum = (lengths: readonly number[]): number => lengths.reduce((all, length) => all + length, 0);
// How a body is cut into records is the browser's business of the moment; what all of them hold is not.
const seen = ({ sent, received }: Records): { sent: number; received: number } => ({ sent: sum(sent), received: sum(received) });

async function report(narrative: string): Promise<Records> {
  const { page, context } = await openTab(browser);
  await page.goto(`${url}/en/?channel=conduct`);
  await press(page, "next");
  await fill(page, { "danger-now": ["no"] });
  await press(page, "next");
  await fill(page, { kind: ["fraud"] });
  await press(page, "next");
  await fill(page, { narrative });
  for (let screen = 0; screen < 7; ++screen) await press(page, "next");
  tap.take();
  await press(page, "send");
  await receiptOf(page);
  const records = tap.take();
  await context.close();
  return records;
}

/** `expected`: what a report receives, the last of which comes after its answer. */
async function decoy(expected: number): Promise<Records> {
  const { page, context } = await openTab(browser);
  await page.clock.install();
  await page.addInitScript(drawing(2 ** 31));
  const texts = waitForAnswer(page, /\/v1\/texts\//);
  await page.goto(`${url}/en/?channel=conduct`, { waitUntil: "networkidle" });
  await page.clock.runFor("00:23");
  await texts;
  const answered = waitForAnswer(page, /\/v1\/reports$/);
  tap.take();
  await poll("the decoy", async () => {
    await page.clock.runFor("00:20");
    return tap.sentBytes > 20_000 ? true : undefined;
  });
  assert.equal(await answered, 201);
  await poll("all that a report gets", () => Promise.resolve(tap.receivedBytes >= expected ? true : undefined));
  const records = tap.take();
  await context.close();
  return records;
}

async function waitForAnswer(page: Page, path: RegExp): Promise<number> {
  // A decoy takes its time, and more where much else goes on.
  const response = await page.context().waitForEvent("response", { predicate: (each) => path.test(each.url()), timeout: 120_000 });
  return response.status();
}

test("a short report, a long one and a decoy look the same", async () => {
  const short = seen(await report("At the gate."));
  const long = seen(await report("It happened at the gate, in the evening. ".repeat(200)));
  const cover = seen(await decoy(short.received));
  assert.ok(short.sent > 20_000, "the report was seen");
  assert.deepEqual(long, short);
  assert.deepEqual(cover, short);
});
