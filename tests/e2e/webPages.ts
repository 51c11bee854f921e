// A TestGateway that serves the reporter's web app, and a proxy before it on an origin of its own: tests
// look at what was asked, change what is answered, and cut connections.
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpRequest, type Server } from "node:https";

import { freePorts, type StartOptions, TestGateway } from "./harness.ts";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly bytes: number; // of the body that was answered, as it was sent
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface PagesOptions extends StartOptions {
  readonly exitUrl?: string;
}

/** Answers itself instead of the gateway; false: the gateway does. */
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
  #server: Server | undefined;

  private constructor(gateway: TestGateway, port: number) {
    this.gateway = gateway;
    this.port = port;
  }

  static async start(options: PagesOptions = {}): Promise<WebPages> {
    const [port] = await freePorts(1);
    const { exitUrl, ...rest } = options;
    const web = exitUrl === undefined ? [] : [`exit_url = ${JSON.stringify(exitUrl)}`];
    const gateway = await TestGateway.start({
      ...rest,
      web: true,
      config: { ...rest.config, web: [...web, ...(rest.config?.web ?? [])] },
      origins: [...(rest.origins ?? []), `https://localhost:${port}`],
    });
    const pages = new WebPages(gateway, port!);
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
    if (await this.instead(method, new URL(url, this.url).pathname, response)) return;
    return this.#pass(request, response);
  }

  #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { gateway, cut } = this;
    const { method = "", url = "/", headers } = request;
    return new Promise((done, fail) => {
      const onward = httpRequest(
        new URL(url, gateway.url),
        { method, headers, ca: readFileSync(gateway.file("ca.pem")) },
        (answer) => {
          const date = new Date(Date.parse(String(answer.headers.date)) + this.dateSkew * 1000).toUTCString();
          response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
          let bytes = 0;
          answer.on("data", (part: Buffer) => (bytes += part.length));
          answer.on("end", () => {
            this.seen.push({ method, path: url, bytes, headers });
            done();
          });
          answer.pipe(response);
        },
      );
      onward.on("error", fail);
      let sent = 0;
      request.on("data", (part: Buffer) => {
        sent += part.length;
        if (cut === undefined || cut.times === 0 || !cut.path.test(url) || sent < cut.afterBytes) return;
        --cut.times;
        onward.destroy();
        request.socket.destroy();
      });
      request.pipe(onward);
    });
  }
}
