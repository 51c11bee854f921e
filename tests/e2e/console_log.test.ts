// The report log in the console, in real Chromium: what of a case is in it, and what the console does with a gateway
// that hides a proof, serves another's, goes back to an earlier log or signs two.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { CaseListSchema, CaseProofsSchema, type CaseProofs, LogOpeningsSchema } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { serializeNote, signNote } from "../../gateway/web/shared/note/note.ts";
import { altering } from "./alterings.ts";
import { accessible, desk, launch, openTab } from "./browser.ts";
import { act, confirm, noComplaint, openCase, said, unlock, untilLogged, work } from "./consoleDesk.ts";
import { Office, type Receipt } from "./office.ts";
import { partyIn } from "./webClient.ts";
import { type Instead, WebPages } from "./webPages.ts";

const maxBytes = 64 * 1024 * 1024;
let pages: WebPages;
let office: Office;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
let receipt: Receipt;
before(async () => {
  pages = await WebPages.start({ logInterval: 1 });
  place = { url: pages.url, gateway: pages.gateway };
  office = new Office(pages.gateway);
  receipt = await office.submit();
  await pages.gateway.json(["case", "status", receipt.report_id, "acknowledged"], { as: "intake" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

test("each entry is found in the log, what came just now waits for it, and only checkpoints stay on the device", async () => {
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await untilLogged(page, receipt.report_id);
  assert.equal(await page.locator(".timeline").getAttribute("data-log"), "logged");
  assert.equal(await page.locator("[data-event][data-log=logged]").count(), 2, "the report and its event");
  await act(page, "hold");
  await confirm(page);
  await said(page, /on legal hold/);
  await page.locator('[data-event="2"][data-log]').waitFor();
  assert.match((await page.locator('[data-event="2"]').getAttribute("data-log"))!, /^(waiting|logged)$/);
  const { log } = (await page.evaluate("JSON.parse(localStorage['safeconduct-console'])")) as { log: string };
  assert.match(log, /^log\.test\.localhost\n[1-9]/);
  noComplaint(tab);
  await tab.context.close();
});

describe("an auditor", () => {
  after(() => (pages.instead = () => false));
  const audit = async (page: Page): Promise<void> => {
    await act(page, "audit-start");
    await page.locator("[data-action=audit-start]:visible").waitFor();
  };

  test("finds everything in order, that the log goes on from the last visit, and who did what, without content", async () => {
    const tab = await work(browser, place, "auditor");
    const { page } = tab;
    await page.locator("[data-action=audit]").click();
    await page.locator("[data-log=continued]").waitFor();
    await audit(page);
    await page.locator("[data-audit=good]").waitFor();
    await page.locator("[data-deed=status]", { hasText: "intake, Conduct and Discipline Team changed the status: Acknowledged" }).waitFor();
    assert.doesNotMatch((await page.locator("main").textContent())!, /camion|Amina|fraud/i);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-action=save-deeds]").click()]);
    assert.equal(download.suggestedFilename(), "events.csv");
    await accessible(page, "audit");
    await page.setViewportSize({ width: 320, height: 640 });
    const wide = (await page.evaluate("document.documentElement.scrollWidth")) as number;
    assert.ok(wide <= 320, `${wide} pixels`);
    await page.setViewportSize(desk);
    await page.reload();
    await unlock(page, place, "auditor");
    await page.locator("[data-action=audit]").click();
    await page.locator("[data-since]:not([data-since=''])", { hasText: "goes on from exactly those" }).waitFor();
    noComplaint(tab);
    await tab.context.close();
  });

  test("is alarmed by an entry without an opening, and by a report that is not among the cases", async () => {
    let hidden = 0;
    const openings = altering(pages, /^\/v1\/log\/openings$/, (body) => {
      const page = parseTolerant(LogOpeningsSchema, body, maxBytes);
      page.openings = page.openings.filter(({ entry }) => entry !== 0n || (++hidden, false));
      return serialize(LogOpeningsSchema, page);
    });
    const cases = altering(pages, /^\/v1\/cases$/, (body) => {
      const page = parseTolerant(CaseListSchema, body, maxBytes);
      page.cases = page.cases.filter(({ reportId }) => reportId !== receipt.report_id);
      return serialize(CaseListSchema, page);
    });
    const tab = await work(browser, place, "auditor");
    const { page } = tab;
    await page.locator("[data-action=audit]").click();
    pages.instead = openings;
    await audit(page);
    await page.locator("[data-audit=alarm] [data-audit-alarm=noOpening]", { hasText: "Entry 0 has no opening" }).waitFor();
    assert.equal(hidden, 2, "looked twice before it says so");
    pages.instead = cases;
    await audit(page);
    await page.locator("[data-audit-alarm=hiddenReport]", { hasText: receipt.report_id }).waitFor();
    await page.locator("[data-audit-alarm=hiddenEvent]").first().waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-action=save-alarms]").click()]);
    assert.equal(download.suggestedFilename(), "audit.txt");
    noComplaint(tab);
    await tab.context.close();
  });
});

describe("a gateway that lies about the log", () => {
  after(() => (pages.instead = () => false));
  const proofs = (change: (served: CaseProofs) => void): Instead =>
    altering(pages, new RegExp(`/v1/cases/${receipt.report_id}/proofs$`), (body) => {
      const served = parseTolerant(CaseProofsSchema, body, maxBytes);
      change(served);
      return serialize(CaseProofsSchema, served);
    });

  test("the report is not in it, though its time has passed; an event's proof is another's", async () => {
    const tab = await work(browser, place, "intake");
    const { page } = tab;
    await untilLogged(page, receipt.report_id);
    pages.instead = proofs(({ proofs: all }) => {
      all[1]!.proof = all[0]!.proof;
      all[0]!.proof = "";
    });
    // The time of the promise comes by the gateway's clock.
    for (let state = ""; state !== "missing"; ) {
      await act(page, "back");
      await openCase(page, receipt.report_id);
      await page.locator(".timeline[data-log]").waitFor();
      state = (await page.locator('[data-event="0"]').getAttribute("data-log"))!;
    }
    assert.equal(await page.locator('[data-event="1"]').getAttribute("data-log"), "false");
    assert.match((await page.locator("[data-log-alarm]").textContent())!, /2 entries of this case are not in the public log/);
    noComplaint(tab);
    await tab.context.close();
  });

  test("an earlier log than was remembered, and another of the same size, end on an alarm before a key is asked for", async () => {
    pages.instead = () => false;
    const tab = await openTab(browser, { viewport: desk });
    const { page } = tab;
    await page.goto(`${pages.url}/console/`);
    const checkpoint = async (): Promise<string> => (await tab.page.evaluate("fetch('/log/checkpoint').then((answer) => answer.text())")) as string;
    const early = await checkpoint();
    const sizeOf = (note: string): number => Number(note.split("\n")[1]);
    let late = early;
    while (sizeOf(late) === sizeOf(early)) late = await checkpoint();
    await page.reload();
    await unlock(page, place, "intake");
    const serving = (note: string): Instead => (_method, path, response) => {
      if (path !== "/log/checkpoint") return false;
      response.writeHead(200, { "Content-Type": "text/plain", Date: new Date().toUTCString() }).end(note);
      return true;
    };
    // Within the session, and then at its start.
    pages.instead = serving(early);
    await openCase(page, receipt.report_id);
    await page.locator("[data-fork]").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-action=save-fork]").click()]);
    assert.equal(download.suggestedFilename(), "log.fork.txt");
    await page.reload();
    await page.locator("[data-alarm=report-log]").waitFor();
    assert.equal(await page.locator("#key-file").count(), 0, "there is no way in");
    const [remembered, served] = await page.locator("pre").allTextContents();
    assert.equal(served, early);
    const log = await partyIn(pages.gateway, "log");
    const [origin, size] = remembered!.split("\n");
    const text = `${origin}\n${size}\n${Buffer.alloc(32, 7).toString("base64")}\n`;
    pages.instead = serving(serializeNote(signNote({ text, signatures: [] }, origin!, log.key("note"))));
    await page.reload();
    await page.locator("[data-alarm=report-log]").waitFor();
    pages.instead = () => false;
    await page.locator("button", { hasText: "Try again" }).click();
    await unlock(page, place, "intake");
    noComplaint(tab);
    await tab.context.close();
  });
});
