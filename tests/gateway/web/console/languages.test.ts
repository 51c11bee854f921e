// Every language of the console is whole: the keys of English, the same values, the plurals that the language has,
// and no message that nothing shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { consoleMessages } from "../../../../gateway/web/console/build/app.ts";
import { joined } from "../../../../gateway/web/reporter/build/languages.ts";

const root = fileURLToPath(new URL("../../../../gateway/web/console/", import.meta.url));
const files = consoleMessages(root);
const english = await files.messagesOf("en");
const keys = Object.keys(english);
const valuesIn = (message: string): string[] => [...new Set(message.match(/\{([a-z]+)(?=[,}])/g) ?? [])].sort();
// Words that French has in common with English.
const alike = new Set(["direction", "notes", "note"]);

test("a key that two parts of a language have is refused", () => {
  assert.throws(() => joined({ inbox: { search: "Search" }, case: { title: "Case", search: "Search" } }), /search of case is in another part/);
  assert.deepEqual(joined({ inbox: { search: "Search" }, case: { title: "Case" } }), { search: "Search", title: "Case" });
});

test("English is the first, and French is there", () => {
  assert.deepEqual(files.languages, ["en", "fr"]);
});

for (const language of files.languages) {
  describe(language, async () => {
    const messages = await files.messagesOf(language);
    const t = await files.translator(language);

    test("has every key, in the order of English, and no other", () => {
      assert.deepEqual(Object.keys(messages), keys);
    });

    test("has the same values in each message, and none is empty", () => {
      for (const key of keys) {
        assert.deepEqual(valuesIn(messages[key]!), valuesIn(english[key]!), key);
        assert.notEqual(messages[key]!.trim(), "", key);
      }
    });

    test("has words of its own", () => {
      if (language === "en") return;
      assert.deepEqual(keys.filter((key) => messages[key] === english[key] && !alike.has(key)), []);
    });

    test("says every number, in the plurals that the language has", () => {
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      for (const key of keys.filter((each) => messages[each]!.includes(", plural,"))) {
        const used = [...messages[key]!.matchAll(/\b(zero|one|two|few|many|other) \{/g)].map(([, category]) => category!);
        assert.deepEqual([...new Set(used)].sort(), [...pluralCategories].sort(), key);
        for (const count of [0, 1, 2, 5, 21, 1_000_000]) {
          const values = Object.fromEntries(valuesIn(messages[key]!).map((name) => [name.slice(1), count]));
          assert.doesNotMatch(t(key, values), /undefined|NaN|[{}#]/, key);
        }
      }
    });

    test("becomes a module of functions without eval", async () => {
      assert.doesNotMatch(await files.moduleOf(language), /new Function|\beval\b/);
    });
  });
}

test("each message is shown somewhere", () => {
  const sources = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("languages"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
  assert.deepEqual(keys.filter((key) => !sources.includes(`"${key}"`)), []);
});
