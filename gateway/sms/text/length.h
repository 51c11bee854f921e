// What a text takes as SMS: how many characters and how many messages (3GPP TS 23.038 and 23.040,
// 9.2.3.24.1: parts of a long message carry a header of six bytes).
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_TEXT_LENGTH_H_
#define SAFECONDUCT_GATEWAY_SMS_TEXT_LENGTH_H_

#include <cstddef>
#include <string_view>

namespace safeconduct::sms {

struct SmsLength {
  bool gsm7 = true;            // the default alphabet has all of it; if not, UCS-2
  std::size_t characters = 0;  // Unicode code points
  // Septets, an extension character being two; or code units of UTF-16.
  std::size_t units = 0;
  // Messages that it goes out as: one of up to 160 septets or 70 code units, else several of up to
  // 153 or 67, none of which ends in half a character. None for an empty text.
  std::size_t parts = 0;
};

// A byte that is not UTF-8 counts as U+FFFD, as which it would go out.
SmsLength LengthOf(std::string_view utf8);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_TEXT_LENGTH_H_
