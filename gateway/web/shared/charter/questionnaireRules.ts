// The rules of a channel's questionnaire (gateway/charter/questionnaire_rules.cc).
import { isId } from "../base/text.ts";
import { Place, type Question, QuestionKind, type Questionnaire, type ShownIf } from "../generated/safeconduct/v1/charter_pb.ts";
import { limit, refuse, Unlike } from "./rules.ts";

const maxSteps = 32;
const maxQuestions = 32; // of one step
const maxOptions = 64;
const field = "channels.questionnaire";

export function checkQuestionnaire(questionnaire: Questionnaire): void {
  limit(questionnaire.steps.length, maxSteps, `${field}.steps`, "more than 32 steps");
  const steps = new Unlike();
  const earlier = new Map<string, Question>();
  for (const step of questionnaire.steps) {
    if (!isId(step.id) || !steps.add(step.id)) {
      refuse(`${field}.steps`, "a step needs an id (a-z, 0-9, hyphens) that no other has");
    }
    if (step.questions.length === 0 || step.questions.length > maxQuestions) {
      refuse(`${field}.steps`, "a step has 1 to 32 questions");
    }
    for (const question of step.questions) {
      checkQuestion(question, earlier);
      earlier.set(question.id, question);
    }
  }
}

function isChoice(question: Question): boolean {
  return question.kind === QuestionKind.CHOICE || question.kind === QuestionKind.CHOICES;
}

// Ids, all unlike, 1 to 64.
function areDistinctIds(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.length <= maxOptions && texts.every(isId) && new Set(texts).size === texts.length;
}

function checkQuestion(question: Question, earlier: ReadonlyMap<string, Question>): void {
  if (!isId(question.id) || earlier.has(question.id)) {
    refuse(`${field}.id`, "a question needs an id (a-z, 0-9, hyphens) that no other has");
  }
  if (question.kind === QuestionKind.UNSPECIFIED) refuse(`${field}.kind`, "a question of unknown kind");
  if (question.place === Place.UNSPECIFIED) {
    refuse(`${field}.place`, "a question must say which compartment its answer goes to");
  }
  if (question.kind === QuestionKind.FILE && question.place !== Place.ACCOUNT) {
    refuse(`${field}.place`, "files are sealed as the account is: their place is ACCOUNT");
  }
  if (isChoice(question) ? !areDistinctIds(question.options) : question.options.length > 0) {
    refuse(`${field}.options`, "options are 1 to 64 unlike ids, for questions of choice only");
  }
  if (question.shownIf !== undefined) checkShownIf(question.shownIf, earlier);
}

function checkShownIf(shownIf: ShownIf, earlier: ReadonlyMap<string, Question>): void {
  const question = earlier.get(shownIf.question);
  if (question === undefined) return refuse(`${field}.shown_if`, "shown_if must name an earlier question");
  const yesNo = question.kind === QuestionKind.YES_NO;
  if (!isChoice(question) && !yesNo) {
    refuse(`${field}.shown_if`, "shown_if must name a question of choice or of yes and no");
  }
  const possible = yesNo ? ["yes", "no"] : question.options;
  if (!areDistinctIds(shownIf.equals) || !shownIf.equals.every((answer) => possible.includes(answer))) {
    refuse(`${field}.shown_if`, "shown_if must list answers that its question can have");
  }
}
