// Cosignatures of witnesses on checkpoints (c2sp.org/tlog-cosignature, version 1, Ed25519): each
// says that, at a time, this was the largest tree of this log that the witness knew of.
//
// Witnesses' keys are vkeys of type 0x04; their form is that of signed notes, their id differs.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_CRYPTO_TLOG_COSIGNATURE_H_
#define SAFECONDUCT_CRYPTO_TLOG_COSIGNATURE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/note/note.h"

namespace safeconduct::tlog {

// kRejected for a name that no key may have.
Result<note::VerifierKey> MakeWitnessKey(std::string_view name, const PublicKey& key);
// kMalformed; kUnsupported for a key of another type.
Result<note::VerifierKey> ParseWitnessKey(std::string_view vkey);
std::string FormatWitnessKey(const note::VerifierKey& key);

// Adds the cosignature of `key` under `name`, instead of one of the same name and key. `time` in
// Unix seconds. kRejected for a name or a time below 0, kTooLarge.
Status Cosign(note::Note& checkpoint, std::string_view name, const SigningKey& key,
              std::int64_t time);

struct Cosigned {
  note::VerifierKey witness;
  std::int64_t time = 0;  // Unix seconds
};
// The cosignatures of `witnesses`, the newest of each; lines of others are ignored. kUnverified
// when a line that names one of them does not verify; kRejected as note::CheckUnambiguous.
Result<std::vector<Cosigned>> ReadCosignatures(const note::Note& checkpoint,
                                               std::span<const note::VerifierKey> witnesses);

struct WitnessPolicy {
  std::span<const note::VerifierKey> witnesses;
  std::size_t threshold = 0;  // 0: none is required, and none is looked at
  std::int64_t now = 0;       // Unix seconds
  std::int64_t max_age_seconds = 0;
};
// That enough witnesses cosigned, lately enough. A time more than five minutes ahead of `now` does
// not count. kUnverified; kExpired when they did, but too long ago; the field is "witnesses".
Status CheckWitnessed(const note::Note& checkpoint, const WitnessPolicy& policy);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_COSIGNATURE_H_
