#include "gateway/cli/log_receipt.h"

#include <limits>

#include "crypto/tlog/proof.h"
#include "gateway/cli/output.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kSaltBytes = 32;

}  // namespace

Result<Receipt> CheckReceipt(std::string_view receipt, report::LeafKind kind,
                             const Hash& entry_hash, std::span<const note::VerifierKey> logs,
                             const charter::Trust& trust, std::int64_t now) {
  SC_ASSIGN(const tlog::LogProof proof, tlog::ParseLogProof(receipt));
  if (!proof.extra || proof.extra->size() != kSaltBytes) {
    return Error(Code::kMalformed, "a receipt has the leaf's salt of 32 bytes as its extra data");
  }
  v1::StoredLeaf stored;
  stored.set_salt(std::string(AsText(*proof.extra)));
  stored.set_kind(static_cast<std::uint32_t>(kind));
  stored.set_entry_hash(std::string(AsText(entry_hash)));
  const Hash leaf = report::LeafOf(stored);
  const tlog::WitnessPolicy policy{.witnesses = trust.witnesses,
                                   .threshold = trust.witness_threshold,
                                   .now = now,
                                   .max_age_seconds = std::numeric_limits<std::int64_t>::max()};
  const std::string_view origin =
      std::string_view(proof.checkpoint).substr(0, proof.checkpoint.find('\n'));
  for (const note::VerifierKey& log : logs) {
    if (log.name != origin) continue;
    SC_ASSIGN(const tlog::OpenedCheckpoint opened, tlog::CheckLogProof(proof, leaf, log, policy));
    SC_ASSIGN(std::vector<tlog::Cosigned> cosigned,
              tlog::ReadCosignatures(opened.note, trust.witnesses));
    return Receipt{log.name, proof.index, opened.checkpoint.size, std::move(cosigned)};
  }
  return Error(Code::kUnverified, "a receipt of an unknown log");
}

std::string WitnessWords(const Receipt& receipt, const charter::Trust& trust) {
  std::string words;
  for (const tlog::Cosigned& each : receipt.witnesses) {
    words += words.empty() ? "cosigned by " : ", by ";
    words += each.witness.name + " at " + FormatTime(each.time);
  }
  if (words.empty()) words = "none has cosigned";
  if (trust.witness_threshold == 0) words += "; the trust file requires none";
  return words;
}

}  // namespace safeconduct::cli
