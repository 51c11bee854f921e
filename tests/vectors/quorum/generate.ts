// The vectors of README.md: node generate.ts writes them beside this file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import * as quorum from "./quorum.ts";
import type { Context, Draw, Part } from "./quorum.ts";

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
interface Case extends Readonly<Record<string, Json>> {
  readonly name: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const seedOf = (name: string): Buffer => quorum.sha256(Buffer.from(`safeconduct test vector seed: ${name}`));
const hash = (name: string): Buffer => quorum.sha256(Buffer.from(`safeconduct test vector hash: ${name}`));
const keyOf = (name: string): Uint8Array => quorum.publicKey(seedOf(name));

interface Stanza {
  readonly name: string;
  readonly context: Context;
  readonly parts: readonly Part[];
  readonly wrapKey: Buffer;
  readonly fileKey: Buffer;
  readonly body: Buffer;
}
type Tamper = (parts: Part[], wrapped: Buffer) => Buffer;

function makeStanza(name: string, k: number, n: number, consent: number, tamper: Tamper = (_, wrapped) => wrapped): Stanza {
  const draw = quorum.drawFrom(`safeconduct quorum vector: ${name}`);
  const context: Context = {
    channel: "field-office",
    reporter: hash("reporter"),
    compartment: "account",
    payloadDigest: hash(`payload of ${name}`),
    threshold: k,
    trustees: n,
  };
  const [wrapKey, fileKey] = [draw(32), draw(16)];
  const parts = quorum.split(wrapKey, k, quorum.drawXs(n, draw), draw).map((points, at) => {
    const share = Buffer.concat([points, Buffer.from([consent])]);
    return { share, commitment: quorum.commitment(at + 1, share), key: keyOf(`trustee ${at + 1}`) };
  });
  const wrapped = tamper(parts, quorum.wrapFileKey(context, wrapKey, fileKey));
  return { name, context, parts, wrapKey, fileKey, body: quorum.body(context, wrapped, parts, draw) };
}

// A sealer who commits to what he made of share `index`.
const withShare =
  (index: number, change: (share: Buffer) => void): Tamper =>
  (parts, wrapped) => {
    const share = Buffer.from(parts[index - 1]!.share);
    change(share);
    parts[index - 1] = { ...parts[index - 1]!, share, commitment: quorum.commitment(index, share) };
    return wrapped;
  };
const flip = (bytes: Buffer, at: number): Buffer => {
  const out = Buffer.from(bytes);
  out[at]! ^= 1;
  return out;
};

const good = makeStanza("2 of 3", 2, 3, 0b0101);
const large = makeStanza("3 of 5", 3, 5, 0b1010);
const other = makeStanza("another report", 2, 3, 0b0101);
const badCommitment = makeStanza("a commitment to garbage", 2, 3, 0, (parts, wrapped) => {
  parts[0] = { ...parts[0]!, commitment: hash("garbage") };
  return wrapped;
});
const badFlags = makeStanza("a consent bit that means nothing", 2, 3, 0, withShare(1, (share) => void (share[33] = 0x10)));
const zeroX = makeStanza("a share at zero", 2, 3, 0, withShare(1, (share) => void (share[32] = 0)));
const wrongShare = makeStanza("a wrong share, committed to", 2, 3, 0, withShare(1, (share) => void (share[0]! ^= 1)));
const sameX = makeStanza("two shares at one place", 2, 3, 0, (parts, wrapped) =>
  withShare(2, (share) => void (share[32] = parts[0]!.share[32]!))(parts, wrapped),
);
const mixedConsent = makeStanza("consent that disagrees", 2, 3, 0b0001, withShare(1, (share) => void (share[33] = 0b0011)));
const badWrap = makeStanza("a wrapped file key that is damaged", 2, 3, 0, (_, wrapped) => flip(wrapped, 0));
const stanzas = [good, large, other, badCommitment, badFlags, zeroX, wrongShare, sameX, mixedConsent, badWrap];

const contextJson = (of: Context): Json => ({
  channel: of.channel,
  reporter: hex(of.reporter),
  compartment: of.compartment,
  payload_digest: hex(of.payloadDigest),
  threshold: of.threshold,
  trustees: of.trustees,
});

// Each field of a context changed alone. The sizes are refused before anything is opened.
const changes: readonly (readonly [string, Partial<Context>, string])[] = [
  ["channel", { channel: "field-offic" }, "wrong_key"],
  ["reporter", { reporter: hash("another reporter") }, "wrong_key"],
  ["compartment", { compartment: "identity" }, "wrong_key"],
  ["payload digest", { payloadDigest: hash("another payload") }, "wrong_key"],
  ["threshold", { threshold: 3 }, "rejected"],
  ["number of trustees", { trustees: 4 }, "rejected"],
];

function opened(stanza: Stanza, index: number): Record<string, Json> {
  const { share } = stanza.parts[index - 1]!;
  return { verdict: "ok", share: hex(share), consent: share[33]! };
}

function openCases(): Case[] {
  const make = (name: string, of: Stanza, index: number, seed: Buffer, outcome: Record<string, Json>, change = {}) => ({
    name: `${of.name}: ${name}`,
    stanza: of.name,
    context: contextJson({ ...of.context, ...change }),
    index,
    seed: hex(seed),
    ...outcome,
  });
  const each = [good, large].flatMap((of) =>
    of.parts.map((_, at) => make(`trustee ${at + 1}`, of, at + 1, seedOf(`trustee ${at + 1}`), opened(of, at + 1))),
  );
  const refused = [badCommitment, badFlags, zeroX].map((of) =>
    make("the sealer's fault", of, 1, seedOf("trustee 1"), { verdict: "malformed" }),
  );
  const first = seedOf("trustee 1");
  return [
    ...each,
    make("another trustee's share", good, 2, first, { verdict: "wrong_key" }),
    make("no such trustee", good, 4, first, { verdict: "rejected" }),
    ...changes.map(([what, change, verdict]) => make(`another ${what}`, good, 1, first, { verdict }, change)),
    ...refused,
    make("the other shares are good", badCommitment, 2, seedOf("trustee 2"), opened(badCommitment, 2)),
  ];
}

// Releases and handovers: a share that trustee `index` sealed again.
function resealedCases(
  kind: "release" | "handover",
  to: Readonly<Record<string, Buffer>>,
  info: (of: Context, index: number, to: readonly Buffer[]) => Buffer,
): Case[] {
  const reader = kind === "release" ? "grantee" : "successor";
  const draw: Draw = quorum.drawFrom(`safeconduct quorum vector: ${kind}`);
  const json = (of: Readonly<Record<string, Buffer>>): Json =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, hex(value)]));
  const seal = (of: Stanza, index: number, share: Buffer) =>
    quorum.hpkeSeal(keyOf(reader), info(of.context, index, Object.values(to)), share, draw);
  const sealed = seal(good, 1, good.parts[0]!.share);
  const make = (name: string, outcome: Record<string, Json>, change: Record<string, Json> = {}) => ({
    name,
    stanza: good.name,
    context: contextJson(good.context),
    index: 1,
    [kind]: json(to),
    seed: hex(seedOf(reader)),
    sealed: hex(sealed),
    ...change,
    ...outcome,
  });
  const wrong = { verdict: "wrong_key" };
  const unverified = { verdict: "unverified" };
  return [
    make("a good share", opened(good, 1)),
    make("another trustee's good share", opened(good, 3), { index: 3, sealed: hex(seal(good, 3, good.parts[2]!.share)) }),
    make("under another index", wrong, { index: 2 }),
    make("opened with another key", wrong, { seed: hex(seedOf("somebody else")) }),
    ...Object.keys(to).map((field) =>
      make(`another ${field}`, wrong, { [kind]: json({ ...to, [field]: hash(`another ${field}`) }) }),
    ),
    ...changes.map(([what, change, verdict]) =>
      make(`another ${what}`, { verdict }, { context: contextJson({ ...good.context, ...change }) }),
    ),
    make("damaged", wrong, { sealed: hex(flip(sealed, sealed.length - 1)) }),
    make("cut", unverified, { sealed: hex(sealed.subarray(0, -1)) }),
    make("an encapsulated key of small order", wrong, {
      sealed: hex(Buffer.concat([sealed.subarray(0, 1088), Buffer.alloc(32), sealed.subarray(1120)])),
    }),
    make("a share that the trustee changed", unverified, { sealed: hex(seal(good, 1, flip(good.parts[0]!.share, 0))) }),
    make("consent that the trustee changed", unverified, { sealed: hex(seal(good, 1, flip(good.parts[0]!.share, 33))) }),
    make("another trustee's share", unverified, { sealed: hex(seal(good, 1, good.parts[1]!.share)) }),
    make("of another report", unverified, { sealed: hex(seal(good, 1, other.parts[0]!.share)) }),
  ];
}

function combineCases(): Case[] {
  const make = (name: string, of: Stanza, indexes: readonly number[], outcome: Record<string, Json>, from = of) => ({
    name: `${of.name}: ${name}`,
    stanza: of.name,
    context: contextJson(of.context),
    shares: indexes.map((index) => ({ index, bytes: hex(from.parts[index - 1]!.share) })),
    ...outcome,
  });
  const gives = (of: Stanza) => ({ verdict: "ok", file_key: hex(of.fileKey) });
  const malformed = { verdict: "malformed" };
  return [
    ...[[1, 2], [1, 3], [3, 2], [1, 2, 3]].map((indexes) => make(`shares ${indexes}`, good, indexes, gives(good))),
    ...[[1, 2, 3], [5, 4, 1], [1, 2, 3, 4, 5]].map((indexes) => make(`shares ${indexes}`, large, indexes, gives(large))),
    make("too few", large, [2, 4], { verdict: "rejected" }),
    make("one trustee twice", good, [2, 2], { verdict: "rejected" }),
    make("shares of another report", good, [1, 2], { verdict: "unverified" }, other),
    make("names no trustee", wrongShare, [1, 2], malformed),
    make("without the wrong one", wrongShare, [2, 3], gives(wrongShare)),
    make("names no trustee", sameX, [1, 2], malformed),
    make("names no trustee", mixedConsent, [1, 2], malformed),
    make("without the odd one", mixedConsent, [2, 3], gives(mixedConsent)),
    make("names no trustee", badWrap, [1, 2], malformed),
  ];
}

function shamirCases(): Case[] {
  const draw = quorum.drawFrom("safeconduct quorum vector: shamir");
  return [[2, 2, 1], [2, 3, 32], [3, 5, 32], [16, 16, 32], [2, 16, 7]].map(([k, n, bytes]) => {
    const secret = draw(bytes!);
    const shares = quorum.split(secret, k!, quorum.drawXs(n!, draw), draw);
    return { name: `${k} of ${n}, ${bytes} bytes`, threshold: k!, secret: hex(secret), shares: shares.map(hex) };
  });
}

const stanzaCases = (): Case[] =>
  stanzas.map((of) => ({
    name: of.name,
    context: contextJson(of.context),
    context_bytes: hex(quorum.contextBytes(of.context)),
    file_key: hex(of.fileKey),
    wrap_key: hex(of.wrapKey),
    args: [`${of.context.threshold}`, `${of.context.trustees}`],
    body: hex(of.body),
  }));

const bound = { report: hash("report"), request: hash("request"), trustee: hash("event key 1"), grantee: hash("grantee") };
const moved = { report: hash("report"), from: hash("event key 1"), to: hash("successor") };

// Each file's name and text.
export function vectors(): Map<string, string> {
  const files: Record<string, readonly Case[]> = {
    "shamir.json": shamirCases(),
    "stanza.json": stanzaCases(),
    "open.json": openCases(),
    "release.json": resealedCases("release", bound, quorum.releaseInfo),
    "handover.json": resealedCases("handover", moved, quorum.handoverInfo),
    "combine.json": combineCases(),
  };
  return new Map(Object.entries(files).map(([name, cases]) => [name, `${JSON.stringify({ cases }, null, 1)}\n`]));
}

if (import.meta.main) {
  for (const [name, text] of vectors()) writeFileSync(join(import.meta.dirname, name), text);
}
