#include "storage/rocksdb/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace safeconduct::storage {

Error FromErrno(int number) {
  if (number == ENOSPC || number == EDQUOT)
    return Error(Code::kNoSpace, "the store's disk is full");
  if (number == EROFS) return Error(Code::kUnavailable, "the store's disk is read-only");
  if (number == EACCES || number == EPERM) {
    return Error(Code::kUnavailable, "the store's folder may not be used by this user");
  }
  return Error(Code::kUnavailable, "the store's disk does not answer");
}

Descriptor::~Descriptor() {
  if (ok()) (void)close(number_);
}

Result<Descriptor> LockFolder(const Layout& layout, Lock how) {
  const int flags = how == Lock::kMake ? O_RDWR | O_CREAT : O_RDONLY;
  Descriptor file(open(layout.lock.c_str(), flags | O_CLOEXEC, 0600));
  if (!file.ok()) {
    if (how == Lock::kIfThere && errno == ENOENT) return file;
    return FromErrno(errno);
  }
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Error(Code::kBusy, "another process has the store's folder open");
    }
    return FromErrno(errno);
  }
  return file;
}

Status MakeFolder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return FromErrno(errno);
}

Result<bool> FolderIsEmpty(const std::string& folder) {
  DIR* const listing = opendir(folder.c_str());
  if (listing == nullptr) {
    if (errno == ENOENT) return true;
    return FromErrno(errno);
  }
  bool empty = true;
  while (const dirent* entry = readdir(listing)) {
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
      empty = false;
      break;
    }
  }
  closedir(listing);
  return empty;
}

Status SyncFolder(const std::string& folder) {
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.ok() || fsync(opened.get()) != 0) return FromErrno(errno);
  return {};
}

Status SyncFileSystem(const std::string& folder) {
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.ok() || syncfs(opened.get()) != 0) return FromErrno(errno);
  return {};
}

Result<std::uint64_t> FreeBytesOf(const std::string& folder) {
  struct statvfs info {};
  if (statvfs(folder.c_str(), &info) != 0) return FromErrno(errno);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace safeconduct::storage
