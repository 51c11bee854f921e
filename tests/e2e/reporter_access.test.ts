// That nobody is kept out: axe-core on every screen, the whole way by keyboard alone, and what has to be
// hit by a finger is large enough.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { languages } from "../../gateway/web/reporter/build/languages.ts";
import { accessible, desk, launch, openTab, phone, press, receiptOf } from "./browser.ts";
import { tampered } from "./charters.ts";
import { poll } from "./support/poll.ts";
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

// --- axe-core -------------------------------------------------------------------------------------

const isThorough = process.env.SAFECONDUCT_CI === "1";
const all: readonly (readonly [string, BrowserContextOptions])[] = [
  ...languages.map((language) => [language, { colorScheme: "light", viewport: phone }] as const),
  ...["en", "ar"].flatMap((language) => [
    [language, { colorScheme: "dark", viewport: desk }] as const,
    [language, { forcedColors: "active", viewport: phone }] as const,
  ]),
];

// Two that differ in script, direction and colours, else all of them.
const looks = isThorough ? all : [all[0]!, all.at(-1)!];

describe("axe-core has nothing to say", () => {
  for (const [language, options] of looks) {
    const how = [language, options.colorScheme, options.forcedColors && "forced colours"].filter(Boolean).join(", ");
    test(how, async () => {
      const { page, context } = await openTab(browser, options);
      const look = (what: string): Promise<void> => accessible(page, `${how}: ${what}`);
      await page.goto(`${pages.url}/${language}/plain?channel=conduct`);
      await look("plain");
      await start(page, language);
      const { words } = await walk(page, look);
      await start(page, language);
      await visit(page, words, look);
      for (const each of await page.locator("main summary").all()) await each.click();
      await look("mailbox");
      await context.close();
    });

    test(`${how}: the warning before a wipe, and a refusal`, async () => {
      const { page, context } = await openTab(browser, options);
      await page.clock.install();
      await start(page, language);
      await page.clock.fastForward("09:01");
      await page.locator("#idle").waitFor();
      await accessible(page, `${how}: the warning`);
      await page.locator("#idle button").click();
      pages.instead = tampered(pages);
      try {
        await press(page, "next");
        await page.locator("[data-refused]").waitFor();
      } finally {
        pages.instead = () => false;
      }
      await accessible(page, `${how}: refused`);
      await context.close();
    });
  }
});

// --- Fingers --------------------------------------------------------------------------------------

// WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for links within a sentence. A label is part of its input.
const smallTargets = `[...document.querySelectorAll("a, button, input, textarea, summary")].flatMap((each) => {
  const target = each.closest("label") ?? (each.matches(".away") ? each.nextElementSibling : each);
  const { width, height } = target.getBoundingClientRect();
  return (width === 0 && height === 0) || (width >= 24 && height >= 24) || each.matches("li a, p a:not(:only-child)") ? [] : [target.outerHTML.slice(0, 80)];
})`;

for (const language of ["en", "ar"]) {
  test(`what is to be hit is at least 24 pixels wide and high: ${language}`, async () => {
    const { page, context } = await openTab(browser, { viewport: phone, hasTouch: true });
    const look = async (what: string): Promise<void> => assert.deepEqual(await page.evaluate(smallTargets), [], what);
    await page.goto(`${pages.url}/${language}/plain?channel=conduct`);
    await look("plain");
    await start(page, language);
    const { digits } = await walk(page, look);
    await start(page, language);
    await visit(page, digits, look);
    for (const each of await page.locator("main summary").all()) await each.click();
    await look("mailbox");
    await context.close();
  });
}

// --- The keyboard ---------------------------------------------------------------------------------

// What has the focus: seen as having it, not below the bar, and after what had it before.
const focused = `(() => {
  const at = document.activeElement;
  const shown = at.closest(".option") ?? (at.matches(".away") ? at.nextElementSibling : at);
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const { left, top, width, height } = shown.getBoundingClientRect();
  const x = left + Math.min(width / 2, 20), y = top + Math.min(height / 2, 20);
  const there = document.elementFromPoint(x, y);
  // A date has several stops of its own.
  const after = globalThis.lastFocused === undefined || (at === globalThis.lastFocused && at.type === "date") || !globalThis.lastFocused.isConnected
    || (globalThis.lastFocused.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  globalThis.lastFocused = at;
  return { what: at.outerHTML.slice(0, 120), ringed: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, after,
    bare: there !== null && (shown.contains(there) || there.contains(shown)) };
})()`;
interface Focus {
  readonly what: string;
  readonly ringed: boolean;
  readonly after: boolean;
  readonly bare: boolean;
}

const mostTabs = 80;

/** Goes on with Tab to what `selector` names; looks at each stop. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < mostTabs; ++tabs) {
    await page.keyboard.press("Tab");
    if (await page.evaluate("document.activeElement === document.body")) continue; // the browser's own
    const { what, ...seen } = (await page.evaluate(focused)) as Focus;
    assert.deepEqual(seen, { ringed: true, after: true, bare: true }, what);
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  assert.fail(`Tab does not lead to ${selector}`);
}

/** When another screen is there: its heading has the focus, so Tab goes on from it. */
async function nextScreen(page: Page, go: () => Promise<void>): Promise<void> {
  await page.evaluate("document.querySelector('h1').id = 'left'");
  await go();
  await page.waitForSelector("h1:not(#left):focus");
}

const enter = (page: Page) => (): Promise<void> => page.keyboard.press("Enter");

describe("by keyboard alone", () => {
  let digits = "";

  test("a whole report with a file, from the start page to the receipt", async () => {
    const { page, context, complaints } = await openTab(browser, { viewport: desk });
    await start(page);
    await tabTo(page, "[data-action=next]");
    await nextScreen(page, enter(page));
    await page.waitForSelector("[name=danger-now]");
    await tabTo(page, "[name=danger-now]");
    await page.keyboard.press("Space");
    await tabTo(page, "[data-action=next]");
    await nextScreen(page, enter(page));
    // Sent off without the answer that is needed: the list of what is missing leads to it.
    await tabTo(page, "[data-action=next]");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".errors button:focus");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[name=kind]:focus");
    await page.keyboard.press("Space");
    await page.evaluate("globalThis.lastFocused = document.activeElement");
    await tabTo(page, "[data-action=next]");
    await nextScreen(page, enter(page));
    await tabTo(page, "[name=narrative]");
    await page.keyboard.type("By keyboard.");
    for (let screen = 0; screen < 3; ++screen) {
      await tabTo(page, "[data-action=next]");
      await nextScreen(page, enter(page));
    }
    await tabTo(page, "[name=files]");
    const chosen = page.waitForEvent("filechooser");
    await page.keyboard.press("Space");
    await (await chosen).setFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
    await page.waitForSelector(".files .warn");
    for (let screen = 0; screen < 2; ++screen) {
      await tabTo(page, "[data-action=next]");
      await nextScreen(page, enter(page));
    }
    while ((await page.locator("[name=contact]").count()) === 0) {
      await tabTo(page, "[data-action=next]");
      await nextScreen(page, enter(page));
    }
    await tabTo(page, "[name=contact]");
    await page.keyboard.press("Space");
    await tabTo(page, "[data-action=next]");
    await nextScreen(page, enter(page));
    await tabTo(page, "[data-action=send]");
    await page.keyboard.press("Enter");
    ({ digits } = await receiptOf(page));
    await page.evaluate("globalThis.lastFocused = undefined");
    await tabTo(page, "#written");
    await page.keyboard.press("Space");
    await tabTo(page, ".primary");
    await page.keyboard.press("Enter");
    await page.waitForURL(pages.exitUrl);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("the way back, an answer, and out by Esc twice", async () => {
    const { page, context } = await openTab(browser, { viewport: desk });
    await start(page);
    await tabTo(page, "[data-action=return]");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[name=code]");
    await page.evaluate("globalThis.lastFocused = undefined");
    await tabTo(page, "[name=code]");
    await page.keyboard.type(digits);
    await nextScreen(page, enter(page));
    await tabTo(page, "[name=reply]");
    await page.keyboard.type("An answer.");
    await tabTo(page, "[data-action=send]");
    await nextScreen(page, enter(page));
    assert.ok((await page.locator(".messages .mine").textContent())!.includes("An answer."));
    await tabTo(page, "details:has([name=national-authorities]) > summary");
    await page.keyboard.press("Enter");
    await poll("the details", async () => (await page.locator("details[open]").count()) > 0 || undefined);
    await tabTo(page, "[name=national-authorities]");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.waitForURL(pages.exitUrl);
    await context.close();
  });
});
