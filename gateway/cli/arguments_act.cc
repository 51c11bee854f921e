#include "gateway/cli/argument_groups.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

void AddId(CLI::App& command, std::string& id) {
  command.add_option("ID", id, "the case")->required();
}

void AddHolder(CLI::App& command, ActOptions& options, const char* name, const char* what) {
  AddId(command, options.id);
  command.add_option(name, options.holder, what)->type_name("LABEL")->required();
}

void AddEnd(CLI::App& command, ActOptions& options, const char* what) {
  command.add_flag("--end", options.end, what);
}

void AddReaders(CLI::App& command, ActOptions& options) {
  AddId(command, options.id);
  command
      .add_option("--reader", options.readers,
                  "a holder who reads it; may be repeated. Not given: all who work on the case")
      ->type_name("LABEL");
}

void AddCompartments(CLI::App& command, ActOptions& options, const char* what) {
  command.add_option("--compartment", options.compartments, what)->type_name("NAME");
}

void AddCustody(CLI::App& command, CustodyOptions& options) {
  AddReaders(command, options.act);
  command.add_option("--item", options.item, "what changed hands")->type_name("TEXT")->required();
  command.add_option("--from", options.from, "from whom")->type_name("TEXT")->required();
  command.add_option("--to", options.to, "to whom")->type_name("TEXT")->required();
  command.add_option("--place", options.place, "where")->type_name("TEXT");
  command.add_option("--time", options.time, "when: 2027-01-31, or with time")->type_name("TIME");
  command.add_option("--seal", options.seal, "number of the bag's or container's seal")
      ->type_name("TEXT");
  command.add_option("--document", options.document, "a file whose SHA-256 is recorded")
      ->type_name("FILE");
  command.add_option("--remarks", options.remarks, "anything else")->type_name("TEXT");
}

void AddMeasures(CLI::App& command, MeasuresOptions& options) {
  AddReaders(command, options.act);
  command
      .add_option("--measure", options.measures,
                  "what was done, as medical, shelter, legal, child-support; may be repeated")
      ->type_name("KIND[=DATE[=REFERENCE]]");
  command.add_option("--sanction", options.sanction, "the sanction, in words")->type_name("TEXT");
  command.add_option("--remarks", options.remarks, "anything else")->type_name("TEXT");
}

void AddNumber(CLI::App& command, ActOptions& options) {
  AddId(command, options.id);
  command
      .add_option("--request", options.number,
                  "number of the request; needed when several wait for your answer")
      ->type_name("N");
}

void AddRequest(CLI::App& command, ActOptions& options) {
  AddId(command, options.id);
  command
      .add_option("--compartment", options.compartments,
                  "account (with attachments and messages), identity; may be repeated")
      ->type_name("NAME")
      ->required();
  command.add_option("--reason", options.text, "why, sealed to the trustees; - for standard input")
      ->type_name("FILE")
      ->required();
  command.add_option("--until", options.until, "when it ends: 2027-01-31, or with time")
      ->type_name("TIME");
}

void AddQuorumCommands(CLI::App* group, Command& chosen) {
  AddCommand<ActOptions>(group, chosen, "request",
                         "Ask the trustees for what is sealed to the quorum.", CaseRequest,
                         AddRequest);
  AddCommand<ActOptions>(group, chosen, "approve", "As a trustee, release your share of it.",
                         CaseApprove, [](CLI::App& command, ActOptions& options) {
                           AddNumber(command, options);
                           AddCompartments(command, options,
                                           "of these only; may be repeated. Not given: all that "
                                           "is asked for");
                         });
  AddCommand<ActOptions>(
      group, chosen, "refuse", "As a trustee, refuse it.", CaseRefuse,
      [](CLI::App& command, ActOptions& options) {
        AddNumber(command, options);
        command
            .add_option("--reason", options.text,
                        "why, sealed to who asks and to the trustees; - for standard input")
            ->type_name("FILE")
            ->required();
      });
  AddCommand<ActOptions>(group, chosen, "handover",
                         "As a trustee who leaves, give your shares to a successor.", CaseHandover,
                         [](CLI::App& command, ActOptions& options) {
                           command.add_option("ID", options.id, "the case; not with --all-open");
                           command.add_flag("--all-open", options.all,
                                            "of every case that is neither closed nor dismissed");
                           command.add_option("--to", options.holder, "a trustee of the charter")
                               ->type_name("LABEL")
                               ->required();
                         });
}

}  // namespace

void AddActCommands(CLI::App* group, Command& chosen) {
  AddCommand<ActOptions>(group, chosen, "assign", "Say who works on a case and so sees it.",
                         CaseAssign, [](CLI::App& command, ActOptions& options) {
                           AddHolder(command, options, "--to", "the holder");
                           AddEnd(command, options, "works on it no more");
                         });
  AddCommand<ActOptions>(group, chosen, "exclude", "Shut a holder out: conflict of interest.",
                         CaseExclude, [](CLI::App& command, ActOptions& options) {
                           AddHolder(command, options, "--holder", "the holder");
                           AddEnd(command, options, "let the holder back in");
                         });
  AddCommand<ActOptions>(
      group, chosen, "grant", "Let a holder read what you may read by your post.", CaseGrant,
      [](CLI::App& command, ActOptions& options) {
        command.add_option("ID", options.id, "the case; not with --all-open");
        command.add_flag("--all-open", options.all,
                         "in every case that is neither closed nor dismissed, as when an officer "
                         "takes over");
        command.add_option("--to", options.holder, "the holder")->type_name("LABEL")->required();
        command
            .add_option("--compartment", options.compartments,
                        "triage, account (with its attachments), identity; may be repeated")
            ->type_name("NAME")
            ->required();
        command.add_option("--until", options.until, "when it ends: 2027-01-31, or with time")
            ->type_name("TIME");
      });
  AddCommand<ActOptions>(group, chosen, "revoke", "End what was granted.", CaseRevoke,
                         [](CLI::App& command, ActOptions& options) {
                           AddHolder(command, options, "--from", "the holder");
                           AddCompartments(command, options,
                                           "of these only; may be repeated. Not given: all");
                         });
  AddCommand<ActOptions>(group, chosen, "note", "Write a note to those who work on a case.",
                         CaseNote, [](CLI::App& command, ActOptions& options) {
                           AddReaders(command, options);
                           command
                               .add_option("--text", options.text, "the note; - for standard input")
                               ->type_name("FILE")
                               ->required();
                         });
  AddCommand<CustodyOptions>(group, chosen, "custody", "Record that evidence changed hands.",
                             CaseCustody, AddCustody);
  AddCommand<MeasuresOptions>(group, chosen, "measures", "Record measures and a sanction.",
                              CaseMeasures, AddMeasures);
  AddCommand<ActOptions>(
      group, chosen, "link", "Link two reports of one incident.", CaseLink,
      [](CLI::App& command, ActOptions& options) {
        AddId(command, options.id);
        command.add_option("--with", options.other, "the other case")->type_name("ID")->required();
        AddEnd(command, options, "they do not belong together");
      });
  AddCommand<ActOptions>(group, chosen, "dismiss", "Put a case out of the way, as spam.",
                         CaseDismiss, [](CLI::App& command, ActOptions& options) {
                           AddId(command, options.id);
                           AddEnd(command, options, "take it back");
                         });
  AddCommand<ActOptions>(group, chosen, "hold", "Put a case under legal hold.", CaseHold,
                         [](CLI::App& command, ActOptions& options) {
                           AddId(command, options.id);
                           AddEnd(command, options, "lift it");
                         });
  AddCommand<ActOptions>(
      group, chosen, "erase", "Destroy a case that somebody else closed or dismissed.", CaseErase,
      [](CLI::App& command, ActOptions& options) {
        AddId(command, options.id);
        command.add_flag("--yes", options.yes, "it is meant: nobody can ever read it again");
      });
  AddQuorumCommands(group, chosen);
}

}  // namespace safeconduct::cli
