// The languages: each file or folder of a folder of languages is one. Compiles their ICU messages, for pages when they are
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

/** A language in parts, by their names: one object of messages. Throws when two of them have the same key. */
export function joined(parts: Readonly<Record<string, Readonly<Record<string, string>>>>): Readonly<Record<string, string>> {
  const all = new Map<string, string>();
  for (const [part, messages] of Object.entries(parts)) {
    for (const [key, message] of Object.entries(messages)) {
      if (all.has(key)) throw new Error(`the message ${key} of ${part} is in another part as well`);
      all.set(key, message);
    }
  }
  return Object.fromEntries(all);
}

/** A folder with a file for each language, or a folder whose index.ts exports the parts of it. */
export class MessageFiles {
  readonly languages: readonly string[];
  readonly #inParts: ReadonlySet<string>;
  readonly #folder: string;
  readonly #onPagesOnly: RegExp | undefined;

  /** `onPagesOnly`: keys that no module needs. */
  constructor(folder: string, onPagesOnly?: RegExp) {
    this.#folder = folder;
    this.#onPagesOnly = onPagesOnly;
    const entries = readdirSync(folder, { withFileTypes: true });
    this.#inParts = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
    const whole = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts")).map(({ name }) => name.slice(0, -3));
    this.languages = [...this.#inParts, ...whole].sort(inOrder);
  }

  async messagesOf(language: string): Promise<Readonly<Record<string, string>>> {
    const isInParts = this.#inParts.has(language);
    const path = join(this.#folder, isInParts ? `${language}/index.ts` : `${language}.ts`);
    const { default: messages } = (await import(pathToFileURL(path).href)) as { default: never };
    return isInParts ? joined(messages) : messages;
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
