// DatabaseSlot: lets readers share a Database that Recover may close and open again under them.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_SLOT_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_SLOT_H_

#include <future>
#include <memory>
#include <shared_mutex>

#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

// Thread-safety: Use by any thread; Set and Close by one.
class DatabaseSlot {
 public:
  ~DatabaseSlot() { Close(); }

  // Stays open while the pointer lives. kUnavailable when there is none.
  Result<std::shared_ptr<Database>> Use() const;
  void Set(std::unique_ptr<Database> database);
  // Takes the database out, ends long work on it, and waits until it is closed.
  void Close();

 private:
  mutable std::shared_mutex mutex_;  // guards database_
  std::shared_ptr<Database> database_;
  std::future<void> closed_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_SLOT_H_
