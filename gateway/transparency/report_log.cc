#include "gateway/transparency/report_log.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "crypto/base/secret.h"
#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/leaf.h"
#include "crypto/tlog/proof.h"

namespace safeconduct::transparency {
namespace {

// Parts of level 0 hold entries; those above, hashes of the tile of that level.
constexpr std::uint8_t kEntries = 0;
constexpr std::size_t kEntryBytes = sizeof(Hash);

Error NothingYet() { return Error(Code::kNotFound, "not in the log yet"); }

Result<Hash> EntryOf(const v1::StoredLeaf& leaf) {
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

// Fisher and Yates. Of 64 random bits the rest by at most 2^18 is even to one part in 2^46.
void Shuffle(std::vector<storage::Leaf>& leaves) {
  std::vector<std::uint64_t> draws(leaves.size());
  FillRandom({reinterpret_cast<std::uint8_t*>(draws.data()), draws.size() * sizeof(draws[0])});
  for (std::size_t left = leaves.size(); left > 1; --left) {
    std::swap(leaves[left - 1], leaves[draws[left - 1] % left]);
  }
}

Result<std::vector<Hash>> SplitHashes(ByteView bytes) {
  if (bytes.size() % sizeof(Hash) != 0 || bytes.size() > tlog::kTileWidth * sizeof(Hash)) {
    return Error(Code::kCorrupted, "a stored part of the log cannot be read");
  }
  std::vector<Hash> hashes;
  hashes.reserve(bytes.size() / sizeof(Hash));
  for (; !bytes.empty(); bytes = bytes.subspan<sizeof(Hash)>()) {
    hashes.push_back(ToArray<sizeof(Hash)>(bytes.first<sizeof(Hash)>()));
  }
  return hashes;
}

Bytes JoinHashes(std::span<const Hash> hashes) {
  Bytes out;
  out.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) Append(out, hash);
  return out;
}

// A part that a checkpoint covers is there.
Result<Bytes> ReadPart(const storage::EnvelopeStore& store, std::uint8_t level,
                       std::uint64_t index) {
  Result<Bytes> part = store.ReadLogPart(level, index);
  if (!part.ok() && part.error().code() == Code::kNotFound) {
    return Error(Code::kCorrupted, "a part of the log is missing in the store");
  }
  return part;
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

Result<std::vector<Hash>> ReportLog::StoredTiles::ReadTile(std::uint32_t level,
                                                           std::uint64_t index) const {
  SC_ASSIGN(const Bytes part, ReadPart(store, static_cast<std::uint8_t>(level), index));
  SC_ASSIGN(std::vector<Hash> hashes, SplitHashes(part));
  if (level == 0) {
    for (Hash& entry : hashes) entry = tlog::LeafHash(entry);
  }
  return hashes;
}

ReportLog::ReportLog(storage::EnvelopeStore& store, const SigningKey& key, HighWater& high_water,
                     std::uint32_t block)
    : store_(store), key_(key), high_water_(high_water), block_(block), tiles_(store) {}

// --- Which log --------------------------------------------------------------------------------

bool ReportLog::Takes(const std::string& origin) const {
  const std::shared_lock lock(mutex_);
  return origin_.empty() || origin_ == origin;
}

Status ReportLog::Use(const std::string& origin, Diagnosis& diagnosis) {
  if (!Takes(origin)) return Error(Code::kConflict, "the store has the log of another origin");
  {
    const std::shared_lock lock(mutex_);
    if (!origin_.empty()) return {};
  }
  SC_ASSIGN(storage::LogHead stored, CheckStored(origin));
  diagnosis.stored = stored.size;
  SC_ASSIGN(const std::string mark, high_water_.Load());
  SC_ASSIGN(const note::VerifierKey log, note::MakeVerifierKey(origin, key_.public_key()));
  SC_TRY(CheckMark(mark, log, tlog::TiledHashes(tiles_), diagnosis));
  // Before anything is let out, and before the log counts as in use.
  if (mark.empty() || diagnosis.kept != stored.size) SC_TRY(high_water_.Keep(stored.checkpoint));
  const std::unique_lock lock(mutex_);
  origin_ = origin;
  newest_ = kept_ = published_ = {stored.size, std::move(stored.checkpoint)};
  // The mark has the cosignatures of before.
  if (diagnosis.kept == stored.size && !mark.empty()) published_.checkpoint = mark;
  return {};
}

// What is in the store, if it fits together; of a log that never grew, its empty checkpoint.
Result<storage::LogHead> ReportLog::CheckStored(const std::string& origin) const {
  SC_ASSIGN(storage::LogHead stored, store_.Log());
  if (stored.size == 0) {
    SC_ASSIGN(stored.checkpoint, tlog::SignCheckpoint({origin, 0, tlog::EmptyRoot()}, key_));
    return stored;
  }
  SC_ASSIGN(const note::VerifierKey log, note::MakeVerifierKey(origin, key_.public_key()));
  const auto opened = tlog::OpenCheckpoint(stored.checkpoint, log);
  if (!opened.ok()) {
    return Error(Code::kConflict, "the log in the store has another origin or key");
  }
  SC_ASSIGN(const Hash root, tlog::Root(stored.size, tlog::TiledHashes(tiles_)));
  if (opened->checkpoint.size != stored.size || opened->checkpoint.root != root) {
    return Error(Code::kCorrupted, "the log in the store is not what its checkpoint says");
  }
  return stored;
}

// --- Growing ----------------------------------------------------------------------------------

Status ReportLog::Grow(const std::function<storage::Sequence()>& draw) {
  std::string origin;
  {
    const std::shared_lock lock(mutex_);
    origin = origin_;
  }
  if (origin.empty()) return NothingYet();
  SC_ASSIGN(const storage::LogHead before, store_.Log());
  bool more = false;
  SC_ASSIGN(std::vector<storage::Leaf> leaves, Waiting(before.placed, more));
  if (!more) AddCovers(leaves, draw);
  SC_ASSIGN(const storage::LogGrowth growth, Place(before, origin, std::move(leaves)));
  SC_TRY(store_.GrowLog(growth));
  more_ = more;
  const std::unique_lock lock(mutex_);
  newest_ = {growth.head.size, growth.head.checkpoint};
  return {};
}

// What was promised is the end of that interval and two more.
Result<bool> ReportLog::Overdue(std::int64_t now, std::uint32_t interval_seconds) const {
  SC_ASSIGN(const storage::LogHead head, store_.Log());
  SC_ASSIGN(const std::vector<storage::Leaf> oldest, store_.Leaves(head.placed, 1));
  return !oldest.empty() &&
         oldest.front().record.promised_until() <= now + 2 * std::int64_t{interval_seconds};
}

// As many as fit, in whole blocks where there are more.
Result<std::vector<storage::Leaf>> ReportLog::Waiting(storage::Sequence placed, bool& more) const {
  SC_ASSIGN(std::vector<storage::Leaf> leaves, store_.Leaves(placed, kMostAtOnce + 1));
  more = leaves.size() > kMostAtOnce;
  if (more) leaves.resize(kMostAtOnce / block_ * block_);
  return leaves;
}

void ReportLog::AddCovers(std::vector<storage::Leaf>& leaves,
                          const std::function<storage::Sequence()>& draw) const {
  const std::size_t blocks = std::max<std::size_t>(1, (leaves.size() + block_ - 1) / block_);
  while (leaves.size() < blocks * block_) leaves.push_back({draw(), MakeCover()});
}

Result<storage::LogGrowth> ReportLog::Place(const storage::LogHead& before,
                                            const std::string& origin,
                                            std::vector<storage::Leaf> leaves) const {
  storage::LogGrowth growth;
  growth.size_before = before.size;
  growth.head.size = before.size + leaves.size();
  growth.head.placed = leaves.back().sequence;  // they are in order
  Shuffle(leaves);
  std::vector<Hash> entries;
  std::vector<Hash> hashes;
  for (storage::Leaf& leaf : leaves) {
    SC_ASSIGN(const Hash entry, EntryOf(leaf.record));
    entries.push_back(entry);
    hashes.push_back(tlog::LeafHash(entry));
    leaf.record.set_place(before.size + entries.size());
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

// --- Letting out ------------------------------------------------------------------------------

Status ReportLog::Keep() {
  Head newest;
  {
    const std::shared_lock lock(mutex_);
    if (newest_.checkpoint == kept_.checkpoint) return {};
    newest = newest_;
  }
  SC_TRY(high_water_.Keep(newest.checkpoint));
  const std::unique_lock lock(mutex_);
  kept_ = std::move(newest);
  return {};
}

std::string ReportLog::Kept() const {
  const std::shared_lock lock(mutex_);
  return kept_.checkpoint;
}

Status ReportLog::Publish(std::string cosigned) {
  Status kept;
  if (!cosigned.empty()) kept = high_water_.Keep(cosigned);
  const std::unique_lock lock(mutex_);
  published_ = kept_;
  if (!cosigned.empty()) published_.checkpoint = std::move(cosigned);
  return kept;
}

ReportLog::Head ReportLog::Published() const {
  const std::shared_lock lock(mutex_);
  return published_;
}

std::uint64_t ReportLog::size() const {
  const std::shared_lock lock(mutex_);
  return published_.size;
}

Result<std::string> ReportLog::Checkpoint() const {
  Head head = Published();
  if (head.checkpoint.empty()) return NothingYet();
  return std::move(head.checkpoint);
}

Result<Bytes> ReportLog::Tile(const tlog::TileName& name) const {
  if (!tlog::HasTile(name, size())) return NothingYet();
  const bool entries = name.kind == tlog::TileName::Kind::kEntries;
  if (!entries) {
    SC_ASSIGN(const std::vector<Hash> tile, tiles_.ReadTile(name.level, name.index));
    if (tile.size() < name.width) return Error(Code::kCorrupted, "a tile is shorter than its tree");
    return JoinHashes(std::span(tile).first(name.width));
  }
  SC_ASSIGN(const Bytes part, ReadPart(store_, kEntries, name.index));
  if (part.size() < name.width * kEntryBytes) {
    return Error(Code::kCorrupted, "a part of the log is shorter than its tree");
  }
  std::vector<std::string> bundle;
  for (std::size_t i = 0; i < name.width; ++i) {
    bundle.emplace_back(AsText(ByteView(part).subspan(i * kEntryBytes, kEntryBytes)));
  }
  return tlog::EntryBundle(bundle);
}

Result<std::string> ReportLog::Receipt(const v1::StoredLeaf& leaf) const {
  Head head = Published();
  if (leaf.place() == 0 || leaf.place() > head.size || leaf.salt().empty()) return NothingYet();
  tlog::LogProof proof;
  const ByteView salt = AsBytes(leaf.salt());
  proof.extra.emplace(salt.begin(), salt.end());
  proof.index = leaf.place() - 1;
  SC_ASSIGN(proof.hashes, tlog::ProveInclusion(proof.index, head.size, tlog::TiledHashes(tiles_)));
  proof.checkpoint = std::move(head.checkpoint);
  return tlog::FormatLogProof(proof);
}

Result<std::vector<Hash>> ReportLog::ProveConsistency(std::uint64_t old_size,
                                                      std::uint64_t new_size) const {
  {
    const std::shared_lock lock(mutex_);
    if (new_size > kept_.size) return Error(Code::kMalformed, "the log is not of that size");
  }
  return tlog::ProveConsistency(old_size, new_size, tlog::TiledHashes(tiles_));
}

}  // namespace safeconduct::transparency
