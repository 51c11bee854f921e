// The reporter's side (gateway/report/seal.cc): a draft becomes a signed manifest of sealed
// compartments.
//
// What it gives: only those named in the charter, as far as the reporter consented, can open a
// compartment; sizes and stanza counts are the same whatever was consented. What it does not give:
// a hidden size class of a long account, or a hidden number of attachments.
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";

import { payloadSize, sealFile } from "../age/age.ts";
import { SafeconductError, within } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { serialize } from "../base/messages.ts";
import type { ChannelInfo, OpenCharter } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import {
  AccountSchema,
  AnswerSchema,
  AttachmentSchema,
  type Compartment,
  CompartmentSchema,
  type Consent,
  ConsentSchema,
  IdentitySchema,
  ManifestSchema,
  type ReporterKeys,
  ReporterKeysSchema,
  type SealedReport,
  SealedReportSchema,
  TriageSchema,
} from "../generated/safeconduct/v1/report_pb.ts";
import { Party } from "../identity/party.ts";
import type { SealedAttachment } from "./attachmentSealer.ts";
import {
  accountReaders,
  fixedCompartments,
  manifestSignedBytes,
  maxManifestBytes,
  maxPayload,
  minPlaintext,
  nameAt,
  type Part,
  reportHash,
  reportId,
} from "./compartment.ts";
import { hiddenBytes, makePlaintext, noConsent } from "./plaintext.ts";

export interface Answer {
  readonly question: string;
  readonly values: readonly string[];
}

export type ConsentAnswers = Readonly<typeof noConsent>;

export interface Draft {
  readonly channel: string;
  readonly consent: Partial<ConsentAnswers>; // what is absent is no
  readonly language: string; // BCP 47: what to answer in
  readonly narrative: string;
  readonly triageAnswers: readonly Answer[];
  readonly accountAnswers: readonly Answer[];
  readonly identityAnswers: readonly Answer[];
  readonly attachments: readonly SealedAttachment[]; // sealed and uploaded already
}

export interface Sealed {
  readonly report: SealedReport;
  readonly payloads: readonly Uint8Array[]; // triage, account, identity
  readonly hash: Uint8Array;
  readonly id: string;
}

/** The keys of a reporter, as every plaintext repeats them. */
export function reporterKeysOf(reporter: Party): ReporterKeys {
  return create(ReporterKeysSchema, {
    recipient: reporter.recipient,
    requestKey: reporter.key("request").publicKey,
    eventKey: reporter.key("event").publicKey,
  });
}

/**
 * Throws not_found (channel), too_large, malformed (text that is not Unicode), conflict (attachments
 * that were sealed for another channel or under another version of the charter, so maybe to others).
 */
export async function sealReport(draft: Draft, charter: OpenCharter, reporter: Party): Promise<Sealed> {
  const channel = charter.channel(draft.channel);
  if (draft.attachments.length > (channel.channel.limits?.attachments ?? 0)) {
    throw new SafeconductError("too_large", "more attachments than this channel takes", "attachments");
  }
  if (draft.attachments.some((each) => each.channel !== draft.channel || each.charterVersion !== charter.version)) {
    throw new SafeconductError(
      "conflict",
      "an attachment was sealed for another channel or under another version of the charter: seal it again",
      "attachments",
    );
  }
  const keys = reporterKeysOf(reporter);
  const consent = create(ConsentSchema, { ...noConsent, ...draft.consent });
  const parts = [
    await sealTriage(draft, channel, keys, consent),
    await sealAccount(draft, channel, keys, consent),
    await sealIdentity(draft, channel, keys, consent),
  ];
  const attachments = draft.attachments.map((attachment, i) => compartmentOf(attachment, i + fixedCompartments, channel));
  const manifest = serialize(
    ManifestSchema,
    create(ManifestSchema, {
      channel: draft.channel,
      charterVersion: charter.version,
      requestKey: keys.requestKey,
      eventKey: keys.eventKey,
      compartments: [...parts.map(({ compartment }) => compartment), ...attachments],
    }),
  );
  if (manifest.length > maxManifestBytes) {
    throw new SafeconductError("too_large", "too many attachments for so many readers", "manifest");
  }
  const signature = reporter.key("event").sign(manifestSignedBytes(manifest));
  const hash = reportHash(manifest);
  return {
    report: create(SealedReportSchema, { manifest, signature }),
    payloads: parts.map(({ payload }) => payload),
    hash,
    id: reportId(hash),
  };
}

interface SealedPart {
  readonly compartment: Compartment;
  readonly payload: Uint8Array;
}

const recipientsOf = (holders: readonly Holder[]): string[] => holders.map(({ recipient }) => recipient);
// As many keys that nobody has: made and thrown away.
const throwaways = (count: number): string[] => Array.from({ length: count }, () => Party.generate().recipient);
const toAnswers = (answers: readonly Answer[]) =>
  answers.map(({ question, values }) => create(AnswerSchema, { question, values: [...values] }));

function sealTriage(draft: Draft, channel: ChannelInfo, reporter: ReporterKeys, consent: Consent): Promise<SealedPart> {
  const triage = create(TriageSchema, {
    reporter,
    consent,
    language: draft.language,
    answers: toAnswers(draft.triageAnswers),
  });
  const hide = within("triage", () => hiddenBytes(TriageSchema, triage, consent));
  return sealPart("triage", TriageSchema, triage, hide, recipientsOf(channel.intake), channel);
}

function sealAccount(draft: Draft, channel: ChannelInfo, reporter: ReporterKeys, consent: Consent): Promise<SealedPart> {
  const account = create(AccountSchema, {
    reporter,
    consent,
    narrative: draft.narrative,
    answers: toAnswers(draft.accountAnswers),
    attachments: draft.attachments.map(({ description }, i) =>
      create(AttachmentSchema, { ...description, compartment: nameAt(i + fixedCompartments) }),
    ),
  });
  const hide = within("account", () => hiddenBytes(AccountSchema, account, consent));
  return sealPart("account", AccountSchema, account, hide, recipientsOf(accountReaders(channel)), channel);
}

function sealIdentity(draft: Draft, channel: ChannelInfo, reporter: ReporterKeys, consent: Consent): Promise<SealedPart> {
  const identity = create(IdentitySchema, { reporter, consent, answers: toAnswers(draft.identityAnswers) });
  const hide = within("identity", () => hiddenBytes(IdentitySchema, identity, consent));
  // What nobody may read need not exist, but its size stays the same.
  if (!consent.supportServices && !consent.investigators) identity.answers = [];
  const readers = accountReaders(channel);
  const recipients = [
    ...(consent.supportServices ? recipientsOf(channel.support) : throwaways(channel.support.length)),
    ...(consent.investigators ? recipientsOf(readers) : throwaways(readers.length)),
  ];
  return sealPart("identity", IdentitySchema, identity, hide, recipients, channel);
}

async function sealPart<T extends DescMessage>(
  part: Part,
  schema: T,
  message: MessageShape<T>,
  hideBytes: number,
  recipients: readonly string[],
  channel: ChannelInfo,
): Promise<SealedPart> {
  const plaintext = within(part, () => makePlaintext(schema, message, hideBytes, minPlaintext[part]));
  if (payloadSize(plaintext.length) > maxPayload(part, channel.channel.limits)) {
    throw new SafeconductError("too_large", "longer than this channel takes", `${part}.payload_bytes`);
  }
  const { header, payload } = await sealFile(plaintext, recipients);
  plaintext.fill(0);
  const compartment = create(CompartmentSchema, {
    name: part,
    header,
    payloadBytes: BigInt(payload.length),
    payloadDigest: sha256(payload),
  });
  return { compartment, payload };
}

function compartmentOf(attachment: SealedAttachment, index: number, channel: ChannelInfo): Compartment {
  if (attachment.payloadBytes > maxPayload("attachment", channel.channel.limits)) {
    throw new SafeconductError(
      "too_large",
      "an attachment is longer than this channel takes",
      "attachment.payload_bytes",
    );
  }
  return create(CompartmentSchema, {
    name: nameAt(index),
    header: attachment.header,
    payloadBytes: BigInt(attachment.payloadBytes),
    payloadDigest: attachment.payloadRoot,
  });
}
