// What tests of the console do in it: unlock with a holder's key, open a case, answer a question before a deed.
import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { desk, openTab, type Tab } from "./browser.ts";
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

/** A profile of its own in which a holder works. */
export async function work(browser: Browser, place: Place, label: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const tab = await openTab(browser, { viewport: desk, locale: "en-GB", ...options });
  await tab.page.goto(`${place.url}/console/`);
  await unlock(tab.page, place, label);
  return tab;
}

export async function openCase(page: Page, id: string): Promise<void> {
  await page.locator(`[data-case="${id}"]`).click();
  await page.locator(`[data-view="${id}"]`).waitFor();
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
