// The page of the console: only known placeholders, nothing that a content security policy would have to allow.
import assert from "node:assert/strict";
import { test } from "node:test";

import { consolePage } from "../../../../gateway/web/console/build/page.ts";
import { placeholderPattern } from "../../../../gateway/web/reporter/build/placeholders.ts";

const page = consolePage({ script: "/assets/console.js", style: "/assets/console.css", icon: "/assets/icon.svg" });

test("starts from what the gateway pins, and from nothing else", () => {
  assert.deepEqual([...page.matchAll(placeholderPattern)].map(([, name]) => name), ["pinned"]);
});

test("has one script, and nothing inline or of another place", () => {
  assert.equal(page.match(/<script/g)?.length, 1);
  assert.doesNotMatch(page, / on[a-z]+=|style=|javascript:|https?:|undefined/);
  assert.match(page, /<meta name="robots" content="noindex, nofollow">/);
});
