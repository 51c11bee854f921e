#include "storage/relay/database.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace safeconduct::storage::relay {
namespace {

constexpr std::array<const char*, kFamilies> kNames = {"default", "seen",     "parts",   "threads",
                                                       "queue",   "outgoing", "provider"};
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

Error ToError(const rocksdb::Status& status) {
  if (status.IsNotFound()) return Error(Code::kNotFound, "no such record");
  if (status.IsCorruption()) {
    return Error(Code::kCorrupted, "stored bytes of the relay are damaged or missing");
  }
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) {
    return Error(Code::kNoSpace, "the relay's disk is full");
  }
  if (status.IsBusy() || status.subcode() == rocksdb::Status::kLockTimeout) {
    return Error(Code::kBusy, "another process has the relay's store open");
  }
  return Error(Code::kUnavailable, "the relay's disk does not answer");
}

// After a failed write RocksDB may go on in the log that failed; opening anew is the one way back.
class NoRecoveryByItself final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

rocksdb::DBOptions MakeOptions() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.max_total_wal_size = 64 * kMiB;
  options.max_open_files = 128;
  options.max_background_jobs = 2;
  options.bytes_per_sync = kMiB;
  options.max_bgerror_resume_count = 0;
  options.listeners.push_back(std::make_shared<NoRecoveryByItself>());
  // RocksDB's log names keys from the level of information on; warnings name files only.
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = kMiB;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(16 * kMiB);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // is this id new?
  rocksdb::ColumnFamilyOptions base;
  base.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  base.compression = rocksdb::kNoCompression;  // ciphertext and hashes
  base.write_buffer_size = 8 * kMiB;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kNames) families.emplace_back(name, base);
  // What goes out before its memory is full never becomes a file.
  families[static_cast<std::size_t>(Family::kQueue)].options.write_buffer_size = 32 * kMiB;
  return families;
}

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace

struct Database::State {
  explicit State(std::string path) : folder(std::move(path)) {}
  ~State() { Close(); }

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles[static_cast<std::size_t>(family)];
  }
  Status Open() {
    std::vector<rocksdb::ColumnFamilyHandle*> opened;
    rocksdb::DB* raw = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::Open(MakeOptions(), folder, MakeFamilies(), &opened, &raw);
    if (!status.ok()) {
      // The lock's error has no code of its own.
      if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
        return Error(Code::kBusy, "another process has the relay's store open");
      }
      return ToError(status);
    }
    db.reset(raw);
    handles = std::move(opened);
    failed = false;
    return {};
  }
  void Close() {
    if (db == nullptr) return;
    for (rocksdb::ColumnFamilyHandle* each : handles) (void)db->DestroyColumnFamilyHandle(each);
    handles.clear();
    (void)db->Close();
    db.reset();
  }

  const std::string folder;
  mutable std::shared_mutex opening;  // shared by all who use the database, but for opening it anew
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  std::atomic<bool> failed{false};
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error(Code::kUnavailable, "the relay's folder cannot be made");
  }
  auto state = std::make_unique<State>(folder);
  SC_TRY(state->Open());
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Status Database::OpenAgain() {
  const std::unique_lock alone(state_->opening);
  if (state_->db != nullptr && !state_->failed) return {};
  state_->Close();
  return state_->Open();
}

Result<std::string> Database::Get(Family family, std::string_view key) const {
  const std::shared_lock lock(state_->opening);
  if (state_->db == nullptr) return Error(Code::kUnavailable, "the relay's store is not open");
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      state_->db->Get(rocksdb::ReadOptions(), state_->handle(family), ToSlice(key), &value);
  if (!status.ok()) return ToError(status);
  return value.ToString();
}

Status Database::Apply(const Writes& writes, Sync sync) {
  if (state_->failed) SC_TRY(OpenAgain());
  const std::shared_lock lock(state_->opening);
  if (state_->db == nullptr || state_->failed) {
    return Error(Code::kUnavailable, "the relay's store is not open");
  }
  rocksdb::WriteBatch batch;
  for (const Write& write : writes) {
    rocksdb::ColumnFamilyHandle* const family = state_->handle(write.family);
    const rocksdb::Status put =
        write.value ? batch.Put(family, write.key, *write.value) : batch.Delete(family, write.key);
    if (!put.ok()) return ToError(put);
  }
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::kYes;
  const rocksdb::Status status = state_->db->Write(options, &batch);
  if (status.ok()) return {};
  state_->failed = true;
  return ToError(status);
}

Status Database::Scan(Family family, std::string_view lower, const Take& take) const {
  const std::shared_lock lock(state_->opening);
  if (state_->db == nullptr) return Error(Code::kUnavailable, "the relay's store is not open");
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(
      state_->db->NewIterator(options, state_->handle(family)));
  for (at->Seek(ToSlice(lower)); at->Valid(); at->Next()) {
    if (!take(ToView(at->key()), ToView(at->value()))) return {};
  }
  if (!at->status().ok()) return ToError(at->status());
  return {};
}

Status Database::Compact() {
  const std::shared_lock lock(state_->opening);
  if (state_->db == nullptr) return Error(Code::kUnavailable, "the relay's store is not open");
  const rocksdb::Status flushed = state_->db->Flush(rocksdb::FlushOptions(), state_->handles);
  if (!flushed.ok()) return ToError(flushed);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  // Not the queue, which may be large: what was in it, the relay itself cannot open.
  for (const Family family :
       {Family::kParts, Family::kThreads, Family::kOutgoing, Family::kProvider}) {
    const rocksdb::Status done =
        state_->db->CompactRange(options, state_->handle(family), nullptr, nullptr);
    if (!done.ok()) return ToError(done);
  }
  return {};
}

}  // namespace safeconduct::storage::relay
