// The digit form of the receipt code (crypto/base/receipt_code.h): the code as a 40-digit number, cut
// into ten groups of four; each group is followed by a Damm digit over the group's number and its four
// digits, so that a mistyped or swapped group is pointed out.
import { SafeconductError } from "../base/error.ts";

const groups = 10;
const groupDigits = 5; // four of the number, one to check
const digits = groups * groupDigits;

// H. M. Damm's totally anti-symmetric quasigroup of order 10: finds every single wrong digit and
// every swap of neighbours.
const quasigroup = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
];

function damm(group: number, number: string): string {
  let state = 0;
  for (const digit of [String(group), ...number]) state = Number(quasigroup[state]![Number(digit)]);
  return String(state);
}

function badGroup(group: number): SafeconductError {
  return new SafeconductError("malformed", "a group of the receipt code is mistyped", `group ${group + 1}`);
}

/** "12345 67890 …": ten groups with one space between. */
export function receiptDigits(code: Uint8Array): string {
  let number = 0n;
  for (const byte of code) number = (number << 8n) | BigInt(byte);
  const text = number.toString().padStart(4 * groups, "0");
  return Array.from({ length: groups }, (_, group) => {
    const four = text.slice(4 * group, 4 * group + 4);
    return four + damm(group, four);
  }).join(" ");
}

/** Throws malformed; the field names the first group that is wrong ("group 3"). */
export function parseReceiptDigits(tokens: readonly string[]): Uint8Array {
  let all = "";
  for (const [i, token] of tokens.entries()) {
    if (!/^[0-9]+$/.test(token)) {
      throw badGroup(Math.min(tokens.length > 1 ? i : Math.floor(all.length / groupDigits), groups - 1));
    }
    all += token;
  }
  if (all.length !== digits) throw wrongCount(tokens, all.length);
  let number = "";
  for (let group = 0; group < groups; ++group) {
    const five = all.slice(group * groupDigits, (group + 1) * groupDigits);
    if (damm(group, five.slice(0, 4)) !== five[4]) throw badGroup(group);
    number += five.slice(0, 4);
  }
  let rest = BigInt(number);
  const code = new Uint8Array(16);
  for (let i = code.length; i-- > 0; rest >>= 8n) code[i] = Number(rest & 0xffn);
  if (rest !== 0n) throw new SafeconductError("malformed", "digits that are no receipt code");
  return code;
}

// Which group is to blame when there are not fifty digits.
function wrongCount(tokens: readonly string[], count: number): SafeconductError {
  if (tokens.length > 1) {
    const bad = tokens.slice(0, groups).findIndex((token) => token.length !== groupDigits);
    if (bad >= 0) return badGroup(bad);
  }
  if (count < digits) return badGroup(Math.floor(count / groupDigits));
  return new SafeconductError("malformed", "more than ten groups in the receipt code");
}
