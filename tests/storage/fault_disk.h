// FaultDisk: the file system under RocksDB, which fails when it is told to, and which knows what of
// each file was synced, so that a loss of power can be played.
#ifndef SAFECONDUCT_TESTS_STORAGE_FAULT_DISK_H_
#define SAFECONDUCT_TESTS_STORAGE_FAULT_DISK_H_

#include <cstdint>
#include <memory>
#include <string>

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace safeconduct::storage {

enum class DiskFault : std::uint8_t {
  kNone,
  kSyncsFail,   // EIO
  kWritesFail,  // EIO; half of what is written arrives
  kFull,        // ENOSPC; likewise
  kReadOnly,    // EROFS: nothing can be opened, written or removed
};

// Thread-safety: every call may be made by any thread at any time.
class FaultDisk {
 public:
  FaultDisk();
  ~FaultDisk();

  rocksdb::Env* env();

  // From now on, for files whose names end in `ending`.
  void Set(DiskFault fault, const std::string& ending = "");
  // The fault begins after so many writes and syncs, and lasts for `times` of them.
  void SetAfter(DiskFault fault, std::uint64_t after, std::uint64_t times);
  // Operations that failed since the fault was set.
  std::uint64_t failures() const;

  // Copies a folder as a killed process leaves it: nothing changes meanwhile.
  void CopyAsItIs(const std::string& from, const std::string& to);
  enum class Tail : std::uint8_t { kNone, kTorn };
  // Copies a folder as a loss of power leaves it: of each file what was synced, and with kTorn
  // some more of it, chosen by `seed`.
  void CopyAfterPowerLoss(const std::string& from, const std::string& to, Tail tail,
                          std::uint64_t seed);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_FAULT_DISK_H_
