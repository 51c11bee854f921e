// What the reporter is told of the public log: on return, by receipts and promises that are made here with the
// log's key, and on the receipt screen, where a proof can be kept. A file is saved when it is asked for only.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";

import { parseTolerant, serialize } from "../../gateway/web/shared/base/messages.ts";
import { type Mailbox, MailboxSchema } from "../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { SealedReportSchema } from "../../gateway/web/shared/generated/safeconduct/v1/report_pb.ts";
import type { Party } from "../../gateway/web/shared/identity/party.ts";
import { serializeNote, signNote } from "../../gateway/web/shared/note/note.ts";
import { checkpointText, leafHash, sha256 } from "../vectors/charterlog/charterlog.ts";
import { kinds, leafOf, noEntry, readPromise, receiptText } from "../vectors/reportlog/reportlog.ts";
import { accessible, desk, launch, openTab, phone, type Tab } from "./browser.ts";
import type { TestGateway } from "./harness.ts";
import { Office, type Receipt } from "./office.ts";
import { visit, walk } from "./walk.ts";
import { partyIn } from "./webClient.ts";
import { WebPages } from "./webPages.ts";

const origin = "log.test.localhost";
const checkpoint = `${origin}\n0\n${sha256().toString("base64")}\n\n\u2014 ${origin} AAAAAAAA\n`;
let pages: WebPages;
let gateway: TestGateway;
let office: Office;
let log: Party;
let vkey: string;
let browser: Browser;

before(async () => {
  pages = await WebPages.start({ languages: ["ar"] });
  gateway = pages.gateway;
  office = new Office(gateway);
  log = await partyIn(gateway, "log");
  vkey = await gateway.vkey("log", origin);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const signed = (text: string): string => serializeNote(signNote({ text, signatures: [] }, origin, log.key("note")));

/** A receipt of that leaf, in a log of that many entries. */
function receiptOf(leaf: Buffer, salt: Buffer, size = 7, index = 4): string {
  const entries = Array.from({ length: size }, (_, i) => (i === index ? leaf : leafOf(kinds.cover, Buffer.alloc(32, i), noEntry)));
  const text = checkpointText(origin, entries.map(leafHash));
  return receiptText(index, entries, salt, text, signed(text).slice(text.length + 1));
}

type Change = (mailbox: Mailbox) => Partial<Mailbox>;

const dayBefore = (promise: string): string => {
  const { until } = readPromise(promise, vkey);
  return signed(promise.slice(0, promise.lastIndexOf("\n\n") + 1).replace(`\n${until}\n`, `\n${until - 86_400}\n`));
};
const logged: Change = ({ promise }) => {
  const { leaf, salt } = readPromise(promise, vkey);
  return { receipt: receiptOf(leaf, salt) };
};
const broken: Change = ({ promise }) => ({ promise: dayBefore(promise), receipt: "" });
const forged: Change = ({ promise }) => {
  const { leaf, salt } = readPromise(promise, vkey);
  return { promise: dayBefore(promise), receipt: receiptOf(leaf, salt).replace("index 4", "index 3") };
};
const pending: Change = () => ({ receipt: "" });
const erased: Change = () => ({ receipt: "", erased: true, events: [], grants: [] });

/** The mailbox as the gateway answers it, changed. */
async function changed(request: IncomingMessage, response: ServerResponse, change: Change): Promise<void> {
  const { url = "", headers } = request;
  const body = await new Promise<Buffer>((done, fail) => {
    const onward = httpsRequest(new URL(url, gateway.url), { headers, ca: readFileSync(gateway.file("ca.pem")) }, async (answer) => {
      assert.equal(answer.statusCode, 200);
      done(Buffer.concat(await answer.toArray()));
    });
    onward.on("error", fail).end();
  });
  const mailbox = parseTolerant(MailboxSchema, body, body.length);
  response.writeHead(200, { "Content-Type": "application/x-protobuf", Date: new Date().toUTCString() });
  response.end(serialize(MailboxSchema, { ...mailbox, ...change(mailbox) }));
}

/** Opens the mailbox of a report, whose answer is changed; `asked`: whether checkpoints were asked for. */
async function open(receipt: Receipt, change: Change, language = "en", options: Parameters<typeof openTab>[1] = {}): Promise<Tab & { asked: () => number }> {
  let asked = 0;
  pages.instead = async (method, path, response, request) => {
    if (path === "/log/checkpoint") {
      asked += 1;
      response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", Date: new Date().toUTCString() }).end(checkpoint);
      return true;
    }
    if (method !== "GET" || path !== "/v1/mailbox") return false;
    await changed(request, response, change);
    return true;
  };
  const tab = await openTab(browser, { timezoneId: "Africa/Bangui", ...options });
  await tab.page.goto(`${pages.url}/${language}/?channel=conduct`);
  await visit(tab.page, receipt.code_words);
  return { ...tab, asked: () => asked };
}

const recordOn = (page: Page) => page.locator("[data-record]");

async function savedFrom(page: Page, press: () => Promise<void>): Promise<{ name: string; text: string }> {
  const waiting = page.waitForEvent("download");
  await press();
  const download = await waiting;
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

describe("on return", () => {
  let receipt: Receipt;
  before(async () => {
    receipt = await office.submit();
  });
  after(() => {
    pages.instead = () => false;
  });

  for (const [name, change, state, words] of [
    ["a receipt", logged, "logged", /recorded in the public log/],
    ["a promise whose time has not come", pending, "promised", /will be recorded in the public log by .*20[0-9]{2}.*GMT\+1/],
    ["a promise that was broken", broken, "broken", /not your fault/],
    ["a receipt that does not verify, after its time", forged, "broken", /should be in the public log/],
  ] as const) {
    test(`${name}: ${state}`, async () => {
      const { page, context, complaints, asked } = await open(receipt, change);
      assert.equal(await recordOn(page).getAttribute("data-record"), state);
      assert.match((await recordOn(page).textContent())!, words);
      assert.equal(await page.locator("[name=reply]").count(), 1, "the conversation is there all the same");
      assert.equal(await recordOn(page).getByRole("button").count(), state === "broken" ? 1 : 0);
      assert.equal(asked(), 0);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  test("an erased case says that it was erased", async () => {
    const { page, context } = await open(receipt, erased);
    assert.equal(await recordOn(page).getAttribute("data-record"), "erased");
    await context.close();
  });

  for (const language of ["en", "ar"]) {
    test(`the proof of a broken promise is a file by a neutral name, when it is asked for: ${language}`, async () => {
      const { page, context, complaints, asked } = await open(receipt, broken, language);
      const { name, text } = await savedFrom(page, () => recordOn(page).getByRole("button").click());
      assert.equal(name, "Information.txt");
      await page.locator("[data-record] .status:not(:empty)").waitFor();
      assert.equal(asked(), 1);
      const [words, digest, promiseText, promiseLines, checkpointLines, checkpointSigned] = text.split("\n\n");
      assert.ok(words!.includes(receipt.report_id) && !text.includes(receipt.code_words) && !text.includes(receipt.code_digits));
      const hash = Buffer.from(/^SHA-256: ([0-9a-f]{64})$/.exec(digest!)![1]!, "hex");
      assert.equal(hash.subarray(0, 16).toString("hex"), receipt.report_id);
      const { leaf, salt, until } = readPromise(`${promiseText}\n\n${promiseLines}\n`, vkey);
      assert.deepEqual(leaf, leafOf(kinds.report, salt, hash));
      assert.ok(until < Date.now() / 1000);
      assert.equal(`${checkpointLines}\n\n${checkpointSigned}`, checkpoint);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  test("without an answer to its question for a checkpoint, the file has the promise", async () => {
    const { page, context } = await open(receipt, broken);
    const { instead } = pages;
    pages.instead = (method, path, response, request) => {
      if (path !== "/log/checkpoint") return instead(method, path, response, request);
      response.destroy();
      return true;
    };
    const { text } = await savedFrom(page, () => recordOn(page).getByRole("button").click());
    assert.match(text, /safeconduct\/promise\/v1\nlog\.test\.localhost\n/);
    assert.ok(!text.includes(checkpoint));
    await context.close();
  });

  for (const [language, options] of [["en", { viewport: desk, colorScheme: "dark" }], ["ar", { viewport: phone, colorScheme: "light" }]] as const) {
    test(`axe-core has nothing to say, and nothing sticks out: ${language}`, async () => {
      for (const change of [logged, pending, broken]) {
        const { page, context } = await open(receipt, change, language, options);
        await accessible(page, change.name);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
        await context.close();
      }
    });
  }
});

describe("after sending", () => {
  test("a proof can be kept, which needs nothing more of the gateway and proves that the report was accepted", async () => {
    const { page, context, complaints } = await openTab(browser, { viewport: phone });
    await page.goto(`${pages.url}/en/?channel=conduct`);
    const { words, digits } = await walk(page);
    const before = pages.seen.length;
    assert.equal(await page.locator("main details").getAttribute("open"), null, "nobody has to read it");
    await page.locator("main summary").click();
    assert.match((await page.locator("main details .note").textContent())!, /whoever finds it/);
    const { name, text } = await savedFrom(page, () => page.locator("main details").getByRole("button").click());
    assert.equal(name, "Information.txt");
    assert.ok(!text.includes(words) && !text.includes(digits));
    const { promise, report, ...others } = JSON.parse(text) as Record<string, string>;
    assert.deepEqual(others, {});
    const sealed = Buffer.from(report!, "base64");
    const hash = sha256(parseTolerant(SealedReportSchema, sealed, sealed.length).manifest);
    const { leaf, salt } = readPromise(promise!, vkey);
    assert.deepEqual(leaf, leafOf(kinds.report, salt, hash));
    assert.ok((await page.getByText(hash.subarray(0, 16).toString("hex")).count()) > 0, "it is this report");
    await accessible(page, "the receipt with its proof");
    assert.deepEqual(pages.seen.slice(before), []);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
