// Challenges and what redeems them (README.md: form, memory, what it does not give).
//
// Thread-safety: any thread, any time. Make takes no lock; Redeem a short one, for a good solution
// only.
#ifndef SAFECONDUCT_GATEWAY_PROOF_OF_WORK_ISSUER_H_
#define SAFECONDUCT_GATEWAY_PROOF_OF_WORK_ISSUER_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include "crypto/base/result.h"
#include "crypto/base/secret.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::proof_of_work {

inline constexpr std::int64_t kLifetimeSeconds = 300;

struct Limits {
  std::uint32_t max_number = 100'000;  // a solution takes half as many hashes, on average
  std::size_t remembered = 131'072;    // redeemed solutions, of about 64 bytes each
};

struct Counters {
  std::uint64_t made = 0;
  std::uint64_t redeemed = 0;
  std::uint64_t refused = 0;
};

class Issuer {
 public:
  using Key = LockedKey<32>;
  static Key RandomKey();

  Issuer(const Limits& limits, Key key) : limits_(limits), key_(std::move(key)) {}

  // Good for five minutes from `now` (Unix seconds).
  v1::Challenge Make(std::int64_t now);

  // Ok once for each solution. Errors as ParseSolution's; kUnverified for a challenge that is not
  // of this issuer or a number that does not solve it, kExpired, kConflict when it was redeemed
  // before. At most two hashes of less than a KiB, whatever is sent.
  Status Redeem(std::string_view header, std::int64_t now);

  Counters counters() const;

 private:
  Status Check(std::string_view header, std::int64_t now);
  Status Remember(std::int64_t expires, const ByteArray<32>& signature, std::int64_t now);

  const Limits limits_;
  const Key key_;
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> redeemed_{0};
  std::atomic<std::uint64_t> refused_{0};

  std::mutex mutex_;
  // By expiry; the signature's first bytes, which nobody can choose without the key.
  std::set<std::pair<std::int64_t, std::uint64_t>> remembered_;
};

}  // namespace safeconduct::proof_of_work

#endif  // SAFECONDUCT_GATEWAY_PROOF_OF_WORK_ISSUER_H_
