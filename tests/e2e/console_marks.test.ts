// What was read stays read: in another browser, after a gateway that was killed, and for nobody else to see or to say.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { concat, fromHex } from "../../gateway/web/shared/base/bytes.ts";
import { serialize } from "../../gateway/web/shared/base/messages.ts";
import { MarksSchema } from "../../gateway/web/shared/generated/safeconduct/v1/marks_pb.ts";
import { openReadMarks, sealReadMarks } from "../../gateway/web/shared/report/readMarks.ts";
import { create } from "../../gateway/web/node_modules/@bufbuild/protobuf/dist/esm/index.js";
import { desk, launch, openTab, type Tab } from "./browser.ts";
import { noComplaint, openCase, unlock, work } from "./consoleDesk.ts";
import { Office } from "./office.ts";
import { openWeb, partyIn } from "./webClient.ts";
import { type Instead, WebPages } from "./webPages.ts";

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

const path = "/v1/marks";
const puts = (): number => pages.seen.filter((each) => each.method === "PUT" && each.path === path).length;
/** Waits for the answers to so many more than `before`. */
async function kept(before: number, count = 1): Promise<void> {
  for (const end = Date.now() + 60_000; puts() < before + count; await new Promise((done) => setImmediate(done))) assert.ok(Date.now() < end, "what was read was not kept");
}
const isNew = (page: Page, id: string, expected: boolean): Promise<void> => page.locator(`[data-case="${id}"]${expected ? ".unread" : ":not(.unread)"}`).waitFor();
const toList = (page: Page): Promise<void> => page.locator("nav [data-action=inbox]").click();
async function lock({ page, context, ...tab }: Tab): Promise<void> {
  await page.locator("[data-action=lock]").click();
  await page.locator("#key-file").waitFor({ state: "attached" });
  assert.deepEqual(tab.complaints, []);
}
/** Locks; what was read is kept then. */
async function leave(tab: Tab): Promise<void> {
  const before = puts();
  await lock(tab);
  await kept(before);
  await tab.context.close();
}
/** A tab of intake whose clock is the test's. */
async function workByClock(): Promise<Tab> {
  const tab = await openTab(browser, { viewport: desk, locale: "en-GB" });
  await tab.page.clock.install();
  await tab.page.goto(`${place.url}/console/`);
  await unlock(tab.page, place, "intake");
  return tab;
}
const noteByAnother = (id: string): Promise<unknown> => pages.gateway.json(["case", "note", id, "--text", "-"], { as: "intake-2", input: "Seen by the clinic." });

test("a case that was read is not new in another browser, until something is done with it", async () => {
  const [read, unread] = [(await office.submit()).report_id, (await office.submit()).report_id];
  const first = await work(browser, place, "intake");
  await isNew(first.page, read, true);
  await openCase(first.page, read);
  await toList(first.page);
  await isNew(first.page, read, false);
  await leave(first);

  const second = await work(browser, place, "intake");
  await isNew(second.page, unread, true);
  await isNew(second.page, read, false);
  await noteByAnother(read);
  await second.page.locator("[data-action=refresh]").click();
  await isNew(second.page, read, true);
  await openCase(second.page, read);
  await leave(second);

  // Of nobody else: each holder has read what that holder has read.
  const auditor = await work(browser, place, "auditor");
  await isNew(auditor.page, read, true);
  noComplaint(auditor);
  await auditor.context.close();
});

test("what was kept is there after the gateway was killed", async () => {
  const { report_id: id } = await office.submit();
  const tab = await work(browser, place, "intake");
  await openCase(tab.page, id);
  await leave(tab);
  await pages.gateway.kill();
  await pages.gateway.serve();
  const again = await work(browser, place, "intake");
  await isNew(again.page, id, false);
  noComplaint(again);
  await again.context.close();
});

test("it is kept after five minutes, not case by case; two browsers that keep at once lose nothing of either", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 3; ++i) ids.push((await office.submit()).report_id);
  const [one, two] = [await workByClock(), await workByClock()];
  for (const id of ids.slice(0, 2)) {
    await openCase(one.page, id);
    await toList(one.page);
  }
  await openCase(two.page, ids[2]!);
  const before = puts();
  for (const { page } of [one, two]) await page.clock.fastForward("04:30");
  assert.equal(puts(), before, "five minutes are not over");

  // The first one's waits on its way until the second one's is there.
  let arrived: () => void;
  let go: () => void;
  const isThere = new Promise<void>((done) => (arrived = done));
  const gate = new Promise<void>((done) => (go = done));
  let isFirst = true;
  pages.instead = async (method, asked) => {
    if (method !== "PUT" || asked !== path || !isFirst) return false;
    isFirst = false;
    arrived();
    await gate;
    return false;
  };
  await one.page.clock.fastForward("00:45");
  await isThere;
  await two.page.clock.fastForward("00:45");
  await kept(before, 1);
  go!();
  await kept(before, 3); // the first one's again, after its conflict
  pages.instead = () => false;
  for (const tab of [one, two]) {
    noComplaint({ ...tab, complaints: tab.complaints.filter((text) => !text.includes("409")) });
    await tab.context.close();
  }

  const again = await work(browser, place, "intake");
  for (const id of ids) await isNew(again.page, id, false);
  await again.context.close();
});

test("all that is new is marked as read at once", async () => {
  const { report_id: id } = await office.submit();
  const { page, ...tab } = await work(browser, place, "intake");
  await isNew(page, id, true);
  assert.ok(await page.locator("[data-action=mark-read]").isHidden(), "only of what is new");
  await page.locator("[data-filter=unread]").click();
  await page.locator("[data-action=mark-read]", { hasText: /^Mark (this case|these \d+ cases) as read$/ }).click();
  await page.locator(`[data-case="${id}"]`).waitFor({ state: "detached" });
  await page.locator("[data-filter=all]").click();
  await isNew(page, id, false);
  await leave({ page, ...tab });
  const again = await work(browser, place, "intake");
  await isNew(again.page, id, false);
  await again.context.close();
});

test("the gateway has it sealed: no case stands in it, and it opens for the holder alone, with stock age too", async () => {
  const { report_id: id } = await office.submit();
  const tab = await work(browser, place, "intake");
  await openCase(tab.page, id);
  await leave(tab);
  const { api } = await openWeb(pages.gateway);
  const [intake, investigator] = [await partyIn(pages.gateway, "intake"), await partyIn(pages.gateway, "investigator")];
  const { sealed } = await api.readMarks(intake.key("request"));
  assert.equal((await openReadMarks(sealed, intake)).get(id), 0);
  await assert.rejects(openReadMarks(sealed, investigator), { code: "wrong_key" });
  for (const trace of [Buffer.from(fromHex(id)), Buffer.from(id), Buffer.from(fromHex(id)).subarray(0, 6)]) assert.ok(!Buffer.from(sealed).includes(trace));
  const file = office.write("marks.age", sealed);
  assert.match((await office.ageDecrypt(file, "intake")).toString(), /^\{"marks":/);
  assert.equal((await api.readMarks(investigator.key("request"))).version, 0n);
});

/** What the gateway would answer if it were to make up marks. */
const answering = (sealed: Uint8Array, version = 7n): Instead => (method, asked, response: ServerResponse) => {
  if (method !== "GET" || asked !== path) return false;
  const body = serialize(MarksSchema, create(MarksSchema, { version, sealed }));
  response.writeHead(200, { "Content-Type": "application/x-protobuf", "Content-Length": body.length, Date: new Date().toUTCString() }).end(body);
  return true;
};

test("marks that a gateway makes up hide nothing: everything is new, and it is said", async () => {
  const { report_id: id } = await office.submit();
  const intake = await partyIn(pages.gateway, "intake");
  const stranger = await partyIn(pages.gateway, "investigator");
  const forged = await sealReadMarks(new Map([[id, 1_000_000]]), stranger);
  for (const sealed of [forged, concat(new TextEncoder().encode("age-encryption.org/v1\n"), forged), new Uint8Array(5000)]) {
    pages.instead = answering(sealed);
    const { page, ...tab } = await work(browser, place, "intake");
    await page.locator("[data-marks=notOpened]").waitFor();
    await isNew(page, id, true);
    await openCase(page, id);
    assert.deepEqual(tab.complaints, []);
    pages.instead = () => false;
    await tab.context.close();
  }
  // Older ones than the newest make things new again, and nothing read.
  const { api } = await openWeb(pages.gateway);
  const { sealed: older } = await api.readMarks(intake.key("request"));
  const tab = await work(browser, place, "intake");
  await openCase(tab.page, id);
  await leave(tab);
  pages.instead = answering(older);
  const again = await work(browser, place, "intake");
  await isNew(again.page, id, true);
  pages.instead = () => false;
  await again.context.close();
});

test("without an answer the inbox is there all the same, and it is said", async () => {
  const { report_id: id } = await office.submit();
  pages.instead = (_method, asked, response) => {
    if (asked !== path) return false;
    response.writeHead(500, { Date: new Date().toUTCString() }).end();
    return true;
  };
  const { page, context } = await work(browser, place, "intake");
  await page.locator("[data-marks=notLoaded]").waitFor();
  await isNew(page, id, true);
  await openCase(page, id);
  await toList(page);
  pages.instead = () => false;
  await page.locator("[data-action=refresh]").click();
  await page.locator('[data-marks=""]').waitFor({ state: "attached" });
  await isNew(page, id, false);
  await context.close();
});
