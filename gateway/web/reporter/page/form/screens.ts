// What the form shows: questions with who reads them, the narrative, consent, the review.
import type { Channel, Place } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el, unwatched } from "../dom.ts";
import { language, t } from "../text.ts";
import { answerTitle, consentFields, consentIds, consentWords, questionTitle, readersNote, said } from "../words.ts";
import { counted, type Field, help, makeField, title } from "./fields.ts";
import { filesField } from "./files.ts";
import { answersOf, type Draft, filesOf, groupsOf, isShown, maxNarrative, nobodyKnows, type Screen, screensOf } from "./model.ts";

export interface Shown {
  readonly title: string;
  readonly titleNode: Node;
  readonly content: readonly (HTMLElement | undefined)[];
  readonly fields: ReadonlyMap<string, Field>;
}

export interface ScreenContext {
  readonly channel: Channel;
  readonly draft: Draft;
  readonly client: Client;
  readonly goTo: (screen: Screen) => void; // from the review
}

export function titleOf(screen: Screen, channel: Channel): string {
  if (screen.kind === "narrative") return t("narrativeTitle");
  if (screen.kind === "consent") return t("consentTitle");
  if (screen.kind === "review") return t("reviewTitle");
  return channel.texts.steps[screen.step.id]?.title ?? t("stepTitleFallback");
}

export function render(screen: Screen, context: ScreenContext): Shown {
  switch (screen.kind) {
    case "questions":
      return questions(screen, context);
    case "narrative":
      return narrative(context);
    case "consent":
      return consent(context);
    case "review":
      return review(context);
  }
}

function plainTitle(key: "narrativeTitle" | "consentTitle" | "reviewTitle"): Pick<Shown, "title" | "titleNode"> {
  return { title: t(key), titleNode: document.createTextNode(t(key)) };
}

function questions(screen: Screen & { kind: "questions" }, { channel, draft, client }: ScreenContext): Shown {
  const { texts } = channel;
  const fields = new Map<string, Field>();
  const groups = groupsOf(screen.step).map(({ place, questions: own }) => ({
    section: el("section", { class: `group ${place}` }, readersNote(place, channel)),
    own,
  }));
  const update = (): void => {
    for (const { section, own } of groups) {
      const shown = own.map((question) => isShown(question, channel, draft));
      section.hidden = !shown.includes(true);
      own.forEach(({ id }, i) => (fields.get(id)!.element.hidden = shown[i] !== true));
    }
  };
  for (const { section, own } of groups) {
    for (const question of own) {
      const change = (values: readonly string[]): void => {
        draft.answers.set(question.id, values);
        update();
      };
      const field =
        question.kind === "file"
          ? filesField({ id: question.id, title: title(question, texts), help: help(question, texts) }, { client, channel, draft, change: update })
          : makeField(question, { texts, values: draft.answers.get(question.id) ?? [], change });
      fields.set(question.id, field);
      section.append(field.element);
    }
  }
  update();
  const lead = texts.steps[screen.step.id]?.help;
  const heading = titleOf(screen, channel);
  return {
    title: heading,
    titleNode: said(heading, texts),
    content: [lead === undefined ? undefined : el("p", { class: "lead" }, said(lead, texts)), ...groups.map(({ section }) => section)],
    fields,
  };
}

function narrative({ channel, draft }: ScreenContext): Shown {
  const input = el("textarea", { id: "narrative", name: "narrative", rows: 10, maxlength: maxNarrative, dir: "auto", "aria-describedby": "narrative-help", ...unwatched });
  input.value = draft.narrative;
  input.addEventListener("input", () => (draft.narrative = input.value));
  const field = el("div", { class: "field" },
    el("label", { for: "narrative" }, t("narrativeQuestion")),
    el("p", { class: "help", id: "narrative-help" }, t("narrativeHelp")),
    input, counted(input, maxNarrative));
  return {
    ...plainTitle("narrativeTitle"),
    content: [el("section", { class: "group account" }, readersNote("account", channel), field)],
    fields: new Map(),
  };
}

/** The four questions, as the form and the mailbox ask them. */
export function consentFieldset(channel: Channel, consents: Draft["consents"], change: (consents: Draft["consents"]) => void): HTMLElement {
  let now = consents;
  const rows = consentIds.map((id) => {
    const { title, help } = consentWords(id, channel.texts);
    const input = el("input", { type: "checkbox", name: id, id: `consent-${id}`, "aria-describedby": `consent-${id}-help`, autocomplete: "off" });
    input.checked = now[consentFields[id]];
    input.addEventListener("change", () => {
      now = { ...now, [consentFields[id]]: input.checked };
      change(now);
    });
    return el("div", { class: "consent" }, el("label", { class: "option" }, input, el("span", {}, title)), el("p", { class: "help", id: `consent-${id}-help` }, help));
  });
  return el("fieldset", { class: "field" }, el("legend", { class: "away" }, t("consentTitle")), ...rows);
}

function consent({ channel, draft }: ScreenContext): Shown {
  const note = el("p", { class: "note", role: "status" });
  const update = (): void => {
    note.textContent = nobodyKnows(draft.consents, channel.quorum !== undefined) ? t("consentNobody") : "";
  };
  const rows = consentFieldset(channel, draft.consents, (consents) => {
    draft.consents = consents;
    update();
  });
  update();
  return { ...plainTitle("consentTitle"), content: [el("p", { class: "lead" }, t("consentHelp")), rows, note], fields: new Map() };
}

// --- Review ---------------------------------------------------------------------------------------

function pair(name: Node | string, value: Node | string): HTMLElement {
  return el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value));
}

function questionsReview(screen: Screen & { kind: "questions" }, { channel, draft }: ScreenContext): HTMLElement[] {
  const { texts } = channel;
  const given = new Map((["triage", "account", "identity"] as const satisfies readonly Place[]).flatMap((place) =>
    answersOf(place, channel, draft).map(({ question, values }) => [question, values] as const)));
  return screen.step.questions.filter((question) => isShown(question, channel, draft)).map((question) => {
    const name = said(questionTitle(question.id, texts), texts);
    if (question.kind === "file") {
      const names = filesOf(channel, draft).filter((file) => file.question === question.id).map((file) => file.name);
      return pair(name, names.length === 0 ? t("reviewFiles", { count: 0 }) : names.join(", "));
    }
    const values = given.get(question.id);
    if (values === undefined) return pair(name, el("span", { class: "quiet" }, t("reviewEmpty")));
    const words = values.map((value) => answerTitle(question, value, texts)).join(", ");
    return pair(name, words);
  });
}

function consentReview({ channel, draft }: ScreenContext): HTMLElement[] {
  return consentIds.map((id) => pair(consentWords(id, channel.texts).title, t(draft.consents[consentFields[id]] ? "yes" : "no")));
}

function narrativeReview({ draft }: ScreenContext): HTMLElement[] {
  const text = draft.narrative.trim();
  return [pair(t("narrativeQuestion"), text === "" ? el("span", { class: "quiet" }, t("reviewEmpty")) : text)];
}

function reviewOf(screens: readonly Screen[], context: ScreenContext): HTMLElement[] {
  return screens.filter(({ kind }) => kind !== "review").map((screen) => {
    const title = titleOf(screen, context.channel);
    const pairs =
      screen.kind === "questions" ? questionsReview(screen, context) : screen.kind === "consent" ? consentReview(context) : narrativeReview(context);
    const change = button(t("reviewChange", { step: title }), () => context.goTo(screen));
    return el("section", { class: "review" },
      el("h2", {}, screen.kind === "questions" ? said(title, context.channel.texts) : title),
      el("dl", { lang: language }, ...pairs), change);
  });
}

function review(context: ScreenContext): Shown {
  const lead = el("p", { class: "lead" }, t("reviewHelp"));
  const sections = reviewOf(screensOf(context.channel, context.draft), context);
  const seen = el("p", { class: "note" }, t("reviewSeen"));
  return { ...plainTitle("reviewTitle"), content: [lead, ...sections, seen], fields: new Map() };
}
