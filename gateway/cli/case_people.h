// Holders of a case's channel, by label and by what they have to do with the case.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_PEOPLE_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_PEOPLE_H_

#include <functional>
#include <string>
#include <vector>

#include "gateway/cli/case_file.h"

namespace safeconduct::cli {

// The holder of that label in the charter. kUsage with the labels that there are.
Outcome<const v1::Holder*> HolderNamed(const OpenedCase& opened, const std::string& label);

// Those of `labels`; without any, all who work on the case as its events have it: the channel's
// intake officers, those to whom it is assigned or something is granted. The holder who asks is
// always among them; whoever is excluded never is. In charter order.
Outcome<std::vector<const v1::Holder*>> ReadersOf(const OpenedCase& opened,
                                                  const std::vector<std::string>& labels);

// Calls `act` with the id of each case that is neither closed nor dismissed nor erased, newest
// first. Goes on after one that refuses; the last line says in how many it was `done`, as
// "Granted".
Done InOpenCases(Context& context, const std::string& done,
                 const std::function<Done(const std::string& id)>& act);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_PEOPLE_H_
