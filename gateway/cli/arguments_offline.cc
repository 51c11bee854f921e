// safeconduct offline …: its options.
#include "gateway/cli/argument_groups.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

void AddMake(CLI::App& command, OfflineMakeOptions& options) {
  command
      .add_option("--web", options.web, "the built web app, of which the charter names the digest")
      ->type_name("FOLDER")
      ->required();
  command.add_option("--channel", options.channel, "whom reports go to")
      ->type_name("ID")
      ->required();
  command.add_option("--language", options.language, "of the form")
      ->type_name("TAG")
      ->capture_default_str();
  command.add_option("--title", options.title, "neutral, as it stands in histories")
      ->type_name("TEXT")
      ->capture_default_str();
  command.add_option("--exit-url", options.exit_url, "where the quick exit leads to")
      ->type_name("URL")
      ->capture_default_str();
  command.add_option("--out", options.out, "the file to write")->type_name("FILE")->required();
  command.add_flag("--force", options.force, "write over it");
}

void AddSign(CLI::App& command, OfflineSignOptions& options) {
  command.add_option("FILE", options.file, "the copy; signatures go into FILE.note")->required();
  command.add_option("--name", options.name, "the key's name, if it is not in the trust file")
      ->type_name("NAME");
}

void AddVerify(CLI::App& command, OfflineVerifyOptions& options) {
  command.add_option("FILE", options.file, "the copy")->required();
  command.add_option("--note", options.note, "its signatures; FILE.note if not given")
      ->type_name("FILE");
}

}  // namespace

void AddOfflineCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "offline", "the form as one file that people carry and check");
  AddCommand<OfflineMakeOptions>(group, chosen, "make",
                                 "Make the copy for one channel, language and gateway.",
                                 OfflineMake, AddMake);
  AddCommand<OfflineSignOptions>(group, chosen, "sign", "Sign it with the root key of --identity.",
                                 OfflineSign, AddSign);
  AddCommand<OfflineVerifyOptions>(group, chosen, "verify", "Verify one under --trust.",
                                   OfflineVerify, AddVerify);
}

}  // namespace safeconduct::cli
