// A real mail server for one test file (Debian's aiosmtpd, support/mail_server.py), and a receiver of webhooks over TLS.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { freePorts } from "./harness.ts";

export interface ReceivedMail {
  readonly at: number; // Unix milliseconds
  readonly sender: string;
  readonly to: readonly string[];
  readonly tls: boolean;
  readonly authenticated: boolean;
  readonly client: string;
  readonly data: string;
}

export interface ReceivedCall {
  readonly at: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const script = fileURLToPath(new URL("support/mail_server.py", import.meta.url));

/** A certificate for localhost in a folder of its own: cert.pem, key.pem. */
export class Certificate {
  readonly folder = mkdtempSync(join(tmpdir(), "safeconduct-mail-"));
  readonly file = join(this.folder, "cert.pem");
  readonly key = join(this.folder, "key.pem");

  constructor(days = 2) {
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", String(days)],
      ...["-keyout", this.key, "-out", this.file, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
  }

  /** A file beside it; gives its path. */
  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 });
    return join(this.folder, name);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class MailServer {
  readonly mails: ReceivedMail[] = [];
  later = 0; // recipients that were answered with 451
  readonly port: number;
  #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static async start(certificate: Certificate, password: string, options: readonly string[] = []): Promise<MailServer> {
    const [port] = await freePorts(1);
    const child = spawn("/usr/bin/python3", [script, String(port), certificate.file, certificate.key, ...options], {
      env: { PATH: process.env["PATH"], MAIL_PASSWORD: password },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const server = new MailServer(port!, child);
    await new Promise<void>((done, fail) => {
      let rest = "";
      let complaints = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
      child.once("error", fail);
      child.once("close", (status) => fail(new Error(`the mail server ended with ${status}:\n${complaints}`)));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
          const said = JSON.parse(line) as { kind: string } & Omit<ReceivedMail, "at">;
          if (said.kind === "ready") done();
          else if (said.kind === "later") server.later += 1;
          else server.mails.push({ ...said, at: Date.now() });
        }
      });
    });
    return server;
  }

  dispose(): Promise<void> {
    return new Promise((done) => {
      this.#child.once("close", () => done());
      this.#child.stdin!.end();
      this.#child.kill();
    });
  }
}

export class WebhookReceiver {
  readonly calls: ReceivedCall[] = [];
  readonly port: number;
  #server: Server;

  private constructor(port: number, certificate: Certificate) {
    this.port = port;
    this.#server = createServer({ cert: readFileSync(certificate.file), key: readFileSync(certificate.key) }, (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text)).on("end", () => {
        this.calls.push({ at: Date.now(), headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
  }

  static async start(certificate: Certificate): Promise<WebhookReceiver> {
    const [port] = await freePorts(1);
    const receiver = new WebhookReceiver(port!, certificate);
    await new Promise<void>((done, fail) => receiver.#server.once("error", fail).listen(port, "127.0.0.1", done));
    return receiver;
  }

  dispose(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }
}
