// How a holder's event gets into a case.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_APPEND_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_APPEND_H_

#include <functional>
#include <string>

#include "gateway/cli/case_file.h"

namespace safeconduct::cli {

// Signs the event at its place, sends it, checks the promise, and prints: `said`, or the JSON of
// the promise. `fill` adds the body; it is called again when somebody else's event came first.
Done AppendToCase(Context& context, OpenedCase& opened, const std::function<Done(v1::Event&)>& fill,
                  const std::string& said);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_APPEND_H_
