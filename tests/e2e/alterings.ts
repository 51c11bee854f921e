// Answers of the gateway changed on their way, for tests: what a gateway does that lies about a case.
import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";

import type { Instead, WebPages } from "./webPages.ts";

/** Answers to `path` with what `alter` makes of the gateway's answer. */
export function altering({ gateway }: WebPages, path: RegExp, alter: (body: Uint8Array) => Uint8Array): Instead {
  return (method, asked, response, request) => {
    if (method !== "GET" || !path.test(asked)) return false;
    return new Promise((done, fail) => {
      const headers = { ...request.headers, "accept-encoding": "identity" };
      const onward = httpsRequest(new URL(request.url ?? "/", gateway.url), { method, headers, ca: readFileSync(gateway.file("ca.pem")) }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => {
          const body = alter(new Uint8Array(Buffer.concat(parts)));
          const { "content-length": _, ...rest } = answer.headers;
          response.writeHead(answer.statusCode ?? 500, { ...rest, "content-length": String(body.length) });
          response.end(body);
          done(true);
        });
      });
      onward.on("error", fail).end();
    });
  };
}
