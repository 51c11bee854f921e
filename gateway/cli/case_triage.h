// The triages that a list of cases brings, opened.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_TRIAGE_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_TRIAGE_H_

#include <vector>

#include "gateway/cli/case_file.h"
#include "gateway/cli/context.h"

namespace safeconduct::cli {

// Of each of the list's triages, in their order; errors as report::OpenListedTriage.
using OpenedTriages = std::vector<Result<v1::Triage>>;

// On all cores; each triage costs one key opening.
OpenedTriages OpenTriages(const v1::CaseList& page, const Office& office);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_TRIAGE_H_
