// node main.ts ROOT: checks the project at ROOT and prints what breaks a rule. Exits 1 then.
import { layersRule } from "./layers.ts";
import { guardRule, readmeRule, registeredRule, sizeRule } from "./shape.ts";
import { type Finding, loadTree, type Rule } from "./tree.ts";
import { webLayersRule } from "./webLayers.ts";
import { wordsRule } from "./words.ts";

const rules: readonly Rule[] = [layersRule, webLayersRule, wordsRule, sizeRule, guardRule, readmeRule, registeredRule];

const root = process.argv[2];
if (root === undefined) {
  console.error("usage: node main.ts ROOT");
  process.exit(2);
}
const tree = loadTree(root);
const findings: Finding[] = rules.flatMap((rule) => rule(tree));
for (const { path, line, rule, message } of findings) {
  console.log(`${path}${line > 0 ? `:${line}` : ""}: ${rule}: ${message}`);
}
console.log(`${tree.size} files, ${findings.length} findings`);
process.exit(findings.length === 0 && tree.size > 0 ? 0 : 1);
