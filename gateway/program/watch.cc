// What the gateway looks after every minute.
#include <algorithm>

#include "gateway/program/gateway.h"

namespace safeconduct::program {
namespace {

constexpr std::int64_t kExpiryWarningSeconds = 30 * work::kDaySeconds;

}  // namespace

void Gateway::Watch() {
  const Result<std::uint64_t> swept = uploads_->Sweep();
  if (!swept.ok()) {
    logger_.Log(log::Event::kSweepFailed, {log::Field::Failure(swept.error())});
  } else if (*swept > 0) {
    logger_.Log(log::Event::kUploadsExpired, {log::Field::Count(*swept)});
  }
  WatchDisk();
  WatchCharter();
}

void Gateway::WatchDisk() {
  const Result<std::uint64_t> free = store_->FreeBytes();
  if (!free.ok()) return;
  const bool reached = *free < config_.storage.disk_reserve_bytes;
  if (reserve_reached_.exchange(reached) == reached) return;
  logger_.Log(reached ? log::Event::kDiskReserveReached : log::Event::kDiskReserveFree,
              {log::Field::Bytes(*free)});
}

// Once for each charter; what is wrong for good also stands in the metrics and in /readyz.
void Gateway::WatchCharter() {
  const routes::CharterSnapshot* const snapshot = charters_.InForce();
  if (snapshot == nullptr) return;
  const charter::OpenCharter& charter = *snapshot->charter;
  if (watched_version_ != charter.version()) {
    watched_version_ = charter.version();
    expiry_noted_ = false;
    NoteUnknownRecipients(charter);
  }
  const std::int64_t left = charter.expiry() - clock_.UnixSeconds();
  if (expiry_noted_ || left > kExpiryWarningSeconds) return;
  expiry_noted_ = true;
  logger_.Log(left <= 0 ? log::Event::kCharterExpired : log::Event::kCharterExpiresSoon,
              {log::Field::Days(left / work::kDaySeconds)});
}

// A label that is misspelt would keep a holder from ever being told; the label itself is not
// logged.
void Gateway::NoteUnknownRecipients(const charter::OpenCharter& charter) {
  const auto& recipients = config_.notify.recipients;
  const auto unknown = std::count_if(recipients.begin(), recipients.end(), [&](const auto& each) {
    return charter.FindByLabel(each.label) == nullptr;
  });
  if (unknown == 0) return;
  logger_.Log(log::Event::kNotifyUnknown, {log::Field::Count(static_cast<std::uint64_t>(unknown))});
}

}  // namespace safeconduct::program
