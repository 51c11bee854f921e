#include "gateway/uploads/writer.h"

#include <algorithm>
#include <utility>

namespace safeconduct::uploads {
namespace {

// How much a crash of the machine may cost a client that sends as fast as it can.
constexpr std::uint64_t kPiecesPerSync = 16;

}  // namespace

Writer::Writer(Uploads& uploads, storage::UploadRef upload, tlog::Frontier frontier, Bytes piece,
               Keeping keeping, InUse::Use use)
    : uploads_(uploads),
      upload_(std::move(upload)),
      frontier_(std::move(frontier)),
      piece_(std::move(piece)),
      keeping_(keeping),
      use_(std::move(use)) {}

std::uint64_t Writer::position() const {
  // The last piece may be shorter; once it is in the frontier, the upload is complete.
  return std::min(upload_.record.length(), frontier_.size() * storage::kPieceBytes + piece_.size());
}

Result<std::size_t> Writer::Buffer(ByteView bytes) {
  if (bytes.size() > upload_.record.length() - position()) {
    return Error(Code::kTooLarge, "these are more bytes than the upload is to have");
  }
  const std::size_t count = std::min(bytes.size(), room());
  if (piece_.size() + count > piece_.capacity()) {
    // Grown by doubling but never past a piece, and no further than the upload goes.
    const std::uint64_t last = upload_.record.length() - frontier_.size() * storage::kPieceBytes;
    const std::size_t most =
        static_cast<std::size_t>(std::min<std::uint64_t>(last, storage::kPieceBytes));
    piece_.reserve(
        std::clamp(2 * (piece_.size() + count), std::min<std::size_t>(most, 65536), most));
  }
  Append(piece_, bytes.first(count));
  return count;
}

Status Writer::StorePiece() {
  SC_TRY(uploads_.CheckRoom(0));
  SC_TRY(uploads_.store_.WritePiece(upload_, frontier_.size(), piece_));
  frontier_.Append(tlog::LeafHash(piece_));
  piece_.clear();
  ++unsynced_pieces_;
  if (keeping_ == Keeping::kAsTheyCome && unsynced_pieces_ >= kPiecesPerSync) return Sync();
  return {};
}

Status Writer::StoreRest() {
  if (piece_.empty()) return {};
  SC_TRY(uploads_.CheckRoom(0));
  SC_TRY(uploads_.store_.WritePiece(upload_, frontier_.size(), piece_));
  if (room() == 0 || position() == upload_.record.length()) {
    frontier_.Append(tlog::LeafHash(piece_));
    piece_.clear();
  }
  return {};
}

Status Writer::Keep() {
  const Status stored = StoreRest();
  if (stored.ok()) return Sync();
  // The beginning of this piece may be on disk since an earlier request; that stands in the record.
  piece_.clear();
  if (position() > upload_.record.offset()) SC_TRY(Sync());
  return stored;
}

Status Writer::Sync() {
  storage::UploadRef next = upload_;
  next.record.set_offset(position());
  next.record.set_expires(uploads_.NewExpiry());
  next.record.clear_subtree_roots();
  for (const Hash& root : frontier_.subtree_roots()) {
    next.record.add_subtree_roots(std::string(AsText(root)));
  }
  SC_TRY(uploads_.store_.SyncUpload(next));
  upload_ = std::move(next);
  unsynced_pieces_ = 0;
  return {};
}

Progress Writer::progress() const {
  return {upload_.record.length(), upload_.record.offset(), upload_.record.expires()};
}

}  // namespace safeconduct::uploads
