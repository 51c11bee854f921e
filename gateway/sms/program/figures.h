// What the relay's /metrics says, in the text format of Prometheus. Sums alone: no figure is about
// one person, and none tells when a message came.
#ifndef SAFECONDUCT_GATEWAY_SMS_PROGRAM_FIGURES_H_
#define SAFECONDUCT_GATEWAY_SMS_PROGRAM_FIGURES_H_

#include <string>

#include "gateway/http/http.h"
#include "gateway/sms/program/telephone_side.h"
#include "gateway/sms/relay/relay.h"

namespace safeconduct::sms {

std::string Figures(const Relay& relay, const TelephoneSide& side, const http::Server& server);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_PROGRAM_FIGURES_H_
