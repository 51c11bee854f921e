// gateway/web/reporter/worker/mailbox.ts: what the page is told of the log, with witnesses in the trust file,
// and what the file of a broken promise is made of.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { Mailbox } from "../../../../gateway/web/reporter/worker/mailbox.ts";
import { GatewayApi } from "../../../../gateway/web/shared/api/api.ts";
import type { Fetch } from "../../../../gateway/web/shared/api/transport.ts";
import { toHex } from "../../../../gateway/web/shared/base/bytes.ts";
import { serialize } from "../../../../gateway/web/shared/base/messages.ts";
import { type Mailbox as Answer, MailboxSchema } from "../../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { CaseStatus } from "../../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { receiptDigits } from "../../../../gateway/web/shared/identity/receiptCode.ts";
import { Party } from "../../../../gateway/web/shared/identity/party.ts";
import { parseWitnessKey } from "../../../../gateway/web/shared/tlog/checkpoint.ts";
import { type Sealed, sealReport } from "../../../../gateway/web/shared/report/seal.ts";
import { serializeNote, signNote } from "../../../../gateway/web/shared/note/note.ts";
import { checkpointText, cosignatureLine, keyFromSeed, leafHash, proofText, vkeyOf } from "../../../vectors/charterlog/charterlog.ts";
import { kinds, leafOf, noEntry, receiptText } from "../../../vectors/reportlog/reportlog.ts";
import { charter, fails, logKey, logVerifier, pattern, promiseFor, trust } from "../testing.ts";

const until = 1_800_000_000; // of promiseFor
const names = ["w0.example", "w1.example"];
const keys = names.map((_, i) => keyFromSeed(new Uint8Array(32).fill(61 + i)));
const witnesses = names.map((name, i) => parseWitnessKey(vkeyOf(name, keys[i]!, 4)));
const code = new Uint8Array(16).fill(7);
const open = charter();
let sealed: Sealed;

before(async () => {
  const none = { triageAnswers: [], accountAnswers: [], identityAnswers: [], attachments: [] };
  sealed = await sealReport({ channel: "conduct", consent: {}, language: "en", narrative: "x", ...none }, open, Party.fromReceiptCode(code));
});

/** The signature lines of a checkpoint, by its log and by the witnesses at these times. */
function linesFor(text: string, name: string, times: readonly number[]): string {
  const signed = serializeNote(signNote({ text, signatures: [] }, name, logKey)).slice(text.length + 1);
  return signed + times.map((time, i) => cosignatureLine(text, names[i]!, keys[i]!, time)).join("");
}

/** A receipt of the report, cosigned at these times. */
function receiptAt(times: readonly number[]): string {
  const salt = pattern(32);
  const entries = [leafOf(kinds.cover, Buffer.alloc(32), noEntry), leafOf(kinds.report, salt, sealed.hash)];
  const text = checkpointText(logVerifier.name, entries.map(leafHash));
  return receiptText(1, entries, salt, text, linesFor(text, logVerifier.name, times));
}

interface Served {
  readonly now?: number; // of the gateway
  readonly receipt?: string;
  readonly charterSeen?: readonly number[]; // when the witnesses cosigned the charters' log
  readonly changed?: Partial<Answer>;
  readonly checkpoint?: string;
}

async function mailboxOf({ now = until, receipt = "", charterSeen = [], changed = {}, checkpoint }: Served): Promise<{ mailbox: Mailbox; asked: string[] }> {
  const asked: string[] = [];
  const answer = {
    $typeName: "safeconduct.v1.Mailbox", reportId: sealed.id, channel: "conduct", status: CaseStatus.RECEIVED, events: [], reportHash: sealed.hash,
    promise: promiseFor("report", sealed.hash), sequence: 0n, head: sealed.hash, readers: ["intake", "intake-2"], grants: [], erased: false, receipt,
    padding: new Uint8Array(0), ...changed,
  } as Answer;
  const fetch: Fetch = async ({ pathname }) => {
    asked.push(pathname);
    const headers = { date: new Date(now * 1000).toUTCString() };
    if (pathname === "/v1/mailbox") return new Response(serialize(MailboxSchema, answer) as Uint8Array<ArrayBuffer>, { headers });
    if (pathname === "/log/checkpoint") return new Response(checkpoint ?? null, { status: checkpoint === undefined ? 404 : 200, headers });
    return new Response(null, { headers });
  };
  const leaves = [leafHash(Buffer.from("a charter"))];
  const text = checkpointText(trust.origin, leaves);
  const office = {
    api: new GatewayApi("https://gateway.example", { fetch }), charter: open, channel: "conduct",
    trust: { ...trust, witnesses, witnessThreshold: 2 },
    charterProof: proofText(0, leaves, text, linesFor(text, trust.origin, charterSeen)),
  };
  return { mailbox: await Mailbox.open(office, receiptDigits(code)), asked };
}

const stateOf = async (served: Served): Promise<string> => (await (await mailboxOf(served)).mailbox.view()).record.state;

describe("the page is told that the report is", () => {
  test("recorded, when as many witnesses as required have seen it, long ago or not", async () => {
    for (const times of [[until, until], [1, until + 1e9]]) {
      assert.equal(await stateOf({ receipt: receiptAt(times) }), "logged");
      assert.equal(await stateOf({ receipt: receiptAt(times), now: until + 1e8 }), "logged");
    }
  });

  test("promised by a time, and not confirmed after it, when too few have", async () => {
    const { record } = await (await mailboxOf({ receipt: receiptAt([until]) })).mailbox.view();
    assert.deepEqual(record, { state: "promised", until });
    assert.equal(await stateOf({ receipt: receiptAt([until]), now: until + 1 }), "unconfirmed");
  });

  test("missing, when the time has passed by the gateway's clock or by that of enough witnesses", async () => {
    assert.equal(await stateOf({}), "promised");
    assert.equal(await stateOf({ now: until + 1 }), "broken");
    assert.equal(await stateOf({ receipt: receiptAt([until, until]).replace("index 1", "index 0"), now: until + 1 }), "broken");
    const late = until + 301;
    assert.equal(await stateOf({ now: until - 1000, charterSeen: [late, late] }), "broken");
    assert.equal(await stateOf({ now: until - 1000, charterSeen: [late, until] }), "promised", "one witness may be wrong");
  });

  test("erased, with or without its promise", async () => {
    assert.equal(await stateOf({ now: until + 1, changed: { erased: true } }), "erased");
    assert.equal(await stateOf({ now: until + 1, changed: { erased: true, promise: "" } }), "erased");
  });
});

test("a mailbox whose promise does not verify is refused, whatever its receipt", async () => {
  for (const promise of ["", promiseFor("event", sealed.hash), promiseFor("report", pattern(32))]) {
    await fails(() => mailboxOf({ receipt: receiptAt([until, until]), changed: { promise } }), ["unverified", "malformed"]);
  }
});

describe("the file of a broken promise", () => {
  const checkpoint = "log.example\n64\nAAAA\n\n\u2014 log.example AAAAAAAA\n";

  test("has promise and hash as they are, and a checkpoint that is asked for then", async () => {
    const { mailbox, asked } = await mailboxOf({ now: until + 5, checkpoint });
    await mailbox.view();
    assert.ok(!asked.includes("/log/checkpoint"));
    assert.deepEqual(await mailbox.evidence(), { promise: promiseFor("report", sealed.hash), hash: toHex(sealed.hash), checkpoint, time: until + 5 });
    assert.equal(asked.filter((path) => path === "/log/checkpoint").length, 1);
  });

  test("goes without the checkpoint when there is none, and names the witnesses' time when that is later", async () => {
    const { mailbox, asked } = await mailboxOf({ now: until - 1000, charterSeen: [until + 400, until + 500] });
    const { checkpoint: missing, time } = await mailbox.evidence();
    assert.deepEqual([missing, time], ["", until + 400]);
    assert.equal(asked.filter((path) => path === "/log/checkpoint").length, 1, "it is not tried again");
  });

  test("is not there when the promise is not", async () => {
    const { mailbox } = await mailboxOf({ changed: { erased: true, promise: "" } });
    await fails(() => mailbox.evidence(), "rejected", "erased");
  });
});
