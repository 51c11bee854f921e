// The reporter's routes from a page that has no origin of its own, as a browser's CORS protocol asks
// and reads them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { TestGateway } from "./harness.ts";
import { openWeb } from "./webClient.ts";

let gateway: TestGateway;
let api: GatewayApi;

before(async () => {
  gateway = await TestGateway.start();
  ({ api } = await openWeb(gateway));
});
after(() => gateway?.dispose());

const origin = { Origin: "null" };

function preflight(path: string, method: string, headers = "content-type"): Promise<Response> {
  const asked = { ...origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers };
  return api.transport.once({ method: "OPTIONS", path, headers: asked });
}

function cors(response: Response): string[] {
  return [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));
}

const listed = (response: Response, name: string): string[] => (response.headers.get(name) ?? "").split(", ");

test("every request of a reporter's client passes its preflight", async () => {
  const rows: [string, string, string[]][] = [
    ["/v1/reports", "POST", ["content-type", "altcha"]],
    ["/v1/uploads", "POST", ["tus-resumable", "upload-length", "altcha"]],
    [`/v1/uploads/${"0".repeat(32)}`, "PATCH", ["tus-resumable", "upload-offset", "content-type"]],
    [`/v1/uploads/${"0".repeat(32)}`, "HEAD", ["tus-resumable"]],
    [`/v1/uploads/${"0".repeat(32)}`, "DELETE", ["tus-resumable"]],
    ["/v1/mailbox", "GET", ["signature", "signature-input"]],
    ["/v1/mailbox", "POST", ["signature", "signature-input", "content-digest", "content-type"]],
  ];
  for (const [path, method, headers] of rows) {
    const response = await preflight(path, method, headers.join(","));
    assert.equal(response.status, 204, path);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.ok(listed(response, "access-control-allow-methods").includes(method), `${method} ${path}`);
    for (const header of headers) assert.ok(listed(response, "access-control-allow-headers").includes(header), header);
    assert.ok(Number(response.headers.get("access-control-max-age")) <= 600);
  }
});

test("answers and errors can be read, with the clock and the upload's headers", async () => {
  for (const [path, status] of [["/v1/charter", 200], ["/v1/channels/none", 404], ["/v1/challenge", 200], ["/v1/mailbox", 401]] as const) {
    const response = await api.transport.once({ path, headers: origin });
    assert.equal(response.status, status, path);
    assert.equal(response.headers.get("access-control-allow-origin"), "*", path);
    assert.ok(listed(response, "access-control-expose-headers").includes("date"));
    assert.equal(response.headers.get("access-control-allow-credentials"), null);
  }
  const created = await api.transport.once({ method: "POST", path: "/v1/uploads", headers: { ...origin, "Tus-Resumable": "1.0.0", "Upload-Length": "4128" } });
  assert.equal(created.status, 201);
  for (const name of ["location", "upload-offset", "upload-expires", "tus-resumable"]) {
    assert.ok(created.headers.has(name) && listed(created, "access-control-expose-headers").includes(name), name);
  }
  const path = created.headers.get("location")!;
  const body = new Uint8Array(100);
  const headers = { ...origin, "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" };
  const appended = await api.transport.once({ method: "PATCH", path, headers, body });
  assert.equal(appended.status, 204);
  assert.equal(appended.headers.get("access-control-allow-origin"), "*");
  assert.equal(appended.headers.get("upload-offset"), "100");
});

test("holders' routes and the private listener are for nobody's pages", async () => {
  for (const path of ["/v1/cases", `/v1/cases/${"0".repeat(32)}`, `/v1/cases/${"0".repeat(32)}/events`]) {
    assert.deepEqual(cors(await api.transport.once({ path, headers: origin })), [], path);
    assert.deepEqual(cors(await preflight(path, "GET", "signature")), [], path);
  }
  const base = `http://127.0.0.1:${gateway.privatePort}`;
  for (const path of ["/metrics", "/healthz", "/v1/charter"]) {
    for (const method of ["GET", "OPTIONS"]) {
      assert.deepEqual(cors(await fetch(base + path, { method, headers: { "access-control-request-method": "GET" } })), [], path);
    }
  }
});

test("OPTIONS without a preflight's header is tus'", async () => {
  const response = await api.transport.once({ method: "OPTIONS", path: "/v1/uploads", headers: origin });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("tus-version"), "1.0.0");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});
