// Releases that were asked for: by whom, why, for what, and who answered; to a trustee with what an approval would let
// go and the two ways to answer.
import type { RequestView } from "../../protocol.ts";
import { button, el, field, notice, section, unwatched } from "../dom.ts";
import { date, list, partsWords, personWords, roleWords, t } from "../text.ts";
import { confirmDialog } from "./dialog.ts";
import type { CaseContext } from "./context.ts";
import { consentList } from "./parts.ts";

export function requestsSection(context: CaseContext): HTMLElement {
  const { view } = context;
  const made = section(t("requestsTitle"));
  made.classList.add("requests");
  made.append(view.requests.length === 0 ? el("p", { class: "help" }, t("requestsNone")) : el("ul", { class: "plain" }, ...view.requests.map((request) => el("li", {}, requestCard(context, request)))));
  return made;
}

function stateWords({ released, ended, approvals, threshold, refusals }: RequestView): string {
  if (released) return t("requestReleased");
  if (ended) return t("requestEnded");
  return t("requestWaiting", { approved: approvals.length, threshold, refused: refusals.length });
}

export function requestCard(context: CaseContext, request: RequestView): HTMLElement {
  const { author, parts, reason, expires, approvals, refusals, time, sequence, decision, answer } = request;
  const who = (text: string, value: string | HTMLElement): HTMLElement => el("div", {}, el("dt", {}, text), el("dd", { dir: "auto" }, value));
  return el("div", { class: "request", "data-request": sequence },
    el("p", { class: "state" }, stateWords(request)),
    el("dl", { class: "answers" },
      who(t("requestBy"), `${personWords(author)} — ${roleWords(author)}, ${date(time)}`),
      who(t("requestFor"), partsWords(parts)),
      who(t("requestWhy"), reason ?? t("requestReasonSealed")),
      who(t("untilLabel"), expires === 0 ? t("untilNever") : date(expires)),
      ...(approvals.length > 0 ? [who(t("requestApproved"), list(approvals.map(({ trustee }) => personWords(trustee))))] : []),
      ...(refusals.length > 0 ? [who(t("requestRefused"), refusals.map(({ trustee, reason: why }) => `${personWords(trustee)}: ${why ?? t("requestReasonSealed")}`).join("\n"))] : [])),
    answer !== undefined && el("p", { class: "box good", "data-answer": answer }, t(answer === "approved" ? "youApproved" : "youRefused")),
    decision !== undefined && answer === undefined && decide(context, request));
}

// What an approval lets go, said before the buttons.
function decide(context: CaseContext, request: RequestView): HTMLElement {
  const { decision, author, sequence } = request;
  const { act } = context;
  const { lets, withheld, consent, refused } = decision!;
  const name = personWords(author);
  const kept = (why: "share" | "consent"): string[] => withheld.filter((each) => each.why === why).map(({ part }) => part);
  const approve = button(t("approve"), () => confirmDialog({
    title: t("approveTitle"),
    learns: t("approveLearns", { name, parts: partsWords(lets) }),
    consent: consentList(consent, false),
    submit: t("approve"),
    act: () => act({ kind: "approve", request: sequence, parts: lets }, t("approvedNow")),
  }), { primary: true, action: "approve" });
  return el("div", { class: "decision" },
    el("h3", {}, t("consentTitle")),
    consentList(consent, false),
    refused === "rejected" && notice("note", t("approveNoConsent")),
    refused !== undefined && refused !== "rejected" && notice("note", t("approveNoShare")),
    refused === undefined && el("p", { "data-lets": lets.join(" ") }, t("approveLets", { parts: partsWords(lets), name })),
    kept("consent").length > 0 && notice("note", el("p", { "data-withheld": "consent" }, t("withheldConsent", { parts: partsWords(kept("consent")) }))),
    kept("share").length > 0 && notice("note", t("withheldShare", { parts: partsWords(kept("share")) })),
    el("p", { class: "actions" }, refused === undefined && approve, button(t("refuse"), () => refuseDialog(context, request), { action: "refuse" })));
}

function refuseDialog({ act }: CaseContext, { author, sequence }: RequestView): void {
  const reason = el("textarea", { name: "reason", rows: 4, maxlength: 10_000, dir: "auto", ...unwatched });
  confirmDialog({
    title: t("refuseTitle"),
    fields: [field(t("refuseReason"), reason)],
    learns: t("refuseLearns", { name: personWords(author) }),
    submit: t("refuse"),
    missing: () => (reason.value.trim() === "" ? t("requestNoReason") : undefined),
    act: () => act({ kind: "refuse", request: sequence, reason: reason.value.trim() }, t("refusedNow")),
  });
}
