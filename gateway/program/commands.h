// What `safeconduct-gateway` can be told to do. Each says on the terminal what came of it.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_COMMANDS_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_COMMANDS_H_

#include <string>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/program/exit_code.h"
#include "gateway/program/refusal.h"

namespace safeconduct::program {

// Runs the gateway until SIGTERM or SIGINT; SIGHUP reads the certificates and opens the log anew.
// Prints "serving on https://…" once it serves, and nothing more.
ExitCode Serve(const std::string& config_file);

// Whether the configuration, and what it names, would do. Starts and changes nothing.
ExitCode CheckConfig(const std::string& config_file);
// Every key with its kind, default and range.
ExitCode ListConfigKeys();

// A consistent copy of the store in `folder`, incremental where it can be: by the running gateway
// when there is one, else by this process.
ExitCode Backup(const std::string& config_file, const std::string& folder);
// A new store from the newest backup in `folder`; never over an existing one.
ExitCode Restore(const std::string& config_file, const std::string& folder);
// Reads everything and names what is damaged; by the running gateway or this process, as Backup.
ExitCode Verify(const std::string& config_file);

// Puts a charter into the store while no gateway runs: one that names a new log after a loss, or
// one that was in force already and that the store lost. It is in force with the next start.
// `texts`: files with those that the store does not have. The same one again changes nothing.
ExitCode TakeCharter(const std::string& config_file, const std::string& charter_file,
                     const std::vector<std::string>& texts);

// The configuration, or what is wrong with it, one line each.
OrRefusal<config::Config> ReadConfig(const std::string& file);
// Says why, and gives the exit code.
ExitCode Complain(const Refusal& refusal);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_COMMANDS_H_
