// Erases what the retention of its channel does not keep any more (design: "What a holder does
// becomes an event"): once a day it walks all cases of the channels that have a retention, and ends
// those whose day has come by an event Expiry, which the log signs and the ledger stores like any
// other. So what is erased, and when, is decided by gateway/release alone.
//
// Every case is ended by one atomic write of its own. A walk that is cut off begins again at the
// next start; what it did before is done. It reads a page of records at a time, and a bounded
// number of pages in one step. After a failure it leaves out 1, 2, 4 and so on steps before it
// tries that page again, kMostLeftOut at most, until one succeeds.
//
// A clock that is wrong would erase too early, which nothing brings back. So the last day on which
// a walk was begun is kept in a file, outside of the store and its backups: a clock that is behind
// it, or more than kMostDays ahead of it, stops the walks until it is right again, or until an
// operator who looked at the clock removes the file. A gateway that was off for longer asks for
// that too.
//
// Thread-safety: Step by one thread at a time; the figures by any.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_EXPIRY_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_EXPIRY_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/ed25519.h"
#include "gateway/charter/charter.h"
#include "gateway/ledger/ledger.h"
#include "gateway/log/log.h"
#include "gateway/transparency/high_water.h"
#include "storage/envelope_store.h"

namespace safeconduct::program {

class Expiry {
 public:
  static constexpr std::int64_t kMostDays = 7;  // between two walks
  static constexpr std::size_t kPageCases = 64;
  static constexpr std::size_t kPagesPerStep = 32;
  static constexpr std::uint32_t kMostLeftOut = 256;  // steps, after one that failed

  struct Parts {
    const storage::EnvelopeStore& store;
    ledger::Ledger& ledger;
    const SigningKey& log_key;  // of the log in use
    transparency::HighWater& last_day;
    log::Logger& logger;
  };
  // All must outlive it.
  explicit Expiry(const Parts& parts) : parts_(parts) {}

  // Begins the walk of the day if there was none yet, or goes on with it; does nothing otherwise,
  // and in the pause after a failure, which is counted in steps: take one a second. `now` in Unix
  // seconds. Waits for the ledger.
  void Step(const charter::OpenCharter& charter, std::int64_t now);

  std::uint64_t expired() const { return expired_.load(); }  // cases, since the start
  bool paused() const { return paused_.load(); }             // the clock is not believed

 private:
  struct Walk {
    std::int64_t begun;  // the day
    std::vector<std::string> channels;
    storage::Sequence before;  // of the last of `channels`
  };

  Status Go(const charter::OpenCharter& charter, std::int64_t now);
  // Whether it is believable that it is `today`; remembers it then.
  Result<bool> Believe(std::int64_t today);
  Status TakePage(Walk& walk, const charter::OpenCharter& charter, std::int64_t now);
  Result<ledger::EventEntry> EndOf(const storage::CaseRef& ref, const charter::OpenCharter& charter,
                                   std::int64_t now) const;
  Result<Hash> LeavesOf(const storage::CaseRef& ref) const;

  const Parts parts_;
  std::atomic<std::uint64_t> expired_ = 0;
  std::atomic<bool> paused_ = false;
  // Of the thread that steps.
  std::int64_t believed_ = -1;  // the day that was believed last
  std::int64_t walked_ = -1;    // the day of the last walk that came to its end
  std::optional<Walk> walk_;
  bool failing_ = false;
  std::uint32_t pause_ = 0;         // the last one's length in steps; 0: a page succeeded since
  std::uint32_t pauses_still_ = 0;  // steps of it that are to come
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_EXPIRY_H_
