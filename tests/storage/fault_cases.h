// The faults of a disk that every kind of write has to survive, and a store on such a disk.
#ifndef SAFECONDUCT_TESTS_STORAGE_FAULT_CASES_H_
#define SAFECONDUCT_TESTS_STORAGE_FAULT_CASES_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/rocksdb/open_store.h"
#include "tests/storage/fault_disk.h"

namespace safeconduct::storage {

struct FaultCase {
  const char* name;
  DiskFault fault;
  const char* ending;
  Code code;
};

inline constexpr FaultCase kFaultCases[] = {
    FaultCase{"LogSync", DiskFault::kSyncsFail, ".log", Code::kUnavailable},
    FaultCase{"LogWrite", DiskFault::kWritesFail, ".log", Code::kUnavailable},
    FaultCase{"LogFull", DiskFault::kFull, ".log", Code::kNoSpace},
    FaultCase{"BlobWrite", DiskFault::kWritesFail, ".blob", Code::kUnavailable},
    FaultCase{"BlobFull", DiskFault::kFull, ".blob", Code::kNoSpace},
    FaultCase{"TableSync", DiskFault::kSyncsFail, ".sst", Code::kUnavailable},
    FaultCase{"AllSync", DiskFault::kSyncsFail, "", Code::kUnavailable},
    FaultCase{"AllFull", DiskFault::kFull, "", Code::kNoSpace},
    FaultCase{"ReadOnly", DiskFault::kReadOnly, "", Code::kUnavailable}};

inline RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = 2 << 20;  // flushes belong to the picture
  return settings;
}

inline std::unique_ptr<EnvelopeStore> OpenOn(FaultDisk& disk, const std::string& folder) {
  OpenDiagnosis diagnosis;
  auto opened = OpenRocksDbOn(disk.env(), SettingsFor(folder), &diagnosis);
  EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message()) << diagnosis.detail;
  return opened.ok() ? *std::move(opened) : nullptr;
}

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_FAULT_CASES_H_
