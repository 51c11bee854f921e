#include "gateway/auth/webhook.h"

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"

namespace safeconduct::auth {

std::string WebhookSignature(ByteView secret, std::string_view timestamp, std::string_view body) {
  std::string what(timestamp);
  what += '.';
  what += body;
  return HexEncode(HmacSha256(secret, AsBytes(what)));
}

}  // namespace safeconduct::auth
