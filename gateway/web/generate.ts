// Generates the TypeScript of proto/safeconduct/v1 into shared/generated: protoc with the plugin
// protoc-gen-es, both as they are installed. Nothing that it writes is committed.
//
//   node generate.ts
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const protos = join(here, "../../proto");
const out = join(here, "shared/generated");
// What the store keeps (stored.proto) is sent to nobody.
const files = ["api", "charter", "event", "marks", "report"].map((name) => `safeconduct/v1/${name}.proto`);

mkdirSync(out, { recursive: true });
// Written aside and moved into place, so that whoever reads meanwhile sees whole files.
const fresh = mkdtempSync(join(out, ".new-"));
try {
  const { status, error } = spawnSync(
    "protoc",
    [
      `--proto_path=${protos}`,
      `--plugin=protoc-gen-es=${join(here, "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es")}`,
      `--es_out=${fresh}`,
      "--es_opt=target=ts,import_extension=ts,erasable_syntax=true",
      ...files,
    ],
    {
      stdio: "inherit",
      // The plugin is a script for "node", which is to be the one that runs this.
      env: { ...process.env, PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter) },
    },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`protoc ended with ${status}`);
  mkdirSync(join(out, "safeconduct/v1"), { recursive: true });
  for (const file of files) {
    const made = file.replace(".proto", "_pb.ts");
    if (!existsSync(join(fresh, made))) throw new Error(`protoc made no ${made}`);
    renameSync(join(fresh, made), join(out, made));
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
