// The receipt code: 128 random bits that are all a reporter keeps (crypto/base/receipt_code.h). Shown
// as twelve words and as ten groups of five digits; either opens the mailbox.
import { randomBytes } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { parseReceiptDigits } from "./receiptDigits.ts";
import { readReceiptText } from "./receiptText.ts";
import { parseReceiptWords } from "./receiptWords.ts";

export { receiptDigits } from "./receiptDigits.ts";
export { receiptWords, wordListFor, wordLists, type WordList } from "./receiptWords.ts";

export const receiptCodeBytes = 16;

export function newReceiptCode(): Uint8Array {
  return randomBytes(receiptCodeBytes);
}

/**
 * Takes words of any of the lists, or digits: case, accents and spacing do not matter, and digits may
 * be of any script that the reporter's keyboard has. Throws malformed with a field that names the
 * first group or word that is wrong ("group 3", "word 7"), or, when all are well-formed but the
 * checksum fails, a message that says so.
 */
export async function parseReceiptCode(text: string): Promise<Uint8Array> {
  const { tokens, isDigits } = readReceiptText(text);
  if (tokens.length === 0) throw new SafeconductError("malformed", "a receipt code is twelve words or fifty digits");
  return isDigits ? parseReceiptDigits(tokens) : parseReceiptWords(tokens);
}
