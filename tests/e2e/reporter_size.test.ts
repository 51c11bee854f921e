// The budget of the page, in bytes as they travel, without the charter and its texts: what a phone on a bad
// network has to load. Printed for each language, and held to the limits.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { brotliCompressSync } from "node:zlib";
import { readFileSync, statSync } from "node:fs";

import { fill, launch, openTab, press, receiptOf } from "./browser.ts";
import { webApp } from "./harness.ts";
import { WebPages } from "./webPages.ts";

const kibibyte = 1024;
const limits = { first: 30 * kibibyte, report: 110 * kibibyte, pdf: 230 * kibibyte, otherKind: 40 * kibibyte };

let pages: WebPages;
let browser: Browser;
before(async () => {
  pages = await WebPages.start({ policy: "quorum" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

// A page is compressed when it is filled; what the stand-in served plainly counts as it would travel.
function travelled(path: string, bytes: number): number {
  const page = /^\/([a-z]{2})\/\?/.exec(path);
  if (page === null) return bytes;
  return brotliCompressSync(readFileSync(join(webApp, page[1]!, "index.html"))).length;
}

const loaded = (from: number): number =>
  pages.seen.slice(from).filter(({ path }) => !path.startsWith("/v1/")).reduce((sum, { path, bytes }) => sum + travelled(path, bytes), 0);

for (const language of ["en", "ar", "es", "fr", "pt", "ru", "sw", "zh"]) {
  test(`${language}: the first page and a sent report`, async (context) => {
    const tab = await openTab(browser);
    const { page } = tab;
    const from = pages.seen.length;
    await page.goto(`${pages.url}/${language}/?channel=conduct`, { waitUntil: "networkidle" });
    const first = loaded(from);
    await press(page, "next");
    await fill(page, { "danger-now": ["no"] });
    await press(page, "next");
    await fill(page, { kind: ["fraud"] });
    for (let screen = 0; screen < 8; ++screen) await press(page, "next");
    await press(page, "send");
    await receiptOf(page);
    const all = loaded(from);
    context.diagnostic(`${language}: first page ${first} bytes, a report in all ${all} bytes`);
    assert.ok(first <= limits.first && all <= limits.report, `${first} and ${all} bytes`);
    await tab.context.close();
  });
}

test("code for a kind of file is loaded when such a file is chosen, and is small", () => {
  const assets = join(webApp, "assets");
  const sizes = readdirSync(assets).flatMap((name) => {
    const [, kind] = /^(jpeg|png|webp|mp4|office|pdf)-.*\.br$/.exec(name) ?? [];
    return kind === undefined ? [] : [[kind, statSync(join(assets, name)).size] as const];
  });
  assert.deepEqual(sizes.map(([kind]) => kind).sort(), ["jpeg", "mp4", "office", "pdf", "png", "webp"]);
  for (const [kind, bytes] of sizes) assert.ok(bytes <= (kind === "pdf" ? limits.pdf : limits.otherKind), `${kind}: ${bytes} bytes`);
});
