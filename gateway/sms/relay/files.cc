#include "gateway/sms/relay/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "crypto/base/secret.h"

namespace safeconduct::sms {
namespace {

Error FromErrno() {
  if (errno == ENOENT) return Error(Code::kNotFound, "there is no such file");
  if (errno == ENOSPC || errno == EDQUOT) {
    return Error(Code::kNoSpace, "the disk of the relay's folder is full");
  }
  return Error(Code::kUnavailable, "the relay's folder cannot be used");
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (ok()) (void)close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool ok() const { return number_ >= 0; }
  int get() const { return number_; }

 private:
  const int number_;
};

Status WriteAll(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FromErrno();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (fsync(file) != 0) return FromErrno();
  return {};
}

Status SyncFolderOf(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/'));
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.ok() || fsync(opened.get()) != 0) return FromErrno();
  return {};
}

}  // namespace

Status MakeFolder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return FromErrno();
}

Result<std::vector<std::string>> ListFolder(const std::string& folder) {
  DIR* const listing = opendir(folder.c_str());
  if (listing == nullptr) return FromErrno();
  std::vector<std::string> names;
  while (const dirent* entry = readdir(listing)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  closedir(listing);
  return names;
}

Result<Bytes> ReadWholeFile(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!file.ok() || fstat(file.get(), &facts) != 0) return FromErrno();
  if (facts.st_size < 0 || static_cast<std::uint64_t>(facts.st_size) > max_bytes) {
    return Error(Code::kTooLarge, "a file of the relay is longer than any that it writes");
  }
  Bytes bytes(static_cast<std::size_t>(facts.st_size));
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t got = read(file.get(), bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error(Code::kUnavailable, "a file of the relay cannot be read");
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

Status WriteWholeFile(const std::string& path, ByteView bytes) {
  const std::string beside = path + ".new";
  {
    const Descriptor file(
        open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.ok()) return FromErrno();
    SC_TRY(WriteAll(file.get(), bytes));
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return FromErrno();
  return SyncFolderOf(path);
}

Status DestroyFile(const std::string& path) {
  {
    const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat facts {};
    if (!file.ok()) return errno == ENOENT ? Status() : FromErrno();
    if (fstat(file.get(), &facts) != 0) return FromErrno();
    Bytes noise(static_cast<std::size_t>(facts.st_size));
    FillRandom(noise);
    SC_TRY(WriteAll(file.get(), noise));
  }
  if (unlink(path.c_str()) != 0) return FromErrno();
  return SyncFolderOf(path);
}

}  // namespace safeconduct::sms
