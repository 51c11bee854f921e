// The web library as a page would use it, against a TestGateway: its API over the gateway's certificate,
// the charter verified, and the keys of its holders.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";

import { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import type { Fetch } from "../../gateway/web/shared/api/transport.ts";
import { type Code, SafeconductError } from "../../gateway/web/shared/base/error.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { openPublished } from "../../gateway/web/shared/charter/published.ts";
import { parseTrust, type Trust } from "../../gateway/web/shared/charter/trust.ts";
import { parseKeyFile } from "../../gateway/web/shared/identity/keyFile.ts";
import type { Party } from "../../gateway/web/shared/identity/party.ts";
import type { TestGateway } from "./harness.ts";

export const now = (): number => Math.floor(Date.now() / 1000);

// As a browser's fetch; Node's own takes no certificate authority but by its environment.
function fetchTrusting(ca: Buffer): Fetch {
  return (url, init) =>
    new Promise((done, fail) => {
      const { method, headers } = init;
      const sent = httpsRequest(url, { method, headers, ca }, (message) => {
        const empty = method === "HEAD" || message.statusCode === 204;
        const body = empty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
        const fields = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as [string, string]);
        done(new Response(body, { status: message.statusCode ?? 0, headers: fields }));
      });
      sent.on("error", fail);
      sent.end(init.body);
    });
}

export async function openWeb(gateway: TestGateway): Promise<{ api: GatewayApi; trust: Trust; charter: OpenCharter }> {
  const api = new GatewayApi(gateway.url, { fetch: fetchTrusting(readFileSync(gateway.file("ca.pem"))), retrySeconds: 5 });
  const trust = parseTrust(readFileSync(gateway.file("trust.txt"), "utf8"));
  return { api, trust, charter: openPublished(await api.readCharter(), trust, now()).charter };
}

export const partyIn = (gateway: TestGateway, name: string): Promise<Party> => parseKeyFile(readFileSync(gateway.key(name)));

export async function fails(what: () => unknown, code: Code, field?: string): Promise<void> {
  await assert.rejects(async () => what(), (error) => {
    assert.ok(error instanceof SafeconductError, String(error));
    assert.deepEqual([error.code, error.field], [code, field ?? error.field], error.message);
    return true;
  });
}

export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
