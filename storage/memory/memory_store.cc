#include "storage/memory/memory_store.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "crypto/base/hash.h"
#include "crypto/tlog/leaf.h"

namespace safeconduct::storage {
namespace {

using SharedLock = std::shared_lock<std::shared_mutex>;
using UniqueLock = std::unique_lock<std::shared_mutex>;

constexpr Error kNoCase(Code::kNotFound, "no such case");

std::uint64_t BytesOf(const Batch& batch) {
  std::uint64_t bytes = 0;
  for (const NewCase& entry : batch.cases) {
    bytes += entry.sealed.size();
    for (const ByteView payload : entry.payloads) bytes += payload.size();
  }
  for (const NewEvent& entry : batch.events) bytes += entry.signed_event.size();
  return bytes;
}

std::uint64_t BytesOf(const std::vector<ByteView>& decoys) {
  std::uint64_t bytes = 0;
  for (const ByteView decoy : decoys) bytes += decoy.size();
  return bytes;
}

std::shared_ptr<const Bytes> Keep(ByteView bytes) {
  return std::make_shared<const Bytes>(bytes.begin(), bytes.end());
}

}  // namespace

MemoryStore::MemoryStore(std::uint64_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

MemoryStore::~MemoryStore() = default;

std::unique_ptr<MemoryStore> MemoryStore::Clone() const {
  auto copy = std::make_unique<MemoryStore>(capacity_bytes_);
  const SharedLock lock(mutex_);
  copy->state_ = state_;
  return copy;
}

Result<Sequence> MemoryStore::LastSequence() const {
  const SharedLock lock(mutex_);
  return state_.last;
}

// --- Commit -----------------------------------------------------------------------------------

Status MemoryStore::CheckNumbers(const Batch& batch) const {
  constexpr Error kUsed(Code::kConflict, "a sequence number was used before");
  std::set<Sequence> leaves;
  Sequence newest_case = state_.committed;
  for (const NewCase& entry : batch.cases) {
    if (entry.sequence <= newest_case) return kUsed;
    newest_case = entry.sequence;
    if (!leaves.insert(entry.leaf.sequence).second) return kUsed;
  }
  for (const NewEvent& entry : batch.events) {
    if (!leaves.insert(entry.leaf.sequence).second) return kUsed;
  }
  if (!leaves.empty() && *leaves.begin() <= state_.committed) return kUsed;
  return {};
}

Status MemoryStore::CheckCase(const NewCase& entry, std::set<Sequence>& uploads) const {
  const v1::StoredCase& record = entry.record;
  if (record.report_hash().size() != 32 || record.channel().size() > 255 ||
      (!record.mailbox().empty() && record.mailbox().size() != std::tuple_size_v<MailboxKey>) ||
      (!record.relay().empty() && record.relay().size() != std::tuple_size_v<HolderKey>)) {
    return Error(Code::kMalformed, "a name, key or hash has a wrong length");
  }
  if (record.erased()) return Error(Code::kMalformed, "a new case cannot be erased");
  std::size_t payload = 0;
  for (const v1::StoredCompartment& compartment : record.compartments()) {
    if (compartment.upload() == 0) {
      if (payload == entry.payloads.size() ||
          entry.payloads[payload].size() != compartment.payload_bytes()) {
        return Error(Code::kMalformed, "payloads do not fit the compartments");
      }
      ++payload;
      continue;
    }
    const auto upload = state_.uploads.find(compartment.upload());
    if (upload == state_.uploads.end()) return Error(Code::kRejected, "no such upload");
    const v1::StoredUpload& stored = upload->second.record;
    if (stored.bound() || !uploads.insert(upload->first).second) {
      return Error(Code::kRejected, "the upload belongs to a case already");
    }
    if (stored.offset() != stored.length() || stored.length() != compartment.payload_bytes()) {
      return Error(Code::kRejected, "the upload is not complete");
    }
  }
  if (payload != entry.payloads.size()) {
    return Error(Code::kMalformed, "payloads do not fit the compartments");
  }
  return {};
}

Status MemoryStore::CheckEvents(const Batch& batch) const {
  struct Chain {
    std::uint64_t length = 0;
    bool erased = false;
  };
  std::map<Sequence, Chain> chains;
  for (const NewCase& entry : batch.cases) chains[entry.sequence] = {};
  for (const NewEvent& event : batch.events) {
    if (!chains.contains(event.case_sequence)) {
      const auto found = state_.cases.find(event.case_sequence);
      if (found == state_.cases.end()) return kNoCase;
      chains[event.case_sequence] = {found->second.events.size(), found->second.record.erased()};
    }
    Chain& chain = chains[event.case_sequence];
    if (chain.erased) return Error(Code::kConflict, "the case is erased");
    if (event.number != ++chain.length) {
      return Error(Code::kConflict, "the event is not the next of its case");
    }
    chain.erased = event.record.erased();
  }
  return {};
}

Status MemoryStore::Reserve(std::uint64_t bytes) {
  if (bytes > capacity_bytes_ - std::min(capacity_bytes_, state_.used_bytes)) {
    return Error(Code::kNoSpace, "the store is full");
  }
  state_.used_bytes += bytes;
  return {};
}

void MemoryStore::Apply(const NewCase& entry) {
  Case stored{entry.id, entry.record, Keep(entry.sealed), {}, {}};
  std::size_t payload = 0;
  for (int i = 0; i < entry.record.compartments_size(); ++i) {
    const Sequence upload = entry.record.compartments(i).upload();
    if (upload == 0) {
      stored.payloads[static_cast<std::size_t>(i)] = Keep(entry.payloads[payload++]);
      continue;
    }
    v1::StoredUpload& bound = state_.uploads[upload].record;
    bound.set_bound(true);
    state_.promised_bytes -= bound.length();
  }
  state_.ids[entry.id] = entry.sequence;
  if (!entry.record.mailbox().empty()) {
    const auto mailbox = ToArray<32>(AsBytes(entry.record.mailbox()));
    state_.mailboxes[mailbox] = entry.sequence;
  }
  state_.channels[entry.record.channel()].insert(entry.sequence);
  state_.leaves[entry.leaf.sequence] = entry.leaf.record;
  state_.committed = std::max({state_.committed, entry.sequence, entry.leaf.sequence});
  state_.cases[entry.sequence] = std::move(stored);
}

void MemoryStore::Apply(const NewEvent& entry) {
  Case& stored = state_.cases[entry.case_sequence];
  if (entry.record.erased()) Erase(stored);
  stored.record = entry.record;
  const auto list = [&](const std::string& holder) {
    state_.holders[ToArray<32>(AsBytes(holder))].insert(entry.case_sequence);
  };
  for (const std::string& holder : entry.record.assigned()) list(holder);
  for (const v1::StoredAccess& access : entry.record.access()) list(access.holder());
  stored.events.push_back({Keep(entry.signed_event), entry.leaf.sequence});
  state_.leaves[entry.leaf.sequence] = entry.leaf.record;
  state_.committed = std::max(state_.committed, entry.leaf.sequence);
}

void MemoryStore::Erase(Case& entry) {
  state_.used_bytes -= entry.sealed->size();
  entry.sealed = nullptr;
  for (const auto& payload : entry.payloads) state_.used_bytes -= payload.second->size();
  entry.payloads.clear();
  for (const v1::StoredCompartment& compartment : entry.record.compartments()) {
    const auto upload = state_.uploads.find(compartment.upload());
    if (upload == state_.uploads.end()) continue;
    for (const auto& piece : upload->second.pieces) state_.used_bytes -= piece.second->size();
    state_.upload_ids.erase(ToArray<32>(AsBytes(upload->second.record.id_hash())));
    state_.uploads.erase(upload);
  }
  EmptyLeaf(entry.record.leaf());
  for (Event& event : entry.events) {
    state_.used_bytes -= event.signed_event->size();
    event.signed_event = Keep({});
    EmptyLeaf(event.leaf);
  }
}

void MemoryStore::EmptyLeaf(Sequence sequence) {
  v1::StoredLeaf& leaf = state_.leaves[sequence];
  const Result<Hash> entry =
      tlog::CommitLeaf(AsBytes(leaf.salt()), leaf.kind(), AsBytes(leaf.entry_hash()));
  leaf.clear_salt();
  leaf.clear_entry_hash();
  if (entry.ok()) leaf.set_erased_entry(std::string(AsText(*entry)));
}

Status MemoryStore::Commit(const Batch& batch) {
  if (batch.empty()) return {};
  const UniqueLock lock(mutex_);
  SC_TRY(CheckNumbers(batch));
  std::set<Sequence> uploads;
  for (const NewCase& entry : batch.cases) SC_TRY(CheckCase(entry, uploads));
  SC_TRY(CheckEvents(batch));
  // A store on a disk takes them all before it forgets the decoys.
  const std::uint64_t passing = BytesOf(batch.decoys);
  SC_TRY(Reserve(BytesOf(batch) + passing));
  state_.used_bytes -= passing;
  for (const NewCase& entry : batch.cases) Apply(entry);
  for (const NewEvent& entry : batch.events) Apply(entry);
  state_.last = std::max(state_.last, state_.committed);
  return {};
}

// --- Charters ---------------------------------------------------------------------------------

Status MemoryStore::PutCharter(const CharterRecord& charter) {
  const UniqueLock lock(mutex_);
  const std::uint64_t newest = state_.charters.empty() ? 0 : state_.charters.rbegin()->first;
  if (charter.version != newest + 1) {
    return Error(Code::kConflict, "the charter's version is not the next one");
  }
  std::uint64_t bytes = charter.note.size();
  for (const Bytes& text : charter.texts) bytes += text.size();
  SC_TRY(Reserve(bytes));
  for (const Bytes& text : charter.texts) state_.texts[Sha256(text)] = Keep(text);
  state_.charters[charter.version] = charter.note;
  const std::set<HolderKey> named(charter.holders.begin(), charter.holders.end());
  std::erase_if(state_.marks, [&](const auto& marks) {
    if (named.contains(marks.first)) return false;
    state_.used_bytes -= marks.second.sealed.size();
    return true;
  });
  return {};
}

Result<std::optional<CharterRecord>> MemoryStore::NewestCharter() const {
  const SharedLock lock(mutex_);
  if (state_.charters.empty()) return std::optional<CharterRecord>();
  const auto newest = state_.charters.rbegin();
  return std::optional<CharterRecord>({newest->first, newest->second, {}});
}

Result<CharterRecord> MemoryStore::Charter(std::uint64_t version) const {
  const SharedLock lock(mutex_);
  const auto found = state_.charters.find(version);
  if (found == state_.charters.end()) return Error(Code::kNotFound, "no charter of that version");
  return CharterRecord{version, found->second, {}};
}

Result<Bytes> MemoryStore::Text(const Hash& sha256) const {
  const SharedLock lock(mutex_);
  const auto found = state_.texts.find(sha256);
  if (found == state_.texts.end()) return Error(Code::kNotFound, "no such text");
  return *found->second;
}

// --- Read marks -------------------------------------------------------------------------------

Status MemoryStore::PutMarks(const HolderKey& holder, std::uint64_t replaces, ByteView sealed) {
  const UniqueLock lock(mutex_);
  if (sealed.empty()) return Error(Code::kMalformed, "there are no marks", "sealed");
  if (sealed.size() > kMaxMarksBytes) {
    return Error(Code::kTooLarge, "marks are longer than 1 MiB", "sealed");
  }
  const auto found = state_.marks.find(holder);
  const bool is_first = found == state_.marks.end();
  if (replaces != (is_first ? 0 : found->second.version)) {
    return Error(Code::kConflict, "other marks were put meanwhile", "replaces");
  }
  SC_TRY(Reserve(sealed.size()));
  if (!is_first) state_.used_bytes -= found->second.sealed.size();
  state_.marks[holder] = {replaces + 1, Bytes(sealed.begin(), sealed.end())};
  return {};
}

Result<ReadMarks> MemoryStore::Marks(const HolderKey& holder) const {
  const SharedLock lock(mutex_);
  const auto found = state_.marks.find(holder);
  return found == state_.marks.end() ? ReadMarks() : found->second;
}

// --- Cases ------------------------------------------------------------------------------------

CaseRef MemoryStore::Ref(Sequence sequence, const Case& entry) const {
  return {sequence, entry.id, entry.record};
}

Result<CaseRef> MemoryStore::FindCase(const ReportId& id) const {
  const SharedLock lock(mutex_);
  const auto found = state_.ids.find(id);
  if (found == state_.ids.end()) return kNoCase;
  return Ref(found->second, state_.cases.at(found->second));
}

Result<CaseRef> MemoryStore::CaseAt(Sequence sequence) const {
  const SharedLock lock(mutex_);
  const auto found = state_.cases.find(sequence);
  if (found == state_.cases.end()) return kNoCase;
  return Ref(sequence, found->second);
}

Result<CaseRef> MemoryStore::FindMailbox(const MailboxKey& mailbox) const {
  const SharedLock lock(mutex_);
  const auto found = state_.mailboxes.find(mailbox);
  if (found == state_.mailboxes.end()) return kNoCase;
  return Ref(found->second, state_.cases.at(found->second));
}

Result<Bytes> MemoryStore::Sealed(Sequence case_sequence) const {
  const SharedLock lock(mutex_);
  const auto found = state_.cases.find(case_sequence);
  if (found == state_.cases.end() || found->second.record.erased()) return kNoCase;
  return *found->second.sealed;
}

Result<Bytes> MemoryStore::ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                                       std::size_t limit) const {
  const SharedLock lock(mutex_);
  const auto found = state_.cases.find(ref.sequence);
  if (found == state_.cases.end() || found->second.record.erased()) return kNoCase;
  const Case& stored = found->second;
  if (index >= static_cast<std::size_t>(stored.record.compartments_size())) {
    return Error(Code::kNotFound, "no such compartment");
  }
  const v1::StoredCompartment& compartment = stored.record.compartments(static_cast<int>(index));
  if (offset >= compartment.payload_bytes()) return Bytes();

  SharedBytes source;
  std::uint64_t start = offset;
  if (compartment.upload() == 0) {
    source = stored.payloads.at(index);
  } else {
    const Upload& upload = state_.uploads.at(compartment.upload());
    const auto piece = upload.pieces.find(offset / kPieceBytes);
    start = offset % kPieceBytes;
    if (piece == upload.pieces.end() || start >= piece->second->size()) {
      return Error(Code::kCorrupted, "a piece of a payload is missing");
    }
    source = piece->second;
  }
  const auto from = source->begin() + static_cast<std::ptrdiff_t>(start);
  const std::size_t size = std::min(limit, source->size() - static_cast<std::size_t>(start));
  return Bytes(from, from + static_cast<std::ptrdiff_t>(size));
}

Result<std::vector<StoredEvent>> MemoryStore::Events(Sequence case_sequence, std::uint64_t from,
                                                     std::size_t limit) const {
  const SharedLock lock(mutex_);
  const auto found = state_.cases.find(case_sequence);
  if (found == state_.cases.end()) return kNoCase;
  const std::vector<Event>& all = found->second.events;
  std::vector<StoredEvent> page;
  for (std::uint64_t n = std::max<std::uint64_t>(from, 1); n <= all.size() && page.size() < limit;
       ++n) {
    const Event& event = all[static_cast<std::size_t>(n - 1)];
    page.push_back({n, *event.signed_event, {event.leaf, state_.leaves.at(event.leaf)}});
  }
  return page;
}

Result<Leaf> MemoryStore::FindLeaf(Sequence sequence) const {
  const SharedLock lock(mutex_);
  const auto found = state_.leaves.find(sequence);
  if (found == state_.leaves.end()) return Error(Code::kNotFound, "no such leaf");
  return Leaf{found->first, found->second};
}

Result<std::vector<Leaf>> MemoryStore::Leaves(Sequence after, std::size_t limit) const {
  const SharedLock lock(mutex_);
  std::vector<Leaf> page;
  for (auto next = state_.leaves.upper_bound(after);
       next != state_.leaves.end() && page.size() < limit; ++next) {
    page.push_back({next->first, next->second});
  }
  return page;
}

// --- The operator's ---------------------------------------------------------------------------

Status MemoryStore::Backup(const std::string&) {
  return Error(Code::kUnsupported, "a store in memory has no backups");
}

Result<std::uint64_t> MemoryStore::FreeBytes() const {
  const SharedLock lock(mutex_);
  return capacity_bytes_ - std::min(capacity_bytes_, state_.used_bytes);
}

}  // namespace safeconduct::storage
