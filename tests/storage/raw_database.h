// A store's database, opened by RocksDB itself without any of our code.
#ifndef SAFECONDUCT_TESTS_STORAGE_RAW_DATABASE_H_
#define SAFECONDUCT_TESTS_STORAGE_RAW_DATABASE_H_

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/base/encoding.h"

namespace safeconduct::storage {

class RawDatabase {
 public:
  explicit RawDatabase(const std::string& folder) {
    std::vector<std::string> names;
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, folder, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) families.emplace_back(name, Options());
    rocksdb::DB* raw = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open({}, folder, families, &handles_, &raw);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db_.reset(raw);
  }
  ~RawDatabase() {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      EXPECT_TRUE(db_->DestroyColumnFamilyHandle(handle).ok());
    }
  }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  // "family hex-of-key" to value.
  std::map<std::string, std::string> All() {
    std::map<std::string, std::string> all;
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      const std::unique_ptr<rocksdb::Iterator> next(db_->NewIterator({}, handle));
      for (next->SeekToFirst(); next->Valid(); next->Next()) {
        all[handle->GetName() + " " + HexEncode(AsBytes(next->key().ToStringView()))] =
            next->value().ToString();
      }
      EXPECT_TRUE(next->status().ok());
    }
    return all;
  }

  void Put(const std::string& family, const std::string& key, const std::string& value) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      if (handle->GetName() != family) continue;
      EXPECT_TRUE(db_->Put({}, handle, key, value).ok());
    }
  }
  void Delete(const std::string& family, const std::string& key) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      if (handle->GetName() != family) continue;
      EXPECT_TRUE(db_->Delete({}, handle, key).ok());
    }
  }
  void MakeFamily(const std::string& name) {
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    EXPECT_TRUE(db_->CreateColumnFamily(Options(), name, &handle).ok());
    handles_.push_back(handle);
  }
  void DropFamily(const std::string& name) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      if (handle->GetName() != name) continue;
      EXPECT_TRUE(db_->DropColumnFamily(handle).ok());
    }
  }

 private:
  static rocksdb::ColumnFamilyOptions Options() {
    rocksdb::ColumnFamilyOptions options;
    options.enable_blob_files = true;
    return options;
  }

  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_RAW_DATABASE_H_
