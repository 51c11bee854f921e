// Makes the vectors of this folder: node vectors/reportlog/generate.ts. Nothing in them is random.
import { writeFileSync } from "node:fs";

import { checkpointText, cosignatureLine, keyFromSeed, leafHash, sha256, signatureLine, vkeyOf } from "../charterlog/charterlog.ts";
import { type Kind, kinds, leafOf, noEntry, promiseNote, receiptText } from "./reportlog.ts";

const time = 1_800_000_000;
const size = 19; // a tree with levels that have no sibling
const seed = (name: string): Buffer => sha256(Buffer.from(name));
const keyOf = (name: string): ReturnType<typeof keyFromSeed> => keyFromSeed(seed(name));
const origin = "log.example";
const retired = "old.example";
const witnesses = ["witness-0.example", "witness-1.example", "witness-2.example"];

// Reports at 3, 8, 16 and 18, events at 4 and 17, and covers.
const kindAt = (i: number): Kind => ([3, 8, 16, 18].includes(i) ? "report" : [4, 17].includes(i) ? "event" : "cover");
const hashAt = (i: number): Buffer => (kindAt(i) === "cover" ? noEntry : seed(`entry ${i}`));
const saltAt = (i: number): Buffer => seed(`salt ${i}`);
const entries = Array.from({ length: size }, (_, i) => leafOf(kinds[kindAt(i)], saltAt(i), hashAt(i)));

interface Case {
  readonly name: string;
  readonly receipt: string;
  readonly kind: Kind;
  readonly hash: string; // of the entry, hexadecimal
  readonly threshold: number; // of the witnesses
  readonly verdict: string; // "ok", or the code of the error
  readonly field: string; // of the error
}

interface Plan {
  readonly name: string;
  readonly index: number;
  readonly verdict?: string;
  readonly field?: string;
  readonly size?: number;
  readonly kind?: Kind;
  readonly hash?: Buffer;
  readonly salt?: Buffer;
  readonly origin?: string;
  readonly key?: string;
  readonly times?: readonly (number | undefined)[];
  readonly threshold?: number;
  readonly change?: (receipt: string) => string;
}

const replaced = (from: RegExp | string, to: string) => (receipt: string): string => {
  const changed = receipt.replace(from, to);
  if (changed === receipt) throw new Error(`nothing to replace: ${from}`);
  return changed;
};
const long = 10 * 365 * 86_400;
const bad = { verdict: "unverified", field: "receipt" } as const;
const broken = { verdict: "malformed", field: "receipt" } as const;
const plans: readonly Plan[] = [
  ...[3, 8, 16, 18].map((index) => ({ name: `report ${index} of ${size}`, index })),
  { name: "the first entry, of one", index: 0, size: 1 },
  { name: "an event", index: 17 },
  { name: "a cover", index: 5 },
  { name: "of a retired log", index: 8, origin: retired },
  { name: "cosigned by enough, ten years ago", index: 8, times: [time - long, undefined, time], threshold: 2 },
  { name: "cosigned in the future", index: 8, times: [time + long], threshold: 1 },
  { name: "cosigned by too few", index: 8, times: [time, undefined], threshold: 2, verdict: "unverified", field: "witnesses" },
  { name: "not cosigned", index: 8, threshold: 1, verdict: "unverified", field: "witnesses" },
  { name: "of another kind", index: 8, kind: "event", ...bad },
  { name: "of another report", index: 8, hash: hashAt(16), ...bad },
  { name: "of another place", index: 8, change: replaced("index 8", "index 16"), ...bad },
  { name: "with another salt", index: 8, salt: saltAt(16), ...bad },
  { name: "of a log that is not known", index: 8, origin: "other.example", ...bad },
  { name: "signed by a stranger", index: 8, key: "stranger", ...bad },
  { name: "of a log that another log signed", index: 8, key: retired, ...bad },
  { name: "without a salt", index: 8, change: replaced(/extra [^\n]*\n/, ""), ...broken },
  { name: "with a short salt", index: 8, salt: saltAt(8).subarray(1), ...broken },
  { name: "with a long salt", index: 8, salt: Buffer.concat([saltAt(8), Buffer.of(0)]), ...broken },
  { name: "with the salt after the index", index: 8, change: replaced(/(extra [^\n]*\n)(index 8\n)/, "$2$1"), ...broken },
  { name: "with two salts", index: 8, change: replaced(/(extra [^\n]*\n)/, "$1$1"), ...broken },
  { name: "without a checkpoint", index: 8, change: (receipt) => receipt.slice(0, receipt.indexOf("\n\n") + 1), ...broken },
  { name: "a promise", index: 8, change: () => promise, ...broken },
];

const promise = promiseNote(origin, keyOf(origin), { leaf: entries[8]!, until: time, salt: saltAt(8) });

function caseOf(plan: Plan): Case {
  const name = plan.origin ?? origin;
  const some = entries.slice(0, plan.size ?? size);
  const text = checkpointText(name, some.map(leafHash));
  const cosigned = (plan.times ?? []).map((at, i) => (at === undefined ? "" : cosignatureLine(text, witnesses[i]!, keyOf(witnesses[i]!), at)));
  const receipt = receiptText(plan.index, some, plan.salt ?? saltAt(plan.index), text, signatureLine(text, name, keyOf(plan.key ?? name)) + cosigned.join(""));
  return {
    name: plan.name,
    receipt: plan.change?.(receipt) ?? receipt,
    kind: plan.kind ?? kindAt(plan.index),
    hash: (plan.hash ?? hashAt(plan.index)).toString("hex"),
    threshold: plan.threshold ?? 0,
    verdict: plan.verdict ?? "ok",
    field: plan.field ?? "",
  };
}

export const vectors = {
  logs: [origin, retired].map((name) => vkeyOf(name, keyOf(name))),
  witnesses: witnesses.map((name) => vkeyOf(name, keyOf(name), 4)),
  promise, // of report 8
  cases: plans.map(caseOf),
};

if (import.meta.filename === process.argv[1]) {
  writeFileSync(new URL("receipts.json", import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
}
