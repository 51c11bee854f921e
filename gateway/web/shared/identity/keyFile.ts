// Key files as `age-keygen -pq` and `safeconduct identity new` write them, plain or wrapped in a
// passphrase by stock `age -p` (crypto/identity/key_file.cc): comments and exactly one identity. Those wrapped by
// a passkey are opened in passkey.ts.
import { armor, Decrypter } from "age-encryption";

import { parseHeader } from "../age/header.ts";
import { fromUtf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { Party } from "./party.ts";

const maxBytes = 64 * 1024;
/** The type of a passkey's stanza, as npm `age-encryption` and age-plugin-fido2prf have it. */
const passkeyStanza = "age-encryption.org/fido2prf";
const armorHead = "-----BEGIN AGE ENCRYPTED FILE-----";

export type KeyFileKind = "plain" | "passphrase" | "passkey";

function begins(file: Uint8Array, text: string): boolean {
  return String.fromCharCode(...file.subarray(0, text.length)) === text;
}

/** What opens it. Throws malformed for an age file that is damaged. */
export function keyFileKind(file: Uint8Array): KeyFileKind {
  if (!isWrapped(file)) return "plain";
  return parseHeader(binaryOf(file)).stanzas[0]?.type === passkeyStanza ? "passkey" : "passphrase";
}

function isWrapped(file: Uint8Array): boolean {
  return begins(file, armorHead) || begins(file, "age-encryption.org/");
}

/** Of an age file, armored or not. Throws malformed. */
export function binaryOf(file: Uint8Array): Uint8Array {
  if (!begins(file, armorHead)) return file;
  try {
    return armor.decode(fromUtf8(file));
  } catch {
    throw new SafeconductError("malformed", "a key file whose armor is damaged");
  }
}

/**
 * Throws rejected when the file is wrapped and there is no passphrase, wrong_key when it is the wrong
 * one, malformed, unsupported, too_large.
 */
export async function parseKeyFile(file: Uint8Array, passphrase?: string): Promise<Party> {
  if (file.length > maxBytes) throw new SafeconductError("too_large", "a key file of more than 64 KiB");
  if (!isWrapped(file)) return parsePlain(file);
  if (passphrase === undefined) throw new SafeconductError("rejected", "the key file needs its passphrase");
  return parsePlain(await unwrap(file, passphrase));
}

/** One that is not wrapped. Throws malformed, unsupported. */
export function parsePlain(file: Uint8Array): Party {
  const lines = fromUtf8(file)
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"));
  const [line] = lines;
  if (line === undefined) throw new SafeconductError("malformed", "a key file without an identity");
  if (lines.length > 1) throw new SafeconductError("malformed", "a key file with more than one identity");
  return Party.parse(line);
}

async function unwrap(file: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const binary = binaryOf(file);
  if (parseHeader(binary).stanzas[0]?.type !== "scrypt") {
    throw new SafeconductError("unsupported", "the key file is sealed to a key, not to a passphrase");
  }
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(binary);
  } catch {
    throw new SafeconductError("wrong_key", "the passphrase of the key file is wrong, or the file is damaged");
  }
}
