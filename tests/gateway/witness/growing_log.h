// A log that grows, and the requests that it makes; and time that stands still.
#ifndef SAFECONDUCT_TESTS_GATEWAY_WITNESS_GROWING_LOG_H_
#define SAFECONDUCT_TESTS_GATEWAY_WITNESS_GROWING_LOG_H_

#include <atomic>
#include <string>
#include <utility>

#include "crypto/tlog/witness.h"
#include "gateway/work/clock.h"
#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::witness {

inline constexpr std::int64_t kNow = 1'800'000'000;

class StoppedClock final : public work::Clock {
 public:
  std::int64_t UnixSeconds() const override { return now.load(); }
  std::chrono::steady_clock::time_point Steady() const override { return {}; }
  std::atomic<std::int64_t> now{kNow};
};

inline SigningKey KeyOf(std::uint8_t number) {
  SecretArray<32> seed;
  seed.RevealMutable()[0] = number;
  return SigningKey::FromSeed(seed);
}

struct GrowingLog {
  // From leaf `fork` on, its entries are not those of other logs.
  explicit GrowingLog(std::string name = "log.example.org", std::size_t fork = 1000)
      : origin(std::move(name)) {
    for (std::size_t i = 0; i < 20; ++i) {
      tree.Add(AsBytes(tlog::EntryAt(i) + (i < fork ? "" : " forked")));
    }
  }
  note::VerifierKey verifier() const { return *note::MakeVerifierKey(origin, key.public_key()); }
  Hash Root(std::size_t size) const { return tlog::NaiveRoot(tree.First(size)); }
  std::string Checkpoint(std::size_t size) const {
    return *tlog::SignCheckpoint({origin, size, Root(size)}, key);
  }
  std::string Request(std::size_t old_size, std::size_t size) const {
    tlog::AddCheckpoint request{.old_size = old_size, .checkpoint = Checkpoint(size)};
    if (old_size > 0) request.proof = *tlog::ProveConsistency(old_size, size, tree);
    return tlog::FormatAddCheckpoint(request);
  }

  const std::string origin;
  const SigningKey key = KeyOf(1);
  tlog::Log tree;
};

}  // namespace safeconduct::witness

#endif  // SAFECONDUCT_TESTS_GATEWAY_WITNESS_GROWING_LOG_H_
