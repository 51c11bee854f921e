// What may not be written at all, or only in one place.
import { codeLines, type Finding, isCpp, isTypeScript, type Rule, type Tree } from "./tree.ts";

interface Ban {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly where: RegExp; // paths that are looked at
  readonly except?: readonly RegExp[];
  readonly text: "code" | "all"; // code: without comments and the insides of string literals
  readonly message: string;
}

const ours = /^(crypto|proto|storage|gateway)\/.*\.(cc|h)$/;
const anyCode = /\.(cc|h|ts)$/;
const ourTests = /^tests\/.*\.(cc|h|ts)$/;

export const bans: readonly Ban[] = [
  {
    rule: "memcmp",
    pattern: /\b(std::)?(memcmp|bcmp)\s*\(/,
    where: ours,
    text: "code",
    message: "compares in variable time: use the types of crypto/base/secret.h, or == on views of public bytes",
  },
  {
    rule: "random",
    pattern: /\b(rand|srand|random|srandom|drand48|rand_r)\s*\(|\bstd::(random_device|mt19937(_64)?|default_random_engine)\b/,
    where: ours,
    text: "code",
    message: "not for secrets: random bytes come from crypto/base",
  },
  {
    rule: "output",
    pattern: /\bstd::(cout|cerr|clog)\b|\b(std::)?(printf|puts|putchar|fputs|fprintf|fwrite|perror)\s*\(/,
    where: ours,
    except: [/^gateway\/cli\/output\.cc$/],
    text: "code",
    message: "a process writes through its log or the command line's output.cc only",
  },
  {
    rule: "addresses",
    pattern: /\b(remote_endpoint|getpeername|accept4?\s*\([^)]*addr)\b/,
    where: ours,
    text: "code",
    message: "the address of a client is never asked for",
  },
  {
    rule: "addresses",
    pattern: /\b(user_agent|x_forwarded_for)\b|"(user-agent|x-forwarded-for|forwarded|x-real-ip)"/i,
    where: /^gateway\/(?!cli\/).*\.(cc|h)$/,
    text: "all",
    message: "what tells clients apart is never read",
  },
  {
    rule: "sleep",
    pattern: /\bsleep_(for|until)\b|\b(sleep|usleep|nanosleep)\s*\(/,
    where: anyCode,
    except: [
      /^gateway\/cli\/pause\.cc$/, // between two tries, as Retry-After asks; between two looks at a log
      /^tests\/gateway\/http\/limits_test\.cc$/, // a slow client is slow
      /^tests\/storage\/crash_test\.cc$/, // the moment of the kill is what varies
    ],
    text: "code",
    message: "wait for what is to happen, not for time to pass",
  },
  {
    rule: "sleep",
    pattern: /\bsetTimeout\s*\(|timers\/promises/,
    where: ourTests,
    except: [/^tests\/e2e\/support\/poll\.ts$/],
    text: "all",
    message: "wait through tests/e2e/support/poll.ts, which has a condition and a deadline",
  },
  {
    rule: "skipped",
    pattern: /\bDISABLED_\w+|\b(test|it|describe|suite)\.(skip|only|todo)\b|\b(skip|only|todo): *true\b/,
    where: ourTests,
    text: "code",
    message: "a test runs or does not exist; what takes long has the label long",
  },
  {
    rule: "registry",
    pattern: /registry\.(npmjs|yarnpkg)|\b(deb|security|snapshot|ftp|archive)\.(debian|ubuntu)\.|pypi\.org|crates\.io|proxy\.golang/,
    where: /./,
    text: "all",
    message: "no package registry's host is named: clients know their own",
  },
  {
    rule: "machine",
    pattern: /(^|[\s"'`=:(])\/(work|root)\//,
    where: /./,
    text: "all",
    message: "a path of one machine",
  },
  {
    rule: "unfinished",
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    where: /\.(cc|h|ts|proto|cmake|sh|md|txt)$/,
    text: "all",
    message: "finish it, or say plainly what is not there",
  },
  {
    rule: "secret",
    pattern: /AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{40,}|BEGIN [A-Z ]*PRIVATE KEY/,
    where: /./,
    except: [/^tests\//],
    text: "all",
    message: "a private key",
  },
  {
    rule: "suppression",
    pattern: /safeconduct/i,
    where: /^tests\/.*\.supp$/,
    text: "all",
    message: "suppressions name a library, never our code",
  },
];

export const wordsRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    const bansHere = bans.filter(
      (ban) => ban.where.test(path) && !ban.except?.some((place) => place.test(path)),
    );
    if (bansHere.length === 0) continue;
    const all = text.split("\n");
    const code = isCpp(path) || isTypeScript(path) ? codeLines(text) : all;
    for (const ban of bansHere) {
      for (const [index, line] of (ban.text === "code" ? code : all).entries()) {
        if (ban.pattern.test(line)) {
          findings.push({ path, line: index + 1, rule: ban.rule, message: ban.message });
        }
      }
    }
  }
  return findings;
};
