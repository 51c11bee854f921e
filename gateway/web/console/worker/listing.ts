// The inbox: every page of the list, told as it arrives, and then the triages opened one after another, so that
// the list is of use before. Calls in between are answered: opening gives way every few milliseconds, and stands still
// while somebody waits for a case.
import type { GatewayApi } from "../../shared/api/api.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import type { CaseSummary, CaseTriage } from "../../shared/generated/safeconduct/v1/api_pb.ts";
import { placeOf } from "../../shared/report/caseFile.ts";
import { openListedTriage } from "../../shared/report/grant.ts";
import type { Answer, CaseRow, ListProgress, TriageRow } from "../protocol.ts";
import { type Session, statusName } from "./session.ts";

const sliceMilliseconds = 40;
const maxPages = 10_000;
const pageCases = "500";

export function rowOf(summary: CaseSummary): CaseRow {
  const {
    reportId, channel, plain, status, receivedDay, events, assigned, dismissed, held, requests, erased, bySms, acknowledgedDay, closedDay, expiresDay,
  } = summary;
  return {
    id: reportId, channel, plain, status: statusName(status), receivedDay: Number(receivedDay), events: Number(events),
    assigned, dismissed, held, requests, erased, bySms,
    acknowledgedDay: Number(acknowledgedDay), closedDay: Number(closedDay), expiresDay: Number(expiresDay),
  };
}

export const answersOf = (answers: readonly { question: string; values: readonly string[] }[]): Answer[] =>
  answers.map(({ question, values }) => ({ question, values: [...values] }));

export interface Listing {
  readonly known: Map<string, TriageRow>; // what was opened before, which is added to
  readonly tell: (progress: ListProgress) => void;
  readonly isCurrent: () => boolean;
  readonly giveWay: () => Promise<void>;
}

export async function listCases(session: Session, { known, tell, isCurrent, giveWay }: Listing): Promise<void> {
  const sealed: CaseTriage[] = [];
  const channels = new Map<string, string>();
  for await (const page of pagesOf(session.api, session)) {
    if (!isCurrent()) return;
    for (const { reportId, channel } of page.cases) channels.set(reportId, channel);
    sealed.push(...page.triages);
    tell({ rows: page.cases.map(rowOf), sealed: page.triages.map(({ reportId }) => reportId), opened: 0, total: sealed.length });
  }
  let began = performance.now();
  let opened: TriageRow[] = [];
  for (const [i, triage] of sealed.entries()) {
    const row = known.get(triage.reportId) ?? (await openOne(session, triage, channels.get(triage.reportId)));
    if (row.failed === undefined) known.set(row.id, row);
    opened.push(row);
    sealed[i] = undefined as unknown as CaseTriage; // not needed any more, and there may be thousands
    if (performance.now() - began < sliceMilliseconds && i + 1 < sealed.length) continue;
    if (!isCurrent()) return;
    tell({ triages: opened, opened: i + 1, total: sealed.length });
    opened = [];
    await giveWay();
    began = performance.now();
  }
}

async function* pagesOf(api: GatewayApi, { party }: Session): AsyncGenerator<Awaited<ReturnType<GatewayApi["listCases"]>>> {
  let after = "";
  for (let pages = 0; pages < maxPages; ++pages) {
    const page = await api.listCases(party.key("request"), { with: "triage", limit: pageCases, ...(after !== "" && { after }) });
    yield page;
    if (page.next === "" || page.next === after) return;
    after = page.next;
  }
}

async function openOne({ charter, party, holder }: Session, listed: CaseTriage, channel: string | undefined): Promise<TriageRow> {
  const id = listed.reportId;
  try {
    const intake = charter.channels.find((each) => each.channel.id === channel)?.intake ?? [];
    const opener = listed.header.length === 0 ? party.at(placeOf(holder.requestKey, intake)) : party;
    const { language, answers } = await openListedTriage(listed, opener);
    return { id, language, answers: answersOf(answers) };
  } catch (error) {
    return { id, language: "", answers: [], failed: error instanceof SafeconductError ? error.code : "internal" };
  }
}
