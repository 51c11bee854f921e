// What the page leaves behind: nothing. And what it refuses: whatever it cannot verify.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { fill, keptBy, launch, nothingKept, openTab, press } from "./browser.ts";
import { signedByTooFew, tampered, withoutProof } from "./charters.ts";
import { walk } from "./walk.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let browser: Browser;

before(async () => {
  pages = await WebPages.start({ policy: "quorum", languages: ["ar"] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const start = async (page: Page, language = "en"): Promise<void> => void (await page.goto(`${pages.url}/${language}/?channel=conduct`));

test("a report and a visit leave no cookie, storage, cache, worker, third request or second entry", async () => {
  const { page, context, requests } = await openTab(browser);
  const before = pages.seen.length;
  await start(page);
  const { digits } = await walk(page);
  assert.deepEqual(await keptBy(page), nothingKept);
  const [entries, state, address] = (await page.evaluate("[history.length, history.state, location.pathname]")) as [number, unknown, string];
  assert.deepEqual([state, address], [null, "/en/"]);
  assert.equal(entries, 2, "the empty page of a new tab, and this one");
  assert.deepEqual(await context.cookies(), []);
  assert.deepEqual(requests.filter((url) => !url.startsWith(pages.url) && !url.startsWith("data:")), []);
  const said = pages.seen.slice(before);
  assert.ok(said.every(({ headers }) => headers.cookie === undefined && headers.referer === undefined));
  assert.ok(said.every(({ headers }) => headers["upload-metadata"] === undefined), "no name of a file");
  assert.ok(!said.some(({ path }) => path.includes("a.txt")));
  assert.equal(await page.title(), "Information");

  await page.reload();
  await press(page, "return");
  await fill(page, { code: digits });
  await press(page, "return");
  await page.locator("[data-status]").waitFor();
  assert.equal(await page.evaluate("history.length"), 2);
  await context.close();
});

describe("leaving", () => {
  const gone = (page: Page): Promise<void> => page.waitForURL(pages.exitUrl);

  test("by the button, and by Esc twice, wherever one is; once is not enough", async () => {
    const { page, context } = await openTab(browser);
    await start(page);
    await press(page, "exit");
    await gone(page);
    await start(page);
    await press(page, "next");
    await fill(page, { "danger-now": ["yes"], "danger-what": "here" });
    const entries = await page.evaluate("history.length");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("[name=danger-what]").count(), 1);
    await page.keyboard.press("Escape");
    await gone(page);
    assert.equal(await page.evaluate("history.length"), entries, "its place in the history was taken");
    await context.close();
  });

  test("after nine idle minutes the page warns, after ten it is empty", async () => {
    const { page, context } = await openTab(browser);
    await page.clock.install();
    await start(page);
    await press(page, "next");
    await fill(page, { "danger-now": ["yes"], "danger-what": "here" });
    await page.clock.fastForward("09:01");
    await page.locator("#idle").waitFor();
    await page.locator("#idle button").click();
    assert.equal(await page.locator("[name=danger-what]").inputValue(), "here");
    await page.clock.fastForward("10:01");
    await page.locator("#wiped").waitFor();
    assert.equal(await page.locator("main, input, textarea").count(), 0);
    assert.doesNotMatch((await page.locator("body").textContent())!, /here/);
    await context.close();
  });

  test("back and forth in the form loses nothing", async () => {
    const { page, context } = await openTab(browser);
    await start(page);
    await press(page, "next");
    await fill(page, { "danger-now": ["yes"], "danger-what": "at home" });
    await press(page, "next");
    await fill(page, { kind: ["theft"] });
    await press(page, "next");
    await fill(page, { narrative: "<b>a & b</b>" });
    await press(page, "back");
    assert.equal(await page.locator("[name=kind][value=theft]").isChecked(), true);
    await press(page, "back");
    assert.equal(await page.locator("[name=danger-what]").inputValue(), "at home");
    await press(page, "next");
    await press(page, "next");
    assert.equal(await page.locator("[name=narrative]").inputValue(), "<b>a & b</b>");
    await context.close();
  });
});

describe("what is refused", () => {
  after(() => {
    pages.instead = () => false;
    pages.dateSkew = 0;
  });

  async function refused(code: string): Promise<void> {
    const { page, context } = await openTab(browser);
    const before = pages.seen.length;
    await start(page);
    await press(page, "next");
    await page.locator(`[data-refused=${code}]`).waitFor();
    assert.equal(await page.locator("main input, main textarea, [data-action=send]").count(), 0, "nothing is asked");
    assert.ok(pages.seen.slice(before).every(({ method }) => method === "GET"), "nothing is sent");
    await context.close();
  }

  test("a charter that was tampered with, is signed by too few, or has no proof that its log has it", async () => {
    pages.instead = tampered(pages);
    await refused("unverified");
    pages.instead = signedByTooFew(pages);
    await refused("unverified");
    pages.instead = withoutProof(pages);
    await refused("unverified");
    pages.instead = () => false;
  });

  test("an expired one, by the gateway's clock", async () => {
    pages.dateSkew = 20 * 365 * 86_400;
    await refused("expired");
    pages.dateSkew = 0;
  });

  test("one below the version that is pinned", async () => {
    const path = pages.gateway.file("trust.txt");
    const trust = readFileSync(path, "utf8");
    writeFileSync(path, trust.replace(/^(charter \S+) 1$/m, "$1 2"));
    await pages.gateway.restart();
    try {
      await refused("rejected");
    } finally {
      writeFileSync(path, trust);
      await pages.gateway.restart();
    }
  });

  test("trying again helps, once the true one comes", async () => {
    const { page, context, complaints } = await openTab(browser);
    pages.instead = tampered(pages);
    await start(page);
    await press(page, "next");
    await page.locator("[data-refused]").waitFor();
    pages.instead = () => false;
    await page.locator("main .primary").click();
    await page.locator("[name=danger-now]").first().waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
