// What `log monitor` keeps between two runs: a line of text for each log,
//
//   ORIGIN GREW-AT NOTE SIZE HASH…
//
// the time (Unix seconds) at which it last grew, its newest checkpoint in base64 (- for none), and
// the size and subtree roots of its full bundles. What was kept is what a log is held against, so a
// file that is lost only begins anew, and one that cannot be understood is never replaced.
#ifndef SAFECONDUCT_GATEWAY_CLI_LOG_STATE_H_
#define SAFECONDUCT_GATEWAY_CLI_LOG_STATE_H_

#include <map>
#include <string>
#include <string_view>

#include "gateway/cli/log_mirror.h"

namespace safeconduct::cli {

using SeenLogs = std::map<std::string, SeenLog>;  // by origin

std::string FormatSeenLogs(const SeenLogs& logs);
Result<SeenLogs> ParseSeenLogs(std::string_view text);  // kMalformed

// None when the file is not there yet. kInternal when it cannot be understood.
Outcome<SeenLogs> ReadSeenLogs(const std::string& path);
Done WriteSeenLogs(const std::string& path, const SeenLogs& logs);

// Both checkpoints and what is wrong with them, into the first of PATH.fork-1, -2, … that is not
// there yet; gives its name.
Outcome<std::string> KeepContradiction(const std::string& path, const Contradiction& found);
std::string FormatContradiction(const Contradiction& found);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_LOG_STATE_H_
