// An attachment: sealed as it is read, uploaded by tus, taken up again where a lost connection
// left it. Memory stays constant, whatever the size of the file.
#ifndef SAFECONDUCT_GATEWAY_CLI_UPLOAD_H_
#define SAFECONDUCT_GATEWAY_CLI_UPLOAD_H_

#include <memory>
#include <string>

#include "gateway/charter/charter.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/gateway_api.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {

// A regular file that is open for reading.
class SourceFile : public age::RandomAccess {
 public:
  // kUsage.
  static Outcome<std::unique_ptr<SourceFile>> Open(const std::string& path);
  ~SourceFile() override;
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  std::uint64_t size() const override { return size_; }
  // kUnavailable when the disk fails; kRejected when the file became shorter.
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override;
  const std::string& path() const { return path_; }
  std::string name() const;  // without folders

 private:
  SourceFile(std::string path, int fd, std::uint64_t size)
      : path_(std::move(path)), fd_(fd), size_(size) {}
  std::string path_;
  int fd_;
  std::uint64_t size_;
};

// By the ending of a file's name; application/octet-stream when that says nothing.
std::string MediaTypeOf(const std::string& name);

struct Uploaded {
  report::SealedAttachment sealed;
  std::string upload_id;
};

// Shows progress on a terminal.
Outcome<Uploaded> UploadAttachment(GatewayApi& gateway, Output& out, const SourceFile& file);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_UPLOAD_H_
