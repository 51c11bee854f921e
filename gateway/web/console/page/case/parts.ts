// What the reporter told: each part as far as it is open, and where it is not, why, and how to ask for it.
import type { AttachmentView, Consents, PartView } from "../../protocol.ts";
import { valueTitle } from "../../model/inbox.ts";
import { button, el, newId, notice, section } from "../dom.ts";
import { type Key, list, partWords, personWords, t } from "../text.ts";
import { grantDialog, requestDialog } from "./actions.ts";
import type { CaseContext } from "./context.ts";
import { fileViewer, plainViewer } from "./files.ts";

const consentKeys: Readonly<Record<keyof Consents, readonly [Key, Key]>> = {
  contact: ["consentContactYes", "consentContactNo"],
  supportServices: ["consentSupportYes", "consentSupportNo"],
  investigators: ["consentInvestigatorsYes", "consentInvestigatorsNo"],
  nationalAuthorities: ["consentNationalYes", "consentNationalNo"],
};

/** Each of the four answers, in words. */
export function consentList(consent: Consents | undefined, changed: boolean): HTMLElement {
  if (consent === undefined) return el("p", { class: "help" }, t("consentUnknown"));
  const keys = Object.entries(consentKeys) as [keyof Consents, readonly [Key, Key]][];
  const item = ([name, [yes, no]]: (typeof keys)[number]): HTMLElement =>
    el("li", { class: consent[name] ? "yes" : "no", "data-consent": `${name}-${consent[name] ? "yes" : "no"}` }, t(consent[name] ? yes : no));
  return el("div", {}, el("ul", { class: "consents" }, ...keys.map(item)), changed && el("p", { class: "help" }, t("consentChanged")));
}

export function partsSection(context: CaseContext): HTMLElement {
  const { view } = context;
  if (view.plain !== undefined) return plainSection(context, view.plain);
  const isTrustee = view.parts.length === 0;
  if (isTrustee) return section(t("reportTitle"), el("p", {}, t("partsNone")));
  return el("div", { class: "parts" },
    ...view.parts.map((part) => partSection(context, part)),
    section(t("consentTitle"), consentList(view.consent, view.consentChanged)));
}

function partSection(context: CaseContext, part: PartView): HTMLElement {
  const { view } = context;
  const made = section(partWords(part.name));
  made.classList.add("part", part.name);
  made.dataset["part"] = part.name;
  made.dataset["state"] = part.state;
  if (part.state === "broken") made.append(notice("bad", el("p", { role: "alert" }, t("partBroken"))));
  else if (part.state === "sealed") made.append(...sealedWords(context, part));
  else made.append(...openWords(context, part));
  const actions: HTMLElement[] = [];
  const isAsked = view.requests.some(({ own, parts, released, ended }) => own && parts.includes(part.name) && !released && !ended);
  if (view.allowed.request.includes(part.name) && !isAsked) actions.push(button(t("requestAsk"), () => requestDialog(context, part.name), { action: `request-${part.name}` }));
  if (view.allowed.grant.includes(part.name)) actions.push(button(t("grantGive"), () => grantDialog(context, part.name), { action: `grant-${part.name}`, quiet: true }));
  if (actions.length > 0) made.append(el("p", { class: "actions" }, ...actions));
  return made;
}

// One file, sealed by its sender with a program of their own to those whom the page for plain reports names.
function plainSection(context: CaseContext, { served, bytes }: NonNullable<CaseContext["view"]["plain"]>): HTMLElement {
  const { work, view } = context;
  const readers = work.me.channels.find(({ id }) => id === view.row.channel)?.plainReaders ?? [];
  const made = section(t("reportTitle"),
    notice("note", t("plainAbout"), ...(readers.length > 0 ? [t("plainReaders", { readers: list(readers.map(personWords)) })] : [])),
    served ? plainViewer(context, bytes) : el("p", { class: "missing" }, t("plainSealed")));
  made.dataset["part"] = "plain";
  made.dataset["state"] = served ? "open" : "sealed";
  return made;
}

// What is missing and how it can be had.
function sealedWords({ view, work }: CaseContext, { name, quorum }: PartView): Node[] {
  const channel = work.me.channels.find(({ id }) => id === view.row.channel);
  const waiting = view.requests.find(({ parts, released, ended }) => parts.includes(name) && !released && !ended);
  const lines: string[] = [];
  if (name === "identity") {
    const mayKnow = view.people.find(({ key }) => key === work.me.key)?.mayKnow;
    lines.push(t(mayKnow === false ? "sealedNotAllowed" : "sealedIdentity"));
    if (mayKnow === false) return [el("p", { class: "missing", "data-not-allowed": true }, lines[0])];
  }
  if (quorum && channel?.quorum !== undefined) {
    const { threshold, organisations, trustees } = channel.quorum;
    lines.push(t("sealedQuorum", { threshold, trustees: trustees.length, organisations }));
    if (waiting !== undefined) {
      const approved = waiting.approvals.filter(({ parts }) => parts.includes(name)).length;
      lines.push(t("sealedAsked", { approved, threshold: waiting.threshold }));
    } else if (view.allowed.request.length === 0) {
      lines.push(t("sealedAskAssigned"));
    }
  } else {
    lines.push(t("sealedAskIntake"));
  }
  return lines.map((line) => el("p", { class: "missing" }, line));
}

function openWords(context: CaseContext, part: PartView): Node[] {
  const { work, view } = context;
  const { texts } = work.me;
  const channel = work.me.channels.find(({ id }) => id === view.row.channel);
  const kinds = new Map(channel?.questions.map(({ id, kind }) => [id, kind]));
  const foreign = { lang: texts.language, dir: "auto" };
  const rows = part.answers.map(({ question, values }) => {
    const said = values.map((value) => valueTitle(question, value, kinds.get(question), texts));
    // What was written is of any language; what was chosen is of the texts'.
    const chosen = ["choice", "choices", "yes-no"].includes(kinds.get(question) ?? "");
    return el("div", {}, el("dt", foreign, texts.questions[question]?.title ?? question), el("dd", chosen ? foreign : { dir: "auto" }, chosen ? list(said) : said.join("\n")));
  });
  const nodes: Node[] = [];
  if (part.givenAnew === true) nodes.push(el("p", { class: "help" }, t("identityAnew")));
  if (part.narrative !== undefined && part.narrative !== "") nodes.push(el("div", { class: "narrative", dir: "auto" }, part.narrative));
  if (rows.length > 0) nodes.push(el("dl", { class: "answers" }, ...rows));
  if (rows.length === 0 && (part.narrative ?? "") === "") nodes.push(el("p", { class: "help" }, t(part.name === "identity" ? "identityEmpty" : "partEmpty")));
  if (part.language !== undefined && part.language !== "") nodes.push(el("p", { class: "help" }, t("reporterLanguage", { language: languageWords(part.language) })));
  if (part.attachments.length > 0) nodes.push(attachments(context, part.attachments));
  return nodes;
}

function languageWords(code: string): string {
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function attachments(context: CaseContext, all: readonly AttachmentView[]): HTMLElement {
  const id = newId();
  return el("div", { class: "attachments" },
    el("h3", { id }, t("attachments", { count: all.length })),
    el("ul", { "aria-labelledby": id }, ...all.map((each) => fileViewer(context, each))));
}
