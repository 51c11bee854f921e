// Every language is whole: the keys of English, the same values in each message, the plurals that the
// language has, and no message that nothing shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { type Key, languages, messagesOf, moduleOf, translator } from "../../../../gateway/web/reporter/build/languages.ts";

const english = await messagesOf("en");
const keys = Object.keys(english) as Key[];
const reporter = fileURLToPath(new URL("../../../../gateway/web/reporter/", import.meta.url));

// The names of values in a message, each once.
const valuesIn = (message: string): string[] => [...new Set(message.match(/\{([a-z]+)(?=[,}])/g) ?? [])].sort();

test("there are eight languages, and English is the first", () => {
  assert.deepEqual(languages, ["en", "ar", "es", "fr", "pt", "ru", "sw", "zh"]);
});

for (const language of languages) {
  describe(language, async () => {
    const messages = await messagesOf(language);
    const t = await translator(language);

    test("has every key, in the order of English, and no other", () => {
      assert.deepEqual(Object.keys(messages), keys);
    });

    test("has the same values in each message, and none is empty", () => {
      for (const key of keys) {
        assert.deepEqual(valuesIn(messages[key]), valuesIn(english[key]), key);
        assert.notEqual(messages[key].trim(), "", key);
      }
    });

    test("has words of its own", () => {
      const same = keys.filter((key) => key !== "direction" && messages[key] === english[key]);
      if (language !== "en") assert.deepEqual(same.filter((key) => !["no", "messagesTitle", "stepTitleFallback", "whatDates"].includes(key)), []);
      assert.match(messages.direction, language === "ar" ? /^rtl$/ : /^ltr$/);
    });

    test("has exactly the plurals of the language, as CLDR has them", () => {
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      for (const key of keys) {
        if (!messages[key].includes(", plural,")) continue;
        const used = [...messages[key].matchAll(/\b(zero|one|two|few|many|other) \{/g)].map(([, category]) => category!);
        assert.deepEqual([...new Set(used)].sort(), [...pluralCategories].sort(), key);
      }
    });

    test("says every number", () => {
      for (const key of keys.filter((each) => messages[each].includes(", plural,"))) {
        for (const count of [0, 1, 2, 3, 5, 11, 21, 90, 1_000_000]) {
          const [name] = valuesIn(messages[key]).map((value) => value.slice(1)).filter((value) => messages[key].includes(`{${value}, plural`));
          const said = t(key, { [name!]: count, date: "DATE", size: "SIZE" });
          assert.doesNotMatch(said, /undefined|NaN|[{}#]/, key);
        }
      }
    });

    test("becomes a module of functions without eval", async () => {
      const source = await moduleOf(language);
      assert.match(source, /sendingWait/);
      assert.doesNotMatch(source, /plainLead|new Function|\beval\b/);
    });
  });
}

test("each message is shown somewhere", () => {
  const sources = readdirSync(reporter, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("languages"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
  assert.deepEqual(keys.filter((key) => !sources.includes(`"${key}"`)), []);
});
