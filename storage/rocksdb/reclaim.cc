#include "storage/rocksdb/reclaim.h"

#include <algorithm>

#include "storage/rocksdb/keys.h"

namespace safeconduct::storage {

Reclaimer::Reclaimer(const DatabaseSlot& slot, std::uint64_t threshold_bytes)
    : slot_(slot), threshold_bytes_(threshold_bytes), thread_(&Reclaimer::Loop, this) {}

Reclaimer::~Reclaimer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Reclaimer::Deleted(Sequence upload, std::uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (deleted_bytes_ == 0) range_ = {upload, upload};
  range_.first = std::min(range_.first, upload);
  range_.last = std::max(range_.last, upload);
  deleted_bytes_ += bytes;
  if (deleted_bytes_ >= threshold_bytes_) changed_.notify_all();
}

void Reclaimer::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stop_ || (!running_ && deleted_bytes_ < threshold_bytes_); });
}

void Reclaimer::Loop() {
  CollectIfWorthwhile();  // what an earlier run of the program left
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || deleted_bytes_ >= threshold_bytes_; });
    if (stop_) return;
    const Range range = range_;
    deleted_bytes_ = 0;
    running_ = true;
    lock.unlock();
    Reclaim(range);
    lock.lock();
    running_ = false;
    changed_.notify_all();
  }
}

// Failures are left to the next run: nothing but space is at stake, and a full or failed disk shows
// in the writes.
void Reclaimer::Reclaim(const Range& range) const {
  {
    const auto database = slot_.Use();
    if (!database.ok()) return;
    const auto lower = keys::Piece(range.first, 0);
    const auto upper = keys::Piece(range.last, ~std::uint64_t{0});
    if (!(*database)->Compact(Family::kPieces, lower, upper).ok()) return;
  }
  CollectIfWorthwhile();
}

void Reclaimer::CollectIfWorthwhile() const {
  const auto database = slot_.Use();
  if (!database.ok()) return;
  const Database::BlobSpace space = (*database)->Space(Family::kPieces);
  if (space.garbage_bytes >= threshold_bytes_ && space.garbage_bytes * 4 >= space.live_bytes) {
    (void)(*database)->CollectGarbage(Family::kPieces);
  }
}

}  // namespace safeconduct::storage
