// Forwards bytes and notes the lengths of the TLS records in them, as whoever watches a network sees them.
import { connect, createServer, type Server, type Socket } from "node:net";

const applicationData = 23;
const headerBytes = 5; // RFC 8446, section 5.1: type, version, length

/** Gives `note` the length of each record of application data in a stream. */
function readRecords(note: (length: number) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= headerBytes) {
      const length = rest.readUInt16BE(3);
      if (rest.length < headerBytes + length) return;
      if (rest[0] === applicationData) note(length);
      rest = rest.subarray(headerBytes + length);
    }
  };
}

export interface Records {
  readonly sent: number[];
  readonly received: number[];
}

export class RecordTap {
  #records: Records = { sent: [], received: [] };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number, target: () => number): Promise<RecordTap> {
    const server = createServer();
    const tap = new RecordTap(server);
    server.on("connection", (client) => tap.#join(client, connect(target(), "127.0.0.1")));
    await new Promise<void>((done, fail) => void server.once("error", fail).listen(port, "localhost", done));
    return tap;
  }

  /** What passed since it was asked last. */
  take(): Records {
    const records = this.#records;
    this.#records = { sent: [], received: [] };
    return records;
  }

  get sentBytes(): number {
    return this.#records.sent.reduce((sum, length) => sum + length, 0);
  }
  get receivedBytes(): number {
    return this.#records.received.reduce((sum, length) => sum + length, 0);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(client: Socket, gateway: Socket): void {
    client.on("data", readRecords((length) => this.#records.sent.push(length)));
    gateway.on("data", readRecords((length) => this.#records.received.push(length)));
    for (const [from, to] of [[client, gateway], [gateway, client]] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
