// The words by which a person stops messages, asks what a number is, or starts again: STOP, HELP,
// START and what they are in the eight languages. Each language's words count in any message, since
// who writes one word has not said in which language.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_KEYWORDS_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_KEYWORDS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace safeconduct::sms {

enum class Keyword : std::uint8_t {
  kStop,
  kHelp,  // may be a call for help: what answers it says that one can write here
  kStart,
};

// Only when the whole message is the keyword: case, accents, vowel signs, full-width forms,
// blanks and punctuation do not count. `text` is UTF-8. None for all other messages.
std::optional<Keyword> KeywordOf(std::string_view text);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_KEYWORDS_H_
