#include <set>
#include <string_view>

#include "crypto/age/age.h"
#include "gateway/charter/charter.h"
#include "gateway/charter/retention.h"
#include "gateway/charter/rules.h"
#include "gateway/charter/text.h"

namespace safeconduct::charter {
namespace {

constexpr int kMaxChannels = 256;
constexpr int kMaxContacts = 32;
constexpr int kMaxPlainRecipients = 16;
// Of a quorum, as crypto/quorum has them.
constexpr std::size_t kMaxTrustees = 16;
constexpr std::uint32_t kMinThreshold = 2;
constexpr std::size_t kMaxContactBytes = 256;
constexpr std::uint32_t kMaxDeadlineDays = 3'650;
constexpr std::uint32_t kMaxRetentionDays = 36'500;
constexpr std::int64_t kLastDay = 253'402'214'400;  // 9999-12-31
constexpr std::uint32_t kMaxAttachments = 64;
constexpr std::uint64_t kMaxAttachmentBytes = 1ull << 40;
constexpr std::uint64_t kMaxAccountBytes = 1024 * 1024;
constexpr std::uint64_t kMinAccountPlaintext = 16 * 1024;
constexpr std::uint64_t kMinAttachmentPlaintext = 4 * 1024;
constexpr std::uint64_t kMaxPlainBytes = 16 * 1024 * 1024;

// An upper bound on the manifest of a report with as many attachments as the channel allows.
constexpr std::uint64_t kMaxManifestBytes = 512 * 1024;
constexpr std::uint64_t kStanzaBytes = 1557;      // mlkem768x25519 as c2sp.org/age encodes it
constexpr std::uint64_t kCompartmentBytes = 160;  // all but the stanzas
constexpr std::uint64_t kManifestBytes = 256;     // all but the compartments

// The readers of a channel, by number.
struct Readers {
  std::size_t intake = 0;
  std::size_t support = 0;
  std::size_t trustees = 0;
  std::set<std::string_view> organisations;  // of the trustees
};

Readers ReadersOf(const v1::Charter& charter, const v1::Channel& channel) {
  Readers readers;
  for (const v1::Holder& holder : charter.holders()) {
    if (!OnChannel(holder, channel.id())) continue;
    if (HasRole(holder, v1::ROLE_INTAKE)) ++readers.intake;
    if (HasRole(holder, v1::ROLE_SUPPORT)) ++readers.support;
    if (!HasRole(holder, v1::ROLE_TRUSTEE)) continue;
    ++readers.trustees;
    readers.organisations.insert(holder.organisation());
  }
  return readers;
}

bool HasQuorum(const v1::Channel& channel) {
  return channel.policy().account() == v1::ACCOUNT_RELEASE_QUORUM;
}

// A stanza safeconduct/quorum: 48 bytes of its body on each line of 65.
std::uint64_t QuorumStanzaBytes(std::uint64_t trustees) {
  constexpr std::uint64_t kFirstLineBytes = 64;
  return kFirstLineBytes + (32 + 1'202 * trustees + 47) / 48 * 65;
}

std::uint64_t ManifestBound(const v1::Channel& channel, const Readers& readers) {
  const std::uint64_t compartments = 3ull + channel.limits().attachments();
  // The account, the identity and each attachment; the triage is for intake whatever the policy is.
  const std::uint64_t account_bytes =
      HasQuorum(channel) ? QuorumStanzaBytes(readers.trustees) : readers.intake * kStanzaBytes;
  return kManifestBytes + kCompartmentBytes * compartments + account_bytes * (compartments - 1) +
         kStanzaBytes * (readers.intake + readers.support);
}

Status CheckQuorum(const v1::Policy& policy, const Readers& readers) {
  if (readers.trustees > kMaxTrustees) {
    return Error(Code::kTooLarge, "a channel with more than 16 trustees", "channels");
  }
  if (policy.quorum_threshold() < kMinThreshold || policy.quorum_threshold() > readers.trustees) {
    return Error(Code::kRejected, "a quorum is of 2 to all of the channel's trustees",
                 "channels.policy.quorum_threshold");
  }
  if (policy.quorum_organisations() < 1 ||
      policy.quorum_organisations() > readers.organisations.size()) {
    return Error(Code::kRejected,
                 "a quorum is of 1 to all of the organisations that the channel's trustees have",
                 "channels.policy.quorum_organisations");
  }
  return {};
}

Status CheckPolicy(const v1::Policy& policy, const Readers& readers) {
  switch (policy.account()) {
    case v1::ACCOUNT_RELEASE_INTAKE:
      break;
    case v1::ACCOUNT_RELEASE_QUORUM:
      return CheckQuorum(policy, readers);
    default:
      return Error(Code::kRejected, "a policy must say to whom accounts are sealed",
                   "channels.policy.account");
  }
  if (policy.quorum_threshold() != 0 || policy.quorum_organisations() != 0) {
    return Error(Code::kRejected, "a quorum's size without a quorum", "channels.policy");
  }
  return {};
}

Status CheckRetention(const v1::Retention& retention) {
  if (retention.closed_days() > kMaxRetentionDays) {
    return Error(Code::kRejected, "a retention of more than 36,500 days", "channels.retention");
  }
  const std::int64_t day = retention.from_day();
  if (day < 0 || day > kLastDay || day % kDaySeconds != 0) {
    return Error(Code::kRejected,
                 "a day is given as its first second in UTC, of the year 9999 at the latest",
                 "channels.retention.from_day");
  }
  if (day != 0 && retention.closed_days() == 0) {
    return Error(Code::kRejected, "a day from which a channel erases that keeps everything",
                 "channels.retention.from_day");
  }
  return {};
}

Status CheckTimes(const v1::Channel& channel) {
  const v1::Deadlines& d = channel.deadlines();
  for (const std::uint32_t days :
       {d.acknowledge_days(), d.feedback_days(), d.appoint_investigator_working_days(),
        d.appoint_investigator_urgent_working_days(), d.conclude_days(),
        d.conclude_urgent_days()}) {
    if (days > kMaxDeadlineDays) {
      return Error(Code::kRejected, "a deadline of more than 3,650 days", "channels.deadlines");
    }
  }
  return CheckRetention(channel.retention());
}

Status CheckLimits(const v1::Channel& channel) {
  const v1::Limits& limits = channel.limits();
  if (limits.attachments() > kMaxAttachments) {
    return Error(Code::kRejected, "more than 64 attachments", "channels.limits.attachments");
  }
  if (limits.attachment_bytes() > kMaxAttachmentBytes ||
      (limits.attachment_bytes() != 0 &&
       limits.attachment_bytes() < age::PayloadSize(kMinAttachmentPlaintext))) {
    return Error(Code::kRejected, "attachment_bytes is 0, or 4,128 to 2^40",
                 "channels.limits.attachment_bytes");
  }
  if (limits.account_bytes() > kMaxAccountBytes ||
      limits.account_bytes() < age::PayloadSize(kMinAccountPlaintext)) {
    return Error(Code::kRejected, "account_bytes is 16,416 to 1,048,576",
                 "channels.limits.account_bytes");
  }
  if (limits.plain_bytes() > kMaxPlainBytes) {
    return Error(Code::kRejected, "plain_bytes is at most 16 MiB", "channels.limits.plain_bytes");
  }
  if ((limits.plain_bytes() == 0) != channel.plain_recipients().empty()) {
    return Error(Code::kRejected, "plain recipients and plain_bytes come together",
                 "channels.limits.plain_bytes");
  }
  return {};
}

Status CheckContacts(const v1::Channel& channel) {
  if (channel.contacts_size() > kMaxContacts) {
    return Error(Code::kTooLarge, "more than 32 contacts", "channels.contacts");
  }
  for (const v1::Contact& contact : channel.contacts()) {
    if (!IsId(contact.kind()) || !IsPlainText(contact.value(), kMaxContactBytes)) {
      return Error(Code::kRejected, "a contact has a kind (an id) and a value of 1 to 256 bytes",
                   "channels.contacts");
    }
  }
  return {};
}

bool MayRead(const v1::Holder& holder) {
  return HasRole(holder, v1::ROLE_INTAKE) || HasRole(holder, v1::ROLE_INVESTIGATOR) ||
         HasRole(holder, v1::ROLE_SUPPORT);
}

Status CheckPlainRecipients(const v1::Charter& charter, const v1::Channel& channel) {
  if (channel.plain_recipients_size() > kMaxPlainRecipients) {
    return Error(Code::kTooLarge, "more than 16 plain recipients", "channels.plain_recipients");
  }
  std::set<std::string_view> seen;
  for (const std::string& label : channel.plain_recipients()) {
    const v1::Holder* found = nullptr;
    for (const v1::Holder& holder : charter.holders()) {
      if (holder.label() == label) found = &holder;
    }
    if (found == nullptr || !OnChannel(*found, channel.id()) || !MayRead(*found)) {
      return Error(Code::kRejected,
                   "a plain recipient is the label of an intake officer, investigator or support "
                   "officer of the channel",
                   "channels.plain_recipients");
    }
    if (!seen.insert(label).second) {
      return Error(Code::kRejected, "one plain recipient twice", "channels.plain_recipients");
    }
  }
  return {};
}

Status CheckReaders(const v1::Channel& channel, const Readers& readers) {
  if (readers.intake == 0) {
    return Error(Code::kRejected, "a channel without an intake officer: nobody could read a report",
                 "channels");
  }
  if (readers.intake > kMaxReaders || readers.support > kMaxReaders) {
    return Error(Code::kTooLarge, "a channel with more than 32 holders of one role", "channels");
  }
  if (ManifestBound(channel, readers) > kMaxManifestBytes) {
    return Error(Code::kTooLarge,
                 "a report with all its attachments would be too long: allow fewer attachments, "
                 "or fewer intake officers or trustees",
                 "channels.limits.attachments");
  }
  return {};
}

}  // namespace

Status CheckChannels(const v1::Charter& charter) {
  if (charter.channels().empty()) return Error(Code::kRejected, "no channel", "channels");
  if (charter.channels_size() > kMaxChannels) {
    return Error(Code::kTooLarge, "more than 256 channels", "channels");
  }
  std::set<std::string_view> ids;
  for (const v1::Channel& channel : charter.channels()) {
    if (!IsId(channel.id())) {
      return Error(Code::kRejected, "a channel's id is 1 to 63 of a-z, 0-9 and hyphens",
                   "channels.id");
    }
    if (!ids.insert(channel.id()).second) {
      return Error(Code::kRejected, "two channels of one id", "channels.id");
    }
    SC_TRY(CheckQuestionnaire(channel.questionnaire()));
    const Readers readers = ReadersOf(charter, channel);
    SC_TRY(CheckPolicy(channel.policy(), readers));
    SC_TRY(CheckTimes(channel));
    SC_TRY(CheckLimits(channel));
    SC_TRY(CheckContacts(channel));
    SC_TRY(CheckPlainRecipients(charter, channel));
    SC_TRY(CheckReaders(channel, readers));
  }
  return {};
}

}  // namespace safeconduct::charter
