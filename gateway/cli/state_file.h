// The newest version of each charter that this user has seen, with the checkpoint of the charters'
// log that came with it, so that an older one and a second one of the same version are noticed:
// $XDG_STATE_HOME/safeconduct/charter-versions, lines of "version origin checkpoint", where the
// checkpoint is the signed note in base64: what one shows to others when two of them differ. It
// names gateways and nothing else; commands of reporters do not write it unless told so.
#ifndef SAFECONDUCT_GATEWAY_CLI_STATE_FILE_H_
#define SAFECONDUCT_GATEWAY_CLI_STATE_FILE_H_

#include <cstdint>
#include <string>

#include "gateway/cli/failure.h"

namespace safeconduct::cli {

struct SeenCharter {
  std::uint64_t version = 0;  // 0: none
  std::string checkpoint;     // signed note; empty in lines that have none
};

// The folder, from XDG_STATE_HOME or HOME; empty when neither is set.
std::string StateFolder();
std::string StateFileIn(const std::string& folder);

// Makes the folder and those that it is in, where they are missing (0700).
Done MakeStateFolder(const std::string& folder);

// The newest one seen of `origin`. kInternal when the file cannot be understood.
Outcome<SeenCharter> NewestSeen(const std::string& folder, const std::string& origin);

// Writes it when it is newer, or adds the checkpoint that was missing; makes the folder (0700) and
// the file (0600).
Done Remember(const std::string& folder, const std::string& origin, const SeenCharter& seen);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_STATE_FILE_H_
