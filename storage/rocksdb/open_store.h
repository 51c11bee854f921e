// Opening with another file system under RocksDB, for tests that make it fail.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_OPEN_STORE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_OPEN_STORE_H_

#include <memory>

#include "storage/rocksdb/rocksdb_store.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace safeconduct::storage {

// As OpenRocksDb. `env` must outlive the store.
Result<std::unique_ptr<EnvelopeStore>> OpenRocksDbOn(rocksdb::Env* env,
                                                     const RocksDbSettings& settings,
                                                     OpenDiagnosis* diagnosis);

// Until what was deleted from a store of OpenRocksDb so far is reclaimed, if it is enough to be.
void WaitForReclaim(EnvelopeStore& store);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_OPEN_STORE_H_
