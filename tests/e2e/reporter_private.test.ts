// What the page leaves behind: nothing. And what it refuses: whatever it cannot verify.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { accessible, desk, fill, launch, openTab, phone, press, receiptOf } from "./browser.ts";
import { poll } from "./support/poll.ts";
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

/** From the start page to the receipt; `look` at each screen. */
async function walk(page: Page, look: (what: string) => Promise<void> = async () => {}): Promise<{ words: string; digits: string }> {
  await look("start");
  await press(page, "next");
  await fill(page, { "danger-now": ["yes"], "danger-what": "here" });
  await look("danger");
  await press(page, "next");
  await press(page, "next"); // the kind is missing
  await page.locator(".errors button").waitFor();
  await look("missing");
  await fill(page, { kind: ["theft"] });
  for (const what of ["narrative", "where", "who", "evidence"]) {
    await press(page, "next");
    await look(what);
  }
  await page.locator("[name=files]").setInputFiles([{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") }]);
  await page.locator(".files .warn").waitFor();
  await look("files");
  await press(page, "next");
  await fill(page, { needs: ["paternity"] });
  for (const what of ["you", "consent", "review"]) {
    await press(page, "next");
    await look(what);
  }
  await press(page, "send");
  const receipt = await receiptOf(page);
  await look("receipt");
  return receipt;
}

test("a report and a visit leave no cookie, storage, cache, worker, third request or second entry", async () => {
  const { page, context, requests } = await openTab(browser);
  const before = pages.seen.length;
  await start(page);
  const { digits } = await walk(page);
  const kept = `(async () => ({
    cookies: document.cookie, local: localStorage.length, session: sessionStorage.length, entries: history.length, state: history.state,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length, address: location.pathname,
  }))()`;
  const nothing = { cookies: "", local: 0, session: 0, state: null, databases: 0, caches: 0, workers: 0, address: "/en/" };
  const { entries, ...rest } = (await page.evaluate(kept)) as { entries: number };
  assert.deepEqual(rest, nothing);
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
    await accessible(page, "the warning");
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
  const note = (): string => readFileSync(pages.gateway.file("charter.note"), "utf8");
  // A charter instead of the gateway's, as JSON or protobuf: field 1 is the note.
  const serve = (text: string): void => {
    const bytes = Buffer.from(text);
    const length: number[] = [];
    for (let rest = bytes.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    pages.instead = (_method, path, response) => {
      if (path !== "/v1/charter") return false;
      response.writeHead(200, { "Content-Type": "application/x-protobuf", Date: new Date().toUTCString() });
      response.end(Buffer.concat([Buffer.from([10, ...length]), bytes]));
      return true;
    };
  };
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
    await accessible(page, "refused");
    await context.close();
  }

  test("a charter that was tampered with, or is signed by too few", async () => {
    const lines = note().split("\n");
    const body = Buffer.from(lines[3]!, "base64");
    body[20]! ^= 1;
    serve([...lines.slice(0, 3), body.toString("base64"), ...lines.slice(4)].join("\n"));
    await refused("unverified");
    serve(lines.filter((_, i) => i !== lines.findIndex((each) => each.startsWith("— "))).join("\n"));
    await refused("unverified");
    pages.instead = () => false;
  });

  test("and asked for again, when people try again", async () => {
    serve("no charter");
    const { page, context, complaints } = await openTab(browser);
    await start(page);
    await press(page, "next");
    await page.locator("[data-refused]").waitFor();
    pages.instead = () => false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("[name=danger-now]").first().waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
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
    try {
      await refused("rejected");
    } finally {
      writeFileSync(path, trust);
    }
  });

  test("a wrong clock of the device changes nothing", async () => {
    const { page, context } = await openTab(browser);
    await page.clock.install({ time: new Date("2003-01-01") });
    await start(page);
    await press(page, "next");
    await page.locator("[name=danger-now]").first().waitFor();
    await context.close();
  });
});

describe("axe-core has nothing to say", () => {
  for (const [language, colorScheme, viewport] of [["en", "light", desk], ["en", "dark", phone], ["ar", "light", phone], ["ar", "dark", desk]] as const) {
    test(`${language}, ${colorScheme}`, async () => {
      const { page, context } = await openTab(browser, { colorScheme, viewport });
      const look = (what: string): Promise<void> => accessible(page, `${language} ${colorScheme}: ${what}`);
      await page.goto(`${pages.url}/${language}/plain?channel=conduct`);
      await look("plain");
      await start(page, language);
      const { words } = await walk(page, look);
      await start(page, language);
      await press(page, "return");
      await look("enter");
      await fill(page, { code: words });
      await press(page, "return");
      await page.locator("[data-status]").waitFor();
      await page.locator("details:has([name=contact]) summary").click();
      await look("mailbox");
      await context.close();
    });
  }
});

test("a connection that breaks during an upload: it goes on, and the report arrives once", async () => {
  const { page, context } = await openTab(browser);
  await start(page);
  await press(page, "next");
  await fill(page, { "danger-now": ["no"] });
  await press(page, "next");
  await fill(page, { kind: ["theft"] });
  for (let screen = 0; screen < 4; ++screen) await press(page, "next");
  await page.locator("[name=files]").setInputFiles([{ name: "large.bin", mimeType: "", buffer: Buffer.alloc(12 * 1024 * 1024, 7) }]);
  await page.locator(".files .warn").waitFor();
  for (let screen = 0; screen < 4; ++screen) await press(page, "next");
  pages.cut = { path: /\/v1\/uploads\//, afterBytes: 2_000_000, times: 2 };
  await press(page, "send");
  const { digits } = await receiptOf(page);
  assert.equal(pages.cut.times, 0, "it was cut twice");
  pages.cut = undefined;
  writeFileSync(pages.gateway.file("code"), `${digits}\n`);
  await poll("the mailbox", async () => ((await pages.gateway.json(["mailbox", "read", "--code-file", pages.gateway.file("code")])).report_id !== "" ? true : undefined));
  await context.close();
});
