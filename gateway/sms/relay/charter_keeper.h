// The charter as the relay knows it: fetched with the proof that it is the newest one, verified
// against the trust file, kept in a file so that the relay can start while the gateway is down, and
// never exchanged for an older one.
//
// Thread-safety: any thread; a Refresh at a time.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_CHARTER_KEEPER_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_CHARTER_KEEPER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "crypto/identity/identity.h"
#include "gateway/charter/published.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/work/clock.h"

namespace safeconduct::sms {

using CharterPtr = std::shared_ptr<const charter::OpenCharter>;

class CharterKeeper {
 public:
  // Reads the trust file, and the charter that was kept, which may be missing or too old to be
  // used. `clock` must outlive it. Errors of ParseTrust and of reading files, with the field
  // "trust_file".
  static Result<std::unique_ptr<CharterKeeper>> Open(const std::string& trust_file,
                                                     const std::string& kept_file,
                                                     const identity::Party& relay,
                                                     const work::Clock& clock);

  // Fetches and verifies it. Errors of the gateway and of charter::OpenPublished; kConflict when it
  // is older than the one known, or another one of that version. The one known stays then.
  Status Refresh(Gateway& gateway);

  // Null when none is known, or the one known has expired.
  CharterPtr Current() const;
  // The relay's entry in it; null when its key is none of a relay's on that channel.
  const v1::Holder* RelayOf(const charter::OpenCharter& charter, std::string_view channel) const;

 private:
  CharterKeeper(charter::Trust trust, std::string kept_file, const PublicKey& request_key,
                const work::Clock& clock)
      : trust_(std::move(trust)),
        kept_file_(std::move(kept_file)),
        request_key_(request_key),
        clock_(clock) {}
  Status Take(const v1::CharterDocument& document, std::int64_t now);

  const charter::Trust trust_;
  const std::string kept_file_;
  const PublicKey request_key_;
  const work::Clock& clock_;
  std::mutex refreshing_;
  mutable std::mutex mutex_;
  charter::Published known_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_CHARTER_KEEPER_H_
