#include "gateway/sms/relay/housekeeping.h"

namespace safeconduct::sms {
namespace {

constexpr std::int64_t kCharterSeconds = 60;
constexpr std::int64_t kCharterAgainSeconds = 5;  // while none is known
constexpr std::int64_t kPartsSeconds = 30;

}  // namespace

void Housekeeping::Step() {
  const std::int64_t now = context_.clock.UnixSeconds();
  TurnEpochs();
  if (now >= charter_at_) RefreshCharter();
  if (now >= parts_at_ && desk_.PassOnIncomplete().ok()) parts_at_ = now + kPartsSeconds;
  if (now >= tidy_at_) {
    const std::uint32_t days = context_.settings.epoch_days + context_.settings.reply_days;
    const Status tidied = context_.store.Tidy(now, days + 1);
    if (!tidied.ok()) ++context_.counters.store_failures;
    if (tidied.ok()) tidy_at_ = now + work::kHourSeconds;
  }
}

void Housekeeping::TurnEpochs() {
  const Result<bool> turned = context_.epochs.Turn(context_.clock.UnixSeconds());
  if (!turned.ok() || *turned) forgotten_ = false;
  if (forgotten_) return;
  const Result<storage::RelayForgotten> done = context_.store.KeepEpochs(context_.epochs.Numbers());
  if (!done.ok()) {
    ++context_.counters.store_failures;
    return;
  }
  context_.counters.lost += done->queued;
  forgotten_ = turned.ok();
  tidy_at_ = 0;
}

void Housekeeping::RefreshCharter() {
  const std::int64_t now = context_.clock.UnixSeconds();
  const Status fetched = context_.charters.Refresh(gateway_);
  if (fetched.ok()) {
    gateway_is_back_();
  } else {
    ++context_.counters.gateway_failures;
  }
  const bool known = context_.charters.Current() != nullptr;
  charter_at_ = now + (known ? kCharterSeconds : kCharterAgainSeconds);
}

}  // namespace safeconduct::sms
