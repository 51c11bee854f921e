// What the relay says of its own accord. Neutral: who glances at the telephone learns neither who
// wrote nor what about. Each is one SMS in its alphabet.
//
// Another language is another entry in phrases.cc, and its keywords in keywords.cc.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_PHRASES_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_PHRASES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace safeconduct::sms {

enum class Phrase : std::uint8_t {
  kReceived,  // the first message has come; how to stop
  kHelp,      // what the number is for, how to stop
  kStopped,   // nothing more will be sent; how to start again
  kStarted,   // messages will be sent again; how to stop
};
inline constexpr std::size_t kPhrases = 4;

// In that language ("fr"), or in English when there is none such.
std::string_view PhraseIn(Phrase phrase, std::string_view language);
// Those there are.
std::vector<std::string_view> PhraseLanguages();

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_PHRASES_H_
