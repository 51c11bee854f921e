// Checkpoints (c2sp.org/tlog-checkpoint): what a log says of itself, as a signed note.
//
// What it gives: that a log had this root at this size. What it does not: that something is in the
// tree (proof.h), or that others were shown the same (cosignature.h).
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_CRYPTO_TLOG_CHECKPOINT_H_
#define SAFECONDUCT_CRYPTO_TLOG_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/note/note.h"
#include "crypto/tlog/tree.h"

namespace safeconduct::tlog {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;  // at most kMaxTreeSize
  Hash root{};
  std::vector<std::string> extensions = {};  // lines, none of them empty
  bool operator==(const Checkpoint&) const = default;
};

// The text of a checkpoint, without looking at signatures. kMalformed.
Result<Checkpoint> ParseCheckpoint(std::string_view text);
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// The note, signed by `key` under the checkpoint's origin. Ed25519 is deterministic: the same
// checkpoint and key give the same bytes. kRejected for an origin that no key can be named by.
Result<std::string> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  note::Note note;  // with all of its signatures
};
// A checkpoint that `log` signed, under its own origin. kUnverified, and as note::Parse and
// ParseCheckpoint.
Result<OpenedCheckpoint> OpenCheckpoint(std::string_view note, const note::VerifierKey& log);

// Whether both say the same of one log at one size; two that do not prove that the log lies.
bool Agree(const Checkpoint& one, const Checkpoint& other);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_CHECKPOINT_H_
