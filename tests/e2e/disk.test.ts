// A disk that fills up: a flood of files cannot stop a report, nothing that was accepted is lost, and
// the gateway serves again when there is space.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { demoFolder, exits, type Run, TestGateway } from "./harness.ts";
import { poll } from "./support/poll.ts";

const mib = 1024 * 1024;
const diskMib = 448;
const answers = join(demoFolder, "answers.json");

function asRoot(...command: string[]): void {
  const all = process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
  const { status, stderr, error } = spawnSync(all[0]!, all.slice(1), { encoding: "utf8" });
  assert.equal(status, 0, `a disk of a size of its own needs root or sudo: ${error ?? stderr}`);
}

let disk: string;
let gateway: TestGateway;

before(async () => {
  disk = mkdtempSync(join(tmpdir(), "safeconduct-disk-"));
  asRoot("mount", "-t", "tmpfs", "-o", `size=${diskMib}m,mode=0777`, "tmpfs", disk);
  process.env["TMPDIR"] = disk;
  gateway = await TestGateway.start({
    config: {
      storage: [`disk_reserve = "192MiB"`, `write_buffer = "16MiB"`, `write_ahead_log = "32MiB"`],
      ledger: [`last_retry = "500ms"`],
    },
  });
});
after(async () => {
  await gateway.dispose();
  asRoot("umount", disk);
  rmSync(disk, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly location: string;
}

function call(method: string, path: string, headers: Record<string, string>, body?: Buffer): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request(
      { host: "localhost", port: gateway.port, method, path, headers: { "Tus-Resumable": "1.0.0", ...headers }, ca: readFileSync(gateway.file("ca.pem")) },
      (answer) => {
        answer.resume();
        answer.on("end", () => done({ status: answer.statusCode ?? 0, location: String(answer.headers.location ?? "") }));
      },
    );
    sent.on("error", fail);
    sent.end(body);
  });
}

async function upload(bytes: number): Promise<number> {
  const made = await call("POST", "/v1/uploads", { "Upload-Length": String(bytes) });
  if (made.status !== 201) return made.status;
  const path = new URL(made.location, gateway.url).pathname;
  const headers = { "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" };
  return (await call("PATCH", path, headers, randomBytes(bytes))).status;
}

function submit(narrative: string): Promise<Run> {
  const args = ["report", "submit", "--channel", "conduct", "--text", "-", "--answers", answers];
  return gateway.cli([...args, "--retry-seconds", "0", "--json"], { input: narrative });
}

async function report(narrative: string): Promise<{ report_id: string }> {
  const { status, stdout, stderr } = await submit(narrative);
  assert.equal(status, exits.ok, stderr);
  return JSON.parse(stdout) as { report_id: string };
}

async function opens(id: string, narrative: string): Promise<void> {
  const opened = await gateway.json(["case", "open", id], { as: "intake" });
  assert.equal(opened.account.narrative, narrative);
}

function freeMib(): number {
  const { bavail, bsize } = statfsSync(disk);
  return (bavail * bsize) / mib;
}

test("uploads that fill the disk are refused, and a report still goes through", async () => {
  let status = 204;
  let sent = 0;
  for (; status === 204 && sent < diskMib / 8; sent += 1) status = await upload(8 * mib);
  assert.equal(status, 507, `after ${sent} uploads`);
  assert.ok(sent > 2, "the reserve is not the whole disk");
  const first = await report("the disk is full of files");
  await opens(first.report_id, "the disk is full of files");
  assert.equal(await upload(8 * mib), 507);
});

test("on a full disk a report is refused with 507, nothing accepted is lost, and it serves again", async () => {
  const before = await report("before");
  const ballast = join(disk, "ballast");
  const refused = await (async () => {
    for (let tries = 0; tries < 400; tries += 1) {
      // The last bytes, as often as the store gives some back by its own work.
      writeFileSync(ballast, "", { flag: "a" });
      fill(ballast);
      const { status, stdout, stderr } = await submit(`on a full disk ${tries}`);
      if (status !== exits.ok) return stderr + stdout;
    }
    return "";
  })();
  assert.match(refused, /no_space|no space|full|unavailable/i);
  await opens(before.report_id, "before");

  rmSync(ballast);
  assert.ok(freeMib() > 16);
  const later = await poll("the gateway to take reports again", async () => {
    const { status, stdout } = await submit("there is space again");
    return status === exits.ok ? (JSON.parse(stdout) as { report_id: string }) : undefined;
  });
  await opens(later.report_id, "there is space again");
  await opens(before.report_id, "before");
  await gateway.restart();
  await opens(later.report_id, "there is space again");
  await opens(before.report_id, "before");
});

/** Appends until the disk takes no byte more. */
function fill(path: string): void {
  for (let bytes = mib; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    const block = Buffer.alloc(bytes);
    for (;;) {
      try {
        writeFileSync(path, block, { flag: "a" });
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
        break;
      }
    }
  }
}
