// What logs and witnesses say to each other (c2sp.org/tlog-witness, "add-checkpoint"): the request,
// a witness's decision about it as pure functions, and the answer.
//
// What a cosignature gives: that this witness has seen no other history of the log under its key.
// What it does not: that anybody else has seen the same, or that what the log holds is true. It
// holds only as long as the witness forgets nothing; remembering is gateway/witness.
//
// Refusals are errors of different codes, so that whoever answers HTTP can tell them apart:
// kMalformed and kTooLarge are 400, kUnauthorized 403, kNotFound 404, kConflict 409, kUnverified
// 422.
//
// Thread-safety: plain values, pure functions.
#ifndef SAFECONDUCT_CRYPTO_TLOG_WITNESS_H_
#define SAFECONDUCT_CRYPTO_TLOG_WITNESS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/cosignature.h"

namespace safeconduct::tlog {

inline constexpr std::size_t kMaxAddCheckpointBytes = 64 * 1024;
inline constexpr std::size_t kMaxConsistencyHashes = 63;
// Of an answer with cosignatures.
inline constexpr std::size_t kMaxCosignaturesBytes = 64 * 1024;
// The media type of a 409, whose body is FormatTreeSize of what the witness knows.
inline constexpr std::string_view kTreeSizeType = "text/x.tlog.size";

struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<Hash> proof = {};  // RFC 6962 §2.1.2, from the old size to the checkpoint's
  std::string checkpoint = {};   // a signed note, verbatim
  bool operator==(const AddCheckpoint&) const = default;
};

// Structure only; the checkpoint is not looked at. kMalformed, kTooLarge.
Result<AddCheckpoint> ParseAddCheckpoint(std::string_view body);
std::string FormatAddCheckpoint(const AddCheckpoint& request);

// The body of a 409: decimal, and a newline. kMalformed.
Result<std::uint64_t> ParseTreeSize(std::string_view body);
std::string FormatTreeSize(std::uint64_t size);

// A checkpoint that a log did sign.
struct Submission {
  std::uint64_t old_size = 0;
  std::vector<Hash> proof;
  Checkpoint checkpoint;
  note::Note note;  // with one signature of each trusted key that signed, and no other
};
// `logs`: the keys that are trusted; a key's name is the origin of its log, which may have several.
// kMalformed, kTooLarge; kNotFound for an origin without a key; kUnauthorized when none of the keys
// signed, or a line names one of them and does not verify.
Result<Submission> OpenAddCheckpoint(AddCheckpoint request,
                                     std::span<const note::VerifierKey> logs);

// The newest tree of a log that a witness cosigned; where it never did, the empty one.
struct WitnessedTree {
  std::uint64_t size = 0;
  Hash root = EmptyRoot();
  bool operator==(const WitnessedTree&) const = default;
};
// Whether to cosign. kMalformed when the old size is over the checkpoint's, kConflict when it is
// not that of `known`; kUnverified for a proof that does not hold, another root of the same size,
// and an empty tree that is none.
Status CheckSubmission(const Submission& submission, const WitnessedTree& known);

// The one line, with its newline, that answers a good request: Cosign's. kRejected for a time
// that is not after 1970, and as Cosign.
Result<std::string> CosignatureLine(const note::Note& checkpoint, std::string_view name,
                                    const SigningKey& key, std::int64_t time);

// The cosignature of `witness` on that text in an answer; lines of others are ignored. kMalformed,
// kTooLarge; kNotFound when there is none; kUnverified when one does not verify or has no time.
Result<note::NoteSignature> FindCosignature(std::string_view answer, std::string_view text,
                                            const note::VerifierKey& witness);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_WITNESS_H_
