// The report log in the console, in real Chromium: what of a case is in it, and what the console does with a gateway
// that hides a proof, serves another's, goes back to an earlier log or signs two.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { CaseProofsSchema, type CaseProofs } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { serializeNote, signNote } from "../../gateway/web/shared/note/note.ts";
import { altering } from "./alterings.ts";
import { desk, launch, openTab } from "./browser.ts";
import { act, confirm, noComplaint, openCase, said, unlock, work } from "./consoleDesk.ts";
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

/** Opens the case anew until the log has all of it. */
async function untilLogged(page: Page): Promise<void> {
  for (;;) {
    await openCase(page, receipt.report_id);
    await page.locator(".timeline[data-log]").waitFor();
    if ((await page.locator(".timeline").getAttribute("data-log")) !== "waiting") return;
    await act(page, "back");
  }
}

test("each entry is found in the log, what came just now waits for it, and only checkpoints stay on the device", async () => {
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await untilLogged(page);
  assert.equal(await page.locator(".timeline").getAttribute("data-log"), "logged");
  assert.deepEqual(await page.locator("[data-event]").evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset["log"])), ["logged", "logged"]);
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
    await untilLogged(page);
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
    const checkpoint = async (): Promise<string> => (await pages.gateway.cli(["log", "verify", "--help"]), await readCheckpoint());
    const readCheckpoint = (): Promise<string> => bodyOf("/log/checkpoint");
    const bodyOf = async (path: string): Promise<string> => {
      const tab = await openTab(browser);
      await tab.page.goto(`${pages.url}${path}`);
      const text = (await tab.page.evaluate("fetch(location.href).then((answer) => answer.text())")) as string;
      await tab.context.close();
      return text;
    };
    const early = await checkpoint();
    const sizeOf = (note: string): number => Number(note.split("\n")[1]);
    let late = early;
    while (sizeOf(late) === sizeOf(early)) late = await checkpoint();
    const tab = await openTab(browser, { viewport: desk });
    const { page } = tab;
    await page.goto(`${pages.url}/console/`);
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
    pages.instead = serving(serializeNote({ text, signatures: [signNote(text, origin!, log.key("note"))] }));
    await page.reload();
    await page.locator("[data-alarm=report-log]").waitFor();
    pages.instead = () => false;
    await page.locator("button", { hasText: "Try again" }).click();
    await unlock(page, place, "intake");
    noComplaint(tab);
    await tab.context.close();
  });
});
