// safeconduct-sms-relay: the composition root.
#include <CLI/CLI.hpp>

#include <string>

#include "crypto/base/secret.h"
#include "gateway/program/terminal.h"
#include "gateway/sms/program/commands.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

program::ExitCode Run(int argc, char** argv) {
  CLI::App app(
      "The Safeconduct SMS relay: seals what telephones send for those who may read it, and sends "
      "their answers.",
      "safeconduct-sms-relay");
  app.require_subcommand(1);
  std::string config;
  bool list_keys = false;
  CLI::App* const serve = app.add_subcommand("serve", "Run the relay");
  serve->add_option("--config", config, "The relay's TOML file")->required();
  CLI::App* const check = app.add_subcommand("check-config", "Check a configuration");
  CLI::Option* const checked = check->add_option("--config", config, "The relay's TOML file");
  check->add_flag("--keys", list_keys, "List every key that there is")->excludes(checked);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? program::ExitCode::kOk : program::ExitCode::kUsage;
  }
  if (const Status ready = InitCrypto(); !ready.ok()) {
    program::Complain("cryptography does not start");
    return program::ExitCode::kFailed;
  }
  proto::QuietProtobuf();
  if (serve->parsed()) return Serve(config);
  if (list_keys) return ListConfigKeys();
  if (!checked->count()) {
    program::Complain("check-config needs --config FILE or --keys");
    return program::ExitCode::kUsage;
  }
  return CheckConfig(config);
}

}  // namespace
}  // namespace safeconduct::sms

int main(int argc, char** argv) { return static_cast<int>(safeconduct::sms::Run(argc, argv)); }
