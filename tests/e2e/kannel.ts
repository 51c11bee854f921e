// A real Kannel for one test file: bearerbox and smsbox of Debian, with the fake SMSC of its own, and
// a telephone network that speaks to that. Debian's packages kannel and kannel-extras.
//
// The fake SMSC is a line each way: SENDER RECEIVER TYPE MESSAGE, where TYPE is `text` (UTF-8, as it is), `udh`
// (percent-encoded: first the header, then the octets of the message) or, towards telephones only, `ucs-2`. What
// comes by udh Kannel hands on as 8 bits; telephones' own alphabets are for the unit tests.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "./harness.ts";
import { poll } from "./support/poll.ts";

export interface ShortMessage {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface KannelOptions {
  /** Where smsbox brings what telephones send: the URL of the relay's interface, with its token. */
  readonly relayUrl: string;
  /** Whether Kannel joins the parts of long messages, as it does by itself; else the relay has to. */
  readonly joinsParts?: boolean;
}

const sendUser = "relay";
const sendPassword = "kannel-password";

export class Kannel {
  readonly folder = mkdtempSync(join(tmpdir(), "safeconduct-kannel-"));
  readonly user = sendUser;
  readonly password = sendPassword;
  /** What telephones got, in the order in which it came. */
  readonly received: ShortMessage[] = [];
  #ports: number[] = [];
  #boxes = new Map<string, { child: ChildProcess; exited: Promise<void> }>();
  #network: Socket | undefined;
  #parts = new Map<string, string[]>();
  #reference = 0;

  static async start(options: KannelOptions): Promise<Kannel> {
    const kannel = new Kannel();
    try {
      kannel.#ports = await freePorts(4);
      mkdirSync(join(kannel.folder, "spool"));
      kannel.#writeConfig(options);
      await kannel.serve();
      return kannel;
    } catch (error) {
      await kannel.dispose();
      throw error;
    }
  }

  get sendUrl(): string {
    return `http://127.0.0.1:${this.#ports[2]}/cgi-bin/sendsms`;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Starts both boxes and the telephone network again. */
  async serve(): Promise<void> {
    await this.#box("bearerbox", this.#ports[0]!);
    await this.#box("smsbox", this.#ports[2]!);
    await this.#attach();
  }

  /** kill -9 of one of them. */
  async kill(box: "bearerbox" | "smsbox"): Promise<void> {
    const running = this.#boxes.get(box);
    assert.ok(running, `${box} runs`);
    this.#boxes.delete(box);
    running.child.kill("SIGKILL");
    await running.exited;
    if (box === "bearerbox") this.#network?.destroy();
  }

  async dispose(): Promise<void> {
    this.#network?.destroy();
    for (const box of [...this.#boxes.keys()]) await this.kill(box as "bearerbox");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A telephone sends an SMS; a longer text goes as parts, as telephones do it. */
  send(from: string, to: string, text: string): void {
    const letters = [...text].map((letter) => Buffer.from(letter));
    if (Buffer.concat(letters).length <= 140) return this.#line(`${from} ${to} text ${text}`);
    const parts: Buffer[][] = [[]];
    for (const letter of letters) {
      if (Buffer.concat([...parts.at(-1)!, letter]).length > 134) parts.push([]);
      parts.at(-1)!.push(letter);
    }
    this.#reference = (this.#reference % 255) + 1;
    parts.forEach((part, i) => {
      const header = Buffer.from([5, 0, 3, this.#reference, parts.length, i + 1]);
      this.#line(`${from} ${to} udh ${percent(header)} ${percent(Buffer.concat(part))}`);
    });
  }

  /** How many messages Kannel has taken from either side and not yet passed on. */
  async storeSize(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports[0]}/status.txt?password=admin`);
    const [, size] = /store size (-?\d+)/.exec(await answer.text()) ?? [];
    assert.ok(size !== undefined, "Kannel's status names the size of its store");
    return Number(size);
  }

  /** What that telephone got so far. */
  inbox(number: string): string[] {
    return this.received.filter((message) => message.to === number).map((message) => message.text);
  }

  // --------------------------------------------------------------------------------------------

  #line(line: string): void {
    assert.ok(this.#network, "the telephone network is up");
    this.#network.write(`${line}\n`);
  }

  #writeConfig(options: KannelOptions): void {
    const [admin, box, sendsms, smsc] = this.#ports;
    const query = "id=%I"; // and no more: what cannot be reached stands in Kannel's log
    const separator = options.relayUrl.includes("?") ? "&" : "?";
    const groups: Record<string, string | number | boolean>[] = [
      {
        group: "core",
        "admin-port": admin!,
        "admin-interface": "127.0.0.1",
        "admin-password": "admin",
        "smsbox-port": box!,
        "smsbox-interface": "127.0.0.1",
        "box-allow-ip": "127.0.0.1",
        "log-file": `"${this.file("bearerbox.log")}"`,
        "log-level": 1,
        "store-type": "spool",
        "store-location": `"${this.file("spool")}"`,
        "dlr-storage": "internal",
        "sms-combine-concatenated-mo": options.joinsParts !== false,
      },
      { group: "smsc", smsc: "fake", "smsc-id": "fake", port: smsc!, "connect-allow-ip": "127.0.0.1" },
      {
        group: "smsbox",
        "bearerbox-host": "127.0.0.1",
        "bearerbox-port": box!,
        "sendsms-port": sendsms!,
        "sendsms-interface": "127.0.0.1",
        "log-file": `"${this.file("smsbox.log")}"`,
        "log-level": 1,
        "http-request-retry": 10_000,
        "http-queue-delay": 1,
      },
      { group: "sendsms-user", username: sendUser, password: sendPassword, "user-allow-ip": "127.0.0.1", concatenation: true, "max-messages": 20 },
      {
        group: "sms-service",
        keyword: "default",
        "catch-all": true,
        "omit-empty": true,
        "send-sender": true,
        "max-messages": 0,
        "post-url": `"${options.relayUrl}${separator}${query}"`,
      },
    ];
    const text = groups.map((group) => Object.entries(group).map(([key, value]) => `${key} = ${value}\n`).join(""));
    writeFileSync(this.file("kannel.conf"), text.join("\n"));
  }

  async #box(name: "bearerbox" | "smsbox", port: number): Promise<void> {
    const child = spawn(`/usr/sbin/${name}`, [this.file("kannel.conf")], { stdio: "ignore" });
    const exited = new Promise<void>((done) => child.once("close", () => done()));
    this.#boxes.set(name, { child, exited });
    await poll(`${name} to listen`, () => opens(port));
  }

  async #attach(): Promise<void> {
    const port = this.#ports[3]!;
    await poll("the fake SMSC to listen", () => opens(port));
    const socket = connect(port, "127.0.0.1");
    this.#network = socket;
    await new Promise<void>((done, fail) => socket.once("connect", done).once("error", fail));
    socket.on("error", () => {}); // of a bearerbox that was killed
    let rest = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#take(line);
    });
  }

  #take(line: string): void {
    const [from, receiver, type, ...words] = line.split(" ");
    const to = receiver?.replace(/^\+/, "");
    assert.ok(from !== undefined && to !== undefined, line);
    if (type === "text") this.received.push({ from, to, text: words.join(" ") });
    if (type === "ucs-2") this.received.push({ from, to, text: utf16(unpercent(words[0]!)) });
    if (type === "udh") this.#takePart(from, to, unpercent(words[0]!), unpercent(words[1]!));
  }

  /** Joins the parts of an answer, as a telephone does. */
  #takePart(from: string, to: string, header: Buffer, content: Buffer): void {
    const [reference, count, index] = [...header.subarray(3)];
    const key = `${from} ${to} ${reference}`;
    const parts = this.#parts.get(key) ?? [];
    const wide = content.length % 2 === 0 && content.some((byte) => byte === 0 || byte >= 0x80);
    parts[index! - 1] = wide ? utf16(content) : content.toString("latin1");
    this.#parts.set(key, parts);
    if (parts.filter((part) => part !== undefined).length < count!) return;
    this.#parts.delete(key);
    this.received.push({ from, to, text: parts.join("") });
  }
}

/** Stands before an HTTP interface for SMS and keeps what was asked of it, by text. */
export class SendTap {
  readonly asked: string[] = [];
  /** Of those, what was answered with 2xx. */
  readonly taken: string[] = [];
  url = "";
  #server: Server;

  private constructor(target: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const url = new URL(request.url!, target);
        const body = Buffer.concat(chunks);
        const text = url.searchParams.get("text") ?? body.toString();
        this.asked.push(text);
        const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith("x-") || name === "content-type"));
        const ask = { method: request.method!, headers: headers as Record<string, string>, ...(body.length > 0 && { body }) };
        fetch(url, ask).then(
          async (answer) => {
            const content = Buffer.from(await answer.arrayBuffer());
            if (answer.ok) this.taken.push(text);
            response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" }).end(content);
          },
          () => request.destroy(),
        );
      });
    });
  }

  static async start(target: string): Promise<SendTap> {
    const tap = new SendTap(target);
    await new Promise<void>((done) => tap.#server.listen(0, "127.0.0.1", done));
    const address = tap.#server.address();
    assert.ok(address !== null && typeof address === "object");
    tap.url = `http://127.0.0.1:${address.port}${new URL(target).pathname}${new URL(target).search}`;
    return tap;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const percent = (bytes: Buffer): string => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

function unpercent(text: string): Buffer {
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === "%") {
      out.push(Number.parseInt(text.slice(i + 1, i + 3), 16));
      i += 2;
    } else {
      out.push(text[i] === "+" ? 0x20 : text.charCodeAt(i));
    }
  }
  return Buffer.from(out);
}

const utf16 = (bytes: Buffer): string => Buffer.from(bytes).swap16().toString("utf16le");

function opens(port: number): Promise<true | undefined> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(undefined));
  });
}
