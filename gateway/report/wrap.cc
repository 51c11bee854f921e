#include "gateway/report/wrap.h"

#include "crypto/age/native.h"
#include "crypto/identity/identity.h"
#include "gateway/report/consent.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

Status Readers::Add(const std::string& recipient) {
  SC_ASSIGN(std::unique_ptr<age::Recipient> parsed, age::ParseRecipient(recipient));
  if (parsed->kind() != age::Kind::kHybrid) {
    return Error(Code::kMalformed, "not a post-quantum recipient");
  }
  recipients_.push_back(std::move(parsed));
  return {};
}

Status Readers::Add(const std::vector<const v1::Holder*>& holders) {
  for (const v1::Holder* holder : holders) SC_TRY(Add(holder->recipient()));
  return {};
}

Status Readers::AddThrowaways(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) SC_TRY(Add(identity::Party::Generate().recipient()));
  return {};
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
  std::vector<hpke::XWingPublicKey> trustees;
  trustees.reserve(channel.trustees.size());
  for (const v1::Holder* trustee : channel.trustees) {
    SC_ASSIGN(const hpke::XWingPublicKey key, age::ParseHybridRecipientText(trustee->recipient()));
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
  const auto add = [&](bool consented, const std::vector<const v1::Holder*>& holders) {
    return consented ? readers.Add(holders) : readers.AddThrowaways(holders.size());
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
