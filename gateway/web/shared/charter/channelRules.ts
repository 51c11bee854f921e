// The rules of a charter's channels (gateway/charter/channel_rules.cc).
import { payloadSize } from "../age/age.ts";
import { isId, isPlainText } from "../base/text.ts";
import { AccountRelease, type Channel, type Charter, type Holder, type Policy, type Retention, Role } from "../generated/safeconduct/v1/charter_pb.ts";
import { checkQuestionnaire } from "./questionnaireRules.ts";
import { hasQuorum, hasRole, onChannel } from "./roles.ts";
import { limit, refuse, Unlike } from "./rules.ts";

/** Of one role on one channel, so that a report and a message of it stay within their limits. */
const maxReaders = 32;

const maxChannels = 256;
const maxContacts = 32;
const maxPlainRecipients = 16;
const maxContactBytes = 256;
const maxDeadlineDays = 3_650;
const maxRetentionDays = 36_500;
const lastDay = 253_402_214_400n; // 9999-12-31
const daySeconds = 86_400n;
const maxAttachments = 64;
const maxAttachmentBytes = 2n ** 40n;
const maxAccountBytes = 1024n * 1024n;
const minAccountBytes = BigInt(payloadSize(16 * 1024));
const minAttachmentBytes = BigInt(payloadSize(4 * 1024));
const maxPlainBytes = 16n * 1024n * 1024n;
// Of a quorum, as crypto/quorum has them.
const maxTrustees = 16;
const minThreshold = 2;

// An upper bound on the manifest of a report with as many attachments as the channel allows.
const maxManifestBytes = 512 * 1024;
const stanzaBytes = 1557; // mlkem768x25519 as c2sp.org/age encodes it
const compartmentBytes = 160; // all but the stanzas
const manifestBytes = 256; // all but the compartments

// The readers of a channel, by number.
interface Readers {
  readonly intake: number;
  readonly support: number;
  readonly trustees: number;
  readonly organisations: number; // of the trustees
}

function readersOf(charter: Charter, channel: Channel): Readers {
  const here = charter.holders.filter((holder) => onChannel(holder, channel.id));
  const [intake, support, trustees] = [Role.INTAKE, Role.SUPPORT, Role.TRUSTEE].map((role) =>
    here.filter((holder) => hasRole(holder, role)),
  ) as [Holder[], Holder[], Holder[]];
  const organisations = new Set(trustees.map(({ organisation }) => organisation)).size;
  return { intake: intake.length, support: support.length, trustees: trustees.length, organisations };
}

// A stanza safeconduct/quorum: 48 bytes of its body on each line of 65.
function quorumStanzaBytes(trustees: number): number {
  return 64 + Math.ceil((32 + 1202 * trustees) / 48) * 65;
}

function manifestBound(channel: Channel, { intake, support, trustees }: Readers): number {
  const compartments = 3 + (channel.limits?.attachments ?? 0);
  // The account, the identity and each attachment; the triage is for intake whatever the policy is.
  const accountBytes = hasQuorum(channel) ? quorumStanzaBytes(trustees) : intake * stanzaBytes;
  const direct = stanzaBytes * (intake + support);
  return manifestBytes + compartmentBytes * compartments + accountBytes * (compartments - 1) + direct;
}

export function checkChannels(charter: Charter): void {
  if (charter.channels.length === 0) refuse("channels", "no channel");
  limit(charter.channels.length, maxChannels, "channels", "more than 256 channels");
  const ids = new Unlike();
  for (const channel of charter.channels) {
    if (!isId(channel.id)) refuse("channels.id", "a channel's id is 1 to 63 of a-z, 0-9 and hyphens");
    if (!ids.add(channel.id)) refuse("channels.id", "two channels of one id");
    if (channel.questionnaire !== undefined) checkQuestionnaire(channel.questionnaire);
    const readers = readersOf(charter, channel);
    checkPolicy(channel.policy, readers);
    checkTimes(channel);
    checkLimits(channel);
    checkContacts(channel);
    checkPlainRecipients(charter, channel);
    checkReaders(channel, readers);
  }
}

function checkPolicy(policy: Policy | undefined, readers: Readers): void {
  if (policy?.account === AccountRelease.QUORUM) return checkQuorum(policy, readers);
  if (policy?.account !== AccountRelease.INTAKE) {
    return refuse("channels.policy.account", "a policy must say to whom accounts are sealed");
  }
  if (policy.quorumThreshold !== 0 || policy.quorumOrganisations !== 0) {
    refuse("channels.policy", "a quorum's size without a quorum");
  }
}

function checkQuorum(policy: Policy, { trustees, organisations }: Readers): void {
  limit(trustees, maxTrustees, "channels", "a channel with more than 16 trustees");
  if (policy.quorumThreshold < minThreshold || policy.quorumThreshold > trustees) {
    refuse("channels.policy.quorum_threshold", "a quorum is of 2 to all of the channel's trustees");
  }
  if (policy.quorumOrganisations < 1 || policy.quorumOrganisations > organisations) {
    refuse(
      "channels.policy.quorum_organisations",
      "a quorum is of 1 to all of the organisations that the channel's trustees have",
    );
  }
}

function checkTimes(channel: Channel): void {
  const d = channel.deadlines;
  const days = d === undefined ? [] : [
    d.acknowledgeDays,
    d.feedbackDays,
    d.appointInvestigatorWorkingDays,
    d.appointInvestigatorUrgentWorkingDays,
    d.concludeDays,
    d.concludeUrgentDays,
  ];
  if (days.some((each) => each > maxDeadlineDays)) refuse("channels.deadlines", "a deadline of more than 3,650 days");
  checkRetention(channel.retention ?? { closedDays: 0, fromDay: 0n });
}

function checkRetention({ closedDays, fromDay }: Pick<Retention, "closedDays" | "fromDay">): void {
  if (closedDays > maxRetentionDays) refuse("channels.retention", "a retention of more than 36,500 days");
  if (fromDay < 0n || fromDay > lastDay || fromDay % daySeconds !== 0n) {
    refuse("channels.retention.from_day", "a day is given as its first second in UTC, of the year 9999 at the latest");
  }
  if (fromDay !== 0n && closedDays === 0) {
    refuse("channels.retention.from_day", "a day from which a channel erases that keeps everything");
  }
}

function checkLimits(channel: Channel): void {
  const limits = channel.limits ?? { attachments: 0, attachmentBytes: 0n, accountBytes: 0n, plainBytes: 0n };
  if (limits.attachments > maxAttachments) refuse("channels.limits.attachments", "more than 64 attachments");
  const ofAttachment = limits.attachmentBytes;
  if (ofAttachment > maxAttachmentBytes || (ofAttachment !== 0n && ofAttachment < minAttachmentBytes)) {
    refuse("channels.limits.attachment_bytes", "attachment_bytes is 0, or 4,128 to 2^40");
  }
  if (limits.accountBytes > maxAccountBytes || limits.accountBytes < minAccountBytes) {
    refuse("channels.limits.account_bytes", "account_bytes is 16,416 to 1,048,576");
  }
  if (limits.plainBytes > maxPlainBytes) refuse("channels.limits.plain_bytes", "plain_bytes is at most 16 MiB");
  if ((limits.plainBytes === 0n) !== (channel.plainRecipients.length === 0)) {
    refuse("channels.limits.plain_bytes", "plain recipients and plain_bytes come together");
  }
}

function checkContacts(channel: Channel): void {
  limit(channel.contacts.length, maxContacts, "channels.contacts", "more than 32 contacts");
  for (const { kind, value } of channel.contacts) {
    if (!isId(kind) || !isPlainText(value, maxContactBytes)) {
      refuse("channels.contacts", "a contact has a kind (an id) and a value of 1 to 256 bytes");
    }
  }
}

function mayRead(holder: Holder): boolean {
  return [Role.INTAKE, Role.INVESTIGATOR, Role.SUPPORT].some((role) => hasRole(holder, role));
}

function checkPlainRecipients(charter: Charter, channel: Channel): void {
  const field = "channels.plain_recipients";
  limit(channel.plainRecipients.length, maxPlainRecipients, field, "more than 16 plain recipients");
  const seen = new Unlike();
  for (const label of channel.plainRecipients) {
    const holder = charter.holders.find((each) => each.label === label);
    if (holder === undefined || !onChannel(holder, channel.id) || !mayRead(holder)) {
      refuse(
        field,
        "a plain recipient is the label of an intake officer, investigator or support officer of the channel",
      );
    }
    if (!seen.add(label)) refuse(field, "one plain recipient twice");
  }
}

function checkReaders(channel: Channel, readers: Readers): void {
  const { intake, support } = readers;
  if (intake === 0) refuse("channels", "a channel without an intake officer: nobody could read a report");
  limit(Math.max(intake, support), maxReaders, "channels", "a channel with more than 32 holders of one role");
  limit(
    manifestBound(channel, readers),
    maxManifestBytes,
    "channels.limits.attachments",
    "a report with all its attachments would be too long: allow fewer attachments, or fewer intake officers or trustees",
  );
}
