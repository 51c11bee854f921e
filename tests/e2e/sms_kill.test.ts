// kill -9 of relay, gateway and Kannel's bearerbox at random moments while telephones write and are
// answered: what Kannel got an answer for is in exactly one case exactly once, and each answer is sent at
// most once and reported if nobody can know.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, test } from "node:test";

import { TestGateway } from "./harness.ts";
import { Kannel, SendTap } from "./kannel.ts";
import { relayHolders, TestRelay } from "./relay.ts";
import { poll } from "./support/poll.ts";

const messages = process.env.SAFECONDUCT_LONG === "1" ? 500 : 50;
const phones = Math.ceil(messages / 5);
const kills = Math.ceil(messages / 8);

let gateway: TestGateway;
let relay: TestRelay;
let kannel: Kannel;
let tap: SendTap;
let inTap: SendTap;

before(async () => {
  gateway = await TestGateway.start({ holders: relayHolders });
  const limits = ["per_number_hour = 1000", "per_number_day = 1000", "per_minute = 100000", "replies_per_day = 10000"];
  relay = await TestRelay.prepare(gateway, { config: { limits } });
  inTap = await SendTap.start(relay.kannelUrl);
  kannel = await Kannel.start({ relayUrl: inTap.url });
  tap = await SendTap.start(kannel.sendUrl);
  relay.sendThrough({ sendUrl: tap.url, user: kannel.user, password: kannel.password });
  await relay.serve();
});
after(async () => {
  await relay?.dispose();
  tap?.stop();
  inTap?.stop();
  await kannel?.dispose();
  await gateway?.dispose();
});

interface Opened {
  readonly account: { readonly narrative: string };
  readonly entries: { readonly kind: string; readonly author: string; readonly sequence: number; readonly text?: string; readonly did: string }[];
}

const phoneOf = (n: number): string => `4179222${String(n % phones).padStart(4, "0")}`;
const textOf = (n: number): string => `Message ${n} of telephone ${n % phones}, written slowly.`;

/** Ends one of them without a chance to finish anything, and starts it again. */
async function killOne(): Promise<void> {
  const which = randomInt(3);
  if (which === 0) {
    await relay.kill();
    await relay.serve();
  } else if (which === 1) {
    await gateway.kill();
    await gateway.serve();
  } else {
    await kannel.kill("bearerbox");
    await kannel.kill("smsbox"); // it ends by itself when its bearerbox is gone, sooner or later
    await kannel.serve();
  }
}

async function allCases(): Promise<(Opened & { id: string })[]> {
  const { cases } = await gateway.json<{ cases: { report_id: string }[] }>(["case", "list", "--all"], { as: "intake" });
  const opened: (Opened & { id: string })[] = [];
  for (const { report_id } of cases) {
    opened.push({ id: report_id, ...(await gateway.json<Opened>(["case", "open", report_id], { as: "intake" })) });
  }
  return opened;
}

const textsOf = (opened: Opened): string[] => [
  opened.account.narrative,
  ...opened.entries.filter((event) => event.author === "reporter").map((event) => event.text!),
];

test(`${messages} messages and their answers through ${kills} kills`, async () => {
  const moments = new Set(Array.from({ length: kills }, () => randomInt(messages)));
  for (let n = 0; n < messages; n += 1) {
    kannel.send(phoneOf(n), "1234", textOf(n));
    if (moments.has(n)) await killOne();
  }
  // What bearerbox had taken and not yet written to its spool when it was killed, Kannel itself has lost;
  // telephones that got no sign would send again, and so they do here.
  const wanted = new Set(Array.from({ length: messages }, (_, n) => textOf(n)));
  // Smsbox keeps what it is about to repeat in memory alone, and repeats every second.
  const quietMilliseconds = 4_000;
  let quietSince: number | undefined;
  const cases = await poll("every message", async () => {
    const isIdle = (await kannel.storeSize()) === 0 && (await relay.figure("safeconduct_sms_waiting")) === 0;
    quietSince = isIdle ? (quietSince ?? Date.now()) : undefined;
    const opened = await allCases();
    const there = opened.flatMap(textsOf);
    const missing = [...wanted].filter((text) => !there.includes(text));
    if (missing.length === 0) return opened;
    if (quietSince === undefined || Date.now() - quietSince < quietMilliseconds) return undefined;
    const lost = missing.filter((text) => inTap.taken.includes(text));
    assert.deepEqual(lost, [], "what Kannel got an answer for is there");
    for (const text of missing) kannel.send(phoneOf(Number(/\d+/.exec(text)![0])), "1234", text);
    quietSince = undefined;
    return undefined;
  });
  const there = cases.flatMap(textsOf);
  assert.equal(cases.length, phones, "one case for each telephone");
  for (const opened of cases) {
    const owners = new Set(textsOf(opened).map((text) => /telephone (\d+)/.exec(text)![1]));
    assert.equal(owners.size, 1, "a case is of one telephone");
  }
  assert.deepEqual([...there].sort(), [...wanted].sort(), "each exactly once");

  const answers = new Map(cases.map((opened, i) => [opened.id, `Answer number ${i}.`]));
  const again = new Set(Array.from({ length: Math.ceil(kills / 2) }, () => randomInt(cases.length)));
  let count = 0;
  for (const [id, text] of answers) {
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: text });
    if (again.has((count += 1))) await killOne();
  }
  for (const [id, text] of answers) {
    const deliveries = await poll(`what became of ${text}`, async () => {
      const { entries } = await gateway.json<Opened>(["case", "open", id], { as: "intake" });
      const found = entries.filter((event) => event.kind === "delivery").map((event) => event.did);
      return found.length > 0 ? found : undefined;
    });
    const asked = tap.asked.filter((each) => each === text).length;
    assert.ok(asked <= 1, `${text} was given to Kannel ${asked} times`);
    if (deliveries.some((did) => /does not know/.test(did))) continue;
    assert.equal(asked, 1, `${text} was never given to Kannel, and reported as ${deliveries.join(", ")}`);
    // A Kannel that was killed may have lost what it had taken; then nobody reports that it arrived.
    if (!deliveries.some((did) => /reached/.test(did))) continue;
    assert.ok(kannel.received.some((message) => message.text === text), `${text} is on the telephone`);
  }
});
