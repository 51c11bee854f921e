// Cover traffic: how often and when a visit has a decoy, and that its request is as long as a report's.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { pretence } from "../../../../gateway/web/reporter/page/pretence.ts";
import type { Report } from "../../../../gateway/web/reporter/protocol.ts";
import { Submission } from "../../../../gateway/web/reporter/worker/submission.ts";
import { GatewayApi } from "../../../../gateway/web/shared/api/api.ts";
import type { Fetch, FetchInit } from "../../../../gateway/web/shared/api/transport.ts";
import { equal } from "../../../../gateway/web/shared/base/bytes.ts";
import type { OpenCharter } from "../../../../gateway/web/shared/charter/charter.ts";
import { parseTolerant, serialize } from "../../../../gateway/web/shared/base/messages.ts";
import { SubmitReplySchema, SubmitReportSchema } from "../../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { reportHash, reportId } from "../../../../gateway/web/shared/report/compartment.ts";
import { quorumCharter } from "../quorumOffice.ts";
import { charter, promiseFor, trust } from "../testing.ts";

// Numbers from 0, excluded, to 1, the same in each run (Park and Miller).
function numbers(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe("what a visit pretends", () => {
  const random = numbers();
  const visits = Array.from({ length: 20_000 }, () => pretence(random));
  const drawn = visits.filter((visit) => visit !== undefined);
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

  test("one visit in four has a decoy", () => {
    assert.ok(Math.abs(drawn.length / visits.length - 1 / 4) < 0.01, String(drawn.length));
  });

  test("at times at which people report", () => {
    const read = drawn.map(({ readSeconds }) => readSeconds);
    const fill = drawn.map(({ fillSeconds }) => fillSeconds);
    assert.ok(Math.abs(median(read) - 45) < 3 && Math.abs(median(fill) - 360) < 15, `${median(read)} ${median(fill)}`);
    assert.ok(Math.min(...read) >= 10 && Math.max(...read) <= 240 && Math.min(...fill) >= 90 && Math.max(...fill) <= 1800);
    assert.ok(new Set(fill).size > fill.length * 0.9, "no time is usual");
    const ended = drawn.filter(({ readSeconds, fillSeconds }) => readSeconds + fillSeconds < 600);
    assert.ok(ended.length > drawn.length / 2, "before an idle page is wiped");
  });

  test("mostly of the smallest size class, and now and then of a larger one", () => {
    const larger = drawn.filter(({ narrativeBytes }) => narrativeBytes > 15_000).length / drawn.length;
    assert.ok(larger > 0.005 && larger < 0.05, String(larger));
  });
});

const no = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };
const reportWith = (narrative: string, more: Partial<Report> = {}): Report =>
  ({ draft: 1, language: "en", narrative, answers: { triage: [], account: [], identity: [] }, consents: no, files: [], ...more });

interface Sent {
  readonly path: string;
  readonly init: FetchInit;
}

/** What goes to the gateway when `send` sends. */
async function sentBy(open: OpenCharter, report: Report, send: (submission: Submission) => Promise<unknown>): Promise<Sent> {
  const all: Sent[] = [];
  const fetch: Fetch = async (url, init) => {
    all.push({ path: url.pathname, init });
    const { report: sent } = parseTolerant(SubmitReportSchema, init.body!, init.body!.length);
    const hash = sent.case === "sealed" ? reportHash(sent.value.manifest) : new Uint8Array(32);
    const reply = serialize(SubmitReplySchema, { $typeName: "safeconduct.v1.SubmitReply", reportId: reportId(hash), promise: promiseFor("report", hash) });
    return new Response(reply as Uint8Array<ArrayBuffer>, { status: 201 });
  };
  const office = { api: new GatewayApi("https://gateway.example", { fetch }), charter: open, channel: "conduct", trust, charterProof: "" };
  await send(new Submission(office, report));
  assert.equal(all.length, 1);
  return all[0]!;
}

describe("a decoy", () => {
  const said = { triage: [{ question: "kind", values: ["theft"] }], account: [{ question: "more", values: ["by night"] }], identity: [{ question: "name", values: ["Amina"] }] };
  for (const [policy, open] of [["intake", charter()], ["quorum", quorumCharter]] as const) {
    for (const [size, bytes, real] of [["short", 0, 3000], ["long", 40_000, 40_100], ["longest", 100_000, 99_000]] as const) {
      test(`for ${policy}, ${size}: the request of a report, byte for byte in length`, async () => {
        const report = await sentBy(open, reportWith("y".repeat(real), { answers: said, consents: { ...no, contact: true, supportServices: true } }), (each) => each.send(() => {}));
        const decoy = await sentBy(open, reportWith("x".repeat(bytes)), (each) => each.sendDecoy());
        assert.equal(decoy.init.body!.length, report.init.body!.length);
        assert.equal(decoy.path, report.path);
        assert.deepEqual({ ...decoy.init, body: undefined }, { ...report.init, body: undefined });
      });
    }
  }

  test("is of random bytes, and has nothing of what was sealed", async () => {
    const parse = ({ init: { body } }: Sent) => parseTolerant(SubmitReportSchema, body!, body!.length);
    const [first, second] = [parse(await sentBy(charter(), reportWith("x"), (each) => each.sendDecoy())), parse(await sentBy(charter(), reportWith("x"), (each) => each.sendDecoy()))];
    assert.ok(first.report.case === "decoy" && second.report.case === "decoy");
    assert.ok(!Buffer.from(first.report.value).includes("conduct"), "no manifest");
    assert.ok(!equal(first.report.value, second.report.value));
    assert.equal(first.payloads.length, 3);
    assert.deepEqual([first.uploads, first.payloads.map(({ length }) => length)], [[], second.payloads.map(({ length }) => length)]);
    for (const [i, payload] of first.payloads.entries()) assert.ok(!equal(payload, second.payloads[i]!));
  });
});
