// The console in real Chromium: unlocking, the inbox, a case, an answer that the reporter reads, notes, people, and
// two who act at the same time.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { armor, Encrypter } from "age-encryption";
import type { Browser } from "playwright-core";

import { desk, launch, openTab, type Tab } from "./browser.ts";
import { act, confirm, noComplaint, openCase, part, said, stateOf, unlock, work } from "./consoleDesk.ts";
import { TestGateway } from "./harness.ts";
import { answers, narrative, Office, type Receipt } from "./office.ts";

let gateway: TestGateway;
let place: { url: string; gateway: TestGateway };
let office: Office;
let browser: Browser;
before(async () => {
  gateway = await TestGateway.start({ web: true, languages: ["fr"] });
  place = { url: gateway.url, gateway };
  office = new Office(gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await gateway?.dispose();
});

const submit = (triage: object, extra: readonly string[] = []): Promise<Receipt> =>
  gateway.json<Receipt>([...office.report(narrative, { ...answers, triage: { ...answers.triage, ...triage } }), ...extra]);

describe("unlocking", () => {
  const passphrase = "correct horse battery staple";
  const open = async (): Promise<Tab> => {
    const tab = await openTab(browser, { viewport: desk });
    await tab.page.goto(`${place.url}/console/`);
    await tab.page.locator("#key-file").waitFor({ state: "attached" });
    return tab;
  };

  test("a wrapped key asks for its passphrase, says that it is wrong, and opens with the right one", async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase);
    encrypter.setScryptWorkFactor(12);
    writeFileSync(gateway.file("wrapped.key"), armor.encode(await encrypter.encrypt(readFileSync(gateway.key("intake")))));
    const { page, context, ...tab } = await open();
    assert.ok(await page.locator("[data-action=unlock]").isDisabled());
    await page.locator("#key-file").setInputFiles(gateway.file("wrapped.key"));
    await page.locator("[name=passphrase]").fill("correct horse battery");
    await page.locator("[data-action=unlock]").click();
    await page.locator(".error", { hasText: "passphrase is wrong" }).waitFor();
    assert.equal(await page.locator("[data-me]").count(), 0);
    await page.locator("[name=passphrase]").fill(passphrase);
    await page.locator("[data-action=unlock]").click();
    await page.locator('[data-me="intake"]').waitFor();
    assert.match((await page.locator(".who").textContent())!, /Conduct and Discipline Team · intake/);
    assert.deepEqual(tab.complaints, []);
    await context.close();
  });

  test("a key that nobody here has, and a file that is no key, are said", async () => {
    const { page, context } = await open();
    await page.locator("#key-file").setInputFiles(gateway.key("root-1"));
    await page.locator("[data-action=unlock]").click();
    await page.locator(".error", { hasText: "nobody who works here has it" }).waitFor();
    writeFileSync(gateway.file("photo.key"), "not a key\n");
    await page.locator("#key-file").setInputFiles(gateway.file("photo.key"));
    await page.locator("[data-action=unlock]").click();
    await page.locator(".error", { hasText: "no key file" }).waitFor();
    await context.close();
  });

  test("in French, by the browser and by choice", async () => {
    const tab = await openTab(browser, { viewport: desk, locale: "fr-CA" });
    await tab.page.goto(`${place.url}/console/`);
    await tab.page.locator("h1", { hasText: "Déverrouiller avec votre clé" }).waitFor();
    assert.equal(await tab.page.locator("html").getAttribute("lang"), "fr");
    await tab.page.locator("button[lang=en]").click();
    await tab.page.locator("h1", { hasText: "Unlock with your key" }).waitFor();
    assert.equal(await tab.page.locator("html").getAttribute("lang"), "en");
    noComplaint(tab);
    await tab.context.close();
  });
});

describe("an intake officer", () => {
  let fraud: Receipt;
  let abuse: Receipt;
  let tab: Tab;
  before(async () => {
    fraud = await submit({ kind: "fraud", area: "Port" });
    abuse = await submit({ kind: "sexual-abuse-minor", "danger-now": true, area: "Évreux" });
    await submit({ kind: "theft", area: "Bria" });
    tab = await work(browser, place, "intake");
  });
  after(() => tab?.context.close());
  const headlines = (): Promise<string[]> => tab.page.locator(".rows .headline").allTextContents();

  test("sees what came, danger first, in words of the channel, with what is due", async () => {
    const { page } = tab;
    await page.locator(".headline", { hasText: "Sexual abuse of someone under 18" }).waitFor();
    assert.equal((await headlines())[0], "Sexual abuse of someone under 18");
    const first = page.locator(`[data-case="${abuse.report_id}"]`);
    assert.match((await first.textContent())!, /In danger.*New.*by \d/s);
    assert.match((await first.textContent())!, /Évreux · Needs: Legal help, Food/);
  });

  test("finds a case without its accents, and by filter", async () => {
    const { page } = tab;
    await page.locator("[name=search]").fill("evreux");
    assert.deepEqual(await headlines(), ["Sexual abuse of someone under 18"]);
    await page.locator("[name=search]").fill("nothing like this");
    await page.locator(".empty", { hasText: "No case fits" }).waitFor();
    await page.locator("[name=search]").fill("");
    await page.locator("[data-filter=mine]").click();
    assert.deepEqual(await headlines(), []);
    await page.locator("[data-filter=open]").click();
    assert.equal((await headlines()).length, 3);
  });

  test("opens a case, answers, and the reporter reads the answer", async () => {
    const { page } = tab;
    await openCase(page, fraud.report_id);
    assert.equal(await stateOf(page, "triage"), "open");
    assert.equal(await stateOf(page, "account"), "open");
    assert.match((await part(page, "account").textContent())!, /Zwei Männer, un camion blanc, شاحنة بيضاء/);
    assert.equal(await stateOf(page, "identity"), "sealed", "no consent to investigators");
    assert.equal(await page.locator("[data-not-allowed]").count(), 1);
    assert.equal(await page.locator("[data-consent=contact-yes]").count(), 1);
    assert.equal(await page.locator("[data-consent=investigators-no]").count(), 1);
    assert.match((await page.locator("[data-readers=reply]").textContent())!, /The reporter, intake, Conduct and Discipline Team,? and intake-2/);
    await page.locator("textarea[name=reply]").fill("  Which pier was it?  ");
    await act(page, "send-reply");
    await said(page, /The reporter reads it in the mailbox/);
    const mailbox = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(fraud)]);
    assert.ok(mailbox.entries.some(({ text }: { text?: string }) => text === "Which pier was it?"), JSON.stringify(mailbox));
  });

  test("reads what the reporter writes back, and acknowledges", async () => {
    const { page } = tab;
    await gateway.json(["mailbox", "reply", "--code-file", office.codeFile(fraud), "--text", "-"], { input: "At pier 4." });
    await act(page, "back");
    await openCase(page, fraud.report_id);
    await page.locator(".messages .theirs", { hasText: "At pier 4." }).waitFor();
    await act(page, "status");
    await page.locator("[name=new-status]").selectOption("acknowledged");
    await confirm(page);
    await said(page, /status is now: Acknowledged/);
    assert.equal((await gateway.json(["mailbox", "read", "--code-file", office.codeFile(fraud)])).status, "acknowledged");
    assert.equal(await page.locator("[data-verified=true]").count(), 1);
    assert.equal(await page.locator(".events [data-event]").count(), 4); // the first: that it came
  });

  test("assigns the case and gives the account; the investigator reads it and answers with a note", async () => {
    const { page } = tab;
    await act(page, "assign");
    assert.match((await page.locator("dialog .learns").textContent())!, /None of its content is given/);
    await page.locator("dialog [name=holder]").selectOption({ label: "investigator, Oversight — investigator" });
    await confirm(page);
    await said(page, /was assigned/);
    const other = await work(browser, place, "investigator");
    await openCase(other.page, fraud.report_id);
    assert.equal(await stateOf(other.page, "account"), "sealed");
    assert.match((await part(other.page, "account").textContent())!, /ask intake/);
    await act(page, "grant-account");
    await page.locator("dialog [name=holder]").selectOption({ label: "investigator, Oversight — investigator" });
    await page.locator("dialog .learns", { hasText: "investigator, Oversight can read this: Full account" }).waitFor();
    assert.equal(await page.locator("dialog [data-consent=investigators-no]").count(), 1);
    await confirm(page);
    await said(page, /Access was given/);
    await act(other.page, "back");
    await openCase(other.page, fraud.report_id);
    assert.match((await part(other.page, "account").textContent())!, /un camion blanc/);
    await other.page.locator("textarea[name=note]").fill("I know that lorry.");
    await act(other.page, "send-note");
    await said(other.page, /note was added/);
    noComplaint(other);
    await other.context.close();
  });

  test("whoever was slower is shown what happened, keeps what was typed, and sends it again", async () => {
    const { page } = tab;
    await page.locator("textarea[name=reply]").fill("We go there tomorrow.");
    await act(page, "send-reply");
    await page.locator("[data-conflict]", { hasText: "One entry was added meanwhile" }).waitFor();
    await page.locator(".notes .messages", { hasText: "I know that lorry." }).waitFor();
    assert.equal(await page.locator("textarea[name=reply]").inputValue(), "We go there tomorrow.");
    await act(page, "send-reply");
    await said(page, /accepted/);
    const { entries } = await gateway.json(["mailbox", "read", "--code-file", office.codeFile(fraud)]);
    assert.equal(entries.filter(({ text }: { text?: string }) => text === "We go there tomorrow.").length, 1);
  });

  test("records evidence and a measure, which the command line reads, and takes access back", async () => {
    const { page } = tab;
    await act(page, "custody");
    await page.locator("dialog [data-action=confirm]").click();
    await page.locator("dialog .error", { hasText: "what it is and who has it now" }).waitFor();
    await page.locator("dialog [name=item]").fill("A telephone");
    await page.locator("dialog [name=to]").fill("The evidence room");
    await page.locator("dialog [name=time]").fill("2027-01-31T10:30");
    assert.match((await page.locator("dialog .learns").textContent())!, /Sealed to intake, .*investigator, Oversight/);
    await confirm(page);
    await said(page, /was recorded/);
    await act(page, "measures");
    await page.locator("dialog [name=kind]").selectOption("medical");
    await page.locator("dialog [name=date]").fill("2027-02-01");
    await confirm(page);
    await page.locator(".records", { hasText: "Medical help, 2027-02-01" }).waitFor();
    const { entries } = await gateway.json(["case", "open", fraud.report_id], { as: "investigator" });
    assert.match(JSON.stringify(entries), /A telephone.*The evidence room.*medical, 2027-02-01/s);
    await act(page, "revoke-investigator");
    assert.match((await page.locator("dialog .learns").textContent())!, /What was read cannot be unread/);
    await confirm(page);
    await said(page, /taken back/);
    const after = await gateway.json(["case", "open", fraud.report_id], { as: "investigator" });
    assert.ok(after.sealed.includes("account"), JSON.stringify(after.sealed));
  });

  test("sees figures of the channel, and saves them", async () => {
    const { page } = tab;
    await page.locator("[data-action=figures]").click();
    const figures = page.locator("[data-figures=conduct]");
    await figures.locator("tr", { hasText: "Sexual abuse of someone under 18" }).waitFor();
    const number = async (name: string): Promise<number> => Number(await figures.locator("tr", { has: page.getByRole("rowheader", { name, exact: true }) }).locator("td").textContent());
    assert.deepEqual([await number("Fraud"), await number("Acknowledged"), await number("0–3")], [1, 1, 1]);
    assert.deepEqual(await figures.locator(".totals > div").allTextContents(), ["Came in3", "Still open3", "With something overdue0"]);
    assert.match((await figures.locator("[data-figure=acknowledge] .summary").textContent())!, /One case, after 0 days\. Within the deadline of \d+ days: 1 of 1\./);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-action=csv-conduct]").click()]);
    const csv = readFileSync(await download.path(), "utf8");
    assert.match(csv, /^\ufeffChannel,Table,What,Cases,Days\r\nconduct,Together,Came in,3,\r\n/);
    assert.match(csv, /\r\nconduct,Days until it was acknowledged,0–3,1,\r\n.*Days until it was acknowledged,Median,,0\r\n/s);
    await page.goBack();
    await page.locator(`[data-view="${fraud.report_id}"]`).waitFor();
  });

  test("holds, links and dismisses; each is an event that the command line verifies", async () => {
    const { page } = tab;
    await act(page, "hold");
    await confirm(page);
    await said(page, /on legal hold/);
    await act(page, "link");
    await page.locator("dialog [name=other]").fill("not a number");
    await page.locator("dialog [data-action=confirm]").click();
    await page.locator("dialog .error", { hasText: "32 characters" }).waitFor();
    await page.locator("dialog [name=other]").fill(abuse.report_id);
    await confirm(page);
    await said(page, /linked/);
    await act(page, "dismiss");
    await confirm(page);
    await said(page, /dismissed/);
    const { chain } = await gateway.json(["case", "show", fraud.report_id], { as: "intake" });
    assert.deepEqual(chain.slice(-3).map(({ kind }: { kind: string }) => kind), ["hold", "link", "dismissal"]);
    await act(page, "back");
    await page.locator("[data-filter=dismissed]").click();
    assert.deepEqual(await headlines(), ["Fraud"]);
    noComplaint(tab);
  });
});

test("a support officer reads who the reporter is, as the reporter allows, and nothing else", async () => {
  const receipt = await submit({ kind: "harassment" });
  const tab = await work(browser, place, "support");
  await openCase(tab.page, receipt.report_id);
  assert.equal(await stateOf(tab.page, "identity"), "open");
  assert.match((await part(tab.page, "identity").textContent())!, /Amina/);
  assert.equal(await stateOf(tab.page, "account"), "sealed");
  assert.equal(await tab.page.locator("textarea[name=reply]").count(), 0, "answers are intake's and whose case it is");
  noComplaint(tab);
  await tab.context.close();
});

test("an auditor sees every case and what was done, and no content", async () => {
  const receipt = await submit({ kind: "other" });
  const tab = await work(browser, place, "auditor");
  await openCase(tab.page, receipt.report_id);
  assert.equal(await tab.page.locator("[data-part]").count(), 0);
  assert.match((await tab.page.locator("main").textContent())!, /Its content is not for you/);
  assert.equal(await tab.page.locator("[data-verified=true]").count(), 1);
  await act(tab.page, "hold");
  await confirm(tab.page);
  await said(tab.page, /on legal hold/);
  noComplaint(tab);
  await tab.context.close();
});

test("the key is asked for again after locking, and the way back leads to no case", async () => {
  const tab = await work(browser, place, "intake-2");
  await tab.page.locator("[data-case]").first().click();
  await tab.page.locator("[data-view]").waitFor();
  await tab.page.locator("[data-action=lock]").click();
  await tab.page.locator("#key-file").waitFor({ state: "attached" });
  assert.equal(await tab.page.locator(".desk").count(), 0);
  await tab.page.goBack({ waitUntil: "commit" }).catch(() => null);
  assert.equal(await tab.page.locator("[data-view]").count(), 0);
  await tab.page.goto(`${place.url}/console/`);
  await unlock(tab.page, place, "intake-2");
  noComplaint(tab);
  await tab.context.close();
});
