// Consent given or taken back later. The four answers are asked anew: the reporter cannot open what was
// sealed, and whoever is allowed now gets the identity as it is written now.
import type { Answer, Channel, Consents, MailboxView } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { button, el } from "../dom.ts";
import { type FieldContext, makeField } from "../form/fields.ts";
import { newDraft, nobodyKnows } from "../form/model.ts";
import { consentFieldset } from "../form/screens.ts";
import { whileBusy } from "../leave.ts";
import { t } from "../text.ts";
import { problem } from "./problem.ts";

const nothing: Consents = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };

export function consentSection(client: Client, channel: Channel, redraw: (view: MailboxView, said: string) => void): HTMLElement {
  const answers = new Map<string, readonly string[]>();
  let consents = newDraft().consents;
  const error = el("p", { class: "error", role: "alert" });
  const identity = el("div", { class: "identity", hidden: true }, el("p", { class: "lead" }, t("changeIdentity")), ...identityFields(channel, answers));
  const fieldset = consentFieldset(channel, consents, (changed) => {
    consents = changed;
    identity.hidden = nobodyKnows(consents, channel.quorum !== undefined);
  });
  const save = async (what: Consents): Promise<void> => {
    error.textContent = "";
    const given: Answer[] = identity.hidden
      ? []
      : [...answers].map(([question, values]) => ({ question, values: values.filter((value) => value.trim() !== "") })).filter(({ values }) => values.length > 0);
    try {
      redraw(await whileBusy(client.call("changeConsent", [what, given])), t("changeSaved"));
    } catch (thrown) {
      error.textContent = problem(thrown);
    }
  };
  return el("section", {},
    el("details", {},
      el("summary", {}, t("changeTitle")),
      el("p", {}, t("changeHelp")),
      fieldset, identity, error,
      el("p", { class: "actions" }, button(t("changeSave"), () => void save(consents), { primary: true })),
      el("p", {}, t("changeStopHelp")),
      el("p", { class: "actions" }, button(t("changeStop"), () => void save(nothing)))));
}

function identityFields(channel: Channel, answers: Map<string, readonly string[]>): HTMLElement[] {
  const questions = channel.steps.flatMap((step) => step.questions).filter(({ place }) => place === "identity");
  return questions.map((question) => {
    const context: FieldContext = { texts: channel.texts, values: [], change: (values) => answers.set(question.id, values) };
    return makeField(question, context).element;
  });
}
