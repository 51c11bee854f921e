// Copies of a running store by RocksDB's backup engine: incremental, checksummed. The mark is no
// part of them, since the copy is of another moment; restoring makes one that fits.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_BACKUP_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_BACKUP_H_

#include <cstdint>
#include <string>

#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

// `synced` is the newest write that the copy must hold, which restoring checks. `kept`: how many
// backups stay, 0 for all. Ends with kUnavailable when the database is stopped.
Status BackUp(Database& database, const std::string& folder, WriteNumber synced,
              std::uint32_t kept);

// Restores RocksDB's files of the newest backup into `database_folder`. The write that it must
// hold. kNotFound, kCorrupted, kNoSpace, kUnavailable.
Result<WriteNumber> RestoreDatabase(const std::string& backup_folder,
                                    const std::string& database_folder);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_BACKUP_H_
