#include "storage/rocksdb/uploads.h"

#include <algorithm>

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/records.h"

namespace safeconduct::storage {
namespace {

constexpr std::uint64_t kDeletesAtOnce = 4096;
constexpr Error kBound(Code::kRejected, "the upload belongs to a case already");

Result<v1::StoredUpload> Unbound(const Database& database, Sequence sequence) {
  SC_ASSIGN(v1::StoredUpload stored, Reader(database).UploadAt(sequence));
  if (stored.bound()) return kBound;
  return Result<v1::StoredUpload>(std::move(stored));
}

}  // namespace

Status Uploads::Load(const Database& database) {
  std::uint64_t promised = 0;
  SC_ASSIGN(Sequence last, Reader(database).Counter(keys::kUploadSequence));
  Cursor cursor(database, Family::kUploads, keys::TagBegin('e'), keys::TagEnd('e'),
                Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    SC_ASSIGN(const std::uint64_t length, records::Number(cursor.value()));
    promised += length;
    last = std::max(last, keys::Read(cursor.key().subspan(9)));
  }
  SC_TRY(cursor.status());
  promised_bytes_ = promised;
  last_sequence_ = last;
  return {};
}

Status Uploads::Create(Database& database, const UploadRef& upload) {
  if (upload.sequence == 0 || upload.record.id_hash().size() != std::tuple_size_v<Hash>) {
    return Error(Code::kMalformed, "an upload needs a sequence number and an id");
  }
  const auto id_hash = ToArray<32>(AsBytes(upload.record.id_hash()));
  v1::StoredUpload stored = upload.record;
  stored.set_bound(false);
  const Lock lock(creating_);
  SC_ASSIGN(const bool numbered,
            database.Contains(Family::kUploads, keys::Upload(upload.sequence)));
  SC_ASSIGN(const bool named, database.Contains(Family::kUploads, keys::UploadId(id_hash)));
  if (numbered || named) return Error(Code::kExists, "there is such an upload already");

  const Sequence last = std::max(last_sequence_.load(), upload.sequence);
  Changes changes(database);
  changes.Put(Family::kUploads, keys::Upload(upload.sequence), stored.SerializeAsString());
  changes.Put(Family::kUploads, keys::UploadId(id_hash), keys::Number(upload.sequence));
  changes.Put(Family::kUploads, keys::Expiry(stored.expires(), upload.sequence),
              keys::Number(stored.length()));
  changes.Put(Family::kMeta, AsBytes(keys::kUploadSequence), keys::Number(last));
  SC_TRY(database.Write(changes, Sync::kNo));
  last_sequence_ = last;
  promised_bytes_ += stored.length();
  return {};
}

Status Uploads::WritePiece(Database& database, const UploadRef& upload, std::uint64_t index,
                           ByteView piece) {
  const Lock lock(Stripe(upload.sequence));
  SC_ASSIGN(const v1::StoredUpload stored, Unbound(database, upload.sequence));
  const std::uint64_t length = stored.length();
  if (piece.empty() || piece.size() > kPieceBytes || index > length / kPieceBytes ||
      index * kPieceBytes + piece.size() > length) {
    return Error(Code::kTooLarge, "the piece does not fit the upload");
  }
  Changes changes(database);
  changes.Put(Family::kPieces, keys::Piece(upload.sequence, index), piece);
  SC_TRY(database.Write(changes, Sync::kNo));
  return {};
}

Result<WriteNumber> Uploads::Synced(Database& database, const UploadRef& upload) {
  const Lock lock(Stripe(upload.sequence));
  SC_ASSIGN(v1::StoredUpload stored, Unbound(database, upload.sequence));
  if (upload.record.offset() > stored.length()) {
    return Error(Code::kMalformed, "the offset is past the upload's length");
  }
  Changes changes(database);
  if (upload.record.expires() != stored.expires()) {
    changes.Delete(Family::kUploads, keys::Expiry(stored.expires(), upload.sequence));
    changes.Put(Family::kUploads, keys::Expiry(upload.record.expires(), upload.sequence),
                keys::Number(stored.length()));
  }
  stored.set_offset(upload.record.offset());
  stored.set_expires(upload.record.expires());
  *stored.mutable_subtree_roots() = upload.record.subtree_roots();
  changes.Put(Family::kUploads, keys::Upload(upload.sequence), stored.SerializeAsString());
  return database.Write(changes, Sync::kYes);
}

Result<std::uint64_t> Uploads::Delete(Database& database, const UploadRef& upload) {
  const Lock lock(Stripe(upload.sequence));
  SC_ASSIGN(const v1::StoredUpload stored, Unbound(database, upload.sequence));
  Changes changes(database);
  // The record goes last: a crash between leaves an upload that expires again.
  for (std::uint64_t index = 0; index * kPieceBytes < stored.length(); ++index) {
    changes.Delete(Family::kPieces, keys::Piece(upload.sequence, index));
    if (index % kDeletesAtOnce == kDeletesAtOnce - 1) {
      SC_TRY(database.Write(changes, Sync::kNo));
      changes.Clear();
    }
  }
  changes.Delete(Family::kUploads, keys::Upload(upload.sequence));
  changes.Delete(Family::kUploads, keys::UploadId(ToArray<32>(AsBytes(stored.id_hash()))));
  changes.Delete(Family::kUploads, keys::Expiry(stored.expires(), upload.sequence));
  SC_TRY(database.Write(changes, Sync::kNo));
  promised_bytes_ -= stored.length();
  return stored.length();
}

std::vector<Uploads::Lock> Uploads::LockAll(const std::set<Sequence>& uploads) {
  std::set<std::size_t> stripes;  // in order, so that two lockers never wait for each other
  for (const Sequence upload : uploads) stripes.insert(upload % kStripes);
  std::vector<Lock> locks;
  locks.reserve(stripes.size());
  for (const std::size_t stripe : stripes) locks.emplace_back(stripes_[stripe]);
  return locks;
}

Status Uploads::StageBinding(const Database& database, Sequence upload, std::uint64_t payload_bytes,
                             Changes& changes) const {
  Result<v1::StoredUpload> found = Unbound(database, upload);
  if (!found.ok()) {
    if (found.error().code() == Code::kNotFound) return Error(Code::kRejected, "no such upload");
    return found.error();
  }
  v1::StoredUpload& stored = *found;
  if (stored.offset() != stored.length() || stored.length() != payload_bytes) {
    return Error(Code::kRejected, "the upload is not complete");
  }
  stored.set_bound(true);
  changes.Put(Family::kUploads, keys::Upload(upload), stored.SerializeAsString());
  changes.Delete(Family::kUploads, keys::Expiry(stored.expires(), upload));
  return {};
}

}  // namespace safeconduct::storage
