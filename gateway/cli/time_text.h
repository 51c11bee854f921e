// Dates that people type, as Unix seconds.
#ifndef SAFECONDUCT_GATEWAY_CLI_TIME_TEXT_H_
#define SAFECONDUCT_GATEWAY_CLI_TIME_TEXT_H_

#include <cstdint>
#include <string>

#include "gateway/cli/failure.h"

namespace safeconduct::cli {

// "2027-01-31" (its first second, UTC) or "2027-01-31T12:00:00Z". kUsage.
Outcome<std::int64_t> ParseTime(const std::string& text);
// "2027-01-31T12:00:00Z"
std::string Rfc3339(std::int64_t unix_seconds);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_TIME_TEXT_H_
