// The command line: from argv to the global options and the one command to run.
#ifndef SAFECONDUCT_GATEWAY_CLI_ARGUMENTS_H_
#define SAFECONDUCT_GATEWAY_CLI_ARGUMENTS_H_

#include <functional>
#include <string>

#include "gateway/cli/context.h"
#include "gateway/cli/failure.h"

namespace CLI {
class App;
}  // namespace CLI

namespace safeconduct::cli {

using Command = std::function<Done(Context&)>;

struct Arguments {
  GlobalOptions options;
  Command command;
  std::string help;  // to be printed instead of running anything
};

// kUsage, with a hint. Environment variables stand in for global options that are not given.
Outcome<Arguments> ParseArguments(int argc, const char* const* argv);

// Whether --json is among the arguments, for failures to understand them.
bool AsksForJson(int argc, const char* const* argv);

// Each adds its group of commands; the one that is parsed puts itself into `chosen`, which must
// outlive `app`. For arguments.cc only.
void AddIdentityCommands(CLI::App& app, Command& chosen);
void AddCharterCommands(CLI::App& app, Command& chosen);
void AddOfflineCommands(CLI::App& app, Command& chosen);
void AddReportCommands(CLI::App& app, Command& chosen);
void AddMailboxCommands(CLI::App& app, Command& chosen);
void AddCaseCommands(CLI::App& app, Command& chosen);
void AddCustodyCommands(CLI::App& app, Command& chosen);
void AddLogCommands(CLI::App& app, Command& chosen);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_ARGUMENTS_H_
