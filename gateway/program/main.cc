// safeconduct-gateway: the composition root.
#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "crypto/base/secret.h"
#include "gateway/program/commands.h"
#include "gateway/program/terminal.h"
#include "proto/parse.h"

namespace safeconduct::program {
namespace {

struct Arguments {
  std::string config;
  std::string folder;
  std::string charter;
  std::vector<std::string> texts;
  bool list_keys = false;
};

CLI::App* AddCommand(CLI::App& app, Arguments& arguments, const std::string& name,
                     const std::string& description) {
  CLI::App* const command = app.add_subcommand(name, description);
  command->add_option("--config", arguments.config, "The gateway's TOML file")->required();
  return command;
}

ExitCode Run(int argc, char** argv) {
  CLI::App app(
      "The Safeconduct gateway: takes sealed reports and keeps them for those who may "
      "read them.",
      "safeconduct-gateway");
  app.require_subcommand(1);
  Arguments arguments;
  CLI::App* const serve = AddCommand(app, arguments, "serve", "Run the gateway");
  CLI::App* const check = app.add_subcommand("check-config", "Check a configuration");
  CLI::Option* const checked =
      check->add_option("--config", arguments.config, "The gateway's TOML file");
  check->add_flag("--keys", arguments.list_keys, "List every key that there is")->excludes(checked);
  CLI::App* const backup =
      AddCommand(app, arguments, "backup", "Copy the store, while it is in use or not");
  backup->add_option("--to", arguments.folder, "The folder of the backups")->required();
  CLI::App* const restore =
      AddCommand(app, arguments, "restore", "Make a new store from the newest backup");
  restore->add_option("--from", arguments.folder, "The folder of the backups")->required();
  CLI::App* const verify =
      AddCommand(app, arguments, "verify", "Read everything that is stored, and check it");
  CLI::App* const take = AddCommand(
      app, arguments, "take-charter",
      "Put a charter into force that a running gateway cannot take: after a loss, with a new log");
  take->add_option("--charter", arguments.charter, "The signed charter")->required();
  take->add_option("--text", arguments.texts, "A text that it names and the store does not have");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::kOk : ExitCode::kUsage;
  }

  if (const Status ready = InitCrypto(); !ready.ok()) {
    return Complain(Refuse(ExitCode::kFailed, "cryptography", ready.error()));
  }
  proto::QuietProtobuf();
  if (serve->parsed()) return Serve(arguments.config);
  if (backup->parsed()) return Backup(arguments.config, arguments.folder);
  if (restore->parsed()) return Restore(arguments.config, arguments.folder);
  if (verify->parsed()) return Verify(arguments.config);
  if (take->parsed()) return TakeCharter(arguments.config, arguments.charter, arguments.texts);
  if (arguments.list_keys) return ListConfigKeys();
  if (!checked->count()) {
    Complain("check-config needs --config FILE or --keys");
    return ExitCode::kUsage;
  }
  return CheckConfig(arguments.config);
}

}  // namespace
}  // namespace safeconduct::program

int main(int argc, char** argv) { return static_cast<int>(safeconduct::program::Run(argc, argv)); }
