// Keeps the logs going. The report log: at the end of each interval a step on the ledger's thread,
// then the high-water mark, then the witnesses, then the public. The charters' log: cosigned when a
// charter comes, and anew from time to time, since clients ask for that. What fails is tried again,
// and an operator is told once when it begins and once when it has ended.
//
// Where the charter demands witnesses, nothing is signed after a start before as many of them have
// said that they know of no larger log than this one: a store and a mark that were set back
// together are noticed too.
//
// An interval ends at each multiple of its length since 1970, and never later than one length after
// the last step, so that a clock that is set back does not break promises. A start is no end of an
// interval, unless what waits should have been in the log by then.
//
// What an interval brings is written in steps of bounded size, between which the ledger writes what
// others want; the checkpoint is let out after the last one.
//
// Thread-safety: its own thread; Failing by any.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_LOG_KEEPER_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_LOG_KEEPER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "gateway/ledger/ledger.h"
#include "gateway/log/log.h"
#include "gateway/routes/charters.h"
#include "gateway/transparency/charter_log.h"
#include "gateway/transparency/report_log.h"
#include "gateway/witness/client.h"
#include "gateway/work/clock.h"
#include "gateway/work/timer.h"

namespace safeconduct::program {

// When the next step is due.
class Intervals {
 public:
  bool begun() const { return last_.has_value(); }
  bool Due(std::int64_t now, std::chrono::steady_clock::time_point steady,
           std::uint32_t interval_seconds) const;
  // A step was made.
  void Made(std::int64_t now, std::chrono::steady_clock::time_point steady,
            std::uint32_t interval_seconds);

 private:
  struct Step {
    std::int64_t interval = 0;  // number of the interval since 1970
    std::chrono::steady_clock::time_point at;
  };
  std::optional<Step> last_;
};

class LogKeeper {
 public:
  struct Logs {
    transparency::ReportLog& reports;
    transparency::CharterLog& charters;
  };
  // All must outlive the keeper. Begins at once.
  LogKeeper(const Logs& logs, ledger::Ledger& ledger, routes::Charters& charters,
            witness::Client& witnesses, const work::Clock& clock, log::Logger& logger);
  ~LogKeeper();  // finishes the step that has begun, and may wait for witnesses

  // Has the newest checkpoint of the charters' log cosigned. By any thread; may block.
  void CosignCharters(std::uint32_t threshold);

  bool Failing() const { return failing_.load(); }

 private:
  void Tick();
  void TickCharters(const routes::CharterSnapshot& charter);
  Status TickReports(const routes::CharterSnapshot& charter);
  // Whether enough witnesses know of no larger report log.
  Status Confirm(std::uint32_t threshold);
  Status GrowByAnInterval();
  Status GrowOnLedger();
  void TellDamage();
  Status LetOut();
  witness::Round AskForReports();
  void Tell(const Status& status);

  const Logs logs_;
  ledger::Ledger& ledger_;
  routes::Charters& charters_;
  witness::Client& witnesses_;
  const work::Clock& clock_;
  log::Logger& logger_;
  std::atomic<bool> failing_ = false;
  std::atomic<bool> stopping_ = false;
  // When the charters' log is to be cosigned next.
  std::atomic<std::chrono::steady_clock::time_point> cosign_at_{};
  // Of the timer's thread.
  Intervals intervals_;
  bool confirmed_ = false;
  std::chrono::steady_clock::time_point confirm_at_{};
  bool kept_back_ = false;     // a step was made whose checkpoint is not let out yet
  std::uint64_t damaged_ = 0;  // told of so many leaves
  std::optional<work::Timer> timer_;
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_LOG_KEEPER_H_
