// Looks at a RocksDB folder without changing it: which format it has, and how far its log reads.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_LOG_CHECK_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_LOG_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

struct LogState {
  std::optional<std::uint64_t> format;  // none: the store's making was interrupted
  WriteNumber last_write = 0;
  Sequence committed = 0;     // the greatest sequence number committed
  std::string log_file;       // the log in which reading ended; empty: there is nothing in any
  WriteNumber gap_after = 0;  // the log goes on later than after this write; 0: without a gap
};

// None when there is no database in `folder`. Errors: kUnsupported (column families of a newer
// version), kCorrupted, kUnavailable; `detail` receives RocksDB's words.
Result<std::optional<LogState>> CheckLog(const std::string& folder, const RocksDbSettings& settings,
                                         rocksdb::Env* env, std::string* detail);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_LOG_CHECK_H_
