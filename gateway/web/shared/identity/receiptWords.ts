// The word form of the receipt code: BIP-39, twelve words of the 128 bits themselves. Lists are
// loaded when they are needed: a page that shows English words does not fetch the others.
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";

import { SafeconductError } from "../base/error.ts";
import { foldWord } from "./receiptText.ts";

const wordCount = 12;

export type WordList = "en" | "fr" | "es" | "pt" | "zh";
export const wordLists: readonly WordList[] = ["en", "fr", "es", "pt", "zh"];

const load: Readonly<Record<WordList, () => Promise<{ wordlist: string[] }>>> = {
  en: () => import("@scure/bip39/wordlists/english.js"),
  fr: () => import("@scure/bip39/wordlists/french.js"),
  es: () => import("@scure/bip39/wordlists/spanish.js"),
  pt: () => import("@scure/bip39/wordlists/portuguese.js"),
  zh: () => import("@scure/bip39/wordlists/simplified-chinese.js"),
};

/** The list of a language (BCP 47), if it has one. Others show digits first, and English words. */
export function wordListFor(language: string): WordList | undefined {
  const primary = language.split("-", 1)[0]!.toLowerCase();
  return wordLists.find((list) => list === primary);
}

/** "abandon ability …": twelve words with one space between. */
export async function receiptWords(code: Uint8Array, list: WordList = "en"): Promise<string> {
  return entropyToMnemonic(code, (await load[list]()).wordlist);
}

function malformed(message: string, field = ""): SafeconductError {
  return new SafeconductError("malformed", message, field);
}

/** Throws malformed; the field names the first word that is wrong ("word 7"). */
export async function parseReceiptWords(tokens: readonly string[]): Promise<Uint8Array> {
  if (tokens.length > wordCount) throw malformed("more than twelve words in the receipt code");
  let best: (string | undefined)[] = [];
  let bestFound = 0;
  for (const list of wordLists) {
    const { wordlist } = await load[list]();
    const folded = new Map(wordlist.map((word) => [foldWord(word), word]));
    const words = tokens.map((token) => folded.get(token));
    const found = words.filter((word) => word !== undefined).length;
    if (found === wordCount) {
      const code = codeFrom(words.join(" "), wordlist);
      if (code !== undefined) return code;
    }
    if (found > bestFound) [best, bestFound] = [words, found];
  }
  for (let i = 0; i < wordCount; ++i) {
    if (best[i] !== undefined) continue;
    throw malformed(
      i >= tokens.length ? "a word of the receipt code is missing" : "a word of the receipt code is in none of the lists",
      `word ${i + 1}`,
    );
  }
  throw malformed("each word is one of the list, but not all together: one is another word than was given, or the order is wrong");
}

// Nothing when the checksum does not match.
function codeFrom(words: string, wordlist: string[]): Uint8Array | undefined {
  try {
    return mnemonicToEntropy(words, wordlist);
  } catch {
    return undefined;
  }
}
