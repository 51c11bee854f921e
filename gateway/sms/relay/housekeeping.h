// What has to be done from time to time: the charter fetched, epochs turned and what hangs on those
// that ended forgotten, long messages passed on that will not be whole, the store tidied.
//
// Not thread-safe.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_HOUSEKEEPING_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_HOUSEKEEPING_H_

#include <functional>

#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/sms/relay/relay_desk.h"

namespace safeconduct::sms {

class Housekeeping {
 public:
  // All must outlive it.
  Housekeeping(const Context& context, Gateway& gateway, RelayDesk& desk,
               std::function<void()> gateway_is_back)
      : context_(context),
        gateway_(gateway),
        desk_(desk),
        gateway_is_back_(std::move(gateway_is_back)) {}

  // What is due. What fails is due again the next time.
  void Step();

 private:
  void TurnEpochs();
  void RefreshCharter();

  const Context& context_;
  Gateway& gateway_;
  RelayDesk& desk_;
  const std::function<void()> gateway_is_back_;
  bool forgotten_ = false;  // what hangs on epochs that ended
  std::int64_t charter_at_ = 0;
  std::int64_t parts_at_ = 0;
  std::int64_t tidy_at_ = 0;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_HOUSEKEEPING_H_
