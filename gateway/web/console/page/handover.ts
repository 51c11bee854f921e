// A trustee who leaves: the shares of all open cases to another trustee, with what became of each said.
import type { HandedOver, Person } from "../protocol.ts";
import { confirmDialog } from "./case/dialog.ts";
import { button, choice, el, field, live, section } from "./dom.ts";
import { shortId } from "./inbox/row.ts";
import { list, personWords, t } from "./text.ts";
import type { Work } from "./work.ts";

function others({ me }: Work): Person[] {
  const all = me.channels.flatMap(({ quorum }) => quorum?.trustees ?? []).filter(({ key }) => key !== me.key);
  return [...new Map(all.map((person) => [person.key, person])).values()];
}

export function handoverSection(work: Work): HTMLElement {
  const trustees = others(work);
  const status = live();
  const made = section(t("handover"), el("p", { class: "help" }, t("handoverHelp")));
  made.classList.add("handover");
  const ask = (): void => {
    const successor = choice("successor", trustees.map((person) => [person.key, personWords(person)] as const));
    const tell = ({ done, total }: HandedOver): void => void (status.textContent = t("handoverProgress", { done, total }));
    confirmDialog({
      title: t("handover"),
      fields: [field(t("handoverWho"), successor)],
      learns: t("handoverLearns"),
      submit: t("handoverSend"),
      missing: () => (successor.value === "" ? t("nobodyLeft") : undefined),
      act: async () => {
        const { handed, before, nothing, failed } = await work.client.call("handOver", [successor.value], tell);
        made.dataset["handed"] = String(handed);
        status.textContent = t("handoverDone", { handed, before, nothing });
        if (failed.length > 0) status.textContent += ` ${t("handoverFailed", { cases: list(failed.map(shortId)) })}`;
      },
    });
  };
  if (trustees.length > 0) made.append(status, el("p", { class: "actions" }, button(t("handoverAsk"), ask, { action: "handover" })));
  return made;
}
