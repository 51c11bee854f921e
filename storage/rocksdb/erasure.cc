#include "storage/rocksdb/erasure.h"

#include "crypto/tlog/leaf.h"
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

// What opens the leaf goes; the entry that it is in the log stays.
void PutEmptied(const Leaf& leaf, Changes& changes) {
  v1::StoredLeaf record = leaf.record;
  const Result<Hash> entry =
      tlog::CommitLeaf(AsBytes(record.salt()), record.kind(), AsBytes(record.entry_hash()));
  record.clear_salt();
  record.clear_entry_hash();
  if (entry.ok())
    record.set_erased_entry(std::string(AsText(*entry)));  // of damage nothing is left
  changes.Put(Family::kLeaves, keys::Leaf(leaf.sequence), record.SerializeAsString());
}

Status StageEmptied(const Database& database, Sequence sequence, Changes& changes) {
  const Result<Leaf> leaf = Reader(database).FindLeaf(sequence);
  if (leaf.ok()) PutEmptied(*leaf, changes);
  if (!leaf.ok() && leaf.error().code() != Code::kNotFound) return leaf.error();
  return {};
}

void PutStub(Sequence case_sequence, std::uint64_t number, Sequence leaf, Changes& changes) {
  changes.Put(Family::kEvents, keys::Event(case_sequence, number), keys::Number(leaf));
}

Status StageStubs(const Database& database, Sequence case_sequence, Changes& changes) {
  Cursor cursor(database, Family::kEvents, keys::Event(case_sequence, 0),
                keys::Event(case_sequence, ~std::uint64_t{0}), Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    if (cursor.value().size() < 8) return records::Damaged();
    const Sequence leaf = keys::Read(cursor.value());
    PutStub(case_sequence, keys::Read(cursor.key().subspan(8)), leaf, changes);
    SC_TRY(StageEmptied(database, leaf, changes));
  }
  return cursor.status();
}

// Of the report and of its events.
Result<std::vector<Sequence>> LeavesOf(const Database& database, Sequence case_sequence) {
  SC_ASSIGN(const CaseRef ref, Reader(database).CaseAt(case_sequence));
  std::vector<Sequence> leaves = {ref.record.leaf()};
  Cursor cursor(database, Family::kEvents, keys::Event(case_sequence, 0),
                keys::Event(case_sequence, ~std::uint64_t{0}), Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    if (cursor.value().size() < 8) return records::Damaged();
    leaves.push_back(keys::Read(cursor.value()));
  }
  SC_TRY(cursor.status());
  return leaves;
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
  SC_TRY(StageEmptied(database, record.leaf(), changes));
  for (const EventStub& event : staged) {
    if (event.number > 0) PutStub(case_sequence, event.number, event.leaf->sequence, changes);
    PutEmptied(*event.leaf, changes);
  }
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
    SC_ASSIGN(erasure.leaves, LeavesOf(database, erasure.case_sequence));
  }
  SC_TRY(cursor.status());
  return pending;
}

void StageForgetting(const Erasure& erasure, Changes& changes) {
  changes.Delete(Family::kMeta, keys::Erasing(erasure.case_sequence));
}

}  // namespace safeconduct::storage
