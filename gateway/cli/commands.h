// The commands and their options, one function each, in the order of `safeconduct --help`. What
// the options mean is said to the user in arguments*.cc; what is printed, in README.md.
#ifndef SAFECONDUCT_GATEWAY_CLI_COMMANDS_H_
#define SAFECONDUCT_GATEWAY_CLI_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/cli/context.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/files.h"
#include "gateway/pages/defaults.h"

namespace safeconduct::cli {

// --- identity ---------------------------------------------------------------------------------

struct IdentityNewOptions {
  std::string out;  // empty: standard output
  bool passphrase = false;
};
Done IdentityNew(Context& context, const IdentityNewOptions& options);

struct IdentityShowOptions {
  std::string name;  // of the verifier key; empty: none is shown
};
Done IdentityShow(Context& context, const IdentityShowOptions& options);

// --- charter ----------------------------------------------------------------------------------

struct CharterNewOptions {
  std::string next;  // a signed note: its content, as the draft of the next version
  std::string origin;
  std::vector<std::string> roots;  // vkeys; with `next`, the set that takes over
  std::uint32_t threshold = 0;
  std::string log;  // vkey
  std::uint32_t log_interval_seconds = 3600;
  std::vector<std::string> witnesses;
  std::uint32_t witness_threshold = 0;
  std::string expires;  // "2027-01-31" or with time; empty: in `days`
  std::uint32_t days = 365;
  std::string out;
  std::string trust_out;
};
Done CharterNew(Context& context, const CharterNewOptions& options);

struct CharterAddHolderOptions {
  std::string draft;
  std::string label;
  std::string organisation;
  std::vector<std::string> roles;
  std::vector<std::string> channels;
  std::string card;  // what `identity show --json` printed
  bool national = false;
  bool replace = false;
};
Done CharterAddHolder(Context& context, const CharterAddHolderOptions& options);

struct CharterAddChannelOptions {
  std::string draft;
  std::string file;
  std::string retention_from;  // "2027-01-31"; empty: as the file has it
  bool replace = false;
  bool unannounced = false;  // erases sooner than before, within 30 days
};
Done CharterAddChannel(Context& context, const CharterAddChannelOptions& options);

struct CharterAddTextOptions {
  std::string draft;
  std::string language;
  std::string file;
};
Done CharterAddText(Context& context, const CharterAddTextOptions& options);

struct CharterAddWebOptions {
  std::string draft;
  std::string manifest;
  std::string minimum_version;
};
Done CharterAddWeb(Context& context, const CharterAddWebOptions& options);

struct CharterRetireLogOptions {
  std::string draft;
  std::string last_checkpoint;             // of the log in use
  std::string log;                         // vkey of the new one
  std::uint32_t log_interval_seconds = 0;  // 0: as the one before
  std::string trust_out;  // with --trust: the same with the new log's key, from this version on
};
Done CharterRetireLog(Context& context, const CharterRetireLogOptions& options);

struct OfflineMakeOptions {
  std::string web;  // folder of the built web app
  std::string channel;
  std::string language = "en";
  std::string title{pages::kDefaultTitle};
  std::string exit_url{pages::kDefaultExitUrl};
  std::string out;
  bool force = false;
};
Done OfflineMake(Context& context, const OfflineMakeOptions& options);

struct OfflineSignOptions {
  std::string file;
  std::string name;
};
Done OfflineSign(Context& context, const OfflineSignOptions& options);

struct OfflineVerifyOptions {
  std::string file;
  std::string note;
};
Done OfflineVerify(Context& context, const OfflineVerifyOptions& options);

struct CharterSignOptions {
  std::string file;   // a draft or a note
  std::string name;   // of the key; empty: from the trust file
  std::string out;    // empty: beside the draft, or the note itself
  std::string after;  // the charter before it, to warn of what it erases sooner; empty: unknown
};
Done CharterSign(Context& context, const CharterSignOptions& options);

struct CharterFileOptions {
  std::string file;   // `show`: empty for the gateway's
  std::string after;  // `verify`: the charter before it, for its roots and what is erased sooner
};
Done CharterVerify(Context& context, const CharterFileOptions& options);
Done CharterShow(Context& context, const CharterFileOptions& options);

struct CharterPublishOptions {
  std::string file;
  std::vector<std::string> texts;
  bool unannounced = false;  // erases sooner than before, within 30 days
};
Done CharterPublish(Context& context, const CharterPublishOptions& options);

// --- report -----------------------------------------------------------------------------------

struct ReportSubmitOptions {
  std::string channel;
  std::string text;
  std::string answers;
  std::vector<std::string> attachments;
  std::string plain;       // an age file, instead of all that
  std::string keep_proof;  // file for the promise and the report; empty: none
  bool remember = false;
};
Done ReportSubmit(Context& context, const ReportSubmitOptions& options);

// --- mailbox ----------------------------------------------------------------------------------

struct MailboxOptions {
  std::string code_file;     // "-": standard input; empty: asked for
  std::string text;          // of a reply
  std::string answers;       // `consent`: file
  std::string save_receipt;  // `read`: file for the receipt; empty: none
  bool remember = false;
};
Done MailboxRead(Context& context, const MailboxOptions& options);
Done MailboxReply(Context& context, const MailboxOptions& options);
Done MailboxConsent(Context& context, const MailboxOptions& options);

// --- case -------------------------------------------------------------------------------------

struct CaseListOptions {
  std::string channel;
  std::string after;
  bool all = false;
  bool overdue = false;   // only those with something overdue, of all pages
  bool expiring = false;  // only those that are erased within 30 days
};
Done CaseList(Context& context, const CaseListOptions& options);

struct CaseOptions {
  std::string id;
  bool all = false;         // `open`: the triage of every case
  std::string channel;      // with that: of this channel only
  std::string attachments;  // `open`: a folder for them; empty: they are only named
  std::string text;         // `reply`
  bool long_sms = false;    // `reply`: however many SMS it takes
  std::string status;       // `status`
  std::string out;          // `export`
  Overwrite overwrite = Overwrite::kNever;
};
Done CaseShow(Context& context, const CaseOptions& options);
Done CaseOpen(Context& context, const CaseOptions& options);
Done CaseOpenAll(Context& context, const std::string& channel);
Done CaseReply(Context& context, const CaseOptions& options);
Done CaseStatus(Context& context, const CaseOptions& options);
Done CaseExport(Context& context, const CaseOptions& options);

// What is done with a case beside answering: one event each.
struct ActOptions {
  std::string id;
  std::string holder;                     // label of whom it concerns
  std::vector<std::string> compartments;  // `grant`, `revoke`
  std::string until;                      // `grant`, `request`: "2027-01-31", or with time
  std::string text;                       // `note`, `request`, `refuse`: file
  std::vector<std::string> readers;       // of records: labels; empty: all who work on the case
  std::string other;                      // `link`: another case
  std::uint64_t number = 0;               // `approve`, `refuse`: of the request; 0: the only one
  bool yes = false;                       // `erase`: it is meant
  bool end = false;                       // the contrary
  bool all = false;                       // `grant`: in every open case that the author sees
};
Done CaseAssign(Context& context, const ActOptions& options);
Done CaseExclude(Context& context, const ActOptions& options);
Done CaseGrant(Context& context, const ActOptions& options);
Done CaseRevoke(Context& context, const ActOptions& options);
Done CaseNote(Context& context, const ActOptions& options);
Done CaseLink(Context& context, const ActOptions& options);
Done CaseDismiss(Context& context, const ActOptions& options);
Done CaseHold(Context& context, const ActOptions& options);
Done CaseRequest(Context& context, const ActOptions& options);
Done CaseApprove(Context& context, const ActOptions& options);
Done CaseRefuse(Context& context, const ActOptions& options);
Done CaseHandover(Context& context, const ActOptions& options);
Done CaseErase(Context& context, const ActOptions& options);

struct CustodyOptions {
  ActOptions act;
  std::string item;
  std::string place;
  std::string time;
  std::string from;
  std::string to;
  std::string seal;
  std::string document;  // file, whose digest is recorded
  std::string remarks;
};
Done CaseCustody(Context& context, const CustodyOptions& options);

struct MeasuresOptions {
  ActOptions act;
  std::vector<std::string> measures;  // "KIND", "KIND=DATE" or "KIND=DATE=REFERENCE"
  std::string sanction;
  std::string remarks;
};
Done CaseMeasures(Context& context, const MeasuresOptions& options);

// --- custody ----------------------------------------------------------------------------------

struct CustodyVerifyOptions {
  std::string folder;  // that `case export` made
};
Done CustodyVerify(Context& context, const CustodyVerifyOptions& options);

// --- log --------------------------------------------------------------------------------------

struct LogVerifyOptions {
  std::string receipt;     // one of these three: file
  std::string promise;     //
  std::string proof_file;  // that `report submit --keep-proof` wrote
  std::string report;      // with one of the first two
  std::string channel;     // of a plain report
  std::string out;         // for the proof that a promise is broken
};
Done LogVerify(Context& context, const LogVerifyOptions& options);

struct LogMonitorOptions {
  std::string state;  // file; empty: $XDG_STATE_HOME/safeconduct/log-monitor
  std::string web;    // folder of the built web app; empty: what is served is not compared
  std::uint32_t every_seconds = 0;  // 0: once in each interval of the log
  bool once = false;
};
Done LogMonitor(Context& context, const LogMonitorOptions& options);

struct LogAuditOptions {
  std::string channel;  // empty: everything, for auditors
};
Done LogAudit(Context& context, const LogAuditOptions& options);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_COMMANDS_H_
