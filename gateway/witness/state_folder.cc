#include "gateway/witness/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "gateway/witness/witness.h"

namespace safeconduct::witness {
namespace {

// So that a folder that was made outlives a crash of the machine, with what is kept in it.
bool SyncParentOf(const std::string& path) {
  const std::filesystem::path parent =
      (std::filesystem::path(path) / "").parent_path().parent_path();
  const int descriptor =
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

}  // namespace

Result<std::unique_ptr<StateFolder>> StateFolder::Open(const std::string& path) {
  const Error unavailable(Code::kUnavailable, "the witness's folder cannot be made or opened");
  const bool made = mkdir(path.c_str(), S_IRWXU) == 0;
  if (!made && errno != EEXIST) return unavailable;
  if (made && !SyncParentOf(path)) return unavailable;
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return unavailable;
  std::unique_ptr<StateFolder> folder(new StateFolder(path, descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return unavailable;
    return Error(Code::kBusy, "another process has the witness's folder");
  }
  return folder;
}

StateFolder::~StateFolder() { close(descriptor_); }

std::string StateFolder::FileOf(std::string_view origin) const {
  return path_ + "/" + OriginHash(origin);
}

}  // namespace safeconduct::witness
