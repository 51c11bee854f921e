#include "storage/rocksdb/slot.h"

#include <mutex>
#include <utility>

namespace safeconduct::storage {

Result<std::shared_ptr<Database>> DatabaseSlot::Use() const {
  const std::shared_lock<std::shared_mutex> lock(mutex_);
  if (database_ == nullptr) return Error(Code::kUnavailable, "the store is closed");
  return database_;
}

void DatabaseSlot::Set(std::unique_ptr<Database> database) {
  auto closed = std::make_shared<std::promise<void>>();
  closed_ = closed->get_future();
  // Whoever lets go last closes it, and says so.
  std::shared_ptr<Database> shared(database.release(), [closed](Database* last) {
    delete last;
    closed->set_value();
  });
  const std::unique_lock<std::shared_mutex> lock(mutex_);
  database_ = std::move(shared);
}

void DatabaseSlot::Close() {
  std::shared_ptr<Database> taken;
  {
    const std::unique_lock<std::shared_mutex> lock(mutex_);
    taken = std::exchange(database_, nullptr);
  }
  if (taken == nullptr) return;
  taken->Stop();
  taken.reset();
  closed_.wait();
}

}  // namespace safeconduct::storage
