#include "tests/storage/faulty_store.h"

#include <utility>

namespace safeconduct::storage {
namespace {

std::size_t Index(Call call) { return static_cast<std::size_t>(call); }

bool Matches(Call wanted, Call call) {
  if (wanted == Call::kAny || wanted == call) return true;
  return wanted == Call::kAnyWrite && call <= Call::kDeleteUpload && call != Call::kRecover;
}

}  // namespace

FaultyStore::FaultyStore(std::uint64_t capacity_bytes)
    : visible_(std::make_shared<MemoryStore>(capacity_bytes)),
      durable_(std::make_shared<MemoryStore>(capacity_bytes)) {}

FaultyStore::~FaultyStore() = default;

void FaultyStore::Inject(const Fault& fault) {
  const std::lock_guard<std::mutex> lock(mutex_);
  fault_ = fault;
}

void FaultyStore::EndFault() {
  const std::lock_guard<std::mutex> lock(mutex_);
  fault_.reset();
}

void FaultyStore::Crash() {
  const std::lock_guard<std::mutex> lock(mutex_);
  unsynced_.clear();
  undecided_.clear();
  failed_.reset();
  visible_ = durable_->Clone();
}

std::uint64_t FaultyStore::count(Call call) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (Matches(call, static_cast<Call>(i))) sum += counts_[i];
  }
  return sum;
}

void FaultyStore::OnCall(std::function<void(Call)> hook) {
  const std::lock_guard<std::mutex> lock(mutex_);
  hook_ = std::move(hook);
}

std::optional<Fault> FaultyStore::Meet(Call call) const {
  std::function<void(Call)> hook;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    hook = hook_;
  }
  if (hook) hook(call);
  const std::lock_guard<std::mutex> lock(mutex_);
  ++counts_[Index(call)];
  if (!fault_ || !Matches(fault_->call, call)) return {};
  if (fault_->after > 0) {
    --fault_->after;
    return {};
  }
  const Fault met = *fault_;
  if (fault_->times != ~std::uint64_t{0} && --fault_->times == 0) fault_.reset();
  return met;
}

// --- Writes -----------------------------------------------------------------------------------

// `change` may use what the caller owns; `kept` must not. Changes reach the durable copy in the
// order in which they were made, with the next sync.
Status FaultyStore::Write(Call call, Synced synced, const Change& change, const Change& kept) {
  const std::optional<Fault> fault = Meet(call);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failed_) return *failed_;
  if (fault) {
    failed_ = fault->error;
    if (fault->left == Left::kEverything) {
      const auto trial = visible_->Clone();
      if (change(*trial).ok()) undecided_.push_back(kept);
    }
    return fault->error;
  }
  SC_TRY(change(*visible_));
  if (synced == Synced::kNo) {
    unsynced_.push_back(kept);
    return {};
  }
  for (const Change& earlier : std::exchange(unsynced_, {})) {
    if (!earlier(*durable_).ok()) return Error(Code::kInternal, "the copies differ");
  }
  return change(*durable_);
}

// What reached the disk although its write failed is seen from now on.
Status FaultyStore::Settle() {
  for (const Change& change : std::exchange(undecided_, {})) {
    for (const Change& earlier : std::exchange(unsynced_, {})) SC_TRY(earlier(*durable_));
    SC_TRY(change(*visible_));
    SC_TRY(change(*durable_));
  }
  failed_.reset();
  return {};
}

Status FaultyStore::Recover() {
  if (const auto fault = Meet(Call::kRecover)) return fault->error;
  const std::lock_guard<std::mutex> lock(mutex_);
  // A fault of writes that goes on keeps the store as it is.
  if (failed_ && fault_ && fault_->after == 0 && fault_->call != Call::kRecover &&
      fault_->times == ~std::uint64_t{0}) {
    return *failed_;
  }
  return Settle();
}

namespace {

// A batch whose views point into itself.
struct OwnedBatch {
  explicit OwnedBatch(const Batch& source) : batch(source) {
    for (NewCase& entry : batch.cases) {
      entry.sealed = Own(entry.sealed);
      for (ByteView& payload : entry.payloads) payload = Own(payload);
    }
    for (NewEvent& entry : batch.events) entry.signed_event = Own(entry.signed_event);
    for (ByteView& decoy : batch.decoys) decoy = Own(decoy);
  }
  ByteView Own(ByteView bytes) {
    return *owned.emplace_back(std::make_unique<Bytes>(bytes.begin(), bytes.end()));
  }
  std::vector<std::unique_ptr<Bytes>> owned;
  Batch batch;
};

}  // namespace

Status FaultyStore::Commit(const Batch& batch) {
  if (batch.empty()) return {};
  std::shared_ptr<OwnedBatch> owned;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (fault_ && fault_->left == Left::kEverything) owned = std::make_shared<OwnedBatch>(batch);
  }
  return Write(
      Call::kCommit, Synced::kYes, [&](EnvelopeStore& store) { return store.Commit(batch); },
      [owned](EnvelopeStore& store) { return owned ? store.Commit(owned->batch) : Status(); });
}

Status FaultyStore::GrowLog(const LogGrowth& growth) {
  const Change change = [growth](EnvelopeStore& store) { return store.GrowLog(growth); };
  return Write(Call::kGrowLog, Synced::kYes, change, change);
}

Status FaultyStore::BeginLog(std::uint32_t number, std::int64_t begun) {
  const Change change = [=](EnvelopeStore& store) { return store.BeginLog(number, begun); };
  return Write(Call::kBeginLog, Synced::kYes, change, change);
}

Status FaultyStore::PutCharter(const CharterRecord& charter) {
  const Change change = [charter](EnvelopeStore& store) { return store.PutCharter(charter); };
  return Write(Call::kPutCharter, Synced::kYes, change, change);
}

Status FaultyStore::PutMarks(const HolderKey& holder, std::uint64_t replaces, ByteView sealed) {
  const Change change = [holder, replaces,
                         owned = Bytes(sealed.begin(), sealed.end())](EnvelopeStore& store) {
    return store.PutMarks(holder, replaces, owned);
  };
  return Write(Call::kPutMarks, Synced::kYes, change, change);
}

Status FaultyStore::CreateUpload(const UploadRef& upload) {
  const Change change = [upload](EnvelopeStore& store) { return store.CreateUpload(upload); };
  return Write(Call::kCreateUpload, Synced::kNo, change, change);
}

Status FaultyStore::WritePiece(const UploadRef& upload, std::uint64_t index, ByteView piece) {
  const Change change = [upload, index,
                         owned = Bytes(piece.begin(), piece.end())](EnvelopeStore& store) {
    return store.WritePiece(upload, index, owned);
  };
  return Write(Call::kWritePiece, Synced::kNo, change, change);
}

Status FaultyStore::SyncUpload(const UploadRef& upload) {
  const Change change = [upload](EnvelopeStore& store) { return store.SyncUpload(upload); };
  return Write(Call::kSyncUpload, Synced::kYes, change, change);
}

Status FaultyStore::DeleteUpload(const UploadRef& upload) {
  const Change change = [upload](EnvelopeStore& store) { return store.DeleteUpload(upload); };
  return Write(Call::kDeleteUpload, Synced::kNo, change, change);
}

// --- Reads ------------------------------------------------------------------------------------

template <typename Value, typename Read>
Result<Value> FaultyStore::Reading(Call call, const Read& read) const {
  if (const auto fault = Meet(call)) return fault->error;
  Store store;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    store = visible_;
  }
  return read(*store);
}

Result<Sequence> FaultyStore::LastSequence() const {
  return Reading<Sequence>(Call::kLastSequence,
                           [](const MemoryStore& store) { return store.LastSequence(); });
}

Result<std::optional<CharterRecord>> FaultyStore::NewestCharter() const {
  return Reading<std::optional<CharterRecord>>(
      Call::kNewestCharter, [](const MemoryStore& store) { return store.NewestCharter(); });
}

Result<CharterRecord> FaultyStore::Charter(std::uint64_t version) const {
  return Reading<CharterRecord>(Call::kCharter,
                                [&](const MemoryStore& store) { return store.Charter(version); });
}

Result<Bytes> FaultyStore::Text(const Hash& sha256) const {
  return Reading<Bytes>(Call::kText, [&](const MemoryStore& store) { return store.Text(sha256); });
}

Result<CaseRef> FaultyStore::FindCase(const ReportId& id) const {
  return Reading<CaseRef>(Call::kFindCase,
                          [&](const MemoryStore& store) { return store.FindCase(id); });
}

Result<CaseRef> FaultyStore::CaseAt(Sequence sequence) const {
  return Reading<CaseRef>(Call::kCaseAt,
                          [&](const MemoryStore& store) { return store.CaseAt(sequence); });
}

Result<CaseRef> FaultyStore::FindMailbox(const MailboxKey& mailbox) const {
  return Reading<CaseRef>(Call::kFindMailbox,
                          [&](const MemoryStore& store) { return store.FindMailbox(mailbox); });
}

Result<std::vector<CaseRef>> FaultyStore::ListCases(std::string_view channel, Sequence before,
                                                    std::size_t limit) const {
  return Reading<std::vector<CaseRef>>(Call::kListCases, [&](const MemoryStore& store) {
    return store.ListCases(channel, before, limit);
  });
}

Result<std::vector<CaseRef>> FaultyStore::ListCasesOf(const HolderKey& holder, Sequence before,
                                                      std::size_t limit) const {
  return Reading<std::vector<CaseRef>>(Call::kListCasesOf, [&](const MemoryStore& store) {
    return store.ListCasesOf(holder, before, limit);
  });
}

Result<std::vector<CaseRef>> FaultyStore::ListOutbox(const HolderKey& relay, Sequence after,
                                                     std::size_t limit) const {
  return Reading<std::vector<CaseRef>>(Call::kListOutbox, [&](const MemoryStore& store) {
    return store.ListOutbox(relay, after, limit);
  });
}

Result<Bytes> FaultyStore::Sealed(Sequence case_sequence) const {
  return Reading<Bytes>(Call::kSealed,
                        [&](const MemoryStore& store) { return store.Sealed(case_sequence); });
}

Result<Bytes> FaultyStore::ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                                       std::size_t limit) const {
  return Reading<Bytes>(Call::kReadPayload, [&](const MemoryStore& store) {
    return store.ReadPayload(ref, index, offset, limit);
  });
}

Result<std::vector<StoredEvent>> FaultyStore::Events(Sequence case_sequence, std::uint64_t from,
                                                     std::size_t limit) const {
  return Reading<std::vector<StoredEvent>>(Call::kEvents, [&](const MemoryStore& store) {
    return store.Events(case_sequence, from, limit);
  });
}

Result<Leaf> FaultyStore::FindLeaf(Sequence sequence) const {
  return Reading<Leaf>(Call::kFindLeaf,
                       [&](const MemoryStore& store) { return store.FindLeaf(sequence); });
}

Result<std::vector<Leaf>> FaultyStore::Leaves(Sequence after, std::size_t limit) const {
  return Reading<std::vector<Leaf>>(
      Call::kLeaves, [&](const MemoryStore& store) { return store.Leaves(after, limit); });
}

Result<ReadMarks> FaultyStore::Marks(const HolderKey& holder) const {
  return Reading<ReadMarks>(Call::kMarks,
                            [&](const MemoryStore& store) { return store.Marks(holder); });
}

Result<LogHead> FaultyStore::Log() const {
  return Reading<LogHead>(Call::kLog, [](const MemoryStore& store) { return store.Log(); });
}

Result<Bytes> FaultyStore::ReadLogPart(std::uint8_t level, std::uint64_t index) const {
  return Reading<Bytes>(Call::kReadLogPart,
                        [&](const MemoryStore& store) { return store.ReadLogPart(level, index); });
}

Result<UploadRef> FaultyStore::FindUpload(const Hash& id_hash) const {
  return Reading<UploadRef>(Call::kFindUpload,
                            [&](const MemoryStore& store) { return store.FindUpload(id_hash); });
}

Result<Bytes> FaultyStore::ReadPiece(const UploadRef& upload, std::uint64_t index) const {
  return Reading<Bytes>(Call::kReadPiece,
                        [&](const MemoryStore& store) { return store.ReadPiece(upload, index); });
}

Result<std::vector<UploadRef>> FaultyStore::ExpiredUploads(std::int64_t now,
                                                           std::size_t limit) const {
  return Reading<std::vector<UploadRef>>(Call::kExpiredUploads, [&](const MemoryStore& store) {
    return store.ExpiredUploads(now, limit);
  });
}

Result<std::uint64_t> FaultyStore::UploadBytes() const {
  return Reading<std::uint64_t>(Call::kUploadBytes,
                                [](const MemoryStore& store) { return store.UploadBytes(); });
}

// --- The operator's ---------------------------------------------------------------------------

Status FaultyStore::Backup(const std::string& folder) {
  if (const auto fault = Meet(Call::kBackup)) return fault->error;
  const std::lock_guard<std::mutex> lock(mutex_);
  return visible_->Backup(folder);
}

Result<VerifyReport> FaultyStore::Verify() const {
  return Reading<VerifyReport>(Call::kVerify,
                               [](const MemoryStore& store) { return store.Verify(); });
}

Result<std::uint64_t> FaultyStore::FreeBytes() const {
  return Reading<std::uint64_t>(Call::kFreeBytes,
                                [](const MemoryStore& store) { return store.FreeBytes(); });
}

}  // namespace safeconduct::storage
