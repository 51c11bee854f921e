#include "gateway/transparency/charter_log.h"

#include <mutex>
#include <span>
#include <utility>

#include "crypto/note/note.h"
#include "crypto/tlog/proof.h"

namespace safeconduct::transparency {
namespace {

Error NothingYet() { return Error(Code::kNotFound, "the log is empty"); }

}  // namespace

Result<std::vector<Hash>> CharterLog::Hashes::ReadHashes(
    std::span<const std::uint64_t> indexes) const {
  std::vector<Hash> out;
  for (const std::uint64_t index : indexes) {
    if (index >= all.size()) return Error(Code::kInternal, "a hash that the log does not have");
    out.push_back(all[index]);
  }
  return out;
}

Result<std::unique_ptr<CharterLog>> CharterLog::Open(std::string origin, const SigningKey& key,
                                                     std::vector<std::string> entries,
                                                     HighWater& high_water, Diagnosis& diagnosis,
                                                     std::span<const PublicKey> former_keys) {
  std::unique_ptr<CharterLog> log(new CharterLog(std::move(origin), key, high_water));
  for (std::string& entry : entries) {
    SC_ASSIGN(const std::vector<Hash> added, log->HashesOf(entry));
    log->hashes_.all.insert(log->hashes_.all.end(), added.begin(), added.end());
    log->entries_.push_back(std::move(entry));
  }
  diagnosis.stored = log->entries_.size();
  SC_ASSIGN(const std::string kept, high_water.Load());
  std::vector<note::VerifierKey> keys;
  SC_ASSIGN(keys.emplace_back(), note::MakeVerifierKey(log->origin_, key.public_key()));
  for (const PublicKey& former : former_keys) {
    SC_ASSIGN(keys.emplace_back(), note::MakeVerifierKey(log->origin_, former));
  }
  SC_TRY(CheckMark(kept, keys, log->hashes_, diagnosis));
  if (log->entries_.empty()) return log;
  SC_ASSIGN(log->head_, log->HeadOf());
  if (diagnosis.kept != diagnosis.stored || !tlog::OpenCheckpoint(kept, keys.front()).ok()) {
    SC_TRY(high_water.Keep(log->head_.checkpoint));
  } else {
    SC_TRY(log->Cosign(kept));
  }
  return log;
}

Result<std::vector<Hash>> CharterLog::HashesOf(const std::string& entry) const {
  return tlog::HashesForLeaf(entries_.size(), tlog::LeafHash(AsBytes(entry)), hashes_);
}

Result<CharterLog::Head> CharterLog::HeadOf() const {
  const std::uint64_t size = entries_.size();
  Head head;
  SC_ASSIGN(const Hash root, tlog::Root(size, hashes_));
  SC_ASSIGN(head.checkpoint, tlog::SignCheckpoint({origin_, size, root}, key_));
  SC_ASSIGN(head.proof, ProofUnder(head.checkpoint));
  return head;
}

Result<std::string> CharterLog::ProofUnder(std::string checkpoint) const {
  const std::uint64_t size = entries_.size();
  tlog::LogProof proof;
  proof.index = size - 1;
  SC_ASSIGN(proof.hashes, tlog::ProveInclusion(size - 1, size, hashes_));
  proof.checkpoint = std::move(checkpoint);
  return tlog::FormatLogProof(proof);
}

Status CharterLog::Cosigned(const std::string& checkpoint) {
  const std::lock_guard changing(changing_);
  SC_ASSIGN(const note::Note cosigned, note::Parse(checkpoint));
  SC_ASSIGN(const note::Note newest, note::Parse(head_.checkpoint));
  if (cosigned.text != newest.text || checkpoint == head_.checkpoint) return {};
  SC_TRY(high_water_.Keep(checkpoint));
  return Cosign(checkpoint);
}

Status CharterLog::Cosign(const std::string& checkpoint) {
  Head head;
  SC_ASSIGN(head.proof, ProofUnder(checkpoint));
  head.checkpoint = checkpoint;
  const std::unique_lock lock(mutex_);
  head_ = std::move(head);
  return {};
}

Result<std::vector<Hash>> CharterLog::ProveConsistency(std::uint64_t old_size,
                                                       std::uint64_t new_size) const {
  const std::shared_lock lock(mutex_);
  if (new_size > entries_.size()) return Error(Code::kMalformed, "the log is not of that size");
  return tlog::ProveConsistency(old_size, new_size, hashes_);
}

Status CharterLog::Append(std::uint64_t version, std::string entry) {
  // Nobody else changes anything meanwhile, so reading needs no lock here.
  const std::lock_guard changing(changing_);
  if (version == entries_.size() && version > 0 && entries_.back() == entry) return {};
  if (version != entries_.size() + 1) {
    return Error(Code::kConflict, "the charter is not the next one of its log", "version");
  }
  SC_ASSIGN(const std::vector<Hash> added, HashesOf(entry));
  CharterLog next(origin_, key_, high_water_);
  next.entries_ = entries_;
  next.entries_.push_back(std::move(entry));
  next.hashes_.all = hashes_.all;
  next.hashes_.all.insert(next.hashes_.all.end(), added.begin(), added.end());
  SC_ASSIGN(next.head_, next.HeadOf());
  SC_TRY(high_water_.Keep(next.head_.checkpoint));
  const std::unique_lock lock(mutex_);
  entries_ = std::move(next.entries_);
  hashes_.all = std::move(next.hashes_.all);
  head_ = std::move(next.head_);
  return {};
}

std::uint64_t CharterLog::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

Result<std::string> CharterLog::Checkpoint() const {
  const std::shared_lock lock(mutex_);
  if (entries_.empty()) return NothingYet();
  return head_.checkpoint;
}

Result<std::string> CharterLog::Proof() const {
  const std::shared_lock lock(mutex_);
  if (entries_.empty()) return NothingYet();
  return head_.proof;
}

Result<Bytes> CharterLog::Tile(const tlog::TileName& name) const {
  const std::shared_lock lock(mutex_);
  if (name.kind == tlog::TileName::Kind::kHashes) {
    return tlog::HashTile(name, entries_.size(), hashes_);
  }
  if (!tlog::HasTile(name, entries_.size())) {
    return Error(Code::kNotFound, "no such entries, or not yet");
  }
  return tlog::EntryBundle(std::span(entries_).subspan(name.begin(), name.width));
}

}  // namespace safeconduct::transparency
