// The newest version of each charter that this user has seen, so that an older one is noticed:
// $XDG_STATE_HOME/safeconduct/charter-versions, lines of "version origin". It names gateways and
// nothing else; commands of reporters do not write it unless told so.
#ifndef SAFECONDUCT_GATEWAY_CLI_STATE_FILE_H_
#define SAFECONDUCT_GATEWAY_CLI_STATE_FILE_H_

#include <cstdint>
#include <string>

#include "gateway/cli/failure.h"

namespace safeconduct::cli {

// The folder, from XDG_STATE_HOME or HOME; empty when neither is set.
std::string StateFolder();

// 0 when none was seen, or there is no such file. kInternal when the file cannot be understood.
Outcome<std::uint64_t> NewestVersionSeen(const std::string& folder, const std::string& origin);

// Writes it when `version` is newer; makes the folder (0700) and the file (0600).
Done RememberVersion(const std::string& folder, const std::string& origin, std::uint64_t version);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_STATE_FILE_H_
