// How RocksDB is set up: memory, files and threads. Every choice here can change between versions
// without a change of the format, but for comparators and blob or table formats.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_OPTIONS_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_OPTIONS_H_

#include <vector>

#include "storage/rocksdb/database.h"

namespace rocksdb {
class Logger;
struct ColumnFamilyDescriptor;
struct DBOptions;
}  // namespace rocksdb

namespace safeconduct::storage {

rocksdb::DBOptions MakeOptions(const RocksDbSettings& settings, rocksdb::Env* env);

// One for each Family, in order.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const RocksDbSettings& settings);

// Discards everything: for opening without a trace in the folder.
std::shared_ptr<rocksdb::Logger> SilentLog();

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_OPTIONS_H_
