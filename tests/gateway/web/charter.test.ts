// gateway/web/shared/charter: trust files, whose signatures count, and that each rule of charter.proto
// is refused with the field that the C++ names.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { toBase64, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SigningKey } from "../../../gateway/web/shared/base/ed25519.ts";
import type { Code } from "../../../gateway/web/shared/base/error.ts";
import { OpenCharter } from "../../../gateway/web/shared/charter/charter.ts";
import { openTrusted, openTrustedChain } from "../../../gateway/web/shared/charter/open.ts";
import { parseTrust } from "../../../gateway/web/shared/charter/trust.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { formatVerifierKey, keyTypes, makeVerifierKey, serializeNote, signNote } from "../../../gateway/web/shared/note/note.ts";
import { charterWith } from "./quorumOffice.ts";
import { charter, charterExpiry, charterJson, charterNote, charterText, fails, holderJson, holders, logKey, logVerifier, rootKeys, trust } from "./testing.ts";

const now = charterExpiry - 1000;
const keyOf = (number: number): SigningKey => SigningKey.fromSeed(new Uint8Array(32).fill(number));
const witness = (number: number): string =>
  formatVerifierKey(makeVerifierKey(`w${number}.example`, keyOf(number).publicKey, keyTypes.cosignature), keyTypes.cosignature);

describe("trust files", () => {
  const lines = [
    "# what a client trusts",
    "",
    "charter charter.example 7",
    ...rootKeys.map((key) => `root\t${formatVerifierKey(key)}`),
    "threshold 2",
    `log ${formatVerifierKey(logVerifier)} https://log.example/`,
    `witness w31 ${witness(31)}`,
    `witness w32 ${witness(32)}`,
    "group both all w31 w32",
    "quorum both",
  ];
  const file = (changed: readonly string[] = lines): string => changed.map((line) => `${line}\n`).join("");
  const without = (word: string): string => file(lines.filter((line) => !line.startsWith(word)));
  const instead = (word: string, line: string): string => file(lines.map((each) => (each.startsWith(word) ? line : each)));

  test("a whole one is read", () => {
    const read = parseTrust(file());
    assert.deepEqual([read.origin, read.minimumVersion, read.threshold, read.witnessThreshold], ["charter.example", 7n, 2, 2]);
    assert.deepEqual(read.roots, rootKeys);
    assert.deepEqual(read.witnesses.map(({ name }) => name), ["w31.example", "w32.example"]);
    assert.equal(parseTrust(instead("quorum", "quorum w32")).witnessThreshold, 1);
    assert.equal(parseTrust(instead("quorum", "quorum none")).witnesses.length, 0);
    assert.equal(parseTrust(instead("group", "group both any w31 w32")).witnessThreshold, 1);
  });

  const refusals: readonly (readonly [string, string, Code, string])[] = [
    ["cut short", file().trimEnd(), "malformed", ""],
    ["control characters", file([...lines, "# \u0007"]), "malformed", ""],
    ["another word", file([...lines, "policy x"]), "malformed", ""],
    ["too long", file([`# ${"x".repeat(65_536)}`]), "too_large", ""],
    ...["charter", "root", "threshold", "quorum"].map((word) => [`no ${word}`, without(word), "malformed", word] as const),
    ["two charters", file([...lines, lines[2]!]), "malformed", "charter"],
    ["version 0", instead("charter", "charter charter.example 0"), "malformed", "charter"],
    ["version 01", instead("charter", "charter charter.example 01"), "malformed", "charter"],
    ["a root twice", file([...lines, lines[3]!]), "rejected", "root"],
    ["a root that is no key", file([...lines, "root x"]), "malformed", "root"],
    ["a log with a root's key", file([...lines, `log ${formatVerifierKey(makeVerifierKey("other", rootKeys[0]!.key))}`]), "rejected", "log"],
    ["threshold 4 of 3", instead("threshold", "threshold 4"), "rejected", "threshold"],
    ["threshold 0", instead("threshold", "threshold 0"), "malformed", "threshold"],
    ["a witness of type 1", file([...lines, `witness w ${formatVerifierKey(logVerifier)}`]), "unsupported", "witness"],
    ["a name twice", file([...lines, `witness w31 ${witness(33)}`]), "rejected", "witness"],
    ["a group of groups", file([...lines, "group more all both"]), "unsupported", "group"],
    ["a member that is none", file([...lines, "group more all w99"]), "malformed", "group"],
    ["a witness in two groups", file([...lines, "group more all w31"]), "rejected", "group"],
    ["3 of 2", instead("group", "group both 3 w31 w32"), "rejected", "group"],
    ["a quorum that is none", instead("quorum", "quorum x"), "malformed", "quorum"],
  ];
  for (const [name, text, code, field] of refusals) {
    test(`refused: ${name}`, () => fails(() => parseTrust(text), code, field));
  }
});

describe("who signed it, and when it is read", () => {
  const good = charterNote(charterText());

  test("the threshold of roots, in any two", () => {
    for (const by of [[0, 1], [2, 0], [0, 1, 2]]) assert.equal(openTrusted(charterNote(charterText(), by), trust, now).version, 1n);
    const other = signNote({ text: charterText(), signatures: [] }, "stranger.example", keyOf(77));
    assert.ok(openTrusted(good + serializeNote(other).split("\n\n")[1]!, trust, now), "lines of strangers are ignored");
  });

  test("under-signed, twice by one, spoiled, changed", async () => {
    await fails(() => openTrusted(charterNote(charterText(), [0]), trust, now), "unverified");
    await fails(() => openTrusted(good + good.split("\n").at(-2)! + "\n", { ...trust, threshold: 3 }, now), "unverified");
    await fails(() => openTrusted(good.replace(String(charterExpiry), String(charterExpiry + 1)), trust, now), "unverified");
    for (let i = 0; i < good.length; i += 97) {
      const changed = good.slice(0, i) + (good[i] === "A" ? "B" : "A") + good.slice(i + 1);
      await fails(() => openTrusted(changed, trust, now), ["unverified", "malformed", "rejected"]);
    }
  });

  test("expired, rolled back, of another origin", async () => {
    await fails(() => openTrusted(good, trust, charterExpiry), "expired", "expiry");
    await fails(() => openTrusted(good, { ...trust, minimumVersion: 2n }, now), "rejected", "version");
    await fails(() => openTrusted(good, trust, now, 2n), "rejected", "version");
    assert.ok(openTrusted(good, trust, now, 1n));
    await fails(() => openTrusted(charterNote(charterText(charterJson(), 1, charterExpiry, "evil.example")), trust, now), "rejected", "origin");
  });
});

describe("a chain of charters", () => {
  const newRoots = [keyOf(41), keyOf(42)];
  const nameOf = (i: number): string => `new-${i}.example`;
  const nextRoots = {
    vkeys: newRoots.map((key, i) => formatVerifierKey(makeVerifierKey(nameOf(i), key.publicKey))),
    threshold: 2,
  };
  const text = (version: number, json: object = {}, expiry = charterExpiry): string => charterText({ ...charterJson(), ...json }, version, expiry);
  const first = charterNote(text(1, {}, 1)); // expired long ago, which does not matter
  const second = charterNote(text(2, { nextRoots }));
  const third = charterNote(text(3, { nextRoots }), [0, 1], newRoots, nameOf);

  test("follows the root keys; only the last one must be current", async () => {
    assert.equal(openTrustedChain([first, second, third], trust, now).version, 3n);
    assert.equal(openTrustedChain([second], trust, now).version, 2n);
    await fails(() => openTrustedChain([first], trust, now), "expired", "expiry");
    await fails(() => openTrustedChain([], trust, now), "malformed");
    await fails(() => openTrusted(third, trust, now), "unverified");
    await fails(() => openTrustedChain([second, third], trust, now, 4n), "rejected", "version");
  });

  test("old roots, gaps and forgotten roots are refused", async () => {
    await fails(() => openTrustedChain([second, charterNote(text(3, { nextRoots }))], trust, now), "unverified");
    await fails(() => openTrustedChain([first, charterNote(text(3))], trust, now), "conflict", "version");
    await fails(() => openTrustedChain([second, second], trust, now), "unverified");
    await fails(() => openTrustedChain([second, charterNote(text(3), [0, 1], newRoots, nameOf)], trust, now), "rejected", "next_roots");
  });

  test("a log that ended stays ended", async () => {
    const [old] = charterJson().logs;
    const end = (size: number): string =>
      toBase64(utf8(serializeNote(signNote({ text: `${logVerifier.name}\n${size}\n${toBase64(new Uint8Array(32))}\n`, signatures: [] }, logVerifier.name, logKey))));
    const next = { vkey: formatVerifierKey(makeVerifierKey("log-2.example", keyOf(51).publicKey)), intervalSeconds: 60 };
    const retired = { ...old, lastCheckpoint: end(17) };
    const v1 = charterNote(text(1));
    const v2 = charterNote(text(2, { logs: [next, retired] }));
    assert.equal(openTrustedChain([v1, v2], trust, now).log.name, "log-2.example");
    assert.ok(openTrustedChain([v1, v2, charterNote(text(3, { logs: [next, retired] }))], trust, now));
    await fails(() => openTrustedChain([v1, charterNote(text(2, { logs: [next] }))], trust, now), "rejected", "logs");
    const other = charterNote(text(3, { logs: [next, { ...old, lastCheckpoint: end(18) }] }));
    await fails(() => openTrustedChain([v1, v2, other], trust, now), "rejected", "logs.last_checkpoint");
    await fails(() => openTrustedChain([v1, v2, charterNote(text(3, { logs: [old] }))], trust, now), "rejected", "logs");
  });
});

describe("rules", () => {
  test("a good charter answers who reads what, in charter order", async () => {
    const open = charter();
    const info = open.channel("conduct");
    assert.deepEqual(info.intake.map(({ label }) => label), ["intake", "intake-2"]);
    assert.deepEqual(info.support.map(({ label }) => label), ["support"]);
    assert.deepEqual(info.plainRecipients.map(({ label }) => label), ["intake"]);
    assert.deepEqual(open.log, logVerifier);
    assert.equal(open.holderByLabel("auditor")?.organisation, "Office");
    assert.equal(open.holderByRequestKey(holders.intake.key("request").publicKey)?.label, "intake");
    assert.equal(open.holderByEventKey(holders.intake.key("event").publicKey)?.label, "intake");
    assert.equal(open.holderByEventKey(holders.intake.key("request").publicKey), undefined);
    assert.equal(open.textDigest("en"), undefined);
    await fails(() => open.channel("none"), "not_found", "channel");
  });

  test("four lines and no others", async () => {
    const good = charterText();
    const [origin, version, expiry, body] = good.split("\n");
    const of = (...lines: (string | undefined)[]): string => lines.map((line) => `${line}\n`).join("");
    await fails(() => OpenCharter.fromText(good.trimEnd()), "malformed");
    await fails(() => OpenCharter.fromText(`${good}more\n`), "malformed");
    await fails(() => OpenCharter.fromText(of("safeconduct/promise/v1", version, expiry, body)), "rejected", "origin");
    await fails(() => OpenCharter.fromText(of("a b", version, expiry, body)), "rejected", "origin");
    for (const bad of ["0", "01", "-1", "x"]) await fails(() => OpenCharter.fromText(of(origin, bad, expiry, body)), "malformed", "version");
    await fails(() => OpenCharter.fromText(of(origin, version, toBase64(new Uint8Array(32)), body)), "malformed", "expiry");
    await fails(() => OpenCharter.fromText(of(origin, version, expiry, "*")), "malformed");
    await fails(() => OpenCharter.fromText(of(origin, version, expiry, toBase64(utf8("\u007a\u0001x")))), "unsupported");
    await fails(() => OpenCharter.fromText(of(origin, version, expiry, "A".repeat(800_000))), "too_large");
  });

  const spare = keyOf(51);
  const retired = { vkey: formatVerifierKey(makeVerifierKey("old.example", spare.publicKey)), intervalSeconds: 60 };
  const vkeyOfLog = formatVerifierKey(logVerifier);
  const rules: readonly (readonly [string, (json: any) => void, Code, string])[] = [
    ["a label with capitals", (c) => (c.holders[0].label = "Intake"), "rejected", "holders.label"],
    ["a label twice", (c) => (c.holders[1].label = "intake"), "rejected", "holders.label"],
    ["no organisation", (c) => (c.holders[0].organisation = ""), "rejected", "holders.organisation"],
    ["an organisation with a line break", (c) => (c.holders[0].organisation = "a\nb"), "rejected", "holders.organisation"],
    ["no role", (c) => (c.holders[0].roles = []), "rejected", "holders.roles"],
    ["a role twice", (c) => c.holders[0].roles.push("ROLE_INTAKE"), "rejected", "holders.roles"],
    ["an unknown role", (c) => (c.holders[0].roles = [99]), "unsupported", ""],
    ["a channel that there is not", (c) => (c.holders[0].channels = ["x"]), "rejected", "holders.channels"],
    ["a classic recipient", (c) => (c.holders[0].recipient = "age1x"), "rejected", "holders.recipient"],
    ["a recipient twice", (c) => (c.holders[1].recipient = c.holders[0].recipient), "rejected", "holders.recipient"],
    ["a key for two purposes", (c) => (c.holders[1].eventKey = c.holders[0].requestKey), "rejected", "holders.event_key"],
    ["a key that is too short", (c) => (c.holders[0].requestKey = "AAAA"), "rejected", "holders.request_key"],
    ["no channel", (c) => (c.channels = []), "rejected", "channels"],
    ["a channel twice", (c) => c.channels.push(c.channels[0]), "rejected", "channels.id"],
    ["no policy", (c) => delete c.channels[0].policy, "rejected", "channels.policy.account"],
    ["a quorum's size without one", (c) => (c.channels[0].policy.quorumThreshold = 2), "rejected", "channels.policy"],
    ["a deadline too far", (c) => (c.channels[0].deadlines = { feedbackDays: 3651 }), "rejected", "channels.deadlines"],
    ["a retention too long", (c) => (c.channels[0].retention = { closedDays: 36_501 }), "rejected", "channels.retention"],
    ["a retention from within a day", (c) => (c.channels[0].retention = { closedDays: 30, fromDay: "1798761601" }), "rejected", "channels.retention.from_day"],
    ["a retention from before 1970", (c) => (c.channels[0].retention = { closedDays: 30, fromDay: "-86400" }), "rejected", "channels.retention.from_day"],
    ["a retention from the year 10000", (c) => (c.channels[0].retention = { closedDays: 30, fromDay: "253402300800" }), "rejected", "channels.retention.from_day"],
    ["a day from which all is kept", (c) => (c.channels[0].retention = { fromDay: "1798761600" }), "rejected", "channels.retention.from_day"],
    ["no limits", (c) => delete c.channels[0].limits, "rejected", "channels.limits.account_bytes"],
    ["attachments that are too small", (c) => (c.channels[0].limits.attachmentBytes = "4127"), "rejected", "channels.limits.attachment_bytes"],
    ["65 attachments", (c) => (c.channels[0].limits.attachments = 65), "rejected", "channels.limits.attachments"],
    ["a plain recipient and no plain bytes", (c) => (c.channels[0].limits.plainBytes = "0"), "rejected", "channels.limits.plain_bytes"],
    ["an auditor as plain recipient", (c) => (c.channels[0].plainRecipients = ["auditor"]), "rejected", "channels.plain_recipients"],
    ["a contact without a value", (c) => (c.channels[0].contacts = [{ kind: "help", value: "" }]), "rejected", "channels.contacts"],
    ["nobody to read", (c) => c.holders.splice(0, 2), "rejected", "channels.plain_recipients"],
    ["a question twice", (c) => (c.channels[0].questionnaire.steps[0].questions[1].id = "kind"), "rejected", "channels.questionnaire.id"],
    ["a choice of nothing", (c) => (c.channels[0].questionnaire.steps[0].questions[0].options = []), "rejected", "channels.questionnaire.options"],
    ["options of a text", (c) => (c.channels[0].questionnaire.steps[0].questions[1].options = ["a"]), "rejected", "channels.questionnaire.options"],
    ["shown if a later question", (c) => (c.channels[0].questionnaire.steps[0].questions[1].shownIf.question = "later"), "rejected", "channels.questionnaire.shown_if"],
    ["shown if an impossible answer", (c) => (c.channels[0].questionnaire.steps[0].questions[1].shownIf.equals = ["x"]), "rejected", "channels.questionnaire.shown_if"],
    ["a file for triage", (c) => Object.assign(c.channels[0].questionnaire.steps[0].questions[1], { kind: "QUESTION_KIND_FILE", place: "PLACE_TRIAGE" }), "rejected", "channels.questionnaire.place"],
    ["a step without questions", (c) => (c.channels[0].questionnaire.steps[0].questions = []), "rejected", "channels.questionnaire.steps"],
    ["no log", (c) => (c.logs = []), "rejected", "logs"],
    ["a log without an interval", (c) => (c.logs[0].intervalSeconds = 0), "rejected", "logs.interval_seconds"],
    ["a log twice", (c) => c.logs.push(c.logs[0]), "rejected", "logs.vkey"],
    ["a log of the charter's origin", (c) => (c.logs[0].vkey = formatVerifierKey(makeVerifierKey(trust.origin, logKey.publicKey))), "rejected", "logs.vkey"],
    ["a retired log without its last checkpoint", (c) => c.logs.push(retired), "rejected", "logs.last_checkpoint"],
    ["a last checkpoint of the log in use", (c) => (c.logs[0].lastCheckpoint = "AAAA"), "rejected", "logs.last_checkpoint"],
    ["a witness of another type", (c) => (c.witnesses = [vkeyOfLog]), "rejected", "witnesses"],
    ["more witnesses required than there are", (c) => Object.assign(c, { witnesses: [witness(31)], witnessThreshold: 2 }), "rejected", "witness_threshold"],
    ["next roots with a threshold of none", (c) => (c.nextRoots = { vkeys: [vkeyOfLog] }), "rejected", "next_roots.threshold"],
    ["a next root twice", (c) => (c.nextRoots = { vkeys: [vkeyOfLog, vkeyOfLog], threshold: 1 }), "rejected", "next_roots.vkeys"],
    ["a text without a language", (c) => (c.texts = [{ sha256: toBase64(new Uint8Array(32)) }]), "rejected", "texts.language"],
    ["a text with a short digest", (c) => (c.texts = [{ language: "en", sha256: "AAAA" }]), "rejected", "texts.sha256"],
    ["a short digest of the web app", (c) => (c.web = { manifestDigest: "AAAA" }), "rejected", "web.manifest_digest"],
  ];
  for (const [name, change, code, field] of rules) {
    test(`refused: ${name}`, () => {
      const json = charterJson();
      change(json);
      return fails(() => OpenCharter.fromText(charterText(json)), code, field);
    });
  }

  const quorum = (c: any): any => c.channels[0].policy;
  // As many trustees as that, each of his own organisation.
  const trusteesOf = (c: any, count: number): void => {
    c.holders = c.holders.filter(({ roles }: any) => !roles.includes("ROLE_TRUSTEE"));
    for (let i = 0; i < count; ++i) c.holders.push(holderJson(`trustee-${i}`, Party.fromSeed(new Uint8Array(32).fill(100 + i)), "ROLE_TRUSTEE", `board-${i}`));
  };
  const elsewhere = (c: any): void => c.channels.push({ ...c.channels[0], id: "elsewhere", policy: { account: "ACCOUNT_RELEASE_INTAKE" } });
  const quorumRules: readonly (readonly [string, (json: any) => void, Code, string])[] = [
    ["a quorum of one", (c) => (quorum(c).quorumThreshold = 1), "rejected", "channels.policy.quorum_threshold"],
    ["a quorum of no size", (c) => delete quorum(c).quorumThreshold, "rejected", "channels.policy.quorum_threshold"],
    ["a quorum of more than there are", (c) => (quorum(c).quorumThreshold = 4), "rejected", "channels.policy.quorum_threshold"],
    ["trustees of another channel", (c) => (elsewhere(c), (c.holders.at(-1).channels = ["elsewhere"]), (quorum(c).quorumThreshold = 3)), "rejected", "channels.policy.quorum_threshold"],
    ["no organisations", (c) => delete quorum(c).quorumOrganisations, "rejected", "channels.policy.quorum_organisations"],
    ["more organisations than there are", (c) => (quorum(c).quorumOrganisations = 3), "rejected", "channels.policy.quorum_organisations"],
    ["17 trustees", (c) => trusteesOf(c, 17), "too_large", "channels"],
    ["16 trustees and 18 attachments", (c) => (trusteesOf(c, 16), (c.channels[0].limits.attachments = 18)), "too_large", "channels.limits.attachments"],
    ["a quorum's organisations without one", (c) => (c.channels[0].policy = { account: "ACCOUNT_RELEASE_INTAKE", quorumOrganisations: 1 }), "rejected", "channels.policy"],
  ];
  for (const [name, change, code, field] of quorumRules) {
    test(`refused: ${name}`, () => fails(() => charterWith(change), code, field));
  }

  test("a quorum of all or some of the trustees is taken, who stand in charter order", () => {
    const info = charterWith((c) => Object.assign(quorum(c), { quorumThreshold: 3, quorumOrganisations: 2 })).channel("conduct");
    assert.deepEqual(info.trustees.map(({ label }) => label), ["trustee-1", "trustee-2", "trustee-3"]);
    const most = charterWith((c) => (trusteesOf(c, 16), Object.assign(quorum(c), { quorumThreshold: 16, quorumOrganisations: 16 }), (c.channels[0].limits.attachments = 17)));
    assert.equal(most.channel("conduct").trustees.length, 16);
    assert.deepEqual(["authority", "investigator"].map((label) => most.holderByLabel(label)?.nationalAuthority), [true, false]);
  });

  test("a retired log with its last checkpoint is taken", () => {
    const json = charterJson();
    const checkpoint = signNote({ text: `old.example\n3\n${toBase64(new Uint8Array(32))}\n`, signatures: [] }, "old.example", spare);
    json.logs.push({ ...retired, lastCheckpoint: toBase64(utf8(serializeNote(checkpoint))) });
    assert.equal(OpenCharter.fromText(charterText(json)).logs.length, 2);
  });

  test("a language finds its text, or the nearest", () => {
    const json = charterJson();
    const digest = (number: number): string => toBase64(new Uint8Array(32).fill(number));
    json.texts = [{ language: "en", sha256: digest(1) }, { language: "fr", sha256: digest(2) }];
    const open = OpenCharter.fromText(charterText(json));
    assert.deepEqual(["fr", "fr-CD", "en-GB", "sw"].map((language) => open.textDigest(language)?.slice(0, 2)), ["02", "02", "01", "01"]);
  });
});
