// Remembers the nonces of signed requests for as long as their signatures would be taken again
// (http_signature.h, kWindowSeconds around `created`), so that each works once.
//
// Memory is bounded: 64-bit keyed fingerprints in tables that grow up to Limits::nonces and are
// given back when their time is over. One key holds at most Limits::nonces_per_key of them. Call it
// for keys that are known (a holder of the charter, an existing mailbox) only, or strangers could
// fill it; use one cache for holders and another for mailboxes, so that mailboxes cannot fill it
// for holders.
//
// What it does not give: memory across a restart. What was made before the start is refused;
// what was made by a clock that runs ahead could be repeated, for at most kWindowSeconds.
//
// Thread-safety: any thread, any time. Sharded; each call holds two short locks, one at a time.
#ifndef SAFECONDUCT_GATEWAY_AUTH_REPLAY_CACHE_H_
#define SAFECONDUCT_GATEWAY_AUTH_REPLAY_CACHE_H_

#include <cstdint>
#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"

namespace safeconduct::auth {

class ReplayCache {
 public:
  struct Limits {
    std::size_t nonces = 1'048'576;  // live at one time; up to 64 bytes each
    std::size_t nonces_per_key = 65'536;
  };
  struct Counters {
    std::uint64_t remembered = 0;
    std::uint64_t replays = 0;  // refused since they came before, or are too old to tell
    std::uint64_t busy = 0;     // refused since a bound was reached
  };

  // `started_at`: Unix seconds; requests made before it are refused.
  ReplayCache(const Limits& limits, std::int64_t started_at);
  ~ReplayCache();
  ReplayCache(const ReplayCache&) = delete;
  ReplayCache& operator=(const ReplayCache&) = delete;

  // Ok the first time, for a request whose signature was verified. kUnauthorized when the nonce
  // came before under that key, or `created` is too old to tell; kBusy when a bound is reached.
  // A clock (`now`) that is set back by more than the window counts as a start at that time.
  Status Remember(const PublicKey& key, ByteView nonce, std::int64_t created, std::int64_t now);

  Counters counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::auth

#endif  // SAFECONDUCT_GATEWAY_AUTH_REPLAY_CACHE_H_
