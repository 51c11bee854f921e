// Forwards bytes and counts them, so that a test can act at a moment of the traffic.
import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";

export class CountingProxy {
  #toGateway = 0;
  #waiting: { at: number; reached: () => void }[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** On a port of its own, or on `port`, which signatures may then be for. */
  static async start(targetPort: number, port = 0): Promise<CountingProxy> {
    const server = createServer();
    const proxy = new CountingProxy(server);
    server.on("connection", (client) => proxy.#join(client, connect(targetPort, "127.0.0.1")));
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(port, "127.0.0.1", done);
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === "object");
    return `https://localhost:${address.port}`;
  }

  /** When so many more bytes have gone to the gateway. */
  after(bytes: number): Promise<void> {
    return new Promise((reached) => this.#waiting.push({ at: this.#toGateway + bytes, reached }));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(client: Socket, gateway: Socket): void {
    for (const [from, to] of [[client, gateway], [gateway, client]] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
    client.on("data", (bytes: Buffer) => this.#count(bytes.length));
  }

  #count(bytes: number): void {
    this.#toGateway += bytes;
    const reached = this.#waiting.filter(({ at }) => at <= this.#toGateway);
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#toGateway);
    for (const waiting of reached) waiting.reached();
  }
}
