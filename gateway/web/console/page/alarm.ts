// When the charter does not verify: nobody unlocks anything here. What contradicts what is shown, as it was signed,
// so that it can be passed on.
import type { Alarm } from "../protocol.ts";
import { button, el } from "./dom.ts";
import { type Key, t } from "./text.ts";

const kinds: Readonly<Record<Alarm["kind"], Key>> = {
  older: "alarmOlder",
  forked: "alarmForked",
  unproven: "alarmUnproven",
  unwitnessed: "alarmUnwitnessed",
  expired: "alarmExpired",
  unsigned: "alarmUnsigned",
  "report-log": "alarmReportLog",
};

export function alarmView(alarm: Alarm, again: () => void): HTMLElement {
  const proof = (title: Key, text: string | undefined): HTMLElement | false =>
    text !== undefined && el("section", {}, el("h2", {}, t(title)), el("pre", { class: "signed", tabindex: 0, role: "region", "aria-label": t(title) }, text));
  return el("main", { id: "content", class: "narrow", tabindex: -1 },
    el("div", { class: "box bad", role: "alert", "data-alarm": alarm.kind },
      el("h1", {}, t("alarmTitle")),
      el("p", {}, t(kinds[alarm.kind])),
      el("p", {}, t("alarmAdvice"))),
    proof("alarmRemembered", alarm.remembered),
    proof("alarmServed", alarm.served),
    el("p", { class: "help" }, t("alarmCode", { code: alarm.code, field: alarm.field === "" ? "–" : alarm.field })),
    el("p", { class: "actions" }, button(t("tryAgain"), again)));
}
