// Everything that was done with the case, in order, each signed by who did it and verified here. What does not verify
// is said where it stands.
import type { TimelineEntry } from "../../protocol.ts";
import { el, section } from "../dom.ts";
import { authorWords, date, hour, type Key, partsWords, personWords, statusWords, t } from "../text.ts";
import { shortId } from "../inbox/row.ts";
import type { CaseContext } from "./case.ts";

const wrongs: Readonly<Record<NonNullable<TimelineEntry["wrong"]>, Key>> = { signature: "wrongSignature", chain: "wrongChain", author: "wrongAuthor", after: "wrongAfter", expiry: "wrongExpiry" };

function words(entry: TimelineEntry): string {
  const { kind, ended = false, holder, parts = [], expires = 0, status, other = "", closedDay = 0, closedDays = 0 } = entry;
  const name = holder === undefined ? "" : personWords(holder);
  const what = partsWords(parts);
  const until = expires > 0 ? ` ${t("until", { date: date(expires) })}` : "";
  switch (kind) {
    case "message":
      return t("didMessage");
    case "status":
      return t("didStatus", { status: status === undefined ? "" : statusWords(status) });
    case "assignment":
      return t(ended ? "didUnassign" : "didAssign", { name });
    case "exclusion":
      return t(ended ? "didInclude" : "didExclude", { name });
    case "grant":
      return t("didGrant", { what, name }) + until;
    case "revocation":
      return parts.length === 0 ? t("didRevokeAll", { name }) : t("didRevoke", { what, name });
    case "note":
      return t("didNote");
    case "custody":
      return t("didCustody");
    case "measures":
      return t("didMeasures");
    case "link":
      return t(ended ? "didUnlink" : "didLink", { id: shortId(other) });
    case "dismissal":
      return t(ended ? "didUndismiss" : "didDismiss");
    case "hold":
      return t(ended ? "didUnhold" : "didHold");
    case "request":
      return t("didRequest", { what }) + until;
    case "approval":
      return t(parts.length === 0 ? "didFindMalformed" : "didApprove", { what });
    case "refusal":
      return t("didRefuse");
    case "handover":
      return t("didHandOver", { name });
    case "consent":
      return t("didConsent");
    case "erasure":
      return t("didErase");
    case "expiry":
      return t("didExpire", { days: closedDays, date: date(closedDay) });
    case "delivery":
      return t("didDeliver");
    default:
      return t("didUnknown");
  }
}

export function timelineSection({ view }: CaseContext): HTMLElement {
  const made = section(t("timeline"));
  made.classList.add("timeline");
  const bad = view.timeline.filter(({ wrong }) => wrong !== undefined);
  made.append(el("p", { class: bad.length === 0 ? "help verified" : "error", "data-verified": String(bad.length === 0) },
    bad.length === 0 ? t("timelineVerified", { count: view.timeline.length }) : t("timelineBroken")));
  made.append(el("ol", { class: "events" },
    el("li", {}, el("span", { class: "help" }, date(view.row.receivedDay)), el("span", {}, t("didArrive"))),
    ...view.timeline.map((entry) => el("li", { class: entry.wrong !== undefined && "bad", "data-event": entry.sequence, "data-wrong": entry.wrong },
      el("span", { class: "help" }, entry.time === 0 ? "–" : hour(entry.time)),
      el("span", {}, el("strong", {}, entry.kind === "expiry" ? t("theGateway") : entry.kind === "" ? t("personUnknown") : authorWords(entry.author)), " ", words(entry),
        entry.wrong !== undefined && el("span", { class: "error" }, ` ${t(wrongs[entry.wrong])}`))))));
  return made;
}
