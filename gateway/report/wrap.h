// Headers for holders of a charter. Not for others.
#ifndef SAFECONDUCT_GATEWAY_REPORT_WRAP_H_
#define SAFECONDUCT_GATEWAY_REPORT_WRAP_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/base/result.h"
#include "crypto/quorum/quorum.h"
#include "gateway/charter/charter.h"
#include "safeconduct/v1/charter.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::report {

// Collects who gets a stanza, in order.
class Readers {
 public:
  // kMalformed for what is no post-quantum recipient. Keys of `known` need not be read again.
  Status Add(const std::string& recipient, const charter::SealingKeys& known = {});
  Status Add(const std::vector<const v1::Holder*>& holders, const charter::SealingKeys& known = {});
  // As many stanzas for keys that nobody has: made and thrown away.
  void AddThrowaways(std::size_t count);

  Result<age::Header> Wrap(const age::FileKey& file_key) const;
  // The same with a stanza that somebody else made of `file_key`, last.
  Result<age::Header> Wrap(const age::FileKey& file_key, age::Stanza last) const;

 private:
  std::vector<std::unique_ptr<age::Recipient>> recipients_;
};

// Where a quorum is to have no access, its stanza is over a file key that nobody keeps.
enum class Access : std::uint8_t { kGiven, kThrownAway };

// A header for `readers` and, if an access is said, for the quorum of the channel's trustees, whose
// size `context` comes without. The payload is sealed before: the context has its digest.
Result<age::Header> WrapForReaders(const age::FileKey& file_key, const Readers& readers,
                                   const charter::ChannelInfo& channel, quorum::Context context,
                                   const v1::Consent& consent, std::optional<Access> quorum);

// Who gets the identity, by what the reporter consents to.
struct IdentityReaders {
  const charter::ChannelInfo* channel = nullptr;
  bool support = false;  // or throw-aways in their place
  bool account = false;  // the readers of the account, or throw-aways
  std::optional<Access> quorum;

  bool nobody() const { return !support && !account && quorum != Access::kGiven; }
  Status AddTo(Readers& readers) const;
};
IdentityReaders ReadersOfIdentity(const v1::Consent& consent, const charter::ChannelInfo& channel);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_WRAP_H_
