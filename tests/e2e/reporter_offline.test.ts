// The offline copy: one file, opened from a disk, that sends to the gateway it was made for and talks to
// nobody else.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";

import { accessible, desk, fill, launch, openTab, phone, press } from "./browser.ts";
import { tampered } from "./charters.ts";
import { exits, type TestGateway, webApp } from "./harness.ts";
import { makeCopy } from "./offlineCopy.ts";
import { visit, walk } from "./walk.ts";
import { WebPages } from "./webPages.ts";

const elsewhere = "about:blank#elsewhere";
let pages: WebPages;
let gateway: TestGateway;
let browser: Browser;
let copy = "";

before(async () => {
  pages = await WebPages.start({ languages: ["ar"] });
  gateway = pages.gateway;
  copy = await makeCopy(pages, { exitUrl: elsewhere });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

// A PDF that names its author, as small as pdf-lib takes it.
const author = "Colonel-Zebra";
const pdf = Buffer.from(
  `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n` +
    `3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Author(${author})>>endobj\n` +
    `trailer<</Root 1 0 R/Info 4 0 R/Size 5>>\n%%EOF\n`,
);

describe("a report", () => {
  let receipt: { words: string; digits: string };
  let id = "";

  test("is sent from a file, and what goes out goes to the gateway alone", async () => {
    const { page, context, complaints, requests } = await openTab(browser);
    await page.goto(copy);
    receipt = await walk(page, undefined, { narrative: "Ünïcode & <b>", files: [{ name: "a.pdf", mimeType: "application/pdf", buffer: pdf }] });
    assert.deepEqual(requests.filter((url) => url !== copy && !url.startsWith(`${pages.url}/`) && !url.startsWith("blob:null/")), []);
    assert.deepEqual(complaints, []);
    assert.ok(pages.seen.every(({ headers }) => headers.cookie === undefined && headers.referer === undefined));
    assert.ok(pages.seen.some(({ headers }) => headers.origin === "null"));
    await context.close();
  });

  test("is opened by intake, its PDF without the author's name", async () => {
    const { gateway } = pages;
    const read = ["mailbox", "read", "--code-file", "-"];
    id = (await gateway.json(read, { input: `${receipt.words}\n` })).report_id;
    const opened = await gateway.json(["case", "open", id, "--attachments", gateway.file("files")], { as: "intake" });
    assert.equal(opened.account.narrative, "Ünïcode & <b>");
    const [file] = opened.attachments;
    assert.equal(file.name, "a.pdf");
    const sent = readFileSync(file.file);
    assert.match(sent.toString("latin1"), /^%PDF-/);
    assert.ok(!sent.includes(author));
  });

  test("has its way back in the copy, with answers both ways", async () => {
    const { gateway } = pages;
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: "Where was it?" });
    const { page, context, complaints } = await openTab(browser, { viewport: desk });
    await page.goto(copy);
    await visit(page, receipt.digits);
    assert.ok((await page.locator(".messages").textContent())!.includes("Where was it?"));
    await fill(page, { reply: "At gate 4." });
    await press(page, "send");
    await page.locator("main > .status:not(:empty)").waitFor();
    const { entries } = await gateway.json(["case", "open", id], { as: "intake" });
    assert.equal(entries.filter((entry: any) => entry.text === "At gate 4.").length, 1);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});

describe("the file", () => {
  const html = (): string => readFileSync(fileURLToPath(copy), "utf8");

  test("holds all that it needs, and allows its own script and style by their digests", () => {
    const digest = (element: string): string => {
      const [, text] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(html())!;
      return `&#39;sha256-${createHash("sha256").update(text!).digest("base64")}&#39;`;
    };
    assert.ok(html().includes(`script-src ${digest("script")}; style-src ${digest("style")}; connect-src ${pages.url};`));
    assert.doesNotMatch(html(), /<(?:script|link|img|iframe)[^>]+(?:src|href)=|\{\{[a-z_]+\}\}/);
  });

  test("lets nothing be sent elsewhere, and nothing else be run", async () => {
    const { page, context } = await openTab(browser);
    await page.goto(copy);
    const refused = await page.evaluate(`new Promise((done) => {
      const elsewhere = "https://127.0.0.1:${pages.gateway.port}";
      const refused = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        if (refused.push(effectiveDirective) === 4) done(refused.sort());
      });
      fetch(elsewhere + "/healthz").catch(() => {});
      document.body.append(Object.assign(document.createElement("img"), { src: elsewhere + "/a.png" }));
      document.body.append(Object.assign(document.createElement("style"), { textContent: "p { color: red }" }));
      try { document.body.innerHTML = "<b>a</b>"; } catch {}
    })`);
    assert.deepEqual(refused, ["connect-src", "img-src", "require-trusted-types-for", "style-src-elem"]);
    await context.close();
  });

  for (const [language, viewport] of [["en", phone], ["ar", desk]] as const) {
    test(`is accessible and says how to check it: ${language}`, async () => {
      const { page, context } = await openTab(browser, { viewport });
      await page.goto(await makeCopy(pages, { language, exitUrl: elsewhere }));
      await accessible(page, language);
      assert.match((await page.locator("section.note").textContent())!, /SHA-256/);
      assert.equal(await page.locator("section.note code").textContent(), pages.url);
      const links = await page.locator("main a").evaluateAll((all) => all.map((each) => (each as { href: string } & typeof each).href));
      assert.deepEqual(links, ["tel:112", "mailto:support@conduct.example.org", `${pages.url}/${language}/plain?channel=conduct`]);
      assert.equal(await page.locator("footer").count(), 0);
      await context.close();
    });
  }
});

describe("leaving", () => {
  const gone = (page: Page): Promise<void> => page.waitForURL(elsewhere);

  test("nothing is kept, and there is one entry in the history", async () => {
    const { page, context } = await openTab(browser);
    await page.goto(copy);
    await press(page, "next");
    await fill(page, { "danger-now": ["yes"], "danger-what": "here" });
    const kept = await page.evaluate("[document.cookie, localStorage.length, sessionStorage.length, history.length, history.state]");
    assert.deepEqual(kept, ["", 0, 0, 2, null]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await gone(page);
    assert.equal(await page.evaluate("history.length"), 2);
    await context.close();
  });

  test("by the button; and after ten idle minutes it is empty", async () => {
    const { page, context } = await openTab(browser);
    await page.clock.install();
    await page.goto(copy);
    await press(page, "next");
    await fill(page, { "danger-now": ["yes"], "danger-what": "here" });
    await page.clock.fastForward("10:01");
    await page.locator("#wiped").waitFor();
    assert.equal(await page.locator("main, input, textarea").count(), 0);
    await page.goto(copy);
    await press(page, "exit");
    await gone(page);
    await context.close();
  });
});

describe("what is refused", () => {
  after(() => void (pages.instead = () => false));

  test("a charter that was tampered with; and when the true one comes, trying again helps", async () => {
    const { page, context } = await openTab(browser);
    pages.instead = tampered(pages);
    await page.goto(copy);
    await press(page, "next");
    await page.locator("[data-refused=unverified]").waitFor();
    assert.equal(await page.locator("main input, main textarea, [data-action=send]").count(), 0, "nothing is asked");
    pages.instead = () => false;
    await page.locator("main .primary").click();
    await page.locator("[name=danger-now]").first().waitFor();
    await context.close();
  });

  test("a gateway that does not answer", async () => {
    const { page, context } = await openTab(browser);
    await page.goto(await makeCopy(pages, { gateway: "https://localhost:1" }));
    await press(page, "next");
    await page.locator("[data-refused=unavailable]").waitFor();
    await context.close();
  });
});

describe("the signatures beside it", () => {
  const verify = ["offline", "verify", "offline-en.html"];

  test("are made by the root keys, and count from their threshold on", async () => {
    await makeCopy(pages);
    await gateway.json(["offline", "sign", "offline-en.html"], { as: "root-1" });
    assert.match((await gateway.fails(verify, exits.unverified)).message, /not signed by enough root keys/);
    await gateway.fails(["offline", "sign", "offline-en.html"], exits.key, { as: "intake" });
    const { signatures, sha256 } = await gateway.json(["offline", "sign", "offline-en.html"], { as: "root-2" });
    assert.equal(signatures, 2);
    const copy = readFileSync(gateway.file("offline-en.html"));
    assert.equal(sha256, createHash("sha256").update(copy).digest("hex"));
    assert.deepEqual(await gateway.json(verify), { verified: true, name: "offline-en.html", sha256 });
    // Browsers rename what they download.
    writeFileSync(gateway.file("form (1).html"), copy);
    await gateway.json(["offline", "verify", "form (1).html", "--note", "offline-en.html.note"]);
  });

  test("are of this file alone", async () => {
    const path = gateway.file("offline-en.html");
    writeFileSync(path, readFileSync(path, "utf8").replace("<main", "<main data-more"));
    assert.match((await gateway.fails(verify, exits.unverified)).message, /not the file that was signed/);
    await gateway.fails(["offline", "sign", "offline-en.html"], exits.refused, { as: "root-1" });
  });

  test("another web app than the charter's makes no copy", async () => {
    const other = gateway.file("other-web");
    cpSync(webApp, other, { recursive: true });
    const lines = readFileSync(join(other, "manifest.txt"), "utf8").split("\n");
    writeFileSync(join(other, "manifest.txt"), lines.slice(1).join("\n"));
    const make = ["offline", "make", "--channel", "conduct", "--out", "none.html", "--web"];
    await gateway.fails([...make, other], exits.unverified);
    await gateway.fails([...make, webApp, "--language", "xx"], exits.refused);
    await gateway.fails(["offline", "make", "--channel", "nothing", "--out", "none.html", "--web", webApp], exits.refused);
  });
});
