#include "gateway/cli/files.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "crypto/base/encoding.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string Reason() { return std::strerror(errno); }

Failure AlreadyThere(const std::string& path) {
  return RefusedFailure("There is something at " + path + " already",
                        "Nothing was written. Choose another name, or add --force where there is "
                        "that option.");
}

}  // namespace

Outcome<SecretBytes> ReadFile(const std::string& path, std::size_t max_bytes,
                              const std::string& what) {
  const bool standard_input = path == "-";
  const Descriptor file(standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0)
    return UsageFailure("Cannot read " + what + " from " + path + ": " + Reason());
  SecretBytes out;
  struct stat facts {};
  if (fstat(file.get(), &facts) == 0 && facts.st_size > 0) {
    out.Reserve(std::min(static_cast<std::size_t>(facts.st_size), max_bytes) + kReadBytes);
  }
  for (;;) {
    const std::size_t before = out.size();
    const MutableBytes room = out.Extend(kReadBytes);
    const ssize_t got = read(file.get(), room.data(), room.size());
    if (got < 0 && errno != EINTR) {
      return UsageFailure("Cannot read " + what + " from " + path + ": " + Reason());
    }
    out.Truncate(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return out;
    if (out.size() > max_bytes) {
      return UsageFailure("Cannot read " + what + " from " + path + ": it is longer than " +
                          std::to_string(max_bytes) + " bytes");
    }
  }
}

std::string PermissionWarning(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) == 0) return "";
  return "Others on this computer may be able to read " + path + ". Close it with: chmod 600 " +
         path;
}

NewFile::NewFile(std::string path, std::string temporary, int fd, Overwrite overwrite)
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd), overwrite_(overwrite) {}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, "")),
      fd_(std::exchange(other.fd_, -1)),
      overwrite_(other.overwrite_) {}

NewFile::~NewFile() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Outcome<NewFile> NewFile::Create(const std::string& path, Overwrite overwrite) {
  struct stat facts {};
  if (overwrite == Overwrite::kNever && lstat(path.c_str(), &facts) == 0) return AlreadyThere(path);
  std::string temporary = path + ".part-" + HexEncode(RandomArray<6>());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                      S_IRUSR | S_IWUSR);
  if (fd < 0) return UsageFailure("Cannot write " + path + ": " + Reason());
  return NewFile(path, std::move(temporary), fd, overwrite);
}

Done NewFile::Write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return InternalFailure("Cannot write " + path_ + ": " + Reason());
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Done NewFile::Truncate(std::uint64_t bytes) {
  if (ftruncate(fd_, static_cast<off_t>(bytes)) != 0) {
    return InternalFailure("Cannot write " + path_ + ": " + Reason());
  }
  return {};
}

Done NewFile::Commit() {
  const bool synced = fsync(fd_) == 0;
  const bool closed = close(std::exchange(fd_, -1)) == 0;
  if (!synced || !closed) return InternalFailure("Cannot write " + path_ + ": " + Reason());
  const unsigned int flags = overwrite_ == Overwrite::kNever ? RENAME_NOREPLACE : 0;
  int renamed = renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags);
  if (renamed != 0 && errno == EINVAL) {
    // A file system without the flag: a hard link does not replace either.
    renamed = link(temporary_.c_str(), path_.c_str());
    if (renamed == 0) unlink(temporary_.c_str());
  }
  if (renamed != 0) {
    return errno == EEXIST ? AlreadyThere(path_)
                           : InternalFailure("Cannot write " + path_ + ": " + Reason());
  }
  temporary_.clear();
  return {};
}

Done WriteNewFile(const std::string& path, ByteView bytes, Overwrite overwrite) {
  SC_ASSIGN(NewFile file, NewFile::Create(path, overwrite));
  SC_TRY(file.Write(bytes));
  return file.Commit();
}

Done MakeFolder(const std::string& path, Overwrite overwrite) {
  if (mkdir(path.c_str(), S_IRWXU) == 0) return {};
  if (errno != EEXIST) return UsageFailure("Cannot make the folder " + path + ": " + Reason());
  struct stat facts {};
  if (overwrite == Overwrite::kNever || stat(path.c_str(), &facts) != 0 ||
      !S_ISDIR(facts.st_mode)) {
    return AlreadyThere(path);
  }
  if (chmod(path.c_str(), S_IRWXU) != 0) {
    return UsageFailure("Cannot make the folder " + path + " private: " + Reason());
  }
  return {};
}

}  // namespace safeconduct::cli
