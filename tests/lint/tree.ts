// What the rules look at: the text of every file of the project, by its path from the top. Rules
// are pure functions of it, so that the lint's own tests can make small bad trees.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Tree = ReadonlyMap<string, string>;

export interface Finding {
  readonly path: string;
  readonly line: number; // from 1; 0 when the finding is about the whole file or folder
  readonly rule: string;
  readonly message: string;
}

export type Rule = (tree: Tree) => Finding[];

// Vectors are data that others made; this folder names what it forbids; the rest is generated.
const notLooked = /^tests\/vectors\/|^tests\/fuzz\/corpus\/|^tests\/lint\/|package-lock\.json$|^LICENSE$/;

// All files that git has or would take, so that a file fails before it is committed.
export function loadTree(root: string): Tree {
  // Whoever runs the tests may not own the tree.
  const listed = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const tree = new Map<string, string>();
  for (const path of listed.split("\0").sort()) {
    if (path === "" || notLooked.test(path)) continue;
    try {
      tree.set(path, readFileSync(join(root, path), "utf8"));
    } catch {
      continue; // deleted but still in git's index
    }
  }
  return tree;
}

export const isCpp = (path: string): boolean => /\.(cc|h)$/.test(path);
export const isTypeScript = (path: string): boolean => path.endsWith(".ts");

// The lines of a source with comments and the contents of string literals blanked, so that only
// code is matched. Not a parser: enough for sources that clang-format has seen.
export function codeLines(text: string): string[] {
  const blanked = text.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
    (match) => {
      if (match.startsWith('"') || match.startsWith("'")) return match[0] + match[0]!;
      return match.replace(/[^\n]/g, "");
    },
  );
  return blanked.split("\n");
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
