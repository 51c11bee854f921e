// The languages: each file of ../languages is one. Compiles their ICU messages, for pages when they are
// built and as modules for the browser, where nothing is compiled (it would need eval).
/// <reference path="./compileModule.d.ts" />
import messageFormat from "@messageformat/core";
import compileModule from "@messageformat/core/compile-module.js";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type english from "../languages/en.ts";

// The package exports the class itself; its types say that it is a default export.
const MessageFormat = messageFormat as unknown as typeof messageFormat.default;

export type Key = keyof typeof english;
export type Messages = Readonly<Record<Key, string>>;
export type Translate = (key: Key, values?: Readonly<Record<string, unknown>>) => string;

const folder = fileURLToPath(new URL("../languages/", import.meta.url));
// English first, since it is what the others fall back to when people look for a language.
const inOrder = (a: string, b: string): number => Number(b === "en") - Number(a === "en") || a.localeCompare(b);

export const languages: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3))
  .sort(inOrder);

// On pages that are made when they are built: the browser never needs these.
const onPagesOnly = /^(plain|protected|notProtected|start|danger|noScript|onion|offline|languages$|exit|idle|wiped)/;

export async function messagesOf(language: string): Promise<Messages> {
  const { default: messages } = (await import(`../languages/${language}.ts`)) as { default: Messages };
  return messages;
}

export async function translator(language: string): Promise<Translate> {
  const messages = await messagesOf(language);
  const format = new MessageFormat(language);
  return (key, values = {}) => format.compile(messages[key])(values);
}

/** The source of a module that exports a function for each message that the page's program uses. */
export async function moduleOf(language: string): Promise<string> {
  const used = Object.entries(await messagesOf(language)).filter(([key]) => !onPagesOnly.test(key));
  return compileModule(new MessageFormat(language), Object.fromEntries(used));
}
