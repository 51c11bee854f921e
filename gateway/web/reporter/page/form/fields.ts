// One question as its inputs. Every input's name is the id of the question.
import type { Question, Texts } from "../../protocol.ts";
import { el, unwatched } from "../dom.ts";
import { t } from "../text.ts";
import { answerTitle, questionTitle, said } from "../words.ts";
import { maxCharacters } from "./model.ts";

export interface Field {
  readonly element: HTMLElement;
  readonly focus: () => void;
  readonly setError: (message: string | undefined) => void;
  /** Whether something was begun here that is lost when the screen is left. */
  readonly isUnfinished?: () => boolean;
}

export interface FieldContext {
  readonly texts: Texts;
  readonly values: readonly string[];
  readonly change: (values: readonly string[]) => void;
}

const isLong = ({ kind }: Question): boolean => kind === "long-text";
const errorId = (id: string): string => `${id}-error`;

// What screen readers say of an input besides its label.
function describedBy(question: Question, texts: Texts): string {
  return [texts.questions[question.id]?.help !== undefined && `${question.id}-help`, errorId(question.id)].filter(Boolean).join(" ");
}

export function title(question: Question, texts: Texts): readonly (Node | string)[] {
  const words = said(questionTitle(question.id, texts), texts);
  return question.required ? [words, " ", el("span", { class: "must" }, `(${t("required")})`)] : [words];
}

export function help(question: Question, texts: Texts): HTMLElement | undefined {
  const text = texts.questions[question.id]?.help;
  return text === undefined ? undefined : el("p", { class: "help", id: `${question.id}-help` }, said(text, texts));
}

function errorLine(question: Question): HTMLElement {
  return el("p", { class: "error", id: errorId(question.id) });
}

function withError(element: HTMLElement, line: HTMLElement, input: HTMLElement): Field["setError"] {
  return (message) => {
    line.textContent = message ?? "";
    element.classList.toggle("wrong", message !== undefined);
    if (message === undefined) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  };
}

/** A line or an area of text that keeps its author company: how much is left, when that becomes little. */
export function counted(input: HTMLInputElement | HTMLTextAreaElement, max: number): HTMLElement {
  const line = el("p", { class: "quiet", role: "status" });
  const count = (): void => {
    const left = max - input.value.length;
    line.textContent = left <= Math.min(200, max / 5) ? t("charactersLeft", { count: Math.max(left, 0) }) : "";
  };
  input.addEventListener("input", count);
  count();
  return line;
}

function textField(question: Question, { texts, values, change }: FieldContext): Field {
  const { id } = question;
  const max = maxCharacters[question.place][isLong(question) ? "long" : "short"];
  const attributes = { id, name: id, maxlength: max, dir: "auto", "aria-describedby": describedBy(question, texts), "aria-required": question.required && "true", ...unwatched };
  const input = isLong(question) ? el("textarea", { ...attributes, rows: 5 }) : el("input", { ...attributes, type: "text" });
  input.value = values[0] ?? "";
  input.addEventListener("input", () => change([input.value]));
  const line = errorLine(question);
  const element = el("div", { class: "field" }, el("label", { for: id }, ...title(question, texts)), help(question, texts), input, counted(input, max), line);
  if (question.kind === "date") input.after(dayPicker(id, input));
  return { element, focus: () => input.focus(), setError: withError(element, line, input) };
}

// Fills the line with a day; "about when" is written into the line itself.
function dayPicker(id: string, input: HTMLInputElement | HTMLTextAreaElement): HTMLElement {
  const day = el("input", { type: "date", id: `${id}-day`, autocomplete: "off" });
  day.value = /^\d{4}-\d{2}-\d{2}$/.test(input.value) ? input.value : "";
  day.addEventListener("input", () => {
    if (day.value === "") return;
    input.value = day.value;
    input.dispatchEvent(new Event("input"));
  });
  return el("div", { class: "day" }, el("label", { for: `${id}-day` }, t("datePick")), day);
}

function choiceField(question: Question, { texts, values, change }: FieldContext): Field {
  const many = question.kind === "choices";
  const options = question.kind === "yes-no" ? ["yes", "no"] : question.options;
  const inputs = options.map((option) => {
    const input = el("input", { type: many ? "checkbox" : "radio", name: question.id, value: option, id: `${question.id}-${option}`, autocomplete: "off" });
    input.checked = values.includes(option);
    return input;
  });
  // What was chosen can be taken back, unless an answer is needed.
  const none = many || question.required ? undefined : el("input", { type: "radio", name: question.id, value: "", id: `${question.id}-none`, autocomplete: "off" });
  if (none !== undefined) none.checked = values.length === 0;
  const changed = (): void => change(inputs.filter(({ checked }) => checked).map(({ value }) => value));
  const rows = inputs.map((input) =>
    el("label", { class: "option" }, input, el("span", {}, said(answerTitle(question, input.value, texts), texts))),
  );
  if (none !== undefined) rows.push(el("label", { class: "option" }, none, el("span", {}, t("noAnswer"))));
  const line = errorLine(question);
  const element = el("fieldset", { class: "field", id: question.id, "aria-describedby": describedBy(question, texts) },
    el("legend", {}, ...title(question, texts)), help(question, texts), ...rows, line);
  element.addEventListener("change", changed);
  return { element, focus: () => inputs[0]?.focus(), setError: withError(element, line, element) };
}

/** For every kind but files, which are files.ts. */
export function makeField(question: Question, context: FieldContext): Field {
  const isChoice = question.kind === "choice" || question.kind === "choices" || question.kind === "yes-no";
  return isChoice ? choiceField(question, context) : textField(question, context);
}
