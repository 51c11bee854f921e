// What a reporter answered so far, and what follows from it: which questions are shown, which screens
// there are, what is missing, what goes where. No page here.
import type { Answer, Channel, Consents, Place, Question, Report, Step } from "../../protocol.ts";

export interface ChosenFile {
  readonly question: string;
  readonly name: string;
  readonly original: Blob;
  readonly mediaType: string;
  readonly isRecorded: boolean; // here, and not chosen
  cleaned: Blob | undefined; // undefined: nothing could be taken out, or it is not known yet
  keepOriginal: boolean;
}

export interface Draft {
  narrative: string;
  readonly answers: Map<string, readonly string[]>;
  readonly files: ChosenFile[];
  consents: Consents;
}

export function newDraft(): Draft {
  const consents = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };
  return { narrative: "", answers: new Map(), files: [], consents };
}

export type Screen =
  | { readonly kind: "questions"; readonly step: Step }
  | { readonly kind: "narrative" }
  | { readonly kind: "consent" }
  | { readonly kind: "review" };

export const maxCharacters: Readonly<Record<Place, Readonly<Record<"short" | "long", number>>>> = {
  triage: { short: 300, long: 2000 },
  account: { short: 1000, long: 20_000 },
  identity: { short: 300, long: 2000 },
};
export const maxNarrative = 100_000;

function questionsOf(channel: Channel): readonly Question[] {
  return channel.steps.flatMap(({ questions }) => questions);
}

/** A question whose condition is hidden itself is hidden. */
export function isShown(question: Question, channel: Channel, draft: Draft): boolean {
  const { shownIf } = question;
  if (shownIf === undefined) return true;
  const condition = questionsOf(channel).find(({ id }) => id === shownIf.question);
  if (condition === undefined || !isShown(condition, channel, draft)) return false;
  return (draft.answers.get(condition.id) ?? []).some((value) => shownIf.equals.includes(value));
}

/**
 * One screen a step that has something to show. The narrative comes after the first steps that are all
 * for intake: after what is urgent, before the details.
 */
export function screensOf(channel: Channel, draft: Draft): readonly Screen[] {
  const steps = channel.steps.filter(({ questions }) => questions.some((question) => isShown(question, channel, draft)));
  const rest = channel.steps.find(({ questions }) => questions.some(({ place }) => place !== "triage"));
  const until = rest === undefined ? steps.length : steps.filter((step) => channel.steps.indexOf(step) < channel.steps.indexOf(rest)).length;
  const screens: Screen[] = steps.map((step) => ({ kind: "questions", step }));
  screens.splice(until, 0, { kind: "narrative" });
  return [...screens, { kind: "consent" }, { kind: "review" }];
}

/** Runs of questions of one step with the same readers, so that it is said once who they are. */
export function groupsOf(step: Step): readonly { readonly place: Place; readonly questions: readonly Question[] }[] {
  const groups: { place: Place; questions: Question[] }[] = [];
  for (const question of step.questions) {
    const last = groups.at(-1);
    if (last?.place === question.place) last.questions.push(question);
    else groups.push({ place: question.place, questions: [question] });
  }
  return groups;
}

export function missingIn(step: Step, channel: Channel, draft: Draft): readonly Question[] {
  return step.questions.filter(
    (question) =>
      question.required &&
      isShown(question, channel, draft) &&
      (question.kind === "file"
        ? !draft.files.some((file) => file.question === question.id)
        : (draft.answers.get(question.id) ?? []).every((value) => value.trim() === "")),
  );
}

/** Answers of one place, in the questionnaire's order; of questions that are not shown none. */
export function answersOf(place: Place, channel: Channel, draft: Draft): readonly Answer[] {
  return questionsOf(channel)
    .filter((question) => question.place === place && isShown(question, channel, draft))
    .map(({ id }) => ({ question: id, values: (draft.answers.get(id) ?? []).map((value) => value.trim()).filter((value) => value !== "") }))
    .filter(({ values }) => values.length > 0);
}

function isSent(file: ChosenFile, channel: Channel, draft: Draft): boolean {
  const question = questionsOf(channel).find(({ id }) => id === file.question);
  return question !== undefined && isShown(question, channel, draft);
}

export function filesOf(channel: Channel, draft: Draft): readonly ChosenFile[] {
  return draft.files.filter((file) => isSent(file, channel, draft));
}

export function contentOf(file: ChosenFile): Blob {
  return file.keepOriginal ? file.original : (file.cleaned ?? file.original);
}

/** Whether by this consent nobody may read what the reporter wrote of themselves. */
export function nobodyKnows({ supportServices, investigators, nationalAuthorities }: Consents, hasQuorum: boolean): boolean {
  return !supportServices && !investigators && !(hasQuorum && nationalAuthorities);
}

const toSend = (files: readonly ChosenFile[]): Report["files"] =>
  files.map((file) => ({ content: contentOf(file), name: file.name, mediaType: file.mediaType }));

export function reportOf(channel: Channel, draft: Draft, language: string, number: number): Report {
  const of = (place: Place): readonly Answer[] => answersOf(place, channel, draft);
  return {
    draft: number,
    language,
    narrative: draft.narrative.trim(),
    answers: { triage: of("triage"), account: of("account"), identity: of("identity") },
    consents: draft.consents,
    files: toSend(filesOf(channel, draft)),
  };
}

/** The answer that names the report to which another one adds (proto/README.md); no question of the channel. */
export const addsTo = "adds-to";

/** Files and words that are added later to report `id`, as a report of its own, which `opening` explains. */
export function additionTo(id: string, opening: string, draft: Draft, language: string, number: number): Report {
  const answers = [{ question: addsTo, values: [id] }];
  return {
    draft: number,
    language,
    narrative: `${opening}\n\n${draft.narrative.trim()}`.trimEnd(),
    answers: { triage: answers, account: answers, identity: [] },
    consents: newDraft().consents,
    files: toSend(draft.files),
  };
}
