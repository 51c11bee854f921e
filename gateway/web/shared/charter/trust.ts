// What a client starts from (gateway/charter/README.md, "Trust file"): the text file that
// `charter new --trust-out` writes, or the same text as data in a page. `log`, `witness`, `group` and
// `quorum` lines are those of c2sp.org/tlog-policy.
import { toHex, utf8 } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { isOrigin, linesOf, maxVersion, parseDecimal } from "../base/text.ts";
import { parseVerifierKey, type VerifierKey } from "../note/note.ts";
import { parseWitnessKey } from "../tlog/checkpoint.ts";

export interface Trust {
  readonly origin: string; // of the charter
  readonly minimumVersion: bigint;
  readonly roots: readonly VerifierKey[];
  readonly threshold: number;
  readonly logs: readonly VerifierKey[]; // promises and checkpoints
  readonly witnesses: readonly VerifierKey[];
  readonly witnessThreshold: number; // 0: none is required
}

const maxTrustBytes = 64 * 1024;
const maxKeys = 32; // of each kind
const maxGroups = 32;

/**
 * Throws malformed, too_large, rejected (a key twice, a threshold that cannot be), unsupported (a
 * group of groups); the field is the first word of the line.
 */
export function parseTrust(text: string): Trust {
  if (utf8(text).length > maxTrustBytes) throw new SafeconductError("too_large", "a trust file of over 64 KiB");
  const lines = linesOf(text);
  if (lines === undefined) throw new SafeconductError("malformed", "the last line of a trust file has no newline");
  const parser = new Parser();
  for (const line of lines) {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) {
      throw new SafeconductError("malformed", "a trust file has control characters");
    }
    const [kind, ...args] = line.split(/[ \t]+/).filter((word) => word !== "");
    if (kind !== undefined && !kind.startsWith("#")) parser.line(kind, args);
  }
  return parser.finish();
}

interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

class Parser {
  #charter: { origin: string; minimumVersion: bigint } | undefined;
  #threshold: number | undefined;
  #quorum: { witnesses: VerifierKey[]; witnessThreshold: number } | undefined;
  readonly #roots: VerifierKey[] = [];
  readonly #logs: VerifierKey[] = [];
  readonly #keys = new Set<string>(); // of all kinds: one key never serves two
  readonly #witnesses = new Map<string, VerifierKey>();
  readonly #groups = new Map<string, Group>();
  readonly #members = new Set<string>();

  line(kind: string, args: readonly string[]): void {
    const fail = (code: "malformed" | "rejected" | "too_large" | "unsupported", message: string): never => {
      throw new SafeconductError(code, message, kind);
    };
    switch (kind) {
      case "charter":
        return this.#takeCharter(args, fail);
      case "root":
        if (args.length !== 1) fail("malformed", "one key a line: root VKEY");
        return this.#addKey(this.#roots, within(kind, () => parseVerifierKey(args[0]!)), fail);
      case "threshold":
        if (args.length !== 1 || this.#threshold !== undefined || !isCount(args[0]!, maxKeys)) {
          fail("malformed", "one line: threshold K, from 1");
        }
        this.#threshold = Number(args[0]);
        return;
      case "log": // a URL may follow in tlog-policy; nothing here uses it
        if (args.length < 1 || args.length > 2) fail("malformed", "one key a line: log VKEY");
        return this.#addKey(this.#logs, within(kind, () => parseVerifierKey(args[0]!)), fail);
      case "witness":
        return this.#takeWitness(args, fail);
      case "group":
        return this.#takeGroup(args, fail);
      case "quorum":
        return this.#takeQuorum(args, fail);
      default:
        throw new SafeconductError(
          "malformed",
          "a line of a trust file begins with charter, root, threshold, log, witness, group or quorum",
        );
    }
  }

  finish(): Trust {
    const missing = (field: string, message: string): SafeconductError => new SafeconductError("malformed", message, field);
    if (this.#charter === undefined) throw missing("charter", "a trust file needs a line: charter ORIGIN MINIMUM-VERSION");
    if (this.#roots.length === 0) throw missing("root", "a trust file needs the root keys: root VKEY");
    if (this.#threshold === undefined) throw missing("threshold", "a trust file needs a line: threshold K");
    if (this.#threshold > this.#roots.length) {
      throw new SafeconductError("rejected", "a threshold of more root keys than there are", "threshold");
    }
    if (this.#quorum === undefined) throw missing("quorum", "a trust file needs a line: quorum NAME, or quorum none");
    return { ...this.#charter, roots: this.#roots, threshold: this.#threshold, logs: this.#logs, ...this.#quorum };
  }

  #takeCharter(args: readonly string[], fail: Fail): void {
    const [origin, version] = args;
    if (args.length !== 2 || this.#charter !== undefined || !isOrigin(origin!)) {
      fail("malformed", "one line: charter ORIGIN MINIMUM-VERSION");
    }
    const minimumVersion = within("charter", () => parseDecimal(version!, maxVersion));
    if (minimumVersion === 0n) fail("malformed", "the minimum version is a decimal number from 1");
    this.#charter = { origin: origin!, minimumVersion };
  }

  #takeWitness(args: readonly string[], fail: Fail): void {
    const [name, vkey] = args;
    if (args.length < 2 || args.length > 3) fail("malformed", "one key a line: witness NAME VKEY");
    const key = within("witness", () => parseWitnessKey(vkey!));
    if (this.#isTaken(name!)) fail("rejected", "a name that is taken");
    this.#addKey([...this.#witnesses.values()], key, fail);
    this.#witnesses.set(name!, key);
  }

  #takeGroup(args: readonly string[], fail: Fail): void {
    const [name, word, ...members] = args;
    if (members.length === 0) fail("malformed", "group NAME K MEMBER..., with a number, all or any as K");
    if (this.#isTaken(name!)) fail("rejected", "a name that is taken");
    if (this.#groups.size === maxGroups) fail("too_large", "more than 32 groups");
    for (const member of members) {
      if (this.#groups.has(member)) fail("unsupported", "this version has no groups of groups");
      if (!this.#witnesses.has(member)) fail("malformed", "a member of a group must be a witness of a line before");
      if (this.#members.has(member)) fail("rejected", "one witness twice in groups");
      this.#members.add(member);
    }
    const named = word === "all" ? members.length : word === "any" ? 1 : undefined;
    if (named === undefined && !isCount(word!, members.length)) {
      fail("rejected", "a group's threshold is all, any, or 1 to its members");
    }
    this.#groups.set(name!, { threshold: named ?? Number(word), members });
  }

  #takeQuorum(args: readonly string[], fail: Fail): void {
    const [name] = args;
    if (args.length !== 1 || this.#quorum !== undefined) fail("malformed", "one line: quorum NAME, or quorum none");
    const group = this.#witnesses.has(name!) ? { threshold: 1, members: [name!] } : this.#groups.get(name!);
    if (name === "none") {
      this.#quorum = { witnesses: [], witnessThreshold: 0 };
    } else if (group === undefined) {
      fail("malformed", "the quorum names no witness or group of a line before");
    } else {
      const witnesses = group.members.map((member) => this.#witnesses.get(member)!);
      this.#quorum = { witnesses, witnessThreshold: group.threshold };
    }
  }

  #addKey(list: VerifierKey[], key: VerifierKey, fail: Fail): void {
    if (this.#keys.has(toHex(key.key))) fail("rejected", "one key twice");
    if (list.length === maxKeys) fail("too_large", "more than 32 keys of one kind");
    this.#keys.add(toHex(key.key));
    list.push(key);
  }

  #isTaken(name: string): boolean {
    return name === "none" || this.#witnesses.has(name) || this.#groups.has(name);
  }
}

type Fail = (code: "malformed" | "rejected" | "too_large" | "unsupported", message: string) => never;

function isCount(text: string, max: number): boolean {
  return /^[1-9][0-9]?$/.test(text) && Number(text) <= max;
}
