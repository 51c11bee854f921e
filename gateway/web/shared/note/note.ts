// Signed notes (c2sp.org/signed-note; crypto/note/note.h): a text and signature lines, of which those
// of known keys count and the others are ignored. Ed25519 (type 0x01); cosignatures (type 0x04) are in
// tlog/cosignature.ts.
//
// What it gives: that the holder of a key signed exactly this text. What it does not: freshness, or
// that the text means what the caller hopes; each kind of note begins with its own line.
//
// Beyond the specification: a key counts once towards a threshold, under however many names it
// stands, and a list with two keys of one name and id is refused.
import { concat, equal, fromBase64, fromHex, toBase64, toHex, utf8 } from "../base/bytes.ts";
import { type SigningKey, verify } from "../base/ed25519.ts";
import { SafeconductError } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";

export const maxNoteBytes = 1024 * 1024;
export const maxSignatures = 64;

const idBytes = 4;
const dash = "\u2014 "; // em dash, space
/** What a vkey's first byte says of the key. */
export const keyTypes = { ed25519: 0x01, cosignature: 0x04 } as const;
export type KeyType = (typeof keyTypes)[keyof typeof keyTypes];

/** A key that signatures are checked with; written as a vkey, `name+id+base64(type ‖ key)`. */
export interface VerifierKey {
  readonly name: string;
  readonly id: string; // eight hexadecimal digits: SHA-256(name ‖ "\n" ‖ type ‖ key) begins with it
  readonly key: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array; // what follows the key id
}

export interface Note {
  readonly text: string; // with its final newline
  readonly signatures: readonly NoteSignature[];
}

function malformed(message: string): SafeconductError {
  return new SafeconductError("malformed", message);
}

const isKeyName = (name: string): boolean => /^[^\p{White_Space}\u0000-\u001f+]+$/u.test(name) && name.isWellFormed();
// Valid Unicode without control characters but newline (signed-note, "Format").
const isNoteText = (text: string): boolean => text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);

/** Throws rejected for a name that is empty or has spaces or plus signs. */
export function makeVerifierKey(name: string, key: Uint8Array, type: KeyType = keyTypes.ed25519): VerifierKey {
  if (!isKeyName(name)) {
    throw new SafeconductError("rejected", "a key name must not be empty or have spaces or plus signs");
  }
  const id = toHex(sha256(utf8(`${name}\n`), Uint8Array.of(type), key).subarray(0, idBytes));
  return { name, id, key };
}

/** Throws malformed; unsupported for a key of another type. */
export function parseVerifierKey(vkey: string, type: KeyType = keyTypes.ed25519): VerifierKey {
  const [name, id, ...rest] = vkey.split("+");
  if (name === undefined || id === undefined || rest.length === 0 || !isKeyName(name)) {
    throw malformed("not a verifier key (name+id+key)");
  }
  const material = fromBase64(rest.join("+")); // base64 has plus signs of its own
  if (fromHex(id).length !== idBytes || material.length === 0) throw malformed("not a verifier key (name+id+key)");
  if (material[0] !== type) throw new SafeconductError("unsupported", "a verifier key of another type");
  if (material.length !== 33) throw malformed("a verifier key of the wrong length");
  const key = makeVerifierKey(name, material.slice(1), type);
  if (key.id !== id) throw malformed("a verifier key whose id does not match its name and key");
  return key;
}

export function formatVerifierKey(key: VerifierKey, type: KeyType = keyTypes.ed25519): string {
  return `${key.name}+${key.id}+${toBase64(concat(Uint8Array.of(type), key.key))}`;
}

/** Structure only; no signature is checked. Throws malformed, too_large. */
export function parseNote(note: string): Note {
  if (!isNoteText(note)) throw malformed("a note that is not UTF-8 or has control characters");
  if (utf8(note).length > maxNoteBytes) throw new SafeconductError("too_large", "a note of more than 1 MiB");
  // The text is separated from the signatures by the last empty line.
  const blank = note.lastIndexOf("\n\n");
  const lines = note.slice(blank + 2).split("\n");
  if (blank < 0 || lines.pop() !== "" || lines.length === 0) throw malformed("a note without signature lines");
  if (lines.length > maxSignatures) throw new SafeconductError("too_large", "a note with more than 64 signatures");
  return { text: note.slice(0, blank + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  if (!line.startsWith(dash)) throw malformed("not a signature line of a note");
  const space = line.indexOf(" ", dash.length);
  const name = line.slice(dash.length, space);
  if (space < 0 || !isKeyName(name)) throw malformed("a signature line of a note without a key name");
  const bytes = fromBase64(line.slice(space + 1));
  if (bytes.length <= idBytes) throw malformed("a signature of a note is cut");
  return { name, id: toHex(bytes.subarray(0, idBytes)), bytes: bytes.slice(idBytes) };
}

export function serializeNote(note: Note): string {
  const lines = note.signatures.map(
    ({ name, id, bytes }) => `${dash}${name} ${toBase64(concat(fromHex(id), bytes))}\n`,
  );
  return `${note.text}\n${lines.join("")}`;
}

/** With the signature of `key` under `name`, instead of one of the same name and key. Throws rejected, malformed, too_large. */
export function signNote(note: Note, name: string, key: SigningKey): Note {
  const verifier = makeVerifierKey(name, key.publicKey);
  if (!note.text.endsWith("\n") || !isNoteText(note.text)) {
    throw malformed("a note's text must be UTF-8 lines, each with its newline");
  }
  const others = note.signatures.filter((signature) => !isBy(signature, verifier));
  if (others.length >= maxSignatures) throw new SafeconductError("too_large", "a note with more than 64 signatures");
  const bytes = key.sign(utf8(note.text));
  return { text: note.text, signatures: [...others, { name, id: verifier.id, bytes }] };
}

export function isBy(signature: NoteSignature, key: VerifierKey): boolean {
  return signature.id === key.id && signature.name === key.name;
}

/** Throws rejected when two keys cannot be told apart by a signature line. */
export function checkUnambiguous(keys: readonly VerifierKey[]): void {
  for (const [i, one] of keys.entries()) {
    for (const other of keys.slice(0, i)) {
      if (one.id === other.id && one.name === other.name && !equal(one.key, other.key)) {
        throw new SafeconductError("rejected", "two keys of one name and id");
      }
    }
  }
}

/**
 * How many different keys of `keys` signed. A signature by one of them that does not verify makes the
 * whole note unverified, as the specification asks. Throws rejected as checkUnambiguous.
 */
export function countSigners(note: Note, keys: readonly VerifierKey[]): number {
  checkUnambiguous(keys);
  const text = utf8(note.text);
  const signers = new Set<string>(); // by key, so that one key under two names counts once
  for (const signature of note.signatures) {
    const key = keys.find((candidate) => isBy(signature, candidate));
    if (key === undefined) continue;
    verify(key.key, text, signature.bytes);
    signers.add(toHex(key.key));
  }
  return signers.size;
}

/** The text of `note` if at least `threshold` different `keys` signed it, and at least one. Throws unverified; else as parseNote and countSigners. */
export function openNote(note: string, keys: readonly VerifierKey[], threshold: number): string {
  const parsed = parseNote(note);
  const signers = countSigners(parsed, keys);
  if (signers < threshold || signers === 0) {
    throw new SafeconductError("unverified", "too few of the known keys signed this note");
  }
  return parsed.text;
}
