// Files that the user named: read whole with a bound, written privately (folders 0700, files 0600)
// and, unless told so, never over something that is there.
#ifndef SAFECONDUCT_GATEWAY_CLI_FILES_H_
#define SAFECONDUCT_GATEWAY_CLI_FILES_H_

#include <cstdint>
#include <string>

#include "crypto/base/secret.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

enum class Overwrite : std::uint8_t { kNever, kAllowed };

// The whole file, or standard input for "-". kUsage when it cannot be read or is longer than
// `max_bytes`; `what` names it in the message ("the answers").
Outcome<SecretBytes> ReadFile(const std::string& path, std::size_t max_bytes,
                              const std::string& what);

// Warns when a key file can be read by others than its owner; empty when not.
std::string PermissionWarning(const std::string& path);

// A file that appears under its name only when it is whole: written beside it, and renamed by
// Commit. If it is dropped before that, nothing is left behind.
class NewFile {
 public:
  static Outcome<NewFile> Create(const std::string& path, Overwrite overwrite);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  Done Write(ByteView bytes);
  // Cuts what was written to `bytes`.
  Done Truncate(std::uint64_t bytes);
  // Synced and renamed. kRefused when something is there meanwhile.
  Done Commit();
  const std::string& path() const { return path_; }

 private:
  NewFile(std::string path, std::string temporary, int fd, Overwrite overwrite);
  std::string path_;
  std::string temporary_;
  int fd_;
  Overwrite overwrite_;
};

Done WriteNewFile(const std::string& path, ByteView bytes, Overwrite overwrite);

// Makes the folder. kNever: it must not be there yet; kAllowed: it may be, and is made private.
Done MakeFolder(const std::string& path, Overwrite overwrite);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_FILES_H_
