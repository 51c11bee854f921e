// Builds the web app, the reporter's pages and the console, into build/web/reporter of the project, or into $SAFECONDUCT_WEB_OUT:
//
//   node node_modules/vite/bin/vite.js build --config reporter/build/vite.config.ts   (in gateway/web)
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

import { consoleApp } from "../../console/build/app.ts";
import { manifest, messageModules, pages } from "./plugin.ts";
import { common, target, workerTreeshake } from "./settings.ts";

const here = fileURLToPath(new URL("..", import.meta.url));

const names = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
  assetFileNames: "assets/[name]-[hash][extname]",
};

export default defineConfig({
  ...common,
  root: here,
  base: "/",
  plugins: [messageModules(), pages(here), consoleApp(join(here, "../console")), manifest()],
  worker: { format: "es", rollupOptions: { treeshake: workerTreeshake, output: names } },
  build: {
    outDir: process.env["SAFECONDUCT_WEB_OUT"] ?? join(here, "../../../build/web/reporter"),
    emptyOutDir: true,
    target,
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1024,
    rollupOptions: {
      input: join(here, "page/start.ts"),
      output: names,
    },
  },
});
