// gateway/web/shared/api: signatures by RFC 9421's example, and what happens when a gateway is busy,
// silent, slow with its clock, or lies. The gateway here is a function; the real one is in tests/e2e.
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { describe, test } from "node:test";

import { GatewayApi } from "../../../gateway/web/shared/api/api.ts";
import { contentDigest, signatureBase, signRequest } from "../../../gateway/web/shared/api/httpSignature.ts";
import { type Fetch, type FetchInit, Transport } from "../../../gateway/web/shared/api/transport.ts";
import { uploadAttachment } from "../../../gateway/web/shared/api/upload.ts";
import { equal, fromBase64, toBase64, toHex, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SigningKey } from "../../../gateway/web/shared/base/ed25519.ts";
import { sha256 } from "../../../gateway/web/shared/base/hash.ts";
import { fromJson } from "../../../gateway/web/shared/base/json.ts";
import { serialize } from "../../../gateway/web/shared/base/messages.ts";
import { CaseViewSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { Frontier, leafHash } from "../../../gateway/web/shared/tlog/tree.ts";
import { charter, fails, pattern } from "./testing.ts";

const key = SigningKey.fromSeed(pattern(32));
const origin = "https://gateway.example";
const date = new Date(1_800_000_000_000).toUTCString();

function verifies(base: string, signature: Uint8Array): boolean {
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.publicKey]);
  return verify(null, Buffer.from(base), createPublicKey({ key: spki, format: "der", type: "spki" }), signature);
}

describe("signed requests", () => {
  test("RFC 9421, appendix B.2.6: the base and the signature", () => {
    const example = SigningKey.fromSeed(fromBase64("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU="));
    const { input, base } = signatureBase(
      [
        ["date", "Tue, 20 Apr 2021 02:07:55 GMT"],
        ["@method", "POST"],
        ["@path", "/foo"],
        ["@authority", "example.com"],
        ["content-type", "application/json"],
        ["content-length", "18"],
      ],
      `;created=1618884473;keyid="test-key-ed25519"`,
    );
    assert.equal(input, `("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`);
    assert.equal(toBase64(example.sign(utf8(base))), "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
  });

  test("RFC 9530, appendix D: Content-Digest", async () => {
    assert.equal(await contentDigest(utf8(`{"hello": "world"}`)), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
  });

  test("our profile covers method, target and body, with the gateway's time and a fresh nonce", async () => {
    const url = new URL("HTTPS://Gateway.Example:443/v1/cases?limit=10");
    const signed = await signRequest({ method: "POST", url, body: utf8("x") }, key, 1_800_000_000, pattern(16));
    const parameters = `("@method" "@target-uri" "content-digest");created=1800000000;nonce="AAECAwQFBgcICQoLDA0ODw==";keyid="${toHex(key.publicKey)}";tag="safeconduct-v1"`;
    assert.equal(signed["Signature-Input"], `sc=${parameters}`);
    const base = `"@method": POST\n"@target-uri": https://gateway.example/v1/cases?limit=10\n"content-digest": ${signed["Content-Digest"]}\n"@signature-params": ${parameters}`;
    const bytes = fromBase64(/^sc=:(.+):$/.exec(signed["Signature"]!)![1]!);
    assert.ok(verifies(base, bytes));
    assert.ok(!verifies(base.replace("limit=10", "limit=11"), bytes));
    const empty = await signRequest({ method: "GET", url, body: new Uint8Array(0) }, key, 1);
    assert.equal(empty["Content-Digest"], undefined);
    assert.notEqual(empty["Signature-Input"], (await signRequest({ method: "GET", url }, key, 1))["Signature-Input"]);
  });
});

interface Seen {
  readonly path: string;
  readonly init: FetchInit;
  readonly headers: Record<string, string>;
}

// A gateway that answers in turn, and what it saw. "silence": no connection.
function gatewayOf(...answers: (Response | "silence")[]): { fetch: Fetch; seen: Seen[]; pauses: number[]; transport: Transport } {
  const seen: Seen[] = [];
  const pauses: number[] = [];
  const fetch: Fetch = async (url, init) => {
    seen.push({ path: url.pathname + url.search, init, headers: init.headers });
    const answer = answers.shift();
    if (answer === undefined || answer === "silence") throw new TypeError("fetch failed");
    return answer;
  };
  const pause = async (seconds: number): Promise<void> => void pauses.push(seconds);
  return { fetch, seen, pauses, transport: new Transport(origin, { fetch, pause, retrySeconds: 10 }) };
}

const answer = (status: number, body: string | Uint8Array<ArrayBuffer> | null = null, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { date, ...headers } });
const problem = (status: number, code: string, field = "", headers: Record<string, string> = {}): Response =>
  answer(status, JSON.stringify({ code, message: "a sentence", field }), { "content-type": "application/json", ...headers });

describe("one request after another", () => {
  test("leaves no trace in the browser, and asks for no redirect", async () => {
    const { transport, seen } = gatewayOf(answer(200));
    await transport.call({ path: "/v1/charter" });
    const { credentials, cache, redirect, referrerPolicy } = seen[0]!.init;
    assert.deepEqual({ credentials, cache, redirect, referrerPolicy }, { credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" });
  });

  test("the gateway's Date is the time, whatever the device says", async () => {
    const { transport, seen } = gatewayOf(answer(200), answer(200));
    await transport.call({ path: "/v1/mailbox", key });
    assert.deepEqual(seen.map(({ path }) => path), ["/healthz", "/v1/mailbox"]);
    assert.match(seen[1]!.headers["Signature-Input"]!, /;created=180000000\d;/);
  });

  test("a clock that stood still is set by the refusal, once", async () => {
    const later = new Date(1_800_009_000_000).toUTCString();
    const { transport, seen } = gatewayOf(answer(200), problem(401, "unauthorized", "", { date: later }), answer(200));
    await transport.call({ path: "/v1/mailbox", key });
    assert.match(seen[2]!.headers["Signature-Input"]!, /;created=180000900\d;/);
    const stranger = gatewayOf(answer(200), problem(401, "unauthorized"), problem(401, "unauthorized"));
    await fails(() => stranger.transport.call({ path: "/v1/mailbox", key }), "unauthorized");
    assert.equal(stranger.seen.length, 3);
  });

  test("what may pass is tried again, as long as the gateway asks, with a fresh nonce; then it is said", async () => {
    const { transport, seen, pauses } = gatewayOf(answer(200), problem(503, "busy", "", { "retry-after": "2" }), "silence", problem(429, "busy"), answer(200));
    await transport.call({ path: "/v1/mailbox", key });
    assert.deepEqual(pauses, [2, 0.5, 1]);
    assert.equal(new Set(seen.slice(1).map(({ headers }) => headers["Signature-Input"])).size, 4);
    const never = gatewayOf(...Array.from({ length: 9 }, () => problem(503, "unavailable")));
    await fails(() => never.transport.call({ path: "/x" }), "unavailable");
    assert.ok(never.pauses.reduce((sum, each) => sum + each, 0) <= 10);
  });

  test("a gateway that was never reached is not waited for", async () => {
    const { transport, seen } = gatewayOf("silence");
    await fails(() => transport.call({ path: "/x" }), "unavailable");
    assert.equal(seen.length, 1);
  });

  test("refusals come with code and field, in JSON and protobuf; what is no answer of ours by its status", async () => {
    await fails(() => gatewayOf(problem(409, "conflict", "charter_version")).transport.call({ path: "/x" }), "conflict", "charter_version");
    const binary = answer(422, Uint8Array.from([10, 8, ...utf8("rejected"), 26, 7, ...utf8("uploads")]), { "content-type": "application/x-protobuf" });
    await fails(() => gatewayOf(binary).transport.call({ path: "/x" }), "rejected", "uploads");
    for (const [status, code] of [[404, "not_found"], [413, "too_large"], [507, "no_space"], [500, "unavailable"], [418, "rejected"]] as const) {
      await fails(() => gatewayOf(answer(status, "<html>")).transport.call({ path: "/x" }), code);
    }
    await fails(() => gatewayOf(problem(400, "made-up")).transport.call({ path: "/x" }), "malformed");
  });

  test("the caller may end it", async () => {
    const transport = new Transport(origin, { fetch: async () => { throw new DOMException("x", "AbortError"); }, signal: AbortSignal.abort() });
    await fails(() => transport.call({ path: "/x" }), "aborted");
  });

  test("a text that is not the one named is refused, and an endless answer", async () => {
    const text = utf8("{}");
    const api = (body: Uint8Array): GatewayApi => new GatewayApi(origin, { fetch: gatewayOf(answer(200, body as Uint8Array<ArrayBuffer>)).fetch });
    assert.deepEqual(await api(text).readText(toHex(sha256(text))), text);
    await fails(() => api(utf8("{ }")).readText(toHex(sha256(text))), "unverified", "texts");
    await fails(() => api(new Uint8Array(1_048_577)).readText(toHex(sha256(text))), "too_large");
  });
});

describe("uploads", () => {
  // tus in a few lines; `harm` may break the connection after so many bytes of one PATCH, or lie.
  function tusGateway(harm: (patch: number) => { keep?: number; status?: number; offset?: number } | undefined) {
    const stored: number[] = [];
    let patches = 0;
    const fetch: Fetch = async (_, init) => {
      const { headers } = init;
      if (init.method === "POST") return answer(201, null, { location: "/v1/uploads/abc" });
      if (init.method === "HEAD") return answer(200, null, { "upload-offset": String(stored.length) });
      const done = harm(patches++);
      const bytes = init.body!;
      if (Number(headers["Upload-Offset"]) !== stored.length) return problem(409, "conflict");
      if (done?.status !== undefined) return problem(done.status, "busy");
      for (const byte of bytes.subarray(0, done?.keep)) stored.push(byte);
      if (done?.keep !== undefined) throw new TypeError("fetch failed");
      return answer(204, null, { "upload-offset": String(done?.offset ?? stored.length) });
    };
    return { stored, api: new GatewayApi(origin, { fetch, pause: async () => {}, retrySeconds: 30 }) };
  }

  const open = charter();
  const content = pattern(1_500_000);
  const options = { name: "x", mediaType: "image/png" };
  const upload = (api: GatewayApi) => uploadAttachment(api, new Blob([content as Uint8Array<ArrayBuffer>]), open, "conduct", options);

  const harms: Record<string, Parameters<typeof tusGateway>[0]> = {
    "no harm": () => undefined,
    "a connection that breaks in the middle": (patch) => (patch === 0 ? { keep: 700_001 } : undefined),
    "one that breaks before anything, and again": (patch) => (patch < 3 ? { keep: patch * 10 } : undefined),
    "a gateway that is busy": (patch) => (patch === 0 ? { status: 503 } : undefined),
  };
  for (const [name, harm] of Object.entries(harms)) {
    test(`arrive whole after ${name}`, async () => {
      const gateway = tusGateway(harm);
      const { uploadId, sealed } = await upload(gateway.api);
      assert.equal(uploadId, "abc");
      assert.equal(gateway.stored.length, sealed.payloadBytes);
      const root = new Frontier();
      const payload = Uint8Array.from(gateway.stored);
      for (let at = 0; at < payload.length; at += 1 << 20) root.append(leafHash(payload.subarray(at, at + (1 << 20))));
      assert.ok(equal(root.root(), sealed.payloadRoot));
    });
  }

  test("what is longer than the channel takes is refused before anything is sent", async () => {
    const api = new GatewayApi(origin, { fetch: async () => assert.fail("nothing is sent") });
    const source = { size: 10_000_001, stream: () => new Blob([]).stream() };
    await fails(() => uploadAttachment(api, source, open, "conduct", options), "too_large", "attachment.payload_bytes");
    await fails(() => uploadAttachment(api, source, open, "other", options), "not_found", "channel");
  });

  test("a gateway that loses count is not believed, and what it refuses is said", async () => {
    await fails(() => upload(tusGateway(() => ({ offset: 99_000_000 })).api), "unverified", "upload-offset");
    await fails(() => upload(tusGateway(() => ({ status: 507 })).api), "busy");
  });
});

describe("cases", () => {
  const asked = async (view: object, call: (api: GatewayApi) => Promise<unknown>): Promise<string[]> => {
    const paths: string[] = [];
    const fetch: Fetch = async (url) => {
      if (url.pathname !== "/healthz") paths.push(url.pathname + url.search);
      const body = url.pathname === "/healthz" ? null : serialize(CaseViewSchema, fromJson(CaseViewSchema, utf8(JSON.stringify(view))));
      return new Response(body as Uint8Array<ArrayBuffer> | null, { headers: { date } });
    };
    await call(new GatewayApi(origin, { fetch, pause: async () => {} }));
    return paths;
  };
  const event = { event: "AAEC", signature: "AAEC" };

  test("of an erased case nothing more is asked for than its last event", async () => {
    const read = (api: GatewayApi): Promise<unknown> => api.readCase(key, "abc");
    assert.deepEqual(await asked({ summary: { events: "9", erased: true }, events: [event] }, read), ["/v1/cases/abc"]);
    const more = await asked({ summary: { events: "2" }, events: [event] }, read);
    assert.deepEqual(more, ["/v1/cases/abc", "/v1/cases/abc/events?after=1"]);
  });

  test("are listed with the triage when that is asked for", async () => {
    const list = (api: GatewayApi): Promise<unknown> => api.listCases(key, { channel: "conduct", with: "triage" });
    assert.deepEqual(await asked({}, list), ["/v1/cases?channel=conduct&with=triage"]);
  });
});
