#include "gateway/report/wrap.h"

#include "crypto/age/native.h"
#include "gateway/report/consent.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

namespace {

Result<hpke::SealingKey> KeyOf(const std::string& recipient, const charter::SealingKeys& known) {
  const auto found = known.find(recipient);
  if (found != known.end()) return found->second;
  Result<hpke::SealingKey> key = age::ParseHybridRecipientText(recipient);
  if (!key.ok()) return Error(Code::kMalformed, "not a post-quantum recipient");
  return key;
}

}  // namespace

Status Readers::Add(const std::string& recipient, const charter::SealingKeys& known) {
  SC_ASSIGN(const hpke::SealingKey key, KeyOf(recipient, known));
  recipients_.push_back(age::MakeHybridRecipient(key));
  return {};
}

Status Readers::Add(const std::vector<const v1::Holder*>& holders,
                    const charter::SealingKeys& known) {
  for (const v1::Holder* holder : holders) SC_TRY(Add(holder->recipient(), known));
  return {};
}

void Readers::AddThrowaways(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    recipients_.push_back(age::MakeHybridRecipient(hpke::SealingKey::OfNobody()));
  }
}

Result<age::Header> Readers::Wrap(const age::FileKey& file_key) const {
  std::vector<const age::Recipient*> pointers;
  pointers.reserve(recipients_.size());
  for (const auto& recipient : recipients_) pointers.push_back(recipient.get());
  return age::WrapHeader(file_key, pointers);
}

Result<age::Header> Readers::Wrap(const age::FileKey& file_key, age::Stanza last) const {
  std::vector<age::Stanza> stanzas;
  stanzas.reserve(recipients_.size() + 1);
  for (const auto& recipient : recipients_) {
    SC_ASSIGN(age::Stanza stanza, recipient->Wrap(file_key));
    stanzas.push_back(std::move(stanza));
  }
  stanzas.push_back(std::move(last));
  return age::AuthenticateHeader(file_key, std::move(stanzas));
}

Result<age::Header> WrapForReaders(const age::FileKey& file_key, const Readers& readers,
                                   const charter::ChannelInfo& channel, quorum::Context context,
                                   const v1::Consent& consent, std::optional<Access> quorum) {
  if (!quorum) return readers.Wrap(file_key);
  std::vector<hpke::SealingKey> trustees;
  trustees.reserve(channel.trustees.size());
  for (const v1::Holder* trustee : channel.trustees) {
    SC_ASSIGN(const hpke::SealingKey key, KeyOf(trustee->recipient(), *channel.keys));
    trustees.push_back(key);
  }
  context.threshold = channel.channel->policy().quorum_threshold();
  context.trustees = trustees.size();
  const quorum::Consent flags = FlagsOf(consent);
  SC_ASSIGN(age::Stanza stanza, *quorum == Access::kGiven
                                    ? quorum::Seal(context, file_key, flags, trustees)
                                    : quorum::SealThrowAway(context, flags, trustees));
  return readers.Wrap(file_key, std::move(stanza));
}

Status IdentityReaders::AddTo(Readers& readers) const {
  const auto add = [&](bool consented, const std::vector<const v1::Holder*>& holders) -> Status {
    if (consented) return readers.Add(holders, *channel->keys);
    readers.AddThrowaways(holders.size());
    return {};
  };
  SC_TRY(add(support, channel->support));
  return add(account, AccountReaders(*channel));
}

IdentityReaders ReadersOfIdentity(const v1::Consent& consent, const charter::ChannelInfo& channel) {
  IdentityReaders readers;
  readers.channel = &channel;
  readers.support = consent.support_services();
  if (channel.has_quorum()) {
    const bool given = consent.investigators() || consent.national_authorities();
    readers.quorum = given ? Access::kGiven : Access::kThrownAway;
  } else {
    readers.account = consent.investigators();
  }
  return readers;
}

}  // namespace safeconduct::report
