// A reporter by SMS in the console: marked as such, answered with a warning, and what became of the answer is told.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { text as readText } from "node:stream/consumers";
import type { Browser } from "playwright-core";

import { accessible, launch } from "./browser.ts";
import { act, noComplaint, openCase, said, work } from "./consoleDesk.ts";
import { relayHolders, TestRelay } from "./relay.ts";
import { poll } from "./support/poll.ts";
import { WebPages } from "./webPages.ts";

const phone = "+41791110042";
const answer = "Thank you. Where was it?";
let pages: WebPages;
let relay: TestRelay;
let provider: Server;
let browser: Browser;
const sent: { to: string; text: string; token: string }[] = [];

before(async () => {
  pages = await WebPages.start({ holders: relayHolders });
  provider = createServer((request, response) => {
    void readText(request).then((body) => {
      sent.push(JSON.parse(body));
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((done) => provider.listen(0, "127.0.0.1", done));
  relay = await TestRelay.prepare(pages.gateway, {
    send: [
      `kind = "http"`,
      `url = "http://127.0.0.1:${(provider.address() as AddressInfo).port}/"`,
      `content_type = "application/json"`,
      `body = '{"to":"{to}","text":"{text}","token":"{token}"}'`,
    ],
  });
  await relay.serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await relay?.dispose();
  provider?.close();
  await pages?.dispose();
});

async function tellRelay(content: object): Promise<void> {
  const body = JSON.stringify(content);
  const time = String(Math.floor(Date.now() / 1000));
  const response = await fetch(`${relay.url}/webhook`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-safeconduct-timestamp": time,
      "x-safeconduct-signature": createHmac("sha256", relay.secret).update(`${time}.${body}`).digest("hex"),
    },
    body,
  });
  assert.equal(response.status, 200);
}

test("who writes by SMS is answered, and the officer learns that it arrived", async () => {
  await tellRelay({ id: "m-1", from: phone, to: "1234", text: "A lorry comes to the school at night." });
  const id = await poll("the case", async () => {
    const { cases } = await pages.gateway.json<{ cases: { report_id: string }[] }>(["case", "list"], { as: "intake" });
    return cases[0]?.report_id;
  });

  const tab = await work(browser, { url: pages.url, gateway: pages.gateway }, "intake");
  const { page } = tab;
  await page.locator(`[data-case="${id}"]`, { hasText: "By SMS" }).waitFor();
  await openCase(page, id);
  await page.getByText("The reporter reads answers as SMS.").waitFor();
  await page.getByText("A lorry comes to the school at night.").waitFor();
  await page.locator("[name=reply]").fill(answer);
  await act(page, "send-reply");
  await said(page, /The relay sends it by SMS/);

  const { token } = await poll("the SMS", async () => sent.find((each) => each.text === answer));
  assert.ok(sent.every(({ to }) => to === phone));
  await tellRelay({ delivery: { token, status: "delivered" } });
  await poll("the news of it", async () => {
    const { chain } = await pages.gateway.json<{ chain: { did: string }[] }>(["case", "show", id], { as: "intake" });
    return chain.some(({ did }) => did.includes("reached the telephone")) ? true : undefined;
  });
  await act(page, "back");
  await openCase(page, id);
  await page.locator(".events [data-event]", { hasText: "reported that an answer reached the telephone" }).waitFor();
  assert.equal(await page.locator(".messages .ours", { hasText: answer }).count(), 1);
  await accessible(page, "a case by SMS");
  noComplaint(tab);
});
