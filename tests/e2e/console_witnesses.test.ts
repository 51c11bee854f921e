// A charter that demands a witness, in the console in real Chromium: what it cosigned is confirmed, what it did not
// is said not to be, and a charter that it did not cosign lately is no way in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { CaseProofsSchema, CharterDocumentSchema } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { altering } from "./alterings.ts";
import { desk, launch, openTab } from "./browser.ts";
import { noComplaint, openCase, unlock, untilLogged, work } from "./consoleDesk.ts";
import { Witness, witnessName } from "./cosigning.ts";
import { daySeconds } from "./fakeClock.ts";
import { Office, type Receipt } from "./office.ts";
import { type Instead, WebPages } from "./webPages.ts";

const maxBytes = 64 * 1024 * 1024;
let witness: Witness;
let pages: WebPages;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
let receipt: Receipt;
before(async () => {
  witness = await Witness.start();
  pages = await WebPages.start(witness.options);
  place = { url: pages.url, gateway: pages.gateway };
  await witness.watch(pages.gateway);
  await pages.gateway.publish("charter.note", ["texts-en.json"]);
  receipt = await new Office(pages.gateway).submit();
  await pages.gateway.json(["case", "status", receipt.report_id, "acknowledged"], { as: "intake" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
  await witness?.gateway.dispose();
});

/** A note, or what ends with one, as it was before the witness saw it. */
const uncosigned = (text: string): string => text.split("\n").filter((line) => !line.startsWith(`— ${witnessName} `)).join("\n");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const checkpointUncosigned = (): Instead => altering(pages, /^\/log\/checkpoint$/, (body) => bytesOf(uncosigned(new TextDecoder().decode(body))));

const showAudit = async (page: Page): Promise<string> => {
  await page.locator("[data-action=audit]").click();
  await page.locator("[data-log=continued] dl").waitFor();
  return (await page.locator("[data-log=continued] dl").textContent())!;
};

test("what the witness cosigned is confirmed, of the charter, of a case and of the log", async () => {
  const { page, ...tab } = await openTab(browser, { viewport: desk, locale: "en-GB" });
  await page.goto(`${pages.url}/console/`);
  await page.locator(".facts", { hasText: "Independent witnesses have confirmed that within the last seven days" }).waitFor();
  await unlock(page, place, "intake");
  assert.equal(await untilLogged(page, receipt.report_id), "logged");
  for (const event of [0, 1]) {
    assert.equal(await page.locator(`[data-event="${event}"]`).getAttribute("data-log"), "logged");
    assert.equal((await page.locator(`[data-event="${event}"] .log-mark`).textContent())!, "In the public log");
  }
  noComplaint({ page, ...tab });
  await tab.context.close();
  const auditor = await work(browser, place, "auditor");
  assert.match(await showAudit(auditor.page), new RegExp(`WitnessesOne is required: ${witnessName} at \\d`));
  noComplaint(auditor);
  await auditor.context.close();
});

test("a checkpoint without its cosignature is said not to be confirmed, and so is a proof under one", async () => {
  pages.instead = checkpointUncosigned();
  const auditor = await work(browser, place, "auditor");
  assert.match(await showAudit(auditor.page), /WitnessesOne is required, and has not cosigned this checkpoint: nobody has cosigned this checkpoint/);
  noComplaint(auditor);
  await auditor.context.close();

  pages.instead = altering(pages, /\/proofs$/, (body) => {
    const served = parseTolerant(CaseProofsSchema, body, maxBytes);
    const event = served.proofs.find((each) => each.event === 1n)!;
    assert.ok(event.proof.includes(witnessName));
    event.proof = uncosigned(event.proof);
    return serialize(CaseProofsSchema, served);
  });
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  await openCase(page, receipt.report_id);
  await page.locator('[data-event="1"][data-log=unconfirmed]', { hasText: "In the public log, not yet confirmed by the witnesses" }).waitFor();
  assert.equal(await page.locator('[data-event="0"]').getAttribute("data-log"), "logged");
  assert.equal(await page.locator("[data-log-alarm]").count(), 0, "it may be on its way");
  noComplaint(tab);
  await tab.context.close();
  pages.instead = () => false;
});

test("a charter that it did not cosign, or not lately, is no way in", async () => {
  const tab = await openTab(browser, { viewport: desk, locale: "en-GB" });
  const { page } = tab;
  const refused = async (): Promise<void> => {
    await page.goto(`${pages.url}/console/`);
    await page.locator("[data-alarm=unwitnessed]").waitFor();
    assert.equal(await page.locator("#key-file").count(), 0);
    const { local } = (await page.evaluate("({ local: localStorage.length })")) as { local: number };
    assert.equal(local, 0, "nothing of it is remembered");
  };
  pages.instead = altering(pages, /^\/v1\/charter$/, (body) => {
    const document = parseTolerant(CharterDocumentSchema, body, maxBytes);
    assert.ok(document.proof.includes(witnessName));
    document.proof = uncosigned(document.proof);
    return serialize(CharterDocumentSchema, document);
  });
  await refused();
  pages.instead = () => false;
  pages.dateSkew = 8 * daySeconds;
  await refused();
  pages.dateSkew = 0;
  await page.locator("button", { hasText: "Try again" }).click();
  await unlock(page, place, "intake");
  noComplaint(tab);
  await tab.context.close();
});
