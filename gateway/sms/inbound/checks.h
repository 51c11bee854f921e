// What the kinds of interfaces share.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_CHECKS_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_CHECKS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "gateway/http/http.h"
#include "gateway/sms/inbound/incoming.h"
#include "gateway/sms/inbound/interfaces.h"

namespace safeconduct::sms {

// kMalformed, with the setting as field.
Status CheckCommon(const CommonSettings& settings);

// Of /path and /path/delivery.
bool IsUnder(std::string_view path, const CommonSettings& settings);
bool IsDelivery(std::string_view path, const CommonSettings& settings);

// In constant time.
bool SameText(std::string_view a, std::string_view b);
// kUnauthorized when `timestamp` is no number of seconds, kExpired when it is further from `now`
// than `window_seconds`.
Status CheckAge(std::string_view timestamp, std::int64_t now, std::int64_t window_seconds);

// What of a message may be wrong, and what is bounded: kMalformed (id, from), kTooLarge (id, to).
// `text` is UTF-8; what is too long of it is cut.
struct RawMessage {
  std::string_view id;
  std::string_view from;
  std::string_view to;
  std::string text;
  std::optional<Part> part;
};
Result<Incoming> MakeIncoming(RawMessage raw, const CommonSettings& settings);
// None for values that make no part: a message alone, or an index outside of the count.
std::optional<Part> MakePart(std::uint64_t reference, std::uint64_t index, std::uint64_t count);

// kMalformed and kTooLarge, with the field.
Result<DeliveryReport> MakeReport(std::string_view token, std::string_view provider_id,
                                  DeliveryNews news);

http::Response MakeAnswer(int status, std::string type, std::string body);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_CHECKS_H_
