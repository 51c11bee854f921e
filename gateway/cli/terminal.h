// Secrets from the user's keyboard, read from the terminal itself, so that they work beside a pipe.
#ifndef SAFECONDUCT_GATEWAY_CLI_TERMINAL_H_
#define SAFECONDUCT_GATEWAY_CLI_TERMINAL_H_

#include <cstdint>
#include <string>

#include "crypto/base/secret.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

// Whether there is a terminal to ask on, and whether standard input is one.
bool HasTerminal();
bool InputIsTerminal();

// Shows `prompt`, reads one line without showing it. kUsage when there is no terminal or nothing
// was typed.
Outcome<SecretBytes> AskSecret(const std::string& prompt);

// A passphrase: from the file that SAFECONDUCT_PASSPHRASE_FILE names (its first line), else asked
// for; kNew: twice, and both must be the same. kKey.
enum class Passphrase : std::uint8_t { kExisting, kNew };
Outcome<SecretBytes> ReadPassphrase(Passphrase kind, const std::string& what_for);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_TERMINAL_H_
