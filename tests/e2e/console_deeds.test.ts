// What cannot be taken back, in real Chromium: a case is erased by a second person, who is told beforehand what goes
// and what stays; a trustee who leaves hands over the shares of all open cases.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";

import { launch } from "./browser.ts";
import { act, confirm, noComplaint, openCase, said, work } from "./consoleDesk.ts";
import { TestGateway } from "./harness.ts";
import { Office } from "./office.ts";

let gateway: TestGateway;
let place: { url: string; gateway: TestGateway };
let office: Office;
let browser: Browser;
before(async () => {
  gateway = await TestGateway.start({ web: true, policy: "quorum" });
  place = { url: gateway.url, gateway };
  office = new Office(gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await gateway?.dispose();
});

test("a hold says why to those who work on it; a closed case is erased by another than who closed it", async () => {
  const receipt = await office.submit();
  const first = await work(browser, place, "intake");
  await openCase(first.page, receipt.report_id);
  assert.equal(await first.page.locator("main [data-action=erase]").count(), 0, "an open case is not erased");
  await act(first.page, "status");
  await first.page.locator("[name=new-status]").selectOption("closed");
  await confirm(first.page);
  await said(first.page, /status is now: Closed/);
  assert.equal(await first.page.locator("[data-erase=second]").count(), 1);
  await act(first.page, "hold");
  await first.page.locator("dialog [name=why]").fill("A court asked for it.");
  await confirm(first.page);
  await said(first.page, /on legal hold/);
  await first.page.locator(".notes .messages", { hasText: "A court asked for it." }).waitFor();
  await first.page.locator("[data-erase=held]").waitFor();
  await act(first.page, "hold");
  await confirm(first.page);
  await said(first.page, /lifted/);
  const second = await work(browser, place, "intake-2");
  const { page } = second;
  await page.locator("[data-filter=all]").click();
  await openCase(page, receipt.report_id);
  await act(page, "erase");
  assert.match((await page.locator("dialog").textContent())!, /What is destroyed, for everybody.*What stays.*that you erased it/s);
  await page.locator("dialog [data-action=confirm]").click();
  await page.locator("dialog .error", { hasText: `Type ${receipt.report_id.slice(0, 8)}` }).waitFor();
  await page.locator("dialog [name=number]").fill(receipt.report_id.slice(0, 8));
  await confirm(page);
  await page.locator("[data-part]").first().waitFor({ state: "detached" });
  await page.locator(".box", { hasText: "The content of this case was erased" }).waitFor();
  await page.locator(".events li", { hasText: "intake-2, Conduct and Discipline Team erased the case" }).waitFor();
  const shown = await gateway.json(["case", "show", receipt.report_id], { as: "auditor" });
  assert.match(JSON.stringify(shown.chain), /erasure/);
  for (const each of [first, second]) {
    noComplaint(each);
    await each.context.close();
  }
});

test("a trustee hands over the shares of all open cases, and of each once", async () => {
  const receipts = [await office.submit(), await office.submit()];
  const closed = await office.submit();
  await gateway.json(["case", "status", closed.report_id, "closed"], { as: "intake" });
  const leaving = await work(browser, place, "trustee-1");
  const { page } = leaving;
  const handOver = async (): Promise<string> => {
    await act(page, "handover");
    assert.match((await page.locator("dialog .learns").textContent())!, /Nobody reads anything by that/);
    await page.locator("dialog [name=successor]").selectOption({ label: "trustee-2, Oversight" });
    await confirm(page);
    return (await page.locator(".handover [role=status]").textContent())!;
  };
  assert.match(await handOver(), /Handed over in 2 cases\. Done before: 0/);
  assert.match(await handOver(), /Handed over in 0 cases\. Done before: 2/);
  for (const { report_id } of receipts) {
    const { chain } = await gateway.json(["case", "show", report_id], { as: "trustee-2" });
    assert.equal(chain.filter(({ kind }: { kind: string }) => kind === "handover").length, 1);
  }
  const other = await gateway.json(["case", "show", closed.report_id], { as: "auditor" });
  assert.doesNotMatch(JSON.stringify(other.chain), /handover/);
  noComplaint(leaving);
  await leaving.context.close();
});
