// What an auditor holds against one another: each thing that a gateway may do to the log, its openings or its cases is
// an alarm of its own (gateway/transparency/README.md, "What catches what").
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { type AuditedCase, AuditBook } from "../../../../gateway/web/console/worker/auditBook.ts";
import { toHex } from "../../../../gateway/web/shared/base/bytes.ts";
import { create } from "../../../../gateway/web/node_modules/@bufbuild/protobuf/dist/esm/index.js";
import { type LogOpening, LogOpeningSchema } from "../../../../gateway/web/shared/generated/safeconduct/v1/api_pb.ts";
import { reportId } from "../../../../gateway/web/shared/report/compartment.ts";
import { rootOfLeaves } from "../../../../gateway/web/shared/report/expiry.ts";
import { coverHash, type LeafKind, leafKinds, leafOf } from "../../../../gateway/web/shared/report/promise.ts";

const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value);
const hour = 3600;
const now = 1_000 * hour;

interface World {
  leaves: Uint8Array[];
  openings: LogOpening[];
  cases: AuditedCase[];
  everything: boolean;
}

// A cover, a report with two events, and a case that was erased after one event.
function world(): World {
  const made: World = { leaves: [], openings: [], cases: [], everything: true };
  const add = (kind: LeafKind, hash: Uint8Array, id: string): Uint8Array => {
    const salt = bytes(100 + made.leaves.length);
    const leaf = leafOf(salt, kind, hash);
    made.openings.push(create(LogOpeningSchema, { entry: BigInt(made.leaves.length), kind: leafKinds[kind], salt, entryHash: kind === "cover" ? new Uint8Array(0) : hash, reportId: id }));
    made.leaves.push(leaf);
    return leaf;
  };
  add("cover", coverHash, "");
  const id = reportId(bytes(1));
  const leaf = add("report", bytes(1), id);
  for (const hash of [2, 3]) add("event", bytes(hash), id);
  const event = (hash: number, sequence: bigint) => ({ hash: bytes(hash), sequence, time: now - 100 * hour });
  made.cases.push({ id, hash: bytes(1), erased: false, promised: { leaf, until: now - 1 }, events: [event(2, 1n), event(3, 2n)] });
  const gone = reportId(bytes(5));
  for (const kind of [leafKinds.report, leafKinds.event]) {
    made.openings.push(create(LogOpeningSchema, { entry: BigInt(made.leaves.length), kind, reportId: gone, erasedBy: bytes(6) }));
    made.leaves.push(bytes(90 + kind));
  }
  add("event", bytes(6), gone);
  made.cases.push({ id: gone, hash: bytes(5), erased: true, promised: undefined, events: [event(6, 2n)] });
  return made;
}

function audit({ leaves, openings, cases, everything }: World) {
  const book = new AuditBook({ leaves: Buffer.concat(leaves), everything, intervalSeconds: 60, now });
  for (const opening of openings) book.takeOpening(opening);
  book.endOpenings();
  for (const each of cases) book.takeCase(each);
  book.endCases();
  return { counts: book.counts, kinds: book.alarms.map(({ kind }) => kind) };
}

test("a log in order: counted, and no alarm", () => {
  const { counts, kinds } = audit(world());
  assert.deepEqual(kinds, []);
  assert.deepEqual(counts, { reports: 1, events: 3, covers: 1, erased: 2, elsewhere: 0, waiting: 0, entries: 7, cases: 2, alarms: 0 });
});

describe("a case that expired", () => {
  const expired = (): World => {
    const made = world();
    const [event] = made.cases[1]!.events;
    made.cases[1] = { ...made.cases[1]!, events: [{ ...event!, leaves: rootOfLeaves(made.leaves.slice(4, 6).reverse()) }] };
    return made;
  };
  test("is in order when the entries that went with it are those that it names, in whatever order", () => assert.deepEqual(audit(expired()).kinds, []));
  test("with another entry in the place of one of them is an alarm", () => {
    const made = expired();
    made.leaves[4] = bytes(1);
    assert.deepEqual(audit(made).kinds, ["erasedOthers"]);
  });
});

test("the root over leaves is that of the command line, in whatever order they come", () => {
  const root = "df896896c799531f1fd1e556cea26a6989ab06853bcbfdd3e4f5097a611f658f";
  assert.equal(toHex(rootOfLeaves([bytes(3), bytes(1), bytes(2)])), root);
});

test("what has time left waits: a promise that is not over, an event of the last hour, entries past the checkpoint", () => {
  const made = world();
  const [one] = made.cases;
  made.openings = made.openings.filter(({ entry }) => entry < 1n || entry > 3n);
  for (const entry of [1, 2, 3]) {
    made.leaves[entry] = leafOf(bytes(7), "cover", coverHash);
    made.openings.push(create(LogOpeningSchema, { entry: BigInt(entry), kind: leafKinds.cover, salt: bytes(7) }));
  }
  made.openings.push(create(LogOpeningSchema, { entry: 99n, kind: leafKinds.report, salt: bytes(7), entryHash: bytes(1) }));
  made.cases[0] = { ...one!, promised: { ...one!.promised!, until: now }, events: one!.events.map((event) => ({ ...event, time: now - hour })) };
  const { counts, kinds } = audit(made);
  assert.deepEqual([kinds, counts.waiting], [[], 3]);
});

const lies: readonly (readonly [string, (made: World) => void, readonly string[]])[] = [
  ["an entry without an opening", ({ openings }) => void openings.shift(), ["noOpening"]],
  ["an entry that is opened twice", ({ openings }) => void openings.push(openings[0]!), ["openedTwice"]],
  ["a report called a cover", ({ openings }) => void Object.assign(openings[1]!, { kind: leafKinds.cover, reportId: "" }), ["notItsOpening", "missingReport"]],
  ["a salt that is another's", ({ openings }) => void (openings[2]!.salt = bytes(0)), ["notItsOpening", "missingEvent"]],
  ["a case that is not listed", ({ cases }) => void cases.shift(), ["hiddenReport", "hiddenEvent", "hiddenEvent"]],
  ["a case that is listed twice", ({ cases }) => void cases.push(cases[0]!), ["listedTwice"]],
  ["an event that was taken out of its chain", ({ cases }) => void (cases[0] = { ...cases[0]!, events: cases[0]!.events.slice(0, 1) }), ["notInChain"]],
  ["an event in the chain that the log never got", ({ cases }) => void (cases[0] = { ...cases[0]!, events: [...cases[0]!.events, { hash: bytes(8), sequence: 3n, time: now - 100 * hour }] }), ["missingEvent"]],
  ["another leaf than the reporter was promised", ({ cases }) => void (cases[0] = { ...cases[0]!, promised: { leaf: bytes(4), until: 0 } }), ["notPromised"]],
  ["a report said to be of another case", ({ openings }) => void (openings[1]!.reportId = reportId(bytes(9))), ["otherCase", "missingReport"]],
  ["something said to be erased, and its salt kept", ({ openings }) => void (openings[4]!.salt = bytes(1)), ["notErased", "erasedMissing"]],
  ["an erasure that nobody signed", ({ openings }) => void (openings[4]!.erasedBy = bytes(9)), ["erasedByNothing", "erasedMissing"]],
  ["an event said to be erased with another's case", ({ openings }) => void Object.assign(openings[3]!, { salt: new Uint8Array(0), entryHash: new Uint8Array(0), erasedBy: bytes(6), reportId: reportId(bytes(5)) }), ["missingEvent", "erasedTooMany"]],
  ["entries erased with a case that is not listed", ({ cases }) => void cases.pop(), ["hiddenEvent", "erasedNowhere"]],
];

describe("each lie is an alarm", () => {
  for (const [what, lie, expected] of lies) {
    test(what, () => {
      const made = world();
      lie(made);
      assert.deepEqual(audit(made).kinds.sort(), [...expected].sort());
    });
  }
});

describe("an auditor of some channels", () => {
  const some = (): World => {
    const made = { ...world(), everything: false };
    for (const opening of made.openings.slice(1, 4)) opening.reportId = "";
    made.cases.shift();
    return made;
  };
  test("sees that the others' entries are no covers, and no more", () => {
    const { counts, kinds } = audit(some());
    assert.deepEqual([kinds, counts.elsewhere, counts.cases], [[], 3, 1]);
  });
  test("is alarmed when one of them is a report of his own, or is not what it is said to be", () => {
    const listed = some();
    listed.cases.push(world().cases[0]!);
    assert.ok(audit(listed).kinds.includes("saidElsewhere"));
    const false_ = some();
    false_.openings[2]!.salt = bytes(0);
    assert.deepEqual(audit(false_).kinds, ["notItsOpening"]);
  });
});
