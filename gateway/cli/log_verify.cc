// safeconduct log verify: what a receipt or a promise proves about a report.
#include <algorithm>
#include <optional>

#include "crypto/base/encoding.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/gateway_log.h"
#include "gateway/cli/log_receipt.h"
#include "gateway/cli/log_subject.h"
#include "gateway/cli/time_text.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxSmall = 1024 * 1024;

Outcome<std::string> ReadText(const std::string& path, std::size_t max_bytes,
                              const std::string& what) {
  SC_ASSIGN(const SecretBytes bytes, ReadFile(path, max_bytes, what));
  return std::string(AsText(bytes.Reveal()));
}

// A promise, and what it is for.
struct Promised {
  std::string note;
  Hash report_hash{};
  note::VerifierKey log;
  report::Promise promise;
};

enum class Found : std::uint8_t { kNotAsked, kInLog, kWaiting, kBroken };

// The log that goes on in the place of one that the charter retired. It begins with every leaf that
// was kept, so it keeps the promises of the other.
struct Successor {
  note::VerifierKey log;
  std::string last_checkpoint;  // of the log that promised
};

struct Search {
  Found found = Found::kNotAsked;
  std::optional<Successor> successor;
  std::uint64_t entry = 0;
  std::uint64_t size = 0;
  std::string checkpoint;
  std::int64_t at = 0;  // Unix seconds: when the checkpoint was asked for
};

Outcome<Promised> ReadPromised(Context& context, const LogVerifyOptions& options) {
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  Promised out;
  if (!options.proof_file.empty()) {
    SC_ASSIGN(const std::string text,
              ReadText(options.proof_file, kMaxProofFile, "the proof file"));
    SC_ASSIGN(const ProofFile proof, ParseProofFile(text));
    out.note = proof.promise;
    SC_ASSIGN(out.report_hash, ReportHashOf(AsBytes(proof.report), proof.channel));
  } else {
    SC_ASSIGN(out.note, ReadText(options.promise, kMaxSmall, "the promise"));
    SC_ASSIGN(const std::string report, ReadText(options.report, kMaxReportFile, "the report"));
    SC_ASSIGN(out.report_hash, ReportHashOf(AsBytes(report), options.channel));
  }
  const std::string doing = "The promise does not verify";
  SC_ASSIGN(out.promise,
            ExplainAs(Exit::kUnverified,
                      report::VerifyPromise(out.note, report::LeafKind::kReport, out.report_hash,
                                            trust.logs),
                      doing, "Check that --report is the very report that it was given for."));
  // The first key of that name, as VerifyPromise takes it.
  std::string_view rest = out.note;
  rest.remove_prefix(rest.find('\n') + 1);
  const std::string_view origin = rest.substr(0, rest.find('\n'));
  out.log = *std::find_if(trust.logs.begin(), trust.logs.end(),
                          [&](const note::VerifierKey& log) { return log.name == origin; });
  return out;
}

// None where the gateway still serves the log that promised, or the charter does not retire it.
Outcome<std::optional<Successor>> FindSuccessor(Context& context, const Promised& promised,
                                                const std::optional<std::string>& served) {
  if (!served || served->starts_with(promised.log.name + "\n")) return std::optional<Successor>();
  SC_ASSIGN(const VerifiedCharter verified, context.Charter(Memory::kForget));
  const charter::OpenCharter& charter = *verified.charter;
  const auto at = std::find(charter.logs().begin(), charter.logs().end(), promised.log);
  if (at == charter.logs().begin() || at == charter.logs().end()) return std::optional<Successor>();
  const auto index = static_cast<int>(at - charter.logs().begin());
  return std::optional(Successor{charter.log(), charter.message().logs(index).last_checkpoint()});
}

Outcome<Search> SearchLog(Context& context, const Promised& promised) {
  Search search;
  if (context.options().gateway.empty()) return search;
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  GatewayLog log(*gateway, kReportLog);
  // For the gateway's time before that of what is looked at, and to know which log it is.
  SC_ASSIGN(const std::optional<std::string> served, log.Get("checkpoint"));
  SC_ASSIGN(search.successor, FindSuccessor(context, promised, served));
  const note::VerifierKey& key = search.successor ? search.successor->log : promised.log;
  search.at = std::max(context.Now(), gateway->GatewayTime());
  const bool is_over = promised.promise.until < search.at;
  const Outcome<MirroredLog> mirror = MirrorReportLog(log, key, search.at);
  if (!mirror.ok() && mirror.error().exit == Exit::kRefused && is_over) {
    return UnverifiedFailure(
        "The promise's time has passed, and the gateway serves no log to look into",
        "It is broken, though without a checkpoint nothing proves that. Tell the oversight body.");
  }
  SC_TRY(mirror);
  const MirroredLog& mirrored = *mirror;
  search.checkpoint = mirrored.note;
  search.size = mirrored.entries.size();
  const auto entry =
      std::find(mirrored.entries.begin(), mirrored.entries.end(), promised.promise.leaf);
  if (entry != mirrored.entries.end()) {
    search.found = Found::kInLog;
    search.entry = static_cast<std::uint64_t>(entry - mirrored.entries.begin());
    return search;
  }
  // One that begins anew gets all that was kept at once, in its first step.
  const bool begins = search.successor && search.size == 0;
  search.found = is_over && !begins ? Found::kBroken : Found::kWaiting;
  return search;
}

std::string Evidence(const Context& context, const Promised& promised, const Search& search) {
  const std::string leaf = Base64Encode(promised.promise.leaf);
  std::string text = "A broken promise of the log " + promised.log.name + "\n\n";
  text += "The log promised, under its own signature, that its entry\n\n  " + leaf +
          "\n\nwould be there by " + FormatTime(promised.promise.until) + " (" +
          std::to_string(promised.promise.until) + "). On " + FormatTime(search.at) + "\n" +
          context.options().gateway + " served the checkpoint below, of " +
          std::to_string(search.size) +
          " entries. All of them were read, they\nare those of the "
          "checkpoint, and this one is not among them.\n\n";
  text +=
      "Anybody can check that:\n\n"
      "1. Promise and checkpoint are signed notes (c2sp.org/signed-note) and verify under the "
      "log's key\n\n     " +
      note::FormatVerifierKey(promised.log) +
      "\n\n   Nobody but the log can make either.\n"
      "2. The checkpoint's entries are served as bundles (c2sp.org/tlog-tiles), 32 bytes "
      "each. Their\n   RFC 6962 root is the one in the checkpoint, and the entry above is none "
      "of them. The log\n   cannot add it to a tree of that size, nor say that it was there.\n"
      "3. Where the checkpoint bears cosignatures, they say at what time it was the newest.\n\n"
      "Whoever has the report can compute the entry from it and the promise's last line:\n"
      "SHA-256(\"safeconduct/leaf/v1\", that line's 32 bytes, one byte 1, the report's "
      "hash).\n\n";
  if (search.successor) {
    text += "The charter has ended the log " + promised.log.name +
            " since, with the last checkpoint below, and goes\non under the log " +
            search.successor->log.name +
            ", which begins with every leaf that was kept. The checkpoint is\nthat one's, and "
            "verifies under its key\n\n     " +
            note::FormatVerifierKey(search.successor->log) + "\n\nThe last checkpoint of " +
            promised.log.name + ":\n\n" + search.successor->last_checkpoint + "\n";
  }
  text += "The promise:\n\n" + promised.note + "\nThe checkpoint:\n\n" + search.checkpoint;
  return text;
}

const char* NameOf(Found found) {
  switch (found) {
    case Found::kNotAsked:
      return "not_asked";
    case Found::kInLog:
      return "in_log";
    case Found::kWaiting:
      return "waiting";
    case Found::kBroken:
      return "broken";
  }
  return "";
}

void Print(Output& out, const Promised& promised, const Search& search) {
  const std::string until = FormatTime(promised.promise.until);
  JsonObject json;
  json.AddBool("verified", true);
  json.Add("report_id", report::FormatId(report::IdOf(promised.report_hash)));
  json.Add("log", promised.log.name);
  json.Add("leaf", Base64Encode(promised.promise.leaf));
  json.Add("until", Rfc3339(promised.promise.until));
  if (search.successor) json.Add("successor", search.successor->log.name);
  json.Add("state", NameOf(search.found));
  if (search.found != Found::kNotAsked) json.AddNumber("size", search.size);
  if (search.found == Found::kInLog) json.AddNumber("entry", search.entry);
  if (!search.checkpoint.empty()) json.Add("checkpoint", search.checkpoint);
  out.Print(json);
  out.Pair("report id", report::FormatId(report::IdOf(promised.report_hash)));
  out.Pair("promised by", promised.log.name);
  out.Pair("to be in it by", until);
  if (search.successor) {
    out.Pair("ended since", "the log " + search.successor->log.name + " goes on in its place");
  }
  switch (search.found) {
    case Found::kNotAsked:
      out.Line(
          "The log signed this promise for this report. Whether it was kept, the log tells: "
          "add --gateway URL.");
      break;
    case Found::kInLog:
      out.Line("Kept: it is entry " + std::to_string(search.entry) + " of the " +
               std::to_string(search.size) + " that the log has.");
      break;
    case Found::kWaiting:
      out.Line("The log does not have it yet, and has time until " + until + ".");
      break;
    case Found::kBroken:
      out.Line("BROKEN: the log has " + std::to_string(search.size) +
               " entries, and this is none of them.");
      break;
  }
}

Done VerifyPromised(Context& context, const LogVerifyOptions& options) {
  SC_ASSIGN(const Promised promised, ReadPromised(context, options));
  SC_ASSIGN(const Search search, SearchLog(context, promised));
  const bool broken = search.found == Found::kBroken;
  if (broken && !options.out.empty()) {
    SC_TRY(
        WriteNewFile(options.out, AsBytes(Evidence(context, promised, search)), Overwrite::kNever));
  }
  Print(context.out(), promised, search);
  if (!broken) return {};
  return UnverifiedFailure(
      "The promise is broken",
      options.out.empty()
          ? "Add --out FILE for a text that proves it to others. Tell the oversight body."
          : "Give " + options.out +
                " to the oversight body: it proves this, and says nothing of "
                "the report but its leaf.");
}

Done VerifyReceiptFile(Context& context, const LogVerifyOptions& options) {
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  SC_ASSIGN(const std::string text, ReadText(options.receipt, kMaxSmall, "the receipt"));
  SC_ASSIGN(const std::string file, ReadText(options.report, kMaxReportFile, "the report"));
  SC_ASSIGN(const Hash hash, ReportHashOf(AsBytes(file), options.channel));
  SC_ASSIGN(const Receipt receipt,
            ExplainAs(Exit::kUnverified,
                      CheckReceipt(text, report::LeafKind::kReport, hash, trust.logs, trust,
                                   context.Now()),
                      "The receipt does not prove that this report is in the log",
                      "Check that --report is the very report that it was given for."));
  Output& out = context.out();
  JsonObject json;
  json.AddBool("verified", true);
  json.Add("report_id", report::FormatId(report::IdOf(hash)));
  json.Add("log", receipt.log);
  json.AddNumber("entry", receipt.entry);
  json.AddNumber("size", receipt.size);
  JsonArray witnesses;
  for (const tlog::Cosigned& each : receipt.witnesses) {
    JsonObject witness;
    witness.Add("name", each.witness.name);
    witness.Add("time", Rfc3339(each.time));
    witnesses.Add(witness);
  }
  json.Add("witnesses", witnesses);
  out.Print(json);
  out.Pair("report id", report::FormatId(report::IdOf(hash)));
  out.Pair("log", receipt.log);
  out.Pair("entry", std::to_string(receipt.entry) + " of " + std::to_string(receipt.size));
  out.Pair("witnesses", WitnessWords(receipt, trust));
  out.Line();
  out.Line("The report was accepted: the log has it, and cannot deny it.");
  return {};
}

}  // namespace

Done LogVerify(Context& context, const LogVerifyOptions& options) {
  const int given = static_cast<int>(!options.receipt.empty()) +
                    static_cast<int>(!options.promise.empty()) +
                    static_cast<int>(!options.proof_file.empty());
  if (given != 1) {
    return UsageFailure("Give one of --receipt FILE, --promise FILE and --proof-file FILE");
  }
  if (options.proof_file.empty() == options.report.empty()) {
    return UsageFailure(options.report.empty()
                            ? "A receipt or promise is for a report: give it with --report FILE"
                            : "--proof-file has the report in it: leave --report away");
  }
  return options.receipt.empty() ? VerifyPromised(context, options)
                                 : VerifyReceiptFile(context, options);
}

}  // namespace safeconduct::cli
