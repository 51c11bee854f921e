// The charters' log (design: "Charters have a public log of their own"): entry v − 1 is charter v.
// It keeps nothing of its own: the tree is made of the charters in the store, and a checkpoint is a
// pure function of them, since Ed25519 is deterministic. What it must not forget, lest a store that
// was set back be served, is the newest checkpoint: see HighWater.
//
// It signs as the log and asks no witness.
//
// Thread-safety: any thread, any time. Append and Cosigned may block on the disk.
#ifndef SAFECONDUCT_GATEWAY_TRANSPARENCY_CHARTER_LOG_H_
#define SAFECONDUCT_GATEWAY_TRANSPARENCY_CHARTER_LOG_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"
#include "crypto/tlog/tiles.h"
#include "crypto/tlog/tree.h"
#include "gateway/transparency/high_water.h"

namespace safeconduct::transparency {

class CharterLog {
 public:
  // `entries`: charter::LogEntry of each stored charter, from version 1. `key` and `high_water`
  // must outlive the log. What is in the store and not in the mark yet is kept before it returns.
  // The mark may also be signed by one of `former_keys`: the log takes the key of the report log in
  // use, and that may have changed.
  // kCorrupted when the mark is no checkpoint of this log, kConflict when the entries do not extend
  // it, which `diagnosis` explains; errors of `high_water`; kRejected for an origin.
  static Result<std::unique_ptr<CharterLog>> Open(std::string origin, const SigningKey& key,
                                                  std::vector<std::string> entries,
                                                  HighWater& high_water, Diagnosis& diagnosis,
                                                  std::span<const PublicKey> former_keys = {});

  // Takes the entry of the charter of that version, which is on disk, and lets its checkpoint out
  // once the mark has it. The newest one again changes nothing. kConflict when it is not the next
  // one; errors of HighWater::Keep: then nothing has changed, and it may be tried again.
  Status Append(std::uint64_t version, std::string entry);

  // Takes the newest checkpoint with cosignatures, and brings it into the mark, so that it has them
  // after a restart; nothing, when it is not the newest any more, or there is none. kMalformed;
  // errors of HighWater::Keep: then nothing has changed.
  Status Cosigned(const std::string& checkpoint);
  // kMalformed for sizes past the log's, or in the wrong order.
  Result<std::vector<Hash>> ProveConsistency(std::uint64_t old_size, std::uint64_t new_size) const;

  std::uint64_t size() const;
  // As a signed note. kNotFound before the first charter.
  Result<std::string> Checkpoint() const;
  // A tlog-proof for the newest charter. kNotFound before the first one.
  Result<std::string> Proof() const;
  // kNotFound for what is not complete yet.
  Result<Bytes> Tile(const tlog::TileName& name) const;

  CharterLog(const CharterLog&) = delete;
  CharterLog& operator=(const CharterLog&) = delete;

 private:
  // The stored hashes, in their order.
  struct Hashes final : tlog::HashReader {
    Result<std::vector<Hash>> ReadHashes(std::span<const std::uint64_t> indexes) const override;
    std::vector<Hash> all;
  };
  struct Head {
    std::string checkpoint;  // both empty before the first charter
    std::string proof;
  };

  CharterLog(std::string origin, const SigningKey& key, HighWater& high_water)
      : origin_(std::move(origin)), key_(key), high_water_(high_water) {}
  Result<std::vector<Hash>> HashesOf(const std::string& entry) const;
  Result<Head> HeadOf() const;
  Result<std::string> ProofUnder(std::string checkpoint) const;
  Status Cosign(const std::string& checkpoint);

  const std::string origin_;
  const SigningKey& key_;
  HighWater& high_water_;
  std::mutex changing_;              // Append and Cosigned, one at a time
  mutable std::shared_mutex mutex_;  // guards what stands below
  std::vector<std::string> entries_;
  Hashes hashes_;
  Head head_;
};

}  // namespace safeconduct::transparency

#endif  // SAFECONDUCT_GATEWAY_TRANSPARENCY_CHARTER_LOG_H_
