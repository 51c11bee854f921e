// Who works on a case, who is kept away from it, and what they tell each other.
import type { Colleague } from "../../protocol.ts";
import { button, el, section } from "../dom.ts";
import { list, partsWords, personWords, roleWords, t } from "../text.ts";
import { excludeDialog, personDialog } from "./actions.ts";
import { confirmDialog } from "./dialog.ts";
import type { CaseContext } from "./context.ts";
import { textForm, written } from "./conversation.ts";

export function notesSection(context: CaseContext): HTMLElement {
  const { view } = context;
  const made = section(t("notes"));
  made.classList.add("notes");
  made.append(view.notes.length === 0 ? el("p", { class: "help" }, t("notesNone")) : el("ol", { class: "messages" }, ...view.notes.map(written)));
  if (!view.allowed.note) return made;
  made.append(textForm(context, {
    name: "note",
    label: t("note"),
    who: list(view.noteReaders.map(personWords)),
    consent: t("noteNotReporter"),
    submit: t("noteAdd"),
    empty: t("noteEmpty"),
    send: (text) => context.act({ kind: "note", text }, t("noteAdded")),
  }));
  return made;
}

export function peopleSection(context: CaseContext): HTMLElement {
  const { view } = context;
  const shown = view.people.filter(({ assigned, excluded, granted }) => assigned || excluded || granted.length > 0);
  const made = section(t("people"));
  made.classList.add("people");
  made.append(shown.length === 0 ? el("p", { class: "help" }, t("peopleNone")) : el("ul", { class: "plain" }, ...shown.map((person) => personItem(context, person))));
  if (view.allowed.people) {
    made.append(el("p", { class: "actions" },
      button(t("assign"), () => personDialog(context), { action: "assign" }),
      button(t("exclude"), () => excludeDialog(context), { action: "exclude", quiet: true })));
  }
  return made;
}

function personItem(context: CaseContext, person: Colleague): HTMLElement {
  const { view, act } = context;
  const { assigned, excluded, granted, key } = person;
  const what = [assigned && t("personAssigned"), excluded && t("personExcluded"), granted.length > 0 && t("personGranted", { parts: partsWords(granted) })].filter((each) => each !== false);
  const name = personWords(person);
  const actions: HTMLElement[] = [];
  if (view.allowed.people && assigned) {
    actions.push(button(t("unassign"), () => confirmDialog({ title: t("unassignTitle", { name }), learns: t("unassignLearns", { name }), submit: t("unassign"), act: () => act({ kind: "assign", holder: key, ended: true }, t("unassigned", { name })) }), { quiet: true, label: `${t("unassign")}: ${name}` }));
  }
  if (view.allowed.people && excluded) {
    actions.push(button(t("include"), () => confirmDialog({ title: t("includeTitle", { name }), learns: t("includeLearns", { name }), submit: t("include"), act: () => act({ kind: "exclude", holder: key, ended: true }, t("included", { name })) }), { quiet: true, label: `${t("include")}: ${name}` }));
  }
  if (view.allowed.people && granted.length > 0) {
    actions.push(button(t("revoke"), () => confirmDialog({ title: t("revokeTitle", { name }), learns: t("revokeLearns", { name }), submit: t("revoke"), danger: true, act: () => act({ kind: "revoke", holder: key }, t("revoked", { name })) }), { quiet: true, label: `${t("revoke")}: ${name}`, action: `revoke-${person.label}` }));
  }
  return el("li", {}, el("strong", {}, name), el("span", { class: "help" }, `${roleWords(person)} — ${what.join(" · ")}`), actions.length > 0 && el("span", { class: "actions" }, ...actions));
}
