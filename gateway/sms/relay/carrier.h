// Takes one thing that waits to the gateway. What is taken there twice is there once: a report by
// its bytes, a message by its event's bytes, and where these are lost by looking for it.
//
// Not thread-safe: one for each of the courier's threads.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_CARRIER_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_CARRIER_H_

#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/sms/relay/lines.h"
#include "gateway/sms/relay/thread.h"

namespace safeconduct::sms {

class Carrier {
 public:
  // Both must outlive it.
  Carrier(const Context& context, Gateway& gateway) : context_(context), gateway_(gateway) {}

  // `waiting` keeps what the next try has to know.
  Carried Carry(Waiting& waiting);

 private:
  Carried CarryReport(Waiting& waiting, const v1::RelayQueued& queued);
  Carried CarryMessage(Waiting& waiting, const v1::RelayMessage& message);
  // The event that says it, after the head of the case: the present one, unless `head` has it.
  Result<v1::SignedEvent> MakeEvent(const ThreadKeys& thread, const v1::RelayMessage& message,
                                    const charter::OpenCharter& charter,
                                    std::optional<report::Head>& head);
  Result<bool> IsThere(const ThreadKeys& thread, const v1::RelayMessage& message);
  Carried AfterError(const Error& error);
  Carried Remove(const storage::RelayPlace& place);

  const Context& context_;
  Gateway& gateway_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_CARRIER_H_
