#include <set>
#include <string_view>

#include "crypto/age/native.h"
#include "crypto/base/ed25519.h"
#include "gateway/charter/rules.h"
#include "gateway/charter/text.h"

namespace safeconduct::charter {
namespace {

constexpr int kMaxHolders = 1024;
constexpr int kMaxRoles = 6;
constexpr int kMaxChannels = 256;
constexpr std::size_t kMaxOrganisationBytes = 128;

Status CheckRoles(const v1::Holder& holder) {
  std::set<int> seen;
  for (const int role : holder.roles()) {
    if (!v1::Role_IsValid(role) || role == v1::ROLE_UNSPECIFIED || !seen.insert(role).second) {
      return Error(Code::kRejected, "a holder with an unknown role or one role twice",
                   "holders.roles");
    }
  }
  if (seen.empty() || seen.size() > kMaxRoles) {
    return Error(Code::kRejected, "a holder without a role", "holders.roles");
  }
  return {};
}

Status CheckHolderChannels(const v1::Holder& holder, const std::set<std::string_view>& channels) {
  std::set<std::string_view> seen;
  for (const std::string& id : holder.channels()) {
    if (!channels.contains(id)) {
      return Error(Code::kRejected, "a holder of a channel that there is not", "holders.channels");
    }
    if (!seen.insert(id).second) {
      return Error(Code::kRejected, "a holder with one channel twice", "holders.channels");
    }
  }
  return {};
}

Result<hpke::SealingKey> ParseRecipient(const std::string& recipient) {
  const Error wrong(Code::kRejected, "a holder's recipient must be a post-quantum one (age1pq1...)",
                    "holders.recipient");
  if (!recipient.starts_with("age1pq1")) return wrong;
  Result<hpke::SealingKey> key = age::ParseHybridRecipientText(recipient);
  if (!key.ok()) return wrong;
  return key;
}

}  // namespace

Result<SealingKeys> CheckHolders(const v1::Charter& charter) {
  if (charter.holders_size() > kMaxHolders) {
    return Error(Code::kTooLarge, "more than 1,024 holders", "holders");
  }
  std::set<std::string_view> channels;
  for (const v1::Channel& channel : charter.channels()) channels.insert(channel.id());
  std::set<std::string_view> labels;
  SealingKeys recipients;
  std::set<std::string_view> keys;  // of both purposes: one key never serves two
  for (const v1::Holder& holder : charter.holders()) {
    if (!IsId(holder.label())) {
      return Error(Code::kRejected, "a label is 1 to 63 of a-z, 0-9 and hyphens", "holders.label");
    }
    if (!labels.insert(holder.label()).second) {
      return Error(Code::kRejected, "two holders of one label", "holders.label");
    }
    if (!IsPlainText(holder.organisation(), kMaxOrganisationBytes)) {
      return Error(Code::kRejected, "an organisation's name is 1 to 128 bytes of text",
                   "holders.organisation");
    }
    SC_TRY(CheckRoles(holder));
    if (holder.channels_size() > kMaxChannels) {
      return Error(Code::kTooLarge, "a holder with more than 256 channels", "holders.channels");
    }
    SC_TRY(CheckHolderChannels(holder, channels));
    SC_ASSIGN(const hpke::SealingKey key, ParseRecipient(holder.recipient()));
    if (!recipients.emplace(holder.recipient(), key).second) {
      return Error(Code::kRejected, "two holders with one recipient", "holders.recipient");
    }
    constexpr std::size_t kKeyBytes = std::tuple_size_v<PublicKey>;
    if (holder.request_key().size() != kKeyBytes || !keys.insert(holder.request_key()).second) {
      return Error(Code::kRejected, "a request key is 32 bytes, unlike every other key",
                   "holders.request_key");
    }
    if (holder.event_key().size() != kKeyBytes || !keys.insert(holder.event_key()).second) {
      return Error(Code::kRejected, "an event key is 32 bytes, unlike every other key",
                   "holders.event_key");
    }
  }
  return recipients;
}

}  // namespace safeconduct::charter
