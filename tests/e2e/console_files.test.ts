// Files that come with reports, in real Chromium: whatever they carry runs nothing and reaches nobody; a PDF is drawn
// and read by keyboard; a plain report is shown as what it is; and an export is checked by the command line, offline.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";

import { accessible, desk, inPage, launch, openTab, type Tab } from "./browser.ts";
import { act, noComplaint, openCase, unlock, work } from "./consoleDesk.ts";
import { ageFolder, run, webApp } from "./harness.ts";
import { brokenPdf, encryptedPdf, gifAndScript, hugePdf, jpegAndZip, mp3WithHtml, pdfAndHtml, pdfWithPrograms, pngAndHtml, program } from "./maliciousFiles.ts";
import { filesBelow, Office, type Receipt } from "./office.ts";
import { WebPages } from "./webPages.ts";

const kibibyte = 1024;
const { unzipSync } = createRequire(new URL("../../gateway/web/package.json", import.meta.url))("fflate") as { unzipSync(zip: Uint8Array): Record<string, Uint8Array> };

let pages: WebPages;
let office: Office;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
before(async () => {
  pages = await WebPages.start({ logInterval: 1, languages: ["fr"] });
  place = { url: pages.url, gateway: pages.gateway };
  office = new Office(pages.gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const submit = (files: readonly (readonly [string, string | Uint8Array])[]): Promise<Receipt> =>
  office.submit(files.flatMap(([name, content]) => ["--attach", office.write(name, content)]));
const file = (page: Page, index: number): Locator => page.locator(`[data-file=attachment-${index}]`);

interface Watched extends Tab {
  readonly dialogs: string[];
  readonly others: string[]; // pages that were opened
}

/** A holder's tab in which every attempt is noticed: a request to somebody else, a dialog, a page, a blob of a kind. */
async function watch(label: string): Promise<Watched> {
  const tab = await openTab(browser, { viewport: desk, locale: "en-GB" });
  const { page, context } = tab;
  const dialogs: string[] = [];
  const others: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  context.on("page", (other) => others.push(other.url()));
  await context.addInitScript(`{
    const make = URL.createObjectURL.bind(URL);
    globalThis.blobKinds = [];
    URL.createObjectURL = (blob) => { globalThis.blobKinds.push(blob.type); return make(blob); };
  }`);
  await page.goto(`${pages.url}/console/`);
  await unlock(page, place, label);
  return { ...tab, dialogs, others };
}

async function nothingHappened(tab: Watched): Promise<void> {
  const { page, dialogs, others, requests } = tab;
  assert.equal(await page.evaluate("typeof globalThis.ran"), "undefined");
  assert.equal(await page.title(), "Safeconduct");
  assert.equal(await page.locator("main iframe, main embed, main object, main img, main svg, main a[href]").count(), 0);
  assert.deepEqual([dialogs, others], [[], []]);
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${pages.url}/`) && !url.startsWith(`blob:${pages.url}/`)), []);
  noComplaint(tab); // a program that was kept from running by the policy alone would be said here
}

/** Share of the canvas that is not nearly white. */
const inked = (canvas: Locator): Promise<number> =>
  canvas.evaluate(inPage<number>(`
    const { width, height } = element;
    const { data } = element.getContext("2d").getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0 && data[i] + data[i + 1] + data[i + 2] < 600) ++count;
    return count / (width * height);`));

test("files that carry programs run nothing, reach nobody, and are saved as bytes of no kind", async () => {
  const files = [
    ["page.html", `<!doctype html><body onload="${program}"><img src=x onerror="${program}"><script>${program}</script>`],
    ["drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="${program}"><script>${program}</script></svg>`],
    ["order.pdf", pdfWithPrograms()],
    ["both.pdf", pdfAndHtml()],
    ["picture.gif", gifAndScript],
    ["picture.png", pngAndHtml],
    ["picture.jpg", jpegAndZip],
    ["words<1>.html", "only words\n"],
    ["sound.mp3", mp3WithHtml()],
    ["words.txt", `<script>${program}</script> UN-4711\n`],
  ] as const;
  const receipt = await submit(files);
  const tab = await watch("intake");
  const { page } = tab;
  await openCase(page, receipt.report_id);
  for (const [i] of files.entries()) await act(page, `open-attachment-${i}`);
  for (const [i] of files.entries()) await file(page, i).locator("[data-action=save]").waitFor();
  for (const index of [0, 1, 7]) await file(page, index).locator("[data-download-only]").waitFor();
  for (const index of [2, 3]) {
    await file(page, index).locator("canvas[data-pdf-page='1']").waitFor();
    assert.ok((await inked(file(page, index).locator("canvas"))) > 0.05, "its page is drawn");
  }
  for (const index of [4, 5]) await file(page, index).locator("canvas").waitFor();
  await file(page, 8).locator("audio").waitFor();
  await file(page, 9).locator("pre", { hasText: "UN-4711" }).waitFor();
  await nothingHappened(tab);

  for (const [i, [name, content]] of files.entries()) {
    const [download] = await Promise.all([page.waitForEvent("download"), file(page, i).locator("[data-action=save]").click()]);
    assert.equal(download.suggestedFilename(), name.replace(/[<>]/g, "_"));
    assert.deepEqual(readFileSync(await download.path()), Buffer.from(content));
  }
  const kinds = (await page.evaluate("globalThis.blobKinds")) as string[];
  assert.deepEqual([...new Set(kinds)].sort(), ["application/octet-stream", "audio/mpeg"]);
  await nothingHappened(tab);
  await tab.context.close();
});

describe("a PDF", () => {
  let receipt: Receipt;
  let tab: Watched;
  before(async () => {
    receipt = await submit([["order.pdf", pdfWithPrograms()], ["locked.pdf", encryptedPdf()], ["broken.pdf", brokenPdf], ["huge.pdf", hugePdf()]]);
    tab = await watch("intake");
    await openCase(tab.page, receipt.report_id);
  });
  after(() => tab?.context.close());

  test("is read page by page with the keyboard alone, enlarged, and as text", async () => {
    const { page } = tab;
    await page.locator("[data-action=open-attachment-0]").focus();
    await page.keyboard.press("Enter");
    const viewer = file(page, 0);
    await viewer.locator("canvas[data-pdf-page='1']").waitFor();
    assert.match((await viewer.locator("details pre").textContent())!, /The number plate was UN-4711/);
    await viewer.locator(".pdf-sheet").focus();
    await page.keyboard.press("PageDown");
    await viewer.locator("canvas[data-pdf-page='2']").waitFor();
    assert.ok((await inked(viewer.locator("canvas"))) > 0.1, "the scan is drawn, without WebAssembly");
    assert.match((await viewer.locator("details pre").textContent())!, /holds no text/);
    assert.equal(await viewer.locator("canvas").getAttribute("aria-label"), "Page 2 of 2 of order.pdf");
    const usual = (await viewer.locator("canvas").boundingBox())!.width;
    await page.keyboard.press("+");
    await viewer.locator("[role=status]", { hasText: "Page 2 of 2, 150%" }).waitFor();
    assert.ok((await viewer.locator("canvas").boundingBox())!.width > usual * 1.4);
    await viewer.locator("[name=pdf-page]").fill("1");
    await page.keyboard.press("Enter");
    await viewer.locator("canvas[data-pdf-page='1']").waitFor();
    await viewer.locator("[data-action=pdf-smaller]").click();
    await viewer.locator("[role=status]", { hasText: "Page 1 of 2, 100%" }).waitFor();
    assert.match((await viewer.locator(".save").textContent())!, /A PDF can carry programs and links/);
    await nothingHappened(tab);
    await accessible(page, "a PDF that is open");
    tab.others.length = 0; // axe makes a page of its own
  });

  test("that is locked or broken is said, and can be saved; a page of any size is bounded", async () => {
    const { page } = tab;
    for (const index of [1, 2, 3]) await act(page, `open-attachment-${index}`);
    await file(page, 1).locator("[data-pdf-problem=encrypted]", { hasText: "asks for a password" }).waitFor();
    await file(page, 2).locator("[data-pdf-problem=broken]", { hasText: "damaged" }).waitFor();
    for (const index of [1, 2]) await file(page, index).locator("[data-action=save]").waitFor();
    const canvas = file(page, 3).locator("canvas");
    await canvas.waitFor();
    const pixels = await canvas.evaluate(inPage<number>("return element.width * element.height"));
    assert.ok(pixels > 10_000 && pixels <= 16_000_000, `${pixels}`);
    await nothingHappened(tab);
  });

  test("at 320 pixels nothing runs over, in French as well, and its worker ends with the view", async () => {
    const { page } = tab;
    assert.ok(page.workers().length > 1);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= 320"));
    await act(page, "back");
    assert.equal(page.workers().length, 1, "the console's own is left");
    const other = await work(browser, place, "intake-2", { locale: "fr-FR", colorScheme: "dark", viewport: { width: 320, height: 640 } });
    await openCase(other.page, receipt.report_id);
    await act(other.page, "open-attachment-0");
    await file(other.page, 0).locator("canvas[data-pdf-page='1']").waitFor();
    await file(other.page, 0).locator("[role=status]", { hasText: "Page 1 sur 2" }).waitFor();
    assert.ok(await other.page.evaluate("document.documentElement.scrollWidth <= 320"));
    await accessible(other.page, "a PDF in French, dark, 320 pixels wide");
    await other.page.locator("[data-action=lock]").click();
    await other.page.locator("#key-file").waitFor({ state: "attached" });
    assert.equal(await other.page.locator("canvas").count(), 0);
    noComplaint(other);
    await other.context.close();
  });
});

describe("a plain report", () => {
  const seal = async (name: string, content: string | Uint8Array): Promise<string> => {
    const recipients = await pages.gateway.json(["identity", "show"], { as: "intake" });
    const sealed = pages.gateway.file(name);
    const { status, stderr } = await run(join(ageFolder, "age"), ["-a", "-r", recipients.recipient, "-o", sealed], { input: content });
    assert.equal(status, 0, stderr);
    return (await pages.gateway.json<Receipt>(["report", "submit", "--channel", "conduct", "--plain", sealed])).report_id;
  };

  test("is listed as such, opened as text, and says that nobody can answer and who can read it", async () => {
    const id = await seal("told.age", "told by age alone, UN-4711\n");
    const tab = await work(browser, place, "intake");
    const { page } = tab;
    await page.locator(`[data-case="${id}"]`, { hasText: "Plain report" }).waitFor();
    await openCase(page, id);
    const report = page.locator("[data-part=plain]");
    assert.match((await report.textContent())!, /no conversation is possible.*It can be opened by: intake, Conduct and Discipline Team/s);
    await act(page, "open-plain");
    await report.locator("pre", { hasText: "told by age alone, UN-4711" }).waitFor();
    assert.equal(await page.locator("textarea[name=reply]").count(), 0);
    await accessible(page, "a plain report");
    const [download] = await Promise.all([page.waitForEvent("download"), act(page, "export")]);
    const folder = pages.gateway.file("plain-export");
    unzip(await download.path(), folder);
    assert.deepEqual((await pages.gateway.json(["custody", "verify", join(folder, `case-${id}`)])).compartments, ["plain"]);
    noComplaint(tab);
    await tab.context.close();
  });

  test("that is a PDF is drawn", async () => {
    const id = await seal("order.age", pdfWithPrograms());
    const tab = await watch("intake");
    await openCase(tab.page, id);
    await act(tab.page, "open-plain");
    await tab.page.locator("[data-file=plain] canvas[data-pdf-page='1']").waitFor();
    await nothingHappened(tab);
    await tab.context.close();
  });
});

function unzip(archive: string, folder: string): void {
  for (const [name, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

describe("an export", () => {
  const attached = Buffer.alloc(2_500_000, "evidence ");
  let id: string;
  before(async () => {
    const { gateway } = pages;
    id = (await submit([["photo.raw", attached]])).report_id;
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: "Which pier?" });
    await gateway.json(["case", "note", id, "--text", "-"], { as: "intake", input: "Seen." });
    await gateway.json(["case", "assign", id, "--to", "investigator"], { as: "intake" });
    await gateway.json(["case", "grant", id, "--to", "investigator", "--compartment", "account"], { as: "intake" });
  });

  for (const label of ["intake", "investigator", "auditor"]) {
    test(`by ${label} is what the command line exports, and verifies offline`, async () => {
      const { gateway } = pages;
      const theirs = gateway.file(`theirs-${label}`);
      // The log takes each event within two of its intervals.
      for (let left = 60; ; --left) {
        const { unproven, files } = await gateway.json(["case", "export", id, "--out", theirs, "--force"], { as: label });
        if (unproven === 0 && files.includes("receipt.txt")) break;
        assert.ok(left > 0, "the events never came into the log");
      }
      const tab = await work(browser, place, label);
      await openCase(tab.page, id);
      const [download] = await Promise.all([tab.page.waitForEvent("download"), act(tab.page, "export")]);
      assert.equal(download.suggestedFilename(), `case-${id}.zip`);
      const folder = gateway.file(`ours-${label}`);
      unzip(await download.path(), folder);
      const ours = join(folder, `case-${id}`);
      const names = (of: string): string[] => filesBelow(of).map((path) => relative(of, path)).sort();
      assert.deepEqual(names(ours), names(theirs));
      for (const name of names(ours)) {
        if (/^(README\.txt|cover\.html|manifest\.json)$|receipt\.txt$|-proof\.txt$/.test(name)) continue; // for people, or as of now
        assert.ok(readFileSync(join(ours, name)).equals(readFileSync(join(theirs, name))), name);
      }
      const verified = await gateway.json(["custody", "verify", ours]);
      assert.deepEqual(verified, await gateway.json(["custody", "verify", theirs]));
      assert.equal(verified.proven_events, verified.events);
      const sheet = readFileSync(join(ours, "cover.html"), "utf8");
      const rows = (text: string): string[] => text.match(/<tr><td>\d.*<\/tr>/g) ?? [];
      assert.deepEqual(rows(sheet), rows(readFileSync(join(theirs, "cover.html"), "utf8")));
      for (const word of ["camion", "Amina", "Which pier", "Seen.", "photo.raw"]) assert.ok(!sheet.includes(word), word);
      if (label === "intake") {
        const opened = await office.ageDecrypt(join(ours, "attachment-0.age"), "intake");
        assert.ok(opened.subarray(0, attached.length).equals(attached));
        await accessible(tab.page, "a case that was exported");
      }
      noComplaint(tab);
      await tab.context.close();
    });
  }

  test("of bytes that are not what the reporter signed is refused", async () => {
    pages.instead = (_method, path, response) => {
      if (!path.endsWith("/compartments/attachment-0")) return false;
      const bytes = readFileSync(join(pages.gateway.file("theirs-intake"), "attachment-0.age"));
      bytes[bytes.length >> 1]! ^= 1;
      response.writeHead(200, { "Content-Type": "application/octet-stream", Date: new Date().toUTCString() }).end(bytes);
      return true;
    };
    const tab = await work(browser, place, "intake");
    await openCase(tab.page, id);
    await act(tab.page, "export");
    await tab.page.locator("[role=status]", { hasText: "does not verify" }).waitFor();
    pages.instead = () => false;
    await tab.context.close();
  });
});

test("the PDF viewer is loaded when a PDF is opened, not before, and is bounded", async (context) => {
  const tab = await openTab(browser, { viewport: desk });
  const from = pages.seen.length;
  await tab.page.goto(`${pages.url}/console/`, { waitUntil: "networkidle" });
  await unlock(tab.page, place, "intake");
  const loaded = pages.seen.slice(from);
  assert.ok(loaded.some(({ path }) => path.startsWith("/assets/console-worker")));
  assert.deepEqual(loaded.filter(({ path }) => /pdf|jbig2|openjpeg/i.test(path)), []);
  const assets = join(webApp, "assets");
  const viewer = readdirSync(assets).filter((name) => /^(console-pdf.*|jbig2.*|openjpeg.*)\.js\.br$/.test(name));
  assert.ok(viewer.length >= 4, viewer.join(" "));
  const apart = viewer.reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);
  context.diagnostic(`the PDF viewer ${apart} bytes, with the decoders of scans`);
  assert.ok(apart <= 640 * kibibyte, `${apart} bytes`);
  await tab.context.close();
});
