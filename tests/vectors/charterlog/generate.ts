// Makes the vectors of this folder: node vectors/charterlog/generate.ts. Nothing in them is random.
import { writeFileSync } from "node:fs";

import { checkpointText, cosignatureLine, entryOf, keyFromSeed, leafHash, proofText, sha256, signatureLine, vkeyOf } from "./charterlog.ts";

const now = 1_800_000_000;
const day = 86_400;
const origin = "charter.example";
const seed = (name: string): Buffer => sha256(Buffer.from(name));
const log = keyFromSeed(seed("log"));
const stranger = keyFromSeed(seed("stranger"));
const witnesses = ["witness-0.example", "witness-1.example", "witness-2.example"];
const witnessKey = (i: number): ReturnType<typeof keyFromSeed> => keyFromSeed(seed(witnesses[i]!));

const noteText = (version: number): string => `${origin}\n${version}\n2000000000\nCgA=\n`;
const entries = Array.from({ length: 9 }, (_, i) => entryOf(noteText(i + 1)));
const leaves = entries.map(leafHash);

interface Case {
  readonly name: string;
  readonly proof: string;
  readonly entry: string; // base64
  readonly verdict: string; // "ok", or the code of the error
  readonly threshold: number;
}

interface Plan {
  readonly name: string;
  readonly index: number;
  readonly size: number;
  readonly verdict: string;
  readonly times?: readonly (number | undefined)[]; // of the witnesses
  readonly threshold?: number;
  readonly entry?: number;
  readonly key?: typeof log;
  readonly of?: string;
  readonly extra?: string;
  readonly change?: (proof: string) => string;
}

const replaced = (from: RegExp | string, to: string) => (proof: string): string => {
  const changed = proof.replace(from, to);
  if (changed === proof) throw new Error(`nothing to replace: ${from}`);
  return changed;
};
const fresh = [now, now - day, undefined];
const plans: readonly Plan[] = [
  ...[1, 2, 3, 7, 8, 9].map((size) => ({ name: `the newest of ${size}`, index: size - 1, size, verdict: "ok" })),
  { name: "an older one", index: 2, size: 7, verdict: "ok" },
  { name: "with extra data", index: 4, size: 7, verdict: "ok", extra: "extra c2FsdA==\n" },
  { name: "cosigned by enough", index: 6, size: 7, verdict: "ok", times: fresh, threshold: 2 },
  { name: "cosigned by enough, just in time", index: 6, size: 7, verdict: "ok", times: [now - 7 * day, now + 300], threshold: 2 },
  { name: "cosigned by too few", index: 6, size: 7, verdict: "unverified", times: fresh, threshold: 3 },
  { name: "cosigned too long ago", index: 6, size: 7, verdict: "expired", times: [now, now - 7 * day - 1], threshold: 2 },
  { name: "cosigned in the future", index: 6, size: 7, verdict: "unverified", times: [now, now + 301], threshold: 2 },
  { name: "not cosigned at all", index: 6, size: 7, verdict: "unverified", threshold: 1 },
  { name: "for another entry", index: 6, size: 7, verdict: "unverified", entry: 5 },
  { name: "signed by a stranger", index: 6, size: 7, verdict: "unverified", key: stranger },
  { name: "of another log", index: 6, size: 7, verdict: "unverified", of: "other.example" },
  { name: "at another index", index: 6, size: 7, verdict: "unverified", change: replaced("index 6", "index 5") },
  { name: "past the end", index: 6, size: 7, verdict: "malformed", change: replaced("index 6", "index 7") },
  { name: "with a hash too many", index: 6, size: 7, verdict: "unverified", change: replaced("\n\n", `\n${leaves[0]!.toString("base64")}\n\n`) },
  { name: "with a hash too few", index: 6, size: 7, verdict: "unverified", change: replaced(/(index 6\n)[^\n]+\n/, "$1") },
  { name: "with another size", index: 6, size: 7, verdict: "unverified", change: replaced(`${origin}\n7\n`, `${origin}\n8\n`) },
  { name: "with a leading zero", index: 6, size: 7, verdict: "malformed", change: replaced("index 6", "index 06") },
  { name: "of another version", index: 6, size: 7, verdict: "malformed", change: replaced("@v1", "@v2") },
  { name: "without a checkpoint", index: 6, size: 7, verdict: "malformed", change: (proof) => proof.slice(0, proof.indexOf("\n\n") + 1) },
  { name: "with an unsigned checkpoint", index: 6, size: 7, verdict: "malformed", change: (proof) => proof.slice(0, proof.indexOf("\u2014")) },
  { name: "through 63 levels", index: 6, size: 7, verdict: "too_large", change: replaced("\n\n", `\n${`${leaves[0]!.toString("base64")}\n`.repeat(61)}\n`) },
  { name: "with a short hash", index: 6, size: 7, verdict: "malformed", change: replaced("index 6\n", "index 6\nAAAA\n") },
];

function caseOf(plan: Plan): Case {
  const some = leaves.slice(0, plan.size);
  const name = plan.of ?? origin;
  const text = checkpointText(name, some);
  const cosigned = (plan.times ?? []).map((time, i) => (time === undefined ? "" : cosignatureLine(text, witnesses[i]!, witnessKey(i), time)));
  const proof = proofText(plan.index, some, text, signatureLine(text, name, plan.key ?? log) + cosigned.join(""), plan.extra);
  return {
    name: plan.name,
    proof: plan.change?.(proof) ?? proof,
    entry: entries[plan.entry ?? plan.index]!.toString("base64"),
    verdict: plan.verdict,
    threshold: plan.threshold ?? 0,
  };
}

export const vectors = {
  now,
  maxAgeSeconds: 7 * day,
  log: vkeyOf(origin, log),
  witnesses: witnesses.map((name, i) => vkeyOf(name, witnessKey(i), 4)),
  entries: entries.map((entry, i) => ({ text: noteText(i + 1), entry: entry.toString("utf8") })),
  cases: plans.map(caseOf),
};

if (import.meta.filename === process.argv[1]) {
  writeFileSync(new URL("proofs.json", import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
}
