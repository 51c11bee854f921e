// Audits of the report log in the console, in real Chromium: one that is paused and goes on, and an auditor of one
// channel among two.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { CaseListSchema, LogOpeningsSchema } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { altering } from "./alterings.ts";
import { launch } from "./browser.ts";
import { act, noComplaint, work } from "./consoleDesk.ts";
import { demoFolder } from "./harness.ts";
import { answers, narrative, Office, type Receipt } from "./office.ts";
import { poll } from "./support/poll.ts";
import { type Instead, WebPages } from "./webPages.ts";

const maxBytes = 64 * 1024 * 1024;
const patience = { timeout: 180_000 }; // milliseconds, for a whole audit on a machine that does much else
const block = 300; // entries at a time, so that a log of few reports has more than one bundle
let pages: WebPages;
let office: Office;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
const receipts: Receipt[] = [];
before(async () => {
  pages = await WebPages.start({ logInterval: 1, config: { transparency_log: [`block = ${block}`] } });
  place = { url: pages.url, gateway: pages.gateway };
  office = new Office(pages.gateway);
  while (receipts.length < 10) receipts.push(await office.submit());
  await pages.gateway.json(["case", "status", receipts[0]!.report_id, "acknowledged"], { as: "intake" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

/** The command line's audit, once the log has everything. */
const settled = (): Promise<any> =>
  poll("everything in the log", async () => {
    const said = await pages.gateway.json(["log", "audit"], { as: "auditor" });
    return said.waiting === 0 ? said : undefined;
  });

const show = (page: Page): Promise<void> => page.locator("[data-action=audit]").click();
const result = async (page: Page, state: "good" | "alarm"): Promise<string> => (await page.locator(`[data-audit=${state}] dl`).textContent(patience))!;

describe("an audit that is paused", () => {
  after(() => (pages.instead = () => false));

  test("reads nothing until it goes on, nothing twice then, and ends with what an audit without a pause finds", async () => {
    const { checkpoint, entries } = await settled();
    assert.ok(entries > 256, "more than one bundle");
    const asked: string[] = [];
    let held = /^$/;
    let reached = (): void => {};
    let released: Promise<void> = Promise.resolve();
    // Of a log that stands still, so that two audits are of the same.
    pages.instead = async (_method, path, response) => {
      asked.push(path);
      if (path === "/log/checkpoint") {
        response.writeHead(200, { "Content-Type": "text/plain", Date: new Date().toUTCString() }).end(checkpoint);
        return true;
      }
      if (held.test(path)) {
        reached();
        await released;
      }
      return false;
    };
    const tab = await work(browser, place, "auditor");
    const { page } = tab;
    await show(page);
    await page.locator("[data-log=continued]").waitFor();

    /** Looks at the log anew, until that has been asked for. */
    const looked = async (): Promise<void> => {
      const until = asked.length;
      await act(page, "refresh");
      await poll("a look at the log", async () => (asked.slice(until).includes("/log/checkpoint") ? true : undefined));
    };
    /** Goes on until `path` is asked for, and pauses there. */
    const pausedAt = async (path: RegExp): Promise<void> => {
      const inFlight = new Promise<void>((done) => (reached = done));
      let release = (): void => {};
      released = new Promise((done) => (release = done));
      held = path;
      await act(page, "audit-start");
      await inFlight;
      await act(page, "audit-pause");
      await looked(); // so the worker has heard of the pause
      held = /^$/;
      release();
      await page.locator("[role=status]", { hasText: /^Paused\.$/ }).waitFor();
      const until = asked.length;
      await looked();
      assert.deepEqual(asked.slice(until), ["/log/checkpoint"], `paused at ${path}`);
      assert.equal(await page.locator("[data-action=audit-start]:visible").textContent(), "Go on checking");
      assert.equal(await page.locator("progress:visible, [data-action=audit-pause]:visible, [data-audit]").count(), 0);
    };
    const begun = asked.length;
    await pausedAt(/^\/log\/tile\/entries\/000$/);
    assert.ok(!asked.slice(begun).some((path) => path.startsWith("/v1/")), "in the midst of the entries");
    await pausedAt(/^\/v1\/log\/openings$/);
    assert.ok(!asked.slice(begun).includes("/v1/cases"), "in the midst of the openings");
    const isCase = (path: string): boolean => /^\/v1\/cases\/\w+$/.test(path);
    await pausedAt(/^\/v1\/cases\/\w+$/);
    const some = asked.slice(begun).filter(isCase).length;
    assert.ok(some < receipts.length, `${some} of ${receipts.length} cases`);
    await act(page, "audit-start");
    const found = await result(page, "good");
    for (const [what, isOf] of [["bundles", (path: string) => path.startsWith("/log/tile/entries/")], ["cases", isCase]] as const) {
      const read = asked.slice(begun).filter(isOf);
      assert.deepEqual(read, [...new Set(read)], `${what} twice`);
      assert.equal(read.length, what === "cases" ? receipts.length : Math.ceil(entries / 256));
    }

    const other = await work(browser, place, "auditor");
    await show(other.page);
    await act(other.page, "audit-start");
    assert.equal(await result(other.page, "good"), found);
    for (const each of [tab, other]) {
      noComplaint(each);
      await each.context.close();
    }
  });
});

describe("an auditor of one channel", () => {
  let elsewhere: Receipt;
  before(async () => {
    const { gateway } = pages;
    const read = (name: string): any => JSON.parse(readFileSync(name, "utf8"));
    await gateway.json(["charter", "new", "--next", "charter.note", "--out", "charter-2.json"]);
    const channel = office.write("welfare.json", JSON.stringify({ ...read(gateway.file("channel.json")), id: "welfare" }));
    await gateway.json(["charter", "add-channel", "charter-2.json", channel]);
    const texts = read(`${demoFolder}/texts-en.json`);
    texts.channels.welfare = { title: "Welfare", about: "Report what harms people here." };
    writeFileSync(gateway.file("texts.json"), JSON.stringify(texts));
    await gateway.json(["charter", "add-text", "charter-2.json", gateway.file("texts.json"), "--language", "en"]);
    const post = ["--label", "conduct-auditor", "--organisation", "Ombudsman", "--role", "auditor", "--channel", "conduct"];
    await gateway.json(["charter", "add-holder", "charter-2.json", ...post, "--keys", "-"], { input: await gateway.makeKey("conduct-auditor") });
    await gateway.sign("charter-2.json");
    await gateway.publish("charter-2.note", [gateway.file("texts.json")]);
    elsewhere = await gateway.json(office.report(narrative, answers, "welfare"));
    await gateway.json(["case", "status", elsewhere.report_id, "acknowledged"], { as: "intake" });
    await settled();
  });
  after(() => (pages.instead = () => false));

  const audit = async (page: Page): Promise<void> => {
    await act(page, "audit-start");
    await page.locator("[data-action=audit-start]:visible").waitFor(patience);
  };
  /** Nothing that is shown or saved leads to the other channel's case. */
  const isUnnamed = async (page: Page): Promise<void> => {
    assert.ok(!(await page.content()).includes(elsewhere.report_id.slice(0, 8)), "in the page");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-action=save-deeds]").click()]);
    const saved = readFileSync(await download.path(), "utf8");
    assert.ok(saved.includes(receipts[0]!.report_id) && !saved.includes(elsewhere.report_id), saved);
  };

  test("finds everything of his own in order, and of the other nothing but how many entries it has", async () => {
    const tab = await work(browser, place, "conduct-auditor");
    const { page } = tab;
    await page.locator(`[data-case="${receipts[0]!.report_id}"]`).waitFor();
    assert.equal(await page.locator(`[data-case="${elsewhere.report_id}"]`).count(), 0);
    await show(page);
    await audit(page);
    const found = await result(page, "good");
    assert.match(found, new RegExp(`Reports${receipts.length}Events1Covers`));
    assert.match(found, /Of other channels, not looked into2/);
    assert.match(found, new RegExp(`Cases${receipts.length}$`));
    await isUnnamed(page);
    noComplaint(tab);
    await tab.context.close();

    const whole = await work(browser, place, "auditor");
    await show(whole.page);
    await audit(whole.page);
    const all = await result(whole.page, "good");
    assert.match(all, new RegExp(`Reports${receipts.length + 1}Events2Covers.*Cases${receipts.length + 1}$`));
    assert.doesNotMatch(all, /Of other channels/);
    await whole.context.close();
  });

  test("is alarmed by a report of his own that is hidden, or said to be of the other channel", async () => {
    const own = receipts[3]!.report_id;
    const withoutCase = altering(pages, /^\/v1\/cases$/, (body) => {
      const page = parseTolerant(CaseListSchema, body, maxBytes);
      page.cases = page.cases.filter(({ reportId }) => reportId !== own);
      return serialize(CaseListSchema, page);
    });
    const saidElsewhere = altering(pages, /^\/v1\/log\/openings$/, (body) => {
      const page = parseTolerant(LogOpeningsSchema, body, maxBytes);
      for (const opening of page.openings) if (opening.reportId === own) opening.reportId = "";
      return serialize(LogOpeningsSchema, page);
    });
    const tab = await work(browser, place, "conduct-auditor");
    const { page } = tab;
    await show(page);
    const lies: readonly (readonly [Instead, string])[] = [[withoutCase, "hiddenReport"], [saidElsewhere, "saidElsewhere"]];
    for (const [lie, alarm] of lies) {
      pages.instead = lie;
      await audit(page);
      await page.locator(`[data-audit=alarm] [data-audit-alarm=${alarm}]`, { hasText: own }).waitFor();
      await isUnnamed(page);
    }
    noComplaint(tab);
    await tab.context.close();
  });
});
