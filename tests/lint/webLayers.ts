// Who may import whom in gateway/web/shared, and the one place of each npm package there.
import { type Finding, folderOf, type Rule, type Tree } from "./tree.ts";

const root = "gateway/web/shared/";

// The folders of root that a folder uses, besides itself.
const uses: Readonly<Record<string, readonly string[]>> = {
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

interface Package {
  readonly name: RegExp;
  readonly only: RegExp; // paths below root
}

const packages: readonly Package[] = [
  { name: /^@noble\//, only: /^base\// },
  { name: /^@scure\/base$/, only: /^(base|age)\// },
  { name: /^@scure\/bip39(\/|$)/, only: /^identity\/receiptWords\.ts$/ },
  { name: /^age-encryption$/, only: /^(age\/age|identity\/keyFile)\.ts$/ },
  { name: /^shamir-secret-sharing$/, only: /^quorum\// },
  { name: /^@bufbuild\/protobuf(\/|$)/, only: /^(base\/messages\.ts$|report\/|api\/)/ },
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
    const match = /(?:\bfrom|^import|\bimport\()\s*"([^"]+)"/.exec(line);
    return match ? [{ line: index + 1, target: match[1]! }] : [];
  });
}

export const webLayersRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!path.startsWith(root) || !path.endsWith(".ts")) continue;
    const below = path.slice(root.length);
    const folder = below.split("/", 1)[0]!;
    const allowed = uses[folder];
    const report = (line: number, message: string) => findings.push({ path, line, rule: "layers", message });
    if (allowed === undefined) {
      report(0, "this folder has no layer in tests/lint/webLayers.ts");
      continue;
    }
    for (const { line, target } of imports(text)) {
      if (target.startsWith(".")) {
        const found = resolve(path, target);
        const other = found.startsWith(root) ? found.slice(root.length).split("/", 1)[0]! : undefined;
        if (other === undefined || (other !== folder && !allowed.includes(other))) {
          report(line, `${folder} may not import ${target}`);
        }
        if (!target.endsWith(".ts")) report(line, `"${target}": imports end in .ts`);
      } else {
        const known = packages.find(({ name }) => name.test(target));
        if (known === undefined || !known.only.test(below)) report(line, `${target} may not be imported here`);
      }
    }
  }
  return findings;
};
