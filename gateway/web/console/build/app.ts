// The console's part of the build: a program of its own beside the reporter's, in the same folder and under the
// same manifest.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin, type Rollup } from "vite";

import { MessageFiles } from "../../reporter/build/languages.ts";
import { messageModules } from "../../reporter/build/plugin.ts";
import { common, target, workerTreeshake } from "../../reporter/build/settings.ts";
import { consolePage } from "./page.ts";

const names = {
  entryFileNames: "assets/console-[hash].js",
  chunkFileNames: "assets/console-[name]-[hash].js",
  // The worker of the PDF viewer is the package's own file, as it is.
  assetFileNames: ({ names: [name = ""] }: { readonly names: readonly string[] }): string =>
    name.endsWith(".mjs") ? "assets/console-pdf-worker-[hash].js" : "assets/console-[name]-[hash][extname]",
};

// What that worker imports by name for scanned pages, where there is no WebAssembly.
const pdfDecoders = ["jbig2_nowasm_fallback.js", "openjpeg_nowasm_fallback.js"];

export const consoleMessages = (root: string): MessageFiles => new MessageFiles(join(root, "languages/"));

/** `root` is the folder of the console. */
export function consoleApp(root: string): Plugin {
  return {
    name: "safeconduct-console",
    enforce: "post",
    async generateBundle() {
      const messages = consoleMessages(root);
      const { output } = (await build({
        ...common,
        root,
        base: "/",
        configFile: false,
        plugins: [messageModules(messages.languages, messages)],
        worker: { format: "es", rollupOptions: { treeshake: workerTreeshake, output: { ...names, entryFileNames: "assets/console-worker-[hash].js" } } },
        build: {
          write: false,
          target,
          modulePreload: false,
          assetsInlineLimit: 0,
          cssCodeSplit: false,
          reportCompressedSize: false,
          chunkSizeWarningLimit: 1024,
          rollupOptions: { input: join(root, "page/start.ts"), output: names },
        },
      })) as Rollup.RollupOutput;
      for (const file of output) this.emitFile({ type: "asset", fileName: file.fileName, source: file.type === "chunk" ? file.code : file.source });
      for (const name of pdfDecoders) this.emitFile({ type: "asset", fileName: `assets/${name}`, source: readFileSync(join(root, "../node_modules/pdfjs-dist/wasm", name)) });
      const script = output.find((file) => file.type === "chunk" && file.isEntry)!.fileName;
      const style = output.find(({ fileName }) => fileName.endsWith(".css"))!.fileName;
      this.emitFile({ type: "asset", fileName: "console/index.html", source: consolePage({ script: `/${script}`, style: `/${style}`, icon: "/assets/icon.svg" }) });
    },
  };
}

