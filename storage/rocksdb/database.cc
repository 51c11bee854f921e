#include "storage/rocksdb/database.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "storage/rocksdb/crc32c.h"
#include "storage/rocksdb/options.h"
#include "storage/rocksdb/status.h"

namespace safeconduct::storage {
namespace {

rocksdb::Slice ToSlice(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView ToView(const rocksdb::Slice& slice) {
  return {reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size()};
}

Bytes ToBytes(const rocksdb::Slice& slice) {
  const ByteView view = ToView(slice);
  return {view.begin(), view.end()};
}

constexpr Error kAbsent(Code::kNotFound, "no such record");
constexpr Error kOnlyRead(Code::kUnavailable, "the store's disk failed; it can only be read");

// The number of a batch's last change. RocksDB writes the number of the first one into the first
// 8 bytes of the batch, little-endian, when it takes its place in the log; the store checks at its
// opening that it is so.
WriteNumber LastNumber(const rocksdb::WriteBatch& batch) {
  const std::string& data = batch.Data();
  WriteNumber first = 0;
  for (std::size_t i = 8; i-- > 0;) first = first << 8 | static_cast<std::uint8_t>(data[i]);
  return first + batch.Count() - 1;
}

// Who only reads makes no family. One that is younger than the store is absent then, and read as
// empty.
void KeepThoseThere(const rocksdb::DBOptions& options, const std::string& folder,
                    std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  std::vector<std::string> there;
  if (!rocksdb::DB::ListColumnFamilies(options, folder, &there).ok()) return;  // opening says why
  std::erase_if(families, [&](const rocksdb::ColumnFamilyDescriptor& family) {
    return std::find(there.begin(), there.end(), family.name) == there.end();
  });
}

}  // namespace

// --- Changes ----------------------------------------------------------------------------------

Changes::Changes(const Database& database)
    : database_(database), batch_(std::make_unique<rocksdb::WriteBatch>()) {}

Changes::~Changes() = default;

void Changes::Put(Family family, ByteView key, std::initializer_list<ByteView> value) {
  std::array<rocksdb::Slice, 4> parts;
  std::size_t count = 0;
  for (const ByteView part : value) parts.at(count++) = ToSlice(part);
  const rocksdb::Slice key_part = ToSlice(key);
  const rocksdb::Status status =
      batch_->Put(database_.handle(family), rocksdb::SliceParts(&key_part, 1),
                  rocksdb::SliceParts(parts.data(), static_cast<int>(count)));
  if (!status.ok()) __builtin_trap();  // only for values of 4 GiB
}

void Changes::Delete(Family family, ByteView key) {
  const rocksdb::Status status = batch_->Delete(database_.handle(family), ToSlice(key));
  if (!status.ok()) __builtin_trap();
}

void Changes::Note(ByteView bytes) {
  const rocksdb::Status status = batch_->PutLogData(ToSlice(bytes));
  if (!status.ok()) __builtin_trap();
}

void Changes::Clear() { batch_->Clear(); }

// --- Cursor -----------------------------------------------------------------------------------

struct Cursor::Bounds {
  Bytes lower;
  Bytes upper;
  rocksdb::Slice lower_slice;
  rocksdb::Slice upper_slice;
};

Cursor::Cursor(const Database& database, Family family, ByteView lower, ByteView upper, Use use)
    : bounds_(std::make_unique<Bounds>()) {
  bounds_->lower.assign(lower.begin(), lower.end());
  bounds_->upper.assign(upper.begin(), upper.end());
  bounds_->lower_slice = ToSlice(bounds_->lower);
  bounds_->upper_slice = ToSlice(bounds_->upper);
  rocksdb::ReadOptions options;
  if (!lower.empty()) options.iterate_lower_bound = &bounds_->lower_slice;
  if (!upper.empty()) options.iterate_upper_bound = &bounds_->upper_slice;
  options.fill_cache = use == Use::kPage;
  rocksdb::ColumnFamilyHandle* const handle = database.handle(family);
  iterator_.reset(handle == nullptr ? rocksdb::NewEmptyIterator()
                                    : database.db_->NewIterator(options, handle));
}

Cursor::~Cursor() = default;

void Cursor::SeekFirst() { iterator_->SeekToFirst(); }
void Cursor::SeekLast() { iterator_->SeekToLast(); }
void Cursor::Seek(ByteView key) { iterator_->Seek(ToSlice(key)); }
void Cursor::Next() { iterator_->Next(); }
void Cursor::Previous() { iterator_->Prev(); }
bool Cursor::valid() const { return iterator_->Valid(); }
ByteView Cursor::key() const { return ToView(iterator_->key()); }
ByteView Cursor::value() const { return ToView(iterator_->value()); }
Status Cursor::status() const { return ToStatus(iterator_->status()); }

// --- Database ---------------------------------------------------------------------------------

Result<std::unique_ptr<Database>> Database::Open(const std::string& folder, Access access,
                                                 const RocksDbSettings& settings, rocksdb::Env* env,
                                                 std::string* detail) {
  if (!Crc32cIsRight()) return Error(Code::kInternal, "this processor's checksums are wrong");
  rocksdb::DBOptions options = MakeOptions(settings, env);
  std::vector<rocksdb::ColumnFamilyDescriptor> families = MakeFamilies(settings);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  rocksdb::Status status;
  if (access == Access::kWrite) {
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.avoid_unnecessary_blocking_io = true;  // files are deleted in the background
    status = rocksdb::DB::Open(options, folder, families, &handles, &raw);
  } else {
    options.paranoid_checks = access != Access::kInspect;
    options.info_log = SilentLog();
    KeepThoseThere(options, folder, families);
    status = rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &raw);
  }
  if (!status.ok()) {
    if (detail != nullptr) *detail = status.ToString();
    return ToError(status);
  }
  std::unique_ptr<Database> database(new Database(access));
  database->db_.reset(raw);
  for (rocksdb::ColumnFamilyHandle* const handle : handles) {
    const auto name = std::find(kFamilyNames.begin(), kFamilyNames.end(), handle->GetName());
    database->handles_.at(static_cast<std::size_t>(name - kFamilyNames.begin())) = handle;
  }
  return database;
}

Database::Database(Access access) : access_(access) {}

Database::~Database() {
  Stop();
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    if (handle != nullptr) (void)db_->DestroyColumnFamilyHandle(handle);
  }
  if (db_ != nullptr) (void)db_->Close();
}

void Database::Stop() {
  stopping_.store(true, std::memory_order_relaxed);
  if (db_ != nullptr) db_->DisableManualCompaction();
}

Result<Bytes> Database::Get(Family family, ByteView key, Caching caching) const {
  rocksdb::ReadOptions options;
  options.fill_cache = caching == Caching::kFill;
  if (handle(family) == nullptr) return kAbsent;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = db_->Get(options, handle(family), ToSlice(key), &value);
  if (!status.ok()) return ToError(status);
  return ToBytes(value);
}

Result<bool> Database::Contains(Family family, ByteView key) const {
  if (handle(family) == nullptr) return false;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), handle(family), ToSlice(key), &value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return ToError(status);
}

std::vector<Result<Bytes>> Database::GetMany(Family family, std::span<const ByteView> keys) const {
  if (handle(family) == nullptr) return std::vector<Result<Bytes>>(keys.size(), kAbsent);
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const ByteView key : keys) slices.push_back(ToSlice(key));
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions(), handle(family), slices.size(), slices.data(), values.data(),
                statuses.data());
  std::vector<Result<Bytes>> results;
  results.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      results.emplace_back(ToBytes(values[i]));
    } else {
      results.emplace_back(ToError(statuses[i]));
    }
  }
  return results;
}

Result<WriteNumber> Database::Write(Changes& changes, Sync sync) {
  if (!writable()) return kOnlyRead;
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::kYes;
  const rocksdb::Status status = db_->Write(options, changes.batch_.get());
  if (!status.ok()) {
    failed_ = true;
    return ToError(status);
  }
  return LastNumber(*changes.batch_);
}

Result<WriteNumber> Database::SyncLog() {
  if (!writable()) return kOnlyRead;
  const WriteNumber last = LastWrite();
  const rocksdb::Status status = db_->FlushWAL(true);
  if (!status.ok()) {
    failed_ = true;
    return ToError(status);
  }
  return last;
}

WriteNumber Database::LastWrite() const { return db_->GetLatestSequenceNumber(); }

Status Database::CheckTables() const { return ToStatus(db_->VerifyChecksum()); }

}  // namespace safeconduct::storage
