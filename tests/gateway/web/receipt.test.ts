// gateway/web/shared/report/receipt.ts: receipts by the vectors of tests/vectors/reportlog, which a second
// implementation made; every flip; and what a mailbox says of a promise at any time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { equal, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SafeconductError } from "../../../gateway/web/shared/base/error.ts";
import { parseNote, parseVerifierKey } from "../../../gateway/web/shared/note/note.ts";
import { coverHash, leafOf, type Promised, verifyPromise } from "../../../gateway/web/shared/report/promise.ts";
import { readReceipt, type Recorded, recordState, verifyReceipt } from "../../../gateway/web/shared/report/receipt.ts";
import { parseWitnessKey, witnessedTime } from "../../../gateway/web/shared/tlog/checkpoint.ts";
import * as second from "../../vectors/reportlog/reportlog.ts";
import { vectors } from "../../vectors/reportlog/generate.ts";
import { flipped, hex, pattern } from "./testing.ts";

const logs = vectors.logs.map((vkey) => parseVerifierKey(vkey));
const witnesses = vectors.witnesses.map(parseWitnessKey);
const none = { witnesses: [], threshold: 0 };

/** "ok", or code and field of the refusal. */
function verdictOf(receipt: string, { kind, hash, threshold }: (typeof vectors.cases)[number]): string {
  try {
    verifyReceipt(receipt, kind, hex(hash), logs, { witnesses, threshold });
    return "ok";
  } catch (error) {
    assert.ok(error instanceof SafeconductError, String(error));
    return `${error.code} ${error.field}`;
  }
}

const caseOf = (name: string): (typeof vectors.cases)[number] => vectors.cases.find((each) => each.name === name)!;
const good = caseOf("report 8 of 19");
const cosigned = caseOf("cosigned by enough, ten years ago");

describe("the vectors of receipts", () => {
  test("are what the generator makes", () => {
    const stored = JSON.parse(readFileSync(new URL("../../vectors/reportlog/receipts.json", import.meta.url), "utf8"));
    assert.deepEqual(stored, vectors);
  });

  for (const vector of vectors.cases) {
    test(vector.name, () => {
      assert.equal(verdictOf(vector.receipt, vector), vector.verdict === "ok" ? "ok" : `${vector.verdict} ${vector.field}`);
      const verify = (): object => {
        const vkey = vectors.logs.find((each) => vector.receipt.includes(`\n\n${each.split("+")[0]}\n`))!;
        return second.verifyReceipt(vector.receipt, vector.kind, hex(vector.hash), vkey, { vkeys: vectors.witnesses, threshold: vector.threshold });
      };
      if (vector.verdict === "ok") assert.ok(verify());
      else assert.throws(verify);
    });
  }
});

describe("a receipt", () => {
  test("says where the leaf is, and its salt", () => {
    const { index, size, log, salt } = verifyReceipt(good.receipt, "report", hex(good.hash), logs, none);
    assert.deepEqual([index, size, log.name], [8n, 19n, "log.example"]);
    assert.ok(equal(leafOf(salt, "report", hex(good.hash)), verifyPromise(vectors.promise, "report", hex(good.hash), logs).leaf));
    assert.deepEqual(coverHash, new Uint8Array(32));
  });

  test("with a bit of any byte flipped, or any line gone, twice or in another's place, is refused", () => {
    const bytes = utf8(cosigned.receipt);
    // Each byte at least once, each bit in turn: a signature is checked for most of them.
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      assert.notEqual(verdictOf(Buffer.from(flipped(bytes, bit)).toString("utf8"), cosigned), "ok", `bit ${bit}`);
    }
    const lines = cosigned.receipt.split("\n");
    for (const [i, line] of lines.entries()) {
      assert.notEqual(verdictOf(lines.toSpliced(i, 1).join("\n"), cosigned), "ok", `without line ${i}`);
      // A signature may stand there twice, and signatures in any order.
      if (line.startsWith("\u2014")) continue;
      assert.notEqual(verdictOf(lines.toSpliced(i, 0, line).join("\n"), cosigned), "ok", `line ${i} twice`);
      if (lines[i + 1] === undefined || lines[i + 1] === line) continue;
      assert.notEqual(verdictOf(lines.toSpliced(i, 2, lines[i + 1]!, line).join("\n"), cosigned), "ok", `lines ${i} and ${i + 1}`);
    }
    for (let length = 0; length < cosigned.receipt.length; ++length) {
      assert.notEqual(verdictOf(cosigned.receipt.slice(0, length), cosigned), "ok", `${length} characters`);
    }
  });

  test("for another report is refused", () => {
    for (let bit = 0; bit < 256; ++bit) {
      const hash = Buffer.from(flipped(hex(good.hash), bit)).toString("hex");
      assert.equal(verdictOf(good.receipt, { ...good, hash }), "unverified receipt");
    }
  });
});

describe("what a mailbox says of the log", () => {
  const hash = hex(good.hash);
  const promised = verifyPromise(vectors.promise, "report", hash, logs);
  const { until } = promised;
  const two = { witnesses, threshold: 2 };
  const read = (receipt: string, quorum = two, of: Promised = promised) => readReceipt(receipt, hash, of, logs, quorum);
  const state = (recorded: Partial<Recorded>, now: number, witnessed?: bigint): string =>
    recordState({ promised, receipt: undefined, erased: false, ...recorded }, now, witnessed).state;

  test("logged: with a receipt that verifies, whatever the time", () => {
    const receipt = read(cosigned.receipt);
    assert.ok(typeof receipt === "object");
    for (const now of [0, until, until + 1, until + 1e9]) assert.equal(state({ receipt }, now), "logged");
  });

  test("promised: until the time has passed", () => {
    assert.deepEqual(recordState({ promised, receipt: undefined, erased: false }, until), { state: "promised", until });
    assert.deepEqual(recordState({ promised, receipt: undefined, erased: false }, until + 1), { state: "broken", until });
  });

  test("broken: by the witnesses' word too, when the gateway's clock was turned back", () => {
    assert.equal(state({}, until - 1e6, BigInt(until + 300)), "promised");
    assert.equal(state({}, until - 1e6, BigInt(until + 301)), "broken");
    assert.equal(state({}, until + 1, BigInt(until - 1e6)), "broken", "an old checkpoint proves nothing");
  });

  test("a receipt that does not verify, or is of another leaf, is none", () => {
    const others = [caseOf("of another place"), caseOf("signed by a stranger"), caseOf("without a salt"), caseOf("report 16 of 19"), caseOf("a promise")];
    for (const { receipt, name } of others) assert.equal(read(receipt, none), undefined, name);
    assert.equal(read("", none), undefined);
    assert.equal(read("x".repeat(200_000), none), undefined);
    assert.equal(read(cosigned.receipt, two, { ...promised, salt: pattern(32) }), undefined);
    assert.equal(read(caseOf("cosigned by too few").receipt, two, { ...promised, salt: pattern(32) }), undefined);
  });

  test("unconfirmed: in the log by its own word only, once the time has passed", () => {
    const receipt = read(caseOf("cosigned by too few").receipt);
    assert.equal(receipt, "unconfirmed");
    assert.deepEqual([state({ receipt }, until), state({ receipt }, until + 1)], ["promised", "unconfirmed"]);
  });

  test("erased: nothing is promised any more", () => {
    assert.equal(state({ erased: true }, until + 1), "erased");
    assert.equal(state({ erased: true, promised: undefined }, until + 1), "erased");
  });

  test("time by witnesses is what as many as are required have seen", () => {
    const note = parseNote(cosigned.receipt.slice(cosigned.receipt.indexOf("\n\n") + 2));
    const times = [1, 2, 3].map((threshold) => witnessedTime(note, { witnesses, threshold }));
    assert.deepEqual(times, [1_800_000_000n, 1_800_000_000n - 315_360_000n, undefined]);
    assert.equal(witnessedTime(note, none), undefined);
  });
});
