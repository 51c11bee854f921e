// A charter for people and for scripts.
#ifndef SAFECONDUCT_GATEWAY_CLI_CHARTER_PRINT_H_
#define SAFECONDUCT_GATEWAY_CLI_CHARTER_PRINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/note/note.h"
#include "gateway/charter/charter.h"
#include "gateway/cli/json.h"
#include "gateway/cli/output.h"

namespace safeconduct::cli {

// Origin, version, expiry, and how many of what.
void PrintSummary(Output& out, const charter::OpenCharter& charter);
// That, and every holder and channel.
void PrintCharter(Output& out, const charter::OpenCharter& charter);
void PrintWarnings(Output& out, const std::vector<std::string>& warnings);
JsonArray WarningList(const std::vector<std::string>& warnings);
// Names of the keys that signed, whether or not anyone knows them.
JsonArray SignerNames(const note::Note& note);

// "intake", "acknowledged": enum names as people write them.
std::string RoleName(int role);
std::string StatusName(int status);
// The status of that name; 0 when there is none.
int ParseStatus(const std::string& name);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CHARTER_PRINT_H_
