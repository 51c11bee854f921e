// In which of the languages that the relay speaks a text is written, to acknowledge it in that one:
// by its script, then by words that people use all the time. A guess for this purpose alone.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_LANGUAGE_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_LANGUAGE_H_

#include <string_view>

namespace safeconduct::sms {

// "ar", "en", "es", "fr", "pt", "ru", "sw", "zh", or empty when it is not clear enough: too short,
// mixed, or another language of the same script. `text` is UTF-8.
std::string_view LanguageOf(std::string_view text);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_LANGUAGE_H_
