// The way back with more to show: files and a voice message added to a report that was sent, opened by the
// command line; and a gateway that asks for a proof of work.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as httpRequest } from "node:https";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { accessible, desk, fill, launch, microphone, openTab, phone, press, receiptOf } from "./browser.ts";
import { exits, type TestGateway } from "./harness.ts";
import { Office, type Receipt } from "./office.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let gateway: TestGateway;
let office: Office;
let browser: Browser;

before(async () => {
  pages = await WebPages.start({ languages: ["ar"] });
  gateway = pages.gateway;
  office = new Office(gateway);
  browser = await launch(...microphone);
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const start = async (page: Page, language = "en"): Promise<void> => void (await page.goto(`${pages.url}/${language}/?channel=conduct`));

async function openMailbox(page: Page, receipt: Receipt, language = "en"): Promise<void> {
  await start(page, language);
  await press(page, "return");
  await fill(page, { code: receipt.code_digits });
  await press(page, "return");
  await page.locator("[data-status]").waitFor();
}

/** The gateway takes the request, and nobody hears of it. */
function accepted(request: IncomingMessage): Promise<void> {
  const { method = "", url = "", headers } = request;
  return new Promise((done, fail) => {
    const onward = httpRequest(new URL(url, gateway.url), { method, headers, ca: readFileSync(gateway.file("ca.pem")) }, (answer) => {
      assert.ok(answer.statusCode! < 300, `the gateway answered ${answer.statusCode}`);
      answer.resume().on("end", done);
    });
    request.pipe(onward).on("error", fail);
  });
}

const additions = (page: Page) => page.locator("section:has([name=more-files])");
const numbersIn = (text: string | null): string[] => text?.match(/[0-9a-f]{32}/g) ?? [];

/** From an open mailbox; gives the id of the second report, from the message in the first mailbox. */
async function addFiles(page: Page, words: string, files: readonly { name: string; mimeType: string; buffer: Buffer }[]): Promise<string> {
  await additions(page).locator("summary").click();
  await page.locator("[name=more-files]").setInputFiles([...files]);
  await fill(page, { "more-words": words });
  await additions(page).locator(".actions .primary").click();
  await page.locator("main > .status:not(:empty)").waitFor();
  const [id] = numbersIn(await page.locator(".messages .mine").last().textContent());
  return id!;
}

describe("files added in the mailbox", () => {
  test("arrive as a report of their own that names the first one, and are opened by intake alone", async () => {
    const receipt = await office.submit();
    const { page, context, complaints } = await openTab(browser, { viewport: phone });
    await openMailbox(page, receipt);
    const large = Buffer.alloc(2 * 1024 * 1024 + 3, "more ");
    const id = await addFiles(page, "The second page of the list.", [
      { name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("the list") },
      { name: "film.bin", mimeType: "", buffer: large },
    ]);
    assert.notEqual(id, receipt.report_id);
    const folder = gateway.file("added");
    const { triage, account, attachments } = await gateway.json(["case", "open", id, "--attachments", folder], { as: "intake" });
    const named = [{ question: "adds-to", values: [receipt.report_id] }];
    assert.deepEqual([triage.answers, account.answers], [named, named]);
    assert.ok(account.narrative.includes(receipt.report_id) && account.narrative.endsWith("The second page of the list."));
    assert.equal(Object.values(triage.consent ?? {}).includes(true), false);
    assert.deepEqual(attachments.map((each: any) => [each.name, readFileSync(each.file).length]), [["list.txt", 8], ["film.bin", large.length]]);
    await gateway.fails(["case", "open", id], exits.refused, { as: "investigator" });
    // So that intake can link the two.
    await gateway.json(["case", "link", id, "--with", receipt.report_id], { as: "intake" });
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("nothing is sent without a file, and what was written stays after a failure", async () => {
    const receipt = await office.submit();
    const { page, context } = await openTab(browser);
    await openMailbox(page, receipt);
    await additions(page).locator("summary").click();
    await fill(page, { "more-words": "kept" });
    const before = pages.seen.length;
    await additions(page).locator(".actions .primary").click();
    await additions(page).locator(".error:not(:empty)").waitFor();
    assert.deepEqual(pages.seen.slice(before), []);
    await page.locator("[name=more-files]").setInputFiles([{ name: "a.txt", mimeType: "", buffer: Buffer.from("a") }]);
    // The report arrives, and its message is refused.
    pages.instead = (method, path, response) => {
      if (method !== "POST" || path !== "/v1/mailbox") return false;
      response.writeHead(422, { "Content-Type": "application/json", Date: new Date().toUTCString() });
      response.end(JSON.stringify({ code: "rejected", message: "no", field: "" }));
      return true;
    };
    await additions(page).locator(".actions .primary").click();
    await page.locator("main [role=alert].note", { hasText: "The files were accepted" }).waitFor();
    pages.instead = () => false;
    await press(page, "back");
    assert.equal(await page.locator("[name=more-words]").inputValue(), "kept");
    const sent = (): number => pages.seen.filter(({ method, path }) => method === "POST" && path === "/v1/reports").length;
    const once = sent();
    await additions(page).locator(".actions .primary").click();
    await page.locator("main > .status:not(:empty)").waitFor();
    assert.equal(sent(), once, "the files were not sent twice");
    await context.close();
  });

  test("a message whose answer was lost is not written twice; the same words later are", async () => {
    const receipt = await office.submit();
    const { page, context } = await openTab(browser);
    await openMailbox(page, receipt);
    const mine = page.locator(".messages .mine");
    const reply = async (): Promise<void> => {
      await fill(page, { reply: "It was on Monday." });
      await press(page, "send");
    };
    pages.instead = async (method, path, response, request) => {
      if (method !== "POST" || path !== "/v1/mailbox") return false;
      await accepted(request);
      response.writeHead(422, { "Content-Type": "application/json", Date: new Date().toUTCString() });
      response.end(JSON.stringify({ code: "rejected", message: "no", field: "" }));
      return true;
    };
    await reply();
    await page.locator("#reply-error:not(:empty)").waitFor();
    pages.instead = () => false;
    await reply();
    await page.locator("main > .status:not(:empty)").waitFor();
    assert.equal(await mine.count(), 1);
    await reply();
    await mine.nth(1).waitFor();
    await context.close();
  });

  for (const [language, viewport, colorScheme] of [["en", desk, "dark"], ["ar", phone, "light"]] as const) {
    test(`axe-core has nothing to say: ${language}, ${colorScheme}`, async () => {
      const receipt = await office.submit();
      const { page, context } = await openTab(browser, { viewport, colorScheme });
      await openMailbox(page, receipt, language);
      await additions(page).locator("summary").click();
      await page.locator("[name=more-files]").setInputFiles([{ name: "a.txt", mimeType: "", buffer: Buffer.from("a") }]);
      await page.locator(".files .warn").waitFor();
      await additions(page).locator(".voice button").click();
      await page.locator("[role=timer]:not(:empty)").waitFor();
      await accessible(page, "recording");
      await page.locator(".voice .actions button").click();
      await page.locator("audio").waitFor();
      await accessible(page, "recorded");
      assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, "nothing sticks out");
      await context.close();
    });
  }
});

// Element ids of Matroska that would say more than the sound does: DateUTC, Title, SegmentFilename, Tags.
const telling = [[0x44, 0x61, 0x88], [0x7b, 0xa9], [0x73, 0x84], [0x12, 0x54, 0xc3, 0x67]];

describe("a voice message", () => {
  async function toFiles(page: Page): Promise<void> {
    await start(page);
    await press(page, "next");
    await fill(page, { "danger-now": ["no"] });
    await press(page, "next");
    await fill(page, { kind: ["theft"] });
    for (let screen = 0; screen < 4; ++screen) await press(page, "next");
  }
  const voice = (page: Page, name: RegExp) => page.locator(".voice").getByRole("button", { name });

  test("is recorded, listened to, discarded, recorded again, kept, sent and opened", async () => {
    const { page, context, complaints } = await openTab(browser);
    await toFiles(page);
    await voice(page, /Record/).click();
    await page.locator("[role=timer]", { hasText: /0:0[1-9]/ }).waitFor();
    const before = pages.seen.length;

    await press(page, "next"); // not while it records
    await page.locator(".error", { hasText: "Stop the recording" }).waitFor();
    await press(page, "back");
    assert.equal(await page.locator("[role=timer]").count(), 1);

    await voice(page, /Stop/).click();
    await page.locator(".voice [role=status]", { hasText: "microphone is off" }).waitFor();
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Keep it as a file");
    const heard = await page.locator("audio").evaluate(async (audio: any) => {
      await audio.play();
      await new Promise((done) => audio.addEventListener("timeupdate", done, { once: true }));
      audio.pause();
      return audio.error === null;
    });
    assert.equal(heard, true);
    await voice(page, /Discard/).click();
    assert.equal(await page.locator(".files li").count(), 0);

    await voice(page, /Record/).click();
    await page.locator("[role=timer]", { hasText: /0:0[1-9]/ }).waitFor();
    await voice(page, /Stop/).click();
    await voice(page, /Keep/).click();
    await page.locator(".files li", { hasText: "voice-1.webm" }).waitFor();
    assert.deepEqual(pages.seen.slice(before).filter(({ path }) => path.startsWith("/v1/")), [], "nothing leaves before it is sent");

    for (let screen = 0; screen < 4; ++screen) await press(page, "next");
    await press(page, "send");
    const { words } = await receiptOf(page);
    const { report_id } = await gateway.json(["mailbox", "read", "--code-file", office.write("code", `${words}\n`)]);
    const { account, attachments } = await gateway.json(["case", "open", report_id, "--attachments", gateway.file("spoken")], { as: "intake" });
    assert.deepEqual(account.attachments.map(({ name, mediaType, media_type }: any) => [name, mediaType ?? media_type]), [["voice-1.webm", "audio/webm"]]);
    const sound = readFileSync(attachments[0].file);
    assert.deepEqual([...sound.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3], "WebM");
    for (const id of telling) assert.equal(sound.subarray(0, 512).includes(Buffer.from(id)), false, "what the file says of itself");
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a microphone that is refused is said, and another try is possible", async () => {
    const { page, context } = await openTab(browser);
    await page.addInitScript("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))");
    await toFiles(page);
    await voice(page, /Record/).click();
    await page.locator(".voice [role=status]", { hasText: "cannot be used" }).waitFor();
    assert.equal(await voice(page, /Record/).isEnabled(), true);
    await press(page, "next");
    await page.locator("[name=needs]").first().waitFor();
    await context.close();
  });

  test("is not offered where the browser cannot record", async () => {
    const { page, context } = await openTab(browser);
    await page.addInitScript("delete window.MediaRecorder");
    await toFiles(page);
    await page.locator("[name=files]").waitFor({ state: "attached" });
    assert.equal(await page.locator(".voice").count(), 0);
    await context.close();
  });

  test("leaving the page ends it, and the microphone is off", async () => {
    const { page, context } = await openTab(browser);
    await page.addInitScript(`{
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (what) => (window.microphone = await ask(what));
    }`);
    await page.clock.install();
    await toFiles(page);
    await voice(page, /Record/).click();
    await voice(page, /Stop/).waitFor();
    const state = (): Promise<unknown> => page.evaluate("window.microphone.getTracks().map(({ readyState }) => readyState)");
    assert.deepEqual(await state(), ["live"]);
    await page.clock.fastForward("10:01");
    assert.equal(await page.locator("#wiped").isVisible(), false, "who speaks is not idle");
    await voice(page, /Stop/).click();
    await voice(page, /Keep/).waitFor();
    assert.deepEqual(await state(), ["ended"]);
    await page.clock.fastForward("10:01");
    await page.locator("#wiped").waitFor();
    await context.close();
  });
});

describe("a busy gateway", () => {
  const salt = "0123456789abcdef?expires=1999999999&";
  const number = 20_000;
  const challenge = createHash("sha256").update(salt + number).digest("hex");

  test("gets its proof of work, and the page says what it does", async () => {
    const { page, context, complaints } = await openTab(browser);
    let proofs = 0;
    pages.instead = (method, path, response, request) => {
      const json = { "Content-Type": "application/json", Date: new Date().toUTCString() };
      if (path === "/v1/challenge") {
        const fields = [[1, "SHA-256"], [2, challenge], [4, salt], [5, "00"]] as const;
        const bytes = fields.map(([field, text]) => Buffer.concat([Buffer.from([(field << 3) | 2, text.length]), Buffer.from(text)]));
        response.writeHead(200, { ...json, "Content-Type": "application/x-protobuf" });
        response.end(Buffer.concat([...bytes, Buffer.from([(3 << 3), 0xd0, 0x86, 0x03])])); // maxnumber: 50,000
        return true;
      }
      if (method !== "POST" || path !== "/v1/reports") return false;
      const header = String(request.headers["altcha"] ?? "");
      const solved = header !== "" && JSON.parse(Buffer.from(header, "base64").toString()).number === number;
      if (solved) {
        ++proofs;
        return false;
      }
      response.writeHead(429, json);
      response.end(JSON.stringify({ code: "busy", message: "no", field: "proof-of-work" }));
      return true;
    };
    await start(page);
    await press(page, "next");
    await fill(page, { "danger-now": ["no"] });
    await press(page, "next");
    await fill(page, { kind: ["theft"] });
    for (let screen = 0; screen < 8; ++screen) await press(page, "next");
    await press(page, "send");
    await page.locator("[role=status]", { hasText: "short calculation" }).waitFor();
    await receiptOf(page);
    pages.instead = () => false;
    assert.equal(proofs, 1);
    assert.deepEqual(complaints.filter((text) => !text.includes("429")), []);
    await context.close();
  });
});
