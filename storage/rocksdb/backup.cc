#include "storage/rocksdb/backup.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/backup_engine.h>

#include <charconv>
#include <memory>

#include "storage/rocksdb/options.h"
#include "storage/rocksdb/status.h"

namespace safeconduct::storage {
namespace {

rocksdb::BackupEngineOptions EngineOptions(const std::string& folder, rocksdb::Logger* log) {
  rocksdb::BackupEngineOptions options(folder);
  options.info_log = log;
  options.sync = true;
  return options;
}

// What is said with each backup: the newest write that it holds, in decimal.
Result<WriteNumber> ParseSynced(const std::string& text) {
  WriteNumber synced = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, synced);
  if (error != std::errc() || rest != end) {
    return Error(Code::kCorrupted, "the backup is not one of this store");
  }
  return synced;
}

}  // namespace

Status BackUp(Database& database, const std::string& folder, WriteNumber synced,
              std::uint32_t kept) {
  const auto log = SilentLog();
  rocksdb::BackupEngine* raw = nullptr;
  SC_TRY(ToStatus(rocksdb::BackupEngine::Open(EngineOptions(folder, log.get()),
                                              database.raw().GetEnv(), &raw)));
  const std::unique_ptr<rocksdb::BackupEngine> engine(raw);
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // so that the log, which every backup copies whole, is short
  options.progress_callback = [&] {
    if (database.stopping()) engine->StopBackup();
  };
  SC_TRY(ToStatus(
      engine->CreateNewBackupWithMetadata(options, &database.raw(), std::to_string(synced))));
  if (kept == 0) return {};
  return ToStatus(engine->PurgeOldBackups(kept));
}

Result<WriteNumber> RestoreDatabase(const std::string& backup_folder,
                                    const std::string& database_folder) {
  const auto log = SilentLog();
  rocksdb::Env* const env = rocksdb::Env::Default();
  if (!env->FileExists(backup_folder + "/meta").ok()) {
    return Error(Code::kNotFound, "there is no backup in that folder");
  }
  rocksdb::BackupEngineReadOnly* raw = nullptr;
  SC_TRY(ToStatus(
      rocksdb::BackupEngineReadOnly::Open(EngineOptions(backup_folder, log.get()), env, &raw)));
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(raw);
  rocksdb::BackupInfo newest;
  SC_TRY(ToStatus(engine->GetLatestBackupInfo(&newest)));
  SC_ASSIGN(const WriteNumber synced, ParseSynced(newest.app_metadata));
  SC_TRY(ToStatus(engine->RestoreDBFromBackup(newest.backup_id, database_folder, database_folder)));
  return synced;
}

}  // namespace safeconduct::storage
