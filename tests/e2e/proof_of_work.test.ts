// The proof of work against npm altcha-lib, both ways, and a gateway that always asks for it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createChallenge, solveChallenge, verifySolution } from "altcha-lib/v1";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { TestGateway } from "./harness.ts";
import { Office } from "./office.ts";
import { openWeb } from "./webClient.ts";

let gateway: TestGateway;
let api: GatewayApi;

before(async () => {
  gateway = await TestGateway.start({ config: { proof_of_work: ["always = true", "max_number = 3000"] } });
  ({ api } = await openWeb(gateway));
});
after(() => gateway?.dispose());

interface Challenge {
  readonly algorithm: "SHA-256";
  readonly challenge: string;
  readonly maxnumber: number;
  readonly salt: string;
  readonly signature: string;
}

async function challenge(): Promise<Challenge> {
  const response = await api.transport.once({ path: "/v1/challenge", headers: { Accept: "application/json" } });
  assert.equal(response.status, 200);
  return (await response.json()) as Challenge;
}

/** As a page with altcha-lib would. */
async function solved(): Promise<string> {
  const { algorithm, challenge: wanted, maxnumber, salt, signature } = await challenge();
  const solution = await solveChallenge(wanted, salt, algorithm, maxnumber).promise;
  assert.ok(solution !== null);
  return btoa(JSON.stringify({ algorithm, challenge: wanted, number: solution.number, salt, signature, took: solution.took }));
}

async function createUpload(altcha?: string): Promise<{ status: number; field?: string; code?: string }> {
  const headers = { "Tus-Resumable": "1.0.0", "Upload-Length": "4128", ...(altcha === undefined ? {} : { altcha }) };
  const response = await api.transport.once({ method: "POST", path: "/v1/uploads", headers });
  if (response.status === 201) return { status: 201 };
  const { field, code } = (await response.json()) as { field: string; code: string };
  return { status: response.status, field, code };
}

const asked = { status: 429, field: "proof-of-work", code: "busy" };

test("altcha-lib solves what the gateway asks, and each solution is good once", async () => {
  assert.deepEqual(await createUpload(), asked);
  const first = await solved();
  const second = await solved();
  assert.equal((await createUpload(first)).status, 201);
  assert.deepEqual(await createUpload(first), asked);
  assert.equal((await createUpload(second)).status, 201);
});

test("a challenge that altcha-lib made with another key is not taken", async () => {
  const foreign = await createChallenge({ hmacKey: "another", maxnumber: 100, number: 17, expires: new Date(Date.now() + 60_000) });
  const { algorithm, challenge: wanted, salt, signature } = foreign;
  const header = btoa(JSON.stringify({ algorithm, challenge: wanted, number: 17, salt, signature }));
  assert.equal(await verifySolution(header, "another"), true);
  assert.deepEqual(await createUpload(header), asked);
  assert.deepEqual(await createUpload(btoa("{}")), asked);
});

test("altcha-lib takes a solution under the gateway's key", async () => {
  // Made by gateway/proof_of_work with this key; tests/gateway/proof_of_work redeems it as well.
  const key = "0123456789abcdef0123456789abcdef";
  const header = "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwiY2hhbGxlbmdlIjoiMDJiYjk4YTUyYjMxZDZmOWQ4NDdmZTUyYjI4NGQxMDYwYTdjY2QwZjJjMWU2OWNkNTBlYjkzM2M2ZmRjYzhjOSIsInNhbHQiOiIxYjI5YTA5NjQyYTEyOWM3MDY4MGJjYWE/ZXhwaXJlcz0xODAwMDAwMzAwJiIsInNpZ25hdHVyZSI6ImYyMDU4MWIyODRlMDJhNzNkOTgzYWM0MWE0ODNkNDIxMmVkYTFkNmMyYjc3ZTQxYTg4Mjc1M2JlOWY5ZGM4N2IiLCJudW1iZXIiOjE3NTIyfQ==";
  assert.equal(await verifySolution(header, key, false), true);
  assert.equal(await verifySolution(header, "0123456789abcdef0123456789abcdee", false), false);
});

test("the command line does the work by itself", async () => {
  const report = await new Office(gateway).submit(["--attach", gateway.file("ca.pem"), "--retry-seconds", "0"]);
  const { cases } = await gateway.json<{ cases: { id: string }[] }>(["case", "list", "--all"], { as: "intake" });
  assert.equal(cases.length, 1, JSON.stringify(cases));
  assert.ok(JSON.stringify(cases[0]).includes(report.report_id));
});

test("reading is never asked for work", async () => {
  for (const path of ["/v1/charter", "/v1/channels/conduct", "/healthz"]) {
    assert.equal((await api.transport.once({ path })).status, 200);
  }
});
