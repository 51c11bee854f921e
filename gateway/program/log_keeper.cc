#include "gateway/program/log_keeper.h"

#include <future>

namespace safeconduct::program {
namespace {

constexpr std::chrono::milliseconds kTick{1'000};

}  // namespace

bool Intervals::Due(std::int64_t now, std::chrono::steady_clock::time_point steady,
                    std::uint32_t interval_seconds) const {
  return !last_ || now / interval_seconds != last_->interval ||
         steady - last_->at >= std::chrono::seconds(interval_seconds);
}

void Intervals::Made(std::int64_t now, std::chrono::steady_clock::time_point steady,
                     std::uint32_t interval_seconds) {
  last_ = {now / interval_seconds, steady};
}

LogKeeper::LogKeeper(transparency::ReportLog& log, ledger::Ledger& ledger,
                     const routes::Charters& charters, const work::Clock& clock,
                     log::Logger& logger)
    : log_(log), ledger_(ledger), charters_(charters), clock_(clock), logger_(logger) {
  timer_.emplace(kTick, [this] { Tick(); });
}

LogKeeper::~LogKeeper() { timer_.reset(); }

void LogKeeper::Tick() {
  const routes::CharterSnapshot* const charter = charters_.InForce();
  if (charter == nullptr) return;
  const std::int64_t now = clock_.UnixSeconds();
  const auto steady = clock_.Steady();
  const std::uint32_t interval = charter->log_interval_seconds;
  const bool due = intervals_.Due(now, steady, interval);
  if (!due && !kept_back_) return;
  Status status;
  if (due) status = GrowOnLedger();
  if (due && status.ok()) {
    kept_back_ = true;
    // What was too much for one step goes into the next one at once.
    if (!log_.more()) intervals_.Made(now, steady, interval);
  }
  if (status.ok()) status = LetOut();
  Tell(status);
}

Status LogKeeper::GrowOnLedger() {
  std::promise<Status> grown;
  ledger_.SubmitWork([this](const ledger::Draw& draw) { return log_.Grow(draw); },
                     [&grown](const Status& status) { grown.set_value(status); });
  return grown.get_future().get();
}

Status LogKeeper::LetOut() {
  SC_TRY(log_.Keep());
  log_.Publish();
  kept_back_ = false;
  return {};
}

void LogKeeper::Tell(const Status& status) {
  if (failing_.exchange(!status.ok()) == !status.ok()) return;
  if (status.ok()) {
    logger_.Log(log::Event::kLogGrows);
  } else {
    logger_.Log(log::Event::kLogStands, {log::Field::Failure(status.error())});
  }
}

}  // namespace safeconduct::program
