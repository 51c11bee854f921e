// The checksum extension of tus 1.0: `Upload-Checksum: sha1 <base64 of the digest of the body>`.
// It tells damage on the way, nothing more; what a report says about an attachment is checked
// against the digest in its manifest.
//
// Thread-safety: a Checksum belongs to one thread at a time.
#ifndef SAFECONDUCT_GATEWAY_UPLOADS_CHECKSUM_H_
#define SAFECONDUCT_GATEWAY_UPLOADS_CHECKSUM_H_

#include <string_view>
#include <utility>
#include <variant>

#include "crypto/base/bytes.h"
#include "crypto/base/hash.h"
#include "crypto/base/result.h"

namespace safeconduct::uploads {

inline constexpr std::string_view kChecksumAlgorithms = "sha1,sha256";

// A checksum that a body must have, and the body so far.
class Checksum {
 public:
  // The value of Upload-Checksum. kMalformed; kUnsupported for another algorithm.
  static Result<Checksum> Parse(std::string_view value);

  void Update(ByteView bytes);
  // Whether what came is what was promised. Nothing may be called after it.
  bool Matches();

 private:
  using Stream = std::variant<Sha1Stream, Sha256Stream>;
  Checksum(Stream stream, Bytes expected)
      : stream_(std::move(stream)), expected_(std::move(expected)) {}
  Stream stream_;
  Bytes expected_;
};

}  // namespace safeconduct::uploads

#endif  // SAFECONDUCT_GATEWAY_UPLOADS_CHECKSUM_H_
