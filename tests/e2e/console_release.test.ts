// A report that is sealed to trustees, in real Chromium, each holder in a profile of his own: asked for by an
// investigator, approved by two of three trustees, read by the investigator alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";

import { launch } from "./browser.ts";
import { act, approve, asked, askTrustees, confirm, noComplaint, openCase, part, stateOf, work } from "./consoleDesk.ts";
import { TestGateway } from "./harness.ts";
import { Office, type Receipt } from "./office.ts";

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

const assigned = async (consent: object): Promise<Receipt> => {
  const receipt = await office.submit([], consent);
  await gateway.json(["case", "assign", receipt.report_id, "--to", "investigator"], { as: "intake" });
  return receipt;
};
const all = { contact: true, support_services: true, investigators: true, national_authorities: false };

test("asked, approved by two trustees of two organisations, read", async () => {
  const receipt = await assigned(all);
  const investigator = await work(browser, place, "investigator");
  await openCase(investigator.page, receipt.report_id);
  await askTrustees(investigator.page, "A child is in danger.", "identity");
  for (const label of ["trustee-1", "trustee-2"]) {
    const trustee = await work(browser, place, label);
    const { page } = trustee;
    const card = asked(page, receipt.report_id);
    await card.locator("[data-lets]").waitFor();
    assert.equal(await page.locator("[data-action=inbox]").count(), 0, "nothing else of the cases");
    assert.match((await card.textContent())!, /investigator, Oversight — investigator.*A child is in danger\./s);
    assert.equal(await card.locator("[data-lets]").getAttribute("data-lets"), "account identity");
    assert.equal(await card.locator("[data-consent=investigators-yes]").count(), 1);
    await approve(page, receipt.report_id, /go to investigator, Oversight alone/);
    noComplaint(trustee);
    await trustee.context.close();
  }
  const { page } = investigator;
  await act(page, "back");
  await openCase(page, receipt.report_id);
  await page.locator("[data-released]", { hasText: "Full account and Who the reporter is" }).waitFor();
  assert.match((await part(page, "account").textContent())!, /un camion blanc/);
  assert.match((await part(page, "identity").textContent())!, /Amina/);
  assert.match((await page.locator(".requests .state").textContent())!, /Released/);
  noComplaint(investigator);
  await investigator.context.close();
  const shown = await gateway.json(["case", "open", receipt.report_id], { as: "investigator" });
  assert.match(JSON.stringify(shown), /un camion blanc/, "the command line opens it by the header that the console added");
});

test("who the reporter is stays sealed to whom the reporter excludes, and the trustee sees that beforehand", async () => {
  const receipt = await assigned({ ...all, investigators: false });
  await gateway.json(["case", "request", receipt.report_id, "--compartment", "account", "--compartment", "identity", "--reason", office.write("why.txt", "to find the lorry")], { as: "investigator" });
  const trustee = await work(browser, place, "trustee-3");
  const card = asked(trustee.page, receipt.report_id);
  await card.locator("[data-lets=account]").waitFor();
  assert.match((await card.locator("[data-withheld=consent]").textContent())!, /the reporter does not allow it: Who the reporter is/);
  await card.locator("[data-action=approve]").click();
  await confirm(trustee.page);
  await card.locator("[data-answer=approved]").waitFor();
  const shown = await gateway.json(["case", "show", receipt.report_id], { as: "auditor" });
  assert.match(JSON.stringify(shown.chain.at(-1)), /approved the release of account/);
  assert.doesNotMatch(JSON.stringify(shown.chain.at(-1)), /identity/);
  noComplaint(trustee);
  await trustee.context.close();
});

test("a refusal says why to who asked, and only with a reason", async () => {
  const receipt = await assigned(all);
  const investigator = await work(browser, place, "investigator");
  await openCase(investigator.page, receipt.report_id);
  await askTrustees(investigator.page, "Out of curiosity.");
  const trustee = await work(browser, place, "trustee-2");
  const card = asked(trustee.page, receipt.report_id);
  await card.locator("[data-action=refuse]").click();
  await trustee.page.locator("dialog [data-action=confirm]").click();
  await trustee.page.locator("dialog .error", { hasText: "Write the reason" }).waitFor();
  await trustee.page.locator("dialog [name=reason]").fill("That is no reason.");
  await confirm(trustee.page);
  await card.locator("[data-answer=refused]").waitFor();
  await act(investigator.page, "back");
  await openCase(investigator.page, receipt.report_id);
  await investigator.page.locator(".requests", { hasText: "trustee-2, Oversight: That is no reason." }).waitFor();
  assert.equal(await stateOf(investigator.page, "account"), "sealed");
  noComplaint(investigator);
  await Promise.all([investigator.context.close(), trustee.context.close()]);
});
