#include "gateway/cli/sms_words.h"

namespace safeconduct::cli {

std::string LengthWords(const sms::SmsLength& length) {
  return std::to_string(length.characters) +
         (length.characters == 1 ? " character in " : " characters in ") +
         (length.gsm7 ? "GSM-7, " : "UCS-2, ") + std::to_string(length.parts) + " SMS";
}

Done TellOfSms(Context& context, std::string_view text, LongSms allowed) {
  const sms::SmsLength length = sms::LengthOf(text);
  const std::string words = LengthWords(length);
  if (length.parts > kMostSmsParts && allowed == LongSms::kRefused) {
    return UsageFailure("The answer is too long for SMS: " + words,
                        "At most " + std::to_string(kMostSmsParts) +
                            " are sent. Shorten it, or add --long to send it all the same.");
  }
  context.out().Note(kReadsSms);
  context.out().Note("The answer: " + words + ".");
  return {};
}

}  // namespace safeconduct::cli
