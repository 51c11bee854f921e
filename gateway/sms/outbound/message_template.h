// A text with places for what is sent: {to}, {to_digits}, {from}, {text}, {token}.
#ifndef SAFECONDUCT_GATEWAY_SMS_OUTBOUND_MESSAGE_TEMPLATE_H_
#define SAFECONDUCT_GATEWAY_SMS_OUTBOUND_MESSAGE_TEMPLATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace safeconduct::sms {

// How a value is written where it stands.
enum class Escape : std::uint8_t {
  kPercent,  // a URL, a form
  kJson,     // inside of quotes
  kXml,
  kHeader,  // as it is, control characters as blanks
};

// Of a content type, with or without parameters. None for others.
std::optional<Escape> EscapeFor(std::string_view content_type);

struct TemplateValues {
  std::string_view to;
  std::string_view to_digits;
  std::string_view from;
  std::string_view text;
  std::string_view token;
};

// kMalformed for a name in braces that is none of the five; braces around anything but small
// letters and _ are text.
Status CheckTemplate(std::string_view text);
// Of one that was checked. What is filled in is not looked at again.
std::string Fill(std::string_view text, const TemplateValues& values, Escape escape);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_OUTBOUND_MESSAGE_TEMPLATE_H_
