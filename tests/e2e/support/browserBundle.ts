// Code of this project as one classic script for a browser, made by the Vite that builds the pages.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const web = join(here, "../../../gateway/web");

/** What `file` of this folder exports is the global `name`. */
export async function browserBundle(file: string, name: string): Promise<string> {
  const { build } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("vite")).href);
  const [{ output }] = await build({
    configFile: false,
    root: web,
    logLevel: "warn",
    build: { write: false, target: "chrome109", lib: { entry: join(here, file), formats: ["iife"], name } },
  });
  return output[0].code;
}
