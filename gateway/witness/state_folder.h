// The folder in which a witness remembers: one file for each log, named by its origin's hash. It
// must lie where no restored backup touches it, and belongs to one process at a time.
//
// Thread-safety: immutable after Open.
#ifndef SAFECONDUCT_GATEWAY_WITNESS_STATE_FOLDER_H_
#define SAFECONDUCT_GATEWAY_WITNESS_STATE_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/base/result.h"

namespace safeconduct::witness {

class StateFolder {
 public:
  // Makes it, with mode 0700, where it is not there but its parent is, and keeps others out until
  // it is destroyed. kUnavailable when it cannot be had, kBusy when another process has it.
  static Result<std::unique_ptr<StateFolder>> Open(const std::string& path);
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  std::string FileOf(std::string_view origin) const;

 private:
  StateFolder(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  const std::string path_;
  const int descriptor_;
};

}  // namespace safeconduct::witness

#endif  // SAFECONDUCT_GATEWAY_WITNESS_STATE_FOLDER_H_
