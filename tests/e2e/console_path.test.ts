// The whole path of a report whose account opens by trustees of two organisations, in real Chromium against the real
// gateway: everybody has a browser of his own with a profile on the disk. And at the end, what lies on those disks.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { armor, Encrypter } from "age-encryption";

import { parseIdentityText } from "../../gateway/web/shared/age/recipient.ts";
import { keptBy, nothingKept, openProfile, press, receiptOf, type Tab } from "./browser.ts";
import { Canaries } from "./canaries.ts";
import { act, approve, asked, askTrustees, confirm, holdersBrowser, keepsCheckpointsAlone, noComplaint, openCase, part, said, stateOf, unlock, untilLogged } from "./consoleDesk.ts";
import { quorumHolders, TestGateway } from "./harness.ts";
import { filesBelow } from "./office.ts";
import { tell, visit } from "./walk.ts";

const told = {
  narrative: "Canary-Willow: two men loaded fuel behind the depot at seven, and one of them hit my brother.",
  place: "Canary-Poplar, the depot behind the market",
  file: "Canary-Hawthorn: plates UN-4711 and UN-4712, and what they said.",
  fileName: "canary-hazel.txt",
  name: "Canary-Juniper Amina Diop",
  contact: "canary-rowan@example.org",
  question: "Canary-Alder asks: which pier was it?",
  answer: "Canary-Birch answers: the second one.",
  reason: "Canary-Maple: a child is in danger.",
  custody: "Canary-Cedar, a telephone",
  measure: "Canary-Larch 12/2026",
};
const passphrase = "canary spruce correct horse battery staple";
// Two of the trustees are of one organisation: together they are as many as have to agree, and yet not enough.
const holders = [...quorumHolders, { label: "trustee-4", organisation: "Conduct and Discipline Team", roles: ["trustee"] }];
const workers = ["intake", "investigator", "trustee-1", "trustee-2", "trustee-4", "support", "auditor"];

let gateway: TestGateway;
const open = new Set<Tab>();
before(async () => {
  gateway = await TestGateway.start({ web: true, policy: "quorum", holders, logInterval: 1 });
});
after(async () => {
  for (const { context } of open) await context.close();
  await gateway?.dispose();
});

const profileOf = (who: string): string => gateway.file(`profiles/${who}`);

async function browserOf(who: string): Promise<Tab> {
  const tab = await openProfile(profileOf(who), gateway.file("tls.pem"), who === "reporter" ? { locale: "en-GB" } : holdersBrowser);
  open.add(tab);
  return tab;
}

/** Ends the browser, after which everything that it keeps is in its profile. */
async function leave(tab: Tab): Promise<void> {
  noComplaint(tab);
  assert.deepEqual(tab.requests.filter((url) => !url.startsWith(`${gateway.url}/`) && !url.startsWith(`blob:${gateway.url}/`) && !url.startsWith("data:")), []);
  open.delete(tab);
  await tab.context.close();
}

async function begin(who: string): Promise<Tab> {
  const tab = await browserOf(who);
  await tab.page.goto(`${gateway.url}/console/`);
  return tab;
}

async function work(who: string): Promise<Tab> {
  const tab = await begin(who);
  await unlock(tab.page, { url: gateway.url, gateway }, who);
  return tab;
}

async function leaveDesk(tab: Tab): Promise<void> {
  await keepsCheckpointsAlone(tab.page);
  await leave(tab);
}

async function report(): Promise<{ words: string; digits: string }> {
  const tab = await browserOf("reporter");
  const { page } = tab;
  await page.goto(`${gateway.url}/en/?channel=conduct`);
  await tell(page, [
    { "danger-now": ["no"] },
    { kind: ["theft"] },
    { narrative: told.narrative },
    { place: told.place },
    { vehicle: "a white lorry" },
    {}, // evidence
    { needs: ["legal"] },
    { "your-name": told.name, "your-contact": told.contact },
    { contact: true, "support-services": true },
  ], [{ name: told.fileName, mimeType: "text/plain", buffer: Buffer.from(told.file) }]);
  await press(page, "send");
  const receipt = await receiptOf(page);
  assert.deepEqual(await keptBy(page), nothingKept);
  await leave(tab);
  return receipt;
}

async function assign(): Promise<string> {
  const tab = await work("intake");
  const { page } = tab;
  const row = page.locator("[data-case]", { hasText: "Theft" });
  const id = (await row.getAttribute("data-case"))!;
  await openCase(page, id);
  assert.deepEqual([await stateOf(page, "triage"), await stateOf(page, "account"), await stateOf(page, "identity")], ["open", "sealed", "sealed"]);
  assert.match((await part(page, "triage").textContent())!, /Theft.*Legal help/s);
  assert.doesNotMatch((await page.locator("main").textContent())!, /canary/i);
  await act(page, "status");
  await page.locator("[name=new-status]").selectOption("acknowledged");
  await confirm(page);
  await said(page, /Acknowledged/);
  await act(page, "assign");
  await page.locator("dialog [name=holder]").selectOption({ label: "investigator, Oversight — investigator" });
  await confirm(page);
  await said(page, /assigned/i);
  await leaveDesk(tab);
  return id;
}

// With a key that is wrapped in a passphrase.
async function investigate(id: string): Promise<Tab> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(12);
  writeFileSync(gateway.key("wrapped"), armor.encode(await encrypter.encrypt(readFileSync(gateway.key("investigator")))));
  const tab = await begin("investigator");
  const { page } = tab;
  await page.locator("#key-file").setInputFiles(gateway.key("wrapped"));
  await page.locator("[name=passphrase]").fill(passphrase);
  await page.locator("[data-action=unlock]").click();
  await page.locator('[data-me="investigator"]').waitFor();
  await openCase(page, id);
  await askTrustees(page, told.reason);
  return tab;
}

async function letGo(who: string, id: string): Promise<void> {
  const tab = await work(who);
  const { page } = tab;
  await asked(page, id).locator("[data-lets]").waitFor();
  assert.match((await asked(page, id).textContent())!, new RegExp(told.reason));
  await approve(page, id, /go to investigator, Oversight alone/);
  assert.doesNotMatch((await page.locator("main").textContent())!, /Canary-(?!Maple)/);
  await leaveDesk(tab);
}

async function stillSealed({ page }: Tab, id: string, approved: number): Promise<void> {
  await act(page, "back");
  await openCase(page, id);
  assert.equal(await stateOf(page, "account"), "sealed");
  assert.match((await part(page, "account").textContent())!, new RegExp(`${approved} of 2`));
  assert.equal(await page.locator("[data-file]").count(), 0);
  assert.doesNotMatch((await page.locator("main").textContent())!, /Canary-(?!Maple)/);
}

async function read({ page }: Tab, id: string): Promise<void> {
  await act(page, "back");
  await openCase(page, id);
  await page.locator("[data-released]", { hasText: "Full account" }).waitFor();
  const account = (await part(page, "account").textContent())!;
  assert.ok(account.includes(told.narrative) && account.includes(told.place), account);
  assert.equal(await stateOf(page, "identity"), "sealed", "nobody asked for it, and the reporter does not allow it");
  await act(page, "open-attachment-0");
  const file = page.locator("[data-file=attachment-0]");
  await file.locator("pre", { hasText: told.file }).waitFor();
  assert.ok((await file.textContent())!.includes(told.fileName));
  await page.locator("textarea[name=reply]").fill(told.question);
  await act(page, "send-reply");
  await said(page, /accepted/);
}

async function answer(words: string): Promise<void> {
  const tab = await browserOf("reporter");
  const { page } = tab;
  await page.goto(`${gateway.url}/en/?channel=conduct`);
  await visit(page, words);
  await page.locator(".messages .theirs", { hasText: told.question }).waitFor();
  await page.locator("[name=reply]").fill(told.answer);
  await press(page, "send");
  await page.locator(".messages .mine", { hasText: told.answer }).waitFor();
  assert.deepEqual(await keptBy(page), nothingKept);
  await leave(tab);
}

async function support(id: string): Promise<void> {
  const tab = await work("support");
  const { page } = tab;
  await openCase(page, id);
  assert.deepEqual([await stateOf(page, "identity"), await stateOf(page, "account")], ["open", "sealed"]);
  const identity = (await part(page, "identity").textContent())!;
  assert.ok(identity.includes(told.name) && identity.includes(told.contact), identity);
  const consents = await page.locator(".consents [data-consent]").evaluateAll((items) => items.map((item) => item.getAttribute("data-consent")));
  assert.deepEqual(consents, ["contact-yes", "supportServices-yes", "investigators-no", "nationalAuthorities-no"]);
  assert.doesNotMatch((await page.locator("main").textContent())!, /Canary-(?!Juniper)/);
  await leaveDesk(tab);
}

async function conclude(tab: Tab, id: string): Promise<void> {
  const { page } = tab;
  await act(page, "back");
  await openCase(page, id);
  await page.locator(".conversation .theirs", { hasText: told.answer }).waitFor();
  await act(page, "custody");
  await page.locator("dialog [name=item]").fill(told.custody);
  await page.locator("dialog [name=to]").fill("The evidence room");
  await confirm(page);
  await said(page, /was recorded/);
  await act(page, "measures");
  await page.locator("dialog [name=kind]").selectOption("legal");
  await page.locator("dialog [name=reference]").fill(told.measure);
  await confirm(page);
  await page.locator(".records", { hasText: told.measure }).waitFor();
  await act(page, "status");
  await page.locator("[name=new-status]").selectOption("closed");
  await confirm(page);
  await said(page, /status is now: Closed/);
  await leaveDesk(tab);
}

async function audit(id: string): Promise<void> {
  const tab = await work("auditor");
  const { page } = tab;
  await page.locator("[data-filter=all]").click(); // it is closed
  assert.equal(await untilLogged(page, id), "logged");
  assert.equal(await page.locator("[data-part]").count(), 0);
  const deeds = await page.locator(".events [data-log=logged] > span:last-child").allTextContents();
  const expected = [
    /^The report arrived/, /^intake, .* changed the status: Acknowledged/, /^intake, .* assigned the case to investigator, Oversight/,
    /^investigator, .* asked for Full account and one attachment/,
    /^trustee-1, .* approved the release/, /^trustee-4, .* approved the release/, /^trustee-2, Oversight approved the release/,
    /^investigator, .* gave Full account and one attachment to investigator/, // what the shares opened, for himself
    /^investigator, .* wrote a message/, /^The reporter wrote a message/,
    /^investigator, .* recorded that evidence changed hands/, /^investigator, .* recorded measures/, /^investigator, .* changed the status: Closed/,
  ];
  assert.equal(deeds.length, expected.length, deeds.join("\n"));
  for (const [i, wanted] of expected.entries()) assert.match(deeds[i]!, wanted);
  assert.doesNotMatch((await page.locator("body").textContent())!, /canary/i);
  await page.locator("[data-action=audit]").click();
  await page.locator("[data-log=continued]").waitFor();
  await act(page, "audit-start");
  await page.locator("[data-audit=good]").waitFor();
  assert.equal(await page.locator("[data-deed]").count(), expected.length - 1, "all but the report itself");
  assert.doesNotMatch((await page.locator("body").textContent())!, /canary/i);
  await leaveDesk(tab);
}

function nothingLiesAround({ words, digits }: { words: string; digits: string }): void {
  const canaries = new Canaries().add("passphrase", passphrase).add("receipt words", words).add("receipt digits", digits).add("receipt number", digits.replaceAll(" ", ""));
  for (const [name, text] of Object.entries(told)) canaries.add(name, text.slice(0, 14));
  for (const label of workers) {
    const [identity] = /AGE-SECRET-KEY-PQ-1\w+/.exec(readFileSync(gateway.key(label), "utf8"))!;
    canaries.add(`key of ${label}`, identity).addBytes(`seed of ${label}`, parseIdentityText(identity));
  }
  // What the profiles do keep is found by the same search: where the browser was, and the console's checkpoints.
  for (const who of ["reporter", ...workers]) {
    const files = filesBelow(profileOf(who));
    const kept = new Canaries().add("address", who === "reporter" ? `${gateway.url}/en/` : "charter.test.localhost\\n1\\n");
    assert.notDeepEqual(kept.namesInFiles(files), [], `${who}: the search finds what there is`);
    assert.deepEqual(canaries.namesInFiles(files), [], who);
  }
  const gatewaysFiles = [...filesBelow(gateway.file("store")), gateway.file("gateway.log")];
  assert.notDeepEqual(new Canaries().add("charter", "charter.test.localhost\n1\n").namesInFiles(gatewaysFiles), [], "the search finds what there is");
  assert.deepEqual(canaries.namesInFiles(gatewaysFiles), []);
}

test("told, assigned, asked for, approved by two organisations, read, answered, recorded, closed, audited; and nothing of it lies around", async () => {
  const receipt = await report();
  const id = await assign();
  const investigator = await investigate(id);
  await letGo("trustee-1", id);
  await stillSealed(investigator, id, 1);
  await letGo("trustee-4", id);
  await stillSealed(investigator, id, 2);
  await letGo("trustee-2", id);
  await read(investigator, id);
  await answer(receipt.words);
  await support(id);
  await conclude(investigator, id);
  await audit(id);
  assert.equal(await gateway.stop(), 0);
  nothingLiesAround(receipt);
});
