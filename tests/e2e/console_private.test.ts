// What the console keeps and does not keep, and what it does with a gateway that lies: nothing readable in storage,
// locked when nobody touches it, alarms for an old charter and a forked log, tampered events, files that carry programs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { CaseViewSchema, CharterDocumentSchema, type CaseView } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { altering } from "./alterings.ts";
import { accessible, desk, launch, openTab } from "./browser.ts";
import { act, keepsCheckpointsAlone, noComplaint, openCase, unlock, work } from "./consoleDesk.ts";
import { Office, type Receipt } from "./office.ts";
import { proofOf } from "./proxies.ts";
import { partyIn } from "./webClient.ts";
import { type Instead, WebPages } from "./webPages.ts";

const maxBytes = 64 * 1024 * 1024;
let pages: WebPages;
let office: Office;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
before(async () => {
  pages = await WebPages.start();
  place = { url: pages.url, gateway: pages.gateway };
  office = new Office(pages.gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

test("nothing readable stays on the device, and nothing is asked of anybody else", async () => {
  const receipt = await office.submit();
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await openCase(page, receipt.report_id);
  await keepsCheckpointsAlone(page);
  assert.equal(page.url(), `${pages.url}/console/`);
  assert.deepEqual(tab.requests.filter((url) => !url.startsWith(`${pages.url}/`)), []);
  noComplaint(tab);
  await tab.context.close();
});

test("after nine idle minutes it warns, after ten it is locked and empty; a touch in between counts", async () => {
  const receipt = await office.submit();
  const tab = await openTab(browser, { viewport: desk });
  const { page } = tab;
  await page.clock.install();
  await page.goto(`${pages.url}/console/`);
  await unlock(page, place, "intake");
  await openCase(page, receipt.report_id);
  const warning = page.locator("#idle");
  await page.locator("textarea[name=reply]").focus();
  await page.clock.fastForward("08:50");
  assert.equal(await warning.count(), 0);
  await page.clock.fastForward("00:15");
  await warning.waitFor();
  await accessible(page, "warned");
  await warning.locator("[data-action=stay]").click();
  assert.equal(await warning.count(), 0);
  await page.locator("textarea[name=reply]:focus").waitFor(); // who was reading or writing goes on there
  await page.clock.fastForward("08:00");
  assert.equal(await page.locator("[data-view]").count(), 1);
  await page.clock.fastForward("02:05");
  await page.locator("#key-file").waitFor({ state: "attached" });
  await page.locator("[role=status]", { hasText: "ten minutes" }).waitFor();
  assert.doesNotMatch(await page.content(), /camion|intake/);
  noComplaint(tab);
  await tab.context.close();
});

describe("a tampered record", () => {
  let receipt: Receipt;
  before(async () => {
    receipt = await office.submit();
    await pages.gateway.json(["case", "status", receipt.report_id, "acknowledged"], { as: "intake" });
    await pages.gateway.json(["case", "status", receipt.report_id, "in-assessment"], { as: "intake" });
  });
  after(() => (pages.instead = () => false));

  const changed = (change: (view: CaseView) => void): Instead =>
    altering(pages, new RegExp(`/v1/cases/${receipt.report_id}$`), (body) => {
      const view = parseTolerant(CaseViewSchema, body, maxBytes);
      change(view);
      return serialize(CaseViewSchema, view);
    });
  const cases: readonly (readonly [string, (view: CaseView) => void, string])[] = [
    ["an event of which a byte was changed", ({ events }) => void (events[0]!.event[events[0]!.event.length - 1]! ^= 1), "signature"],
    ["a signature that is another's", ({ events }) => void (events[0]!.signature = events[1]!.signature), "signature"],
    ["an event that was taken out", ({ events }) => void events.shift(), "chain"],
    ["events in another order", ({ events }) => void events.reverse(), "chain"],
  ];
  for (const [what, change, wrong] of cases) {
    test(what, async () => {
      pages.instead = changed(change);
      const tab = await work(browser, place, "intake");
      const { page } = tab;
      await openCase(page, receipt.report_id);
      await page.locator("[data-broken]", { hasText: "was changed" }).waitFor();
      assert.ok((await page.locator(`[data-wrong=${wrong}]`).count()) >= 1);
      assert.equal(await page.locator("[data-part]").count(), 0, "nothing of it is shown");
      assert.equal(await page.locator("main form, main [data-action=status]").count(), 0, "and nothing is offered");
      await tab.context.close();
    });
  }

  test("a manifest that is another's", async () => {
    pages.instead = changed((view) => void (view.sealed!.manifest[10]! ^= 1));
    const tab = await work(browser, place, "intake");
    await tab.page.locator(`[data-case="${receipt.report_id}"]`).click();
    await tab.page.locator("[data-broken]", { hasText: "does not fit together" }).waitFor();
    assert.equal(await tab.page.locator("[data-part]").count(), 0);
    await tab.context.close();
  });
});

test("a file is what its bytes say: HTML, SVG and a picture with a program in it run nothing", async () => {
  const program = "document.title='ran';fetch('https://example.org/')";
  const gif = Buffer.concat([Buffer.from("GIF89a"), Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 255, 255, 255, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]), Buffer.from(`*/=1;${program}//<script>${program}</script>`)]);
  const files: readonly (readonly [string, string | Buffer])[] = [
    ["page.html", `<!doctype html><script>${program}</script>`],
    ["drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="${program}"><script>${program}</script></svg>`],
    ["polyglot.gif", gif],
    ["really-html.png", `<script>${program}</script>`],
    ["words.txt", "the number plate was UN-4711 <script>"],
  ];
  const receipt = await office.submit(files.flatMap(([name, content]) => ["--attach", office.write(name, content)]));
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await openCase(page, receipt.report_id);
  for (const [i] of files.entries()) await act(page, `open-attachment-${i}`);
  const file = (index: number) => page.locator(`[data-file=attachment-${index}]`);
  for (const index of [0, 1, 3]) await file(index).locator("[data-download-only]").waitFor();
  await file(2).locator("canvas").waitFor();
  await file(4).locator("pre", { hasText: "UN-4711 <script>" }).waitFor();
  assert.equal(await page.locator("main iframe, main embed, main object, main img, main svg").count(), 0);
  const [download] = await Promise.all([page.waitForEvent("download"), file(1).locator("[data-action=save]").click()]);
  assert.equal(download.suggestedFilename(), "drawing.svg");
  assert.equal(await page.title(), "Safeconduct");
  assert.deepEqual(tab.requests.filter((url) => !url.startsWith(`${pages.url}/`) && !url.startsWith("blob:")), []);
  noComplaint(tab);
  await tab.context.close();
});

// The last: it changes the charter.
test("an older charter, another of the same version, and one without a proof raise the alarm", async () => {
  const { gateway } = pages;
  const documentOf = (note: string, proof: string): Instead => (_method, path, response) => {
    if (path !== "/v1/charter") return false;
    const document = Object.assign(parseTolerant(CharterDocumentSchema, new Uint8Array(0), maxBytes), { note, proof });
    const body = serialize(CharterDocumentSchema, document);
    response.writeHead(200, { "Content-Type": "application/x-protobuf", Date: new Date().toUTCString() }).end(body);
    return true;
  };
  const note = (name: string): string => readFileSync(gateway.file(name), "utf8");
  const next = async (name: string, expires: string): Promise<void> => {
    await gateway.json(["charter", "new", "--next", "charter.note", "--expires", expires, "--out", `${name}.json`]);
    await gateway.sign(`${name}.json`);
  };
  await next("second", "2045-01-01");
  await next("other", "2046-01-01");
  const log = await partyIn(gateway, "log");
  const tab = await openTab(browser, { viewport: desk });
  const { page } = tab;
  await page.goto(`${pages.url}/console/`);
  await page.locator("#key-file").waitFor({ state: "attached" });
  await gateway.publish("second.note");
  await page.reload();
  await page.locator(".facts", { hasText: "version 2" }).waitFor(); // it goes on from the log that was remembered
  const alarm = async (kind: string, instead: Instead): Promise<string[]> => {
    pages.instead = instead;
    await page.reload();
    await page.locator(`[data-alarm=${kind}]`).waitFor();
    assert.equal(await page.locator("#key-file").count(), 0, "there is no way in");
    return page.locator("pre").allTextContents();
  };
  const [rememberedOld, servedOld] = await alarm("older", documentOf(note("charter.note"), proofOf(note("charter.note"), log)));
  assert.match(rememberedOld!, /^charter\.test\.localhost\n2\n/);
  assert.match(servedOld!, /^charter\.test\.localhost\n1\n/);
  const [remembered, served] = await alarm("forked", documentOf(note("other.note"), proofOf(note("other.note"), log)));
  assert.match(remembered!, /^charter\.test\.localhost\n2\n/);
  assert.match(served!, /^charter\.test\.localhost\n2\n/);
  assert.notEqual(remembered!.split("\n")[2], served!.split("\n")[2]);
  await alarm("unproven", documentOf(note("second.note"), ""));
  const unsigned = note("second.note").split("\n").filter((_, i, lines) => i !== lines.findIndex((each) => each.startsWith("— "))).join("\n");
  await alarm("unsigned", documentOf(unsigned, proofOf(note("second.note"), log)));
  pages.instead = () => false;
  await page.locator("button", { hasText: "Try again" }).click();
  await unlock(page, place, "intake");
  await tab.context.close();
});
