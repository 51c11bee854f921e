// The shape of the project: sizes, header guards, a README per folder, and that each test runs.
import { type Finding, folderOf, type Rule, type Tree } from "./tree.ts";

export const maxLines = 400;

// A language is one file, however much there is to say.
const words = /^gateway\/web\/[a-z]+\/languages\//;

export const sizeRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!/\.(cc|h|ts|proto|cmake|sh)$|(^|\/)(run|CMakeLists\.txt)$/.test(path) || words.test(path)) continue;
    const lines = text.split("\n").length - 1;
    if (lines > maxLines) {
      findings.push({ path, line: 0, rule: "size", message: `${lines} lines, over ${maxLines}: it is two things` });
    }
  }
  return findings;
};

export const guardRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!path.endsWith(".h")) continue;
    const guard = `SAFECONDUCT_${path.replace(/[^a-zA-Z0-9]/g, "_").toUpperCase()}_`;
    if (!text.includes(`#ifndef ${guard}\n#define ${guard}\n`)) {
      findings.push({ path, line: 0, rule: "guard", message: `the include guard is not ${guard}` });
    }
  }
  return findings;
};

// Folders of tests that mirror the sources are explained by tests/README.md, and so on.
const explainedAbove = /^tests\/(?!(e2e|fuzz|lint|vectors)$)|^gateway\/web\/(shared|reporter|console)\/|^proto\/|^crypto\/base\/wordlists$|^deploy\/(cmake|packages)$|^bench\//;

export const readmeRule: Rule = (tree: Tree): Finding[] => {
  const folders = new Set<string>();
  for (const path of tree.keys()) {
    const folder = folderOf(path);
    if (folder !== "" && !folder.startsWith(".")) folders.add(folder);
  }
  return [...folders]
    .filter((folder) => !explainedAbove.test(folder) && !tree.has(`${folder}/README.md`))
    .map((folder) => ({ path: folder, line: 0, rule: "readme", message: "this folder has no README.md" }));
};

// A test that no one runs is worse than none.
export const registeredRule: Rule = (tree: Tree): Finding[] => {
  const findings: Finding[] = [];
  const report = (path: string, message: string) =>
    findings.push({ path, line: 0, rule: "registered", message });
  const registers = [...tree]
    .filter(([path]) => path.endsWith("CMakeLists.txt"))
    .map(([path, text]) => ({ folder: folderOf(path), text: text.replace(/#[^\n]*/g, "") }));
  for (const [path, text] of tree) {
    if (/\.test\.ts$/.test(path)) {
      if (!/^tests\/(e2e|lint|gateway\/web)\//.test(path)) {
        report(path, "tests/run finds *.test.ts in tests/e2e and tests/gateway/web only");
      }
      continue;
    }
    if (!path.endsWith(".cc")) continue;
    const verb = path.endsWith("_fuzz.cc") ? "sc_add_fuzz" : path.endsWith("_test.cc") ? "sc_add_test" : "add_library";
    if (verb === "add_library" && !/^\s*TEST(_F|_P)?\(/m.test(text)) continue;
    const register = registers
      .filter((each) => path.startsWith(each.folder + "/"))
      .find((each) => each.text.split(/[\s()]+/).includes(path.slice(each.folder.length + 1)));
    if (!register || !register.text.includes(verb)) {
      report(path, `no CMakeLists.txt above it names it in ${verb}(...)`);
    }
  }
  return findings;
};
