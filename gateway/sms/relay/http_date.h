// The Date field of an answer (RFC 9110, 5.6.7), in the one form that is sent.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_HTTP_DATE_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_HTTP_DATE_H_

#include <time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace safeconduct::sms {

// "Sun, 06 Nov 1994 08:49:37 GMT" to Unix seconds; nothing for another form.
inline std::optional<std::int64_t> ParseHttpDate(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* const end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return static_cast<std::int64_t>(timegm(&parts));
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_HTTP_DATE_H_
