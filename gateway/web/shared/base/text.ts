// The small grammars of charters, promises, checkpoints and trust files (gateway/charter/text.h). Each
// takes one spelling of a value.
import { utf8 } from "./bytes.ts";
import { SafeconductError } from "./error.ts";

export const maxVersion = (1n << 63n) - 1n;
export const maxTime = 253_402_300_799; // Unix seconds: the end of the year 9999

/** ASCII decimal without sign or leading zeros, at most `max`. Throws malformed. */
export function parseDecimal(text: string, max: bigint): bigint {
  if (/^(0|[1-9][0-9]{0,19})$/.test(text)) {
    const value = BigInt(text);
    if (value <= max) return value;
  }
  throw new SafeconductError("malformed", "not a decimal number in its one spelling");
}

/** The lines of a text, each ended by its newline. Undefined when the last one is not. */
export function linesOf(text: string): string[] | undefined {
  const lines = text.split("\n");
  return lines.pop() === "" ? lines : undefined;
}

/** [a-z0-9-], 1 to 63 characters: ids of channels, questions and options, labels of holders. */
export function isId(text: string): boolean {
  return /^[a-z0-9-]{1,63}$/.test(text);
}

/** Unicode of 1 to `maxBytes` in UTF-8, without control characters. */
export function isPlainText(text: string, maxBytes: number): boolean {
  if (text === "" || text.length > maxBytes || !text.isWellFormed()) return false;
  return !/[\u0000-\u001f\u007f-\u009f]/.test(text) && utf8(text).length <= maxBytes;
}

/** Printable ASCII without spaces or plus signs, 1 to 255 characters: origins, which are also the names of keys. */
export function isOrigin(text: string): boolean {
  return /^[\u0021-\u002a\u002c-\u007e]{1,255}$/.test(text);
}
