// The reporter's side (gateway/report/seal.cc): a draft becomes a signed manifest of sealed
// compartments.
//
// What it gives: only those named in the charter, as far as the reporter consented, can open a
// compartment, of a channel with a quorum only through enough of its trustees; sizes and stanza counts are the same whatever was consented. What it does not give:
// a hidden size class of a long account, or a hidden number of attachments.
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";

import { payloadSize, sealPayload } from "../age/age.ts";
import { SafeconductError, within } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { serialize } from "../base/messages.ts";
import type { ChannelInfo, OpenCharter } from "../charter/charter.ts";
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
import type { Party } from "../identity/party.ts";
import type { SealedAttachment } from "./attachmentSealer.ts";
import {
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
import { type Readers, readersOfAccount, readersOfIdentity, recipientsOf, wrapForReaders } from "./wrap.ts";

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

/** Throws not_found (channel), too_large, malformed (text that is not Unicode). */
export async function sealReport(draft: Draft, charter: OpenCharter, reporter: Party): Promise<Sealed> {
  const channel = charter.channel(draft.channel);
  if (draft.attachments.length > (channel.channel.limits?.attachments ?? 0)) {
    throw new SafeconductError("too_large", "more attachments than this channel takes", "attachments");
  }
  const keys = reporterKeysOf(reporter);
  const consent = create(ConsentSchema, { ...noConsent, ...draft.consent });
  const sealing: Sealing = { draft, channel, reporter: keys, consent };
  const parts = [await sealTriage(sealing), await sealAccount(sealing), await sealIdentity(sealing)];
  const compartments = parts.map(({ compartment }) => compartment);
  for (const attachment of draft.attachments) {
    compartments.push(await sealAttachment(sealing, attachment, compartments.length));
  }
  const { requestKey, eventKey } = keys;
  const manifest = serialize(
    ManifestSchema,
    create(ManifestSchema, { channel: draft.channel, charterVersion: charter.version, requestKey, eventKey, compartments }),
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

// What every compartment of one report has in common.
interface Sealing {
  readonly draft: Draft;
  readonly channel: ChannelInfo;
  readonly reporter: ReporterKeys;
  readonly consent: Consent;
}

interface SealedPart {
  readonly compartment: Compartment;
  readonly payload: Uint8Array;
}

const toAnswers = (answers: readonly Answer[]) =>
  answers.map(({ question, values }) => create(AnswerSchema, { question, values: [...values] }));

function sealTriage(sealing: Sealing): Promise<SealedPart> {
  const { draft, channel, reporter, consent } = sealing;
  const triage = create(TriageSchema, {
    reporter,
    consent,
    language: draft.language,
    answers: toAnswers(draft.triageAnswers),
  });
  const hide = within("triage", () => hiddenBytes(TriageSchema, triage, consent));
  return sealPart(sealing, "triage", TriageSchema, triage, hide, { recipients: recipientsOf(channel.intake), quorum: undefined });
}

function sealAccount(sealing: Sealing): Promise<SealedPart> {
  const { draft, channel, reporter, consent } = sealing;
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
  return sealPart(sealing, "account", AccountSchema, account, hide, readersOfAccount(channel));
}

function sealIdentity(sealing: Sealing): Promise<SealedPart> {
  const { draft, channel, reporter, consent } = sealing;
  const identity = create(IdentitySchema, { reporter, consent, answers: toAnswers(draft.identityAnswers) });
  const hide = within("identity", () => hiddenBytes(IdentitySchema, identity, consent));
  const readers = readersOfIdentity(channel, consent);
  // What nobody may read need not exist, but its size stays the same.
  if (readers.nobody) identity.answers = [];
  return sealPart(sealing, "identity", IdentitySchema, identity, hide, readers);
}

async function sealPart<T extends DescMessage>(
  sealing: Sealing,
  part: Part,
  schema: T,
  message: MessageShape<T>,
  hideBytes: number,
  readers: Readers,
): Promise<SealedPart> {
  const plaintext = within(part, () => makePlaintext(schema, message, hideBytes, minPlaintext[part]));
  if (payloadSize(plaintext.length) > maxPayload(part, sealing.channel.channel.limits)) {
    throw new SafeconductError("too_large", "longer than this channel takes", `${part}.payload_bytes`);
  }
  const { fileKey, payload } = await sealPayload(plaintext);
  plaintext.fill(0);
  const compartment = await makeCompartment(sealing, part, fileKey, payload.length, sha256(payload), readers);
  fileKey.fill(0);
  return { compartment, payload };
}

async function sealAttachment(sealing: Sealing, attachment: SealedAttachment, index: number): Promise<Compartment> {
  const { channel } = sealing;
  const { fileKey, payloadBytes, payloadRoot } = attachment;
  if (payloadBytes > maxPayload("attachment", channel.channel.limits)) {
    throw new SafeconductError(
      "too_large",
      "an attachment is longer than this channel takes",
      "attachment.payload_bytes",
    );
  }
  return makeCompartment(sealing, nameAt(index), fileKey, payloadBytes, payloadRoot, readersOfAccount(channel));
}

async function makeCompartment(
  { channel, reporter, consent }: Sealing,
  name: string,
  fileKey: Uint8Array,
  payloadBytes: number,
  payloadDigest: Uint8Array,
  readers: Readers,
): Promise<Compartment> {
  const boundTo = { reporter: reporter.eventKey, compartment: name, payloadDigest };
  const header = await wrapForReaders(fileKey, readers, channel, boundTo, consent);
  return create(CompartmentSchema, { name, header, payloadBytes: BigInt(payloadBytes), payloadDigest });
}
