// What follows from answers: which questions are shown, which screens there are, what is missing, and
// what is sent to whom.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  additionTo, answersOf, contentOf, filesOf, groupsOf, isShown, missingIn, newDraft, nobodyKnows, reportOf, screensOf,
} from "../../../../gateway/web/reporter/page/form/model.ts";
import type { Channel, Place, Question, QuestionKind } from "../../../../gateway/web/reporter/protocol.ts";
import { largestFile, parseTexts } from "../../../../gateway/web/reporter/worker/channelView.ts";
import { attachmentPayloadBytes } from "../../../../gateway/web/shared/report/compartment.ts";

function question(id: string, kind: QuestionKind, place: Place, more: Partial<Question> = {}): Question {
  return { id, kind, place, required: false, options: [], ...more };
}

const channel: Channel = {
  id: "conduct",
  steps: [
    { id: "danger", questions: [
      question("now", "yes-no", "triage", { required: true }),
      question("which", "choice", "triage", { options: ["a", "b"], shownIf: { question: "now", equals: ["yes"] } }),
      question("more", "text", "triage", { required: true, shownIf: { question: "which", equals: ["b"] } }),
    ] },
    { id: "where", questions: [question("area", "place", "triage"), question("spot", "text", "account"), question("when", "date", "account")] },
    { id: "hidden", questions: [question("proof", "file", "account", { required: true, shownIf: { question: "now", equals: ["yes"] } })] },
    { id: "you", questions: [question("name", "text", "identity")] },
  ],
  texts: { language: "en", steps: {}, questions: {}, consents: {} },
  intake: [], support: [], attachments: 2, fileBytes: 100, acknowledgeDays: 0, feedbackDays: 0, gatewayTime: 0, charterExpiry: 0, witnessed: false,
};
const [danger, where, proof] = channel.steps as [Channel["steps"][0], Channel["steps"][0], Channel["steps"][0]];
const names = (draft = newDraft()): string[] => screensOf(channel, draft).map((screen) => (screen.kind === "questions" ? screen.step.id : screen.kind));

describe("what is shown", () => {
  test("a question whose condition is hidden is hidden", () => {
    const draft = newDraft();
    draft.answers.set("which", ["b"]);
    assert.equal(isShown(danger.questions[2]!, channel, draft), false);
    draft.answers.set("now", ["yes"]);
    assert.equal(isShown(danger.questions[2]!, channel, draft), true);
    draft.answers.set("now", ["no"]);
    assert.deepEqual(answersOf("triage", channel, draft), [{ question: "now", values: ["no"] }]);
  });

  test("a step with nothing to show has no screen; the narrative follows what is for intake alone", () => {
    assert.deepEqual(names(), ["danger", "narrative", "where", "you", "consent", "review"]);
    const draft = newDraft();
    draft.answers.set("now", ["yes"]);
    assert.deepEqual(names(draft), ["danger", "narrative", "where", "hidden", "you", "consent", "review"]);
  });

  test("without a questionnaire there is the narrative", () => {
    assert.deepEqual(screensOf({ ...channel, steps: [] }, newDraft()).map(({ kind }) => kind), ["narrative", "consent", "review"]);
  });

  test("questions with the same readers stand together", () => {
    assert.deepEqual(groupsOf(where).map(({ place, questions }) => [place, questions.map(({ id }) => id)]), [
      ["triage", ["area"]],
      ["account", ["spot", "when"]],
    ]);
  });
});

describe("what is missing", () => {
  test("a required question, while it is shown; spaces are no answer", () => {
    const draft = newDraft();
    assert.deepEqual(missingIn(danger, channel, draft).map(({ id }) => id), ["now"]);
    draft.answers.set("now", ["yes"]).set("which", ["b"]).set("more", ["  "]);
    assert.deepEqual(missingIn(danger, channel, draft).map(({ id }) => id), ["more"]);
    assert.deepEqual(missingIn(proof, channel, draft).map(({ id }) => id), ["proof"]);
    draft.answers.set("now", ["no"]);
    assert.deepEqual(missingIn(proof, channel, draft), []);
  });
});

describe("what is sent", () => {
  const file = (keepOriginal: boolean) => ({
    question: "proof", name: "a.jpg", original: new Blob(["original"]), mediaType: "image/jpeg", isRecorded: false, cleaned: new Blob(["clean"]), keepOriginal,
  });

  test("each answer goes to its place, trimmed; files only where their question is shown", async () => {
    const draft = newDraft();
    draft.narrative = "  It happened. ";
    draft.answers.set("now", ["yes"]).set("area", [" market "]).set("spot", [""]).set("name", ["A"]);
    draft.files.push(file(false));
    const report = reportOf(channel, draft, "sw", 3);
    assert.equal(report.narrative, "It happened.");
    assert.deepEqual(report.answers, {
      triage: [{ question: "now", values: ["yes"] }, { question: "area", values: ["market"] }],
      account: [],
      identity: [{ question: "name", values: ["A"] }],
    });
    assert.equal(await report.files[0]!.content.text(), "clean");
    assert.deepEqual([report.language, report.draft], ["sw", 3]);
    draft.answers.set("now", ["no"]);
    assert.deepEqual(filesOf(channel, draft), []);
  });

  test("the original goes only where it was asked for, or nothing could be taken out", async () => {
    assert.equal(await contentOf(file(true)).text(), "original");
    assert.equal(await contentOf({ ...file(false), cleaned: undefined }).text(), "original");
  });

  test("files added later are a report of their own that names the first one, with no consent", async () => {
    const draft = newDraft();
    draft.narrative = " The second page. ";
    draft.files.push({ ...file(false), question: "more-files" });
    const added = additionTo("00ff", "Belongs to 00ff.", draft, "sw", 4);
    assert.equal(added.narrative, "Belongs to 00ff.\n\nThe second page.");
    const named = [{ question: "adds-to", values: ["00ff"] }];
    assert.deepEqual(added.answers, { triage: named, account: named, identity: [] });
    assert.equal(Object.values(added.consents).includes(true), false);
    assert.equal(await added.files[0]!.content.text(), "clean");
    draft.narrative = "";
    assert.equal(additionTo("00ff", "Belongs to 00ff.", draft, "sw", 5).narrative, "Belongs to 00ff.");
  });

  test("whether anybody may know who it is", () => {
    const none = newDraft().consents;
    assert.equal(nobodyKnows(none, true), true);
    assert.equal(nobodyKnows({ ...none, contact: true }, true), true);
    assert.equal(nobodyKnows({ ...none, supportServices: true }, true), false);
    assert.equal(nobodyKnows({ ...none, nationalAuthorities: true }, true), false);
    assert.equal(nobodyKnows({ ...none, nationalAuthorities: true }, false), true);
  });
});

describe("of the charter", () => {
  test("the largest file is the largest that fits when it is sealed", () => {
    for (const limit of [4128, 10_000, 1_000_003, 2 ** 32]) {
      const bytes = largestFile(limit);
      assert.ok(attachmentPayloadBytes(bytes) <= limit && attachmentPayloadBytes(bytes + 1) > limit, String(limit));
    }
    assert.equal(largestFile(0), 0);
  });

  test("texts that are not what they should be are left out", () => {
    const texts = parseTexts('{"steps": {"a": {"title": 3, "help": "h"}}, "questions": [], "consents": {"contact": null}}', "en");
    assert.deepEqual(texts.steps["a"], { help: "h", options: {} });
    assert.deepEqual(texts.questions, {});
    assert.deepEqual(parseTexts("not json", "en").steps, {});
  });
});
