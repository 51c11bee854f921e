// Things that stand between a client and the gateway and do harm, for tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer, request as httpsRequest, type Server as HttpsServer } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";

import type { Party } from "../../gateway/web/shared/identity/party.ts";
import { serializeNote, signNote } from "../../gateway/web/shared/note/note.ts";
import { checkpointText, entryOf, leafHash, proofText } from "../vectors/charterlog/charterlog.ts";
import type { TestGateway } from "./harness.ts";
import { partyIn } from "./webClient.ts";

function portOf(server: Server | HttpsServer): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address.port;
}

/** Forwards bytes, and breaks connections where it is told to. */
export class CuttingProxy {
  /** Cuts the connection that carries the byte with that number, of all from clients; ascending. */
  readonly cutsUp: number[] = [];
  /** The same for bytes from the gateway. */
  readonly cutsDown: number[] = [];
  /** Of each connection in turn: after so many bytes from the client, the gateway's answer is lost. */
  readonly lostAnswersAfter: number[] = [];
  cutsMade = 0;
  #passedUp = 0;
  #passedDown = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** On `port`, or any that is free. */
  static async start(targetPort: number, port = 0): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => proxy.#join(client, connect(targetPort, "127.0.0.1")));
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(port, "127.0.0.1", done);
    });
    return proxy;
  }

  get url(): string {
    return `https://localhost:${portOf(this.#server)}`;
  }

  /** Bytes from clients so far, those of broken connections with them. */
  get passedUp(): number {
    return this.#passedUp;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(client: Socket, gateway: Socket): void {
    const end = (): void => {
      client.destroy();
      gateway.destroy();
    };
    const cut = (): void => {
      this.cutsMade += 1;
      end();
    };
    for (const socket of [client, gateway]) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    const lostAfter = this.lostAnswersAfter.shift() ?? Infinity;
    let fromClient = 0;
    this.#forward(client, gateway, (count) => {
      fromClient += count;
      this.#passedUp += count;
      return take(this.cutsUp, this.#passedUp) && cut();
    });
    this.#forward(gateway, client, (count) => {
      this.#passedDown += count;
      return (fromClient >= lostAfter || take(this.cutsDown, this.#passedDown)) && cut();
    });
  }

  /** `broken` is told of bytes before they go on; they do not when it broke the connection. */
  #forward(from: Socket, to: Socket, broken: (count: number) => false | void): void {
    from.on("data", (bytes: Buffer) => {
      if (broken(bytes.length) !== false || to.destroyed) return;
      if (!to.write(bytes)) {
        from.pause();
        to.once("drain", () => from.resume());
      }
    });
    from.on("end", () => to.end());
  }
}

/** Whether the first of `marks` was reached; then it is gone. */
function take(marks: number[], reached: number): boolean {
  if (marks.length === 0 || reached < marks[0]!) return false;
  marks.shift();
  return true;
}

/** As if `note` were the newest charter of its log, whatever came before it. */
export function proofOf(note: string, log: Party): string {
  const text = note.slice(0, note.lastIndexOf("\n\n") + 1);
  const [origin = "", version] = text.split("\n");
  if (!/^[1-9][0-9]?$/.test(version ?? "")) return "";
  const before = Array.from({ length: Number(version) - 1 }, (_, i) => leafHash(Buffer.from(`charter ${i + 1}`)));
  const leaves = [...before, leafHash(entryOf(text))];
  const checkpoint = signNote({ text: checkpointText(origin, leaves), signatures: [] }, origin, log.key("note"));
  return proofText(leaves.length - 1, leaves, checkpoint.text, serializeNote(checkpoint).slice(checkpoint.text.length + 1));
}

/**
 * Speaks for the gateway, but shows a charter of the test's choice; counts what else was asked. It has the
 * log's key, so it can prove whatever it shows, unless the test gives it a proof.
 */
export class LyingGateway {
  note = "";
  proof: string | undefined;
  readonly requests: string[] = [];
  readonly #server: HttpsServer;

  private constructor(gateway: TestGateway, log: Party) {
    const pem = (name: string): Buffer => readFileSync(gateway.file(name));
    this.#server = createHttpsServer({ cert: pem("tls.pem"), key: pem("tls.key") }, (request, response) => {
      if (request.method === "GET" && request.url === "/v1/charter") {
        const proof = this.proof ?? proofOf(this.note, log);
        response.setHeader("content-type", "application/json").end(JSON.stringify({ note: this.note, proof }));
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
    const lying = new LyingGateway(gateway, await partyIn(gateway, "log"));
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
