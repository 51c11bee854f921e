// safeconduct log …: its options.
#include "gateway/cli/argument_groups.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kVerifyHelp =
    "A receipt proves, offline and at any later time, that the report was accepted. A promise\n"
    "proves that it was to be in the log; with --gateway, all of the log is read to see whether\n"
    "it is. A promise that is broken exits with 4, and --out writes the proof of that.\n"
    "\n"
    "--report is a sealed report (serialized, or as JSON), the file manifest of case export, or a\n"
    "plain report's age file with --channel. Log keys and witnesses are those of --trust.";

constexpr const char* kMonitorHelp =
    "Each round reads what is new, checks signatures, entries, hashes and that every tree extends\n"
    "the one before, that the charter in force is the newest one of its log, and with --web what\n"
    "is served as web app. It exits with 4, and keeps both checkpoints in STATE.fork-1, when a "
    "log\n"
    "forks or shrinks; also when the report log stops, and when anything does not verify. Lost\n"
    "connections are tried again in the next round, but exit with 5 with --once.\n"
    "\n"
    "With --json: one object a line, as things are found.";

constexpr const char* kAuditHelp =
    "Reads all of the log, all openings and all cases with their events, and holds them against\n"
    "one another: every entry has to be a report or an event of a case that is listed, a cover,\n"
    "or erased by an event in the log, and every report and event has to be an entry unless it\n"
    "still has time. Each disagreement is an alarm, and the exit code 4.";

void AddVerify(CLI::App& command, LogVerifyOptions& options) {
  command.footer(kVerifyHelp);
  command.add_option("--receipt", options.receipt, "as mailbox read --save-receipt writes it")
      ->type_name("FILE");
  command.add_option("--promise", options.promise, "the note that the gateway answered with")
      ->type_name("FILE");
  command
      .add_option("--proof-file", options.proof_file,
                  "promise and report, as report submit --keep-proof wrote them")
      ->type_name("FILE");
  command.add_option("--report", options.report, "what the receipt or promise is for")
      ->type_name("FILE");
  command.add_option("--channel", options.channel, "which a plain report was sent to")
      ->type_name("ID");
  command.add_option("--out", options.out, "where to write the proof of a broken promise")
      ->type_name("FILE");
}

void AddMonitor(CLI::App& command, LogMonitorOptions& options) {
  command.footer(kMonitorHelp);
  command
      .add_option("--state", options.state,
                  "what was seen; $XDG_STATE_HOME/safeconduct/log-monitor if not given")
      ->type_name("FILE");
  command.add_option("--web", options.web, "the built web app, to compare what is served with")
      ->type_name("FOLDER");
  CLI::Option* once = command.add_flag("--once", options.once, "one round, and no more");
  command
      .add_option("--every", options.every_seconds,
                  "seconds between rounds; if not given, the log's interval")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86'400))
      ->excludes(once);
}

void AddAudit(CLI::App& command, LogAuditOptions& options) {
  command.footer(kAuditHelp);
  command
      .add_option("--channel", options.channel,
                  "only what belongs to this channel, for its holders")
      ->type_name("ID");
}

}  // namespace

void AddLogCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "log", "check receipts and promises; watch and audit the log");
  AddCommand<LogVerifyOptions>(group, chosen, "verify",
                               "Verify a receipt or a promise for a report.", LogVerify, AddVerify);
  AddCommand<LogMonitorOptions>(group, chosen, "monitor",
                                "Follow a gateway's logs and web app; needs no identity.",
                                LogMonitor, AddMonitor);
  AddCommand<LogAuditOptions>(group, chosen, "audit",
                              "Hold the log against the cases, as --identity (an auditor, or a "
                              "holder with --channel).",
                              LogAudit, AddAudit);
}

}  // namespace safeconduct::cli
