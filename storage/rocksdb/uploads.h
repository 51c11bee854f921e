// Unfinished uploads and their pieces: contracts and errors are those of EnvelopeStore's calls of
// the same name.
//
// A record is changed by read, check and write, so each change holds the lock of its upload: an
// upload that was bound to a case meanwhile is neither written nor deleted.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_UPLOADS_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_UPLOADS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

#include "storage/envelope_store.h"
#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

class Uploads {
 public:
  using Lock = std::unique_lock<std::mutex>;

  // Counts the unbound uploads that are there. At every opening, before anything else.
  Status Load(const Database& database);

  Status Create(Database& database, const UploadRef& upload);
  Status WritePiece(Database& database, const UploadRef& upload, std::uint64_t index,
                    ByteView piece);
  Result<WriteNumber> Synced(Database& database, const UploadRef& upload);
  // The bytes that the upload may have taken.
  Result<std::uint64_t> Delete(Database& database, const UploadRef& upload);

  // For a commit: holds the uploads that its cases name, until it is written.
  std::vector<Lock> LockAll(const std::set<Sequence>& uploads);
  // Stages the binding of a locked upload. kRejected.
  Status StageBinding(const Database& database, Sequence upload, std::uint64_t payload_bytes,
                      Changes& changes) const;
  void CountBound(std::uint64_t bytes) { promised_bytes_ -= bytes; }

  std::uint64_t promised_bytes() const { return promised_bytes_; }
  Sequence last_sequence() const { return last_sequence_; }

 private:
  static constexpr std::size_t kStripes = 64;
  std::mutex& Stripe(Sequence upload) { return stripes_[upload % kStripes]; }

  std::array<std::mutex, kStripes> stripes_;
  std::mutex creating_;  // so that the greatest sequence number is written in order
  std::atomic<std::uint64_t> promised_bytes_ = 0;
  std::atomic<Sequence> last_sequence_ = 0;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_UPLOADS_H_
