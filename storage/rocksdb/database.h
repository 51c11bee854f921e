// Database: an open RocksDB with this store's column families. The only place, with log_check and
// backup, that knows RocksDB; the rest of the folder is written in terms of it.
//
// Thread-safety: all but the constructor and destructor may be called by any thread at any time;
// Changes and Cursor belong to one thread.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_DATABASE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_DATABASE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class Iterator;
class WriteBatch;
}  // namespace rocksdb

namespace safeconduct::storage {

enum class Family : std::uint8_t {
  kMeta,       // format and counters
  kCases,      // records of cases
  kEnvelopes,  // sealed reports and payloads, in blob files
  kEvents,
  kLeaves,
  kLookup,    // report id and mailbox to sequence
  kChannels,  // cases by channel
  kUploads,   // records of uploads and their indexes
  kPieces,    // of uploads, in blob files
  kCharters,  // and texts
  kLog,       // what the report log is kept in
  kMarks,     // what holders have read
};
inline constexpr std::size_t kFamilies = 12;
inline constexpr std::array<std::string_view, kFamilies> kFamilyNames = {
    "default",  "cases",   "envelopes", "events",   "leaves", "lookup",
    "channels", "uploads", "pieces",    "charters", "log",    "marks"};

enum class Sync : std::uint8_t { kNo, kYes };

// The place of a write in the log: rises with every change, in the order of the log.
using WriteNumber = std::uint64_t;

// RocksDB's numbers of its logs, tables and blob files; no two files have the same.
using FileNumbers = std::set<std::uint64_t>;

class Database;

// Changes that are written together or not at all.
class Changes {
 public:
  explicit Changes(const Database& database);  // which must outlive it
  ~Changes();
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  // The value is the concatenation of the parts; all is copied once.
  void Put(Family family, ByteView key, std::initializer_list<ByteView> value);
  void Put(Family family, ByteView key, ByteView value) { Put(family, key, {value}); }
  void Put(Family family, ByteView key, std::string_view value) {
    Put(family, key, {AsBytes(value)});
  }
  void Delete(Family family, ByteView key);
  // Goes into the log only, and away with it. It has no write number of its own, so it never comes
  // alone: beside it stands at least one change.
  void Note(ByteView bytes);
  void Clear();  // keeps the memory

 private:
  friend class Database;
  const Database& database_;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

// Reads one family in the order of keys, from `lower` to before `upper` (empty: to the end).
// Bypasses the caches when it scans.
class Cursor {
 public:
  enum class Use : std::uint8_t { kPage, kScan };
  Cursor(const Database& database, Family family, ByteView lower, ByteView upper,
         Use use = Use::kPage);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  void SeekFirst();
  void SeekLast();
  void Seek(ByteView key);
  void Next();
  void Previous();
  bool valid() const;
  ByteView key() const;    // until the next move
  ByteView value() const;  // likewise
  Status status() const;   // why it is not valid; ok at the end
 private:
  struct Bounds;
  std::unique_ptr<Bounds> bounds_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class Database {
 public:
  enum class Access : std::uint8_t {
    kWrite,    // made when it is not there
    kRead,     // writes nothing, not even what a log holds into tables
    kInspect,  // likewise, and opens although tables cannot be read
  };
  // `folder` is RocksDB's own. `detail`, if given, receives RocksDB's words on failure.
  static Result<std::unique_ptr<Database>> Open(const std::string& folder, Access access,
                                                const RocksDbSettings& settings, rocksdb::Env* env,
                                                std::string* detail);
  ~Database();  // stops its background work and closes
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  enum class Caching : std::uint8_t { kFill, kBypass };
  Result<Bytes> Get(Family family, ByteView key, Caching caching = Caching::kFill) const;
  Result<bool> Contains(Family family, ByteView key) const;
  // In the order of the keys given.
  std::vector<Result<Bytes>> GetMany(Family family, std::span<const ByteView> keys) const;

  // The number of the last change. With Sync::kYes it and all before it are on disk. After one
  // that failed, no other is tried: a log with a gap in it must not go on. The database has to be
  // opened anew, which reads the log as far as it is whole.
  Result<WriteNumber> Write(Changes& changes, Sync sync);
  Result<WriteNumber> SyncLog();
  WriteNumber LastWrite() const;
  bool writable() const { return access_ == Access::kWrite && !failed_.load(); }

  // Checks the checksums of all table files; blob files are checked when they are read.
  Status CheckTables() const;

  // --- space of deleted values, in blob files ---
  struct BlobSpace {
    std::uint64_t live_bytes = 0;
    std::uint64_t garbage_bytes = 0;
  };
  BlobSpace Space(Family family) const;
  // Applies deletions to keys from `lower` to `upper`, so that what they freed is known.
  Status Compact(Family family, ByteView lower, ByteView upper);
  // Rewrites blob files that hold garbage, a table file's worth at a time.
  Status CollectGarbage(Family family);

  // --- bytes of deleted and overwritten values, on the disk ---
  // Writes what is in memory to tables. Logs of before are not needed then.
  Status Flush();
  // Compacts until no table holds another version of the keys from `lower` to `upper` than the
  // newest; nobody may write to them meanwhile. Their old values are garbage in blob files then.
  Status DropOldVersions(Family family, ByteView lower, ByteView upper);
  // Rewrites until none of `files` is a blob file with garbage. kNoSpace when there is no room.
  Status ReplaceBlobFiles(Family family, const FileNumbers& files);
  // Files in the folder: logs that are not empty; tables and blob files.
  Result<FileNumbers> Logs() const;
  Result<FileNumbers> TablesAndBlobs() const;
  // Deletes what nothing needs. Whether all of `files` are gone but for tables and blob files in
  // use.
  Result<bool> Removed(const FileNumbers& files);

  // Makes long work (compaction on demand, a backup) end soon. For closing.
  void Stop();
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

  rocksdb::DB& raw() const { return *db_; }

 private:
  friend class Changes;
  friend class Cursor;
  explicit Database(Access access);
  Result<bool> HasOldVersions(Family family, ByteView lower, ByteView upper) const;
  Status CheckRoomFor(std::uint64_t bytes) const;
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }

  std::unique_ptr<rocksdb::DB> db_;
  // Null: a family that is younger than the store, of a database that is only read.
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> handles_{};
  const Access access_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> failed_ = false;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_DATABASE_H_
