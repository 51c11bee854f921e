// How the report log grows.
#include <algorithm>
#include <mutex>
#include <utility>

#include "crypto/base/secret.h"
#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/leaf.h"
#include "gateway/transparency/log_parts.h"
#include "gateway/transparency/report_log.h"

namespace safeconduct::transparency {
namespace {

constexpr std::size_t kReadAtOnce = 4'096;

Result<Hash> LeafEntry(const v1::StoredLeaf& leaf) {
  if (leaf.erased_entry().empty()) {
    return tlog::CommitLeaf(AsBytes(leaf.salt()), leaf.kind(), AsBytes(leaf.entry_hash()));
  }
  if (leaf.erased_entry().size() != kEntryBytes) {
    return Error(Code::kCorrupted, "a stored leaf cannot be read");
  }
  return ToArray<kEntryBytes>(AsBytes(leaf.erased_entry()));
}

v1::StoredLeaf MakeCover() {
  v1::StoredLeaf cover;
  cover.set_salt(std::string(AsText(RandomArray<tlog::kSaltBytes>())));
  cover.set_kind(static_cast<std::uint32_t>(tlog::LeafKind::kCover));
  return cover;
}

bool HasPlace(const v1::StoredLeaf& leaf, const storage::LogHead& head) {
  return leaf.place() != 0 && leaf.log() == head.number;
}

// Fisher and Yates. Of 64 random bits the rest by at most 2^19 is even to one part in 2^45.
void Shuffle(std::vector<storage::Sequence>& leaves) {
  std::vector<std::uint64_t> draws(leaves.size());
  FillRandom({reinterpret_cast<std::uint8_t*>(draws.data()), draws.size() * sizeof(draws[0])});
  for (std::size_t left = leaves.size(); left > 1; --left) {
    std::swap(leaves[left - 1], leaves[draws[left - 1] % left]);
  }
}

// The parts with `added` entries after those of `size`.
Result<std::vector<storage::LogPart>> GrowEntries(const storage::EnvelopeStore& store,
                                                  std::uint64_t size, std::span<const Hash> added) {
  std::vector<storage::LogPart> parts;
  storage::LogPart part{kEntries, size / tlog::kTileWidth, {}};
  if (const std::size_t kept = size % tlog::kTileWidth; kept > 0) {
    SC_ASSIGN(part.bytes, ReadPart(store, kEntries, part.index));
    if (part.bytes.size() < kept * kEntryBytes) {
      return Error(Code::kCorrupted, "a part of the log is shorter than its tree");
    }
    part.bytes.resize(kept * kEntryBytes);
  }
  for (const Hash& entry : added) {
    Append(part.bytes, entry);
    if (part.bytes.size() < tlog::kTileWidth * kEntryBytes) continue;
    parts.push_back(std::exchange(part, {kEntries, part.index + 1, {}}));
  }
  if (!part.bytes.empty()) parts.push_back(std::move(part));
  return parts;
}

}  // namespace

// What was promised is the end of that interval and two more.
Result<bool> ReportLog::Overdue(std::int64_t now, std::uint32_t interval_seconds) const {
  SC_ASSIGN(const storage::LogHead head, store_.Log());
  for (storage::Sequence after = head.placed;;) {
    SC_ASSIGN(const std::vector<storage::Leaf> leaves, store_.Leaves(after, kReadAtOnce));
    for (const storage::Leaf& leaf : leaves) {
      if (HasPlace(leaf.record, head) || !LeafEntry(leaf.record).ok()) continue;
      if (leaf.record.place() != 0) return true;  // a log before had it
      return leaf.record.promised_until() <= now + 2 * std::int64_t{interval_seconds};
    }
    if (leaves.size() < kReadAtOnce) return false;
    after = leaves.back().sequence;
  }
}

// --- Deciding ---------------------------------------------------------------------------------

Status ReportLog::Prepare() {
  if (Origin().empty()) return NothingYet();
  if (plan_) return {};
  SC_ASSIGN(const storage::LogHead head, store_.Log());
  SC_ASSIGN(plan_, MakePlan(head));
  return {};
}

// Leaves that an earlier log had are known from it; of the others only whole blocks may show.
Result<ReportLog::Plan> ReportLog::MakePlan(const storage::LogHead& head) {
  Plan plan;
  plan.placed = head.placed;
  std::size_t fresh = 0;
  std::uint64_t damaged = 0;
  for (bool end = false; !end && plan.leaves.size() < kMostAtOnce;) {
    SC_ASSIGN(const std::vector<storage::Leaf> leaves, store_.Leaves(plan.placed, kReadAtOnce));
    end = leaves.size() < kReadAtOnce;
    plan.more = !end;
    for (const storage::Leaf& leaf : leaves) {
      plan.placed = leaf.sequence;
      if (HasPlace(leaf.record, head)) continue;
      if (!LeafEntry(leaf.record).ok()) {
        ++damaged;
        continue;
      }
      plan.leaves.push_back(leaf.sequence);
      if (leaf.record.place() == 0) ++fresh;
    }
  }
  const std::size_t blocks = (fresh + block_ - 1) / block_;
  const std::size_t whole = (plan.more ? blocks : std::max<std::size_t>(1, blocks)) * block_;
  plan.leaves.insert(plan.leaves.end(), whole - fresh, storage::Sequence{0});
  Shuffle(plan.leaves);
  damaged_ += damaged;
  return plan;
}

// --- Writing ----------------------------------------------------------------------------------

Status ReportLog::Grow(const std::function<storage::Sequence()>& draw) {
  SC_TRY(Prepare());
  Plan plan = *std::exchange(plan_, std::nullopt);
  SC_ASSIGN(const storage::LogHead before, store_.Log());
  SC_ASSIGN(std::vector<storage::Leaf> leaves, NextOf(plan, before, draw));
  plan.done += leaves.size();
  const bool last = plan.done == plan.leaves.size();
  if (!leaves.empty()) {
    SC_ASSIGN(storage::LogGrowth growth, Place(before, Origin(), std::move(leaves)));
    if (last) growth.head.placed = std::max(before.placed, plan.placed);
    SC_TRY(store_.GrowLog(growth));
    const std::unique_lock lock(mutex_);
    newest_ = {growth.head.size, growth.head.checkpoint};
  }
  more_ = !last || plan.more;
  if (!last) plan_ = std::move(plan);
  return {};
}

// As they are now: since the plan was made a leaf may have lost its salt, or have been damaged, and
// then a cover stands in its place.
Result<std::vector<storage::Leaf>> ReportLog::NextOf(
    const Plan& plan, const storage::LogHead& head,
    const std::function<storage::Sequence()>& draw) {
  const std::size_t step = std::max<std::size_t>(block_, kStep / block_ * block_);
  const auto first = plan.leaves.begin() + static_cast<std::ptrdiff_t>(plan.done);
  const auto end =
      first + static_cast<std::ptrdiff_t>(std::min(step, plan.leaves.size() - plan.done));
  std::vector<storage::Leaf> leaves;
  for (auto each = first; each != end; ++each) {
    if (*each == 0) {
      leaves.push_back({draw(), MakeCover()});
      continue;
    }
    Result<storage::Leaf> leaf = store_.FindLeaf(*each);
    if (!leaf.ok() && leaf.error().code() != Code::kCorrupted) return leaf.error();
    if (leaf.ok() && HasPlace(leaf->record, head)) {
      return Error(Code::kConflict, "a leaf is in the log already");
    }
    if (leaf.ok() && LeafEntry(leaf->record).ok()) {
      leaves.push_back(*std::move(leaf));
    } else {
      ++damaged_;
      leaves.push_back({draw(), MakeCover()});
    }
  }
  return leaves;
}

Result<storage::LogGrowth> ReportLog::Place(const storage::LogHead& before,
                                            const std::string& origin,
                                            std::vector<storage::Leaf> leaves) const {
  storage::LogGrowth growth;
  growth.size_before = before.size;
  growth.head = before;
  growth.head.size = before.size + leaves.size();
  std::vector<Hash> entries;
  std::vector<Hash> hashes;
  for (storage::Leaf& leaf : leaves) {
    SC_ASSIGN(const Hash entry, LeafEntry(leaf.record));
    entries.push_back(entry);
    hashes.push_back(tlog::LeafHash(entry));
    leaf.record.set_place(before.size + entries.size());
    leaf.record.set_log(before.number);
  }
  SC_ASSIGN(growth.parts, GrowEntries(store_, before.size, entries));
  SC_ASSIGN(const tlog::Growth tree, tlog::Grow(before.size, hashes, tiles_));
  for (const tlog::HashTileData& tile : tree.tiles) {
    if (tile.level == 0) continue;
    growth.parts.push_back(
        {static_cast<std::uint8_t>(tile.level), tile.index, JoinHashes(tile.hashes)});
  }
  SC_ASSIGN(growth.head.checkpoint,
            tlog::SignCheckpoint({origin, growth.head.size, tree.root}, key_));
  growth.leaves = std::move(leaves);
  return growth;
}

}  // namespace safeconduct::transparency
