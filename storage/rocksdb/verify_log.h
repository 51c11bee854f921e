// What `verify` looks for in the report log: that its parts are all there, and that every leaf can
// be read and has its place if it was its turn. What the parts say is the log's to check, at the
// start of the gateway.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_LOG_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_LOG_H_

#include <vector>

#include "storage/envelope_store.h"
#include "storage/rocksdb/slot.h"

namespace safeconduct::storage {

// Appends to `damaged`. kUnavailable when the store is closed or recovers.
Status VerifyLog(const DatabaseSlot& slot, std::vector<Damage>& damaged);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_LOG_H_
