#include "gateway/cli/arguments.h"

#include <string_view>

#include "gateway/cli/argument_groups.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kAbout =
    "safeconduct: reports misconduct without saying who you are, and opens what was reported to "
    "you.\nEverything is sealed and opened on this computer; the gateway carries what it cannot "
    "read.";
constexpr const char* kExitCodes =
    "Exit codes: 0 ok, 2 usage, 3 refused or absent, 4 verification failed, 5 network, 6 key\n"
    "(1: a local failure, such as a full disk). gateway/cli/README.md describes what --json "
    "prints.";

void AddGlobals(CLI::App& app, GlobalOptions& options) {
  const char* group = "Global options (before or after the command)";
  const auto add = [&](const char* name, std::string& target, const char* description,
                       const char* variable) {
    return app.add_option(name, target, description)->envname(variable)->group(group);
  };
  add("--gateway", options.gateway, "address of the gateway, https://HOST[:PORT]",
      "SAFECONDUCT_GATEWAY")
      ->type_name("URL");
  add("--trust", options.trust, "trust file, from which everything is verified",
      "SAFECONDUCT_TRUST")
      ->type_name("FILE");
  add("--ca", options.ca, "certificate authority of the gateway (PEM), instead of the system's",
      "SAFECONDUCT_CA")
      ->type_name("FILE");
  add("--identity", options.identity, "your key file", "SAFECONDUCT_IDENTITY")->type_name("FILE");
  add("--proxy", options.proxy, "Tor: socks5h://127.0.0.1:9050", "SAFECONDUCT_PROXY")
      ->type_name("URL");
  add("--unix-socket", options.unix_socket,
      "connect to this socket (a gateway's onion listener on this machine)",
      "SAFECONDUCT_UNIX_SOCKET")
      ->type_name("PATH");
  app.add_flag("--json", options.json, "print JSON, for scripts")->group(group);
  app.add_option("--retry-seconds", options.retry_seconds,
                 "how long to go on after a lost connection")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

// "safeconduct case open", as far as the words were understood.
std::string ParsedCommand(const CLI::App& app) {
  std::string words = app.get_name();
  const std::vector<CLI::App*> next = app.get_subcommands();
  return next.empty() ? words : words + " " + ParsedCommand(*next.front());
}

}  // namespace

void AddIdentityCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "identity", "make a key, show its public parts");
  AddCommand<IdentityNewOptions>(
      group, chosen, "new", "Make a new key: an age identity, as age-keygen -pq makes it.",
      IdentityNew, [](CLI::App& command, IdentityNewOptions& options) {
        command.add_option("--out", options.out, "where to write it; standard output if not given")
            ->type_name("FILE");
        command.add_flag("--passphrase", options.passphrase,
                         "wrap it in a passphrase, asked for or in SAFECONDUCT_PASSPHRASE_FILE");
      });
  AddCommand<IdentityShowOptions>(
      group, chosen, "show",
      "Show the public parts of --identity. With --json: what charter add-holder --keys takes.",
      IdentityShow, [](CLI::App& command, IdentityShowOptions& options) {
        command
            .add_option("--name", options.name,
                        "also show the verifier key of this name, for a root key or a log")
            ->type_name("NAME");
      });
}

bool AsksForJson(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json") return true;
  }
  return false;
}

Outcome<Arguments> ParseArguments(int argc, const char* const* argv) {
  Arguments arguments;
  CLI::App app(kAbout, "safeconduct");
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.set_version_flag("--version", "safeconduct " SAFECONDUCT_VERSION);
  AddGlobals(app, arguments.options);
  AddReportCommands(app, arguments.command);
  AddMailboxCommands(app, arguments.command);
  AddCaseCommands(app, arguments.command);
  AddCustodyCommands(app, arguments.command);
  AddLogCommands(app, arguments.command);
  AddIdentityCommands(app, arguments.command);
  AddCharterCommands(app, arguments.command);
  AddOfflineCommands(app, arguments.command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    arguments.help = app.help();
  } catch (const CLI::CallForVersion& version) {
    arguments.help = std::string(version.what()) + "\n";
  } catch (const CLI::ParseError& error) {
    return UsageFailure(error.what(), "See: " + ParsedCommand(app) + " --help");
  }
  return arguments;
}

}  // namespace safeconduct::cli
