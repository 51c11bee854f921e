// The mark: how far the log was synced. RocksDB takes a log that ends early for one that was torn
// by a crash; the mark is what tells the two apart (storage/FORMAT.md, "The mark file").
//
// Each advance overwrites the older of two checksummed slots, so a torn write leaves the other.
// It reaches the page cache at once and survives the process; it is synced about once a second and
// at the end, so that it costs no sync of its own on the path of a report. It never tells more than
// is on disk, because it is advanced after the sync that it tells of.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_MARK_FILE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_MARK_FILE_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "crypto/base/result.h"
#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

struct Mark {
  WriteNumber write = 0;  // the last one that was synced
  Sequence sequence = 0;  // the greatest that was committed
};

// Thread-safety: Advance and Sync may be called by any thread.
class MarkFile {
 public:
  // None when there is no such file. kCorrupted when neither slot is whole, kUnsupported when a
  // newer version wrote it, kUnavailable.
  static Result<std::optional<Mark>> Read(const std::string& path);
  // Makes the file, or takes the one that is there; writes `mark` and syncs file and folder.
  static Result<std::unique_ptr<MarkFile>> Open(const std::string& path, Mark mark);
  ~MarkFile();  // syncs

  // Numbers below those already told are ignored. kUnavailable, kNoSpace; also when the sync of an
  // earlier advance failed meanwhile, until Sync is ok.
  Status Advance(Mark mark);
  Status Sync();
  Mark current() const;

 private:
  explicit MarkFile(int descriptor) : descriptor_(descriptor) {}
  Status WriteSlot();
  void SyncLoop();

  const int descriptor_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  Mark mark_;
  std::uint64_t generation_ = 0;
  bool dirty_ = false;
  bool failed_ = false;
  bool stop_ = false;
  std::thread syncer_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_MARK_FILE_H_
