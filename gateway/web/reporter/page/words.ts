// Words of the charter's texts for what is asked, and of the page where the texts have none. Texts of
// another language than the page say so, for voices and for the direction of writing.
import type { Channel, Holder, Place, Texts } from "../protocol.ts";
import { el } from "./dom.ts";
import { type Key, language, list, t } from "./text.ts";

/** `text` in an element with the language of the texts, where that is another. */
export function said(text: string, texts: Texts): Node {
  if (texts.language === language) return document.createTextNode(text);
  return el("span", { lang: texts.language, dir: "auto" }, text);
}

export function questionTitle(id: string, { questions }: Texts): string {
  return questions[id]?.title ?? id;
}

export function optionTitle(question: string, option: string, { questions }: Texts): string {
  return questions[question]?.options?.[option] ?? option;
}

export function answerTitle(question: { id: string; kind: string }, value: string, texts: Texts): string {
  if (question.kind === "yes-no") return texts.questions[question.id]?.options?.[value] ?? t(value === "yes" ? "yes" : "no");
  return question.kind === "choice" || question.kind === "choices" ? optionTitle(question.id, value, texts) : value;
}

export const consentIds = ["contact", "support-services", "investigators", "national-authorities"] as const;
export type ConsentId = (typeof consentIds)[number];

export const consentFields = {
  contact: "contact",
  "support-services": "supportServices",
  investigators: "investigators",
  "national-authorities": "nationalAuthorities",
} as const;

const consentKeys: Readonly<Record<ConsentId, readonly [Key, Key]>> = {
  contact: ["consentContact", "consentContactHelp"],
  "support-services": ["consentSupport", "consentSupportHelp"],
  investigators: ["consentInvestigators", "consentInvestigatorsHelp"],
  "national-authorities": ["consentNational", "consentNationalHelp"],
};

/** The page's own words explain more; those of the channel stand first where they are of this language. */
export function consentWords(id: ConsentId, { consents, language: of }: Texts): { title: string; help: string } {
  const [title, help] = consentKeys[id];
  const own = of === language ? consents[id] : undefined;
  return { title: own?.title ?? t(title), help: [own?.help, t(help)].filter((each) => each !== undefined).join(" ") };
}

export function holders(all: readonly Holder[]): string {
  return list([...new Set(all.map(({ organisation }) => organisation))]);
}

/** Who can read an answer of this place. */
export function readersOf(place: Place, channel: Channel): string {
  if (place === "triage") return t("readersTriage", { holders: holders(channel.intake) });
  if (place === "identity") return t("readersIdentity");
  if (channel.quorum === undefined) return t("readersAccountIntake", { holders: holders(channel.intake) });
  return t("readersAccountQuorum", { threshold: channel.quorum.threshold, count: channel.quorum.trustees });
}

export function readersNote(place: Place, channel: Channel): HTMLElement {
  return el("p", { class: `readers ${place}` }, el("strong", {}, t("readBy")), " ", readersOf(place, channel));
}
