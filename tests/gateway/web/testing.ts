// What the tests of gateway/web/shared have in common: refusals by code and field, every flip and cut,
// and an office with a charter whose keys are known, made without any program.
import assert from "node:assert/strict";

import { fromHex, toBase64, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SigningKey } from "../../../gateway/web/shared/base/ed25519.ts";
import { type Code, SafeconductError } from "../../../gateway/web/shared/base/error.ts";
import { fromJson } from "../../../gateway/web/shared/base/json.ts";
import { serialize } from "../../../gateway/web/shared/base/messages.ts";
import { OpenCharter } from "../../../gateway/web/shared/charter/charter.ts";
import type { Trust } from "../../../gateway/web/shared/charter/trust.ts";
import { CharterSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { formatVerifierKey, makeVerifierKey, serializeNote, signNote } from "../../../gateway/web/shared/note/note.ts";
import { leafOf, type LeafKind } from "../../../gateway/web/shared/report/promise.ts";

export const hex = fromHex;

/** That `what` throws our error with that code, and, where it is given, that field. */
export async function fails(what: () => unknown, code: Code | readonly Code[], field?: string): Promise<void> {
  let thrown: unknown;
  try {
    await what();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof SafeconductError, `an error of ours, not ${String(thrown)}`);
  assert.ok([code].flat().includes(thrown.code), `${thrown.code}: ${thrown.message}`);
  if (field !== undefined) assert.equal(thrown.field, field, thrown.message);
}

/** Bytes that differ from each other: 0, 1, 2, … */
export function pattern(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i & 0xff);
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >> 3]! ^= 1 << (bit & 7);
  return out;
}

export async function gather(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** A stream of `bytes` in parts of that size. */
export function streamOf(bytes: Uint8Array, partBytes = bytes.length): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + partBytes));
      at += partBytes;
    },
  });
}

// --- An office ------------------------------------------------------------------------------------

export const roots = [1, 2, 3].map((number) => SigningKey.fromSeed(new Uint8Array(32).fill(number)));
export const logKey = SigningKey.fromSeed(new Uint8Array(32).fill(9));
const nameOfRoot = (i: number): string => `root-${i + 1}.example`;
export const rootKeys = roots.map((key, i) => makeVerifierKey(nameOfRoot(i), key.publicKey));
export const logVerifier = makeVerifierKey("log.example", logKey.publicKey);

export const holders = {
  intake: Party.fromSeed(new Uint8Array(32).fill(11)),
  "intake-2": Party.fromSeed(new Uint8Array(32).fill(12)),
  support: Party.fromSeed(new Uint8Array(32).fill(13)),
  auditor: Party.fromSeed(new Uint8Array(32).fill(14)),
};

const rolesOf: Readonly<Record<keyof typeof holders, string>> = {
  intake: "ROLE_INTAKE",
  "intake-2": "ROLE_INTAKE",
  support: "ROLE_SUPPORT",
  auditor: "ROLE_AUDITOR",
};

export const trust: Trust = {
  origin: "charter.example",
  minimumVersion: 1n,
  roots: rootKeys,
  threshold: 2,
  logs: [logVerifier],
  witnesses: [],
  witnessThreshold: 0,
};

export function holderJson(label: string, party: Party, role: string, organisation = "Office"): any {
  return {
    label,
    organisation,
    roles: [role],
    recipient: party.recipient,
    requestKey: toBase64(party.key("request").publicKey),
    eventKey: toBase64(party.key("event").publicKey),
  };
}

/** The JSON of a charter that breaks no rule; a test changes it. */
export function charterJson(): any {
  return {
    holders: Object.entries(holders).map(([label, party]) =>
      holderJson(label, party, rolesOf[label as keyof typeof holders]),
    ),
    channels: [
      {
        id: "conduct",
        policy: { account: "ACCOUNT_RELEASE_INTAKE" },
        limits: { attachmentBytes: "10000000", attachments: 3, accountBytes: "1048576", plainBytes: "65536" },
        plainRecipients: ["intake"],
        questionnaire: {
          steps: [
            {
              id: "what",
              questions: [
                { id: "kind", kind: "QUESTION_KIND_CHOICE", place: "PLACE_TRIAGE", options: ["fraud", "theft"] },
                { id: "more", kind: "QUESTION_KIND_TEXT", place: "PLACE_ACCOUNT", shownIf: { question: "kind", equals: ["theft"] } },
              ],
            },
          ],
        },
      },
    ],
    logs: [{ vkey: formatVerifierKey(logVerifier), intervalSeconds: 60 }],
  };
}

export const charterExpiry = 2_000_000_000;

/** The text of a charter's note. */
export function charterText(json: unknown = charterJson(), version = 1, expiry = charterExpiry, origin = trust.origin): string {
  const message = fromJson(CharterSchema, utf8(JSON.stringify(json)));
  return `${origin}\n${version}\n${expiry}\n${toBase64(serialize(CharterSchema, message))}\n`;
}

/** Signed by the roots of these numbers. */
export function charterNote(text: string, by: readonly number[] = [0, 1], keys = roots, nameOf = nameOfRoot): string {
  return serializeNote(by.reduce((note, i) => signNote(note, nameOf(i), keys[i]!), { text, signatures: [] } as Parameters<typeof signNote>[0]));
}

export const charter = (): OpenCharter => OpenCharter.fromText(charterText());

/** The log's promise for a report or an event. */
export function promiseFor(kind: LeafKind, entry: Uint8Array): string {
  const salt = pattern(32);
  const text = `safeconduct/promise/v1\n${logVerifier.name}\n${toBase64(leafOf(salt, kind, entry))}\n1800000000\n${toBase64(salt)}\n`;
  return serializeNote(signNote({ text, signatures: [] }, logVerifier.name, logKey));
}
