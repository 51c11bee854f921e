// Cover traffic against the real gateway: what the network sees of a decoy is what it sees of a report,
// and nothing of it is there afterwards.
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import { serialize } from "../../gateway/web/shared/base/messages.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { SealedReportSchema } from "../../gateway/web/shared/generated/safeconduct/v1/report_pb.ts";
import { newReceiptCode } from "../../gateway/web/shared/identity/receiptCode.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { type Sealed, sealReport } from "../../gateway/web/shared/report/seal.ts";
import { binFolder, run, TestGateway } from "./harness.ts";
import { poll } from "./support/poll.ts";
import { openWeb } from "./webClient.ts";

const protobuf = "application/x-protobuf";
const rounds = process.env.SAFECONDUCT_LONG === "1" ? 50 : 4;

let gateway: TestGateway;
let api: GatewayApi;
let charter: OpenCharter;

before(async () => {
  gateway = await TestGateway.start();
  ({ api, charter } = await openWeb(gateway));
});
after(() => gateway?.dispose());

function newReport(): Promise<Sealed> {
  const draft = {
    channel: "conduct",
    consent: {},
    language: "en",
    narrative: "what happened",
    triageAnswers: [],
    accountAnswers: [],
    identityAnswers: [],
    attachments: [],
  };
  return sealReport(draft, charter, Party.fromReceiptCode(newReceiptCode()));
}

/** A field of bytes, as protobuf writes it. */
function field(number: number, bytes: Uint8Array): Buffer {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...varint(bytes.length)]), bytes]);
}

/** A SubmitReport: `sealed` is field 1, `decoy` field 5, `payloads` field 3. */
function request(number: 1 | 5, report: Uint8Array, payloads: readonly Uint8Array[]): Buffer {
  return Buffer.concat([field(number, report), ...payloads.map((payload) => field(3, payload))]);
}

const bodyOf = (sealed: Sealed): Buffer => request(1, serialize(SealedReportSchema, sealed.report), sealed.payloads);

/** As many random bytes everywhere as the report has. */
function decoyLike(sealed: Sealed): Buffer {
  const payloads = sealed.payloads.map((payload) => randomBytes(payload.length));
  return request(5, randomBytes(serialize(SealedReportSchema, sealed.report).length), payloads);
}

interface Seen {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly bytes: number;
}

async function send(body: Uint8Array, accept = protobuf): Promise<Seen> {
  const response = await api.transport.once({ method: "POST", path: "/v1/reports", headers: { "Content-Type": protobuf, Accept: accept }, body });
  const headers = Object.fromEntries(response.headers);
  delete headers["date"];
  return { status: response.status, headers, bytes: (await response.arrayBuffer()).byteLength };
}

async function figure(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.privatePort}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  assert.ok(line !== undefined, `${name} is no figure`);
  return Number(line.slice(name.length));
}

async function caseCount(): Promise<number> {
  const { cases } = await gateway.json<{ cases: unknown[] }>(["case", "list", "--all"], { as: "intake" });
  return cases.length;
}

async function verified(): Promise<void> {
  const { status, stdout, stderr } = await run(join(binFolder, "safeconduct-gateway"), ["verify", "--config", gateway.file("gateway.toml")], {
    env: gateway.environment(),
  });
  assert.equal(status, 0, stdout + stderr);
}

test("a decoy and a report are alike in every format, both ways", async () => {
  for (const accept of [protobuf, "application/json"]) {
    const sealed = await newReport();
    const decoy = decoyLike(sealed);
    assert.equal(decoy.length, bodyOf(sealed).length);
    const ofDecoy = await send(decoy, accept);
    const ofReport = await send(bodyOf(sealed), accept);
    assert.equal(ofReport.status, 201);
    assert.deepEqual(ofDecoy, ofReport);
  }
});

test("decoys are counted for the operator, listed for nobody and not there after a restart", async () => {
  const cases = await caseCount();
  const [decoys, entries] = [await figure("safeconduct_ledger_decoys_total"), await figure("safeconduct_ledger_entries_total")];
  const sealed = await newReport();
  for (let n = 0; n < 5; n += 1) assert.equal((await send(decoyLike(sealed))).status, 201);
  assert.equal(await figure("safeconduct_ledger_decoys_total"), decoys + 5);
  assert.equal(await figure("safeconduct_ledger_entries_total"), entries);
  assert.equal(await caseCount(), cases);
  assert.equal(await gateway.stop(), 0);
  await verified();
  await gateway.serve();
  assert.equal(await caseCount(), cases);
  assert.equal((await send(bodyOf(sealed))).status, 201);
  assert.equal(await caseCount(), cases + 1);
});

test("a decoy of a size that no report has is refused", async () => {
  const payloads = (await newReport()).payloads.map((payload) => randomBytes(payload.length + 1));
  assert.equal((await send(request(5, randomBytes(7000), payloads))).status, 422);
});

test(`${rounds} kills among decoys: each start works unaided and keeps the reports`, async () => {
  let accepted = await caseCount();
  for (let round = 0; round < rounds; round += 1) {
    let killed = false;
    const before = await figure("safeconduct_ledger_decoys_total");
    const moment = randomInt(1, 40);
    const flood = Array.from({ length: 4 }, async () => {
      const sealed = await newReport();
      while (!killed) {
        try {
          const { status } = await send(decoyLike(sealed));
          assert.equal(status, 201);
        } catch (error) {
          if (!killed) throw error;
        }
      }
    });
    assert.equal((await send(bodyOf(await newReport()))).status, 201);
    accepted += 1;
    await poll("decoys", async () => ((await figure("safeconduct_ledger_decoys_total")) >= before + moment ? true : undefined));
    killed = true;
    await gateway.kill();
    await Promise.all(flood);
    await gateway.serve();
    assert.equal(await caseCount(), accepted);
  }
  assert.equal(await gateway.stop(), 0);
  await verified();
});
