#include "storage/rocksdb/mark_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "crypto/base/hash.h"
#include "storage/rocksdb/folder.h"
#include "storage/rocksdb/keys.h"

namespace safeconduct::storage {
namespace {

// A slot: magic, generation, write, sequence, SHA-256 of these.
constexpr std::string_view kMagic("scmark\0\1", 8);  // the last byte is the version
constexpr std::size_t kCheckedBytes = 32;
constexpr std::size_t kSlotBytes = kCheckedBytes + 32;
constexpr off_t kSlotDistance = 512;  // in different sectors
constexpr auto kSyncInterval = std::chrono::seconds(1);

struct Slot {
  std::uint64_t generation = 0;
  Mark mark;
};

ByteArray<kSlotBytes> Encode(const Slot& slot) {
  ByteArray<kSlotBytes> bytes;
  std::uint8_t* out = std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
  out = keys::Write(out, slot.generation);
  out = keys::Write(out, slot.mark.write);
  out = keys::Write(out, slot.mark.sequence);
  const Hash checksum = Sha256(ByteView(bytes).first(kCheckedBytes));
  std::copy(checksum.begin(), checksum.end(), out);
  return bytes;
}

Result<Slot> Decode(ByteView bytes) {
  constexpr Error kDamaged(Code::kCorrupted, "the store's mark is damaged");
  if (bytes.size() != kSlotBytes) return kDamaged;
  const Hash checksum = Sha256(bytes.first(kCheckedBytes));
  if (!std::equal(checksum.begin(), checksum.end(), bytes.begin() + kCheckedBytes)) return kDamaged;
  const std::string_view magic = AsText(bytes.first(kMagic.size()));
  if (magic != kMagic) {
    if (magic.substr(0, 7) != kMagic.substr(0, 7)) return kDamaged;
    return Error(Code::kUnsupported, "the store's mark was written by a newer version");
  }
  return Slot{keys::Read(bytes.subspan(8)),
              {keys::Read(bytes.subspan(16)), keys::Read(bytes.subspan(24))}};
}

Result<Slot> ReadSlot(int descriptor, off_t offset) {
  ByteArray<kSlotBytes> bytes;
  const ssize_t size = pread(descriptor, bytes.data(), bytes.size(), offset);
  if (size < 0) return FromErrno(errno);
  return Decode(ByteView(bytes).first(static_cast<std::size_t>(size)));
}

// The newer of the slots that are whole.
Result<Slot> ReadNewest(int descriptor) {
  const Result<Slot> first = ReadSlot(descriptor, 0);
  const Result<Slot> second = ReadSlot(descriptor, kSlotDistance);
  if (!first.ok()) return second.ok() || second.error().code() != Code::kCorrupted ? second : first;
  if (!second.ok()) return first;
  return first->generation > second->generation ? first : second;
}

}  // namespace

Result<std::optional<Mark>> MarkFile::Read(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return std::optional<Mark>();
    return FromErrno(errno);
  }
  SC_ASSIGN(const Slot slot, ReadNewest(file.get()));
  return std::optional<Mark>(slot.mark);
}

Result<std::unique_ptr<MarkFile>> MarkFile::Open(const std::string& path, Mark mark) {
  // A new file gets its name when it is whole, so a kill in between leaves no damaged mark.
  std::string unnamed;
  Descriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.ok() && errno == ENOENT) {
    unnamed = path + ".new";
    file = Descriptor(open(unnamed.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  }
  if (!file.ok()) return FromErrno(errno);
  const int descriptor = file.get();
  std::unique_ptr<MarkFile> opened(new MarkFile(file.release()));
  if (const Result<Slot> newest = ReadNewest(descriptor); newest.ok()) {
    opened->generation_ = newest->generation;
  }
  opened->mark_ = mark;
  {
    const std::lock_guard<std::mutex> lock(opened->mutex_);
    // Both slots, so that the file has its full length and advances never need space.
    SC_TRY(opened->WriteSlot());
    SC_TRY(opened->WriteSlot());
  }
  SC_TRY(opened->Sync());
  if (!unnamed.empty() && rename(unnamed.c_str(), path.c_str()) != 0) return FromErrno(errno);
  SC_TRY(SyncFolder(path.substr(0, path.rfind('/'))));
  opened->syncer_ = std::thread(&MarkFile::SyncLoop, opened.get());
  return opened;
}

MarkFile::~MarkFile() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (syncer_.joinable()) syncer_.join();
  (void)fdatasync(descriptor_);
  (void)close(descriptor_);
}

Status MarkFile::WriteSlot() {
  ++generation_;
  const auto bytes = Encode({generation_, mark_});
  const off_t offset = generation_ % 2 == 0 ? 0 : kSlotDistance;
  const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), offset);
  if (written != static_cast<ssize_t>(bytes.size())) {
    failed_ = true;
    return FromErrno(written < 0 ? errno : EIO);
  }
  dirty_ = true;
  return {};
}

Status MarkFile::Advance(Mark mark) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failed_) return Error(Code::kUnavailable, "the store's mark could not be written");
  if (mark.write <= mark_.write) return {};
  mark_.write = mark.write;
  mark_.sequence = std::max(mark_.sequence, mark.sequence);
  const bool sleeping = !dirty_;
  const Status written = WriteSlot();
  if (sleeping) wake_.notify_one();
  return written;
}

Status MarkFile::Sync() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failed_) {  // what a failed sync left in the cache may never reach the disk: write it anew
    failed_ = false;
    SC_TRY(WriteSlot());
  }
  if (fdatasync(descriptor_) != 0) {
    failed_ = true;
    return FromErrno(errno);
  }
  dirty_ = false;
  return {};
}

Mark MarkFile::current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return mark_;
}

void MarkFile::SyncLoop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    wake_.wait(lock, [this] { return dirty_ || stop_; });
    wake_.wait_for(lock, kSyncInterval, [this] { return stop_; });
    if (stop_) return;
    dirty_ = false;
    lock.unlock();
    const bool synced = fdatasync(descriptor_) == 0;
    lock.lock();
    if (!synced) failed_ = true;
  }
}

}  // namespace safeconduct::storage
