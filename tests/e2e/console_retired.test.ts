// A report log that is ended by a charter and goes on under another name, in the console in real Chromium: who saw the
// old one goes on, its proofs hold, and an end that contradicts what was seen is an alarm.
import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { serializeNote, signNote } from "../../gateway/web/shared/note/note.ts";
import { altering } from "./alterings.ts";
import { launch, type Tab } from "./browser.ts";
import { program } from "./calls.ts";
import { act, noComplaint, openCase, unlock, untilLogged, work } from "./consoleDesk.ts";
import { Office, type Receipt } from "./office.ts";
import { partyIn } from "./webClient.ts";
import { WebPages } from "./webPages.ts";

const oldLog = "log.test.localhost";
const newLog = "log-2.test.localhost";
let pages: WebPages;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
let receipt: Receipt;
let visitor: Tab; // who saw the old log
let oldProofs: Uint8Array; // of the case, under the old log
before(async () => {
  pages = await WebPages.start({ logInterval: 1 });
  place = { url: pages.url, gateway: pages.gateway };
  receipt = await new Office(pages.gateway).submit();
  await pages.gateway.json(["case", "status", receipt.report_id, "acknowledged"], { as: "intake" });
  browser = await launch();
  visitor = await work(browser, place, "intake");
  pages.instead = altering(pages, /\/proofs$/, (body) => (oldProofs = body));
  assert.equal(await untilLogged(visitor.page, receipt.report_id), "logged");
  pages.instead = () => false;
  assert.match(await remembered(visitor.page), new RegExp(`^${oldLog}\n`));
  await retire();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

/** Ends the log with what was published of it, and goes on under a new one. */
async function retire(): Promise<void> {
  const { gateway } = pages;
  await gateway.makeKey("log-2");
  assert.equal(await gateway.stop(), 0);
  copyFileSync(gateway.file("store.high-water-reports"), gateway.file("last-checkpoint"));
  await gateway.json(["charter", "new", "--next", "charter.note", "--out", "charter-2.json"]);
  const ended = ["--log", await gateway.vkey("log-2", newLog), "--last-checkpoint", "last-checkpoint", "--trust-out", "trust-2.txt"];
  await gateway.json(["charter", "retire-log", "charter-2.json", ...ended]);
  await gateway.sign("charter-2.json");
  const config = readFileSync(gateway.file("gateway.toml"), "utf8");
  writeFileSync(gateway.file("gateway.toml"), config.replace('"log.key"', '"log-2.key"'));
  const taken = await program(gateway, "take-charter", "--charter", gateway.file("charter-2.note"));
  assert.equal(taken.status, 0, taken.stderr);
  copyFileSync(gateway.file("trust-2.txt"), gateway.file("trust.txt"));
  await gateway.serve();
}

/** The checkpoint of the report log that this device keeps. */
async function remembered(page: Page): Promise<string> {
  return (await page.evaluate("JSON.parse(localStorage['safeconduct-console']).log")) as string;
}

test("who saw the old log goes on under the new one without an alarm, and the case is in it", async () => {
  const { page } = visitor;
  await page.reload();
  await unlock(page, place, "intake");
  assert.equal(await untilLogged(page, receipt.report_id), "logged");
  assert.equal(await page.locator("[data-log-alarm], [data-fork], [data-log=missing], [data-log=false]").count(), 0);
  assert.match(await remembered(page), new RegExp(`^${newLog}\n[1-9]`));
  const auditor = await work(browser, place, "auditor");
  await auditor.page.locator("[data-action=audit]").click();
  const log = (await auditor.page.locator("[data-log=continued] dl").textContent())!;
  assert.ok(log.includes(newLog) && log.includes(`Logs before it${oldLog}`), log);
  await act(auditor.page, "audit-start");
  await auditor.page.locator("[data-audit=good]").waitFor();
  for (const tab of [visitor, auditor]) noComplaint(tab);
  await auditor.context.close();
});

test("proofs of the old log hold", async () => {
  const { page } = visitor;
  assert.ok(Buffer.from(oldProofs).includes(`\n${oldLog}\n`));
  let served = 0;
  pages.instead = altering(pages, /\/proofs$/, () => (++served, oldProofs));
  await act(page, "back");
  await openCase(page, receipt.report_id);
  await page.locator(".timeline[data-log=logged]").waitFor();
  assert.equal(await page.locator("[data-event][data-log=logged]").count(), 2);
  assert.equal(served, 1);
  pages.instead = () => false;
  noComplaint(visitor);
});

test("an end that is before what was seen, or another than that, is an alarm before a key is asked for", async () => {
  const last = readFileSync(pages.gateway.file("last-checkpoint"), "utf8");
  const size = Number(last.split("\n")[1]);
  const log = await partyIn(pages.gateway, "log");
  const root = Buffer.alloc(32, 7).toString("base64");
  const { page } = visitor;
  const now = (await page.evaluate("localStorage['safeconduct-console']")) as string;
  for (const seen of [size + 1, size]) {
    const note = serializeNote(signNote({ text: `${oldLog}\n${seen}\n${root}\n`, signatures: [] }, oldLog, log.key("note")));
    await page.evaluate(`localStorage['safeconduct-console'] = ${JSON.stringify(JSON.stringify({ ...JSON.parse(now), log: note }))}`);
    await page.reload();
    await page.locator("[data-alarm=report-log]").waitFor();
    assert.equal(await page.locator("#key-file").count(), 0, "there is no way in");
    assert.deepEqual(await page.locator("pre").allTextContents(), [note, last], "both, to be passed on");
    assert.equal(await remembered(page), note, "and it is not forgotten");
  }
  await page.evaluate(`localStorage['safeconduct-console'] = ${JSON.stringify(JSON.stringify({ ...JSON.parse(now), log: last }))}`);
  await page.locator("button", { hasText: "Try again" }).click();
  await unlock(page, place, "intake");
  assert.match(await remembered(page), new RegExp(`^${newLog}\n`));
  noComplaint(visitor);
});
