// RocksDB's outcomes in the project's closed set of codes.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_STATUS_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_STATUS_H_

#include "crypto/base/result.h"

namespace rocksdb {
class Status;
}  // namespace rocksdb

namespace safeconduct::storage {

// kNotFound, kCorrupted (checksums, missing files), kNoSpace, kInternal for what is a defect of
// ours, and kUnavailable for every other failure of I/O.
Error ToError(const rocksdb::Status& status);
Status ToStatus(const rocksdb::Status& status);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_STATUS_H_
