// What a reporter consented to (gateway/report/consent.h): whom it lets know who they are, and how it is
// given anew or withdrawn by an event of the reporter.
//
// What it does not give: an end to what was read before.
import { create } from "@bufbuild/protobuf";

import { openFile, type Opener, openerWith } from "../age/age.ts";
import { equal } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { fromJson } from "../base/json.ts";
import { type ChannelInfo, hasRole, type OpenCharter } from "../charter/charter.ts";
import { type Holder, Role } from "../generated/safeconduct/v1/charter_pb.ts";
import type { ConsentChange } from "../generated/safeconduct/v1/event_pb.ts";
import {
  AnswerSchema,
  type Consent,
  ConsentSchema,
  type ConsentText,
  ConsentTextSchema,
  type Identity,
  IdentitySchema,
} from "../generated/safeconduct/v1/report_pb.ts";
import type { Party } from "../identity/party.ts";
import type { Consented } from "../quorum/quorum.ts";
import { type CaseFile, eventAt } from "./caseFile.ts";
import { hasKeys, identityPart, minPlaintext } from "./compartment.ts";
import type { CheckedEvent, EventBody } from "./event.ts";
import type { OpenMailbox } from "./mailbox.ts";
import { hiddenBytes, makePlaintext, noConsent } from "./plaintext.ts";
import { sealRecord } from "./record.ts";
import { type Answer, type ConsentAnswers, reporterKeysOf } from "./seal.ts";
import { openText, sealPlaintext, splitFile } from "./sealedText.ts";
import { readersOfIdentity, wrapForReaders } from "./wrap.ts";

/**
 * Whether the reporter allows that `holder` knows who they are: support officers go by the consent to support
 * services, holders of a national authority by that to national authorities, all others by that to
 * investigators.
 */
export function mayKnowIdentity(holder: Holder, consent: Consented | undefined): boolean {
  if (consent === undefined) return false;
  if (hasRole(holder, Role.SUPPORT)) return consent.supportServices;
  return holder.nationalAuthority ? consent.nationalAuthorities : consent.investigators;
}

// --- The reporter ---------------------------------------------------------------------------------

export interface NewConsent {
  readonly consent: Partial<ConsentAnswers>; // what is absent is no
  /** Entered anew, since a reporter cannot open what was sealed. Left out where nobody may read them. */
  readonly identityAnswers: readonly Answer[];
}

/** The body of an event of the reporter. Throws not_found (channel), too_large, malformed. */
export async function makeConsentChange(
  mailbox: Pick<OpenMailbox, "hash" | "channel">,
  charter: OpenCharter,
  reporter: Party,
  changed: NewConsent,
): Promise<EventBody> {
  const channel = charter.channel(mailbox.channel);
  const consent = create(ConsentSchema, { ...noConsent, ...changed.consent });
  const text = create(ConsentTextSchema, { reportHash: mailbox.hash, reporter: reporterKeysOf(reporter), consent });
  const sealed = await sealRecord(ConsentTextSchema, text, consentReaders(channel, charter));
  const identity = await sealGivenIdentity(channel, reporter, consent, changed.identityAnswers);
  return { case: "consent", value: { sealed, identity } };
}

// Intake, support and trustees, in charter order, each once.
function consentReaders({ intake, support, trustees }: ChannelInfo, charter: OpenCharter): readonly Holder[] {
  const readers = new Set([...intake, ...support, ...trustees]);
  return charter.message.holders.filter((holder) => readers.has(holder));
}

function sealGivenIdentity(channel: ChannelInfo, reporter: Party, consent: Consent, answers: readonly Answer[]): Promise<Uint8Array> {
  const keys = reporterKeysOf(reporter);
  const identity = create(IdentitySchema, {
    reporter: keys,
    consent,
    answers: answers.map(({ question, values }) => create(AnswerSchema, { question, values: [...values] })),
  });
  const hide = within("identity", () => hiddenBytes(IdentitySchema, identity, consent));
  const readers = readersOfIdentity(channel, consent);
  if (readers.nobody) identity.answers = [];
  const wrap = (fileKey: Uint8Array, payload: Uint8Array): Promise<Uint8Array> => {
    const boundTo = { reporter: keys.eventKey, compartment: identityPart, payloadDigest: sha256(payload) };
    return wrapForReaders(fileKey, readers, channel, boundTo, consent);
  };
  const plaintext = within("identity", () => makePlaintext(IdentitySchema, identity, hide, minPlaintext.identity));
  return sealPlaintext(plaintext, wrap, "identity");
}

// --- Holders --------------------------------------------------------------------------------------

/** The newest change of consent that the reporter signed; undefined when there is none. */
export function lastConsentChange(file: CaseFile): CheckedEvent | undefined {
  return file.events.findLast((checked) => consentChangeOf(file, checked) !== undefined);
}

// Of the reporter only: what somebody else signs says nothing of consent.
function consentChangeOf({ report }: CaseFile, { event }: CheckedEvent): ConsentChange | undefined {
  const isReporters = report !== undefined && equal(event.author, report.manifest.eventKey);
  return isReporters && event.body.case === "consent" ? event.body.value : undefined;
}

/**
 * What the reporter consents to by the newest change; undefined when the consent in the compartments still
 * holds. Throws wrong_key when it was not sealed to `party`; unverified, malformed.
 */
export async function newestConsent(file: CaseFile, party: Opener): Promise<Consent | undefined> {
  const last = lastConsentChange(file);
  if (last === undefined) return undefined;
  const { sealed } = consentChangeOf(file, last)!;
  const text: ConsentText = await openText(ConsentTextSchema, sealed, party, file.hash);
  if (!hasKeys(text.reporter, file.report!.manifest)) {
    throw new SafeconductError("unverified", "a consent that belongs to another reporter", "reporter");
  }
  return text.consent ?? create(ConsentSchema, noConsent);
}

/**
 * The identity that the reporter gave anew by event number `sequence`. `by` is a holder, or the file key that
 * a grant or a quorum gave. Throws not_found, wrong_key, unverified, malformed.
 */
export async function openGivenIdentity(file: CaseFile, sequence: bigint, by: Opener | Uint8Array): Promise<Identity> {
  const checked = eventAt(file, sequence);
  const change = checked === undefined ? undefined : consentChangeOf(file, checked);
  if (change === undefined) throw new SafeconductError("not_found", "no identity was given anew there", "event");
  const plaintext = await openFile(splitFile(change.identity), by instanceof Uint8Array ? openerWith(by) : by);
  const identity = within("consent.identity", () => fromJson(IdentitySchema, plaintext));
  if (!hasKeys(identity.reporter, file.report!.manifest)) {
    throw new SafeconductError("unverified", "an identity that belongs to another reporter", "consent.identity");
  }
  return identity;
}
