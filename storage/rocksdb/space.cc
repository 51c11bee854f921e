// The part of Database that gives the space of deleted values back.
#include <rocksdb/db.h>
#include <rocksdb/metadata.h>

#include "storage/rocksdb/database.h"
#include "storage/rocksdb/status.h"

namespace safeconduct::storage {
namespace {

rocksdb::Slice ToSlice(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

rocksdb::CompactRangeOptions OnDemand() {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;  // compactions by themselves go on beside it
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  return options;
}

}  // namespace

Database::BlobSpace Database::Space(Family family) const {
  BlobSpace space;
  (void)db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kLiveBlobFileSize,
                            &space.live_bytes);
  (void)db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kLiveBlobFileGarbageSize,
                            &space.garbage_bytes);
  return space;
}

Status Database::Compact(Family family, ByteView lower, ByteView upper) {
  if (!writable()) return Error(Code::kUnavailable, "the store can only be read");
  const rocksdb::Slice begin = ToSlice(lower);
  const rocksdb::Slice end = ToSlice(upper);
  return ToStatus(db_->CompactRange(OnDemand(), handle(family), &begin, &end));
}

Status Database::CollectGarbage(Family family) {
  rocksdb::ColumnFamilyMetaData metadata;
  db_->GetColumnFamilyMetaData(handle(family), &metadata);
  rocksdb::CompactRangeOptions options = OnDemand();
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
  options.blob_garbage_collection_age_cutoff = 1.0;
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    for (const rocksdb::SstFileMetaData& file : level.files) {
      if (stopping() || !writable())
        return Error(Code::kUnavailable, "the store is being closed or failed");
      const rocksdb::Slice begin(file.smallestkey);
      const rocksdb::Slice end(file.largestkey);
      SC_TRY(ToStatus(db_->CompactRange(options, handle(family), &begin, &end)));
    }
  }
  return {};
}

}  // namespace safeconduct::storage
