// What the parts of a relay share. All of it outlives them.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_CONTEXT_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_CONTEXT_H_

#include "crypto/identity/identity.h"
#include "gateway/sms/inbound/limits.h"
#include "gateway/sms/relay/charter_keeper.h"
#include "gateway/sms/relay/counters.h"
#include "gateway/sms/relay/epochs.h"
#include "gateway/sms/relay/settings.h"
#include "gateway/work/clock.h"
#include "storage/relay/relay_store.h"

namespace safeconduct::sms {

struct Context {
  const Settings& settings;
  Limits& limits;
  const identity::Party& relay;
  storage::RelayStore& store;
  Epochs& epochs;
  CharterKeeper& charters;
  const work::Clock& clock;
  Counters& counters;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_CONTEXT_H_
