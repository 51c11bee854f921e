// What a holder is told of a reporter who reads SMS, and of what an answer takes.
#ifndef SAFECONDUCT_GATEWAY_CLI_SMS_WORDS_H_
#define SAFECONDUCT_GATEWAY_CLI_SMS_WORDS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/cli/context.h"
#include "gateway/cli/failure.h"
#include "gateway/sms/text/length.h"

namespace safeconduct::cli {

inline constexpr std::string_view kReadsSms =
    "This reporter reads SMS. Anyone with the telephone may read them, and an answer goes out as "
    "plain SMS, which no one can encrypt.";
// More of one answer are not sent unasked: each costs, and telephones lose parts of long ones.
inline constexpr std::size_t kMostSmsParts = 10;

// "42 characters in GSM-7, 1 SMS".
std::string LengthWords(const sms::SmsLength& length);

enum class LongSms : std::uint8_t { kRefused, kAllowed };
// Tells what the answer is and takes. A usage failure for more than kMostSmsParts, unless allowed.
Done TellOfSms(Context& context, std::string_view text, LongSms allowed);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_SMS_WORDS_H_
