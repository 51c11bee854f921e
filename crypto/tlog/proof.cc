#include "crypto/tlog/proof.h"

#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/text.h"

namespace safeconduct::tlog {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kMaxHashes = 62;  // levels of the largest tree

Error Malformed() { return Error(Code::kMalformed, "not a tlog-proof"); }

// The value of a line of that name, which is taken off then.
std::optional<std::string_view> TakeNamed(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  const std::optional<std::string_view> line = TakeLine(text);
  return line ? std::optional(line->substr(name.size())) : std::nullopt;
}

Result<std::vector<Hash>> TakeHashes(std::string_view& text) {
  std::vector<Hash> hashes;
  for (;;) {
    const std::optional<std::string_view> line = TakeLine(text);
    if (!line) return Malformed();
    if (line->empty()) return hashes;
    if (hashes.size() == kMaxHashes) {
      return Error(Code::kTooLarge, "a proof through more levels than a log has");
    }
    SC_ASSIGN(const Bytes hash, Base64Decode(*line));
    if (hash.size() != sizeof(Hash)) return Malformed();
    hashes.push_back(ToArray<sizeof(Hash)>(hash));
  }
}

}  // namespace

Result<LogProof> ParseLogProof(std::string_view text) {
  if (text.size() > kMaxProofBytes) {
    return Error(Code::kTooLarge, "a proof of more than 128 KiB");
  }
  if (TakeLine(text) != kFirstLine) return Malformed();
  LogProof proof;
  if (const auto extra = TakeNamed(text, kExtra)) {
    SC_ASSIGN(proof.extra, Base64Decode(*extra));
  }
  const std::optional<std::string_view> index = TakeNamed(text, kIndex);
  if (!index) return Malformed();
  SC_ASSIGN(proof.index, ParseDecimal(*index, kMaxTreeSize - 1));
  SC_ASSIGN(proof.hashes, TakeHashes(text));
  proof.checkpoint = text;
  return proof;
}

std::string FormatLogProof(const LogProof& proof) {
  std::string text(kFirstLine);
  text += "\n";
  if (proof.extra) text.append(kExtra).append(Base64Encode(*proof.extra)).append("\n");
  text.append(kIndex).append(std::to_string(proof.index)).append("\n");
  for (const Hash& hash : proof.hashes) text.append(Base64Encode(hash)).append("\n");
  return text + "\n" + proof.checkpoint;
}

Result<OpenedCheckpoint> CheckLogProof(const LogProof& proof, ByteView entry,
                                       const note::VerifierKey& log, const WitnessPolicy& policy) {
  SC_ASSIGN(OpenedCheckpoint opened, OpenCheckpoint(proof.checkpoint, log));
  SC_TRY(VerifyInclusion(proof.index, opened.checkpoint.size, LeafHash(entry),
                         opened.checkpoint.root, proof.hashes));
  SC_TRY(CheckWitnessed(opened.note, policy));
  return opened;
}

}  // namespace safeconduct::tlog
