// Asks the running gateway through its private listener: one request, signed with the gateway's
// own key, so whoever can read the key file may ask and nobody else.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_OPERATOR_CLIENT_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_OPERATOR_CLIENT_H_

#include <string>
#include <string_view>

#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"
#include "gateway/config/config.h"

namespace safeconduct::program {

struct OperatorAnswer {
  int status = 0;
  std::string body;
};

// POSTs `body` as text/plain and waits for the answer, as long as it takes. kUnavailable when the
// listener cannot be reached or does not answer in HTTP.
Result<OperatorAnswer> AskGateway(const config::Config& config, const SigningKey& key,
                                  std::string_view target, std::string_view body);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_OPERATOR_CLIENT_H_
