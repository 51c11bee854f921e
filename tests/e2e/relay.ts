// A real SMS relay for one test file, beside a TestGateway that has it in its charter.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { binFolder, freePorts, type HolderPlan, type TestGateway, usualHolders } from "./harness.ts";
import { Server } from "./support/server.ts";

export const relayHolders: readonly HolderPlan[] = [
  ...usualHolders,
  { label: "relay", organisation: "Telephone office", roles: ["relay"] },
];

export interface RelayOptions {
  /** Lines of a table of relay.toml, added or instead of the usual. */
  readonly config?: Readonly<Record<string, readonly string[]>>;
  /** Of the channel: lines of its [[channels]]. */
  readonly channel?: readonly string[];
  /** More [[interfaces]], as lines. */
  readonly interfaces?: readonly (readonly string[])[];
  /** Lines of [send]; by default Kannel's, once `sendThrough` was called. */
  readonly send?: readonly string[];
}

export class TestRelay {
  readonly token = randomBytes(16).toString("hex");
  readonly secret = randomBytes(32).toString("hex");
  port = 0;
  privatePort = 0;
  readonly #gateway: TestGateway;
  #options: RelayOptions;
  readonly #server = new Server();

  private constructor(gateway: TestGateway, options: RelayOptions) {
    this.#gateway = gateway;
    this.#options = options;
  }

  /** With its ports, but not yet running: who else is configured needs its address. */
  static async prepare(gateway: TestGateway, options: RelayOptions = {}): Promise<TestRelay> {
    const relay = new TestRelay(gateway, options);
    const [port, privatePort] = await freePorts(2);
    relay.port = port!;
    relay.privatePort = privatePort!;
    writeFileSync(gateway.file("kannel.token"), `${relay.token}\n`, { mode: 0o600 });
    writeFileSync(gateway.file("webhook.secret"), `${relay.secret}\n`, { mode: 0o600 });
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What Kannel's post-url begins with. */
  get kannelUrl(): string {
    return `${this.url}/kannel?secret=${this.token}`;
  }

  get stateFolder(): string {
    return this.#gateway.file("relay-state");
  }

  /** Answers go out through that Kannel. */
  sendThrough(kannel: { sendUrl: string; user: string; password: string }): void {
    writeFileSync(this.#gateway.file("kannel.password"), `${kannel.password}\n`, { mode: 0o600 });
    const send = [
      `kind = "kannel"`,
      `url = "${kannel.sendUrl}"`,
      `username = "${kannel.user}"`,
      `secret_file = "kannel.password"`,
      `delivery_url = "${this.url}/kannel/delivery"`,
      `delivery_secret_file = "kannel.token"`,
    ];
    this.#options = { ...this.#options, send };
  }

  async serve(): Promise<void> {
    this.#writeConfig();
    const args = ["serve", "--config", this.#gateway.file("relay.toml")];
    await this.#server.start(join(binFolder, "safeconduct-sms-relay"), args, this.#gateway.environment(), "serving on http");
  }

  get pid(): number {
    return this.#server.pid;
  }

  async stop(): Promise<number | null> {
    return this.#server.end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#server.end("SIGKILL");
  }

  async dispose(): Promise<void> {
    if (this.#server.running) await this.#server.end("SIGKILL");
  }

  /** A figure of /metrics. */
  async figure(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.privatePort}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    assert.ok(line !== undefined, `${name} is among\n${text}`);
    return Number(line.slice(name.length + 1));
  }

  #writeConfig(): void {
    const tables: Record<string, readonly string[]> = {
      "[gateway]": [`url = "${this.#gateway.url}"`, `ca_file = "ca.pem"`, `trust_file = "trust.txt"`],
      "[relay]": [`key_file = "relay.key"`, `state_folder = "relay-state"`],
      "[listen]": [`address = "127.0.0.1"`, `port = ${this.port}`, `private_port = ${this.privatePort}`],
      "[log]": [`file = "relay.log"`],
      "[[channels]]": [`id = "conduct"`, `to = ["1234"]`, ...(this.#options.channel ?? [])],
      "[send]": this.#options.send ?? [],
    };
    for (const [name, lines] of Object.entries(this.#options.config ?? {})) {
      tables[`[${name}]`] = [...(tables[`[${name}]`] ?? []), ...lines];
    }
    const interfaces = [
      [`name = "kannel"`, `kind = "kannel"`, `path = "/kannel"`, `secret_file = "kannel.token"`],
      [`name = "webhook"`, `kind = "webhook"`, `path = "/webhook"`, `secret_file = "webhook.secret"`],
      ...(this.#options.interfaces ?? []),
    ];
    let text = "";
    for (const [name, lines] of Object.entries(tables)) {
      if (lines.length > 0) text += `${name}\n${lines.join("\n")}\n\n`;
    }
    for (const lines of interfaces) text += `[[interfaces]]\n${lines.join("\n")}\n\n`;
    writeFileSync(this.#gateway.file("relay.toml"), text);
  }
}
