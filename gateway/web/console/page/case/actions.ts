// What can be done with a case, each said beforehand: who will learn what, and what the reporter consented to.
import type { Colleague, Status } from "../../protocol.ts";
import { button, choice, el, field, section, unwatched } from "../dom.ts";
import { list, partsWords, partWords, personWords, roleWords, statusWords, t } from "../text.ts";
import type { CaseContext } from "./context.ts";
import { confirmDialog } from "./dialog.ts";
import { consentList } from "./parts.ts";

const settable: readonly Status[] = ["acknowledged", "assessment", "investigation", "referred", "action", "closed"];
const daySeconds = 86_400;

export function statusActions(context: CaseContext): HTMLElement {
  const { view, act } = context;
  const { allowed, row } = view;
  const made = section(t("actionsTitle"));
  made.classList.add("deeds");
  const buttons: HTMLElement[] = [];
  if (allowed.status) buttons.push(button(t("statusChange"), () => statusDialog(context), { action: "status", primary: true }));
  if (allowed.link) buttons.push(button(t("link"), () => linkDialog(context), { action: "link" }));
  if (allowed.hold) buttons.push(button(t(row.held ? "holdEnd" : "hold"), () => holdDialog(context), { action: "hold" }));
  if (allowed.dismiss) {
    const ended = row.dismissed;
    buttons.push(button(t(ended ? "dismissEnd" : "dismiss"), () => confirmDialog({
      title: t(ended ? "dismissEnd" : "dismiss"), learns: t(ended ? "dismissEndLearns" : "dismissLearns"), submit: t(ended ? "dismissEnd" : "dismiss"), danger: !ended,
      act: () => act({ kind: "dismiss", ended }, t(ended ? "dismissEnded" : "dismissedNow")),
    }), { action: "dismiss" }));
  }
  const { erase } = allowed;
  if (erase === "yes") buttons.push(button(t("erase"), () => eraseDialog(context), { action: "erase" }));
  made.append(buttons.length === 0 ? el("p", { class: "help" }, t("actionsNone")) : el("div", { class: "stack" }, ...buttons));
  if (erase === "second" || erase === "held") made.append(el("p", { class: "help", "data-erase": erase }, t(erase === "second" ? "eraseSecond" : "eraseHeld")));
  if (view.links.length > 0) {
    made.append(el("h3", {}, t("linked")), el("ul", { class: "plain" }, ...view.links.map((id) => el("li", {},
      button(id.slice(0, 8), () => context.work.go({ view: "case", id }), { quiet: true, label: t("linkedOpen", { id }) }),
      allowed.link && button(t("unlink"), () => confirmDialog({ title: t("unlink"), learns: t("unlinkLearns"), submit: t("unlink"), act: () => act({ kind: "link", id, ended: true }, t("unlinked")) }), { quiet: true })))));
  }
  return made;
}

function statusDialog({ view, act }: CaseContext): void {
  const status = choice("new-status", settable.filter((each) => each !== view.row.status).map((each) => [each, statusWords(each)] as const));
  confirmDialog({
    title: t("statusChange"),
    fields: [field(t("statusNew"), status)],
    learns: t("statusLearns"),
    submit: t("statusChange"),
    act: () => act({ kind: "status", status: status.value as Status }, t("statusChanged", { status: statusWords(status.value as Status) })),
  });
}

function holdDialog({ view, act }: CaseContext): void {
  const ended = view.row.held;
  const why = el("textarea", { name: "why", rows: 3, maxlength: 10_000, dir: "auto", ...unwatched });
  confirmDialog({
    title: t(ended ? "holdEnd" : "hold"),
    fields: view.allowed.note ? [field(t("holdWhy"), why, t("holdWhyHelp", { readers: list(view.noteReaders.map(personWords)) }))] : [],
    learns: t(ended ? "holdEndLearns" : "holdLearns"),
    submit: t(ended ? "holdEnd" : "hold"),
    act: () => act({ kind: "hold", ended, note: why.value.trim() }, t(ended ? "holdEnded" : "held")),
  });
}

/** What is destroyed and what stays, said beforehand; and the case's number is typed, since nothing brings it back. */
function eraseDialog({ view, act }: CaseContext): void {
  const number = view.row.id.slice(0, 8);
  const input = el("input", { name: "number", autocomplete: "off", spellcheck: "false", maxlength: 8 });
  confirmDialog({
    title: t("eraseTitle"),
    fields: [
      el("p", {}, el("strong", {}, t("eraseGoes"))), el("p", {}, t("eraseGoesText")),
      el("p", {}, el("strong", {}, t("eraseStays"))), el("p", {}, t("eraseStaysText")),
      field(t("eraseNumber", { number }), input),
    ],
    learns: t("eraseLearns"),
    submit: t("erase"),
    danger: true,
    missing: () => (input.value.trim() === number ? undefined : t("eraseNumberWrong", { number })),
    act: () => act({ kind: "erase" }, t("erasedNow")),
  });
}

function linkDialog({ view, act }: CaseContext): void {
  const input = el("input", { name: "other", autocomplete: "off", spellcheck: "false", maxlength: 32 });
  confirmDialog({
    title: t("link"),
    fields: [field(t("linkOther"), input, t("linkHelp"))],
    learns: t("linkLearns"),
    submit: t("link"),
    missing: () => (/^[0-9a-f]{32}$/.test(input.value.trim()) && input.value.trim() !== view.row.id ? undefined : t("linkMalformed")),
    act: () => act({ kind: "link", id: input.value.trim(), ended: false }, t("linkDone")),
  });
}

// --- People ---------------------------------------------------------------------------------------

const options = (people: readonly Colleague[]): (readonly [string, string])[] => people.map((person) => [person.key, `${personWords(person)} — ${roleWords(person)}`] as const);

export function personDialog({ view, act }: CaseContext): void {
  const people = view.people.filter(({ works, assigned, excluded }) => works && !assigned && !excluded);
  const holder = choice("holder", options(people));
  confirmDialog({
    title: t("assignTitle"),
    fields: [field(t("assignWho"), holder)],
    learns: t("assignLearns"),
    submit: t("assign"),
    missing: () => (holder.value === "" ? t("nobodyLeft") : undefined),
    act: () => act({ kind: "assign", holder: holder.value, ended: false }, t("assigned")),
  });
}

export function excludeDialog({ view, act, work }: CaseContext): void {
  const people = view.people.filter(({ excluded, key }) => !excluded && key !== work.me.key);
  const holder = choice("holder", options(people));
  confirmDialog({
    title: t("excludeTitle"),
    fields: [field(t("excludeWho"), holder)],
    learns: t("excludeLearns"),
    submit: t("exclude"),
    danger: true,
    missing: () => (holder.value === "" ? t("nobodyLeft") : undefined),
    act: () => act({ kind: "exclude", holder: holder.value, ended: false }, t("excludedNow")),
  });
}

// --- Access ---------------------------------------------------------------------------------------

const endings = [["0", "untilNever"], ["30", "until30"], ["90", "until90"], ["180", "until180"]] as const;

function untilField(): { readonly element: HTMLElement; readonly expires: (now: number) => number } {
  const select = choice("until", endings.map(([days, key]) => [days, t(key)] as const), "90");
  return { element: field(t("untilLabel"), select), expires: (now) => (select.value === "0" ? 0 : Math.floor(now) + Number(select.value) * daySeconds) };
}

/** Gives what this holder reads to another; who the reporter is, only to those whom the reporter allows. */
export function grantDialog({ view, act, work }: CaseContext, part: string): void {
  const quorum = work.me.channels.find(({ id }) => id === view.row.channel)?.quorum !== undefined;
  // Who reads it by post needs no grant.
  const reads = ({ roles }: Colleague): boolean => (part === "identity" ? roles.includes("support") : (part === "triage" || !quorum) && roles.includes("intake"));
  const candidates = view.people.filter((person) => {
    const { works, excluded, granted, mayKnow, key } = person;
    return works && !excluded && key !== work.me.key && !reads(person) && !granted.includes(part) && (part !== "identity" || mayKnow === true);
  });
  const holder = choice("holder", options(candidates));
  const until = untilField();
  const learns = el("p", {});
  const say = (): void => {
    const person = candidates.find(({ key }) => key === holder.value);
    const attachments = part === "account" && (view.parts.find(({ name }) => name === "account")?.attachments.length ?? 0) > 0;
    learns.textContent = person === undefined ? t("grantNobody") : t(attachments ? "grantLearnsFiles" : "grantLearns", { name: personWords(person), part: partWords(part) });
  };
  holder.addEventListener("change", say);
  say();
  confirmDialog({
    title: t("grantTitle", { part: partWords(part) }),
    fields: [field(t("grantWho"), holder, part === "identity" ? t("grantIdentityHelp") : undefined), until.element],
    learns,
    consent: consentList(view.consent, view.consentChanged),
    submit: t("grant"),
    missing: () => (holder.value === "" ? t("grantNobody") : undefined),
    act: () => act({ kind: "grant", holder: holder.value, parts: [part], expires: until.expires(view.now) }, t("granted")),
  });
}

/** Asks the trustees. */
export function requestDialog({ view, act, work }: CaseContext, part: string): void {
  const boxes = view.allowed.request.map((name) => {
    const box = el("input", { type: "checkbox", name: "part", value: name, checked: name === part });
    return { name, box, label: el("label", { class: "option" }, box, el("span", {}, partsWords([name]))) };
  });
  const reason = el("textarea", { name: "reason", rows: 4, maxlength: 10_000, dir: "auto", ...unwatched });
  const until = untilField();
  const trustees = work.me.channels.find(({ id }) => id === view.row.channel)?.quorum?.trustees ?? [];
  const chosen = (): string[] => boxes.filter(({ box }) => box.checked).map(({ name }) => name);
  confirmDialog({
    title: t("requestTitle"),
    fields: [
      el("fieldset", { class: "field" }, el("legend", {}, t("requestParts")), ...boxes.map(({ label }) => label), el("p", { class: "help" }, t("requestPartsHelp"))),
      field(t("requestReason"), reason, t("requestReasonHelp")),
      until.element,
    ],
    learns: t("requestLearns", { trustees: list(trustees.map(personWords)) }),
    consent: consentList(view.consent, view.consentChanged),
    submit: t("requestSend"),
    missing: () => (chosen().length === 0 ? t("requestNothing") : reason.value.trim() === "" ? t("requestNoReason") : undefined),
    act: () => act({ kind: "request", parts: chosen(), reason: reason.value.trim(), expires: until.expires(view.now) }, t("requested")),
  });
}
