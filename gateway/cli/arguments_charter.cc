#include "gateway/cli/argument_groups.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kNewExample =
    "Example, of a first charter and of the version after it:\n"
    "  safeconduct identity show --identity root-1.key --name root-1.example.org   (the VKEY)\n"
    "  safeconduct charter new --origin charter.example.org --root VKEY --root VKEY --root VKEY "
    "\\\n"
    "    --threshold 2 --log VKEY --out charter.json --trust-out trust.txt\n"
    "  safeconduct charter new --next charter.note --trust trust.txt --out charter-2.json";

void AddNew(CLI::App& command, CharterNewOptions& options) {
  command.footer(kNewExample);
  command.add_option("--out", options.out, "the draft to write")->type_name("FILE")->required();
  command.add_option("--trust-out", options.trust_out, "the trust file to write")
      ->type_name("FILE");
  command.add_option("--next", options.next, "make the draft of the version after this one")
      ->type_name("NOTE");
  command.add_option("--origin", options.origin, "the charter's name")->type_name("NAME");
  command
      .add_option("--root", options.roots,
                  "a root key; with --next: of the set that signs the versions after")
      ->type_name("VKEY");
  command.add_option("--threshold", options.threshold, "how many root keys have to sign")
      ->type_name("K");
  command.add_option("--log", options.log, "the log's key")->type_name("VKEY");
  command.add_option("--log-interval", options.log_interval_seconds, "of the log, in seconds")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--witness", options.witnesses, "a witness's key")->type_name("VKEY");
  command
      .add_option("--witness-threshold", options.witness_threshold,
                  "how many witnesses have to cosign")
      ->type_name("K");
  CLI::Option* expires =
      command.add_option("--expires", options.expires, "valid until then")->type_name("DATE");
  command.add_option("--days", options.days, "valid for so many days")
      ->type_name("N")
      ->capture_default_str()
      ->excludes(expires);
}

void AddHolder(CLI::App& command, CharterAddHolderOptions& options) {
  command.add_option("DRAFT", options.draft, "the draft to edit")->required();
  command.add_option("--label", options.label, "the post, never a person's name: a-z, 0-9, -")
      ->type_name("LABEL")
      ->required();
  command.add_option("--organisation", options.organisation, "whose post it is")
      ->type_name("NAME")
      ->required();
  command
      .add_option("--role", options.roles,
                  "intake, investigator, support, trustee, auditor or relay; may be repeated")
      ->type_name("ROLE")
      ->required();
  command.add_option("--channel", options.channels, "a channel; may be repeated; all if none")
      ->type_name("ID");
  command
      .add_option("--keys", options.card,
                  "what the holder's 'identity show --json' printed; - for standard input")
      ->type_name("FILE")
      ->required();
  command.add_flag("--national-authority", options.national,
                   "of a Member State: knows who a reporter is only with the consent to that");
  command.add_flag("--replace", options.replace, "in the place of the holder of this label");
}

void AddUnannounced(CLI::App& command, bool& unannounced) {
  command.add_flag("--unannounced", unannounced,
                   "although closed cases are erased sooner than before, and within 30 days");
}

void AddChannel(CLI::App& command, CharterAddChannelOptions& options) {
  command.add_option("DRAFT", options.draft, "the draft to edit")->required();
  command.add_option("FILE", options.file, "the channel, as the JSON of a Channel")->required();
  command.add_flag("--replace", options.replace, "in the place of the channel of this id");
  command
      .add_option("--retention-from", options.retention_from,
                  "erase none of its cases before that day: announces a retention that is new or "
                  "shorter")
      ->type_name("DATE");
  AddUnannounced(command, options.unannounced);
}

void AddText(CLI::App& command, CharterAddTextOptions& options) {
  command.add_option("DRAFT", options.draft, "the draft to edit")->required();
  command.add_option("FILE", options.file, "the texts, JSON")->required();
  command.add_option("--language", options.language, "their language, such as en or pt-BR")
      ->type_name("TAG")
      ->required();
}

void AddWeb(CLI::App& command, CharterAddWebOptions& options) {
  command.add_option("DRAFT", options.draft, "the draft to edit")->required();
  command.add_option("MANIFEST", options.manifest, "manifest.txt of the built web app")->required();
  command.add_option("--minimum-version", options.minimum_version, "of the web app")
      ->type_name("VERSION");
}

void AddRetireLog(CLI::App& command, CharterRetireLogOptions& options) {
  command.footer(
      "The last checkpoint is what the gateway's high-water file of the report log has, or the "
      "newest one that\nanybody kept: a monitor, a witness, a receipt. With --trust FILE and "
      "--trust-out FILE a trust file is\nwritten that has the new log's key too.");
  command.add_option("DRAFT", options.draft, "the draft to edit")->required();
  command
      .add_option("--last-checkpoint", options.last_checkpoint,
                  "the last checkpoint of the log in use, signed by it")
      ->type_name("FILE")
      ->required();
  command.add_option("--log", options.log, "the key of the new log")->type_name("VKEY")->required();
  command
      .add_option("--log-interval", options.log_interval_seconds,
                  "of the new log, in seconds; that of the one before if not given")
      ->type_name("N");
  command.add_option("--trust-out", options.trust_out, "the trust file to write")
      ->type_name("FILE");
}

void AddSign(CLI::App& command, CharterSignOptions& options) {
  command.add_option("FILE", options.file, "a draft, or a charter that others signed already")
      ->required();
  command.add_option("--name", options.name, "the key's name, if it is not in the trust file")
      ->type_name("NAME");
  command
      .add_option("--out", options.out,
                  "where to write it; if not given, NAME.note beside NAME.json, or FILE itself")
      ->type_name("FILE");
  command
      .add_option("--after", options.after,
                  "the charter before it: warns of a retention that erases sooner, unannounced")
      ->type_name("NOTE");
}

void AddFile(CLI::App& command, CharterFileOptions& options) {
  command.add_option("FILE", options.file, "the signed charter")->required();
  command
      .add_option("--after", options.after,
                  "the charter before it: if that one put other root keys in the place of those in "
                  "the trust file; and warns of a retention that erases sooner, unannounced")
      ->type_name("NOTE");
}

void AddOptionalFile(CLI::App& command, CharterFileOptions& options) {
  command.add_option("FILE", options.file, "a charter or draft; the gateway's if not given");
}

void AddPublish(CLI::App& command, CharterPublishOptions& options) {
  command.add_option("FILE", options.file, "the signed charter")->required();
  command.add_option("--text", options.texts, "texts that the gateway does not have yet")
      ->type_name("FILE");
  AddUnannounced(command, options.unannounced);
}

}  // namespace

void AddCharterCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "charter", "say who holds which key and what each channel does");
  AddCommand<CharterNewOptions>(group, chosen, "new", "Make the draft of a charter.", CharterNew,
                                AddNew);
  AddCommand<CharterAddHolderOptions>(group, chosen, "add-holder", "Enter a holder in a draft.",
                                      CharterAddHolder, AddHolder);
  AddCommand<CharterAddChannelOptions>(group, chosen, "add-channel", "Enter a channel in a draft.",
                                       CharterAddChannel, AddChannel);
  AddCommand<CharterAddTextOptions>(group, chosen, "add-text",
                                    "Enter the texts of a language in a draft.", CharterAddText,
                                    AddText);
  AddCommand<CharterAddWebOptions>(group, chosen, "add-web",
                                   "Enter the digest of the web app in a draft.", CharterAddWeb,
                                   AddWeb);
  AddCommand<CharterRetireLogOptions>(
      group, chosen, "retire-log",
      "Put a new log into a draft, in the place of the one in use, which ends.", CharterRetireLog,
      AddRetireLog);
  AddCommand<CharterSignOptions>(
      group, chosen, "sign", "Sign with the root key of --identity, after showing what it says.",
      CharterSign, AddSign);
  AddCommand<CharterFileOptions>(group, chosen, "verify", "Verify a charter under --trust.",
                                 CharterVerify, AddFile);
  AddCommand<CharterFileOptions>(group, chosen, "show", "Show a charter.", CharterShow,
                                 AddOptionalFile);
  AddCommand<CharterPublishOptions>(group, chosen, "publish", "Put a charter into force.",
                                    CharterPublish, AddPublish);
}

}  // namespace safeconduct::cli
