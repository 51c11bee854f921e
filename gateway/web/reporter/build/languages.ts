// The languages: each file of a folder of languages is one. Compiles their ICU messages, for pages when they are
// built and as modules for the browser, where nothing is compiled (it would need eval).
/// <reference path="./compileModule.d.ts" />
import messageFormat from "@messageformat/core";
import compileModule from "@messageformat/core/compile-module.js";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type english from "../languages/en.ts";

// The package exports the class itself; its types say that it is a default export.
const MessageFormat = messageFormat as unknown as typeof messageFormat.default;

export type Key = keyof typeof english;
export type Messages = Readonly<Record<Key, string>>;
export type Translate = (key: Key, values?: Readonly<Record<string, unknown>>) => string;

// English first, since it is what the others fall back to when people look for a language.
const inOrder = (a: string, b: string): number => Number(b === "en") - Number(a === "en") || a.localeCompare(b);

/** A folder with a file for each language. */
export class MessageFiles {
  readonly languages: readonly string[];
  readonly #folder: string;
  readonly #onPagesOnly: RegExp | undefined;

  /** `onPagesOnly`: keys that no module needs. */
  constructor(folder: string, onPagesOnly?: RegExp) {
    this.#folder = folder;
    this.#onPagesOnly = onPagesOnly;
    this.languages = readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => name.slice(0, -3))
      .sort(inOrder);
  }

  async messagesOf(language: string): Promise<Readonly<Record<string, string>>> {
    const { default: messages } = (await import(pathToFileURL(join(this.#folder, `${language}.ts`)).href)) as { default: Readonly<Record<string, string>> };
    return messages;
  }

  async translator(language: string): Promise<(key: string, values?: Readonly<Record<string, unknown>>) => string> {
    const messages = await this.messagesOf(language);
    const format = new MessageFormat(language);
    return (key, values = {}) => format.compile(messages[key]!)(values);
  }

  /** The source of a module that exports a function for each message that a page's program uses. */
  async moduleOf(language: string): Promise<string> {
    const used = Object.entries(await this.messagesOf(language)).filter(([key]) => this.#onPagesOnly?.test(key) !== true);
    return compileModule(new MessageFormat(language), Object.fromEntries(used));
  }
}

// On pages that are made when they are built: the browser never needs these.
const onPagesOnly = /^(plain|protected|notProtected|start|danger|noScript|onion|offline|languages$|exit|idle|wiped)/;
export const reporterMessages = new MessageFiles(fileURLToPath(new URL("../languages/", import.meta.url)), onPagesOnly);

export const { languages } = reporterMessages;
export const messagesOf = (language: string): Promise<Messages> => reporterMessages.messagesOf(language) as Promise<Messages>;
export const translator = (language: string): Promise<Translate> => reporterMessages.translator(language);
export const moduleOf = (language: string): Promise<string> => reporterMessages.moduleOf(language);
