// The gateway as a program on a network: who may see what, uploads by another's client, its two other
// doors, new certificates, and what its log and its figures do not say.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { Upload } from "tus-js-client";

import { ageFolder, demoFolder, run, TestGateway } from "./harness.ts";
import { poll } from "./support/poll.ts";
import { Signer } from "./signing.ts";

const answers = join(demoFolder, "answers.json");
const canary = `canary-${randomBytes(9).toString("hex")}`;
let gateway: TestGateway;
let reported: { report_id: string };

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
  readonly certificate?: PeerCertificate;
}

interface CallOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  readonly agent?: Agent;
  readonly socketPath?: string;
  readonly port?: number;
}

function call(path: string, options: CallOptions = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    const plain = options.socketPath !== undefined || options.port !== undefined;
    const common = { method: options.method ?? "GET", path, headers: { "User-Agent": canary, ...options.headers } };
    const where = options.socketPath !== undefined ? { socketPath: options.socketPath } : { host: "localhost", port: options.port ?? gateway.port };
    const sent = plain
      ? httpRequest({ ...common, ...where })
      : httpsRequest({ ...common, ...where, ca: readFileSync(gateway.file("ca.pem")), agent: options.agent ?? false });
    sent.on("response", (answer) => {
      const socket = answer.socket as TLSSocket;
      const certificate = plain ? undefined : socket.getPeerCertificate();
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body, ...(certificate ? { certificate } : {}) }));
    });
    sent.on("error", fail);
    sent.end(options.body);
  });
}

function signed(path: string, signer: Signer, options: Parameters<Signer["headers"]>[2] = {}): Promise<Answer> {
  return call(path, { headers: signer.headers("GET", gateway.url + path, options) });
}

/** All of an answer that a caller can compare, without the time. */
function comparable({ status, headers, body }: Answer): unknown {
  const { date: _, ...others } = headers;
  return { status, headers: others, body };
}

before(async () => {
  gateway = await TestGateway.start({
    origins: ["http://report.example.onion"],
    config: { listen: [`onion_socket = "onion.sock"`] },
  });
  reported = await gateway.json(["report", "submit", "--channel", "conduct", "--text", "-", "--answers", answers], { input: canary });
});
after(() => gateway.dispose());

test("a signature made by another implementation opens the list of cases, once", async () => {
  const intake = Signer.of(gateway.key("intake"));
  const nonce = randomBytes(16).toString("base64");
  const first = await signed("/v1/cases", intake, { nonce });
  assert.equal(first.status, 200, first.body);
  assert.equal(JSON.parse(first.body).cases[0].reportId, reported.report_id);
  assert.equal((await signed("/v1/cases", intake, { nonce })).status, 401);
});

test("whoever shows no right is answered alike, whatever is wrong", async () => {
  const path = `/v1/cases/${reported.report_id}`;
  const intake = Signer.of(gateway.key("intake"));
  const now = Math.floor(Date.now() / 1000);
  const broken = intake.headers("GET", gateway.url + path);
  broken["Signature"] = broken["Signature"]!.replace(/=:./, (start) => `=:${start.endsWith("A") ? "B" : "A"}`);
  const answers = await Promise.all([
    call(path),
    signed(path, Signer.stranger()),
    signed(path, intake, { created: now - 3600 }),
    signed(path, intake, { created: now + 3600 }),
    signed(path, intake, { tag: "another" }),
    call(path, { headers: broken }),
    call(path, { headers: intake.headers("GET", `${gateway.url}/v1/cases`) }),
    call(path, { headers: intake.headers("GET", `https://elsewhere.example${path}`) }),
    call(`/v1/cases/${"0".repeat(32)}`),
  ]);
  assert.equal(answers[0]!.status, 401);
  for (const answer of answers) assert.deepEqual(comparable(answer), comparable(answers[0]!));
});

test("what a holder may not see answers exactly as what does not exist", async () => {
  const investigator = Signer.of(gateway.key("investigator"));
  for (const rest of ["", "/compartments/account", "/compartments/triage", "/events"]) {
    const hidden = await signed(`/v1/cases/${reported.report_id}${rest}`, investigator);
    const absent = await signed(`/v1/cases/${randomBytes(16).toString("hex")}${rest}`, investigator);
    assert.equal(hidden.status, 404);
    assert.deepEqual(comparable(hidden), comparable(absent));
  }
  const support = Signer.of(gateway.key("support"));
  const hidden = await signed(`/v1/cases/${reported.report_id}/compartments/account`, support);
  const absent = await signed(`/v1/cases/${reported.report_id}/compartments/attachment-7`, support);
  assert.equal(hidden.status, 404);
  assert.deepEqual(comparable(hidden), comparable(absent));
});

test("tus-js-client uploads, is cut off, and goes on where it was", async () => {
  const file = randomBytes(5 * 1024 * 1024 + 123);
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"; // the client takes no authority of its own
  let cuts = 0;
  const url = await new Promise<string>((done, fail) => {
    const upload = new Upload(file, {
      endpoint: `${gateway.url}/v1/uploads`,
      chunkSize: 1024 * 1024 + 17,
      retryDelays: [],
      storeFingerprintForResuming: false,
      onError: fail,
      onChunkComplete: () => {
        if (cuts++ === 1) void upload.abort().then(() => upload.start());
      },
      onSuccess: () => done(upload.url ?? ""),
    });
    upload.start();
  });
  delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  const head = await call(new URL(url, gateway.url).pathname, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  assert.equal(head.headers["upload-offset"], String(file.length));
  assert.ok(cuts > 2);
});

test("a file sealed by stock age to the plain recipients arrives and opens", async () => {
  const charter = await gateway.json(["charter", "show"]);
  const channel = charter.charter.channels[0];
  const recipients = (channel.plainRecipients as string[]).flatMap((label) => {
    const holder = (charter.charter.holders as { label: string; recipient: string }[]).find((each) => each.label === label);
    assert.ok(holder);
    return ["-r", holder.recipient];
  });
  const sealed = gateway.file("plain.age");
  const age = await run(join(ageFolder, "age"), ["-a", ...recipients, "-o", sealed], { input: `plain ${canary}` });
  assert.equal(age.status, 0, age.stderr);
  const sent = { method: "POST", headers: { "Content-Type": "application/age" }, body: readFileSync(sealed) };
  const answer = await call("/v1/reports?channel=conduct", sent);
  assert.equal(answer.status, 201, answer.body);
  const again = await call("/v1/reports?channel=conduct", sent);
  assert.equal(again.body, answer.body);

  const id = JSON.parse(answer.body).reportId as string;
  const path = `/v1/cases/${id}/compartments/plain`;
  const reader = Signer.of(gateway.key(channel.plainRecipients[0]));
  const file = await signed(path, reader);
  assert.equal(file.status, 200);
  const range = await call(path, { headers: { ...reader.headers("GET", gateway.url + path), Range: "bytes=0-20" } });
  assert.equal(range.status, 206);
  assert.equal(range.body, "age-encryption.org/v1");
});

test("the onion service's door is plain HTTP on a Unix socket that others cannot use", async () => {
  const path = gateway.file("onion.sock");
  const answer = await call("/v1/channels/conduct", { socketPath: path, headers: { Host: "report.example.onion" } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["strict-transport-security"], undefined);
  assert.equal(statSync(path).mode & 0o007, 0);
});

test("figures are at the operator's door only, and say nothing of anyone", async () => {
  assert.equal((await call("/metrics")).status, 404);
  const figures = await call("/metrics", { port: gateway.privatePort });
  assert.equal(figures.status, 200);
  assert.match(figures.body, /^safeconduct_/m);
  for (const secret of [canary, reported.report_id, "conduct\"", "127.0.0.1", "intake"]) {
    assert.ok(!figures.body.includes(secret), secret);
  }
  assert.equal((await call("/readyz")).status, 200);
});

test("a new certificate is shown to new connections while old ones go on", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = await call("/healthz", { agent });
  const made = spawnSync(
    "openssl",
    ["x509", "-req", "-in", "tls.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "tls.pem", "-days", "3", "-extfile", "tls.ext"],
    { cwd: gateway.folder, encoding: "utf8" },
  );
  assert.equal(made.status, 0, made.stderr);
  process.kill(gateway.pid, "SIGHUP");
  const renewed = await poll("the new certificate", async () => {
    const answer = await call("/healthz");
    return answer.certificate?.serialNumber !== before.certificate?.serialNumber ? answer : undefined;
  });
  assert.equal(renewed.status, 200);
  const kept = await call("/healthz", { agent });
  assert.equal(kept.status, 200);
  assert.equal(kept.certificate?.serialNumber, before.certificate?.serialNumber);
  agent.destroy();

  writeFileSync(gateway.file("tls.pem"), "no certificate");
  process.kill(gateway.pid, "SIGHUP");
  await poll("the refusal in the log", async () => (/not.reload|could not/i.test(gateway.log) ? true : undefined));
  assert.equal((await call("/healthz")).certificate?.serialNumber, renewed.certificate?.serialNumber);
});

test("neither log nor disk holds an address, a user agent, a token or a word of a report", async () => {
  await signed("/v1/cases", Signer.of(gateway.key("intake")));
  assert.equal(await gateway.stop(), 0);
  const log = gateway.log;
  assert.match(log, /\S/);
  for (const secret of [canary, reported.report_id, "127.0.0.1", Signer.of(gateway.key("intake")).keyId]) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }
  const store = gateway.file("store");
  const names = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(names.length > 3);
  for (const entry of names) {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const secret of [canary, "127.0.0.1"]) assert.ok(!bytes.includes(secret), `${entry.name} holds ${secret}`);
  }
});
