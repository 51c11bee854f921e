// The reporter's web app as a gateway would serve it, in front of a TestGateway: the built pages with
// their placeholders filled and the headers of design "Anonymity", and /v1 passed on, all on one origin.
// Tests look at what was asked and change what is answered.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpRequest, type Server } from "node:https";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { type Placeholder, placeholderPattern } from "../../gateway/web/reporter/build/placeholders.ts";
import { demoFolder, freePorts, type StartOptions, TestGateway } from "./harness.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const web = join(project, "gateway/web");
const built = join(project, "build/web/reporter");

const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types safeconduct",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
  "Cache-Control": "no-store",
};
const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

function newestSource(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

/** The folder with the built pages; builds them when a source is newer. */
export function builtPages(): string {
  const manifest = join(built, "manifest.txt");
  const isFresh = existsSync(manifest) && statSync(manifest).mtimeMs > newestSource(web);
  if (isFresh) return built;
  mkdirSync(join(project, "build/web"), { recursive: true });
  // Made aside and moved into place, so that whoever tests meanwhile finds whole pages.
  const fresh = mkdtempSync(join(project, "build/web/.new-"));
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "node_modules/vite/bin/vite.js", "build", "--config", "reporter/build/vite.config.ts"],
    { cwd: web, encoding: "utf8", env: { ...process.env, SAFECONDUCT_WEB_OUT: fresh } },
  );
  assert.equal(status, 0, stdout + stderr);
  rmSync(built, { recursive: true, force: true });
  renameSync(fresh, built);
  return built;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly bytes: number; // of the body that was answered
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface PagesOptions extends StartOptions {
  readonly exitUrl?: string;
}

/** An answer instead of the gateway's; undefined: the gateway's. */
export type Instead = (method: string, path: string, response: ServerResponse) => Promise<boolean> | boolean;

export class WebPages {
  readonly gateway: TestGateway;
  readonly port: number;
  readonly seen: Seen[] = [];
  /** Seconds that are added to the gateway's Date. */
  dateSkew = 0;
  instead: Instead = () => false;
  /** Breaks the connection in a request's body after so many bytes, so often. */
  cut: { path: RegExp; afterBytes: number; times: number } | undefined;
  readonly #exitUrl: string;
  readonly #folder = builtPages();
  #server: Server | undefined;

  private constructor(gateway: TestGateway, port: number, exitUrl: string) {
    this.gateway = gateway;
    this.port = port;
    this.#exitUrl = exitUrl;
  }

  static async start(options: PagesOptions = {}): Promise<WebPages> {
    const [port] = await freePorts(1);
    builtPages();
    const gateway = await TestGateway.start({ ...options, origins: [`https://localhost:${port}`] });
    const pages = new WebPages(gateway, port!, options.exitUrl ?? "about:blank");
    await pages.#listen();
    return pages;
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  async dispose(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    await this.gateway.dispose();
  }

  #listen(): Promise<void> {
    const { gateway } = this;
    const server = createServer({ cert: readFileSync(gateway.file("tls.pem")), key: readFileSync(gateway.file("tls.key")) });
    this.#server = server;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    return new Promise((done, fail) => server.once("error", fail).listen(this.port, "localhost", done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams } = new URL(url, this.url);
    if (await this.instead(method, pathname, response)) return;
    if (/^\/(v1\/|healthz)/.test(pathname)) return this.#pass(request, response);
    const file = this.#fileOf(pathname, searchParams.get("channel") ?? "conduct");
    const type = types[file?.name.split(".").at(-1) ?? ""];
    response.writeHead(file === undefined ? 404 : 200, {
      ...headers,
      ...(type && { "Content-Type": type }),
      ...(file?.compressed && { "Content-Encoding": "br" }),
    });
    response.end(file?.bytes);
    this.#saw(request, file?.bytes.length ?? 0);
  }

  #saw({ method = "", url = "", headers: sent }: IncomingMessage, bytes: number): void {
    this.seen.push({ method, path: url, bytes, headers: sent });
  }

  #fileOf(path: string, channel: string): { name: string; bytes: Buffer; compressed: boolean } | undefined {
    const [, language, page] = /^\/([a-z]{2})\/(plain)?$/.exec(path) ?? [];
    if (language !== undefined) {
      const name = join(this.#folder, language, page === undefined ? "index.html" : "plain.html");
      if (!existsSync(name)) return undefined;
      return { name, bytes: Buffer.from(this.#filled(readFileSync(name, "utf8"), language, channel)), compressed: false };
    }
    if (!/^\/assets\/[\w.-]+$/.test(path)) return undefined;
    const name = join(this.#folder, path);
    if (!existsSync(name)) return undefined;
    return { name, bytes: readFileSync(`${name}.br`), compressed: true };
  }

  // What the gateway does once it has a charter.
  #filled(page: string, language: string, channel: string): string {
    const texts = this.#texts(language);
    const words = texts.channels?.[channel] ?? {};
    const { contacts, deadlines } = JSON.parse(readFileSync(join(demoFolder, "channel.json"), "utf8"));
    const note = readFileSync(this.gateway.file("charter.note"), "utf8");
    const draft = JSON.parse(readFileSync(this.gateway.file("charter.json"), "utf8"));
    const intake = (draft.charter ?? draft).holders.find(({ label }: { label: string }) => label === "intake");
    const values: Readonly<Record<Placeholder, string>> = {
      title: "Information",
      exit_url: this.#exitUrl,
      onion: "",
      pinned: JSON.stringify({ trust: readFileSync(this.gateway.file("trust.txt"), "utf8"), channel }),
      channel,
      channel_title: words.title ?? "",
      channel_about: words.about ?? "",
      channel_readers: words.readers ?? "",
      channel_next: words.next ?? "",
      text_language: texts.language,
      contacts: contacts.map(({ kind, value }: Record<string, string>) => `${texts.contacts?.[kind!] ?? kind}: ${value}`).join("\n"),
      acknowledge_days: String(deadlines.acknowledgeDays),
      feedback_days: String(deadlines.feedbackDays),
      plain_readers: `${intake.label}, ${intake.organisation}`,
      plain_recipients: intake.recipient,
      plain_bytes: "16777216",
      charter_version: "1",
      charter_fingerprint: createHash("sha256").update(note).digest("hex").replace(/(....)(?=.)/g, "$1 "),
      report_id: "",
      gateway: "",
    };
    return page.replace(placeholderPattern, (_, name: Placeholder) =>
      values[name].replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`));
  }

  // Of the language, where the charter has it, else English.
  #texts(language: string): any {
    const has = this.gateway.languages.includes(language);
    return JSON.parse(readFileSync(join(demoFolder, `texts-${has ? language : "en"}.json`), "utf8"));
  }

  #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { gateway, cut } = this;
    return new Promise((done, fail) => {
      const onward = httpRequest(
        new URL(request.url ?? "/", gateway.url),
        { method: request.method ?? "GET", headers: request.headers, ca: readFileSync(gateway.file("ca.pem")) },
        (answer) => {
          const date = new Date(Date.parse(String(answer.headers.date)) + this.dateSkew * 1000).toUTCString();
          response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
          let bytes = 0;
          answer.on("data", (part: Buffer) => (bytes += part.length));
          answer.on("end", () => {
            this.#saw(request, bytes);
            done();
          });
          answer.pipe(response);
        },
      );
      onward.on("error", fail);
      let sent = 0;
      request.on("data", (part: Buffer) => {
        sent += part.length;
        if (cut === undefined || cut.times === 0 || !cut.path.test(request.url ?? "") || sent < cut.afterBytes) return;
        --cut.times;
        onward.destroy();
        request.socket.destroy();
      });
      request.pipe(onward);
    });
  }
}
