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
import { fileKeyBytes, hybridInfo, hybridType } from "./header.ts";
import { parseRecipient } from "./recipient.ts";

const noAad = new Uint8Array(0);

/** One mlkem768x25519 stanza for each recipient, in this order. Throws malformed, rejected. */
export function wrapHeader(fileKey: Uint8Array, recipients: readonly string[]): Uint8Array {
  if (fileKey.length !== fileKeyBytes) throw new SafeconductError("malformed", "a file key is 16 bytes");
  if (recipients.length === 0) throw new SafeconductError("rejected", "sealed to nobody");
  const stanzas = recipients.map((recipient) => stanzaFor(fileKey, recipient));
  const signed = utf8(`age-encryption.org/v1\n${stanzas.join("")}---`);
  const mac = hmac(hkdf(fileKey, "header"), signed);
  return concat(signed, utf8(` ${toBase64Unpadded(mac)}\n`));
}

// A wrapped file key is 32 bytes: its body is one line, shorter than a full one.
function stanzaFor(fileKey: Uint8Array, recipient: string): string {
  const { encapsulated, ciphertext } = sealBase(parseRecipient(recipient), hybridInfo, noAad, fileKey);
  return `-> ${hybridType} ${toBase64Unpadded(encapsulated)}\n${toBase64Unpadded(ciphertext)}\n`;
}
