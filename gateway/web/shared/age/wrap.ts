// A header for a file key that there is already (c2sp.org/age, "Header"; crypto/age/file_key.cc): how what
// was sealed once is given to somebody else without sealing it again. The library that seals files takes
// no file key, so the header is written here; what it writes, that library reads.
//
// What it gives: header ‖ payload is an age file of the recipients'. What it does not give: that the file
// key is the payload's: compare it with the original header first (checkFileKey of age.ts).
import { concat, toBase64Unpadded, utf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hkdf, hmac } from "../base/hash.ts";
import { sealBase } from "../base/hpke.ts";
import { bodyColumns, fileKeyBytes, hybridInfo, hybridType, type Stanza } from "./header.ts";
import { parseRecipient } from "./recipient.ts";

const noAad = new Uint8Array(0);

/**
 * One mlkem768x25519 stanza for each recipient, in this order, and then `last`, which somebody else made
 * of the same file key. Throws malformed, rejected.
 */
export function wrapHeader(fileKey: Uint8Array, recipients: readonly string[], last?: Stanza): Uint8Array {
  if (fileKey.length !== fileKeyBytes) throw new SafeconductError("malformed", "a file key is 16 bytes");
  const stanzas = recipients.map((recipient) => stanzaFor(fileKey, recipient));
  if (last !== undefined) stanzas.push(last);
  if (stanzas.length === 0) throw new SafeconductError("rejected", "sealed to nobody");
  const signed = utf8(`age-encryption.org/v1\n${stanzas.map(stanzaText).join("")}---`);
  const mac = hmac(hkdf(fileKey, "header"), signed);
  return concat(signed, utf8(` ${toBase64Unpadded(mac)}\n`));
}

function stanzaFor(fileKey: Uint8Array, recipient: string): Stanza {
  const { encapsulated, ciphertext } = sealBase(parseRecipient(recipient), hybridInfo, noAad, fileKey);
  return { type: hybridType, args: [toBase64Unpadded(encapsulated)], body: ciphertext };
}

// The last line of a body is shorter than the others, and empty where it has to be.
function stanzaText({ type, args, body }: Stanza): string {
  const text = toBase64Unpadded(body);
  const lines = [["->", type, ...args].join(" ")];
  for (let at = 0; at <= text.length; at += bodyColumns) lines.push(text.slice(at, at + bodyColumns));
  return `${lines.join("\n")}\n`;
}
