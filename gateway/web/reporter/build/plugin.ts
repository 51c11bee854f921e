// Vite's part that is ours: messages as modules, the pages of each language, everything precompressed,
// and the manifest whose digest stands in the charter.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin, Rollup } from "vite";

import { languages, type MessageFiles, reporterMessages, translator } from "./languages.ts";
import { carriedProgram, offlineWorker } from "./offline.ts";
import { offlinePage, plainPage, plainRefusedPage, plainSentPage, servedProgram, startPage } from "./pages.ts";

const list = "virtual:languages";
const messages = "virtual:messages/";

/** `virtual:languages` exports `load`: for each of `codes` a function that imports its messages. */
export function messageModules(codes = languages, files: MessageFiles = reporterMessages): Plugin {
  return {
    name: "safeconduct-messages",
    resolveId: (id) => (id === list || id.startsWith(messages) ? `\0${id}` : undefined),
    async load(id) {
      if (id === `\0${list}`) {
        const entries = codes.map((code) => `${code}: () => import(${JSON.stringify(messages + code)}),`);
        return `export const load = {\n${entries.join("\n")}\n};\n`;
      }
      return id.startsWith(`\0${messages}`) ? files.moduleOf(id.slice(messages.length + 1)) : undefined;
    },
  };
}

const icon = "assets/icon.svg"; // not hashed, so that an operator can put another in its place

type Output = Rollup.OutputAsset | Rollup.OutputChunk;

function find(bundle: Rollup.OutputBundle, test: (file: Output) => boolean): Output {
  const file = Object.values(bundle).find(test);
  if (file === undefined) throw new Error("the bundle lacks what the pages need");
  return file;
}

/** The pages of each language, and the offline copy of each. `root` is the folder of the reporter's web app. */
export function pages(root: string): Plugin {
  return {
    name: "safeconduct-pages",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const emit = (fileName: string, source: string | Uint8Array): void => void this.emitFile({ type: "asset", fileName, source });
      emit(icon, readFileSync(join(root, "page/icon.svg")));
      const style = find(bundle, ({ fileName }) => fileName.endsWith(".css")) as Rollup.OutputAsset;
      const script = find(bundle, (file) => file.type === "chunk" && file.isEntry);
      const program = servedProgram({ script: `/${script.fileName}`, style: `/${style.fileName}`, icon: `/${icon}` });
      const worker = await offlineWorker(root);
      const all = await Promise.all(languages.map(async (code) => ({ code, t: await translator(code) })));
      for (const language of all) {
        const { code } = language;
        const page = { language, all, program };
        emit(`${code}/index.html`, startPage(page));
        emit(`${code}/plain.html`, plainPage(page));
        emit(`${code}/plain-sent.html`, plainSentPage(page));
        emit(`${code}/plain-refused.html`, plainRefusedPage(page));
        const carried = await carriedProgram(root, { worker, style: String(style.source), plugins: [messageModules([code])] });
        emit(`${code}/offline.html`, offlinePage(language, carried));
      }
    },
  };
}

const brotli = (bytes: Uint8Array, text: boolean): Buffer =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: text ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

/** `FILE.br` beside each asset, and `manifest.txt`: "SHA-256 PATH" of each file by path, but not of these. */
export function manifest(): Plugin {
  return {
    name: "safeconduct-manifest",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const lines: string[] = [];
        for (const file of Object.values(bundle)) {
          const content = file.type === "chunk" ? file.code : file.source;
          const bytes = typeof content === "string" ? Buffer.from(content) : content;
          lines.push(`${createHash("sha256").update(bytes).digest("hex")} ${file.fileName}\n`);
          // Pages are filled first, and compressed by the gateway.
          if (file.fileName.endsWith(".html")) continue;
          this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: brotli(bytes, true) });
        }
        const inOrder = lines.sort((a, b) => (a.slice(65) < b.slice(65) ? -1 : 1));
        this.emitFile({ type: "asset", fileName: "manifest.txt", source: inOrder.join("") });
      },
    },
  };
}
