#include "gateway/charter/published.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/text.h"
#include "crypto/tlog/proof.h"

namespace safeconduct::charter {
namespace {

// The charters' log is named by the charter and signs with the key of the log in use.
Result<note::VerifierKey> LogOf(const OpenCharter& charter, const Trust& trust) {
  const PublicKey& key = charter.log().key;
  const bool trusted = std::any_of(trust.logs.begin(), trust.logs.end(),
                                   [&](const note::VerifierKey& each) { return each.key == key; });
  if (!trusted) {
    return Error(Code::kRejected, "the trust file does not name the charter's log in use", "log");
  }
  return note::MakeVerifierKey(charter.origin(), key);
}

}  // namespace

Result<std::string> LogEntry(std::string_view note_text) {
  std::string_view rest = note_text;
  const std::optional<std::string_view> origin = TakeLine(rest);
  const std::optional<std::string_view> version = TakeLine(rest);
  if (!version) return Error(Code::kMalformed, "not the text of a charter");
  std::string entry = "safeconduct/charter/v1\n";
  entry.append(*origin).append("\n").append(*version).append("\n");
  entry.append(Base64Encode(Sha256(AsBytes(note_text)))).append("\n");
  return entry;
}

Result<Published> OpenPublished(std::string_view note, std::string_view proof, const Trust& trust,
                                std::int64_t now) {
  Published out;
  SC_ASSIGN(out.charter, OpenTrusted(note, trust, now));
  if (proof.empty()) {
    return Error(Code::kUnverified, "no proof that the charter is the newest one of its log",
                 "proof");
  }
  SC_ASSIGN(const tlog::LogProof parsed, tlog::ParseLogProof(proof));
  SC_ASSIGN(const note::VerifierKey log, LogOf(*out.charter, trust));
  SC_ASSIGN(const note::Note text, note::Parse(note));
  SC_ASSIGN(const std::string entry, LogEntry(text.text));
  const tlog::WitnessPolicy policy{.witnesses = trust.witnesses,
                                   .threshold = trust.witness_threshold,
                                   .now = now,
                                   .max_age_seconds = kFreshnessSeconds};
  SC_ASSIGN(tlog::OpenedCheckpoint opened,
            tlog::CheckLogProof(parsed, AsBytes(entry), log, policy));
  out.checkpoint = std::move(opened.checkpoint);
  out.checkpoint_note = parsed.checkpoint;
  const std::uint64_t version = out.charter->version();
  if (out.checkpoint.size != version || parsed.index != version - 1) {
    return Error(Code::kConflict, "the charter is not the newest one of its log", "version");
  }
  return out;
}

}  // namespace safeconduct::charter
