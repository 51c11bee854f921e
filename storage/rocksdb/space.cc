// The part of Database that gives the space of deleted values back, and takes their bytes from the
// disk.
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/metadata.h>
#include <rocksdb/utilities/debug.h>

#include <algorithm>
#include <charconv>

#include "storage/rocksdb/database.h"
#include "storage/rocksdb/status.h"

namespace safeconduct::storage {
namespace {

rocksdb::Slice ToSlice(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr Error kNotNow(Code::kUnavailable, "the store is being closed or failed");

rocksdb::CompactRangeOptions OnDemand() {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;  // compactions by themselves go on beside it
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  return options;
}

rocksdb::CompactRangeOptions WithItsBlobs() {
  rocksdb::CompactRangeOptions options = OnDemand();
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
  options.blob_garbage_collection_age_cutoff = 1.0;
  return options;
}

// The newest blob file with garbage among `files`.
const rocksdb::BlobMetaData* NewestWithGarbage(const rocksdb::ColumnFamilyMetaData& metadata,
                                               const FileNumbers& files) {
  const rocksdb::BlobMetaData* newest = nullptr;
  for (const rocksdb::BlobMetaData& blob : metadata.blob_files) {
    if (blob.garbage_blob_count == 0 || !files.contains(blob.blob_file_number)) continue;
    if (newest == nullptr || newest->blob_file_number < blob.blob_file_number) newest = &blob;
  }
  return newest;
}

// The likeliest of the tables that may refer to blob file `number`. RocksDB tells only the oldest
// one that each refers to; those that were flushed with it have none older.
const rocksdb::SstFileMetaData* TableReferringTo(const rocksdb::ColumnFamilyMetaData& metadata,
                                                 std::uint64_t number) {
  const rocksdb::SstFileMetaData* likeliest = nullptr;
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    for (const rocksdb::SstFileMetaData& file : level.files) {
      const std::uint64_t oldest = file.oldest_blob_file_number;
      if (oldest == 0 || oldest > number) continue;
      if (likeliest == nullptr || likeliest->oldest_blob_file_number < oldest) likeliest = &file;
    }
  }
  return likeliest;
}

// Logs, or else tables and blob files, by their names.
enum class FileKind : std::uint8_t { kLog, kData };

Result<FileNumbers> FilesOf(const rocksdb::DB& db, FileKind kind) {
  std::vector<rocksdb::Env::FileAttributes> files;
  SC_TRY(ToStatus(db.GetEnv()->GetChildrenFileAttributes(db.GetName(), &files)));
  FileNumbers numbers;
  for (const auto& [name, size] : files) {
    const bool log = name.ends_with(".log") && size > 0;
    const bool data = name.ends_with(".sst") || name.ends_with(".blob");
    if (!(kind == FileKind::kLog ? log : data)) continue;
    std::uint64_t number = 0;
    (void)std::from_chars(name.data(), name.data() + name.size(), number);
    numbers.insert(number);
  }
  return numbers;
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
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    for (const rocksdb::SstFileMetaData& file : level.files) {
      if (stopping() || !writable()) return kNotNow;
      const rocksdb::Slice begin(file.smallestkey);
      const rocksdb::Slice end(file.largestkey);
      SC_TRY(ToStatus(db_->CompactRange(WithItsBlobs(), handle(family), &begin, &end)));
    }
  }
  return {};
}

// --- Bytes of deleted and overwritten values --------------------------------------------------

Status Database::Flush() {
  if (!writable()) return kNotNow;
  const std::vector<rocksdb::ColumnFamilyHandle*> all(handles_.begin(), handles_.end());
  return ToStatus(db_->Flush(rocksdb::FlushOptions(), all));
}

Result<bool> Database::HasOldVersions(Family family, ByteView lower, ByteView upper) const {
  constexpr std::size_t kNoLimit = ~std::size_t{0};
  constexpr int kDeletion = 0;  // RocksDB's number of it on the disk
  std::vector<rocksdb::KeyVersion> versions;
  SC_TRY(ToStatus(rocksdb::GetAllKeyVersions(db_.get(), handle(family), ToSlice(lower),
                                             ToSlice(upper), kNoLimit, &versions)));
  const auto older = [](const rocksdb::KeyVersion& newer, const rocksdb::KeyVersion& version) {
    return newer.user_key == version.user_key && version.type != kDeletion;
  };
  // The newest of each key comes first.
  return std::adjacent_find(versions.begin(), versions.end(), older) != versions.end();
}

Status Database::DropOldVersions(Family family, ByteView lower, ByteView upper) {
  // A compaction by itself, under way when ours chose its levels, can carry a version past them.
  constexpr int kTries = 10;
  for (int i = 0; i < kTries; ++i) {
    SC_ASSIGN(const bool old, HasOldVersions(family, lower, upper));
    if (!old) return {};
    if (stopping()) return kNotNow;
    SC_TRY(Compact(family, lower, upper));
  }
  return Error(Code::kUnavailable, "old versions of records are still in use");
}

Status Database::ReplaceBlobFiles(Family family, const FileNumbers& files) {
  std::uint64_t rewritten = 0;
  while (true) {
    rocksdb::ColumnFamilyMetaData metadata;
    db_->GetColumnFamilyMetaData(handle(family), &metadata);
    const rocksdb::BlobMetaData* const blob = NewestWithGarbage(metadata, files);
    if (blob == nullptr) return {};
    const rocksdb::SstFileMetaData* const table =
        TableReferringTo(metadata, blob->blob_file_number);
    if (table == nullptr || table->file_number == rewritten) {
      return Error(Code::kUnavailable, "a blob file cannot be replaced");
    }
    rewritten = table->file_number;
    if (stopping() || !writable()) return kNotNow;
    SC_TRY(CheckRoomFor(blob->blob_file_size));
    const rocksdb::Slice begin(table->smallestkey);
    const rocksdb::Slice end(table->largestkey);
    SC_TRY(ToStatus(db_->CompactRange(WithItsBlobs(), handle(family), &begin, &end)));
  }
}

// A write that fails for want of room stops all writing, so it is not tried when it might.
Status Database::CheckRoomFor(std::uint64_t bytes) const {
  constexpr std::uint64_t kSpare = std::uint64_t{16} << 20;
  std::uint64_t free_bytes = 0;
  SC_TRY(ToStatus(db_->GetEnv()->GetFreeSpace(db_->GetName(), &free_bytes)));
  if (free_bytes < 2 * bytes + kSpare) return Error(Code::kNoSpace, "the store's disk is full");
  return {};
}

Result<FileNumbers> Database::Logs() const { return FilesOf(*db_, FileKind::kLog); }

Result<FileNumbers> Database::TablesAndBlobs() const { return FilesOf(*db_, FileKind::kData); }

Result<bool> Database::Removed(const FileNumbers& files) {
  // The second call looks for files that nothing needs, which otherwise the next flush or
  // compaction does. While a backup is made it does nothing.
  SC_TRY(ToStatus(db_->DisableFileDeletions()));
  SC_TRY(ToStatus(db_->EnableFileDeletions(/*force=*/false)));
  SC_ASSIGN(FileNumbers there, FilesOf(*db_, FileKind::kData));
  SC_ASSIGN(const FileNumbers logs, FilesOf(*db_, FileKind::kLog));
  there.insert(logs.begin(), logs.end());
  for (rocksdb::ColumnFamilyHandle* const family : handles_) {
    rocksdb::ColumnFamilyMetaData metadata;
    db_->GetColumnFamilyMetaData(family, &metadata);
    for (const rocksdb::LevelMetaData& level : metadata.levels) {
      for (const rocksdb::SstFileMetaData& file : level.files) there.erase(file.file_number);
    }
    for (const rocksdb::BlobMetaData& blob : metadata.blob_files) {
      there.erase(blob.blob_file_number);
    }
  }
  return std::none_of(files.begin(), files.end(),
                      [&](std::uint64_t file) { return there.contains(file); });
}

}  // namespace safeconduct::storage
