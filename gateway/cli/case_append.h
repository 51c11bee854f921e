// How a holder's event gets into a case.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_APPEND_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_APPEND_H_

#include <functional>
#include <string>

#include "gateway/cli/case_file.h"

namespace safeconduct::cli {

struct Appended {
  std::uint64_t sequence = 0;
  std::string promise;
};
// Signs the event at its place, sends it and checks the promise. `fill` adds the body; it is called
// again when somebody else's event came first.
Outcome<Appended> Append(Context& context, OpenedCase& opened,
                         const std::function<Done(v1::Event&)>& fill);
// The same, and prints: `said`, or the JSON of the promise.
Done AppendToCase(Context& context, OpenedCase& opened, const std::function<Done(v1::Event&)>& fill,
                  const std::string& said);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_APPEND_H_
