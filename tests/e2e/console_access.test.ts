// The console for everybody: axe-core on each view, light, dark and narrow; by keyboard alone from the key to an
// answer; nothing wider than 320 pixels; what it loads; ten thousand cases.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { brotliCompressSync } from "node:zlib";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { CaseListSchema } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { CaseStatus } from "../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { altering } from "./alterings.ts";
import { accessible, desk, launch, openTab } from "./browser.ts";
import { act, confirm, noComplaint, openCase, said, work } from "./consoleDesk.ts";
import { webApp } from "./harness.ts";
import { answers, narrative, Office, type Receipt } from "./office.ts";
import { WebPages } from "./webPages.ts";

const kibibyte = 1024;
const firstLoadLimit = 200 * kibibyte;
const maxBytes = 64 * 1024 * 1024;
const everyLook = process.env["SAFECONDUCT_CI"] === "1";

let pages: WebPages;
let office: Office;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
let receipt: Receipt;
before(async () => {
  pages = await WebPages.start({ policy: "quorum" });
  place = { url: pages.url, gateway: pages.gateway };
  office = new Office(pages.gateway);
  receipt = await pages.gateway.json([
    ...office.report(narrative, { ...answers, triage: { ...answers.triage, "danger-now": true } }),
    ...["--attach", office.write("long-name-of-a-file-that-somebody-sent-from-a-telephone-in-the-field.txt", "words")],
  ]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const isNarrow = async (page: Page, what: string): Promise<void> => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.locator("main").waitFor();
  const wide = (await page.evaluate("document.documentElement.scrollWidth")) as number;
  assert.ok(wide <= 320, `${what}: ${wide} pixels`);
  await page.setViewportSize(desk);
};

async function look(page: Page, what: string): Promise<void> {
  await accessible(page, what);
  await isNarrow(page, what);
  if (!everyLook) return;
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page, `${what}, dark`);
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  await accessible(page, `${what}, forced colours`);
  await page.emulateMedia({ forcedColors: "none" });
}

test("axe-core has nothing to say of any view, and none is wider than 320 pixels", async () => {
  const outside = await openTab(browser, { viewport: desk });
  await outside.page.goto(`${pages.url}/console/`);
  await outside.page.locator("#key-file").waitFor({ state: "attached" });
  await look(outside.page, "locked");
  await outside.context.close();
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await page.locator(".headline", { hasText: "Fraud" }).waitFor();
  await look(page, "inbox");
  await openCase(page, receipt.report_id);
  await look(page, "case");
  await act(page, "request-account");
  await look(page, "question");
  await page.locator("dialog [name=reason]").fill("To help.");
  await confirm(page);
  await said(page, /asked/);
  await look(page, "case, asked");
  await page.locator("[data-action=figures]").click();
  await page.locator(".chart svg").first().waitFor();
  await look(page, "figures");
  const trustee = await work(browser, place, "trustee-1");
  await trustee.page.locator("[data-action=approve]").waitFor();
  await look(trustee.page, "trustee");
  for (const each of [tab, trustee]) {
    noComplaint(each);
    await each.context.close();
  }
});

// Presses Tab until the focus is there.
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; ++i) {
    if (await page.locator(`${selector}:focus`).count()) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard does not reach ${selector}`);
}

test("by keyboard alone: from the key to an answer", async () => {
  const tab = await openTab(browser, { viewport: desk });
  const { page } = tab;
  await page.goto(`${pages.url}/console/`);
  await page.locator("#key-file").waitFor({ state: "attached" });
  await tabTo(page, "#key-file");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
  await chooser.setFiles(pages.gateway.key("intake"));
  await page.locator("[data-action=unlock]:focus").waitFor(); // where it leads by itself
  await page.keyboard.press("Enter");
  await page.locator(`[data-case="${receipt.report_id}"]`).waitFor();
  await tabTo(page, ".row");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await page.locator(`[data-view="${receipt.report_id}"]`).waitFor();
  assert.equal(await page.evaluate("document.activeElement?.tagName"), "H1");
  await tabTo(page, "textarea[name=reply]");
  await page.keyboard.type("We are on the way.");
  await tabTo(page, "[data-action=send-reply]");
  await page.keyboard.press("Enter");
  await said(page, /accepted/);
  await tabTo(page, "[data-action=status]");
  await page.keyboard.press("Enter");
  await page.locator("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  const { entries } = await pages.gateway.json(["mailbox", "read", "--code-file", office.codeFile(receipt)]);
  assert.ok(entries.some(({ text }: { text?: string }) => text === "We are on the way."));
  noComplaint(tab);
  await tab.context.close();
});

test("what is loaded before the inbox is there fits 200 KiB", async (context) => {
  const from = pages.seen.length;
  const tab = await work(browser, place, "intake");
  const travelled = (path: string, bytes: number): number =>
    path === "/console/" ? brotliCompressSync(readFileSync(join(webApp, "console/index.html"))).length : bytes;
  const loaded = pages.seen.slice(from).filter(({ path }) => !path.startsWith("/v1/") && !path.startsWith("/charter-log/"));
  const all = loaded.reduce((sum, { path, bytes }) => sum + travelled(path, bytes), 0);
  context.diagnostic(`first load ${all} bytes`);
  assert.ok(loaded.length >= 4 && all <= firstLoadLimit, `${all} bytes`);
  const built = readdirSync(join(webApp, "assets")).filter((name) => /^console-(?!pdf).*\.br$/.test(name)).reduce((sum, name) => sum + statSync(join(webApp, "assets", name)).size, 0);
  assert.ok(built <= firstLoadLimit, `${built} bytes with every language, without the PDF viewer`);
  await tab.context.close();
});

// What each chart shows: how long its bars are, of the longest one, and what the table beside it says of them.
interface Drawn {
  readonly name: string;
  readonly bars: readonly number[];
  readonly late: number;
  readonly numbers: readonly number[];
}
const drawnCharts = `[...document.querySelectorAll("[data-figure]")].map((figure) => ({
  name: figure.dataset.figure,
  bars: [...figure.querySelectorAll(".bar")].map((bar) => bar.getBoundingClientRect()[figure.querySelector(".chart.rows") === null ? "height" : "width"]),
  late: figure.querySelectorAll(".late").length,
  numbers: [...figure.querySelectorAll("td")].map((cell) => Number(cell.textContent)),
}))`;

test("charts show what the tables beside them say, light and dark, wide and narrow", async () => {
  const daySeconds = 86_400n;
  const count = 90;
  const isEvery = (i: number, nth: number): boolean => i % nth === 0;
  pages.instead = altering(pages, /^\/v1\/cases$/, (body) => {
    const list = parseTolerant(CaseListSchema, body, maxBytes);
    const [one] = list.cases;
    list.cases = Array.from({ length: count }, (_, i) => {
      const receivedDay = one!.receivedDay - daySeconds * BigInt(i * 6);
      return {
        ...one!,
        reportId: i.toString(16).padStart(32, "0"),
        receivedDay,
        status: isEvery(i, 3) ? CaseStatus.CLOSED : isEvery(i, 2) ? CaseStatus.RECEIVED : CaseStatus.ACKNOWLEDGED,
        acknowledgedDay: isEvery(i, 2) ? 0n : receivedDay + daySeconds * BigInt(i % 17),
        closedDay: isEvery(i, 3) ? receivedDay + daySeconds * BigInt(i * 3) : 0n,
      };
    });
    list.triages = [];
    list.next = "";
    return serialize(CaseListSchema, list);
  });
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await page.locator("[data-action=figures]").click();
  const agree = async (what: string): Promise<void> => {
    await page.locator("[data-figure=close] .bar").first().waitFor({ state: "attached" });
    const all = (await page.evaluate(drawnCharts)) as Drawn[];
    assert.deepEqual(all.map(({ name }) => name), ["months", "kinds", "statuses", "overdue", "acknowledge", "close"], what);
    for (const { name, bars, numbers } of all) {
      assert.equal(bars.length, numbers.length, `${what}, ${name}`);
      const [longest, most] = [Math.max(...bars), Math.max(...numbers)];
      assert.ok(most > 0 && longest > 50, `${what}, ${name}: nothing is seen`);
      for (const [index, bar] of bars.entries()) {
        assert.ok(Math.abs(bar / longest - numbers[index]! / most) < 0.02, `${what}, ${name}: ${JSON.stringify({ bars, numbers })}`);
      }
    }
    assert.ok(all[0]!.bars.length > 12, "more than a year");
    assert.equal(all[0]!.numbers.reduce((sum, each) => sum + each, 0), count);
    assert.deepEqual(all.map(({ late }) => late), [0, 0, 0, 0, 2, 2], what);
  };
  await agree("wide");
  await accessible(page, "figures");
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page, "figures, dark");
  const wide = await page.locator("[data-figure=close] svg").getAttribute("width");
  await page.setViewportSize({ width: 320, height: 640 });
  await page.locator(`[data-figure=close] svg:not([width="${wide}"])`).waitFor(); // all are drawn anew at once
  await agree("narrow");
  assert.ok(((await page.evaluate("document.documentElement.scrollWidth")) as number) <= 320);
  pages.instead = () => false;
  noComplaint(tab);
  await tab.context.close();
});

// As a wheel does at the top, in the middle and at the end: long tasks meanwhile, and how many rows there were at once.
const scrollThrough = `(async () => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ["longtask"] });
  const frame = () => new Promise(requestAnimationFrame);
  const end = document.documentElement.scrollHeight;
  let most = 0;
  for (const start of [0, end / 2, end - 9000]) {
    scrollTo(0, start);
    await frame();
    await frame();
    for (let i = 0; i < 60; ++i) {
      scrollBy(0, 150);
      await frame();
      most = Math.max(most, document.querySelectorAll(".row").length);
    }
  }
  await frame();
  tasks.push(...observer.takeRecords().map(({ duration }) => duration));
  observer.disconnect();
  return { tasks, most, last: document.querySelector(".rows li:last-child")?.getAttribute("aria-posinset") };
})()`;

test("ten thousand cases scroll without long tasks", async (context) => {
  const count = 10_000;
  // The one case that there is, ten thousand times under other numbers: rows are not verified, cases are.
  pages.instead = altering(pages, /^\/v1\/cases$/, (body) => {
    const list = parseTolerant(CaseListSchema, body, maxBytes);
    const [one] = list.cases;
    list.cases = Array.from({ length: count }, (_, i) => ({ ...one!, reportId: i.toString(16).padStart(32, "0"), receivedDay: one!.receivedDay - BigInt(86_400 * (i % 300)) }));
    list.triages = [];
    list.next = "";
    return serialize(CaseListSchema, list);
  });
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await page.locator("[data-filter=all]", { hasText: String(count) }).click();
  await page.locator(".row").first().waitFor();
  const result = (await page.evaluate(scrollThrough)) as { tasks: number[]; most: number; last: string };
  pages.instead = () => false;
  context.diagnostic(`tasks over 50 ms: ${JSON.stringify(result.tasks.map(Math.round))}; at most ${result.most} rows at once`);
  assert.ok(result.most < 60, `${result.most} rows`);
  assert.equal(result.last, String(count));
  // The machine that runs the tests may be busy with others': a list that draws all of its rows takes seconds.
  assert.ok(result.tasks.every((duration) => duration < 250), JSON.stringify(result.tasks));
  await page.locator(".row").last().focus();
  await page.keyboard.press("Home");
  await page.locator('li[aria-posinset="1"] .row:focus').waitFor();
  noComplaint(tab);
  await tab.context.close();
});
