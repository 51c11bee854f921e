// The program of the offline copy: all of it inside the page, since nothing can be imported from file://.
// The page allows these very bytes by their digests, and nothing else.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Script } from "node:vm";
import { build, type Plugin, type Rollup, type UserConfig } from "vite";

import { type Program } from "./frame.ts";
import { Html, html } from "./html.ts";
import { fill, placeholderPattern } from "./placeholders.ts";
import { common, target, workerTreeshake } from "./settings.ts";

/** One classic script of everything that `input` imports. */
async function bundled(root: string, input: string, plugins: readonly Plugin[], treeshake?: Rollup.TreeshakingOptions): Promise<string> {
  const config: UserConfig = {
    ...common,
    root,
    plugins: [...plugins],
    build: {
      write: false,
      target,
      modulePreload: false,
      cssCodeSplit: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2048,
      rollupOptions: {
        input: join(root, input),
        output: { format: "iife", inlineDynamicImports: true },
        ...(treeshake && { treeshake }),
      },
    },
  };
  const { output } = (await build({ ...config, configFile: false })) as Rollup.RollupOutput;
  const chunks = output.filter((file) => file.type === "chunk");
  if (chunks.length !== 1) throw new Error(`${input} is ${chunks.length} scripts`);
  return chunks[0]!.code;
}

/** With the worker inside of it that it starts itself. */
export async function offlineWorker(root: string): Promise<string> {
  const digest = await bundled(root, "worker/digestWorker.ts", [], workerTreeshake);
  return bundled(root, "worker/worker.ts", [carrying(join(root, "worker"), digest)], workerTreeshake);
}

const workerModule = "virtual:worker";

// What served.ts of `folder` is to the page that is served, carried.ts is to the copy. `worker` is the program
// that is started from there.
function carrying(folder: string, worker: string): Plugin {
  return {
    name: "safeconduct-offline",
    enforce: "pre",
    resolveId(id) {
      if (id === "./served.ts") return join(folder, "carried.ts");
      return id === workerModule ? `\0${id}` : undefined;
    },
    load: (id) => (id === `\0${workerModule}` ? `export default ${JSON.stringify(worker)};` : undefined),
  };
}

// Text that a page may hold as it is: it ends where it should, is read as it is written, and nothing of it
// is taken for a placeholder.
function verbatim(text: string, element: "script" | "style"): Html {
  if (new RegExp(`</${element}|<!--|[\\r\\0]`, "i").test(text) || text.match(placeholderPattern) !== null) {
    throw new Error(`the ${element} of the offline copy holds what a page cannot`);
  }
  return new Html(`<${element}>${text}</${element}>\n`);
}

// Within HTML "<!--" hides the end of a script. It stands in strings and patterns only, where it may be
// escaped: anywhere else the script would not be one any more.
function withoutComments(script: string): string {
  const escaped = script.replaceAll("<!--", "\\x3c!--");
  new Script(escaped); // throws SyntaxError
  return escaped;
}

const source = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export interface Carried {
  readonly worker: string;
  readonly style: string;
  readonly plugins: readonly Plugin[]; // for what the page imports
}

export async function carriedProgram(root: string, { worker, style, plugins }: Carried): Promise<Program> {
  const script = withoutComments(await bundled(root, "page/start.ts", [carrying(join(root, "page"), worker), ...plugins]));
  const policy = [
    "default-src 'none'",
    `script-src ${source(script)}`,
    `style-src ${source(style)}`,
    `connect-src ${fill("gateway")}`,
    "media-src blob:",
    "worker-src blob:",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types safeconduct",
  ].join("; ");
  return {
    head: html`<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="gateway" content="${fill("gateway")}">
${verbatim(style, "style")}`,
    end: verbatim(script, "script"),
  };
}
