// The report log (design: "The log"): every accepted report and event, as salted leaves that say
// nothing by themselves. At the end of each interval what has come is filled up with covers to
// whole blocks, shuffled and appended, so the public log tells neither how many came nor when.
//
// The tree lies in the store and grows in one write with the places of the leaves and the
// checkpoint. A checkpoint is let out only after it is in the high-water mark, outside of the store
// and its backups; at the start the store must extend the mark. So there are never two checkpoints
// of one size, whatever is killed, restored or set back.
//
// What an interval's end brings is decided once, in one shuffle, and written in steps, so that a
// flood of leaves does not keep whoever else writes waiting; the checkpoint is let out after the
// last of them. A leaf that is damaged gets no place, and the others theirs.
//
// When the charter retires a log, the new one begins with all leaves that the store has: covers of
// before as well, since those that were missing in it would be known as covers in the old one.
//
// What it does not: it asks no witness, and does not know when an interval ends.
//
// Thread-safety: Grow on the ledger's thread, and never beside Prepare; Use, Prepare, Keep and
// Publish by one thread at a time, which may be another; everything else by any thread, any time.
// All but Takes, begun, size, EntryOf and Checkpoint may block on the disk.
#ifndef SAFECONDUCT_GATEWAY_TRANSPARENCY_REPORT_LOG_H_
#define SAFECONDUCT_GATEWAY_TRANSPARENCY_REPORT_LOG_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"
#include "crypto/tlog/tiled_tree.h"
#include "crypto/tlog/tiles.h"
#include "gateway/transparency/high_water.h"
#include "storage/envelope_store.h"

namespace safeconduct::transparency {

class ReportLog {
 public:
  // What is shuffled together; when more is waiting, the rest comes after it.
  static constexpr std::size_t kMostAtOnce = 256 * 1024;
  // Entries of one step, or a block where that is larger.
  static constexpr std::size_t kStep = 1024;

  // `block`: 1 to 65,536. All that is given must outlive the log.
  ReportLog(storage::EnvelopeStore& store, const SigningKey& key, HighWater& high_water,
            std::uint32_t block);

  // Reads what is stored and goes on under `origin`, the name of the log in the charter in force;
  // before that there is no log. Again with the same name it does nothing. Where the store has one
  // of `retired`, the log begins anew, which is a write (BeginLog); a mark of one of them counts no
  // more. kConflict when the store has the log of another name, does not extend the mark, which
  // `diagnosis` explains, or a retired log published more than its last checkpoint; kCorrupted when
  // the store or the mark contradicts itself; kRejected for a name; errors of store and mark.
  // `now` (Unix seconds) is when it begins anew.
  Status Use(const std::string& origin, Diagnosis& diagnosis,
             std::span<const RetiredLog> retired = {}, std::int64_t now = 0);
  // When the log began anew, Unix seconds: what it took over is promised anew from then. 0: never.
  std::int64_t begun() const { return begun_; }
  // Whether Use would not name another log than the one that there is.
  bool Takes(const std::string& origin) const;

  // Decides what comes next: all that is waiting, and covers, shuffled. Nothing when that is
  // decided and not written yet. Errors of the store; kNotFound before Use.
  Status Prepare();
  // One step of it; decides it first where Prepare did not. What it returns is the store's; after
  // an error what is left is decided anew.
  Status Grow(const std::function<storage::Sequence()>& draw);
  // Whether the interval has ended in which the oldest leaf came that waits, or a log before had
  // it. Errors of the store.
  Result<bool> Overdue(std::int64_t now, std::uint32_t interval_seconds) const;
  // Whether steps are left.
  bool more() const { return more_; }
  // Leaves that got no place, since the start, because they are damaged.
  std::uint64_t damaged() const { return damaged_; }

  // Brings the newest checkpoint into the mark. Errors of HighWater: then it stays as it was.
  Status Keep();
  // The newest checkpoint that is in the mark, to be shown to witnesses.
  std::string Kept() const;
  // Lets the kept checkpoint out; `cosigned` is the same with cosignatures, or empty. They go into
  // the mark too, so that they are there after a restart; errors of HighWater for that alone.
  Status Publish(std::string cosigned = {});

  // Of the checkpoint that is let out; all kNotFound before there is one.
  std::uint64_t size() const;
  Result<std::string> Checkpoint() const;
  Result<Bytes> Tile(const tlog::TileName& name) const;  // kNotFound where it is not complete
  // The number of the leaf's entry; none while it is under no checkpoint.
  std::optional<std::uint64_t> EntryOf(const v1::StoredLeaf& leaf) const;
  // A tlog-proof with the salt: proto/README.md, "Receipts". kNotFound while the leaf is under no
  // checkpoint, and when it was erased.
  Result<std::string> Receipt(const v1::StoredLeaf& leaf) const;
  // kMalformed for sizes that are not those of a kept checkpoint, or in the wrong order.
  Result<std::vector<Hash>> ProveConsistency(std::uint64_t old_size, std::uint64_t new_size) const;

  ReportLog(const ReportLog&) = delete;
  ReportLog& operator=(const ReportLog&) = delete;

 private:
  struct Head {
    std::uint64_t size = 0;
    std::string checkpoint;  // empty: none
  };
  // The tiles in the store; those of level 0 are computed from the entries.
  struct StoredTiles final : tlog::TileReader {
    explicit StoredTiles(const storage::EnvelopeStore& from) : store(from) {}
    Result<std::vector<Hash>> ReadTile(std::uint32_t level, std::uint64_t index) const override;
    const storage::EnvelopeStore& store;
  };

  // What is to be placed, in the order that it will have.
  struct Plan {
    std::vector<storage::Sequence> leaves;  // 0: a cover
    std::size_t done = 0;
    storage::Sequence placed = 0;  // when all is
    bool more = false;             // behind it
  };

  Result<storage::LogHead> CheckStored(const std::string& origin) const;
  Status BeginAnew(const storage::LogHead& stored, const std::string& mark,
                   const note::VerifierKey& log, std::int64_t now, Diagnosis& diagnosis);
  Result<Plan> MakePlan(const storage::LogHead& head);
  Result<std::vector<storage::Leaf>> NextOf(const Plan& plan, const storage::LogHead& head,
                                            const std::function<storage::Sequence()>& draw);
  Result<storage::LogGrowth> Place(const storage::LogHead& before, const std::string& origin,
                                   std::vector<storage::Leaf> leaves) const;
  std::string Origin() const;
  Head Published() const;

  storage::EnvelopeStore& store_;
  const SigningKey& key_;
  HighWater& high_water_;
  const std::uint32_t block_;
  const StoredTiles tiles_;
  std::atomic<bool> more_ = false;
  std::atomic<std::uint64_t> damaged_ = 0;
  std::atomic<std::int64_t> begun_ = 0;
  std::optional<Plan> plan_;  // of Prepare and Grow

  mutable std::shared_mutex mutex_;  // guards what stands below
  std::string origin_;               // empty before Use
  std::uint32_t number_ = 0;         // of the log in the store
  Head newest_;                      // as it is in the store
  Head kept_;
  Head published_;
};

}  // namespace safeconduct::transparency

#endif  // SAFECONDUCT_GATEWAY_TRANSPARENCY_REPORT_LOG_H_
