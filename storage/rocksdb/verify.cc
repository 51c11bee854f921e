#include "storage/rocksdb/verify.h"

#include <optional>
#include <string>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"
#include "safeconduct/v1/event.pb.h"
#include "safeconduct/v1/report.pb.h"
#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/records.h"
#include "storage/rocksdb/verify_index.h"
#include "storage/rocksdb/verify_log.h"

namespace safeconduct::storage {
namespace {

constexpr Error kMissing(Code::kCorrupted, "the record is missing");
constexpr Error kDigest(Code::kCorrupted, "the bytes have another digest");
constexpr Error kLeft(Code::kCorrupted, "what was erased is still there");

bool Equal(const Hash& hash, std::string_view stored) { return AsText(hash) == stored; }

// A record that is missing is damage here.
Error AsDamage(const Error& error) { return error.code() == Code::kNotFound ? kMissing : error; }

class Verifier {
 public:
  explicit Verifier(VerifyReport& report) : report_(report) {}

  void CheckCase(const Database& database, Sequence sequence, const std::optional<ReportId>& id);
  void CheckUpload(const Database& database, Sequence sequence);
  void CheckCharters(const Database& database);
  void CheckMarks(const Database& database);

 private:
  void Report(std::string record, const Error& error) {
    report_.damaged.push_back({std::move(record), error});
  }

  void CheckRecord(const std::string& name, const CaseRef& ref, bool listed);
  void CheckIndexes(const std::string& name, const CaseRef& ref, bool listed);
  void CheckErased(const std::string& name, const CaseRef& ref);
  void CheckNothingIn(const std::string& record, Family family, ByteView lower, ByteView upper);
  bool ErasedSince(const CaseRef& ref);
  void CheckSealed(const std::string& name, const CaseRef& ref);
  void CheckLeaf(const std::string& name, Sequence sequence, std::uint32_t kind, bool emptied);
  void CheckPayload(const std::string& name, const CaseRef& ref, std::size_t index);
  void CheckAttachment(const std::string& name, const v1::StoredCompartment& compartment);
  void CheckEvents(const std::string& name, const CaseRef& ref);
  std::optional<std::string> CheckEvent(const CaseRef& ref, std::uint64_t number,
                                        const std::optional<std::string>& head);
  bool ReadPieces(const std::string& name, Sequence upload, std::uint64_t bytes,
                  tlog::Frontier& frontier);
  bool FrontierMatches(const std::string& name, Sequence sequence, const v1::StoredUpload& upload);

  VerifyReport& report_;
  const Database* database_ = nullptr;
  Reader reader() const { return Reader(*database_, Database::Caching::kBypass); }
};

// --- Cases ------------------------------------------------------------------------------------

void Verifier::CheckCase(const Database& database, Sequence sequence,
                         const std::optional<ReportId>& id) {
  database_ = &database;
  const std::size_t before = report_.damaged.size();
  ++report_.cases;
  const Result<CaseRef> ref = reader().CaseAt(sequence);
  if (!ref.ok()) {
    const std::string name = id ? HexEncode(*id) : "with sequence " + std::to_string(sequence);
    return Report("case " + name, AsDamage(ref.error()));
  }
  CheckRecord("case " + HexEncode(ref->id), *ref, id == ref->id);
  if (report_.damaged.size() > before && ErasedSince(*ref)) {
    report_.damaged.resize(before, {"", kMissing});
  }
}

bool Verifier::ErasedSince(const CaseRef& ref) {
  if (ref.record.erased()) return false;
  const Result<CaseRef> now = reader().CaseAt(ref.sequence);
  return now.ok() && now->record.erased();
}

void Verifier::CheckRecord(const std::string& name, const CaseRef& ref, bool listed) {
  CheckIndexes(name, ref, listed);
  CheckLeaf(name, ref.record.leaf(), 1, ref.record.erased());
  if (ref.record.erased()) {
    CheckErased(name, ref);
  } else {
    CheckSealed(name, ref);
    for (int i = 0; i < ref.record.compartments_size(); ++i) {
      CheckPayload(name, ref, static_cast<std::size_t>(i));
    }
  }
  CheckEvents(name, ref);
}

// That nothing is left but the tombstone; its events are CheckEvents'.
void Verifier::CheckErased(const std::string& name, const CaseRef& ref) {
  CheckNothingIn(name + " manifest", Family::kEnvelopes, keys::Envelope(ref.sequence, 0, 0),
                 keys::Envelope(ref.sequence, 1, 0));
  for (int i = 0; i < ref.record.compartments_size(); ++i) {
    const v1::StoredCompartment& compartment = ref.record.compartments(i);
    const std::string record = name + " compartment " + compartment.name();
    const auto part = static_cast<std::size_t>(i) + 1;
    CheckNothingIn(record, Family::kEnvelopes, keys::Envelope(ref.sequence, part, 0),
                   keys::Envelope(ref.sequence, part + 1, 0));
    const Sequence upload = compartment.upload();
    if (upload == 0) continue;
    CheckNothingIn(record, Family::kUploads, keys::Upload(upload), keys::Upload(upload + 1));
    CheckNothingIn(record, Family::kPieces, keys::Piece(upload, 0), keys::Piece(upload + 1, 0));
  }
}

void Verifier::CheckNothingIn(const std::string& record, Family family, ByteView lower,
                              ByteView upper) {
  Cursor cursor(*database_, family, lower, upper, Cursor::Use::kScan);
  cursor.SeekFirst();
  if (cursor.valid()) return Report(record, kLeft);
  if (!cursor.status().ok()) Report(record, cursor.status().error());
}

void Verifier::CheckIndexes(const std::string& name, const CaseRef& ref, bool listed) {
  if (!std::string_view(ref.record.report_hash()).starts_with(AsText(ref.id))) {
    Report(name, Error(Code::kCorrupted, "the id is not of the report's hash"));
  }
  const auto expect = [&](Family family, ByteView key, const char* index, bool numbered) {
    const Result<Bytes> value = database_->Get(family, key, Database::Caching::kBypass);
    if (!value.ok()) return Report(name + " index of " + index, AsDamage(value.error()));
    if (numbered && !std::ranges::equal(*value, keys::Number(ref.sequence))) {
      Report(name + " index of " + index, kMissing);
    }
  };
  // The index by id was read whole to find the case; only what was not seen there is asked for.
  if (!listed) expect(Family::kLookup, keys::Id(ref.id), "reports", true);
  if (ref.record.mailbox().size() == std::tuple_size_v<MailboxKey>) {
    const auto mailbox = ToArray<32>(AsBytes(ref.record.mailbox()));
    expect(Family::kLookup, keys::Mailbox(mailbox), "mailboxes", true);
  }
  expect(Family::kChannels, keys::Channel(ref.record.channel(), ref.sequence), "channels", false);
  const auto expect_holder = [&](const std::string& holder) {
    if (holder.size() != std::tuple_size_v<HolderKey>) return Report(name, kDigest);
    expect(Family::kLookup, keys::Holder(ToArray<32>(AsBytes(holder)), ref.sequence), "holders",
           false);
  };
  for (const std::string& holder : ref.record.assigned()) expect_holder(holder);
  for (const v1::StoredAccess& access : ref.record.access()) expect_holder(access.holder());
  if (records::WaitsForRelay(ref.record)) {
    if (ref.record.relay().size() != std::tuple_size_v<HolderKey>) return Report(name, kDigest);
    const auto relay = ToArray<32>(AsBytes(ref.record.relay()));
    expect(Family::kLookup, keys::Outbox(relay, ref.sequence), "outboxes", false);
  }
}

void Verifier::CheckSealed(const std::string& name, const CaseRef& ref) {
  const Result<Bytes> sealed = reader().Sealed(ref.sequence);
  if (!sealed.ok()) return Report(name + " manifest", AsDamage(sealed.error()));
  if (ref.record.mailbox().empty()) return;  // a plain report has no manifest
  const auto report = records::Parse<v1::SealedReport>(*sealed);
  if (!report.ok()) return Report(name + " manifest", report.error());
  if (!Equal(Sha256(AsBytes(report->manifest())), ref.record.report_hash())) {
    Report(name + " manifest", kDigest);
  }
}

void Verifier::CheckLeaf(const std::string& name, Sequence sequence, std::uint32_t kind,
                         bool emptied) {
  const Result<Leaf> leaf = reader().FindLeaf(sequence);
  if (!leaf.ok()) return Report(name + " leaf", AsDamage(leaf.error()));
  if (leaf->record.kind() != kind) {
    Report(name + " leaf", Error(Code::kCorrupted, "the leaf is of another kind"));
  } else if (emptied && !leaf->record.salt().empty()) {
    Report(name + " leaf", kLeft);
  }
}

void Verifier::CheckPayload(const std::string& name, const CaseRef& ref, std::size_t index) {
  const v1::StoredCompartment& compartment = ref.record.compartments(static_cast<int>(index));
  const std::string record = name + " compartment " + compartment.name();
  report_.payload_bytes += compartment.payload_bytes();
  if (compartment.upload() != 0) return CheckAttachment(record, compartment);
  Sha256Stream digest;
  for (std::uint64_t offset = 0; offset < compartment.payload_bytes(); offset += kPieceBytes) {
    const Result<Bytes> piece = reader().ReadPayload(ref, index, offset, kPieceBytes);
    if (!piece.ok()) return Report(record, piece.error());
    digest.Update(*piece);
  }
  if (!Equal(digest.Finish(), compartment.digest())) Report(record, kDigest);
}

void Verifier::CheckAttachment(const std::string& name, const v1::StoredCompartment& compartment) {
  const auto upload = reader().UploadAt(compartment.upload());
  if (!upload.ok()) {
    Report(name + " upload " + std::to_string(compartment.upload()), AsDamage(upload.error()));
  } else if (!upload->bound()) {
    Report(name, Error(Code::kCorrupted, "the upload is not bound to the case"));
  }
  tlog::Frontier frontier;
  if (!ReadPieces(name, compartment.upload(), compartment.payload_bytes(), frontier)) return;
  if (!Equal(frontier.Root(), compartment.digest())) Report(name, kDigest);
}

void Verifier::CheckEvents(const std::string& name, const CaseRef& ref) {
  std::optional<std::string> head = ref.record.report_hash();
  for (std::uint64_t number = 1; number <= ref.record.events(); ++number) {
    ++report_.events;
    head = CheckEvent(ref, number, head);
  }
  if (head && *head != ref.record.head()) {
    Report(name, Error(Code::kCorrupted, "the case's chain has another head"));
  }
}

// The event's hash; none when it cannot be read, and then the next one's link is not checked.
std::optional<std::string> Verifier::CheckEvent(const CaseRef& ref, std::uint64_t number,
                                                const std::optional<std::string>& head) {
  const std::string record = "case " + HexEncode(ref.id) + " event " + std::to_string(number);
  const Result<StoredEvent> stored = reader().Event(ref.sequence, number);
  if (!stored.ok()) {
    Report(record, AsDamage(stored.error()));
    return {};
  }
  CheckLeaf(record, stored->leaf.sequence, 2, ref.record.erased() && number < ref.record.events());
  if (ref.record.erased() && number < ref.record.events()) {
    if (!stored->signed_event.empty()) Report(record, kLeft);
    return {};
  }
  const auto signed_event = records::Parse<v1::SignedEvent>(stored->signed_event);
  v1::Event event;
  if (!signed_event.ok() || !event.ParseFromString(signed_event->event())) {
    Report(record, records::Damaged());
    return {};
  }
  if (event.sequence() != number || event.report_hash() != ref.record.report_hash() ||
      (head && event.previous() != *head)) {
    Report(record, Error(Code::kCorrupted, "the event is not the next of its chain"));
  }
  return std::string(AsText(Sha256(AsBytes(signed_event->event()))));
}

// --- Uploads ----------------------------------------------------------------------------------

// Whether all pieces of the first `bytes` are there and readable.
bool Verifier::ReadPieces(const std::string& name, Sequence upload, std::uint64_t bytes,
                          tlog::Frontier& frontier) {
  bool whole = true;
  for (std::uint64_t done = 0; done < bytes; done += kPieceBytes) {
    const std::uint64_t index = done / kPieceBytes;
    const Result<Bytes> piece = reader().ReadPiece(upload, index);
    const bool complete =
        piece.ok() && piece->size() >= std::min<std::uint64_t>(kPieceBytes, bytes - done);
    if (complete) {
      frontier.Append(tlog::LeafHash(*piece));
    } else {
      Report(name + " piece " + std::to_string(index),
             piece.ok() ? kMissing : AsDamage(piece.error()));
      whole = false;
    }
  }
  return whole;
}

void Verifier::CheckUpload(const Database& database, Sequence sequence) {
  database_ = &database;
  const std::string name = "upload " + std::to_string(sequence);
  const std::size_t before = report_.damaged.size();
  const auto upload = reader().UploadAt(sequence);
  if (!upload.ok()) {
    // Deleted since the indexes were read, unless they name it still.
    std::vector<Damage> known;
    const auto named = ExpectedUploads(database, known);
    if (named.ok() && !named->contains(sequence)) return;
    return Report(name, AsDamage(upload.error()));
  }
  if (upload->bound() || FrontierMatches(name, sequence, *upload)) {
    if (report_.damaged.size() == before) return;
  } else {
    Report(name, kDigest);
  }
  // Not damaged if it was changed or deleted meanwhile.
  const auto again = reader().UploadAt(sequence);
  const bool deleted = !again.ok() && again.error().code() == Code::kNotFound;
  const bool changed = again.ok() && again->SerializeAsString() != upload->SerializeAsString();
  if (deleted || changed) report_.damaged.resize(before, {"", kMissing});
}

// Checks an unbound upload's pieces; true also when some cannot be read, since each was named.
bool Verifier::FrontierMatches(const std::string& name, Sequence sequence,
                               const v1::StoredUpload& upload) {
  tlog::Frontier whole;
  const std::uint64_t whole_bytes = upload.offset() / kPieceBytes * kPieceBytes;
  if (!ReadPieces(name, sequence, whole_bytes, whole)) return true;
  const auto matches = [&](const tlog::Frontier& frontier) {
    const auto& roots = frontier.subtree_roots();
    if (roots.size() != static_cast<std::size_t>(upload.subtree_roots_size())) return false;
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (!Equal(roots[i], upload.subtree_roots(static_cast<int>(i)))) return false;
    }
    return true;
  };
  if (whole_bytes == upload.offset()) return matches(whole);
  const Result<Bytes> rest = reader().ReadPiece(sequence, upload.offset() / kPieceBytes);
  if (!rest.ok() || rest->size() < upload.offset() - whole_bytes) {
    Report(name + " piece " + std::to_string(upload.offset() / kPieceBytes),
           rest.ok() ? kMissing : AsDamage(rest.error()));
    return true;
  }
  if (matches(whole)) return true;
  whole.Append(tlog::LeafHash(*rest));  // the last piece, once the upload is complete
  return upload.offset() == upload.length() && matches(whole);
}

// --- Charters ---------------------------------------------------------------------------------

void Verifier::CheckCharters(const Database& database) {
  std::uint64_t expected = 1;
  Cursor cursor(database, Family::kCharters, keys::TagBegin('v'), keys::TagEnd('v'));
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next(), ++expected) {
    const std::uint64_t version = keys::Read(cursor.key().subspan(1));
    for (; expected < version; ++expected) Report("charter " + std::to_string(expected), kMissing);
  }
  if (!cursor.status().ok()) Report("charter " + std::to_string(expected), cursor.status().error());

  Cursor texts(database, Family::kCharters, keys::TagBegin('t'), keys::TagEnd('t'));
  for (texts.SeekFirst(); texts.valid(); texts.Next()) {
    const ByteView name = texts.key().subspan(1);
    if (!Equal(Sha256(texts.value()), AsText(name))) Report("text " + HexEncode(name), kDigest);
  }
  if (!texts.status().ok()) Report("texts", texts.status().error());
}

// --- Read marks -------------------------------------------------------------------------------

void Verifier::CheckMarks(const Database& database) {
  Cursor cursor(database, Family::kMarks, {}, {}, Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    const bool is_whole = cursor.key().size() == std::tuple_size_v<HolderKey> &&
                          records::ParseMarks(cursor.value()).ok();
    if (!is_whole) Report("read marks of " + HexEncode(cursor.key()), records::Damaged());
  }
  if (!cursor.status().ok()) Report("read marks", cursor.status().error());
}

}  // namespace

Result<VerifyReport> VerifyStore(const DatabaseSlot& slot) {
  VerifyReport report;
  Verifier verifier(report);
  std::map<Sequence, std::optional<ReportId>> cases;
  std::set<Sequence> uploads;
  {
    SC_ASSIGN(const auto database, slot.Use());
    SC_ASSIGN(cases, ExpectedCases(*database, report.damaged));
    SC_ASSIGN(uploads, ExpectedUploads(*database, report.damaged));
    verifier.CheckCharters(*database);
    verifier.CheckMarks(*database);
    SC_TRY(CheckOutboxes(*database, report.damaged));
  }
  SC_TRY(VerifyLog(slot, report.damaged));
  // Each record takes the database anew, so that Recover never waits for long.
  for (const auto& [sequence, id] : cases) {
    SC_ASSIGN(const auto database, slot.Use());
    verifier.CheckCase(*database, sequence, id);
  }
  for (const Sequence sequence : uploads) {
    SC_ASSIGN(const auto database, slot.Use());
    verifier.CheckUpload(*database, sequence);
  }
  SC_ASSIGN(const auto database, slot.Use());
  if (const Status tables = database->CheckTables(); !tables.ok() && report.damaged.empty()) {
    report.damaged.push_back({"table files", tables.error()});
  }
  return report;
}

}  // namespace safeconduct::storage
