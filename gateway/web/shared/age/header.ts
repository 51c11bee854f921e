// The header of an age file (c2sp.org/age, "Header"): where it ends, and what its stanzas are. The
// grammar only, strict; its MAC is checked by whoever has the file key (age.ts).
import { fromBase64Unpadded, utf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { encapsulatedBytes, tagBytes } from "../base/hpke.ts";

export const fileKeyBytes = 16;
export const hybridType = "mlkem768x25519";
export const hybridInfo = utf8("age-encryption.org/mlkem768x25519"); // of its HPKE

const maxHeaderBytes = 1024 * 1024;
const maxStanzas = 1024;
export const bodyColumns = 64; // of each line of a stanza's body but the last, which is shorter

export interface Stanza {
  readonly type: string;
  readonly args: readonly string[]; // without the type
  readonly body: Uint8Array;
}

export interface ParsedHeader {
  readonly stanzas: readonly Stanza[];
  readonly mac: Uint8Array;
  readonly size: number; // bytes of the header; what follows is the payload
}

function malformed(message: string): SafeconductError {
  return new SafeconductError("malformed", message);
}

// Takes lines off the front of ASCII bytes.
class Lines {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): string {
    const end = this.#bytes.subarray(0, maxHeaderBytes).indexOf(0x0a, this.at);
    if (end < 0) throw malformed("an age header that is cut short");
    const line = this.#bytes.subarray(this.at, end);
    if (line.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformed("an age header that is not ASCII");
    this.at = end + 1;
    return String.fromCharCode(...line);
  }
}

/** The header at the front of `file`. Throws malformed, unsupported, too_large. */
export function parseHeader(file: Uint8Array): ParsedHeader {
  const lines = new Lines(file);
  const version = lines.next();
  if (version !== "age-encryption.org/v1") {
    throw version.startsWith("age-encryption.org/")
      ? new SafeconductError("unsupported", "an age file of another version")
      : malformed("not an age file");
  }
  const stanzas: Stanza[] = [];
  for (;;) {
    const line = lines.next();
    if (line.startsWith("--- ")) {
      const mac = fromBase64Unpadded(line.slice(4));
      if (mac.length !== 32) throw malformed("an age header without its MAC");
      if (stanzas.length === 0) throw malformed("an age header without a stanza");
      return { stanzas, mac, size: lines.at };
    }
    if (stanzas.length === maxStanzas) throw new SafeconductError("too_large", "an age header of over 1,024 stanzas");
    stanzas.push(parseStanza(line, lines));
  }
}

function parseStanza(line: string, lines: Lines): Stanza {
  const [arrow, type, ...args] = line.split(" ");
  if (arrow !== "->" || type === undefined || [type, ...args].some((arg) => arg === "")) {
    throw malformed("not a stanza of an age header");
  }
  let text = "";
  for (;;) {
    const part = lines.next();
    if (part.length > bodyColumns) throw malformed("a line of an age header that is too long");
    text += part;
    if (part.length < bodyColumns) return { type, args, body: fromBase64Unpadded(text) };
  }
}

/** One whole header, which nothing follows. Throws malformed, unsupported, too_large. */
export function parseWholeHeader(header: Uint8Array): ParsedHeader {
  const parsed = parseHeader(header);
  if (parsed.size !== header.length) throw malformed("something follows the age header");
  return parsed;
}

/** One whole header of mlkem768x25519 stanzas only, as triage, records and grants have. Throws also rejected. */
export function parseSealedHeader(header: Uint8Array): ParsedHeader {
  const parsed = parseWholeHeader(header);
  parsed.stanzas.forEach(checkHybrid);
  return parsed;
}

/** Throws rejected for a stanza of another type, malformed. */
export function checkHybrid(stanza: Stanza): void {
  if (stanza.type !== hybridType) {
    throw new SafeconductError("rejected", "sealed to another kind of recipient than mlkem768x25519");
  }
  hybridParts(stanza);
}

/** The parts of an mlkem768x25519 stanza. Throws malformed. */
export function hybridParts(stanza: Stanza): { encapsulated: Uint8Array; ciphertext: Uint8Array } {
  const [text] = stanza.args;
  const wrong = malformed("not a stanza of mlkem768x25519");
  if (text === undefined || stanza.args.length !== 1 || stanza.body.length !== fileKeyBytes + tagBytes) throw wrong;
  const encapsulated = fromBase64Unpadded(text);
  if (encapsulated.length !== encapsulatedBytes) throw wrong;
  return { encapsulated, ciphertext: stanza.body };
}
