// What a reporter typed, taken apart (crypto/base/receipt_text.h): the part of the receipt code that
// knows of scripts and keyboards, and nothing of words or numbers.
import { SafeconductError } from "../base/error.ts";

const maxCharacters = 2048;
const maxTokens = 256;

// Where the decimal digits (Unicode category Nd) of each script that a phone's keyboard offers begin,
// but for ASCII. The last is full-width.
const zeros = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xa9d0, 0xff10,
];

// Combining accents, and characters that show nothing: soft hyphen, zero-width and bidirectional
// marks, variation selectors, byte order mark.
const ignored = /[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]/u;
// Space, and the punctuation that people write between groups and words.
const separator = /[\p{White_Space}\-.,;:/|_\u00b7\u060c\u2010-\u2015\u2212\u3001\u3002\uff0c\uff0d\uff0e]/u;
const han = /[\u4e00-\u9fff\u3400-\u4dbf]/u;
// The letters under the accents of U+00C0…U+00FF; "?" where there is none.
const latinBase = "aaaaaa?ceeeeiiii?nooooo??uuuuy??aaaaaa?ceeeeiiii?nooooo??uuuuy?y";

// Empty for what shows nothing.
function fold(character: string): string {
  if (ignored.test(character)) return "";
  const code = character.codePointAt(0)!;
  if (code < 0x80) return character.toLowerCase();
  const zero = zeros.find((each) => code >= each && code <= each + 9);
  if (zero !== undefined) return String(code - zero);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0).toLowerCase();
  const base = latinBase[code - 0xc0];
  return base === undefined || base === "?" ? character : base;
}

/** A word as its tokens look: lower case, without accents. */
export function foldWord(word: string): string {
  return [...word].map(fold).join("");
}

export interface ReceiptText {
  /** Folded: digits of any script as 0…9; each Chinese character is a token of its own. */
  readonly tokens: readonly string[];
  /** Whether there are more digits than other characters. */
  readonly isDigits: boolean;
}

/** Throws malformed for what is far too long. */
export function readReceiptText(text: string): ReceiptText {
  const tooLong = new SafeconductError("malformed", "a receipt code is twelve words or fifty digits");
  if (text.length > maxCharacters) throw tooLong;
  const tokens: string[] = [];
  let inToken = false;
  let digits = 0;
  let letters = 0;
  for (const character of text) {
    if (ignored.test(character)) continue;
    if (separator.test(character)) {
      inToken = false;
      continue;
    }
    const folded = fold(character);
    const alone = han.test(folded);
    if (alone || !inToken) tokens.push("");
    inToken = !alone;
    tokens[tokens.length - 1] += folded;
    if (/[0-9]/.test(folded)) ++digits;
    else ++letters;
    if (tokens.length === maxTokens) throw tooLong;
  }
  return { tokens, isDigits: digits > letters };
}
