// gateway/web/shared/report/eventForm.ts: the form of every event by code and field.
import { before, describe, test } from "node:test";

import { sealFile } from "../../../gateway/web/shared/age/age.ts";
import { parseHeader } from "../../../gateway/web/shared/age/header.ts";
import { wrapHeader } from "../../../gateway/web/shared/age/wrap.ts";
import { concat, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import type { Code } from "../../../gateway/web/shared/base/error.ts";
import type { Holder } from "../../../gateway/web/shared/generated/safeconduct/v1/charter_pb.ts";
import { DeliveryState } from "../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { checkEvent, type EventBody, signEvent } from "../../../gateway/web/shared/report/event.ts";
import { assign, dismiss, exclude, hold, link, revoke } from "../../../gateway/web/shared/report/work.ts";
import { charter as makeCharter, fails, holders, pattern } from "./testing.ts";

const charter = makeCharter();
const { intake } = holders;
const holder = (label: keyof typeof holders): Holder => charter.holderByLabel(label)!;
const key = pattern(32);
const hash = pattern(32);
const time = 1_800_000_000;

describe("the form of an event", () => {
  const check = (body: EventBody, after = 0n): unknown => checkEvent(signEvent(hash, { sequence: after, hash }, 1n, time, body, intake.key("event")));
  let file: Uint8Array;
  let header: Uint8Array;
  before(async () => {
    const parts = await sealFile(new Uint8Array(4096), [intake.recipient]);
    header = parts.header;
    file = concat(parts.header, parts.payload);
  });

  // The same stanza so many times, before the MAC.
  const crowd = (count: number): Uint8Array => {
    const { size } = parseHeader(file);
    const text = new TextDecoder().decode(file.subarray(0, size));
    const [first, mac] = [text.indexOf("->"), text.indexOf("---")];
    return concat(utf8(text.slice(0, first) + text.slice(first, mac).repeat(count) + text.slice(mac)), file.subarray(size));
  };
  // The same file, whose header has the stanza of a quorum too, or nothing else.
  const toQuorum = (recipients = [intake.recipient], body = pattern(32 + 3 * 1202)): Uint8Array =>
    concat(wrapHeader(pattern(16), recipients, { type: "safeconduct/quorum", args: ["2", "3"], body }), file.subarray(header.length));
  const grantOf = (value: object): EventBody => ({ case: "grant", value: { grantee: key, headers: [{ compartment: "account", header }], ...value } });

  const names = ["triage", "account", "identity", ...Array.from({ length: 64 }, (_, i) => `attachment-${i}`)];
  const events = Array.from({ length: 62 }, (_, i) => `event-${i + 1}`);
  const many = [...names.slice(1), ...events]; // 128
  const sharesOf = (names: readonly string[], sealed = pattern(1170)) => names.map((compartment) => ({ compartment, sealed }));
  const requestOf = (value: object = {}): EventBody => ({ case: "request", value: { compartments: ["account"], reason: file, ...value } });
  const approvalOf = (value: object = {}): EventBody => ({ case: "approval", value: { request: hash, index: 1, shares: sharesOf(["account"]), ...value } });
  const handoverOf = (value: object = {}): EventBody => ({ case: "handover", value: { successor: key, index: 16, shares: sharesOf(["account"]), ...value } });
  const consentOf = (value: object = {}): EventBody => ({ case: "consent", value: { sealed: file, identity: file, ...value } });

  const day = Math.floor(time / 86_400) * 86_400;
  const expiryOf = (value: object = {}): EventBody => ({ case: "expiry", value: { channel: "conduct", closedDay: BigInt(day - 30 * 86_400), closedDays: 30, leaves: hash, ...value } });

  test("of every kind that breaks no rule is taken", () => {
    const bodies: EventBody[] = [
      assign(holder("intake")), assign(holder("intake"), true), exclude(holder("auditor")), revoke(holder("support")),
      revoke(holder("support"), names), link(hash), dismiss(), dismiss(true), hold(), hold(true),
      grantOf({}), grantOf({ expires: BigInt(time + 1) }), grantOf({ headers: names.map((compartment) => ({ compartment, header })) }),
      ...(["message", "note", "custody", "measures"] as const).map((kind) => ({ case: kind, value: { sealed: crowd(64) } })),
      ...[file, toQuorum(), toQuorum([])].map((sealed): EventBody => ({ case: "message", value: { sealed } })),
      grantOf({ headers: [...names, ...events.slice(1)].map((compartment) => ({ compartment, header })) }),
      revoke(holder("support"), ["triage", "event-9223372036854775807"]),
      requestOf(), requestOf({ compartments: many, expires: BigInt(time + 1) }),
      approvalOf(), approvalOf({ index: 16, shares: sharesOf(many) }), approvalOf({ shares: sharesOf(["event-3"], new Uint8Array(0)) }),
      { case: "refusal", value: { request: hash, reason: crowd(64) } },
      handoverOf(), handoverOf({ index: 1, shares: sharesOf(many) }),
      consentOf(), consentOf({ identity: toQuorum() }), consentOf({ identity: toQuorum([]) }),
      { case: "erasure", value: {} }, expiryOf(),
    ];
    for (const body of bodies) check(body);
    for (const state of [1, 2, 3, 4, 5] as DeliveryState[]) check({ case: "delivery", value: { message: 6n, state } }, 6n);
  });

  test("of a delivery without a state is refused", async () => {
    const body: EventBody = { case: "delivery", value: { message: 1n } };
    await fails(() => check(body, 1n), "malformed", "delivery.state");
    await fails(() => check({ case: "delivery", value: { message: 1n, state: 6 as DeliveryState } }, 1n), "unsupported", "event");
  });

  const short = pattern(31);
  const rows: [string, () => EventBody, Code, string][] = [
    ["an expiry of no channel", () => expiryOf({ channel: "" }), "malformed", "expiry.channel"],
    ["an expiry since no day", () => expiryOf({ closedDay: 0n }), "malformed", "expiry.closed_day"],
    ["an expiry since noon", () => expiryOf({ closedDay: BigInt(day - 40 * 86_400 + 43_200) }), "malformed", "expiry.closed_day"],
    ["an expiry of what is kept", () => expiryOf({ closedDays: 0 }), "malformed", "expiry.closed_days"],
    ["an expiry of no leaves", () => expiryOf({ leaves: short }), "malformed", "expiry.leaves"],
    ["an expiry a day early", () => expiryOf({ closedDays: 31 }), "rejected", "time"],
    ["an assignment of nobody", () => ({ case: "assignment", value: {} }), "malformed", "assignment.holder"],
    ["an assignment of half a key", () => ({ case: "assignment", value: { holder: short } }), "malformed", "assignment.holder"],
    ["an exclusion of nobody", () => ({ case: "exclusion", value: { ended: true } }), "malformed", "exclusion.holder"],
    ["an exclusion of a long key", () => ({ case: "exclusion", value: { holder: pattern(33) } }), "malformed", "exclusion.holder"],
    ["a grant to nobody", () => grantOf({ grantee: short }), "malformed", "grant.grantee"],
    ["a grant of nothing", () => grantOf({ headers: [] }), "malformed", "grant.headers"],
    ["a grant that ended as it began", () => grantOf({ expires: BigInt(time) }), "rejected", "grant.expires"],
    ["a grant that ended before any time", () => grantOf({ expires: -1n }), "rejected", "grant.expires"],
    ["a grant of no header", () => grantOf({ headers: [{ compartment: "account" }] }), "malformed", "grant.headers.header"],
    ["a grant with its payload", () => grantOf({ headers: [{ compartment: "account", header: file }] }), "malformed", "grant.headers.header"],
    ["a grant to two", () => grantOf({ headers: [{ compartment: "account", header: crowd(2).subarray(0, -4128) }] }), "rejected", "grant.headers.header"],
    ["a grant to another kind of recipient", () => grantOf({ headers: [{ compartment: "account", header: renamed() }] }), "rejected", "grant.headers.header"],
    ["a grant of no compartment", () => grantOf({ headers: [{ header }] }), "malformed", "grant.headers.compartment"],
    ["a grant of a diary", () => grantOf({ headers: [{ compartment: "diary", header }] }), "malformed", "grant.headers.compartment"],
    ["a grant of one attachment too far", () => grantOf({ headers: [{ compartment: "attachment-64", header }] }), "malformed", "grant.headers.compartment"],
    ["a grant of attachment-01", () => grantOf({ headers: [{ compartment: "attachment-01", header }] }), "malformed", "grant.headers.compartment"],
    ["a grant twice of one", () => grantOf({ headers: [1, 2].map(() => ({ compartment: "account", header })) }), "rejected", "grant.headers.compartment"],
    ["a revocation of nobody's", () => ({ case: "revocation", value: {} }), "malformed", "revocation.holder"],
    ["a revocation of plain", () => revoke(holder("support"), ["plain"]), "malformed", "revocation.compartments"],
    ["a revocation twice of one", () => revoke(holder("support"), ["triage", "triage"]), "rejected", "revocation.compartments"],
    ["a revocation out of order", () => revoke(holder("support"), ["account", "triage"]), "rejected", "revocation.compartments"],
    ["a grant out of order", () => grantOf({ headers: ["event-2", "event-1"].map((compartment) => ({ compartment, header })) }), "rejected", "grant.headers.compartment"],
    ["a grant of 129", () => grantOf({ headers: [...names, ...events].map((compartment) => ({ compartment, header })) }), "too_large", "grant.headers.compartment"],
    ["a request for nothing", () => requestOf({ compartments: [] }), "malformed", "request.compartments"],
    ...["triage", "plain", "event-0", "event-01", "event-", "event-1a", "event-9223372036854775808"].map(
      (name): (typeof rows)[number] => [`a request for ${name}`, () => requestOf({ compartments: [name] }), "malformed", "request.compartments"],
    ),
    ["a request out of order", () => requestOf({ compartments: ["identity", "account"] }), "rejected", "request.compartments"],
    ["a request twice for one", () => requestOf({ compartments: ["event-4", "event-4"] }), "rejected", "request.compartments"],
    ["a request for 129", () => requestOf({ compartments: [...many, "event-99"] }), "too_large", "request.compartments"],
    ["a request that ended as it began", () => requestOf({ expires: BigInt(time) }), "rejected", "request.expires"],
    ["a request without a reason", () => requestOf({ reason: new Uint8Array(0) }), "malformed", "request.reason"],
    ["a request whose reason is to a quorum", () => requestOf({ reason: toQuorum() }), "rejected", "request.reason"],
    ["an approval of half a hash", () => approvalOf({ request: short }), "malformed", "approval.request"],
    ["an approval at place 0", () => approvalOf({ index: 0 }), "rejected", "approval.index"],
    ["an approval at place 17", () => approvalOf({ index: 17 }), "rejected", "approval.index"],
    ["an approval of nothing", () => approvalOf({ shares: [] }), "malformed", "approval.shares"],
    ["an approval of triage", () => approvalOf({ shares: sharesOf(["triage"]) }), "malformed", "approval.shares.compartment"],
    ["an approval out of order", () => approvalOf({ shares: sharesOf(["event-1", "account"]) }), "rejected", "approval.shares.compartment"],
    ["an approval with 129 shares", () => approvalOf({ shares: sharesOf([...many, "event-99"]) }), "too_large", "approval.shares.compartment"],
    ["an approval with a short share", () => approvalOf({ shares: sharesOf(["account"], pattern(1169)) }), "malformed", "approval.shares.sealed"],
    ["a refusal of nothing", () => ({ case: "refusal", value: { reason: file } }), "malformed", "refusal.request"],
    ["a refusal without a reason", () => ({ case: "refusal", value: { request: hash } }), "malformed", "refusal.reason"],
    ["a handover to nobody", () => handoverOf({ successor: short }), "malformed", "handover.successor"],
    ["a handover at place 17", () => handoverOf({ index: 17 }), "rejected", "handover.index"],
    ["a handover of nothing", () => handoverOf({ shares: [] }), "malformed", "handover.shares"],
    ["a handover without its share", () => handoverOf({ shares: sharesOf(["account"], new Uint8Array(0)) }), "malformed", "handover.shares.sealed"],
    ["a handover with a long share", () => handoverOf({ shares: sharesOf(["account"], pattern(1171)) }), "malformed", "handover.shares.sealed"],
    ["a handover out of order", () => handoverOf({ shares: sharesOf(["identity", "account"]) }), "rejected", "handover.shares.compartment"],
    ["a consent that is not sealed", () => consentOf({ sealed: pattern(9) }), "malformed", "consent.sealed"],
    ["a consent to a quorum", () => consentOf({ sealed: toQuorum() }), "rejected", "consent.sealed"],
    ["a consent without an identity", () => consentOf({ identity: new Uint8Array(0) }), "malformed", "consent.identity"],
    ["a consent with a long identity", () => consentOf({ identity: pattern(131_073) }), "too_large", "consent.identity"],
    ["a consent with an identity that is cut", () => consentOf({ identity: file.subarray(0, -1) }), "rejected", "consent.identity"],
    ["a message to a quorum of another size", () => ({ case: "message", value: { sealed: toQuorum([intake.recipient], pattern(32 + 1202)) } }), "malformed", "message.sealed"],
    ["a delivery of nothing", () => ({ case: "delivery", value: { state: DeliveryState.SENT } }), "malformed", "delivery.message"],
    ["a delivery of itself", () => ({ case: "delivery", value: { message: 1n, state: DeliveryState.SENT } }), "malformed", "delivery.message"],
    ["a link to nothing", () => ({ case: "link", value: {} }), "malformed", "link.report_hash"],
    ["a link to an id", () => link(pattern(16)), "malformed", "link.report_hash"],
    ...(["message", "note", "custody", "measures"] as const).flatMap((kind): typeof rows => {
      const of = (make: () => Uint8Array) => (): EventBody => ({ case: kind, value: { sealed: make() } });
      return [
        [`${kind}: nothing`, of(() => new Uint8Array(0)), "malformed", `${kind}.sealed`],
        [`${kind}: no age file`, of(() => pattern(100)), "malformed", `${kind}.sealed`],
        [`${kind}: more than 128 KiB`, of(() => pattern(131_073)), "too_large", `${kind}.sealed`],
        [`${kind}: cut`, of(() => file.subarray(0, -1)), "rejected", `${kind}.sealed`],
        [`${kind}: a header only`, of(() => header), "rejected", `${kind}.sealed`],
        [`${kind}: to a crowd`, of(() => crowd(65)), "too_large", `${kind}.sealed`],
        [`${kind}: to another kind of recipient`, of(() => concat(renamed(), file.subarray(header.length))), "rejected", `${kind}.sealed`],
      ];
    }),
  ];
  const renamed = (): Uint8Array => utf8(new TextDecoder().decode(header).replace("mlkem768x25519", "X25519"));
  for (const [name, body, code, field] of rows) {
    test(`${name} is refused`, () => fails(() => check(body()), code, field));
  }

  test("a field that this version does not know is refused in every kind", async () => {
    const signed = (body: EventBody) => signEvent(hash, { sequence: 0n, hash }, 1n, time, body, intake.key("event"));
    const before = signed({ case: undefined } as never).event.length; // the body stands last
    const unknown = Uint8Array.of(0x98, 0x06, 0x01); // field 99: 1
    for (const body of [assign(holder("intake")), exclude(holder("intake")), revoke(holder("intake")), link(hash), dismiss(), hold()]) {
      const event = signed(body);
      const bytes = concat(event.event, unknown);
      bytes[before + (bytes[before]! < 0x80 ? 1 : 2)]! += unknown.length; // after the tag, the body's length
      await fails(() => checkEvent({ ...event, event: bytes }), "unsupported", "event");
    }
    const grant = signed(grantOf({ headers: [] }));
    await fails(() => checkEvent({ ...grant, event: concat(grant.event, unknown) }), "unsupported", "event");
  });
});
