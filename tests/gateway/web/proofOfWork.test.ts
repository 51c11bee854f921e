// The proof of work that a busy gateway asks for: solved and sent with the next try, within bounds, and no
// way around its refusal. The gateway here is a function that checks solutions with node:crypto.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { describe, test } from "node:test";

import { GatewayApi } from "../../../gateway/web/shared/api/api.ts";
import { type Fetch, Transport } from "../../../gateway/web/shared/api/transport.ts";
import { uploadAttachment } from "../../../gateway/web/shared/api/upload.ts";
import { utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { fromJson } from "../../../gateway/web/shared/base/json.ts";
import { serialize } from "../../../gateway/web/shared/base/messages.ts";
import { ChallengeSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { charter, fails } from "./testing.ts";

const origin = "https://gateway.example";
const date = new Date(1_800_000_000_000).toUTCString();
const key = "a key of the process";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const sign = (text: string): string => createHmac("sha256", key).update(text).digest("hex");

interface Challenge {
  readonly algorithm: string;
  readonly challenge: string;
  readonly maxnumber: number;
  readonly salt: string;
  readonly signature: string;
}

let salts = 0;
function newChallenge(number = 300, maxnumber = 1000): Challenge {
  const salt = `${sha256(String(++salts)).slice(0, 24)}?expires=1800000300&`;
  const challenge = sha256(salt + number);
  return { algorithm: "SHA-256", challenge, maxnumber, salt, signature: sign(challenge) };
}

const answer = (status: number, body: Uint8Array | string | null = null, headers: Record<string, string> = {}): Response =>
  new Response(body as Uint8Array<ArrayBuffer> | null, { status, headers: { date, ...headers } });
const refusal = (): Response =>
  answer(429, JSON.stringify({ code: "busy", message: "a sentence", field: "proof-of-work" }), { "content-type": "application/json", "retry-after": "1" });
const bytesOf = (challenge: object): Uint8Array => serialize(ChallengeSchema, fromJson(ChallengeSchema, utf8(JSON.stringify(challenge))));

/** Takes POSTs only with a solution that was not used before. `issue` gives what /v1/challenge answers. */
class BusyGateway {
  readonly paths: string[] = [];
  readonly pauses: number[] = [];
  readonly working: boolean[] = [];
  readonly used = new Set<string>();
  readonly #issue: () => Response;
  readonly #take: (init: Parameters<Fetch>[1]) => Response;

  constructor(issue: () => Response = () => answer(200, bytesOf(newChallenge())), take: (init: Parameters<Fetch>[1]) => Response = () => answer(200)) {
    this.#issue = issue;
    this.#take = take;
  }

  readonly fetch: Fetch = async (url, init) => {
    this.paths.push(`${init.method} ${url.pathname}`);
    if (url.pathname === "/v1/challenge") return this.#issue();
    if (init.method !== "POST") return this.#take(init);
    return this.#isSolved(init.headers["altcha"]) ? this.#take(init) : refusal();
  };

  get options() {
    const pause = async (seconds: number): Promise<void> => void this.pauses.push(seconds);
    return { fetch: this.fetch, pause, retrySeconds: 10, working: (is: boolean) => this.working.push(is) };
  }

  #isSolved(header: string | undefined): boolean {
    if (header === undefined) return false;
    const solution = JSON.parse(Buffer.from(header, "base64").toString()) as Record<string, unknown>;
    assert.deepEqual(Object.keys(solution), ["algorithm", "challenge", "number", "salt", "signature"]);
    const { algorithm, challenge, number, salt, signature } = solution;
    const isNew = !this.used.has(String(challenge));
    this.used.add(String(challenge));
    return isNew && algorithm === "SHA-256" && challenge === sha256(`${salt}${number}`) && signature === sign(String(challenge));
  }
}

const post = { method: "POST", path: "/v1/reports", body: utf8("x") };

describe("a gateway that asks for a proof of work", () => {
  test("gets it with the same request, at once, and the page is told", async () => {
    const gateway = new BusyGateway();
    const response = await new Transport(origin, gateway.options).call(post);
    assert.equal(response.status, 200);
    assert.deepEqual(gateway.paths, ["POST /v1/reports", "GET /v1/challenge", "POST /v1/reports"]);
    assert.deepEqual([gateway.pauses, gateway.working], [[], [true, false]]);
  });

  for (const number of [0, 1, 1000]) {
    test(`may have chosen ${number}`, async () => {
      const gateway = new BusyGateway(() => answer(200, bytesOf(newChallenge(number))));
      assert.equal((await new Transport(origin, gateway.options).call(post)).status, 200);
    });
  }

  test("gets it when an upload is created, and not for its pieces", async () => {
    const seen: (string | undefined)[] = [];
    const gateway = new BusyGateway(undefined, ({ method, headers, body }) => {
      if (method === "POST") return answer(201, null, { location: "/v1/uploads/abc" });
      seen.push(headers["altcha"]);
      return answer(204, null, { "upload-offset": String(Number(headers["Upload-Offset"]) + body!.length) });
    });
    const api = new GatewayApi(origin, gateway.options);
    const { uploadId } = await uploadAttachment(api, new Blob(["a"]), charter(), "conduct", { name: "a", mediaType: "" });
    assert.deepEqual([uploadId, seen], ["abc", [undefined]]);
  });

  test("is asked anew when the proof was lost with its connection", async () => {
    let isLost = false;
    const gateway = new BusyGateway(undefined, () => {
      if (isLost) return answer(200);
      isLost = true;
      throw new TypeError("fetch failed");
    });
    assert.equal((await new Transport(origin, gateway.options).call(post)).status, 200);
    assert.equal(gateway.paths.filter((path) => path === "GET /v1/challenge").length, 2);
  });
});

describe("the refusal stands, as any that may pass", () => {
  const refusals: Record<string, () => Response> = {
    "of another algorithm": () => answer(200, bytesOf({ ...newChallenge(), algorithm: "SHA-1" })),
    "of more work than is done here": () => answer(200, bytesOf({ ...newChallenge(), maxnumber: 4_000_000_000 })),
    "without a solution": () => answer(200, bytesOf({ ...newChallenge(), challenge: "00".repeat(32) })),
    "that is none": () => answer(200, Uint8Array.of(0xff, 0xff)),
    "that is endless": () => answer(200, new Uint8Array(100_000)),
    "that the gateway does not give": () => answer(503),
  };
  for (const [name, issue] of Object.entries(refusals)) {
    test(`a challenge ${name}`, async () => {
      const gateway = new BusyGateway(issue);
      await fails(() => new Transport(origin, gateway.options).call(post), "busy", "proof-of-work");
      assert.equal(gateway.used.size, 0, "no proof was sent");
      assert.equal(gateway.paths.filter((path) => path.startsWith("GET")).length, 3);
      assert.ok(gateway.pauses.length > 0 && gateway.pauses.every((seconds) => seconds >= 1), "Retry-After is kept");
    });
  }

  test("a gateway that takes no proof is given three", async () => {
    const gateway = new BusyGateway(undefined, refusal);
    await fails(() => new Transport(origin, gateway.options).call(post), "busy", "proof-of-work");
    assert.equal(gateway.used.size, 3);
  });

  test("a gateway that is busy without asking gets none", async () => {
    const paths: string[] = [];
    const fetch: Fetch = async (url) => {
      paths.push(url.pathname);
      return answer(429, JSON.stringify({ code: "busy", message: "", field: "" }), { "content-type": "application/json" });
    };
    await fails(() => new Transport(origin, { fetch, pause: async () => {}, retrySeconds: 1 }).call(post), "busy");
    assert.ok(paths.every((path) => path === "/v1/reports"));
  });

  test("the caller may end the calculation", async () => {
    const ended = new AbortController();
    const gateway = new BusyGateway(() => answer(200, bytesOf(newChallenge(2_000_000, 2_000_000))));
    const working = (is: boolean): void => { if (is) setImmediate(() => ended.abort()); };
    await fails(() => new Transport(origin, { ...gateway.options, signal: ended.signal, working }).call(post), "aborted");
    assert.equal(gateway.used.size, 0);
  });
});
