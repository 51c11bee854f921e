// How a command of a group is added; for arguments*.cc only, since CLI11 is heavy to compile.
#ifndef SAFECONDUCT_GATEWAY_CLI_ARGUMENT_GROUPS_H_
#define SAFECONDUCT_GATEWAY_CLI_ARGUMENT_GROUPS_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "gateway/cli/arguments.h"

namespace safeconduct::cli {

// A group of commands, of which one has to follow.
inline CLI::App* AddGroup(CLI::App& app, const char* name, const char* description) {
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1)->fallthrough();
  return group;
}

// A command, whose options `add` declares and `run` gets.
template <typename Options, typename Add>
void AddCommand(CLI::App* group, Command& chosen, const char* name, const char* description,
                Done (*run)(Context&, const Options&), Add add) {
  CLI::App* command = group->add_subcommand(name, description);
  command->fallthrough();
  const auto options = std::make_shared<Options>();
  add(*command, *options);
  command->callback([options, run, &chosen] {
    chosen = [options, run](Context& c) { return run(c, *options); };
  });
}

// The commands of `case` that are one event each.
void AddActCommands(CLI::App* group, Command& chosen);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_ARGUMENT_GROUPS_H_
