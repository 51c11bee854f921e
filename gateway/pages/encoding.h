// Content codings (RFC 9110 §8.4.1): what is sent often is compressed once, when it is made.
//
// Thread-safety: free functions and constant values.
#ifndef SAFECONDUCT_GATEWAY_PAGES_ENCODING_H_
#define SAFECONDUCT_GATEWAY_PAGES_ENCODING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace safeconduct::pages {

// One resource, in each coding that it is served in.
struct Encoded {
  std::string type;  // Content-Type
  std::string identity;
  std::string brotli;
  std::string gzip;  // browsers ask for Brotli over TLS only, and an onion service has none
};

enum class Coding : std::uint8_t { kIdentity, kGzip, kBrotli };
std::string_view CodingName(Coding coding);

// The smallest coding that Accept-Encoding takes; identity where it says nothing that is known.
Coding ChooseCoding(std::string_view accept_encoding);
const std::string& BytesIn(const Encoded& encoded, Coding coding);

// kInternal when a library fails.
Result<Encoded> Encode(std::string type, std::string identity);
// With the Brotli form that the build made. kUnverified when that is something else.
Result<Encoded> EncodeWith(std::string type, std::string identity, std::string brotli);

}  // namespace safeconduct::pages

#endif  // SAFECONDUCT_GATEWAY_PAGES_ENCODING_H_
