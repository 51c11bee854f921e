// The static pages: every language, only known placeholders, nothing that a content security policy
// would have to allow, and nothing of another place.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Html, html } from "../../../../gateway/web/reporter/build/html.ts";
import { languages, translator } from "../../../../gateway/web/reporter/build/languages.ts";
import { offlinePage, plainPage, plainRefusedPage, plainSentPage, servedProgram, startPage } from "../../../../gateway/web/reporter/build/pages.ts";
import { placeholderPattern, placeholders } from "../../../../gateway/web/reporter/build/placeholders.ts";

const all = await Promise.all(languages.map(async (code) => ({ code, t: await translator(code) })));
const program = servedProgram({ script: "/assets/start.js", style: "/assets/style.css", icon: "/assets/icon.svg" });
const carried = { head: new Html("<style></style>\n"), end: new Html("<script></script>\n") };
const makers = { startPage, plainPage, plainSentPage, plainRefusedPage };

test("what is put into a page is escaped", () => {
  assert.equal(html`<p title="${'"<&\'>'}">${html`<b>`}</p>`.text, '<p title="&#34;&#60;&#38;&#39;&#62;"><b></p>');
});

for (const [name, make] of Object.entries(makers)) {
  describe(name, () => {
    for (const language of all) {
      const page = make({ language, all, program });
      test(language.code, () => {
        assert.match(page, new RegExp(`<html lang="${language.code}" dir="${language.code === "ar" ? "rtl" : "ltr"}">`));
        for (const [, placeholder] of page.matchAll(placeholderPattern)) assert.ok(placeholder! in placeholders, placeholder);
        assert.match(page, /<title>\{\{title\}\}<\/title>/);
        assert.match(page, /data-action="exit" href="\{\{exit_url\}\}"/);
        assert.doesNotMatch(page, / on[a-z]+=|style=|javascript:|https?:|undefined/);
        assert.equal(page.match(/<script/g)?.length, 1);
        for (const other of all) assert.ok(page.includes(`href="/${other.code}/`), other.code);
      });
    }
  });
}

describe("offlinePage", () => {
  for (const language of all) {
    test(language.code, () => {
      const page = offlinePage(language, carried);
      for (const [, placeholder] of page.matchAll(placeholderPattern)) assert.ok(placeholder! in placeholders, placeholder);
      assert.doesNotMatch(page, / on[a-z]+=|style=|javascript:|https?:|undefined/);
      assert.doesNotMatch(page, /(?:href|src|action)="\//, "nothing of its own origin: it has none");
      assert.ok(page.includes(`href="{{gateway}}/${language.code}/plain?channel={{channel}}"`));
      assert.doesNotMatch(page, new RegExp(`<li>${language.t("notProtected4")}`), "what is true of the served page only");
    });
  }
});

test("every placeholder stands in some page", () => {
  const text = [...Object.values(makers).map((make) => make({ language: all[0]!, all, program })), offlinePage(all[0]!, carried)].join("");
  assert.deepEqual(Object.keys(placeholders).filter((name) => !text.includes(`{{${name}}}`)), []);
});
