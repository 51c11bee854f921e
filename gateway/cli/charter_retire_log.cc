// safeconduct charter retire-log: goes on under a new log, after the one in use was lost or given
// up.
#include "crypto/note/note.h"
#include "crypto/tlog/checkpoint.h"
#include "gateway/charter/charter.h"
#include "gateway/cli/charter_draft.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxCheckpointBytes = 16 * 1024;

Outcome<note::VerifierKey> ParseLog(const std::string& vkey, const std::string& what) {
  return Explain(note::ParseVerifierKey(vkey), what + " " + vkey + " is no verifier key",
                 "One is printed by: safeconduct identity show --identity FILE --name NAME");
}

Outcome<std::string> ReadLastCheckpoint(const std::string& path, const note::VerifierKey& log,
                                        std::uint64_t& size) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, kMaxCheckpointBytes, "the last checkpoint"));
  SC_ASSIGN(
      const tlog::OpenedCheckpoint opened,
      ExplainAs(Exit::kUnverified, tlog::OpenCheckpoint(AsText(file.Reveal()), log),
                "What is in " + path + " is no checkpoint that the log " + log.name + " signed"));
  size = opened.checkpoint.size;
  return std::string(AsText(file.Reveal()));
}

// What clients are to trust from then on: promises and receipts of the old log too.
Done WriteTrust(Context& context, const std::string& path, const note::VerifierKey& log,
                std::uint64_t version) {
  if (path.empty()) return {};
  SC_ASSIGN(charter::Trust trust, context.Trust());
  trust.logs.push_back(log);
  trust.minimum_version = version;
  return WriteNewFile(path, AsBytes(charter::FormatTrust(trust)), Overwrite::kNever);
}

}  // namespace

Done CharterRetireLog(Context& context, const CharterRetireLogOptions& options) {
  SC_ASSIGN(CharterDraft draft, ReadDraft(options.draft));
  if (draft.charter.logs().empty()) return UsageFailure("The draft has no log to retire");
  v1::Log& retired = *draft.charter.mutable_logs(0);
  SC_ASSIGN(const note::VerifierKey old_log, ParseLog(retired.vkey(), "The log in use"));
  SC_ASSIGN(const note::VerifierKey new_log, ParseLog(options.log, "--log"));
  std::uint64_t size = 0;
  SC_ASSIGN(std::string last, ReadLastCheckpoint(options.last_checkpoint, old_log, size));
  for (const v1::Log& each : draft.charter.logs()) {
    SC_ASSIGN(const note::VerifierKey log, ParseLog(each.vkey(), "The log"));
    if (log.name != new_log.name && log.key != new_log.key) continue;
    return UsageFailure("The charter has a log " + log.name + " with that name or key already",
                        "A new log needs a name and a key that none had before.");
  }
  v1::Log next;
  next.set_vkey(options.log);
  next.set_interval_seconds(options.log_interval_seconds != 0 ? options.log_interval_seconds
                                                              : retired.interval_seconds());
  retired.set_last_checkpoint(std::move(last));
  google::protobuf::RepeatedPtrField<v1::Log> logs;
  *logs.Add() = std::move(next);
  logs.MergeFrom(draft.charter.logs());
  draft.charter.mutable_logs()->Swap(&logs);
  SC_TRY(WriteTrust(context, options.trust_out, new_log, draft.version));
  SC_TRY(WriteDraft(options.draft, draft, Overwrite::kAllowed));
  Output& out = context.out();
  JsonObject json;
  json.Add("draft", options.draft);
  json.AddNumber("version", draft.version);
  json.Add("log", new_log.name);
  json.Add("retired", old_log.name);
  json.AddNumber("size", size);
  out.Print(json);
  out.Line("The draft " + options.draft + " goes on under the log " + new_log.name + "; " +
           old_log.name + " ends with " + std::to_string(size) + " entries.");
  if (!options.trust_out.empty()) {
    out.Line("Wrote " + options.trust_out +
             ": publish it where people trust it. With older trust files nothing verifies under "
             "this charter.");
  }
  out.Line(
      "Next: charter sign by each root key; then safeconduct-gateway take-charter on the "
      "gateway's machine.");
  return {};
}

}  // namespace safeconduct::cli
