#include "gateway/release/access.h"

#include <algorithm>
#include <vector>

namespace safeconduct::release {
namespace {

using Holders = std::vector<const v1::Holder*>;

bool Among(const Holders& holders, const v1::Holder& holder) {
  return std::find(holders.begin(), holders.end(), &holder) != holders.end();
}

template <typename Keys>
bool Has(const Keys& keys, const v1::Holder& holder) {
  return std::find(keys.begin(), keys.end(), holder.event_key()) != keys.end();
}

bool Audits(const v1::Holder& holder, std::string_view channel) {
  return charter::HasRole(holder, v1::ROLE_AUDITOR) && charter::OnChannel(holder, channel);
}

bool SeesByPostThis(const v1::Holder& holder, const v1::StoredCase& record,
                    const charter::ChannelInfo& channel) {
  if (Among(channel.intake, holder) || Audits(holder, record.channel()) ||
      Approves(holder, record, channel)) {
    return true;
  }
  return Among(IsPlain(record) ? channel.plain_recipients : channel.support, holder);
}

std::optional<std::size_t> IndexOf(const v1::StoredCase& record, std::string_view name) {
  for (int i = 0; i < record.compartments_size(); ++i) {
    if (record.compartments(i).name() == name) return static_cast<std::size_t>(i);
  }
  return std::nullopt;
}

bool IsInForce(const v1::StoredAccess& access, const v1::Holder& holder, std::int64_t now) {
  return access.holder() == holder.event_key() && (access.expires() == 0 || now < access.expires());
}

}  // namespace

bool IsPlain(const v1::StoredCase& record) { return record.mailbox().empty(); }

bool IsExcluded(const v1::Holder& holder, const v1::StoredCase& record) {
  return Has(record.excluded(), holder);
}

bool IsAssigned(const v1::Holder& holder, const v1::StoredCase& record) {
  return Has(record.assigned(), holder) && MayWork(holder, record.channel());
}

bool Relays(const v1::Holder& holder, const v1::StoredCase& record,
            const charter::OpenCharter& charter) {
  return !record.relay().empty() && record.relay() == holder.event_key() &&
         charter.FindChannel(record.channel()) != nullptr &&
         charter::IsRelayOf(holder, record.channel()) && !IsExcluded(holder, record);
}

bool MayWork(const v1::Holder& holder, std::string_view channel) {
  return charter::OnChannel(holder, channel) && (charter::HasRole(holder, v1::ROLE_INTAKE) ||
                                                 charter::HasRole(holder, v1::ROLE_INVESTIGATOR) ||
                                                 charter::HasRole(holder, v1::ROLE_SUPPORT));
}

bool Approves(const v1::Holder& holder, const v1::StoredCase& record,
              const charter::ChannelInfo& channel) {
  const bool has_quorum = record.quorum_threshold() != 0 || channel.has_quorum();
  return !IsPlain(record) && has_quorum && Among(channel.trustees, holder);
}

bool SeesByPost(const v1::Holder& holder, const charter::ChannelInfo& channel) {
  return Among(channel.intake, holder) || Among(channel.support, holder) ||
         Among(channel.trustees, holder) || Among(channel.plain_recipients, holder) ||
         Audits(holder, channel.channel->id());
}

bool MaySee(const v1::Holder& holder, const v1::StoredCase& record,
            const charter::OpenCharter& charter, std::int64_t now) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  if (channel == nullptr || IsExcluded(holder, record)) return false;
  if (SeesByPostThis(holder, record, *channel) || IsAssigned(holder, record)) return true;
  const auto& access = record.access();
  return MayWork(holder, record.channel()) &&
         std::any_of(access.begin(), access.end(),
                     [&](const v1::StoredAccess& each) { return IsInForce(each, holder, now); });
}

bool ReadsByPolicy(const v1::Holder& holder, const v1::StoredCase& record,
                   std::string_view compartment, const charter::OpenCharter& charter) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  if (channel == nullptr) return false;
  if (IsPlain(record)) {
    return compartment == "plain" && Among(channel->plain_recipients, holder);
  }
  const bool is_intake = Among(channel->intake, holder);
  if (compartment == "triage") return is_intake;
  // As the report was sealed, whatever the policy is by now.
  const bool reads_account = is_intake && record.quorum_threshold() == 0;
  if (compartment == "identity") return reads_account || Among(channel->support, holder);
  return reads_account;
}

std::optional<Download> FindDownload(const v1::Holder& holder, const v1::StoredCase& record,
                                     std::string_view compartment,
                                     const charter::OpenCharter& charter, std::int64_t now) {
  const std::optional<std::size_t> index = IndexOf(record, compartment);
  if (!index || record.erased() || charter.FindChannel(record.channel()) == nullptr ||
      IsExcluded(holder, record)) {
    return std::nullopt;
  }
  if (MayWork(holder, record.channel())) {
    for (const v1::StoredAccess& access : record.access()) {
      if (access.compartment() == compartment && IsInForce(access, holder, now)) {
        return Download{*index, &access};
      }
    }
  }
  if (ReadsByPolicy(holder, record, compartment, charter)) return Download{*index, nullptr};
  return std::nullopt;
}

bool MayReadManifest(const v1::Holder& holder, const v1::StoredCase& record,
                     const charter::OpenCharter& charter, std::int64_t now) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  if (channel == nullptr || IsPlain(record) || record.erased()) return false;
  const bool needs_it = Approves(holder, record, *channel) || IsAssigned(holder, record);
  if (needs_it && !IsExcluded(holder, record)) return true;
  const auto& compartments = record.compartments();
  return std::any_of(compartments.begin(), compartments.end(),
                     [&](const v1::StoredCompartment& each) {
                       return FindDownload(holder, record, each.name(), charter, now).has_value();
                     });
}

}  // namespace safeconduct::release
