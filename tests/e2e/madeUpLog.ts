// A report log made up by a test and served in the gateway's name, and whatever else it wants to lie about;
// the rest is the gateway's. It has the log's key, so it can sign anything.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, request as httpsRequest, type Server } from "node:https";

import type { Party } from "../../gateway/web/shared/identity/party.ts";
import { serializeNote, signNote } from "../../gateway/web/shared/note/note.ts";
import { checkpointText, leafHash, rootOf } from "../vectors/charterlog/charterlog.ts";
import type { TestGateway } from "./harness.ts";
import { partyIn } from "./webClient.ts";

/** The number that x001/x234/067.p/5 names, and its width. */
function parseTile(path: string): { index: number; width: number } {
  const [index = "", width] = path.split(".p/");
  return { index: Number(index.replaceAll(/[x/]/g, "")), width: width === undefined ? 256 : Number(width) };
}

export class MadeUpLog {
  readonly origin = "log.test.localhost";
  /** Of the log, oldest first. */
  entries: Buffer[] = [];
  /** By target: what is served instead; null: 404. */
  readonly lies = new Map<string, string | Buffer | null>();
  readonly #log: Party;
  readonly #server: Server;

  private constructor(gateway: TestGateway, log: Party) {
    this.#log = log;
    const pem = (name: string): Buffer => readFileSync(gateway.file(name));
    this.#server = createServer({ cert: pem("tls.pem"), key: pem("tls.key") }, (request, response) => {
      const target = request.url ?? "";
      const lie = this.lies.get(target);
      const made = lie !== undefined ? lie : target.startsWith("/log/") ? this.#serve(target.slice(5)) : undefined;
      if (made !== undefined) {
        response.writeHead(made === null ? 404 : 200, target.startsWith("/v1/") ? { "content-type": "application/json" } : {});
        response.end(made ?? "");
        return;
      }
      const onward = httpsRequest(
        { host: "127.0.0.1", port: gateway.port, path: target, method: request.method, headers: request.headers, rejectUnauthorized: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
  }

  /** On `port`, or any that is free. */
  static async start(gateway: TestGateway, port = 0): Promise<MadeUpLog> {
    const made = new MadeUpLog(gateway, await partyIn(gateway, "log"));
    await new Promise<void>((done, fail) => {
      made.#server.once("error", fail);
      made.#server.listen(port, "127.0.0.1", done);
    });
    return made;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  get url(): string {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === "object");
    return `https://localhost:${address.port}`;
  }

  /** Entries of 32 bytes, as leaves are. */
  grow(count: number, word = "entry"): void {
    for (let i = 0; i < count; ++i) this.entries.push(leafHash(Buffer.from(`${word} ${this.entries.length}`)));
  }

  get checkpoint(): string {
    return this.sign(checkpointText(this.origin, this.entries.map(leafHash)), this.origin);
  }

  /** A note by the log's key. */
  sign(text: string, name: string): string {
    return serializeNote(signNote({ text, signatures: [] }, name, this.#log.key("note")));
  }

  #serve(path: string): string | Buffer | null {
    if (path === "checkpoint") return this.checkpoint;
    const [kind, ...rest] = path.replace(/^tile\//, "").split("/");
    const { index, width } = parseTile(rest.join("/"));
    const leaves = this.entries.map(leafHash);
    if (kind === "entries") {
      const some = this.entries.slice(256 * index, 256 * index + width);
      return some.length < width ? null : Buffer.concat(some.map((entry) => Buffer.concat([Buffer.of(0, entry.length), entry])));
    }
    const span = 256 ** Number(kind);
    const hashes = Array.from({ length: width }, (_, i) => leaves.slice((256 * index + i) * span, (256 * index + i + 1) * span));
    return hashes.some((each) => each.length < span) ? null : Buffer.concat(hashes.map(rootOf));
  }
}
