// A server of ours as a test runs it: started, waited for, asked to stop, killed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { basename } from "node:path";

export class Server {
  #child: ChildProcess | undefined;
  #exited: Promise<number | null> | undefined;

  get running(): boolean {
    return this.#child !== undefined;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    assert.ok(pid !== undefined, "it is not running");
    return pid;
  }

  /** Waits until it has said `ready` on standard output. */
  async start(file: string, args: readonly string[], env: NodeJS.ProcessEnv, ready: string): Promise<void> {
    assert.equal(this.#child, undefined, "it is running already");
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#exited = new Promise((done) => child.once("close", (status) => done(status)));
    await new Promise<void>((done, fail) => {
      let said = "";
      const onText = (text: string): void => {
        said += text;
        if (said.includes(ready)) done();
      };
      child.stdout.setEncoding("utf8").on("data", onText);
      child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
      child.once("error", fail);
      child.once("close", (status) => fail(new Error(`${basename(file)} ended with ${status}:\n${said}`)));
    });
  }

  /** Its exit code; none when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    assert.ok(this.#child !== undefined && this.#exited !== undefined, "it is not running");
    this.#child.kill(signal);
    const status = await this.#exited;
    this.#child = undefined;
    return status;
  }
}
