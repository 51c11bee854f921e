// Purger: sees to it that the bytes of erased cases leave the disk soon, in the background. RocksDB
// keeps what was deleted in its logs, tables and blob files until it happens to rewrite them.
//
// For all erasures that the store notes: memory is flushed, so that the logs go; the tables that
// hold old versions of their keys are rewritten; and then the blob files whose garbage they became.
// When the files are gone from the folder the note is deleted; a process that dies before leaves it
// to the next opening. Each step lets writers write.
//
// What it does not give: the file system's freed blocks are as it leaves them.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_PURGE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_PURGE_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "storage/rocksdb/slot.h"

namespace safeconduct::storage {

// Thread-safety: Wake and Finish may be called by any thread.
class Purger {
 public:
  // `slot` must outlive it. Starts its thread, which begins with what was left pending.
  explicit Purger(const DatabaseSlot& slot);
  ~Purger();  // the slot must be closed first, or else a run is waited for

  // Something was erased, or the database was opened anew.
  void Wake();
  // Until one run that begins after this call has ended; what became of it. kNoSpace when there is
  // no room to rewrite files, kUnavailable; it is tried again later by itself.
  Status Finish();

 private:
  void Loop();
  Status Purge();
  Status AwaitRemoval(Database& database, const FileNumbers& files);

  const DatabaseSlot& slot_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::uint64_t wanted_ = 1;  // runs asked for
  std::uint64_t done_ = 0;    // the newest of them that ended
  Status outcome_;            // of it
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_PURGE_H_
