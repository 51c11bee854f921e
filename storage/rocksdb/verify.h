// Verify: reads every record and checks it against its checksums, digests, chain and indexes. One
// damaged block of a table file hides many records, so records are looked up one by one by the
// numbers that every index knows, and what cannot be read is named.
//
// Runs beside writers: what changes while it is checked is not taken for damage.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_H_

#include "storage/envelope_store.h"
#include "storage/rocksdb/slot.h"

namespace safeconduct::storage {

// kUnavailable when the store is closed meanwhile.
Result<VerifyReport> VerifyStore(const DatabaseSlot& slot);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_H_
