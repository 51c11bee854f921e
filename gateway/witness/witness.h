// The role of a witness (c2sp.org/tlog-witness): cosigns the checkpoints of configured other logs,
// each only if it extends the one that was cosigned last.
//
// What holds, also across restarts and kills: never are two roots of one size cosigned, and never a
// size below one that was cosigned. For that, what is cosigned is on disk before the cosignature is
// given. It holds only as long as the memory is there: whoever loses it, or restores an older one,
// must take another key.
//
// Thread-safety: any thread, any time. Requests of one log wait for each other, and may wait for
// the disk; those of different logs do not.
#ifndef SAFECONDUCT_GATEWAY_WITNESS_WITNESS_H_
#define SAFECONDUCT_GATEWAY_WITNESS_WITNESS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"
#include "crypto/note/note.h"
#include "crypto/tlog/witness.h"
#include "gateway/transparency/high_water.h"
#include "gateway/work/clock.h"

namespace safeconduct::witness {

// What is known of the log of that origin: the checkpoint cosigned last, with the cosignature.
using MakeMemory =
    std::function<std::unique_ptr<transparency::HighWater>(const std::string& origin)>;

// Under which name of a file or path the log of that origin goes: SHA-256 in lower-case hex.
std::string OriginHash(std::string_view origin);

class Witness {
 public:
  // Reads what is known of each log. `logs`: trusted keys, each named by the origin of its log; a
  // log may have several. `key` and `clock` must outlive the witness. kRejected for a name that no
  // key may have, and for two keys of one name and id; kCorrupted for a memory that is no
  // checkpoint of its log; errors of HighWater::Load. `failing` is then the origin that it was
  // about, if any.
  static Result<std::unique_ptr<Witness>> Open(std::string_view name, const SigningKey& key,
                                               std::vector<note::VerifierKey> logs,
                                               const MakeMemory& make_memory,
                                               const work::Clock& clock, std::string& failing);

  // The signature lines that answer an add-checkpoint request. Refusals: as
  // tlog::ParseAddCheckpoint, OpenAddCheckpoint and CheckSubmission; kTooLarge too for a checkpoint
  // of more than 32 KiB. With kConflict `known_size` is what this witness knows. Errors of
  // HighWater::Keep: nothing was cosigned, and it may be tried again. kRejected when the clock is
  // before 1970.
  Result<std::string> AddCheckpoint(std::string_view body, std::uint64_t& known_size);

  // The newest checkpoint that was cosigned, with the log's signatures and the cosignature (section
  // "Monitor Retrieval Mechanism"). kNotFound for another hash, and where there is none yet.
  Result<std::string> Checkpoint(std::string_view origin_hash) const;

  const note::VerifierKey& verifier() const { return verifier_; }

  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

 private:
  struct Log {
    std::unique_ptr<transparency::HighWater> memory;
    mutable std::mutex mutex;  // held from the decision until it is on disk; guards what follows
    tlog::WitnessedTree tree;
    std::string checkpoint;  // empty: none yet
  };

  Witness(note::VerifierKey verifier, const SigningKey& key, std::vector<note::VerifierKey> logs,
          const work::Clock& clock)
      : verifier_(std::move(verifier)), key_(key), keys_(std::move(logs)), clock_(clock) {}
  Status Recall(const std::string& origin, Log& log) const;

  const note::VerifierKey verifier_;
  const SigningKey& key_;
  const std::vector<note::VerifierKey> keys_;
  const work::Clock& clock_;
  std::map<std::string, Log, std::less<>> logs_;  // by hash of the origin; fixed after Open
};

}  // namespace safeconduct::witness

#endif  // SAFECONDUCT_GATEWAY_WITNESS_WITNESS_H_
