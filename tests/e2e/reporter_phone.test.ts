// A cheap phone, or a desk at 400 %: a narrow screen, large letters, a clock that is wrong, a slow network.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { launch, openTab, phone, press } from "./browser.ts";
import { visit, walk } from "./walk.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let browser: Browser;

before(async () => {
  pages = await WebPages.start({ policy: "quorum", languages: ["ar", "fr"] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const start = async (page: Page, language = "en"): Promise<void> => void (await page.goto(`${pages.url}/${language}/?channel=conduct`));
const long = `${"wordwithoutanend".repeat(20)} and an end.`;

// WCAG 1.4.10: at 320 CSS pixels, which is 1280 at 400 %, nothing has to be scrolled sideways, nor is cut off.
const sticksOut = `[...document.querySelectorAll("body *")].filter((each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width > 1 && !each.matches(".away") && (left < -0.5 || right > document.documentElement.clientWidth + 0.5);
}).map((each) => each.outerHTML.slice(0, 80)).concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])`;

describe("at 320 pixels nothing sticks out", () => {
  // Twice the letters: WCAG 1.4.4, where a browser enlarges text alone.
  for (const [language, letters] of [["en", ""], ["ru", ""], ["ar", ""], ["fr", "200%"]] as const) {
    test(`${language}${letters && `, letters of ${letters}`}`, async () => {
      const { page, context } = await openTab(browser, { viewport: { width: 320, height: 256 } });
      const look = async (what: string): Promise<void> => {
        if (letters !== "") await page.evaluate(`document.documentElement.style.fontSize = "${letters}"`);
        assert.deepEqual(await page.evaluate(sticksOut), [], what);
      };
      await page.goto(`${pages.url}/${language}/plain?channel=conduct`);
      await look("plain");
      await start(page, language);
      const { words } = await walk(page, look, { narrative: long });
      await start(page, language);
      await visit(page, words, look);
      for (const each of await page.locator("main summary").all()) await each.click();
      await look("mailbox");
      await context.close();
    });
  }
});

test("where motion is unwanted nothing moves", async () => {
  const { page, context } = await openTab(browser, { reducedMotion: "reduce" });
  await start(page);
  await walk(page, async (what) => {
    const moving = "document.getAnimations().length + [...document.querySelectorAll('*')].filter((each) => getComputedStyle(each).scrollBehavior === 'smooth').length";
    assert.equal(await page.evaluate(moving), 0, what);
  });
  await context.close();
});

describe("a clock that is wrong", () => {
  const dayMilliseconds = 86_400_000;
  for (const days of [-9000, -3, 3, 9000]) {
    test(`by ${days} days: a report, and the way back`, async () => {
      const { page, context, complaints } = await openTab(browser);
      const shift = days * dayMilliseconds;
      await page.clock.install({ time: Date.now() + shift });
      let workers = 0;
      // The worker has a clock of its own, and signs requests.
      await page.route(/\/assets\/worker-/, async (route) => {
        ++workers;
        const response = await route.fetch();
        await route.fulfill({ response, body: `{ const now = Date.now; Date.now = () => now() + ${shift}; }\n${await response.text()}` });
      });
      await start(page);
      const { digits } = await walk(page);
      const year = new Date().getFullYear();
      assert.match((await page.locator("main").textContent())!, new RegExp(`${year}|${year + 1}`), "dates are by the gateway's clock");
      await start(page);
      await visit(page, digits);
      assert.equal(workers, 2);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
});

test("50 kB a second, 400 ms away, a processor of a quarter: how long until one can begin", async (context) => {
  const tab = await openTab(browser, { viewport: phone });
  const { page } = tab;
  const session = await tab.context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1);
  await page.goto(`${pages.url}/en/?channel=conduct`, { waitUntil: "commit" });
  await page.locator("main h1").waitFor();
  const readable = seconds();
  await page.locator("main .actions:not([hidden])").waitFor();
  const interactive = seconds();
  await press(page, "next");
  await page.locator("[name=danger-now]").first().waitFor();
  context.diagnostic(`readable after ${readable} s, can be begun after ${interactive} s, first question after ${seconds()} s`);
  await tab.context.close();
});
