// The relay as one thing: desk, courier, answers, and what has to be done from time to time.
//
// Thread-safety: any thread, but Start and Stop, which its owner calls once each.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_RELAY_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_RELAY_H_

#include <memory>

#include "crypto/identity/identity.h"
#include "gateway/sms/inbound/limits.h"
#include "gateway/sms/relay/answers.h"
#include "gateway/sms/relay/counters.h"
#include "gateway/sms/relay/desk.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/sms/relay/settings.h"
#include "gateway/work/clock.h"

namespace safeconduct::sms {

class Relay {
 public:
  // Who it is, and what it is made with.
  struct Parts {
    identity::Party identity;
    ProviderMaker make_provider;
    // Null: over HTTPS, as the settings say.
    MakeGateway make_gateway;
  };

  // Opens the state folder and starts all threads, whether or not the gateway can be reached.
  // `clock` must outlive it. kMalformed and kRejected for settings, with the field; errors of the
  // store, of the epochs and of the trust file.
  static Result<std::unique_ptr<Relay>> Start(const Settings& settings, Parts parts,
                                              const work::Clock& clock);
  ~Relay();  // as Stop
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  Desk& desk();
  const Counters& counters() const;
  LimitCounters limited() const;
  Gauges gauges() const;

  // Waits for what is under way. What waits stays on disk. Nothing may be given to the desk then.
  void Stop();

 private:
  struct State;
  explicit Relay(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What Start checks of the settings alone. kMalformed, kRejected, with the field.
Status CheckSettings(const Settings& settings);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_RELAY_H_
