// Requests of a TestGateway as anybody makes them, and its program run to its end.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

import { binFolder, run, type Run, type TestGateway } from "./harness.ts";
import type { Signer } from "./signing.ts";

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
}

/** GET, as JSON where there is a choice; signed by `signer`. */
export function get(gateway: TestGateway, path: string, signer?: Signer): Promise<Answer> {
  const url = `${gateway.url}${path}`;
  const headers = { accept: "application/json", ...signer?.headers("GET", url) };
  return new Promise((done, fail) => {
    const sent = request(url, { ca: readFileSync(gateway.file("ca.pem")), headers }, async (message) => {
      const body = Buffer.concat(await message.toArray());
      done({ status: message.statusCode ?? 0, type: message.headers["content-type"], body });
    });
    sent.on("error", fail).end();
  });
}

/** safeconduct-gateway with this command. */
export function program(gateway: TestGateway, command: string, ...more: string[]): Promise<Run> {
  return run(join(binFolder, "safeconduct-gateway"), [command, "--config", gateway.file("gateway.toml"), ...more], {
    env: gateway.environment(),
  });
}
