// Where what was read from the telephone side is made safe: the one door from inbound to relay.
//
// Thread-safety: any thread. All calls may block, on the disk and for a bounded time on the
// gateway.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_DESK_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_DESK_H_

#include "crypto/base/result.h"
#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {

class Desk {
 public:
  virtual ~Desk() = default;
  // Ok: sealed and on disk, or there already; or a keyword such as STOP, and done. kBusy when the
  // number or the relay as a whole is over a limit: counted and dropped. kNotFound when no channel
  // answers that `to`. kNoSpace, kUnavailable: not kept, the telephone side has to send it again.
  virtual Status Take(const Incoming& message) = 0;
  // Ok: noted on disk, also for one that is not known (any more).
  virtual Status Take(const DeliveryReport& report) = 0;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_DESK_H_
