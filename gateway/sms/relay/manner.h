// What the relay understands and says beyond carrying texts: keywords, languages, its own replies,
// and how much it takes. Given from outside, so that words stand in one place (inbound, text).
//
// Thread-safety: all functions may be called by any thread.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_MANNER_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_MANNER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {

enum class Keyword : std::uint8_t { kNone, kStop, kStart, kHelp };
enum class Reply : std::uint8_t { kReceived, kHelp, kStopped, kStarted };

struct Manner {
  // Whether a text as a whole is a keyword.
  std::function<Keyword(std::string_view text)> keyword_of;
  // BCP 47; empty when it cannot be told.
  std::function<std::string(std::string_view text)> language_of;
  // What to say, in that language or the default one. Empty: nothing.
  std::function<std::string(Reply reply, std::string_view language)> words_of;
  // Whether one more message of the number is taken: kBusy when not.
  std::function<Status(const Number& number)> admit;
  // Whether the number gets such a reply now: one of a kind a day. Counts as given.
  std::function<bool(const Number& number, Reply reply)> may_reply;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_MANNER_H_
