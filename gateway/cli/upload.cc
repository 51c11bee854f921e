#include "gateway/cli/upload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <map>

#include "gateway/report/attachment.h"

namespace safeconduct::cli {
namespace {

// Of one PATCH. What of it arrived when a connection breaks is kept by the gateway, so this only
// bounds memory and the number of round trips.
constexpr std::size_t kBlockBytes = 8 * report::kAttachmentPiece;

// The payload from `offset`, at most a block of it. Pieces before `offset` were sealed before.
Outcome<Bytes> BlockAt(report::AttachmentSealer& sealer, const SourceFile& file,
                       std::uint64_t offset) {
  const std::uint64_t total = sealer.payload_bytes();
  Bytes block;
  block.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, total - offset)) +
                report::kAttachmentPiece);
  std::uint64_t at = offset;
  while (at < total && block.size() < kBlockBytes) {
    SC_ASSIGN(
        const Bytes piece,
        ExplainAs(Exit::kUsage, sealer.Piece(at / report::kAttachmentPiece),
                  file.path() + " cannot be attached", "It must not change while it is sent."));
    const std::size_t skip = static_cast<std::size_t>(at % report::kAttachmentPiece);
    Append(block, ByteView(piece).subspan(skip));
    at += piece.size() - skip;
  }
  return block;
}

// Whether to ask for the offset and go on.
bool MayGoOn(const Failure& failure) {
  if (failure.http_status == 0) return failure.exit == Exit::kNetwork;
  return failure.http_status == 409 || MayPass(failure.http_status);
}

Done SendAll(GatewayApi& gateway, Output& out, const SourceFile& file,
             report::AttachmentSealer& sealer, const std::string& id) {
  const std::uint64_t total = sealer.payload_bytes();
  Patience patience = gateway.NewPatience();
  std::uint64_t offset = 0;
  while (offset < total) {
    SC_ASSIGN(const Bytes block, BlockAt(sealer, file, offset));
    const auto sent = [&](std::uint64_t bytes) {
      out.Progress("Sending " + file.name(), offset + bytes, total);
    };
    Outcome<std::uint64_t> reached = gateway.AppendUpload(id, offset, block, sent);
    if (!reached.ok()) {
      if (!MayGoOn(reached.error()) || !patience.Wait(reached.error())) return reached.error();
      reached = gateway.UploadOffset(id);
      if (!reached.ok()) return reached.error();
    }
    // What was not sealed yet cannot be there, and what was synced cannot be gone.
    if (*reached > offset + block.size() || *reached < offset) {
      return UnverifiedFailure("The gateway lost count of the upload of " + file.path(),
                               "Nothing was reported. Run the command again.");
    }
    if (*reached > offset) patience.Reset();
    offset = *reached;
  }
  return {};
}

}  // namespace

Outcome<std::unique_ptr<SourceFile>> SourceFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts {};
  if (fd < 0 || fstat(fd, &facts) != 0) {
    const std::string reason = std::strerror(errno);
    if (fd >= 0) close(fd);
    return UsageFailure("Cannot read the attachment " + path + ": " + reason);
  }
  if (!S_ISREG(facts.st_mode)) {
    close(fd);
    return UsageFailure("The attachment " + path + " is not a file");
  }
  return std::unique_ptr<SourceFile>(
      new SourceFile(path, fd, static_cast<std::uint64_t>(facts.st_size)));
}

SourceFile::~SourceFile() { close(fd_); }

Status SourceFile::ReadAt(std::uint64_t offset, MutableBytes out) const {
  while (!out.empty()) {
    const ssize_t got = pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(Code::kUnavailable, "the file cannot be read");
    if (got == 0) return Error(Code::kRejected, "the file became shorter while it was read");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

std::string SourceFile::name() const { return path_.substr(path_.find_last_of('/') + 1); }

std::string MediaTypeOf(const std::string& name) {
  static const std::map<std::string, const char*> kTypes = {
      {"3gp", "video/3gpp"},
      {"amr", "audio/amr"},
      {"avi", "video/x-msvideo"},
      {"csv", "text/csv"},
      {"doc", "application/msword"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"gif", "image/gif"},
      {"heic", "image/heic"},
      {"jpeg", "image/jpeg"},
      {"jpg", "image/jpeg"},
      {"m4a", "audio/mp4"},
      {"mov", "video/quicktime"},
      {"mp3", "audio/mpeg"},
      {"mp4", "video/mp4"},
      {"odt", "application/vnd.oasis.opendocument.text"},
      {"ogg", "audio/ogg"},
      {"opus", "audio/opus"},
      {"pdf", "application/pdf"},
      {"png", "image/png"},
      {"svg", "image/svg+xml"},
      {"tif", "image/tiff"},
      {"tiff", "image/tiff"},
      {"txt", "text/plain"},
      {"wav", "audio/wav"},
      {"webm", "video/webm"},
      {"webp", "image/webp"},
      {"xls", "application/vnd.ms-excel"},
      {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {"zip", "application/zip"}};
  std::string ending = name.substr(name.find_last_of('.') + 1);
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = kTypes.find(ending);
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

Outcome<Uploaded> UploadAttachment(GatewayApi& gateway, Output& out, const SourceFile& file) {
  report::AttachmentSealer sealer(file);
  Uploaded uploaded;
  SC_ASSIGN(uploaded.upload_id, gateway.CreateUpload(sealer.payload_bytes()));
  const Done sent = SendAll(gateway, out, file, sealer, uploaded.upload_id);
  out.EndProgress();
  SC_TRY(sent);
  SC_ASSIGN(uploaded.sealed,
            ExplainAs(Exit::kUsage, sealer.Finish(file.name(), MediaTypeOf(file.name())),
                      file.path() + " cannot be attached"));
  return uploaded;
}

}  // namespace safeconduct::cli
