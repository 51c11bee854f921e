// Proofs that something is in a log (c2sp.org/tlog-proof@v1): a checkpoint, an index, the hashes
// between. With it a client sees that a charter is the one that everybody is shown, and a reporter
// shows, years later, that a report was accepted.
//
// The extra data is not authenticated by itself: whoever uses it (the salt of a receipt) has to put
// it into the entry.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_CRYPTO_TLOG_PROOF_H_
#define SAFECONDUCT_CRYPTO_TLOG_PROOF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/cosignature.h"

namespace safeconduct::tlog {

inline constexpr std::size_t kMaxProofBytes = 128 * 1024;

struct LogProof {
  std::optional<Bytes> extra = {};
  std::uint64_t index = 0;
  std::vector<Hash> hashes = {};  // from the leaf's sibling to the root's child
  std::string checkpoint = {};    // a signed note, verbatim
};

// Structure only; the checkpoint is not looked at. kMalformed, kTooLarge.
Result<LogProof> ParseLogProof(std::string_view text);
std::string FormatLogProof(const LogProof& proof);

// That `entry` is in `log` as `proof` says, and that witnesses saw the checkpoint, which it gives
// with its note. kUnverified; kExpired as CheckWitnessed; kMalformed.
Result<OpenedCheckpoint> CheckLogProof(const LogProof& proof, ByteView entry,
                                       const note::VerifierKey& log, const WitnessPolicy& policy);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_PROOF_H_
