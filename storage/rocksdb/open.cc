// Opening, checking against the mark, and recovering: the part of RocksDbStore that decides whether
// a folder is a store that lost nothing.
#include <rocksdb/env.h>

#include <algorithm>

#include "storage/rocksdb/backup.h"
#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/log_check.h"
#include "storage/rocksdb/open_store.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/status.h"
#include "storage/rocksdb/store.h"

namespace safeconduct::storage {
namespace {

constexpr std::uint64_t kFormatVersion = 1;

constexpr Error kLost(Code::kCorrupted, "acknowledged writes are missing from the store's log");
constexpr Error kNoMark(Code::kCorrupted, "the store's mark is missing");
constexpr Error kNewer(Code::kUnsupported, "the store was written by a newer version");

// A folder that only a making which was interrupted can have left, so that nothing is lost in it.
bool Unfinished(const std::optional<LogState>& state, Mark mark) {
  return mark.write == 0 && (!state || !state->format);
}

}  // namespace

Status RocksDbStore::Open(OpenDiagnosis& diagnosis) {
  if (settings_.mode == OpenMode::kInspect) return OpenToInspect(diagnosis);
  SC_TRY(OpenToServe(diagnosis));
  reclaimer_ = std::make_unique<Reclaimer>(slot_, settings_.reclaim_bytes);
  purger_ = std::make_unique<Purger>(slot_);
  return {};
}

Status RocksDbStore::OpenToInspect(OpenDiagnosis& diagnosis) {
  SC_ASSIGN(const bool empty, FolderIsEmpty(layout_.database));
  if (empty) return Error(Code::kNotFound, "there is no store in the folder");
  SC_ASSIGN(lock_, LockFolder(layout_, Lock::kIfThere));
  const auto state = CheckLog(layout_.database, settings_, env_, &diagnosis.detail);
  if (!state.ok() && state.error().code() == Code::kUnsupported) return state.error();
  if (state.ok() && *state && (*state)->format.value_or(0) > kFormatVersion) return kNewer;
  SC_ASSIGN(auto database, Database::Open(layout_.database, Database::Access::kInspect, settings_,
                                          env_, &diagnosis.detail));
  const Reader reader(*database);
  if (const auto committed = reader.Counter(keys::kCommitted); committed.ok()) {
    committed_ = *committed;
  }
  (void)uploads_.Load(*database);  // damage there is for Verify to name
  Install(std::move(database));
  return {};
}

Status RocksDbStore::OpenToServe(OpenDiagnosis& diagnosis) {
  SC_TRY(MakeFolder(settings_.folder));
  SC_ASSIGN(lock_, LockFolder(layout_, Lock::kMake));
  SC_ASSIGN(const std::optional<Mark> mark, MarkFile::Read(layout_.mark));
  if (!mark) {
    // The mark is made before the database, so without it only an empty folder is a new store.
    SC_ASSIGN(const bool empty, FolderIsEmpty(layout_.database));
    if (!empty) return kNoMark;
  }
  SC_TRY(CheckAgainstMark(mark.value_or(Mark{}), diagnosis));
  SC_ASSIGN(mark_, MarkFile::Open(layout_.mark, mark.value_or(Mark{})));
  return OpenDatabase(diagnosis);
}

Status RocksDbStore::CheckAgainstMark(Mark mark, OpenDiagnosis& diagnosis) {
  diagnosis = {};
  diagnosis.expected_write = mark.write;
  diagnosis.expected_sequence = mark.sequence;
  SC_ASSIGN(const std::optional<LogState> state,
            CheckLog(layout_.database, settings_, env_, &diagnosis.detail));
  if (Unfinished(state, mark)) return {};
  if (!state) return kLost;
  diagnosis.last_write = state->last_write;
  diagnosis.last_sequence = state->committed;
  diagnosis.log_file = state->log_file;
  if (!state->format) return Error(Code::kCorrupted, "the store's format is missing");
  if (*state->format > kFormatVersion) return kNewer;
  if (state->gap_after != 0) {
    diagnosis.last_write = state->gap_after;
    return Error(Code::kCorrupted, "writes are missing between two logs of the store");
  }
  if (state->last_write < mark.write) return kLost;
  return {};
}

// Opens RocksDB and everything that is counted from it. The mark must have been compared.
Status RocksDbStore::OpenDatabase(OpenDiagnosis& diagnosis) {
  SC_ASSIGN(auto database, Database::Open(layout_.database, Database::Access::kWrite, settings_,
                                          env_, &diagnosis.detail));
  SC_TRY(uploads_.Load(*database));
  SC_ASSIGN(committed_, Reader(*database).Counter(keys::kCommitted));
  SC_TRY(FirstWrite(*database));
  Install(std::move(database));
  return {};
}

void RocksDbStore::Install(std::unique_ptr<Database> database) {
  staged_ = std::make_unique<Changes>(*database);
  slot_.Set(std::move(database));
}

// Shows that the disk takes writes, and that RocksDB numbers them as the mark supposes.
Status RocksDbStore::FirstWrite(Database& database) {
  Changes changes(database);
  changes.Put(Family::kMeta, AsBytes(keys::kFormat), keys::Number(kFormatVersion));
  SC_ASSIGN(const WriteNumber written, database.Write(changes, Sync::kYes));
  if (written != database.LastWrite()) {
    return Error(Code::kInternal, "this RocksDB numbers its writes in another way");
  }
  SC_TRY(mark_->Sync());
  return mark_->Advance({written, committed_});
}

// --- Recover ----------------------------------------------------------------------------------

// Whether the disk takes and syncs a small file and has room for what the log holds, before a
// database that can still be read is closed.
Status RocksDbStore::TryDisk() const {
  std::uint64_t log_bytes = 0;
  std::vector<rocksdb::Env::FileAttributes> files;
  SC_TRY(ToStatus(env_->GetChildrenFileAttributes(layout_.database, &files)));
  for (const auto& file : files) {
    if (file.name.ends_with(".log")) log_bytes += file.size_bytes;
  }
  SC_ASSIGN(const std::uint64_t free_bytes, FreeBytes());
  if (free_bytes < log_bytes) return Error(Code::kNoSpace, "the store's disk is full");

  const std::string path = layout_.database + "/recovery-probe.log";
  const rocksdb::Status written =
      rocksdb::WriteStringToFile(env_, std::string(4096, 'x'), path, true);
  const rocksdb::Status deleted = env_->DeleteFile(path);
  SC_TRY(ToStatus(written));
  return ToStatus(deleted);
}

Status RocksDbStore::Recover() {
  if (const auto database = slot_.Use(); database.ok()) {
    if ((*database)->writable() && FirstWrite(**database).ok()) return {};
    SC_TRY(TryDisk());
  }
  slot_.Close();
  OpenDiagnosis diagnosis;
  const auto reopen = [&]() -> Status {
    SC_TRY(CheckAgainstMark(mark_->current(), diagnosis));
    return OpenDatabase(diagnosis);
  };
  const Status reopened = reopen();
  if (!reopened.ok()) {  // the fault goes on: what is there can be read meanwhile
    auto readable =
        Database::Open(layout_.database, Database::Access::kRead, settings_, env_, nullptr);
    if (readable.ok()) Install(*std::move(readable));
  }
  purger_->Wake();
  return reopened;
}

// --- Functions of the public header -----------------------------------------------------------

Result<std::unique_ptr<EnvelopeStore>> OpenRocksDbOn(rocksdb::Env* env,
                                                     const RocksDbSettings& settings,
                                                     OpenDiagnosis* diagnosis) {
  OpenDiagnosis unused;
  auto store = std::make_unique<RocksDbStore>(settings, env);
  SC_TRY(store->Open(diagnosis != nullptr ? *diagnosis : unused));
  return std::unique_ptr<EnvelopeStore>(std::move(store));
}

Result<std::unique_ptr<EnvelopeStore>> OpenRocksDb(const RocksDbSettings& settings,
                                                   OpenDiagnosis* diagnosis) {
  return OpenRocksDbOn(rocksdb::Env::Default(), settings, diagnosis);
}

Status FinishErasures(EnvelopeStore& store) {
  return static_cast<RocksDbStore&>(store).FinishErasures();
}

void WaitForReclaim(EnvelopeStore& store) { static_cast<RocksDbStore&>(store).WaitForReclaim(); }

Status RestoreBackup(const std::string& backup_folder, const std::string& target_folder) {
  const Layout layout(target_folder);
  SC_ASSIGN(const bool empty, FolderIsEmpty(target_folder));
  if (!empty) return Error(Code::kExists, "the folder to restore to is not empty");
  SC_TRY(MakeFolder(target_folder));
  SC_ASSIGN(const Descriptor lock, LockFolder(layout, Lock::kMake));
  SC_ASSIGN(const WriteNumber synced, RestoreDatabase(backup_folder, layout.database));
  RocksDbSettings settings;
  settings.folder = target_folder;
  SC_ASSIGN(const std::optional<LogState> state,
            CheckLog(layout.database, settings, rocksdb::Env::Default(), nullptr));
  if (!state || !state->format || state->last_write < synced || state->gap_after != 0) {
    return Error(Code::kCorrupted, "the backup is not whole");
  }
  SC_TRY(SyncFileSystem(target_folder));
  // The mark goes last: without it a restoring that was interrupted is not taken for a store.
  SC_ASSIGN(const auto mark, MarkFile::Open(layout.mark, {state->last_write, state->committed}));
  return {};
}

}  // namespace safeconduct::storage
