// Gives an SMS to the telephone side. What counts is what is certain afterwards.
#ifndef SAFECONDUCT_GATEWAY_SMS_OUTBOUND_PROVIDER_H_
#define SAFECONDUCT_GATEWAY_SMS_OUTBOUND_PROVIDER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {

enum class Sending : std::uint8_t {
  kTaken,    // the provider took it
  kLater,    // certainly nothing was sent: it may be tried again
  kRefused,  // certainly nothing was sent, and trying again would not help
  kUnsure,   // it may have been sent
};

struct SendResult {
  Sending state = Sending::kUnsure;
  std::string provider_id;  // by which the provider will report; may be empty
};

class Provider {
 public:
  virtual ~Provider() = default;
  // Blocks, for a bounded time. `token`: 32 hexadecimal digits that come back with delivery
  // reports and say nothing else. `from`: what it is sent from; may be empty. One thread at a time.
  virtual SendResult Send(const Number& to, std::string_view from, std::string_view text,
                          std::string_view token) = 0;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_OUTBOUND_PROVIDER_H_
