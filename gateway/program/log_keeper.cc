#include "gateway/program/log_keeper.h"

#include <algorithm>
#include <future>
#include <utility>

namespace safeconduct::program {
namespace {

constexpr std::chrono::milliseconds kTick{1'000};
// Clients take a charter whose cosignatures are of the last seven days.
constexpr std::chrono::hours kCosignAgain{12};
constexpr std::chrono::seconds kRetry{10};

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

LogKeeper::LogKeeper(const Logs& logs, ledger::Ledger& ledger, routes::Charters& charters,
                     witness::Client& witnesses, const work::Clock& clock, log::Logger& logger)
    : logs_(logs),
      ledger_(ledger),
      charters_(charters),
      witnesses_(witnesses),
      clock_(clock),
      logger_(logger) {
  timer_.emplace(kTick, [this] { Tick(); });
}

LogKeeper::~LogKeeper() {
  stopping_ = true;
  timer_.reset();
}

void LogKeeper::Tick() {
  const routes::CharterSnapshot* const charter = charters_.InForce();
  if (charter == nullptr) return;
  TickCharters(*charter);
  Tell(TickReports(*charter));
}

// --- The charters' log ------------------------------------------------------------------------

void LogKeeper::TickCharters(const routes::CharterSnapshot& charter) {
  if (witnesses_.witnesses() == 0 || clock_.Steady() < cosign_at_.load()) return;
  CosignCharters(charter.charter->message().witness_threshold());
  const Result<std::string> proof = logs_.charters.Proof();
  // What fails here stays as it was served before.
  if (proof.ok() && logs_.charters.size() == charter.charter->version()) {
    static_cast<void>(charters_.Renew(charter.charter->version(), *proof));
  }
}

void LogKeeper::CosignCharters(std::uint32_t threshold) {
  if (witnesses_.witnesses() == 0) return;
  const Result<std::string> checkpoint = logs_.charters.Checkpoint();
  if (!checkpoint.ok()) return;
  const witness::Round round =
      witnesses_.Gather(*checkpoint, [this](std::uint64_t old_size, std::uint64_t new_size) {
        return logs_.charters.ProveConsistency(old_size, new_size);
      });
  const bool enough = round.cosigned >= std::max<std::size_t>(1, threshold);
  cosign_at_ = clock_.Steady() + (enough ? std::chrono::seconds(kCosignAgain) : kRetry);
  // Fewer than before would take from clients what they have.
  if (enough) static_cast<void>(logs_.charters.Cosigned(round.checkpoint));
}

// --- The report log ---------------------------------------------------------------------------

Status LogKeeper::TickReports(const routes::CharterSnapshot& charter) {
  SC_TRY(Confirm(charter.charter->message().witness_threshold()));
  const std::int64_t now = clock_.UnixSeconds();
  const auto steady = clock_.Steady();
  const std::uint32_t interval = charter.log_interval_seconds;
  if (!intervals_.begun()) {
    SC_ASSIGN(const bool overdue, logs_.reports.Overdue(now, interval));
    if (!overdue) intervals_.Made(now, steady, interval);
  }
  if (intervals_.Due(now, steady, interval)) {
    SC_TRY(GrowByAnInterval());
    if (logs_.reports.more()) return {};  // it is being stopped
    intervals_.Made(now, steady, interval);
  }
  return kept_back_ ? LetOut() : Status();
}

// What is left when it is stopped goes on at the next start.
Status LogKeeper::GrowByAnInterval() {
  do {
    const Status prepared = logs_.reports.Prepare();
    TellDamage();
    SC_TRY(prepared);
    SC_TRY(GrowOnLedger());
    kept_back_ = true;
  } while (logs_.reports.more() && !stopping_);
  TellDamage();
  return {};
}

void LogKeeper::TellDamage() {
  const std::uint64_t damaged = logs_.reports.damaged();
  if (std::exchange(damaged_, damaged) == damaged) return;
  logger_.Log(log::Event::kLeavesDamaged, {log::Field::Count(damaged)});
}

Status LogKeeper::Confirm(std::uint32_t threshold) {
  constexpr Error kUnconfirmed(Code::kUnavailable,
                               "not enough witnesses confirm that the report log is the newest");
  if (confirmed_ || threshold == 0 || witnesses_.witnesses() == 0) return {};
  if (clock_.Steady() < confirm_at_) return kUnconfirmed;
  const witness::Round round = AskForReports();
  confirmed_ = round.cosigned >= threshold;
  if (confirmed_) {
    return logs_.reports.Publish(round.checkpoint);
  }
  confirm_at_ = clock_.Steady() + kRetry;
  return kUnconfirmed;
}

witness::Round LogKeeper::AskForReports() {
  return witnesses_.Gather(logs_.reports.Kept(),
                           [this](std::uint64_t old_size, std::uint64_t new_size) {
                             return logs_.reports.ProveConsistency(old_size, new_size);
                           });
}

Status LogKeeper::GrowOnLedger() {
  std::promise<Status> grown;
  ledger_.SubmitWork([this](const ledger::Draw& draw) { return logs_.reports.Grow(draw); },
                     [&grown](const Status& status) { grown.set_value(status); });
  return grown.get_future().get();
}

Status LogKeeper::LetOut() {
  SC_TRY(logs_.reports.Keep());
  // Whatever the witnesses say: what they do not cosign, clients that demand it do not take.
  kept_back_ = false;
  return logs_.reports.Publish(witnesses_.witnesses() == 0 ? std::string()
                                                           : AskForReports().checkpoint);
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
