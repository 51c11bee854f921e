// A short message as it came from the telephone side, whatever interface it came by.
//
// Plain values. Numbers and texts are secrets of people: never logged, never written unsealed. What
// frees them wipes them: the program's allocator does (gateway/sms/program).
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_INCOMING_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_INCOMING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace safeconduct::sms {

// A telephone number that can be answered: 7 to 15 digits, as E.164 has them, without the plus.
struct Number {
  std::string digits;

  bool operator==(const Number&) const = default;
};

// From "+41 79 123 45 67", "0041…" or, with a country code such as "41", "079…". Blanks, dots,
// hyphens and brackets are skipped. kMalformed for anything else, such as a sender that is a name.
Result<Number> ParseNumber(std::string_view text, std::string_view country_code);

// Of a message too long for one SMS.
struct Part {
  std::uint32_t reference = 0;  // the same in all parts of one message
  std::uint32_t index = 1;      // from 1
  std::uint32_t count = 1;      // 2 to 255
};

struct Incoming {
  std::string interface;  // the name in the configuration
  std::string id;         // by which the interface knows it; the same when it is sent again
  Number from;
  std::string to;    // the number or short code that it was sent to, as the interface spells it
  std::string text;  // UTF-8, at most 16 KiB
  std::optional<Part> part;
};

// What the telephone side says about one that it was given to send.
enum class DeliveryNews : std::uint8_t { kDelivered, kFailed };

struct DeliveryReport {
  // What Provider::Send was given as `token`, or what it gave back as the provider's own id.
  std::string token;
  std::string provider_id;  // either may be empty, not both
  DeliveryNews news = DeliveryNews::kFailed;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_INCOMING_H_
