// How a webhook is signed: those that the gateway sends, and those that the SMS relay takes.
//
// What it gives: whoever has the secret can tell that this body was signed at that time. What it
// does not: that it comes once, or is new; the receiver looks at the time, and at what he had.
//
// Thread-safety: a free function over values.
#ifndef SAFECONDUCT_GATEWAY_AUTH_WEBHOOK_H_
#define SAFECONDUCT_GATEWAY_AUTH_WEBHOOK_H_

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace safeconduct::auth {

// Header fields: Unix seconds in decimal, and the signature. In lower case, as they are looked up.
inline constexpr std::string_view kWebhookTimestamp = "x-safeconduct-timestamp";
inline constexpr std::string_view kWebhookSignature = "x-safeconduct-signature";

// HMAC-SHA-256 (RFC 2104) of timestamp ‖ "." ‖ body: 64 lower-case hexadecimal digits.
std::string WebhookSignature(ByteView secret, std::string_view timestamp, std::string_view body);

}  // namespace safeconduct::auth

#endif  // SAFECONDUCT_GATEWAY_AUTH_WEBHOOK_H_
