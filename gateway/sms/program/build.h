// From the configuration as it stands in the file to what the relay is made of. Reads the files
// that it names.
#ifndef SAFECONDUCT_GATEWAY_SMS_PROGRAM_BUILD_H_
#define SAFECONDUCT_GATEWAY_SMS_PROGRAM_BUILD_H_

#include <memory>
#include <vector>

#include "gateway/program/refusal.h"
#include "gateway/sms/inbound/interface.h"
#include "gateway/sms/program/config.h"
#include "gateway/sms/relay/relay.h"

namespace safeconduct::sms {

Settings RelaySettings(const RelayConfig& config);

// An identity file without a passphrase, since nobody is there to type one at a start.
program::OrRefusal<identity::Party> ReadIdentity(const std::string& file);
program::OrRefusal<std::vector<std::unique_ptr<Interface>>> BuildInterfaces(
    const RelayConfig& config);
// One for each thread that asks. Without [send] none takes anything: answers are reported as
// failed.
program::OrRefusal<ProviderMaker> BuildProviderMaker(const RelayConfig& config);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_PROGRAM_BUILD_H_
