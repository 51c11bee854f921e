// The store's folder: its lock, and the few system calls on it that are not RocksDB's.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_FOLDER_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_FOLDER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "crypto/base/result.h"

namespace safeconduct::storage {

// kNoSpace for a full disk or quota, else kUnavailable.
Error FromErrno(int number);

// An open file, closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  bool ok() const { return number_ >= 0; }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// What lies in a store's folder.
struct Layout {
  explicit Layout(const std::string& folder)
      : lock(folder + "/lock"), mark(folder + "/mark"), database(folder + "/db") {}
  std::string lock;
  std::string mark;
  std::string database;
};

enum class Lock : std::uint8_t { kMake, kIfThere };
// Keeps other processes, and other stores of this one, out for the life of the descriptor. kBusy.
Result<Descriptor> LockFolder(const Layout& layout, Lock how);

// With mode 0700; ok when it is there already.
Status MakeFolder(const std::string& folder);
// True also when there is no such folder.
Result<bool> FolderIsEmpty(const std::string& folder);
Status SyncFolder(const std::string& folder);
// Everything on the file system of `folder`.
Status SyncFileSystem(const std::string& folder);
Result<std::uint64_t> FreeBytesOf(const std::string& folder);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_FOLDER_H_
