#include "tests/storage/fault_disk.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

enum class Operation : std::uint8_t { kOpen, kWrite, kSync, kChange };

// What the wrappers share.
class Control {
 public:
  void Set(DiskFault fault, std::string ending, std::uint64_t after, std::uint64_t times) {
    const std::lock_guard<std::mutex> lock(mutex_);
    fault_ = fault;
    ending_ = std::move(ending);
    after_ = after;
    times_ = times;
    failures_ = 0;
  }

  IOStatus Meet(const std::string& path, Operation operation) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (fault_ == DiskFault::kNone || !path.ends_with(ending_)) return IOStatus::OK();
    const IOStatus failure = FailureOf(operation);
    if (failure.ok()) return failure;
    if (after_ > 0) {
      --after_;
      return IOStatus::OK();
    }
    if (times_ == 0) return IOStatus::OK();
    --times_;
    ++failures_;
    return failure;
  }

  std::uint64_t failures() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return failures_;
  }

  void Wrote(const std::string& path, std::uint64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[path].size += bytes;
  }
  void Synced(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[path].synced = files_[path].size;
  }
  void Made(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[path] = {};
  }
  void Renamed(const std::string& from, const std::string& to) {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[to] = files_[from];
    files_.erase(from);
  }

  // Held by every operation that changes a file, and alone by a copy of all.
  std::shared_mutex& changing() { return changing_; }

  struct File {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
  };
  // None of a file that was there before.
  const File* Find(const std::string& path) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
  }

 private:
  IOStatus FailureOf(Operation operation) const {
    switch (fault_) {
      case DiskFault::kSyncsFail:
        return operation == Operation::kSync ? IOStatus::IOError("EIO") : IOStatus::OK();
      case DiskFault::kWritesFail:
        return operation == Operation::kWrite ? IOStatus::IOError("EIO") : IOStatus::OK();
      case DiskFault::kFull:
        return operation == Operation::kWrite ? IOStatus::NoSpace("ENOSPC") : IOStatus::OK();
      case DiskFault::kReadOnly:
        return IOStatus::IOError("EROFS");
      case DiskFault::kNone:
        break;
    }
    return IOStatus::OK();
  }

  std::shared_mutex changing_;
  mutable std::mutex mutex_;
  DiskFault fault_ = DiskFault::kNone;
  std::string ending_;
  std::uint64_t after_ = 0;
  std::uint64_t times_ = 0;
  std::uint64_t failures_ = 0;
  std::map<std::string, File> files_;
};

class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path, Control& control)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), control_(control) {}

  using FSWritableFileOwnerWrapper::Append;
  using FSWritableFileOwnerWrapper::PositionedAppend;
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const std::shared_lock<std::shared_mutex> changing(control_.changing());
    const IOStatus met = control_.Meet(path_, Operation::kWrite);
    const Slice arriving(data.data(), met.ok() ? data.size() : data.size() / 2);
    const IOStatus written = FSWritableFileOwnerWrapper::Append(arriving, options, debug);
    if (written.ok()) control_.Wrote(path_, arriving.size());
    return met.ok() ? written : met;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const std::shared_lock<std::shared_mutex> changing(control_.changing());
    IOStatus status = control_.Meet(path_, Operation::kSync);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Sync(options, debug);
    if (status.ok()) control_.Synced(path_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const std::shared_lock<std::shared_mutex> changing(control_.changing());
    IOStatus status = control_.Meet(path_, Operation::kSync);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Fsync(options, debug);
    if (status.ok()) control_.Synced(path_);
    return status;
  }

 private:
  const std::string path_;
  Control& control_;
};

class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(Control& control)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), control_(control) {}

  const char* Name() const override { return "FaultFileSystem"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    const std::shared_lock<std::shared_mutex> changing(control_.changing());
    const IOStatus met = control_.Meet(path, Operation::kOpen);
    if (!met.ok()) return met;
    const IOStatus status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (!status.ok()) return status;
    control_.Made(path);
    *result = std::make_unique<FaultFile>(std::move(*result), path, control_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    const std::shared_lock<std::shared_mutex> changing(control_.changing());
    const IOStatus met = control_.Meet(to, Operation::kChange);
    if (!met.ok()) return met;
    const IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
    if (status.ok()) control_.Renamed(from, to);
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    const std::shared_lock<std::shared_mutex> changing(control_.changing());
    const IOStatus met = control_.Meet(path, Operation::kChange);
    return met.ok() ? FileSystemWrapper::DeleteFile(path, options, debug) : met;
  }

 private:
  Control& control_;
};

}  // namespace

struct FaultDisk::Parts {
  Control control;
  std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<FaultFileSystem>(control));
};

FaultDisk::FaultDisk() : parts_(std::make_unique<Parts>()) {}
FaultDisk::~FaultDisk() = default;

rocksdb::Env* FaultDisk::env() { return parts_->env.get(); }

void FaultDisk::Set(DiskFault fault, const std::string& ending) {
  parts_->control.Set(fault, ending, 0, ~std::uint64_t{0});
}

void FaultDisk::SetAfter(DiskFault fault, std::uint64_t after, std::uint64_t times) {
  parts_->control.Set(fault, "", after, times);
}

std::uint64_t FaultDisk::failures() const { return parts_->control.failures(); }

void FaultDisk::CopyAsItIs(const std::string& from, const std::string& to) {
  const std::unique_lock<std::shared_mutex> changing(parts_->control.changing());
  CopyFolder(from, to);
}

void FaultDisk::CopyAfterPowerLoss(const std::string& from, const std::string& to, Tail tail,
                                   std::uint64_t seed) {
  const std::unique_lock<std::shared_mutex> changing(parts_->control.changing());
  CopyFolder(from, to);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(to)) {
    if (!entry.is_regular_file()) continue;
    const std::string original = from + entry.path().string().substr(to.size());
    const Control::File* const file = parts_->control.Find(original);
    if (file == nullptr) continue;
    std::uint64_t kept = file->synced;
    if (tail == Tail::kTorn && file->size > kept) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      kept += (seed >> 33) % (file->size - kept + 1);
    }
    if (entry.file_size() > kept) std::filesystem::resize_file(entry.path(), kept);
  }
}

}  // namespace safeconduct::storage
