#include "storage/rocksdb/commit.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/hash.h"
#include "storage/rocksdb/erasure.h"
#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/records.h"

namespace safeconduct::storage {
namespace {

constexpr Error kWrongLength(Code::kMalformed, "a name, key or hash has a wrong length");
constexpr Error kMisfit(Code::kMalformed, "payloads do not fit the compartments");

// Numbers rise: cases among each other, and every number above all that were committed before.
Result<Sequence> CheckNumbers(const Batch& batch, Sequence committed) {
  constexpr Error kUsed(Code::kConflict, "a sequence number was used before");
  std::vector<Sequence> leaves;
  Sequence newest = committed;
  for (const NewCase& entry : batch.cases) {
    if (entry.sequence <= newest) return kUsed;
    newest = entry.sequence;
    leaves.push_back(entry.leaf.sequence);
  }
  for (const NewEvent& entry : batch.events) leaves.push_back(entry.leaf.sequence);
  if (leaves.empty()) return committed;  // decoys only
  std::sort(leaves.begin(), leaves.end());
  if (leaves.front() <= committed) return kUsed;
  if (std::adjacent_find(leaves.begin(), leaves.end()) != leaves.end()) return kUsed;
  return std::max(newest, leaves.back());
}

void PutLeaf(const Leaf& leaf, std::string& buffer, Changes& changes) {
  (void)leaf.record.SerializeToString(&buffer);
  changes.Put(Family::kLeaves, keys::Leaf(leaf.sequence), AsBytes(buffer));
}

class Stager {
 public:
  Stager(const Database& database, const Uploads& uploads, Changes& changes)
      : database_(database), uploads_(uploads), changes_(changes) {}

  Status Stage(const NewCase& entry);
  Status Stage(const NewEvent& entry);
  Status StageRecords();  // of the cases that events changed
  std::uint64_t bound_bytes() const { return bound_bytes_; }
  std::uint64_t erasures() const { return erasures_; }

 private:
  struct Head {
    CaseRef stored;  // as it was before the batch's events
    std::uint64_t events = 0;
    std::vector<EventStub> staged;  // of this batch
    const v1::StoredCase* changed = nullptr;
    bool erased() const { return (changed != nullptr ? *changed : stored.record).erased(); }
  };

  Result<Head*> HeadOf(Sequence case_sequence);
  Status StagePayloads(const NewCase& entry);
  Status StageHolders(const NewEvent& entry);
  Status StageOutbox(Sequence sequence, const v1::StoredCase* before, const v1::StoredCase& record);
  void StageLeaf(const Leaf& leaf);
  void PutCase(Sequence sequence, const ReportId& id, const v1::StoredCase& record);

  const Database& database_;
  const Uploads& uploads_;
  Changes& changes_;
  std::map<Sequence, Head> heads_;  // of cases that are new or have events in this batch
  std::uint64_t bound_bytes_ = 0;
  std::uint64_t erasures_ = 0;
  std::string buffer_;
};

Status Stager::Stage(const NewCase& entry) {
  const v1::StoredCase& record = entry.record;
  if (record.report_hash().size() != std::tuple_size_v<Hash> ||
      record.channel().size() > records::kMaxChannelBytes ||
      (!record.mailbox().empty() && record.mailbox().size() != std::tuple_size_v<MailboxKey>)) {
    return kWrongLength;
  }
  if (record.erased()) return Error(Code::kMalformed, "a new case cannot be erased");
  PutCase(entry.sequence, entry.id, record);
  SC_TRY(StageOutbox(entry.sequence, nullptr, record));
  changes_.Put(Family::kLookup, keys::Id(entry.id), keys::Number(entry.sequence));
  if (!record.mailbox().empty()) {
    const auto mailbox = ToArray<32>(AsBytes(record.mailbox()));
    changes_.Put(Family::kLookup, keys::Mailbox(mailbox), keys::Number(entry.sequence));
  }
  changes_.Put(Family::kChannels, keys::Channel(record.channel(), entry.sequence), ByteView());
  changes_.Put(Family::kEnvelopes, keys::Envelope(entry.sequence, 0, 0), entry.sealed);
  SC_TRY(StagePayloads(entry));
  StageLeaf(entry.leaf);
  Head& head = heads_[entry.sequence];
  head.stored = {entry.sequence, entry.id, record};
  head.staged.push_back({0, &entry.leaf});
  return {};
}

Status Stager::StagePayloads(const NewCase& entry) {
  std::size_t next = 0;
  for (int i = 0; i < entry.record.compartments_size(); ++i) {
    const v1::StoredCompartment& compartment = entry.record.compartments(i);
    if (compartment.upload() != 0) {
      SC_TRY(uploads_.StageBinding(database_, compartment.upload(), compartment.payload_bytes(),
                                   changes_));
      bound_bytes_ += compartment.payload_bytes();
      continue;
    }
    if (next == entry.payloads.size()) return kMisfit;
    ByteView rest = entry.payloads[next++];
    if (rest.size() != compartment.payload_bytes()) return kMisfit;
    for (std::uint64_t piece = 0; !rest.empty(); ++piece) {
      const ByteView value = rest.first(std::min(rest.size(), kPieceBytes));
      const auto part = static_cast<std::size_t>(i) + 1;
      changes_.Put(Family::kEnvelopes, keys::Envelope(entry.sequence, part, piece), value);
      rest = rest.subspan(value.size());
    }
  }
  if (next != entry.payloads.size()) return kMisfit;
  return {};
}

Result<Stager::Head*> Stager::HeadOf(Sequence case_sequence) {
  auto found = heads_.find(case_sequence);
  if (found == heads_.end()) {
    SC_ASSIGN(CaseRef stored, Reader(database_).CaseAt(case_sequence));
    const std::uint64_t events = stored.record.events();
    found = heads_.insert({case_sequence, {std::move(stored), events, {}, nullptr}}).first;
  }
  return &found->second;
}

Status Stager::Stage(const NewEvent& entry) {
  SC_ASSIGN(Head* const head, HeadOf(entry.case_sequence));
  SC_TRY(StageHolders(entry));
  if (head->erased()) return Error(Code::kConflict, "the case is erased");
  if (entry.number != head->events + 1) {
    return Error(Code::kConflict, "the event is not the next of its case");
  }
  if (entry.record.erased()) {
    SC_TRY(
        StageErasure(database_, entry.case_sequence, head->stored.record, head->staged, changes_));
    ++erasures_;
  }
  head->events = entry.number;
  head->staged.push_back({entry.number, &entry.leaf});
  head->changed = &entry.record;
  changes_.Put(Family::kEvents, keys::Event(entry.case_sequence, entry.number),
               {keys::Number(entry.leaf.sequence), entry.signed_event});
  StageLeaf(entry.leaf);
  return {};
}

Status Stager::StageHolders(const NewEvent& entry) {
  std::set<std::string_view> holders(entry.record.assigned().begin(),
                                     entry.record.assigned().end());
  for (const v1::StoredAccess& access : entry.record.access()) holders.insert(access.holder());
  for (const std::string_view holder : holders) {
    if (holder.size() != std::tuple_size_v<HolderKey>) {
      return kWrongLength;
    }
    changes_.Put(Family::kLookup, keys::Holder(ToArray<32>(AsBytes(holder)), entry.case_sequence),
                 ByteView());
  }
  return {};
}

Status Stager::StageRecords() {
  for (const auto& [sequence, head] : heads_) {
    if (head.changed == nullptr) continue;
    PutCase(sequence, head.stored.id, *head.changed);
    SC_TRY(StageOutbox(sequence, &head.stored.record, *head.changed));
  }
  return {};
}

// What the record was before in the store, or in this batch; null: a new case.
Status Stager::StageOutbox(Sequence sequence, const v1::StoredCase* before,
                           const v1::StoredCase& record) {
  if (record.relay().empty()) return {};
  if (record.relay().size() != std::tuple_size_v<HolderKey>) return kWrongLength;
  const auto key = keys::Outbox(ToArray<32>(AsBytes(record.relay())), sequence);
  if (records::WaitsForRelay(record)) {
    changes_.Put(Family::kLookup, key, ByteView());
  } else if (before != nullptr && records::WaitsForRelay(*before)) {
    changes_.Delete(Family::kLookup, key);
  }
  return {};
}

void Stager::StageLeaf(const Leaf& leaf) { PutLeaf(leaf, buffer_, changes_); }

void Stager::PutCase(Sequence sequence, const ReportId& id, const v1::StoredCase& record) {
  (void)record.SerializeToString(&buffer_);
  changes_.Put(Family::kCases, keys::Case(sequence), {id, AsBytes(buffer_)});
}

// Of those whom the charter does not name.
Status StageForgottenMarks(const Database& database, const std::vector<HolderKey>& holders,
                           Changes& changes) {
  const std::set<HolderKey> kept(holders.begin(), holders.end());
  Cursor cursor(database, Family::kMarks, {}, {}, Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    const ByteView key = cursor.key();
    const bool is_named =
        key.size() == std::tuple_size_v<HolderKey> && kept.contains(ToArray<32>(key));
    if (!is_named) changes.Delete(Family::kMarks, key);
  }
  return cursor.status();
}

// That a leaf waits for the log, or is new.
Status CheckWaits(const Database& database, const LogHead& log, Sequence leaf, Sequence committed) {
  constexpr Error kPlaced(Code::kConflict, "a leaf is in the log already");
  if (leaf <= log.placed) return kPlaced;
  if (leaf > committed) return {};
  const Result<Leaf> stored = Reader(database).FindLeaf(leaf);
  if (!stored.ok() && stored.error().code() == Code::kNotFound) {
    return Error(Code::kConflict, "a sequence number was used before");
  }
  if (!stored.ok()) return stored.error();
  if (stored->record.place() != 0 && stored->record.log() == log.number) return kPlaced;
  return {};
}

}  // namespace

Result<std::set<Sequence>> UploadsOf(const Batch& batch) {
  std::set<Sequence> uploads;
  for (const NewCase& entry : batch.cases) {
    for (const v1::StoredCompartment& compartment : entry.record.compartments()) {
      if (compartment.upload() != 0 && !uploads.insert(compartment.upload()).second) {
        return Error(Code::kRejected, "the upload belongs to a case already");
      }
    }
  }
  return uploads;
}

Result<Staged> StageBatch(const Database& database, const Uploads& uploads, const Batch& batch,
                          Sequence committed, Changes& changes) {
  Staged staged;
  SC_ASSIGN(staged.committed, CheckNumbers(batch, committed));
  Stager stager(database, uploads, changes);
  for (const NewCase& entry : batch.cases) SC_TRY(stager.Stage(entry));
  for (const NewEvent& entry : batch.events) SC_TRY(stager.Stage(entry));
  SC_TRY(stager.StageRecords());
  for (const ByteView decoy : batch.decoys) changes.Note(decoy);
  changes.Put(Family::kMeta, AsBytes(keys::kCommitted), keys::Number(staged.committed));
  staged.bound_bytes = stager.bound_bytes();
  staged.erasures = stager.erasures();
  return staged;
}

Result<Sequence> StageGrowth(const Database& database, const LogGrowth& growth, Sequence committed,
                             Changes& changes) {
  SC_ASSIGN(const LogHead log, Reader(database).Log());
  if (growth.head.number != log.number || growth.size_before != log.size ||
      growth.head.size <= log.size || growth.head.placed < log.placed) {
    return Error(Code::kConflict, "the log has another size");
  }
  std::string buffer;
  Sequence newest = committed;
  for (const Leaf& leaf : growth.leaves) {
    SC_TRY(CheckWaits(database, log, leaf.sequence, committed));
    newest = std::max(newest, leaf.sequence);
    PutLeaf(leaf, buffer, changes);
  }
  for (const LogPart& part : growth.parts) {
    changes.Put(Family::kLog, keys::LogPart(part.level, part.index), part.bytes);
  }
  changes.Put(Family::kMeta, AsBytes(keys::kLog),
              {keys::Number(growth.head.size), keys::Number(growth.head.placed),
               AsBytes(growth.head.checkpoint)});
  changes.Put(Family::kMeta, AsBytes(keys::kCommitted), keys::Number(newest));
  return newest;
}

Status StageNewLog(const Database& database, std::uint32_t number, std::int64_t begun,
                   Changes& changes) {
  SC_ASSIGN(const LogHead log, Reader(database).Log());
  if (number != log.number + 1) {
    return Error(Code::kConflict, "the log's number is not the next one");
  }
  Cursor parts(database, Family::kLog, keys::LogPart(0, 0), {}, Cursor::Use::kScan);
  for (parts.SeekFirst(); parts.valid(); parts.Next()) changes.Delete(Family::kLog, parts.key());
  SC_TRY(parts.status());
  changes.Put(Family::kMeta, AsBytes(keys::kLog), {keys::Number(0), keys::Number(0)});
  changes.Put(Family::kMeta, AsBytes(keys::kLogNumber),
              {keys::Number(number), keys::Number(static_cast<std::uint64_t>(begun))});
  return {};
}

Status StageCharter(const Database& database, const CharterRecord& charter, Changes& changes) {
  SC_ASSIGN(const std::optional<CharterRecord> newest, Reader(database).NewestCharter());
  if (charter.version != (newest ? newest->version : 0) + 1) {
    return Error(Code::kConflict, "the charter's version is not the next one");
  }
  changes.Put(Family::kCharters, keys::Charter(charter.version), charter.note);
  for (const Bytes& text : charter.texts) {
    changes.Put(Family::kCharters, keys::Text(Sha256(text)), text);
  }
  return StageForgottenMarks(database, charter.holders, changes);
}

Status StageMarks(const Database& database, const HolderKey& holder, std::uint64_t replaces,
                  ByteView sealed, Changes& changes) {
  if (sealed.empty()) return Error(Code::kMalformed, "there are no marks", "sealed");
  if (sealed.size() > kMaxMarksBytes) {
    return Error(Code::kTooLarge, "marks are longer than 1 MiB", "sealed");
  }
  SC_ASSIGN(const ReadMarks stored, Reader(database).Marks(holder));
  if (stored.version != replaces) {
    return Error(Code::kConflict, "other marks were put meanwhile", "replaces");
  }
  changes.Put(Family::kMarks, keys::Marks(holder), {keys::Number(replaces + 1), sealed});
  return {};
}

}  // namespace safeconduct::storage
