// The headers of tus 1.0 (tus.io/protocols/resumable-upload): core, creation, expiration, checksum
// and termination. Upload-Metadata is never read, so no file name can be kept.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_TUS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_TUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "gateway/http/http.h"
#include "gateway/uploads/checksum.h"
#include "gateway/uploads/uploads.h"

namespace safeconduct::routes::tus {

inline constexpr std::string_view kVersion = "1.0.0";
inline constexpr std::string_view kExtensions = "creation,expiration,checksum,termination";
inline constexpr std::string_view kContentType = "application/offset+octet-stream";
inline constexpr int kPreconditionFailed = 412;
inline constexpr int kLocked = 423;
inline constexpr int kChecksumMismatch = 460;

// Whether the client speaks our version. kUnsupported: 412.
Status CheckVersion(const http::RequestHead& head);

// Upload-Length of a creation. kMalformed; kUnsupported for a deferred length, or for a body that
// comes with the creation.
Result<std::uint64_t> CreationLength(const http::RequestHead& head);

struct Append {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> bytes;  // of the body, when that is known
  std::optional<uploads::Checksum> checksum;
};
// kMalformed; kUnsupported for another checksum. The content type is the caller's to check.
Result<Append> ParseAppend(const http::RequestHead& head);

// The method that counts: X-HTTP-Method-Override, where there is one, as the core protocol has it
// for clients whose environment knows no PATCH.
http::Method EffectiveMethod(const http::RequestHead& head);

// IMF-fixdate (RFC 9110 §5.6.7), for Upload-Expires.
std::string HttpDate(std::int64_t unix_seconds);

// Adds Tus-Resumable and, when an upload is given, Upload-Expires.
void AddHeaders(http::Response& response, const uploads::Progress* progress = nullptr);

}  // namespace safeconduct::routes::tus

#endif  // SAFECONDUCT_GATEWAY_ROUTES_TUS_H_
