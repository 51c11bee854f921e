// A whole report in a real browser against the real gateway: in French and in Arabic on a small phone,
// with attachments; opened by the command line with the right keys and by no others; and the way back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { checkCase } from "../../gateway/web/shared/report/caseFile.ts";
import { newestConsent, openGivenIdentity } from "../../gateway/web/shared/report/consent.ts";
import { desk, fill, launch, openTab, press, receiptOf, type Tab } from "./browser.ts";
import { exits, type TestGateway } from "./harness.ts";
import { Office } from "./office.ts";
import { poll } from "./support/poll.ts";
import { openWeb, partyIn } from "./webClient.ts";
import { tell } from "./walk.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let gateway: TestGateway;
let office: Office;
let browser: Browser;

before(async () => {
  pages = await WebPages.start({ languages: ["fr", "ar"] });
  gateway = pages.gateway;
  office = new Office(gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const secret = "GPS-48.8566-2.3522";
const jpeg = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 2 + secret.length]), Buffer.from(secret),
  Buffer.from([0xff, 0xda, 0, 4, 1, 1, 9, 9, 9, 0xff, 0xd9]),
]);
const film = Buffer.alloc(3 * 1024 * 1024 + 5, "sound and picture ");

interface Words {
  readonly language: string;
  readonly narrative: string;
  readonly area: string;
  readonly name: string;
}
const reports: readonly Words[] = [
  { language: "fr", narrative: "Un homme en uniforme m’a demandé de l’argent.\nÇa s’est répété.", area: "le marché près du pont", name: "Aminata Diop" },
  { language: "ar", narrative: "طلب مني رجل بالزي العسكري مالًا.\nوتكرر ذلك.", area: "السوق قرب الجسر", name: "أمينة" },
];

/** Fills the whole form up to the review. */
const report = (page: Page, { narrative, area, name }: Words): Promise<void> =>
  tell(page, [
    { "danger-now": ["no"] },
    { kind: ["sexual-exploitation"], "happened-to": ["me"], "still-happening": ["yes"] },
    { narrative },
    { area, place: "gate 4", when: "2026-03-01" },
    { personnel: ["military"], vehicle: "417" },
    {}, // evidence
    { needs: ["medical", "paternity"] },
    { "your-name": name, "child-born": "in May" },
    { contact: true, "support-services": true },
  ], [
    { name: "photo.jpg", mimeType: "image/jpeg", buffer: jpeg },
    { name: "film.bin", mimeType: "", buffer: film },
    { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("seen by the guard") },
  ]);

const noSideways = async (page: Page): Promise<void> =>
  assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, "nothing sticks out");

for (const words of reports) {
  describe(words.language, () => {
    let tab: Tab;
    let receipt: { words: string; digits: string };
    let id = "";
    before(async () => (tab = await openTab(browser)));
    after(() => tab.context.close());

    test("is sent with three attachments from a screen of 360 points", async () => {
      const { page } = tab;
      await page.goto(`${pages.url}/${words.language}/?channel=conduct`);
      await noSideways(page);
      await report(page, words);
      await noSideways(page);
      assert.ok((await page.locator("main").textContent())!.includes(words.area));
      await press(page, "send");
      receipt = await receiptOf(page);
      await noSideways(page);
      assert.equal(receipt.words.split(" ").length, 12);
      assert.match(receipt.digits, /^(\d{5} ){9}\d{5}$/);
      assert.deepEqual(tab.complaints, []);
    });

    test("is opened by intake and support by the command line, and by nobody else", async () => {
      const { report_id } = await gateway.json(["mailbox", "read", "--code-file", office.write("code", `${receipt.words}\n`)]);
      id = report_id;
      const folder = gateway.file(`files-${words.language}`);
      const opened = await gateway.json(["case", "open", id, "--attachments", folder], { as: "intake" });
      assert.equal(opened.account.narrative, words.narrative);
      assert.equal(opened.triage.language, words.language);
      const answer = (part: any, question: string) => part.answers.find((each: any) => each.question === question)?.values;
      assert.deepEqual(answer(opened.triage, "area"), [words.area]);
      assert.deepEqual(answer(opened.triage, "needs"), ["medical", "paternity"]);
      assert.deepEqual(answer(opened.account, "when"), ["2026-03-01"]);
      const files = opened.attachments.map((each: any) => [each.name, readFileSync(each.file)]);
      assert.deepEqual(files.map(([name]: [string]) => name), ["photo.jpg", "film.bin", "note.txt"]);
      assert.ok(!files[0][1].includes(secret), "the picture lost what it hid");
      assert.deepEqual(files[1][1], film);
      const { identity } = await gateway.json(["case", "open", id], { as: "support" });
      assert.deepEqual(answer(identity, "your-name"), [words.name]);
      assert.deepEqual(answer(identity, "child-born"), ["in May"]);
      await gateway.fails(["case", "open", id], exits.refused, { as: "investigator" });
    });

    test("the way back by words and by digits, and answers both ways", async () => {
      await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: "Where was it?" });
      await gateway.json(["case", "status", id, "acknowledged"], { as: "intake" });
      // Typed as people type: capitals, no spaces where there should be one.
      for (const typed of [receipt.words.toUpperCase(), receipt.digits.replaceAll(" ", "")]) {
        const { page, context, complaints } = await openTab(browser, { viewport: desk });
        await page.goto(`${pages.url}/${words.language}/?channel=conduct`);
        await press(page, "return");
        await fill(page, { code: typed });
        await press(page, "return");
        await page.locator("[data-status=acknowledged]").waitFor();
        assert.ok((await page.locator(".messages").textContent())!.includes("Where was it?"));
        await fill(page, { reply: words.narrative });
        await press(page, "send");
        await page.locator("main > .status:not(:empty)").waitFor();
        assert.ok((await page.locator(".messages .mine").count()) > 0);
        assert.deepEqual(complaints, []);
        await context.close();
      }
      const { entries } = await gateway.json(["case", "open", id], { as: "intake" });
      assert.equal(entries.filter((entry: any) => entry.text === words.narrative).length, 2);
    });
  });
}

test("a mistyped group is pointed out", async () => {
  const { page, context } = await openTab(browser);
  await page.goto(`${pages.url}/en/?channel=conduct`);
  await press(page, "return");
  const { code_digits } = await office.submit();
  const wrong = code_digits.slice(0, 13) + String((Number(code_digits[13]) + 1) % 10) + code_digits.slice(14);
  await fill(page, { code: wrong });
  await press(page, "return");
  await page.locator("#code-error", { hasText: "Group 3" }).waitFor();
  await fill(page, { code: "zebra ".repeat(11) + "zebbra" });
  await press(page, "return");
  await page.locator("#code-error", { hasText: "Word 12" }).waitFor();
  await fill(page, { code: "0".repeat(50) });
  await press(page, "return");
  await page.locator("#code-error:not(:empty)").waitFor();
  await context.close();
});

test("consent is taken back in the mailbox, and given with an identity written anew", async () => {
  const receipt = await office.submit();
  const { page, context } = await openTab(browser);
  await page.goto(`${pages.url}/en/?channel=conduct`);
  await press(page, "return");
  await fill(page, { code: receipt.code_words });
  await press(page, "return");
  await page.locator("details:has([name=contact]) summary").click();
  await fill(page, { investigators: true, "your-name": "Amina, anew" });
  await page.locator("details:has([name=contact]) .primary").click();
  await page.locator("main > .status", { hasText: "holds from now on" }).waitFor();
  const { api, charter } = await openWeb(gateway);
  const intake = await partyIn(gateway, "intake");
  const newest = async () => checkCase(await api.readCase(intake.key("request"), receipt.report_id), receipt.report_id, charter);
  const file = await newest();
  const { supportServices, investigators } = (await newestConsent(file, intake))!;
  assert.deepEqual([supportServices, investigators], [false, true]);
  const given = await openGivenIdentity(file, file.head.sequence, intake);
  assert.deepEqual(given.answers.map(({ question, values }) => [question, values]), [["your-name", ["Amina, anew"]]]);
  await page.locator("details:has([name=contact]) summary").click();
  await page.getByRole("button", { name: "Do not contact me any more" }).click();
  await page.locator("main > .status", { hasText: "holds from now on" }).waitFor();
  const taken = await poll("all four to be taken back", async () => {
    const now = await newestConsent(await newest(), intake);
    return now?.investigators === false ? now : undefined;
  });
  assert.equal(taken.contact, false);
  await context.close();
});
