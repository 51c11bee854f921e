// A clock that a test sets ahead while programs run under it, by Debian's faketime. What measures durations goes on
// as ever; only the time of day is moved, for the gateway and for the command line alike.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { binFolder } from "./harness.ts";

export const daySeconds = 86_400;

function library(): string {
  const [found] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
  assert.ok(found, "Debian's package faketime is installed by tests/run");
  return found;
}

// AddressSanitizer's library must be the first.
function sanitizers(): string[] {
  const linked = execFileSync("ldd", [join(binFolder, "safeconduct-gateway")], { encoding: "utf8" });
  return [...linked.matchAll(/=> (\S*\/lib[at]san\.so\S*)/g)].map(([, path]) => path!);
}

export class FakeClock {
  readonly #folder = mkdtempSync(join(tmpdir(), "safeconduct-clock-"));
  readonly #file = join(this.#folder, "offset");
  #ahead = 0;

  constructor() {
    this.advance(0);
  }

  /** What programs are started with to go by this clock. */
  get environment(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: [...sanitizers(), library()].join(" "),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_NO_CACHE: "1",
    };
  }

  /** Unix seconds. */
  get now(): number {
    return Math.floor(Date.now() / 1000) + this.#ahead;
  }

  /** Days since 1970. */
  get today(): number {
    return Math.floor(this.now / daySeconds);
  }

  /** Sets it ahead, for whatever runs already, too. */
  advance(seconds: number): void {
    this.#ahead += seconds;
    writeFileSync(`${this.#file}.new`, `+${this.#ahead}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
