// The whole way by SMS with a real Kannel: telephone → Kannel → relay → gateway → an officer opens it with
// the command line → answer → gateway → relay → Kannel → telephone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { TestGateway } from "./harness.ts";
import { Kannel } from "./kannel.ts";
import { relayHolders, TestRelay } from "./relay.ts";
import { poll } from "./support/poll.ts";

let gateway: TestGateway;
let relay: TestRelay;
let kannel: Kannel;

before(async () => {
  gateway = await TestGateway.start({ holders: relayHolders });
  relay = await TestRelay.prepare(gateway, { channel: [`facts = ["area=port"]`] });
  kannel = await Kannel.start({ relayUrl: relay.kannelUrl });
  relay.sendThrough(kannel);
  await relay.serve();
});
after(async () => {
  await relay?.dispose();
  await kannel?.dispose();
  await gateway?.dispose();
});

interface Opened {
  readonly summary: { readonly by_sms: boolean; readonly status: string };
  readonly triage: { readonly language: string; readonly answers: { readonly question: string; readonly values: readonly string[] }[] };
  readonly account: { readonly narrative: string };
  readonly entries: { readonly kind: string; readonly author: string; readonly text?: string; readonly did: string }[];
}

const openCase = (id: string): Promise<Opened> => gateway.json<Opened>(["case", "open", id], { as: "intake" });

/** The case whose account is that text, once it is there. */
async function caseOf(text: string): Promise<string> {
  return poll(`a case that says ${text.slice(0, 20)}`, async () => {
    const { cases } = await gateway.json<{ cases: { report_id: string }[] }>(["case", "list", "--all"], { as: "intake" });
    for (const { report_id } of cases) {
      if ((await openCase(report_id)).account.narrative === text) return report_id;
    }
    return undefined;
  });
}

async function answer(id: string, text: string): Promise<void> {
  await gateway.json(["case", "reply", id, "--text", "-"], { as: "intake", input: text });
}

// Five parts of 134 bytes.
const long =
  "I work at the market near the camp. Every evening two soldiers of the contingent with the blue flag come with a white lorry and " +
  "ask the girls to come along for food. My sister went with them on the second of May and since then she does not speak. ".repeat(3) +
  "I know the number on the lorry. I do not want that anybody at the camp learns that I wrote. Please tell me what to do now.";

const conversations = [
  { language: "en", phone: "41791110001", text: "Two soldiers took my brother's money at the gate.", reply: "Thank you. We have read it. When was that?", again: "It was on Monday in the evening." },
  { language: "fr", phone: "41791110002", text: "Bonjour, un militaire demande de l'argent aux femmes du marché.", reply: "Merci. Êtes-vous en sécurité aujourd'hui ?", again: "Oui, je suis chez ma sœur." },
  { language: "ar", phone: "41791110003", text: "رأيت الجنود يأخذون الفتيات في شاحنة بيضاء كل مساء", reply: "شكرا لك. هل أنت في أمان الآن؟", again: "نعم أنا في البيت" },
  { language: "zh", phone: "41791110004", text: "我看到士兵每天晚上带走女孩，请帮助我们。", reply: "谢谢您。您现在安全吗？", again: "是的，我很安全。" },
  { language: "en", phone: "41791110005", text: long, reply: "Thank you. You did right to write.", again: "Good, I wait." },
];

for (const { language, phone, text, reply, again } of conversations) {
  test(`${language}, ${text.length} characters: there, answered, and back again`, async () => {
    kannel.send(phone, "1234", text);
    const id = await caseOf(text);
    const first = await openCase(id);
    assert.equal(first.triage.language, language);
    assert.deepEqual(first.triage.answers, [{ question: "area", values: ["port"] }]);
    const [acknowledgement] = await poll("the acknowledgement", async () => {
      const inbox = kannel.inbox(phone);
      return inbox.length > 0 ? inbox : undefined;
    });
    assert.doesNotMatch(acknowledgement!, /report|conduct|misconduct|soldier/i);

    await answer(id, reply);
    await poll("the answer on the telephone", async () => (kannel.inbox(phone).includes(reply) ? true : undefined));
    await poll("the news that it arrived", async () => {
      const deliveries = (await openCase(id)).entries.filter((event) => event.kind === "delivery");
      return deliveries.some((event) => /arrived|reached|delivered/.test(event.did)) ? true : undefined;
    });

    kannel.send(phone, "1234", again);
    await poll("what the telephone wrote back", async () => {
      const { entries } = await openCase(id);
      return entries.some((event) => event.author === "reporter" && event.text === again) ? true : undefined;
    });
    assert.equal(kannel.inbox(phone).length, 2, "one acknowledgement and one answer, and nothing twice");
  });
}

test("the list and the case say that this reporter reads SMS", async () => {
  const { cases } = await gateway.json<{ cases: { report_id: string; by_sms: boolean }[] }>(["case", "list", "--all"], { as: "intake" });
  assert.equal(cases.length, conversations.length);
  assert.ok(cases.every((each) => each.by_sms));
  const shown = await gateway.cli(["case", "open", cases[0]!.report_id], { as: "intake" });
  assert.match(shown.stdout + shown.stderr, /SMS/);
});

test("STOP keeps answers back until START, and says so once", async () => {
  const phone = "41791110009";
  kannel.send(phone, "1234", "There is something that I want to tell you about the depot.");
  const id = await caseOf("There is something that I want to tell you about the depot.");
  kannel.send(phone, "1234", "STOP");
  await poll("the word that it stopped", async () => (kannel.inbox(phone).length === 2 ? true : undefined));
  await answer(id, "This must not go out.");
  await poll("that it was not sent", async () => {
    const { entries } = await openCase(id);
    return entries.some((event) => event.kind === "delivery") ? true : undefined;
  });
  assert.equal(kannel.inbox(phone).length, 2);
  kannel.send(phone, "1234", "START");
  await poll("the word that it goes on", async () => (kannel.inbox(phone).length === 3 ? true : undefined));
  await answer(id, "Good that you are back.");
  await poll("the answer", async () => (kannel.inbox(phone).includes("Good that you are back.") ? true : undefined));
  const { entries } = await openCase(id);
  assert.ok(!entries.some((event) => event.author === "reporter" && /STOP|START/.test(event.text ?? "")), "keywords are no messages");
});

test("while the gateway is down, what comes is kept sealed, and goes on in order", async () => {
  const phone = "41791110010";
  await gateway.stop();
  const texts = ["First words in the dark.", "Second words.", "Third words."];
  for (const [i, text] of texts.entries()) {
    kannel.send(phone, "1234", text);
    await poll("it to be kept", async () => ((await relay.figure("safeconduct_sms_waiting")) === i + 1 ? true : undefined));
  }
  await gateway.serve();
  const id = await caseOf(texts[0]!);
  const said = await poll("all of it", async () => {
    const { entries } = await openCase(id);
    const mine = entries.filter((event) => event.author === "reporter").map((event) => event.text);
    return mine.length === 2 ? mine : undefined;
  });
  assert.deepEqual(said, texts.slice(1));
});
