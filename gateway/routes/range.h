// Range requests (RFC 9110 §14): one range of bytes. Several ranges, and units that nobody has,
// are answered with the whole, as the RFC allows.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_RANGE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_RANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "gateway/http/http.h"

namespace safeconduct::routes {

struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // one past the last
};

// What `head` asks of a file of `size` bytes with that entity tag; nothing when it is the whole.
// kMalformed when no byte of it is in the file: 416.
Result<std::optional<ByteRange>> RequestedRange(const http::RequestHead& head, std::uint64_t size,
                                                std::string_view entity_tag);

// "bytes 0-99/1000", and for 416 "bytes */1000".
std::string ContentRange(const ByteRange& range, std::uint64_t size);
std::string UnsatisfiedRange(std::uint64_t size);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_RANGE_H_
