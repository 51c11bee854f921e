// What the command line's tests share: an office with a gateway, a report to send, and looking at
// what was written.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ageFolder, program, type Run, run, type TestGateway } from "./harness.ts";

export interface Receipt {
  readonly report_id: string;
  readonly code_words: string;
  readonly code_digits: string;
  readonly promise: string;
}

export const narrative = "Zwei Männer, un camion blanc, شاحنة بيضاء.\nSecond line.\n";
export const answers = {
  language: "en",
  consent: { contact: true, support_services: true, investigators: false, national_authorities: false },
  triage: { "danger-now": false, kind: "fraud", area: "port", needs: ["legal", "food"] },
  account: { vehicle: "white lorry", when: "in May" },
  identity: { "your-name": "Amina", "your-contact": "the clinic" },
};

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

export class Office {
  readonly gateway: TestGateway;

  constructor(gateway: TestGateway) {
    this.gateway = gateway;
  }

  /** A file in the gateway's folder; gives its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = this.gateway.file(name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** The arguments of a report with this text and these answers. */
  report(text: string = narrative, given: object = answers, channel = "conduct"): string[] {
    return [
      ...["report", "submit", "--channel", channel],
      ...["--text", this.write("report.txt", text), "--answers", this.write("answers.json", JSON.stringify(given))],
    ];
  }

  submit(extra: readonly string[] = [], consent: object = answers.consent): Promise<Receipt> {
    return this.gateway.json<Receipt>([...this.report(narrative, { ...answers, consent }), ...extra]);
  }

  codeFile(receipt: Receipt, form: "code_words" | "code_digits" = "code_words"): string {
    return this.write(`${receipt.report_id}.${form}`, `${receipt[form]}\n`);
  }

  /** What stock age makes of a file with a holder's key. */
  async ageDecrypt(file: string, holder: string): Promise<Buffer> {
    const out = `${file}.opened-by-${holder}`;
    const { status, stderr } = await run(join(ageFolder, "age"), ["-d", "-i", this.gateway.key(holder), "-o", out, file]);
    assert.equal(status, 0, stderr);
    return readFileSync(out);
  }

  /** Runs the CLI on a pseudo-terminal, that of util-linux's script, and types when it is asked. */
  onTerminal(args: readonly string[], typed: string): Promise<Run> {
    const quoted = [program, ...this.gateway.arguments(args)].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["--quiet", "--return", "--echo", "never", "--command", quoted, "/dev/null"], {
      env: this.gateway.environment({ SHELL: "/bin/sh" }),
      cwd: this.gateway.folder,
    });
    return new Promise((done, fail) => {
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        // What is typed before the prompt is thrown away, as it should be.
        if (/: $/.test(text) && typed !== "") {
          child.stdin.write(typed);
          typed = "";
        }
      });
      child.stdin.on("error", () => {});
      child.on("error", fail);
      child.on("close", (status) => done({ status: status ?? -1, stdout, stderr: "" }));
    });
  }
}
