#include "gateway/uploads/checksum.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"

namespace safeconduct::uploads {

Result<Checksum> Checksum::Parse(std::string_view value) {
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos) {
    return Error(Code::kMalformed, "a checksum is an algorithm, a space and base64",
                 "upload-checksum");
  }
  const std::string_view algorithm = value.substr(0, space);
  const bool sha1 = algorithm == "sha1";
  if (!sha1 && algorithm != "sha256") {
    return Error(Code::kUnsupported, "checksums are sha1 or sha256", "upload-checksum");
  }
  Result<Bytes> digest = Base64Decode(value.substr(space + 1));
  if (!digest.ok() || digest->size() != (sha1 ? 20U : 32U)) {
    return Error(Code::kMalformed, "this is no checksum of that algorithm", "upload-checksum");
  }
  return sha1 ? Checksum(Sha1Stream(), *std::move(digest))
              : Checksum(Sha256Stream(), *std::move(digest));
}

void Checksum::Update(ByteView bytes) {
  std::visit([bytes](auto& stream) { stream.Update(bytes); }, stream_);
}

bool Checksum::Matches() {
  return std::visit(
      [this](auto& stream) {
        const auto digest = stream.Finish();
        return std::equal(digest.begin(), digest.end(), expected_.begin(), expected_.end());
      },
      stream_);
}

}  // namespace safeconduct::uploads
