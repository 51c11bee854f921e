// What tests of the console do in it: unlock with a holder's key, open a case, answer a question before a deed.
import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { desk, keptBy, nothingKept, openTab, type Tab } from "./browser.ts";
import type { TestGateway } from "./harness.ts";

export interface Place {
  readonly url: string;
  readonly gateway: TestGateway;
}

/** Chooses the key file of a holder and unlocks. */
export async function unlock(page: Page, { gateway }: Place, label: string): Promise<void> {
  await page.locator("#key-file").setInputFiles(gateway.key(label));
  await page.locator("[data-action=unlock]:enabled").click();
  await page.locator(`[data-me="${label}"]`).waitFor();
}

/** How a holder's browser is. */
export const holdersBrowser: BrowserContextOptions = { viewport: desk, locale: "en-GB" };

/** A profile of its own in which a holder works. */
export async function work(browser: Browser, place: Place, label: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const tab = await openTab(browser, { ...holdersBrowser, ...options });
  await tab.page.goto(`${place.url}/console/`);
  await unlock(tab.page, place, label);
  return tab;
}

/** That the console kept the newest charter's version and the two logs' checkpoints, and nothing else. */
export async function keepsCheckpointsAlone(page: Page): Promise<void> {
  const { local, ...rest } = await keptBy(page);
  const { local: _, ...nothing } = nothingKept;
  assert.deepEqual(rest, nothing);
  assert.deepEqual(Object.keys(local), ["safeconduct-console"]);
  const { version, checkpoint, log = "", ...more } = JSON.parse(local["safeconduct-console"]!);
  assert.deepEqual([version, more], ["1", {}]);
  assert.match(checkpoint, /^charter\.test\.localhost\n1\n[\w+/]{43}=\n\n(— [\w.]+ [\w+/=]+\n)+$/);
  assert.match(log, /^$|^log\.test\.localhost\n\d+\n[\w+/]{43}=\n\n(— [\w.]+ [\w+/=]+\n)+$/, "the report log's, once it has one");
}

/** Asks the trustees for the account, and for other parts where they are named. */
export async function askTrustees(page: Page, reason: string, ...parts: string[]): Promise<void> {
  assert.equal(await stateOf(page, "account"), "sealed");
  assert.match((await part(page, "account").textContent())!, /2 of them, from at least 2 organisations, have to agree/);
  await act(page, "request-account");
  for (const name of parts) await page.locator(`dialog [name=part][value="${name}"]`).check();
  await page.locator("dialog [data-action=confirm]").click();
  await page.locator("dialog .error", { hasText: "Write the reason" }).waitFor();
  await page.locator("dialog [name=reason]").fill(reason);
  await confirm(page);
  await said(page, /trustees were asked/);
}

/** The case as it stands among what waits for a trustee. */
export const asked = (page: Page, id: string) => page.locator(`[data-case="${id}"]`);

/** A trustee's two clicks. */
export async function approve(page: Page, id: string, learns: RegExp): Promise<void> {
  await asked(page, id).locator("[data-action=approve]").click();
  assert.match((await page.locator("dialog .learns").textContent())!, learns);
  await confirm(page);
  await asked(page, id).locator("[data-answer=approved]").waitFor();
}

export async function openCase(page: Page, id: string): Promise<void> {
  await page.locator(`[data-case="${id}"]`).click();
  await page.locator(`[data-view="${id}"]`).waitFor();
}

/** Opens the case anew until the log has all of it; gives what the case is then said to be. */
export async function untilLogged(page: Page, id: string): Promise<string> {
  for (;;) {
    await openCase(page, id);
    await page.locator(".timeline[data-log]").waitFor();
    const state = (await page.locator(".timeline").getAttribute("data-log"))!;
    if (state !== "waiting") return state;
    await act(page, "back");
  }
}

/** Confirms the question that is open. */
export async function confirm(page: Page): Promise<void> {
  await page.locator("dialog [data-action=confirm]").click();
  await page.locator("dialog").waitFor({ state: "detached" });
}

export const act = (page: Page, action: string): Promise<void> => page.locator(`main [data-action="${action}"]`).click();

/** What was said after a deed. */
export async function said(page: Page, text: RegExp): Promise<void> {
  await page.locator(".said", { hasText: text }).waitFor();
}

export const part = (page: Page, name: string) => page.locator(`[data-part="${name}"]`);

export async function stateOf(page: Page, name: string): Promise<string> {
  return (await part(page, name).getAttribute("data-state"))!;
}

export const noComplaint = ({ complaints }: Tab): void => assert.deepEqual(complaints, []);
