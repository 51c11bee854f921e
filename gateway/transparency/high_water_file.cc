#include "gateway/transparency/high_water_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "crypto/base/bytes.h"

namespace safeconduct::transparency {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;  // a checkpoint with all the signatures of a note

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  const int number_;
};

Error CannotRead() { return {Code::kUnavailable, "the high-water file cannot be read"}; }

Error CannotWrite() {
  if (errno == ENOSPC || errno == EDQUOT) {
    return {Code::kNoSpace, "the disk is full: the high-water file cannot be written"};
  }
  return {Code::kUnavailable, "the high-water file cannot be written"};
}

bool WriteAll(int descriptor, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

bool WriteSynced(const std::string& path, std::string_view text) {
  const Descriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  return file.ok() && fchmod(file.get(), S_IRUSR | S_IWUSR) == 0 &&
         WriteAll(file.get(), AsBytes(text)) && fsync(file.get()) == 0;
}

// So that the new name outlives a crash of the machine.
bool SyncFolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.ok() && fsync(opened.get()) == 0;
}

}  // namespace

Result<std::string> HighWaterFile::Load() const {
  const Descriptor file(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok() && errno == ENOENT) return std::string();
  if (!file.ok()) return CannotRead();
  std::string text(kMaxBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CannotRead();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kMaxBytes) return Error(Code::kTooLarge, "the high-water file is over 64 KiB");
  // It is never written empty: that is what a damaged file system left of it.
  if (size == 0) return Error(Code::kCorrupted, "the high-water file is empty");
  text.resize(size);
  return text;
}

Status HighWaterFile::Keep(const std::string& checkpoint) {
  const std::string fresh = path_ + ".new";
  if (!WriteSynced(fresh, checkpoint) || rename(fresh.c_str(), path_.c_str()) != 0 ||
      !SyncFolderOf(path_)) {
    return CannotWrite();
  }
  return {};
}

}  // namespace safeconduct::transparency
