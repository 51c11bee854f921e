// Things that stand between a client and the gateway and do harm, for tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer, request as httpsRequest, type Server as HttpsServer } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";

import type { TestGateway } from "./harness.ts";

function portOf(server: Server | HttpsServer): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address.port;
}

/** Forwards bytes, and cuts a connection where it is told to. */
export class CuttingProxy {
  /** Of each connection in turn: how many bytes from the client to let through before the cut. */
  readonly cuts: number[] = [];
  /** Of each connection in turn: how many bytes from the gateway to let through before the cut. */
  readonly answerCuts: number[] = [];
  connections = 0;
  cutsMade = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(targetPort: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => proxy.#join(client, connect(targetPort, "127.0.0.1")));
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(0, "127.0.0.1", done);
    });
    return proxy;
  }

  get port(): number {
    return portOf(this.#server);
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(client: Socket, gateway: Socket): void {
    this.connections += 1;
    const end = (): void => {
      client.destroy();
      gateway.destroy();
    };
    for (const socket of [client, gateway]) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    this.#forward(client, gateway, this.cuts.shift() ?? Infinity, end);
    this.#forward(gateway, client, this.answerCuts.shift() ?? Infinity, end);
  }

  #forward(from: Socket, to: Socket, limit: number, end: () => void): void {
    let passed = 0;
    from.on("data", (bytes: Buffer) => {
      const part = bytes.subarray(0, Math.max(0, limit - passed));
      passed += bytes.length;
      if (part.length > 0) {
        if (!to.write(part)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
      }
      if (passed >= limit) {
        this.cutsMade += 1;
        end();
      }
    });
    from.on("end", () => to.end());
  }
}

/** Speaks for the gateway, but shows a charter of the test's choice; counts what else was asked. */
export class LyingGateway {
  note = "";
  readonly requests: string[] = [];
  readonly #server: HttpsServer;

  private constructor(gateway: TestGateway) {
    const pem = (name: string): Buffer => readFileSync(gateway.file(name));
    this.#server = createHttpsServer({ cert: pem("tls.pem"), key: pem("tls.key") }, (request, response) => {
      if (request.method === "GET" && request.url === "/v1/charter") {
        response.setHeader("content-type", "application/json").end(JSON.stringify({ note: this.note }));
        return;
      }
      this.requests.push(`${request.method} ${request.url}`);
      const onward = httpsRequest(
        { host: "127.0.0.1", port: gateway.port, path: request.url, method: request.method, headers: request.headers, rejectUnauthorized: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
  }

  static async start(gateway: TestGateway): Promise<LyingGateway> {
    const lying = new LyingGateway(gateway);
    await new Promise<void>((done, fail) => {
      lying.#server.once("error", fail);
      lying.#server.listen(0, "127.0.0.1", done);
    });
    return lying;
  }

  get url(): string {
    return `https://localhost:${portOf(this.#server)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
