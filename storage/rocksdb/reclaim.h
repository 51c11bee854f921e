// Reclaimer: gives the space of deleted uploads back, in the background. RocksDB would do so only
// when later writes happen to reach the same keys.
//
// Once enough was deleted, the deletions are applied; when garbage then makes up a quarter of the
// pieces, the files that hold it are rewritten, so that each byte of garbage costs at most three of
// copying.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_RECLAIM_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_RECLAIM_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "storage/rocksdb/slot.h"

namespace safeconduct::storage {

// Thread-safety: Deleted and Wait may be called by any thread.
class Reclaimer {
 public:
  // `slot` must outlive it. Starts its thread.
  Reclaimer(const DatabaseSlot& slot, std::uint64_t threshold_bytes);
  ~Reclaimer();  // the slot must be closed first, or else a run is waited for

  void Deleted(Sequence upload, std::uint64_t bytes);
  // Until what was deleted so far is reclaimed, if it reached the threshold.
  void Wait();

 private:
  struct Range {
    Sequence first = 0;
    Sequence last = 0;
  };
  void Loop();
  void Reclaim(const Range& range) const;
  void CollectIfWorthwhile() const;

  const DatabaseSlot& slot_;
  const std::uint64_t threshold_bytes_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::uint64_t deleted_bytes_ = 0;
  Range range_;
  bool running_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_RECLAIM_H_
