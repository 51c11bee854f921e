#include "gateway/routes/access.h"

#include <algorithm>
#include <vector>

#include "gateway/report/report.h"

namespace safeconduct::routes {
namespace {

using Holders = std::vector<const v1::Holder*>;

bool Among(const Holders& holders, const v1::Holder& holder) {
  return std::find(holders.begin(), holders.end(), &holder) != holders.end();
}

bool Audits(const v1::Holder& holder, std::string_view channel) {
  return charter::HasRole(holder, v1::ROLE_AUDITOR) && charter::OnChannel(holder, channel);
}

}  // namespace

bool IsPlain(const v1::StoredCase& record) { return record.mailbox().empty(); }

bool MaySeeSome(const v1::Holder& holder, const charter::ChannelInfo& channel) {
  return Among(channel.intake, holder) || Among(channel.support, holder) ||
         Among(channel.plain_recipients, holder) || Audits(holder, channel.channel->id());
}

bool MaySee(const v1::Holder& holder, const v1::StoredCase& record,
            const charter::OpenCharter& charter) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  if (channel == nullptr) return false;
  if (Among(channel->intake, holder) || Audits(holder, record.channel())) return true;
  return Among(IsPlain(record) ? channel->plain_recipients : channel->support, holder);
}

bool MayRead(const v1::Holder& holder, const v1::StoredCase& record, std::string_view compartment,
             const charter::OpenCharter& charter) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  if (channel == nullptr) return false;
  const auto& compartments = record.compartments();
  const bool there =
      std::any_of(compartments.begin(), compartments.end(),
                  [&](const v1::StoredCompartment& each) { return each.name() == compartment; });
  if (!there) return false;
  if (IsPlain(record)) return Among(channel->plain_recipients, holder);
  if (compartment == "triage") return Among(channel->intake, holder);
  const bool reads_account = Among(report::AccountReaders(*channel), holder);
  if (compartment == "identity") return reads_account || Among(channel->support, holder);
  return reads_account;
}

bool MayReadManifest(const v1::Holder& holder, const v1::StoredCase& record,
                     const charter::OpenCharter& charter) {
  const auto& compartments = record.compartments();
  return !IsPlain(record) && std::any_of(compartments.begin(), compartments.end(),
                                         [&](const v1::StoredCompartment& each) {
                                           return MayRead(holder, record, each.name(), charter);
                                         });
}

}  // namespace safeconduct::routes
