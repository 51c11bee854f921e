#include <algorithm>
#include <mutex>

#include "storage/memory/memory_store.h"

namespace safeconduct::storage {
namespace {

using SharedLock = std::shared_lock<std::shared_mutex>;
using UniqueLock = std::unique_lock<std::shared_mutex>;

constexpr Error kNoUpload(Code::kNotFound, "no such upload");

}  // namespace

Result<MemoryStore::Upload*> MemoryStore::Unbound(const UploadRef& upload) {
  const auto found = state_.uploads.find(upload.sequence);
  if (found == state_.uploads.end()) return kNoUpload;
  if (found->second.record.bound()) {
    return Error(Code::kRejected, "the upload belongs to a case already");
  }
  return &found->second;
}

Status MemoryStore::CreateUpload(const UploadRef& upload) {
  if (upload.sequence == 0 || upload.record.id_hash().size() != std::tuple_size_v<Hash>) {
    return Error(Code::kMalformed, "an upload needs a sequence number and an id");
  }
  const UniqueLock lock(mutex_);
  const auto id_hash = ToArray<32>(AsBytes(upload.record.id_hash()));
  if (state_.uploads.contains(upload.sequence) || state_.upload_ids.contains(id_hash)) {
    return Error(Code::kExists, "there is such an upload already");
  }
  v1::StoredUpload& stored = state_.uploads[upload.sequence].record;
  stored = upload.record;
  stored.set_bound(false);
  state_.upload_ids[id_hash] = upload.sequence;
  state_.last = std::max(state_.last, upload.sequence);
  state_.promised_bytes += stored.length();
  return {};
}

Result<UploadRef> MemoryStore::FindUpload(const Hash& id_hash) const {
  const SharedLock lock(mutex_);
  const auto found = state_.upload_ids.find(id_hash);
  if (found == state_.upload_ids.end()) return kNoUpload;
  return UploadRef{found->second, state_.uploads.at(found->second).record};
}

Status MemoryStore::WritePiece(const UploadRef& upload, std::uint64_t index, ByteView piece) {
  const UniqueLock lock(mutex_);
  SC_ASSIGN(Upload* const stored, Unbound(upload));
  const std::uint64_t length = stored->record.length();
  if (piece.empty() || piece.size() > kPieceBytes || index > length / kPieceBytes ||
      index * kPieceBytes + piece.size() > length) {
    return Error(Code::kTooLarge, "the piece does not fit the upload");
  }
  const auto old = stored->pieces.find(index);
  const std::uint64_t freed = old == stored->pieces.end() ? 0 : old->second->size();
  state_.used_bytes -= freed;
  if (const Status reserved = Reserve(piece.size()); !reserved.ok()) {
    state_.used_bytes += freed;
    return reserved;
  }
  stored->pieces[index] = std::make_shared<const Bytes>(piece.begin(), piece.end());
  return {};
}

Result<Bytes> MemoryStore::ReadPiece(const UploadRef& upload, std::uint64_t index) const {
  const SharedLock lock(mutex_);
  const auto found = state_.uploads.find(upload.sequence);
  if (found == state_.uploads.end()) return kNoUpload;
  const auto piece = found->second.pieces.find(index);
  if (piece == found->second.pieces.end()) return Error(Code::kNotFound, "no such piece");
  return *piece->second;
}

Status MemoryStore::SyncUpload(const UploadRef& upload) {
  const UniqueLock lock(mutex_);
  SC_ASSIGN(Upload* const stored, Unbound(upload));
  if (upload.record.offset() > stored->record.length()) {
    return Error(Code::kMalformed, "the offset is past the upload's length");
  }
  stored->record.set_offset(upload.record.offset());
  stored->record.set_expires(upload.record.expires());
  *stored->record.mutable_subtree_roots() = upload.record.subtree_roots();
  return {};
}

Status MemoryStore::DeleteUpload(const UploadRef& upload) {
  const UniqueLock lock(mutex_);
  SC_ASSIGN(Upload* const stored, Unbound(upload));
  for (const auto& piece : stored->pieces) state_.used_bytes -= piece.second->size();
  state_.promised_bytes -= stored->record.length();
  state_.upload_ids.erase(ToArray<32>(AsBytes(stored->record.id_hash())));
  state_.uploads.erase(upload.sequence);
  return {};
}

Result<std::vector<UploadRef>> MemoryStore::ExpiredUploads(std::int64_t now,
                                                           std::size_t limit) const {
  const SharedLock lock(mutex_);
  std::vector<UploadRef> expired;
  for (const auto& [sequence, upload] : state_.uploads) {
    if (!upload.record.bound() && upload.record.expires() <= now) {
      expired.push_back({sequence, upload.record});
    }
  }
  std::stable_sort(expired.begin(), expired.end(), [](const UploadRef& a, const UploadRef& b) {
    return a.record.expires() < b.record.expires();
  });
  if (expired.size() > limit) expired.resize(limit);
  return expired;
}

Result<std::uint64_t> MemoryStore::UploadBytes() const {
  const SharedLock lock(mutex_);
  return state_.promised_bytes;
}

}  // namespace safeconduct::storage
