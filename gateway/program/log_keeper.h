// Keeps the report log going: at the end of each interval a step on the ledger's thread, then the
// high-water mark, then the public. What fails is tried again each second, and an operator is told
// once when it begins and once when it has ended.
//
// An interval ends at each multiple of its length since 1970, and never later than one length after
// the last step, so that a clock that is set back does not break promises.
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
#include "gateway/transparency/report_log.h"
#include "gateway/work/clock.h"
#include "gateway/work/timer.h"

namespace safeconduct::program {

// When the next step is due.
class Intervals {
 public:
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
  // All must outlive the keeper. Begins at once.
  LogKeeper(transparency::ReportLog& log, ledger::Ledger& ledger, const routes::Charters& charters,
            const work::Clock& clock, log::Logger& logger);
  ~LogKeeper();  // finishes the step that has begun

  bool Failing() const { return failing_.load(); }

 private:
  void Tick();
  Status LetOut();
  Status GrowOnLedger();
  void Tell(const Status& status);

  transparency::ReportLog& log_;
  ledger::Ledger& ledger_;
  const routes::Charters& charters_;
  const work::Clock& clock_;
  log::Logger& logger_;
  std::atomic<bool> failing_ = false;
  Intervals intervals_;     // of the timer's thread, as the next
  bool kept_back_ = false;  // a step was made whose checkpoint is not let out yet
  std::optional<work::Timer> timer_;
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_LOG_KEEPER_H_
