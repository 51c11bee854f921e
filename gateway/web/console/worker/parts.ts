// The compartments of a case as this holder may read them, what the reporter consented to, and the conversation.
// What does not open is said, never left out.
import { readPayload } from "../../shared/api/download.ts";
import { openerWith } from "../../shared/age/age.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { type Code, hasCode, SafeconductError } from "../../shared/base/error.ts";
import { hasQuorum } from "../../shared/charter/charter.ts";
import type { Account, Consent, Identity, ReporterKeys, Triage } from "../../shared/generated/safeconduct/v1/report_pb.ts";
import { type CaseFile, placeOf, servedCompartment } from "../../shared/report/caseFile.ts";
import { lastConsentChange, newestConsent, openGivenIdentity } from "../../shared/report/consent.ts";
import { authorOf, type CheckedEvent } from "../../shared/report/event.ts";
import { fileKeyOf, fileKeyOfEvent } from "../../shared/report/grant.ts";
import { openAccount, openIdentity, openTriage } from "../../shared/report/open.ts";
import { openMessage } from "../../shared/report/message.ts";
import { openCustody, openMeasures, openNote } from "../../shared/report/record.ts";
import type { Consents, MessageView, PartName, PartView, Person, RecordView } from "../protocol.ts";
import { answersOf } from "./listing.ts";
import { personWith, type Session } from "./session.ts";

export interface Contents {
  readonly parts: readonly PartView[];
  readonly account: Account | undefined;
  readonly reporter: ReporterKeys | undefined; // as opened plaintexts name them
  readonly consent: Consent | undefined; // the newest; undefined: not known to this holder
  readonly consentChanged: boolean;
}

const openers = { triage: openTriage, account: openAccount, identity: openIdentity } as const;

const codeOf = (error: unknown): Code => {
  if (error instanceof SafeconductError) return error.code;
  throw error;
};
// What is not there to be fixed by trying again, and no sign of tampering either.
const isMerelySealed = (error: unknown): boolean => hasCode(error, "not_found", "wrong_key");
const isPassing = (error: unknown): boolean => hasCode(error, "unavailable", "busy", "aborted", "unauthorized");

type Opened = { readonly plain: Triage | Account | Identity } | { readonly code: Code; readonly sealed: boolean };

async function openPart(session: Session, file: CaseFile, name: PartName): Promise<Opened> {
  const { api, party, charter, holder } = session;
  const { intake, support } = charter.channel(file.channel);
  try {
    const fileKey = await fileKeyOf(file, name, party, placeOf(holder.requestKey, name === "identity" ? support : intake));
    const payload = await readPayload(api, party, file, name);
    return { plain: await openers[name](file.report!, payload, fileKey) };
  } catch (error) {
    if (isPassing(error)) throw error;
    return { code: codeOf(error), sealed: isMerelySealed(error) };
  }
}

export async function openContents(session: Session, file: CaseFile): Promise<Contents> {
  const nothing = { parts: [], account: undefined, reporter: undefined, consent: undefined, consentChanged: false };
  if (file.report === undefined) return nothing;
  const quorum = hasQuorum(session.charter.channel(file.channel).channel);
  const names = ["triage", "account", "identity"] as const;
  const opened = await Promise.all(names.map((name) => openPart(session, file, name)));
  const plain = opened.flatMap((each) => ("plain" in each ? [each.plain] : []));
  const [, second] = opened;
  const account = second !== undefined && "plain" in second ? (second.plain as Account) : undefined;
  const parts = names.map((name, i) => partView(file, name, opened[i]!, quorum && name !== "triage"));
  const anew = await givenAnew(session, file);
  if (anew !== undefined) parts[2] = anew;
  const changed = lastConsentChange(file) !== undefined;
  return {
    parts,
    account,
    reporter: plain.find(({ reporter }) => reporter !== undefined)?.reporter,
    consent: changed ? await changedConsent(session, file) : plain[0]?.consent,
    consentChanged: changed,
  };
}

function partView(file: CaseFile, name: PartName, opened: Opened, quorum: boolean): PartView {
  if (!("plain" in opened)) {
    return { name, quorum, state: opened.sealed ? "sealed" : "broken", code: opened.code, answers: [], attachments: [] };
  }
  const { plain } = opened;
  const base = { name, quorum, state: "open", answers: answersOf(plain.answers), attachments: [] } as const;
  if (plain.$typeName === "safeconduct.v1.Triage") return { ...base, language: plain.language };
  if (plain.$typeName !== "safeconduct.v1.Account") return base;
  const served = new Set(file.view.compartments.map((each) => each.name));
  const attachments = plain.attachments.map((each) => ({
    compartment: each.compartment, name: each.name, mediaType: each.mediaType, bytes: Number(each.bytes), served: served.has(each.compartment),
  }));
  return { ...base, narrative: plain.narrative, attachments };
}

// The identity that came with the newest change of consent, where this holder can open it.
async function givenAnew({ party, charter }: Session, file: CaseFile): Promise<PartView | undefined> {
  const last = lastConsentChange(file);
  if (last === undefined) return undefined;
  try {
    const fileKey = await fileKeyOfEvent(file, last.event.sequence, party);
    const { answers } = await openGivenIdentity(file, last.event.sequence, openerWith(fileKey));
    const quorum = hasQuorum(charter.channel(file.channel).channel);
    return { name: "identity", quorum, state: "open", answers: answersOf(answers), attachments: [], givenAnew: true };
  } catch (error) {
    codeOf(error); // not for this holder, or of a form that nobody can read: what came first is shown
    return undefined;
  }
}

async function changedConsent({ party }: Session, file: CaseFile): Promise<Consent | undefined> {
  try {
    return await newestConsent(file, party);
  } catch (error) {
    codeOf(error);
    return undefined;
  }
}

export function consentsOf({ contact, supportServices, investigators, nationalAuthorities }: Consents): Consents {
  return { contact, supportServices, investigators, nationalAuthorities };
}

// --- What was written -----------------------------------------------------------------------------

export function authorView({ charter }: Session, file: CaseFile, { event }: CheckedEvent): Person | "reporter" {
  const author = authorOf(event, file.report?.manifest.eventKey, charter);
  return author === "reporter" ? author : personWith(event.author, charter);
}

/** Messages both ways, or notes between holders. */
export function writtenIn(session: Session, file: CaseFile, kind: "message" | "note", reporter: ReporterKeys | undefined): Promise<MessageView[]> {
  const wanted = file.events.filter(({ event }) => event.body.case === kind);
  return Promise.all(wanted.map(async (checked): Promise<MessageView> => {
    const { event } = checked;
    const base = { sequence: String(event.sequence), author: authorView(session, file, checked), time: Number(event.time) };
    try {
      return { ...base, text: await textOf(session, file, checked, reporter) };
    } catch (error) {
      return { ...base, code: codeOf(error) };
    }
  }));
}

async function textOf({ party }: Session, file: CaseFile, { event }: CheckedEvent, reporter: ReporterKeys | undefined): Promise<string> {
  if (event.body.case === "note") return (await openNote(event.body.value.sealed, party, file.hash)).text;
  if (event.body.case !== "message") throw new SafeconductError("internal", "neither a message nor a note");
  const fileKey = await fileKeyOfEvent(file, event.sequence, party);
  return (await openMessage(event.body.value.sealed, openerWith(fileKey), file.hash, reporter)).text;
}

/** Custody and measures, as holders sealed them for each other. */
export function recordsIn(session: Session, file: CaseFile): Promise<RecordView[]> {
  const { party } = session;
  return Promise.all(file.events.flatMap((checked) => {
    const { event } = checked;
    const { body } = event;
    if (body.case !== "custody" && body.case !== "measures") return [];
    const base = { sequence: String(event.sequence), author: authorView(session, file, checked), time: Number(event.time), kind: body.case };
    const open = async (): Promise<RecordView> => {
      try {
        if (body.case === "measures") {
          const { measures, sanction, remarks } = await openMeasures(body.value.sealed, party, file.hash);
          return { ...base, measures: { measures: measures.map(({ kind, date, reference }) => ({ kind, date, reference })), sanction, remarks } };
        }
        const { item, place, time, from, to, sealNumber, documentSha256, remarks } = await openCustody(body.value.sealed, party, file.hash);
        return { ...base, custody: { item, place, time, from, to, sealNumber, remarks, document: toHex(documentSha256) } };
      } catch (error) {
        return { ...base, code: codeOf(error) };
      }
    };
    return [open()];
  }));
}

/** Throws not_found for what the account does not describe or the gateway does not serve. */
export function describedFile(account: Account | undefined, file: CaseFile, session: Session, compartment: string) {
  const description = account?.attachments.find((each) => each.compartment === compartment);
  if (description === undefined) throw new SafeconductError("not_found", "no such attachment", "compartment");
  return { description, ...servedCompartment(file, compartment, session.party) };
}
