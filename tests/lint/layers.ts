// Who may include whom: the layers of the project and the one place of each library.
import { type Finding, folderOf, isCpp, type Rule, type Tree } from "./tree.ts";

interface Layer {
  readonly at: string; // the folder, or the file, that the rule is about; the longest one that fits counts
  readonly uses: readonly string[]; // folders or files of the project, besides its own folder
}

const crypto = ["crypto/base", "crypto/age", "crypto/note", "crypto/tlog", "crypto/quorum", "crypto/identity"];
const protocol = [...crypto, "proto", "gateway/charter", "gateway/report"];
const parts = ["gateway/http", "gateway/auth", "gateway/ledger", "gateway/uploads", "gateway/proof_of_work", "gateway/log", "gateway/witness", "gateway/work"];

export const layers: readonly Layer[] = [
  { at: "crypto/base", uses: [] },
  { at: "crypto/age", uses: ["crypto/base"] },
  { at: "crypto/note", uses: ["crypto/base"] },
  { at: "crypto/tlog", uses: ["crypto/base", "crypto/note"] },
  { at: "crypto/quorum", uses: ["crypto/base", "crypto/age"] },
  { at: "crypto/identity", uses: crypto },
  { at: "proto", uses: ["crypto/base"] },
  { at: "storage", uses: [...crypto, "proto"] },
  // Implementations share no code: only the interface and what it is made of.
  { at: "storage/memory", uses: [...crypto, "proto", "storage/*.h"] },
  { at: "storage/rocksdb", uses: [...crypto, "proto", "storage/*.h"] },
  { at: "storage/relay", uses: [...crypto, "proto"] },
  { at: "gateway/charter", uses: [...crypto, "proto"] },
  { at: "gateway/report", uses: [...crypto, "proto", "gateway/charter"] },
  { at: "gateway/release", uses: protocol },
  { at: "gateway/pages", uses: ["crypto/base", "proto", "gateway/charter"] },
  { at: "gateway/transparency", uses: ["crypto/base", "crypto/note", "crypto/tlog", "proto", "storage/*.h"] },
  { at: "gateway/work", uses: ["crypto/base"] },
  { at: "gateway/witness", uses: ["crypto/base", "crypto/note", "crypto/tlog", "gateway/fetch", "gateway/transparency", "gateway/work"] },
  { at: "gateway/log", uses: ["crypto/base", "gateway/work"] },
  { at: "gateway/http", uses: ["crypto/base", "gateway/work"] },
  { at: "gateway/auth", uses: ["crypto/base", "gateway/http", "gateway/work"] },
  { at: "gateway/ledger", uses: [...protocol, "storage/*.h", "gateway/work"] },
  { at: "gateway/uploads", uses: [...protocol, "storage/*.h", "gateway/work"] },
  { at: "gateway/proof_of_work", uses: ["crypto/base", "proto", "gateway/work"] },
  { at: "gateway/notify", uses: [...protocol, "gateway/release", "storage/*.h", "gateway/auth", "gateway/fetch", "gateway/work"] },
  // These two gather the settings and the counters of the parts.
  { at: "gateway/config", uses: ["crypto/base", "crypto/note", "crypto/tlog", "gateway/pages/defaults.h", "gateway/fetch", "gateway/notify/settings.h", ...parts] },
  { at: "gateway/metrics", uses: ["crypto/base", ...parts] },
  { at: "gateway/routes", uses: [...protocol, "gateway/release", "gateway/pages", "gateway/transparency", "storage/*.h", ...parts, "gateway/config", "gateway/metrics"] },
  { at: "gateway/fetch", uses: ["crypto/base"] },
  // The SMS relay: a program of its own, a client of the gateway.
  { at: "gateway/sms/text", uses: ["crypto/base"] },
  { at: "gateway/sms/inbound", uses: ["crypto/base", "proto", "gateway/auth", "gateway/http", "gateway/sms/text"] },
  { at: "gateway/sms/outbound", uses: ["crypto/base", "gateway/fetch", "gateway/sms/inbound", "gateway/sms/text"] },
  { at: "gateway/sms/relay", uses: [...protocol, "storage/relay", "gateway/auth", "gateway/fetch", "gateway/proof_of_work", "gateway/sms/inbound", "gateway/sms/outbound", "gateway/sms/text", "gateway/work"] },
  { at: "gateway/sms/program", uses: ["crypto", "proto", "storage", "gateway"] },
  { at: "gateway/cli", uses: [...protocol, "gateway/auth", "gateway/pages", "gateway/proof_of_work", "gateway/sms/text"] },
  // The composition root, which alone knows the implementations.
  { at: "gateway/program", uses: ["crypto", "proto", "storage", "gateway"] },
  { at: "bench", uses: ["crypto", "proto", "storage", "gateway"] },
  { at: "tests", uses: ["crypto", "proto", "storage", "gateway"] },
];

interface Library {
  readonly headers: RegExp;
  readonly only: readonly RegExp[];
}

// Each library's headers, and the only files that may include them. Tests may use what they test.
const tests = /^tests\//;
const bench = /^bench\//;
export const libraries: readonly Library[] = [
  { headers: /^boost\//, only: [/^gateway\/http\/[^/]+\.cc$/, bench] },
  { headers: /^rocksdb\//, only: [/^storage\/(rocksdb|relay)\/[^/]+\.cc$/, bench, tests] },
  { headers: /^(libpq-fe\.h|postgresql\/)/, only: [/^storage\/postgres\/[^/]+\.cc$/, bench, tests] },
  { headers: /^curl\//, only: [/^gateway\/cli\/[^/]+\.cc$/, /^gateway\/fetch\/[^/]+\.cc$/] },
  { headers: /^CLI\//, only: [/^gateway\/cli\//, /^gateway\/(program|sms\/program)\/[^/]+\.cc$/] },
  { headers: /^toml\+\+\//, only: [/^gateway\/config\/[^/]+\.cc$/] },
  { headers: /^(brotli\/|zlib\.h)/, only: [/^gateway\/pages\/[^/]+\.cc$/, tests] },
  { headers: /^spdlog\//, only: [/^gateway\/log\/[^/]+\.cc$/] },
  { headers: /^sodium(\.h|\/)/, only: [/^crypto\//, bench, tests] },
  { headers: /^openssl\//, only: [/^crypto\/base\/[^/]+\.cc$/, /^gateway\/http\//, bench, tests] },
  { headers: /^google\/protobuf\/|\.pb\.h$/, only: [/^(proto|storage|gateway|bench|tests)\//] },
  { headers: /^(gtest|gmock)\//, only: [tests] },
  { headers: /^benchmark\//, only: [bench] },
];

// crypto/ takes bytes and gives bytes: no files, streams, clock, threads or network.
const impure =
  /^(filesystem|fstream|iostream|iomanip|print|chrono|ctime|time\.h|thread|future|mutex|condition_variable|sys\/(socket|time|stat|types|file)\.h|netinet\/.*|arpa\/.*)$/;

function includes(text: string): { line: number; target: string; ours: boolean }[] {
  const found = [];
  for (const [index, line] of text.split("\n").entries()) {
    const match = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
    if (match) found.push({ line: index + 1, target: match[2]!, ours: match[1] === '"' });
  }
  return found;
}

function layerOf(path: string): Layer | undefined {
  return layers
    .filter((layer) => path.startsWith(layer.at + "/"))
    .sort((a, b) => b.at.length - a.at.length)[0];
}

function allows(use: string, target: string): boolean {
  if (use.endsWith("/*.h")) return folderOf(target) === use.slice(0, -4);
  return target === use || target.startsWith(use + "/");
}

const projectFolder = /^(crypto|proto|storage|gateway|bench|tests)\//;

export const layersRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!isCpp(path) || path.startsWith("deploy/")) continue;
    const layer = layerOf(path);
    const report = (line: number, message: string) =>
      findings.push({ path, line, rule: "layers", message });
    if (!layer) {
      report(0, "this folder has no layer in tests/lint/layers.ts");
      continue;
    }
    for (const { line, target, ours } of includes(text)) {
      if (projectFolder.test(target)) {
        if (!ours) report(line, `<${target}>: our own headers are included with quotes`);
        const own = folderOf(target) === folderOf(path) || target.startsWith(layer.at + "/");
        if (!own && !layer.uses.some((use) => allows(use, target))) {
          report(line, `${layer.at} may not include ${target}`);
        }
      } else if (ours && !target.endsWith(".pb.h")) {
        report(line, `"${target}": not a path from the top of the project`);
      }
      const library = libraries.find((each) => each.headers.test(target));
      if (library && !library.only.some((place) => place.test(path))) {
        report(line, `${target} may not be included here`);
      }
      if (path.startsWith("crypto/") && !ours && impure.test(target)) {
        report(line, `crypto/ does no I/O and has no clock, thread or stream: <${target}>`);
      }
    }
  }
  return findings;
};
