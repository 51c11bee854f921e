// Who may import whom in gateway/web/shared, gateway/web/reporter and gateway/web/console, and the one place of
// each npm package there.
import { type Finding, folderOf, type Rule, type Tree } from "./tree.ts";

interface Layered {
  readonly root: string;
  /** The folders of root that a folder uses, besides itself. Files of root itself are of the folder "". */
  readonly uses: Readonly<Record<string, readonly string[]>>;
  readonly packages: readonly Package[];
  /** Paths outside of root that a folder may import. */
  readonly outside?: Readonly<Record<string, RegExp>>;
}

interface Package {
  readonly name: RegExp;
  readonly only: RegExp; // paths below root
}

const sharedUses: Layered["uses"] = {
  base: [],
  age: ["base"],
  identity: ["base", "age"],
  note: ["base"],
  tlog: ["base", "note"],
  quorum: ["base", "age"],
  charter: ["base", "age", "note", "tlog", "generated"],
  report: ["base", "age", "identity", "note", "tlog", "quorum", "charter", "generated"],
  api: ["base", "charter", "report", "generated"],
};

const sharedPackages: readonly Package[] = [
  { name: /^@noble\//, only: /^base\// },
  { name: /^@stablelib\/sha256$/, only: /^base\/hash\.ts$/ },
  { name: /^@scure\/base$/, only: /^(base|age)\// },
  { name: /^@scure\/bip39(\/|$)/, only: /^identity\/receiptWords\.ts$/ },
  { name: /^age-encryption$/, only: /^(age\/age|identity\/(keyFile|passkey))\.ts$/ },
  { name: /^shamir-secret-sharing$/, only: /^quorum\// },
  { name: /^altcha-lib\/v1$/, only: /^api\/proofOfWork\.ts$/ },
  { name: /^@bufbuild\/protobuf(\/|$)/, only: /^(base\/(json|messages)\.ts$|report\/|api\/)/ },
];

// The page knows of the protocol only errors and what is typed into it; keys and messages stay in the
// worker. What builds the pages is not in them.
const reporterUses: Layered["uses"] = {
  "": [],
  languages: [],
  build: ["languages"],
  page: ["", "languages", "worker"],
  worker: [""],
};
const reporterPackages: readonly Package[] = [
  { name: /^(node:|vite$|@messageformat\/core)/, only: /^build\// },
  { name: /^virtual:languages$/, only: /^page\/text\.ts$/ },
  { name: /^virtual:worker$/, only: /^(page|worker)\/carried\.ts$/ },
  { name: /^fflate$/, only: /^worker\/clean\/office\.ts$/ },
  { name: /^@cantoo\/pdf-lib$/, only: /^worker\/clean\/pdf\.ts$/ },
];

// The same of the console; `model` is what both of its sides compute alike.
const consoleUses: Layered["uses"] = {
  "": [],
  languages: [],
  model: [""],
  build: [],
  page: ["", "languages", "model", "worker"],
  worker: ["", "model"],
};
const consolePackages: readonly Package[] = [
  { name: /^(node:|vite$)/, only: /^build\// },
  { name: /^virtual:languages$/, only: /^page\/text\.ts$/ },
  { name: /^pdfjs-dist(\/|$)/, only: /^page\/case\/pdfPages\.ts$/ },
  { name: /^fflate$/, only: /^worker\/export\/zip\.ts$/ },
  { name: /^d3-(axis|scale|selection)$/, only: /^page\/figures\/charts\.ts$/ },
];

const shared = "gateway/web/shared/";
const layered: readonly Layered[] = [
  { root: shared, uses: sharedUses, packages: sharedPackages },
  {
    root: "gateway/web/reporter/",
    uses: reporterUses,
    packages: reporterPackages,
    outside: {
      "": /^gateway\/web\/shared\/base\/error\.ts$/,
      build: /^gateway\/web\/console\/build\//, // both are built together, under one manifest
      page: /^gateway\/web\/shared\/(base\/error|identity\/receiptText)\.ts$/,
      worker: /^gateway\/web\/shared\//,
    },
  },
  {
    root: "gateway/web/console/",
    uses: consoleUses,
    packages: consolePackages,
    outside: {
      "": /^gateway\/web\/(shared\/base\/error|reporter\/protocol)\.ts$/,
      build: /^gateway\/web\/reporter\/build\//,
      page: /^gateway\/web\/(shared\/base\/error|reporter\/page\/dom)\.ts$/,
      worker: /^gateway\/web\/(shared\/|reporter\/worker\/channelView\.ts$)/,
    },
  },
];

// The path that a relative import leads to.
function resolve(from: string, target: string): string {
  const parts = folderOf(from).split("/");
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function imports(text: string): { line: number; target: string }[] {
  return text.split("\n").flatMap((line, index) => {
    const match = /(?:\bfrom|^import|\bimport\()\s*"([^"\s]+)"/.exec(line);
    return match ? [{ line: index + 1, target: match[1]! }] : [];
  });
}

// The folder directly below root; "" for a file of root itself.
const topOf = (below: string): string => (below.includes("/") ? below.split("/", 1)[0]! : "");

function check({ root, uses, packages, outside }: Layered, path: string, text: string): Finding[] {
  const findings: Finding[] = [];
  const report = (line: number, message: string) => findings.push({ path, line, rule: "layers", message });
  const below = path.slice(root.length);
  const folder = topOf(below);
  const allowed = uses[folder];
  if (allowed === undefined) {
    report(0, "this folder has no layer in tests/lint/webLayers.ts");
    return findings;
  }
  for (const { line, target } of imports(text)) {
    if (target.startsWith(".")) {
      const found = resolve(path, target.replace(/\?worker&url$/, ""));
      const other = found.startsWith(root) ? topOf(found.slice(root.length)) : undefined;
      const isAllowed = other === undefined ? outside?.[folder]?.test(found) === true : other === folder || allowed.includes(other);
      if (!isAllowed) report(line, `${folder} may not import ${target}`);
      if (!/\.(ts|css)$/.test(found)) report(line, `"${target}": imports end in .ts`);
    } else {
      const known = packages.find(({ name }) => name.test(target));
      if (known === undefined || !known.only.test(below)) report(line, `${target} may not be imported here`);
    }
  }
  return findings;
}

export const webLayersRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    const where = path.endsWith(".ts") ? layered.find(({ root }) => path.startsWith(root)) : undefined;
    if (where !== undefined) findings.push(...check(where, path, text));
  }
  return findings;
};
