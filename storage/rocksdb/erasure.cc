#include "storage/rocksdb/erasure.h"

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/records.h"

namespace safeconduct::storage {
namespace {

std::uint64_t PiecesOf(const v1::StoredCompartment& compartment) {
  return (compartment.payload_bytes() + kPieceBytes - 1) / kPieceBytes;
}

void StageEnvelopes(Sequence case_sequence, const v1::StoredCase& record, Changes& changes) {
  changes.Delete(Family::kEnvelopes, keys::Envelope(case_sequence, 0, 0));
  for (int i = 0; i < record.compartments_size(); ++i) {
    const v1::StoredCompartment& compartment = record.compartments(i);
    if (compartment.upload() != 0) continue;
    const auto part = static_cast<std::size_t>(i) + 1;
    for (std::uint64_t piece = 0; piece < PiecesOf(compartment); ++piece) {
      changes.Delete(Family::kEnvelopes, keys::Envelope(case_sequence, part, piece));
    }
  }
}

Status StageUpload(const Database& database, const v1::StoredCompartment& compartment,
                   Changes& changes) {
  const Sequence upload = compartment.upload();
  const Result<v1::StoredUpload> stored = Reader(database).UploadAt(upload);
  if (stored.ok()) {
    changes.Delete(Family::kUploads, keys::UploadId(ToArray<32>(AsBytes(stored->id_hash()))));
  } else if (stored.error().code() != Code::kNotFound) {  // what is lost is no obstacle
    return stored.error();
  }
  for (std::uint64_t index = 0; index < PiecesOf(compartment); ++index) {
    changes.Delete(Family::kPieces, keys::Piece(upload, index));
  }
  changes.Delete(Family::kUploads, keys::Upload(upload));
  return {};
}

void PutStub(Sequence case_sequence, const EventStub& event, Changes& changes) {
  changes.Put(Family::kEvents, keys::Event(case_sequence, event.number), keys::Number(event.leaf));
}

Status StageStubs(const Database& database, Sequence case_sequence, Changes& changes) {
  Cursor cursor(database, Family::kEvents, keys::Event(case_sequence, 0),
                keys::Event(case_sequence, ~std::uint64_t{0}), Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    if (cursor.value().size() < 8) return records::Damaged();
    PutStub(case_sequence, {keys::Read(cursor.key().subspan(8)), keys::Read(cursor.value())},
            changes);
  }
  return cursor.status();
}

}  // namespace

Status StageErasure(const Database& database, Sequence case_sequence, const v1::StoredCase& record,
                    std::span<const EventStub> staged, Changes& changes) {
  StageEnvelopes(case_sequence, record, changes);
  Bytes uploads;
  for (const v1::StoredCompartment& compartment : record.compartments()) {
    if (compartment.upload() == 0) continue;
    SC_TRY(StageUpload(database, compartment, changes));
    AppendBigEndian64(uploads, compartment.upload());
  }
  SC_TRY(StageStubs(database, case_sequence, changes));
  for (const EventStub& event : staged) PutStub(case_sequence, event, changes);
  changes.Put(Family::kMeta, keys::Erasing(case_sequence), uploads);
  return {};
}

Result<std::vector<Erasure>> PendingErasures(const Database& database) {
  std::vector<Erasure> pending;
  Cursor cursor(database, Family::kMeta, keys::Erasing(0), keys::Erasing(~Sequence{0}));
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    Erasure& erasure = pending.emplace_back();
    erasure.case_sequence = keys::Read(cursor.key().last(8));
    if (cursor.value().size() % 8 != 0) return records::Damaged();
    for (ByteView rest = cursor.value(); !rest.empty(); rest = rest.subspan(8)) {
      erasure.uploads.push_back(keys::Read(rest));
    }
  }
  SC_TRY(cursor.status());
  return pending;
}

void StageForgetting(const Erasure& erasure, Changes& changes) {
  changes.Delete(Family::kMeta, keys::Erasing(erasure.case_sequence));
}

}  // namespace safeconduct::storage
