// Cover traffic in a real browser: a visit in which nothing is begun asks for what a report asks for, in the
// same order and at the same lengths, shows nothing of it, and gives way to whoever begins something. Which
// visits have a decoy, and when, is drawn by tests/gateway/web/reporter/cover.test.ts; here every one has.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { drawing, fill, launch, openTab, press, receiptOf } from "./browser.ts";
import { poll } from "./support/poll.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let browser: Browser;
// Of each POST of a report: its path, and how long it was.
let sent: string[] = [];

before(async () => {
  pages = await WebPages.start({ policy: "quorum", decoys: true });
  browser = await launch();
  pages.instead = (method, path, _response, { headers }) => {
    if (method !== "POST") return false;
    sent.push(`${path}, ${headers["content-type"]}, ${headers["content-length"]} bytes`);
    return false;
  };
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

// The first number that is drawn says that there is a decoy; the others, when: that it begins after 22 seconds
// and is sent 200 seconds later, or begins after 107 seconds and takes longer than an idle page lives.
const soon = 2 ** 31;
const late = 2 ** 29;
/** A new visit; gives what it asked for so far. */
async function visit({ when = soon, script = "" } = {}): Promise<{ page: Page; asked: () => string[]; close: () => Promise<void>; complaints: string[] }> {
  const { page, context, complaints } = await openTab(browser);
  await page.clock.install();
  await page.addInitScript(drawing(when) + script);
  const from = pages.seen.length;
  sent = [];
  const asked = (): string[] => pages.seen.slice(from).map(({ method, path }) => `${method} ${path}`).filter((each) => !each.startsWith("POST"));
  await page.goto(`${pages.url}/en/?channel=conduct`, { waitUntil: "networkidle" });
  return { page, asked, close: () => context.close(), complaints };
}

const wants = (asked: string[], what: RegExp): boolean => asked.some((each) => what.test(each));
const calls = (asked: string[]): string[] => asked.filter((each) => /\/(v1|healthz)/.test(each));

async function pretends(page: Page, asked: () => string[], seconds = 23): Promise<void> {
  await page.clock.runFor(seconds * 1000);
  await poll("the charter's texts", async () => (wants(asked(), /\/v1\/texts/) ? true : undefined));
}

test("a decoy looks like a report: what is asked for, in its order, and how long it is", async () => {
  const real = await visit();
  await press(real.page, "next");
  await fill(real.page, { "danger-now": ["no"] });
  await press(real.page, "next");
  await fill(real.page, { kind: ["fraud"] });
  await press(real.page, "next");
  await fill(real.page, { narrative: "It happened at the gate. ".repeat(80) });
  for (let screen = 0; screen < 7; ++screen) await press(real.page, "next");
  await press(real.page, "send");
  await receiptOf(real.page);
  const [askedOfReal, sentOfReal] = [real.asked(), sent];
  await real.close();

  const { page, asked, close, complaints } = await visit();
  const shown = await page.locator("body").innerHTML();
  await pretends(page, asked);
  await poll("the decoy", async () => {
    await page.clock.runFor("00:20");
    return sent.length > 0 ? true : undefined;
  });
  await poll("the words of a receipt", async () => (wants(asked(), /english/) ? true : undefined));
  assert.deepEqual(sent, sentOfReal);
  assert.deepEqual(calls(asked()), calls(askedOfReal));
  assert.deepEqual(asked().toSorted(), askedOfReal.toSorted());
  assert.equal(await page.locator("body").innerHTML(), shown, "nothing is seen of it");
  assert.equal(await page.evaluate("history.length"), 2);
  assert.deepEqual(complaints, []);

  // And the page still does what it is for.
  await press(page, "next");
  await page.locator("[name=danger-now]").first().waitFor();
  await close();
});

describe("there is no decoy", () => {
  const later = async (page: Page): Promise<void> => {
    for (let minute = 0; minute < 9; ++minute) await page.clock.runFor("01:00");
  };

  test("once a report was begun, before it or in the middle of it", async () => {
    for (const isEarly of [true, false]) {
      const { page, asked, close } = await visit();
      if (!isEarly) await pretends(page, asked);
      await press(page, "next");
      await page.locator("[name=danger-now]").first().waitFor();
      await later(page);
      assert.deepEqual(sent, []);
      assert.equal(await page.locator("[name=danger-now]").count(), 2);
      await close();
    }
  });

  test("after the page was wiped", async () => {
    const { page, asked, close } = await visit({ when: late });
    await pretends(page, asked, 108);
    await page.clock.runFor("09:00");
    await page.locator("#wiped").waitFor();
    await page.clock.runFor("20:00");
    assert.deepEqual(sent, []);
    await close();
  });

  for (const [what, script] of [
    ["where data is to be saved", "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"],
    ["where the gateway wants none", "addEventListener('DOMContentLoaded', () => document.querySelector('meta[name=decoys]').content = '');"],
  ] as const) {
    test(what, async () => {
      const { page, asked, close } = await visit({ script });
      await later(page);
      assert.deepEqual(calls(asked()), []);
      assert.deepEqual(sent, []);
      await close();
    });
  }
});
