// Large files from the page: an upload that is cut goes on where it was, in memory that does not grow with
// the file; and how fast the page seals.
import assert from "node:assert/strict";
import { createHash, randomFillSync } from "node:crypto";
import { closeSync, createReadStream, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";

import { launch, openTab } from "./browser.ts";
import { webApp } from "./harness.ts";
import { CuttingProxy } from "./proxies.ts";
import { browserBundle } from "./support/browserBundle.ts";
import { walk } from "./walk.ts";
import { WebPages } from "./webPages.ts";

const mebibyte = 1024 * 1024;
const fileBytes = 200 * mebibyte;
// What is held at one time: a block that waits to be acknowledged, and pieces.
const memoryBytes = 48 * mebibyte;
// What was in flight when the connection broke, and everything that is not the file.
const againBytes = 24 * mebibyte;

let pages: WebPages;
let browser: Browser;
before(async () => {
  pages = await WebPages.start();
  // Memory is measured when that is asked, after what is not used any more was collected.
  browser = await launch("--enable-blink-features=ForceEagerMeasureMemory");
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

/** A file that repeats nothing. */
function makeFile(path: string): string {
  const file = openSync(path, "w");
  const part = Buffer.alloc(mebibyte);
  for (let at = 0; at < fileBytes; at += part.length) writeSync(file, randomFillSync(part));
  closeSync(file);
  return path;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part);
  return hash.digest("hex");
}

// Chromium has renderers that do nothing besides the one of the page and its worker.
async function processorSeconds(): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

test("200 MiB over a connection that is cut twice: nothing starts over, memory stays flat, the file arrives", async (test) => {
  const { gateway } = pages;
  const path = makeFile(gateway.file("film.bin"));
  const proxy = await CuttingProxy.start(pages.port);
  const { page, context, requests } = await openTab(browser);
  test.after(async () => {
    await context.close();
    await proxy.stop();
  });
  context.setDefaultTimeout(400_000);
  await page.goto(`${proxy.url}/en/?channel=conduct`);
  proxy.cutsUp.push(60 * mebibyte, 131 * mebibyte);
  // Of the page and its worker, buffers with it.
  const memory = async (): Promise<number> => Number(await page.evaluate("performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)"));
  let before = 0;
  let later: Promise<number> | undefined;
  const look = async (what: string): Promise<void> => {
    if (what !== "review") return;
    before = await memory();
    later = page.locator("main progress:is([value^='0.7'], [value^='0.8'], [value^='0.9'])").waitFor().then(memory);
  };
  const { digits } = await walk(page, look, { files: [path] });
  const grown = (await later!) - before;
  test.diagnostic(`memory grew from ${Math.round(before / mebibyte)} by ${Math.round(grown / mebibyte)} MiB; ${Math.round(proxy.passedUp / mebibyte)} MiB were sent`);
  assert.equal(proxy.cutsMade, 2);
  assert.equal(requests.filter((url) => /\/assets\/digestWorker-/.test(url)).length, 1, "the digest was computed beside the sealing");
  assert.ok(proxy.passedUp < fileBytes + againBytes, `${proxy.passedUp} bytes`);
  assert.ok(grown < memoryBytes, `${grown} bytes`);

  const { report_id } = await gateway.json(["mailbox", "read", "--code-file", "-"], { input: `${digits}\n` });
  const opened = await gateway.json(["case", "open", report_id, "--attachments", gateway.file("films")], { as: "intake" });
  assert.equal(await digestOf(opened.attachments[0].file), await digestOf(path));
});

// By the clock, as a person waits, the digest is computed while the file is sealed; other work on the machine shows in
// that, so processor time, in which both count, stands beside it.
test("how fast a file is sealed, beside age-encryption alone", async (test) => {
  const tab = await openTab(browser);
  await tab.page.goto(`${pages.url}/en/?channel=conduct`);
  await tab.page.evaluate(`${await browserBundle("sealRate.ts", "sealRate")}; globalThis.sealRate = sealRate;`);
  const worker = readdirSync(join(webApp, "assets")).find((name) => /^digestWorker-.*\.js$/.test(name))!;
  await tab.page.evaluate(`{
    const policy = trustedTypes.createPolicy("safeconduct", { createScriptURL: (url) => url });
    globalThis.startWorker = () => new Worker(policy.createScriptURL("/assets/${worker}"), { type: "module" });
  }`);
  const best = { clock: { age: Infinity, page: Infinity }, processor: { age: Infinity, page: Infinity } };
  for (let round = 0; round < 3; ++round) {
    for (const how of ["age", "page"] as const) {
      const before = await processorSeconds();
      const seconds = (await tab.page.evaluate(`sealRate.sealOnce("${how}", ${fileBytes}, startWorker)`)) as number;
      best.clock[how] = Math.min(best.clock[how], seconds);
      best.processor[how] = Math.min(best.processor[how], (await processorSeconds()) - before);
    }
  }
  const rate = (seconds: number): number => Math.round(fileBytes / mebibyte / seconds);
  for (const [what, { age, page }] of Object.entries(best)) {
    test.diagnostic(`MiB a second by the ${what}: in the page ${rate(page)}, age-encryption alone ${rate(age)}; ratio ${(age / page).toFixed(2)}`);
  }
  await tab.context.close();
});
