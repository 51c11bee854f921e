// Evidence that changed hands, and measures: as holders recorded them for each other, and new ones.
import type { CustodyFields, RecordView } from "../../protocol.ts";
import { button, choice, el, field, section, unwatched } from "../dom.ts";
import { authorWords, hour, type Key, list, moment, personWords, t } from "../text.ts";
import { confirmDialog } from "./dialog.ts";
import type { CaseContext } from "./context.ts";

const measureKinds: Readonly<Record<string, Key>> = {
  medical: "measureMedical",
  psychological: "measurePsychological",
  shelter: "measureShelter",
  protection: "measureProtection",
  legal: "measureLegal",
  "child-support": "measureChildSupport",
  repatriation: "measureRepatriation",
  suspension: "measureSuspension",
  disciplinary: "measureDisciplinary",
  criminal: "measureCriminal",
  other: "measureOther",
};
const maxLine = 500;

export function recordsSection(context: CaseContext): HTMLElement {
  const { view } = context;
  const made = section(t("records"));
  made.classList.add("records");
  made.append(view.records.length === 0 ? el("p", { class: "help" }, t("recordsNone")) : el("ol", { class: "messages" }, ...view.records.map(recordItem)));
  if (view.allowed.note) {
    made.append(el("p", { class: "actions" },
      button(t("custodyAdd"), () => custodyDialog(context), { action: "custody" }),
      button(t("measureAdd"), () => measureDialog(context), { action: "measures" })));
  }
  return made;
}

function recordItem({ author, time, kind, custody, measures, code, sequence }: RecordView): HTMLElement {
  const row = (key: Key, value: string): HTMLElement | false => value !== "" && el("div", {}, el("dt", {}, t(key)), el("dd", { dir: "auto" }, value));
  const title = t(kind === "custody" ? "custodyTitle" : "measuresTitle");
  const measureWords = ({ kind: of, date, reference }: { kind: string; date: string; reference: string }): string =>
    [measureKinds[of] === undefined ? of : t(measureKinds[of]), date, reference].filter((each) => each !== "").join(", ");
  return el("li", { class: "ours record", "data-record": sequence },
    el("p", { class: "help" }, `${title} · ${authorWords(author)} · ${hour(time)}`),
    code !== undefined && el("p", {}, t(code === "wrong_key" ? "recordSealed" : "messageBroken")),
    custody !== undefined && el("dl", { class: "answers" },
      row("custodyItem", custody.item), row("custodyPlace", custody.place), row("custodyTime", momentWords(custody.time)), row("custodyFrom", custody.from),
      row("custodyTo", custody.to), row("custodySeal", custody.sealNumber), row("custodyDocument", custody.document), row("remarks", custody.remarks)),
    measures !== undefined && el("dl", { class: "answers" },
      ...measures.measures.map((each) => row("measure", measureWords(each))), row("sanction", measures.sanction), row("remarks", measures.remarks)));
}

function momentWords(time: string): string {
  const seconds = Date.parse(time) / 1000;
  return Number.isNaN(seconds) ? time : moment(seconds);
}

const line = (name: string, more: Readonly<Record<string, string>> = {}): HTMLInputElement => el("input", { name, maxlength: maxLine, dir: "auto", ...unwatched, ...more });
const learns = ({ view }: CaseContext): string => t("recordLearns", { readers: list(view.noteReaders.map(personWords)) });

function custodyDialog(context: CaseContext): void {
  const item = line("item");
  const place = line("place");
  const time = line("time", { type: "datetime-local" });
  const from = line("from");
  const to = line("to");
  const seal = line("seal");
  const remarks = line("remarks");
  const record = (): CustodyFields => ({
    item: item.value.trim(), place: place.value.trim(), from: from.value.trim(), to: to.value.trim(), sealNumber: seal.value.trim(), remarks: remarks.value.trim(),
    time: time.value === "" ? "" : `${new Date(time.value).toISOString().slice(0, 19)}Z`,
  });
  confirmDialog({
    title: t("custodyAdd"),
    fields: [
      field(t("custodyItem"), item), field(t("custodyFrom"), from), field(t("custodyTo"), to), field(t("custodyPlace"), place),
      field(t("custodyTime"), time), field(t("custodySeal"), seal), field(t("remarks"), remarks),
    ],
    learns: learns(context),
    submit: t("recordSave"),
    missing: () => (item.value.trim() === "" || to.value.trim() === "" ? t("custodyMissing") : undefined),
    act: () => context.act({ kind: "custody", record: record() }, t("recorded")),
  });
}

function measureDialog(context: CaseContext): void {
  const kind = choice("kind", [["", t("measureNone")], ...Object.entries(measureKinds).map(([id, key]) => [id, t(key)] as const)]);
  const date = line("date", { type: "date" });
  const reference = line("reference");
  const sanction = line("sanction");
  const remarks = line("remarks");
  confirmDialog({
    title: t("measureAdd"),
    fields: [field(t("measure"), kind), field(t("measureDate"), date), field(t("measureReference"), reference), field(t("sanction"), sanction), field(t("remarks"), remarks)],
    learns: learns(context),
    submit: t("recordSave"),
    missing: () => (kind.value === "" && sanction.value.trim() === "" && remarks.value.trim() === "" ? t("measureMissing") : undefined),
    act: () => context.act({
      kind: "measures",
      record: {
        measures: kind.value === "" ? [] : [{ kind: kind.value, date: date.value, reference: reference.value.trim() }],
        sanction: sanction.value.trim(),
        remarks: remarks.value.trim(),
      },
    }, t("recorded")),
  });
}
