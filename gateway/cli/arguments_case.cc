#include "gateway/cli/argument_groups.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kSubmitHelp =
    "The file of --answers is JSON; everything in it is optional:\n"
    "  {\"language\": \"en\",\n"
    "   \"consent\": {\"contact\": true, \"support_services\": false,\n"
    "               \"investigators\": false, \"national_authorities\": false},\n"
    "   \"triage\": {\"QUESTION\": \"ANSWER\"}, \"account\": {…}, \"identity\": {…}}\n"
    "Questions and where they belong: safeconduct charter show --json. Where an answer stands "
    "says\n"
    "who can read it. On a shared computer nothing is left behind: no file is written, and the\n"
    "receipt code is only shown. Mind what your shell remembers of what you type.";

constexpr const char* kRememberHelp =
    "keep the charter's version on this computer, so that an older one is noticed next time";

void AddSubmit(CLI::App& command, ReportSubmitOptions& options) {
  command.footer(kSubmitHelp);
  command.add_option("--channel", options.channel, "the channel to report to")
      ->type_name("ID")
      ->required();
  CLI::Option* text =
      command.add_option("--text", options.text, "what happened; - for standard input")
          ->type_name("FILE");
  CLI::Option* answers =
      command.add_option("--answers", options.answers, "answers and consents, JSON")
          ->type_name("FILE");
  CLI::Option* attach =
      command.add_option("--attach", options.attachments, "a file to send along; may be repeated")
          ->type_name("FILE");
  command
      .add_option("--plain", options.plain,
                  "instead of all that: a file sealed by age to the channel's plain recipients")
      ->type_name("FILE")
      ->excludes(text)
      ->excludes(answers)
      ->excludes(attach);
  command
      .add_option("--keep-proof", options.keep_proof,
                  "write the promise and the sealed report there, for log verify --proof-file")
      ->type_name("FILE");
  command.add_flag("--remember", options.remember, kRememberHelp);
}

void AddMailbox(CLI::App& command, MailboxOptions& options) {
  command
      .add_option("--code-file", options.code_file,
                  "file with the receipt code, - for standard input; asked for if not given")
      ->type_name("FILE");
  command.add_flag("--remember", options.remember, kRememberHelp);
}

void AddId(CLI::App& command, CaseOptions& options) {
  command.add_option("ID", options.id, "the case")->required();
}

void AddForce(CLI::App& command, CaseOptions& options) {
  command.add_flag_callback(
      "--force", [&options] { options.overwrite = Overwrite::kAllowed; },
      "write over what is there");
}

void AddText(CLI::App& command, std::string& text) {
  command.add_option("--text", text, "the message; - for standard input")
      ->type_name("FILE")
      ->required();
}

}  // namespace

void AddReportCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "report", "report something");
  AddCommand<ReportSubmitOptions>(group, chosen, "submit",
                                  "Seal a report on this computer, send it, show its receipt code.",
                                  ReportSubmit, AddSubmit);
}

void AddMailboxCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "mailbox", "read and write about your own report");
  AddCommand<MailboxOptions>(group, chosen, "read", "Read status and answers.", MailboxRead,
                             [](CLI::App& command, MailboxOptions& options) {
                               AddMailbox(command, options);
                               command
                                   .add_option("--save-receipt", options.save_receipt,
                                               "write the proof that the report is in the log, for "
                                               "log verify --receipt")
                                   ->type_name("FILE");
                             });
  AddCommand<MailboxOptions>(group, chosen, "reply", "Write to those who read your report.",
                             MailboxReply, [](CLI::App& command, MailboxOptions& options) {
                               AddMailbox(command, options);
                               AddText(command, options.text);
                             });
  AddCommand<MailboxOptions>(
      group, chosen, "consent", "Change what you consent to, and say anew who you are.",
      MailboxConsent, [](CLI::App& command, MailboxOptions& options) {
        AddMailbox(command, options);
        command
            .add_option("--answers", options.answers,
                        "the four consents and the identity, JSON as for report submit")
            ->type_name("FILE")
            ->required();
      });
}

void AddCustodyCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "custody", "check what was taken out");
  AddCommand<CustodyVerifyOptions>(
      group, chosen, "verify", "Check an exported case, offline.", CustodyVerify,
      [](CLI::App& command, CustodyVerifyOptions& options) {
        command.add_option("FOLDER", options.folder, "as `case export` made it")->required();
      });
}

void AddCaseCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "case", "work on what was reported to you");
  AddCommand<CaseListOptions>(
      group, chosen, "list", "List cases, newest first.", CaseList,
      [](CLI::App& command, CaseListOptions& options) {
        command.add_option("--channel", options.channel, "of this channel only")->type_name("ID");
        command.add_option("--after", options.after, "go on where the last page ended")
            ->type_name("VALUE");
        command.add_flag("--all", options.all, "all pages");
        command.add_flag("--overdue", options.overdue,
                         "only cases with something overdue, of all pages");
        command.add_flag("--expiring", options.expiring,
                         "those of all pages that the gateway erases within 30 days");
      });
  AddCommand<CaseOptions>(group, chosen, "show", "Verify a case and show it, without opening it.",
                          CaseShow, AddId);
  AddCommand<CaseOptions>(
      group, chosen, "open", "Verify a case and open what is sealed to you.", CaseOpen,
      [](CLI::App& command, CaseOptions& options) {
        command.add_option("ID", options.id, "the case; not with --all");
        command.add_flag("--all", options.all, "the triage of every case, in one reading");
        command.add_option("--channel", options.channel, "with --all: of this channel only")
            ->type_name("ID");
        command
            .add_option("--attachments", options.attachments,
                        "write the attachments into this folder")
            ->type_name("FOLDER");
        AddForce(command, options);
      });
  AddCommand<CaseOptions>(group, chosen, "reply", "Answer the reporter.", CaseReply,
                          [](CLI::App& command, CaseOptions& options) {
                            AddId(command, options);
                            AddText(command, options.text);
                            command.add_flag("--long", options.long_sms,
                                             "to a reporter who reads SMS: also more than 10 SMS");
                          });
  AddCommand<CaseOptions>(
      group, chosen, "status", "Set the status that the reporter sees.", CaseStatus,
      [](CLI::App& command, CaseOptions& options) {
        AddId(command, options);
        command
            .add_option("STATUS", options.status,
                        "acknowledged, in-assessment, under-investigation, referred, action-taken "
                        "or closed")
            ->required();
      });
  AddActCommands(group, chosen);
  AddCommand<CaseOptions>(group, chosen, "export",
                          "Write a case to a folder that opens with stock age.", CaseExport,
                          [](CLI::App& command, CaseOptions& options) {
                            AddId(command, options);
                            command.add_option("--out", options.out, "the folder to make")
                                ->type_name("FOLDER")
                                ->required();
                            AddForce(command, options);
                          });
}

}  // namespace safeconduct::cli
