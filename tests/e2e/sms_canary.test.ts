// Numbers and texts of people are on no disk, in no log and, once the relay is idle, in no memory of relay and
// gateway. Memory is looked at with the Release build alone: sanitizers have allocators of their own.
import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { after, before, test } from "node:test";

import { Canaries } from "./canaries.ts";
import { binFolder, TestGateway } from "./harness.ts";
import { Kannel } from "./kannel.ts";
import { filesBelow } from "./office.ts";
import { relayHolders, TestRelay } from "./relay.ts";
import { poll } from "./support/poll.ts";

const people = [
  { phone: "41796660001", text: "Canary-Willow wrote about the depot at seven." },
  { phone: "41796660002", text: "Le canari Peuplier a vu le camion derrière l'école." },
  { phone: "41796660003", text: "كناري الصفصاف رأى الشاحنة خلف المدرسة" },
  { phone: "41796660004", text: `Canary-Hawthorn saw it all. ${"And it went on and on that night, nobody came. ".repeat(9)}` },
];
const answerText = "Canary-Juniper answers: we have read it.";

let gateway: TestGateway;
let relay: TestRelay;
let kannel: Kannel;

before(async () => {
  gateway = await TestGateway.start({ holders: relayHolders });
  relay = await TestRelay.prepare(gateway, { channel: [`number_for = ["support_services"]`] });
  kannel = await Kannel.start({ relayUrl: relay.kannelUrl, joinsParts: false });
  relay.sendThrough(kannel);
  await relay.serve();
});
after(async () => {
  await relay?.dispose();
  await kannel?.dispose();
  await gateway?.dispose();
});

const canaries = new Canaries().add("answer", answerText.slice(0, 24));
people.forEach(({ phone, text }, i) => canaries.add(`number ${i}`, phone).add(`text ${i}`, text.slice(0, 24)));

/** What of it lies in the memory that the process can write to. */
function namesInMemory(pid: number): Set<string> {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const [, from, to, mode] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line) ?? [];
      if (from === undefined || !mode!.startsWith("rw")) continue;
      const begin = BigInt(`0x${from}`);
      const bytes = Buffer.alloc(Number(BigInt(`0x${to}`) - begin));
      let length = 0;
      try {
        length = readSync(memory, bytes, 0, bytes.length, begin);
      } catch {
        continue; // what the kernel shows nobody
      }
      for (const name of canaries.namesIn(bytes.subarray(0, length))) found.add(`${name} at ${line.slice(0, 60)}`);
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

const isSanitized = binFolder.includes("/asan/");

test("no number and no word of anybody is left lying about", async () => {
  for (const { phone, text } of people) kannel.send(phone, "1234", text);
  const cases = await poll("all of them", async () => {
    const listed = await gateway.json<{ cases: { report_id: string }[] }>(["case", "list", "--all"], { as: "intake" });
    return listed.cases.length === people.length ? listed.cases : undefined;
  });
  const texts: string[] = [];
  for (const { report_id: id } of cases) {
    const opened = await gateway.json<{ account: { narrative: string } }>(["case", "open", id], { as: "intake" });
    texts.push(opened.account.narrative);
    await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: answerText });
  }
  assert.deepEqual(texts.sort(), people.map(({ text }) => text).sort());
  for (const { phone } of people) {
    await poll("the answer", async () => (kannel.inbox(phone).includes(answerText) ? true : undefined));
  }
  await poll("the relay to have nothing more to do", async () => ((await relay.figure("safeconduct_sms_busy")) === 0 ? true : undefined));

  const files = [...filesBelow(relay.stateFolder), ...filesBelow(gateway.file("store")), gateway.file("relay.log"), gateway.file("gateway.log")];
  assert.ok(files.length > 5, "there is something to look at");
  assert.deepEqual(canaries.namesInFiles(files), []);
});

// The programs let nobody but root look into their memory.
const unseen = isSanitized ? "a sanitizer's allocator" : process.getuid?.() === 0 ? false : "needs root";

test("nor in memory, once nothing is under way", { skip: unseen }, async () => {
  for (const [name, pid] of [["relay", relay.pid], ["gateway", gateway.pid]] as const) {
    // Connections that are kept hold what came last by them, for the seconds until they are closed.
    let left = new Set<string>();
    await poll(`the memory of the ${name} to be clean`, async () => ((left = namesInMemory(pid)).size === 0 ? true : undefined)).catch((error: Error) => assert.match(error.message, /waited in vain/));
    assert.deepEqual([...left], [], name);
  }
});
