#include "gateway/transparency/report_log.h"

#include <mutex>
#include <utility>

#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/proof.h"
#include "gateway/transparency/log_parts.h"

namespace safeconduct::transparency {
namespace {

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

Status ReportLog::Use(const std::string& origin, Diagnosis& diagnosis,
                      std::span<const RetiredLog> retired, std::int64_t now) {
  if (!Takes(origin)) return Error(Code::kConflict, "the store has the log of another origin");
  if (!Origin().empty()) return {};
  SC_ASSIGN(const note::VerifierKey log, note::MakeVerifierKey(origin, key_.public_key()));
  SC_ASSIGN(storage::LogHead stored, store_.Log());
  SC_ASSIGN(std::string mark, high_water_.Load());
  SC_ASSIGN(const bool mark_counts_no_more, IsOfRetired(mark, retired));
  if (mark_counts_no_more) mark.clear();
  SC_ASSIGN(const bool store_is_of_retired, IsOfRetired(stored.checkpoint, retired));
  if (store_is_of_retired) SC_TRY(BeginAnew(stored, mark, log, now, diagnosis));
  SC_ASSIGN(stored, CheckStored(origin));
  diagnosis.stored = stored.size;
  SC_TRY(CheckMark(mark, log, tlog::TiledHashes(tiles_), diagnosis));
  // Before anything is let out, and before the log counts as in use.
  if (mark.empty() || diagnosis.kept != stored.size) SC_TRY(high_water_.Keep(stored.checkpoint));
  const std::unique_lock lock(mutex_);
  origin_ = origin;
  number_ = stored.number;
  begun_ = stored.begun;
  newest_ = kept_ = published_ = {stored.size, std::move(stored.checkpoint)};
  // The mark has the cosignatures of before.
  if (diagnosis.kept == stored.size && !mark.empty()) published_.checkpoint = mark;
  return {};
}

// Not when the new log was in use already, and the store was set back to before it.
Status ReportLog::BeginAnew(const storage::LogHead& stored, const std::string& mark,
                            const note::VerifierKey& log, std::int64_t now, Diagnosis& diagnosis) {
  diagnosis.stored = 0;
  SC_TRY(CheckMark(mark, log, tlog::TiledHashes(tiles_), diagnosis));
  return store_.BeginLog(stored.number + 1, now);
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

// --- Letting out ------------------------------------------------------------------------------

std::string ReportLog::Origin() const {
  const std::shared_lock lock(mutex_);
  return origin_;
}

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

std::optional<std::uint64_t> ReportLog::EntryOf(const v1::StoredLeaf& leaf) const {
  const std::shared_lock lock(mutex_);
  if (leaf.log() != number_ || leaf.place() == 0 || leaf.place() > published_.size) return {};
  return leaf.place() - 1;
}

Result<std::string> ReportLog::Receipt(const v1::StoredLeaf& leaf) const {
  const std::optional<std::uint64_t> entry = EntryOf(leaf);
  if (!entry || leaf.salt().empty()) return NothingYet();
  Head head = Published();
  tlog::LogProof proof;
  const ByteView salt = AsBytes(leaf.salt());
  proof.extra.emplace(salt.begin(), salt.end());
  proof.index = *entry;
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
