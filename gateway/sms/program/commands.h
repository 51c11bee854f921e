// What `safeconduct-sms-relay` can be told to do. Each says on the terminal what came of it.
#ifndef SAFECONDUCT_GATEWAY_SMS_PROGRAM_COMMANDS_H_
#define SAFECONDUCT_GATEWAY_SMS_PROGRAM_COMMANDS_H_

#include <string>

#include "gateway/program/exit_code.h"

namespace safeconduct::sms {

// Runs the relay until SIGTERM or SIGINT; SIGHUP reads the certificates and opens the log anew.
// Prints "serving on http://…" once it serves, and nothing more.
program::ExitCode Serve(const std::string& config_file);
// Whether the configuration, and what it names, would do. Starts and changes nothing.
program::ExitCode CheckConfig(const std::string& config_file);
// Every key with its kind, default and range.
program::ExitCode ListConfigKeys();

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_PROGRAM_COMMANDS_H_
