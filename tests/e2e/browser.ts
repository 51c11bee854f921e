// Real Chromium, Debian's, and what tests of pages do in it.
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const program = "/usr/bin/chromium";
const quiet = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const phone = { width: 360, height: 640 };
export const desk = { width: 1280, height: 800 };

/** With a microphone that hears a beep each second, and asks nobody. */
export const microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export function launch(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: [...quiet, ...more] });
}

export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page wrote to its console as an error, and what it threw. */
  readonly complaints: string[];
  /** Each request that the browser made, whoever it was to. */
  readonly requests: string[];
}

/** A new profile with one page, which is in memory alone. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: phone, ...options });
  return tabIn(context, await context.newPage());
}

/**
 * A browser of its own with a profile on the disk, as people have one: closing its context ends it, and then everything
 * that it kept is in `folder`. `certificate` is trusted, as an authority's is: what comes from there may be cached.
 */
export async function openProfile(folder: string, certificate: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const key = new X509Certificate(readFileSync(certificate)).publicKey.export({ type: "spki", format: "der" });
  const trusted = `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`;
  const context = await chromium.launchPersistentContext(folder, { executablePath: program, args: [...quiet, trusted], viewport: phone, ...options });
  return tabIn(context, context.pages()[0] ?? (await context.newPage()));
}

function tabIn(context: BrowserContext, page: Page): Tab {
  context.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  context.on("request", (request) => requests.push(request.url()));
  return { context, page, complaints, requests };
}

/** What a page can keep on the device, as it is. */
export interface Kept {
  readonly local: Readonly<Record<string, string>>;
  readonly session: number;
  readonly cookies: string;
  readonly databases: number;
  readonly caches: number;
  readonly workers: number; // that serve pages without a network
}

export const keptBy = (page: Page): Promise<Kept> =>
  page.evaluate(`(async () => ({
    local: { ...localStorage }, session: sessionStorage.length, cookies: document.cookie,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))()`) as Promise<Kept>;

/** Of a page that keeps nothing. */
export const nothingKept: Kept = { local: {}, session: 0, cookies: "", databases: 0, caches: 0, workers: 0 };

/** That axe-core finds nothing to say of the page as it is. */
export async function accessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  const said = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join("\n")}`);
  assert.equal(said.join("\n"), "", what);
}

export const press = (page: Page, action: "next" | "back" | "send" | "exit" | "return"): Promise<void> =>
  page.locator(`main [data-action=${action}], header [data-action=${action}]`).click();

/** Answers what is on the screen by the names of inputs; what is not shown is left. */
export async function fill(page: Page, answers: Readonly<Record<string, string | readonly string[] | true>>): Promise<void> {
  for (const [name, answer] of Object.entries(answers)) {
    if (answer === true) await page.locator(`input[name="${name}"]`).check();
    else if (typeof answer !== "string") for (const value of answer) await page.locator(`[name="${name}"][value="${value}"]`).check();
    else await page.locator(`[name="${name}"]:is(textarea, input)`).fill(answer);
  }
}

/** The receipt as it is shown. */
export async function receiptOf(page: Page): Promise<{ words: string; digits: string }> {
  await page.locator("[data-receipt=words]").waitFor();
  const text = async (form: string): Promise<string> => (await page.locator(`[data-receipt=${form}]`).textContent())!.trim();
  return { words: await text("words"), digits: await text("digits") };
}

/** For addInitScript: this visit has a decoy (page/pretence.ts draws that first), at the times that `number` stands for. */
export const drawing = (number: number): string => `{
  const give = crypto.getRandomValues.bind(crypto);
  let count = 0;
  crypto.getRandomValues = (out) => (out instanceof Uint32Array && out.length === 1 ? out.fill(count++ === 0 ? 1 : ${number}) : give(out));
}`;

/** A function of the page, which knows other names than this file does. */
export const inPage = <T>(body: string): ((element: unknown) => T) => new Function("element", body) as (element: unknown) => T;
