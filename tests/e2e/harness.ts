// A whole Safeconduct for one test file: a folder of its own with keys, certificate and charter made
// by the real CLI, and the real gateway over TLS and RocksDB. Nothing is shared between files, so
// they may run at the same time.
//
//   const gateway = await TestGateway.start();
//   after(() => gateway.dispose());
//   const report = await gateway.json(["report", "submit", "--channel", "conduct", …]);
//   const cases = await gateway.json(["case", "list"], { as: "intake" });
//
// Programs: $SAFECONDUCT_BIN/safeconduct{,-gateway}, $SAFECONDUCT_DEPS/bin/age (set by tests/run).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { Server } from "./support/server.ts";

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is set by tests/run`);
  return resolve(value);
}

export const binFolder = setting("SAFECONDUCT_BIN");
export const ageFolder = join(setting("SAFECONDUCT_DEPS"), "bin");
export const demoFolder = join(dirname(fileURLToPath(import.meta.url)), "../../deploy/demo");
export const webApp = join(dirname(fileURLToPath(import.meta.url)), "../../build/web/reporter"); // made by tests/run
export const program = join(binFolder, "safeconduct");

/** The CLI's exit codes (gateway/cli/README.md). */
export const exits = { ok: 0, local: 1, usage: 2, refused: 3, unverified: 4, network: 5, key: 6 } as const;

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; does not judge its exit code. */
export function run(
  file: string,
  args: readonly string[],
  options: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, { env: options.env ?? process.env, cwd: options.cwd, stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => {}); // it need not read all of it
    child.stdin.end(options.input ?? "");
    child.on("error", fail);
    child.on("close", (status, signal) => {
      if (status === null) fail(new Error(`${file} ${args.join(" ")} was ended by ${signal}\n${stderr}`));
      else done({ status, stdout, stderr });
    });
  });
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done, fail) => {
          server.once("error", fail);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            assert.ok(address !== null && typeof address === "object");
            done(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

export interface HolderPlan {
  readonly label: string;
  readonly organisation: string;
  readonly roles: readonly string[];
  readonly national?: boolean;
}

export const usualHolders: readonly HolderPlan[] = [
  { label: "intake", organisation: "Conduct and Discipline Team", roles: ["intake"] },
  { label: "intake-2", organisation: "Conduct and Discipline Team", roles: ["intake"] },
  { label: "support", organisation: "Victim Support", roles: ["support"] },
  { label: "support-2", organisation: "Victim Support", roles: ["support"] },
  { label: "investigator", organisation: "Oversight", roles: ["investigator"] },
  { label: "auditor", organisation: "Oversight", roles: ["auditor"] },
];

/** Those, and three trustees of three organisations, and an investigator of a Member State. */
export const quorumHolders: readonly HolderPlan[] = [
  ...usualHolders,
  { label: "investigator-2", organisation: "Oversight", roles: ["investigator"] },
  { label: "national", organisation: "Member State", roles: ["investigator"], national: true },
  { label: "trustee-1", organisation: "Conduct and Discipline Team", roles: ["trustee"] },
  { label: "trustee-2", organisation: "Oversight", roles: ["trustee"] },
  { label: "trustee-3", organisation: "Ombudsman", roles: ["trustee"] },
];

const policies = {
  intake: { account: "ACCOUNT_RELEASE_INTAKE" },
  quorum: { account: "ACCOUNT_RELEASE_QUORUM", quorumThreshold: 2, quorumOrganisations: 2 },
};

export interface StartOptions {
  readonly holders?: readonly HolderPlan[];
  /** The file of a channel; by default that of the demo, under this policy. */
  readonly channel?: string;
  /** Who accounts are sealed to; "intake" by default, "quorum" with `quorumHolders`: 2 trustees of 2 organisations. */
  readonly policy?: "intake" | "quorum";
  /** Of that channel, instead of the demo's. */
  readonly retention?: { readonly closedDays: number; readonly fromDay?: string };
  /** Lines of a section of gateway.toml, added or instead of the usual: { uploads: ["quota = \"1MiB\""] }. */
  readonly config?: Readonly<Record<string, readonly string[]>>;
  /** More origins that signatures may be for. */
  readonly origins?: readonly string[];
  /** Languages of the demo's texts besides English. */
  readonly languages?: readonly string[];
  /** Whether the reporter's web app is served, and named in the charter. */
  readonly web?: boolean;
  /** Seconds between two checkpoints of the report log; 60 by default. */
  readonly logInterval?: number;
  /** Keys of witnesses, all of whom have to cosign. */
  readonly witnesses?: readonly string[];
  /** What all programs are started with, besides the usual: a clock of their own, say (fakeClock.ts). */
  readonly env?: Readonly<Record<string, string>>;
  /** For how long the certificates are valid; 2 by default. */
  readonly certificateDays?: number;
  /** Whether the charter is put into force; true by default. */
  readonly publish?: boolean;
}

export interface CliOptions {
  /** Label of the holder, or name of another key, whose identity is used. */
  readonly as?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the gateway's own address. */
  readonly gateway?: string;
  readonly cwd?: string;
}

export class TestGateway {
  readonly folder = mkdtempSync(join(tmpdir(), "safeconduct-e2e-"));
  readonly origin = "charter.test.localhost";
  port = 0;
  privatePort = 0;
  readonly #server = new Server();
  #options: StartOptions = {};

  private constructor() {}

  /** A gateway that serves, with its charter in force. */
  static async start(options: StartOptions = {}): Promise<TestGateway> {
    const gateway = new TestGateway();
    try {
      gateway.#options = options;
      mkdirSync(gateway.file("home"));
      gateway.#makeCertificates();
      await gateway.#makeCharter();
      await gateway.serve();
      if (options.publish !== false) await gateway.publish("charter.note", gateway.languages.map((language) => `texts-${language}.json`));
      return gateway;
    } catch (error) {
      await gateway.dispose();
      throw error;
    }
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** The key file of a holder, root key or log. */
  key(name: string): string {
    return this.file(`${name}.key`);
  }

  /** What the gateway wrote to its log so far. */
  get log(): string {
    return readFileSync(this.file("gateway.log"), "utf8");
  }

  // --- The command line ------------------------------------------------------------------------

  environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const kept = ["PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR"];
    const environment: NodeJS.ProcessEnv = { HOME: this.file("home"), LANG: "C.UTF-8" };
    for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
    return { ...environment, ...this.#options.env, ...extra };
  }

  /** The arguments that every command of this gateway needs. */
  arguments(args: readonly string[], options: CliOptions = {}): string[] {
    const globals = ["--trust", this.file("trust.txt"), "--ca", this.file("ca.pem"), "--gateway", options.gateway ?? this.url];
    if (options.as !== undefined) globals.push("--identity", this.key(options.as));
    return [...globals, ...args];
  }

  cli(args: readonly string[], options: CliOptions = {}): Promise<Run> {
    return run(program, this.arguments(args, options), {
      env: this.environment(options.env),
      ...(options.input === undefined ? {} : { input: options.input }),
      cwd: options.cwd ?? this.folder,
    });
  }

  /** Runs it with --json, demands success and gives what it printed. */
  async json<T = any>(args: readonly string[], options: CliOptions = {}): Promise<T> {
    const { status, stdout, stderr } = await this.cli([...args, "--json"], options);
    assert.equal(status, exits.ok, `safeconduct ${args.join(" ")}\n${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs it with --json, demands this exit code and gives the error that it printed. */
  async fails(args: readonly string[], exit: number, options: CliOptions = {}): Promise<{ code: string; message: string; hint?: string; field?: string }> {
    const { status, stdout, stderr } = await this.cli([...args, "--json"], options);
    assert.equal(status, exit, `safeconduct ${args.join(" ")}\n${stdout}${stderr}`);
    const last = stderr.trimEnd().split("\n").at(-1) ?? "";
    const { error } = JSON.parse(last) as { error: { code: string; exit: number; message: string; hint?: string } };
    assert.equal(error.exit, exit);
    return error;
  }

  /** Puts a charter into force. `texts` are names of files in the demo's folder, or paths. */
  async publish(note: string, texts: readonly string[] = []): Promise<void> {
    await this.json(["charter", "publish", note, ...texts.flatMap((name) => ["--text", resolve(demoFolder, name)])]);
  }

  /** A new key in the folder, and what the charter takes of it. */
  async makeKey(name: string): Promise<string> {
    await this.json(["identity", "new", "--out", this.key(name)]);
    return JSON.stringify(await this.json(["identity", "show"], { as: name }));
  }

  async vkey(name: string, keyName: string): Promise<string> {
    const { vkey } = await this.json<{ vkey: string }>(["identity", "show", "--name", keyName], { as: name });
    return vkey;
  }

  /** Signs a draft with two of the three root keys. */
  async sign(draft: string): Promise<void> {
    for (const root of ["root-1", "root-2"]) await this.json(["charter", "sign", draft], { as: root });
  }

  // --- The process -----------------------------------------------------------------------------

  /** Starts the gateway and waits until it serves. Ports stay the same over restarts. */
  async serve(): Promise<void> {
    if (this.port === 0) {
      const [port, privatePort] = await freePorts(2);
      this.port = port!;
      this.privatePort = privatePort!;
      this.#writeConfig();
    }
    const args = ["serve", "--config", this.file("gateway.toml")];
    await this.#server.start(join(binFolder, "safeconduct-gateway"), args, this.environment(), "serving on https://");
  }

  get pid(): number {
    return this.#server.pid;
  }

  /** Asks it to stop; gives its exit code. */
  async stop(): Promise<number | null> {
    return this.#server.end("SIGTERM");
  }

  /** Ends it without a chance to finish anything. */
  async kill(): Promise<void> {
    await this.#server.end("SIGKILL");
  }

  async restart(): Promise<void> {
    assert.equal(await this.stop(), 0, "the gateway stopped cleanly");
    await this.serve();
  }

  async dispose(): Promise<void> {
    if (this.#server.running) await this.#server.end("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  // --- What a gateway needs --------------------------------------------------------------------

  #writeConfig(): void {
    const origins = [this.url, `https://127.0.0.1:${this.port}`, ...(this.#options.origins ?? [])];
    const sections: Record<string, string[]> = {
      listen: [
        `public_address = "127.0.0.1"`,
        `public_port = ${this.port}`,
        `tls_certificate = "tls.pem"`,
        `tls_key = "tls.key"`,
        `private_port = ${this.privatePort}`,
      ],
      charter: [`trust_file = "trust.txt"`],
      transparency_log: [`key_file = "log.key"`],
      storage: [`path = "store"`, `disk_reserve = "1MiB"`],
      log: [`file = "gateway.log"`],
      ...(this.#options.web && { web: [`folder = ${JSON.stringify(webApp)}`] }),
    };
    for (const [name, lines] of Object.entries(this.#options.config ?? {})) {
      const keys = lines.map((line) => line.split("=", 1)[0]!.trim());
      const kept = (sections[name] ?? []).filter((line) => !keys.includes(line.split("=", 1)[0]!.trim()));
      sections[name] = [...kept, ...lines];
    }
    let text = `public_origins = ${JSON.stringify(origins)}\n`;
    for (const [name, lines] of Object.entries(sections)) text += `\n[${name}]\n${lines.join("\n")}\n`;
    writeFileSync(this.file("gateway.toml"), text);
  }

  /** Of the texts that the charter names. */
  get languages(): readonly string[] {
    return ["en", ...(this.#options.languages ?? [])];
  }

  #openssl(...args: string[]): void {
    const { status, stderr, error } = spawnSync("openssl", args, { cwd: this.folder, encoding: "utf8" });
    if (error) throw error;
    assert.equal(status, 0, stderr);
  }

  #makeCertificates(): void {
    const days = String(this.#options.certificateDays ?? 2);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    this.#openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", days, "-subj", "/CN=Test CA");
    this.#openssl("req", ...key, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=localhost");
    writeFileSync(this.file("tls.ext"), "subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1\n");
    this.#openssl("x509", "-req", "-in", "tls.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "tls.pem", "-days", days, "-extfile", "tls.ext");
  }

  #channelOf(policy: keyof typeof policies): string {
    const channel: object = JSON.parse(readFileSync(join(demoFolder, "channel.json"), "utf8"));
    const path = this.file("channel.json");
    const { retention } = this.#options;
    writeFileSync(path, JSON.stringify({ ...channel, policy: policies[policy], ...(retention && { retention }) }));
    return path;
  }

  async #makeCharter(): Promise<void> {
    const roots = ["root-1", "root-2", "root-3"];
    await Promise.all([...roots, "log"].map((name) => this.makeKey(name)));
    const vkeys = await Promise.all(roots.map((name) => this.vkey(name, `${name}.test.localhost`)));
    const logKey = await this.vkey("log", "log.test.localhost");
    await this.json([
      ...["charter", "new", "--origin", this.origin, "--threshold", "2", "--log", logKey, "--log-interval", String(this.#options.logInterval ?? 60)],
      ...vkeys.flatMap((vkey) => ["--root", vkey]),
      ...(this.#options.witnesses ?? []).flatMap((vkey) => ["--witness", vkey]),
      ...["--witness-threshold", String(this.#options.witnesses?.length ?? 0)],
      ...["--out", "charter.json", "--trust-out", "trust.txt"],
    ]);
    const policy = this.#options.policy ?? "intake";
    for (const holder of this.#options.holders ?? (policy === "quorum" ? quorumHolders : usualHolders)) {
      const card = await this.makeKey(holder.label);
      const roles = holder.roles.flatMap((role) => ["--role", role]);
      if (holder.national === true) roles.push("--national-authority");
      await this.json(
        ["charter", "add-holder", "charter.json", "--label", holder.label, "--organisation", holder.organisation, ...roles, "--keys", "-"],
        { input: card },
      );
    }
    await this.json(["charter", "add-channel", "charter.json", this.#options.channel ?? this.#channelOf(policy)]);
    for (const language of this.languages) {
      await this.json(["charter", "add-text", "charter.json", join(demoFolder, `texts-${language}.json`), "--language", language]);
    }
    if (this.#options.web) await this.json(["charter", "add-web", "charter.json", join(webApp, "manifest.txt")]);
    await this.sign("charter.json");
  }
}
