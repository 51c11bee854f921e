#include "storage/rocksdb/store.h"

#include <algorithm>
#include <set>

#include "storage/rocksdb/backup.h"
#include "storage/rocksdb/commit.h"
#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/verify.h"

namespace safeconduct::storage {

// Calls `expression` of a Reader on the open database.
#define SC_READ(expression)                    \
  do {                                         \
    SC_ASSIGN(const auto opened, slot_.Use()); \
    return Reader(*opened).expression;         \
  } while (false)

RocksDbStore::RocksDbStore(const RocksDbSettings& settings, rocksdb::Env* env)
    : settings_(settings), layout_(settings.folder), env_(env) {}

RocksDbStore::~RocksDbStore() {
  if (mark_ != nullptr) {
    if (const auto database = slot_.Use(); database.ok()) {
      // Uploads in progress keep their pieces over a restart.
      const auto synced = (*database)->SyncLog();
      if (synced.ok()) (void)mark_->Advance({*synced, committed_});
    }
  }
  slot_.Close();
  reclaimer_.reset();
  purger_.reset();
}

void RocksDbStore::WaitForReclaim() {
  if (reclaimer_ != nullptr) reclaimer_->Wait();
}

Status RocksDbStore::FinishErasures() {
  if (purger_ == nullptr) {
    return Error(Code::kUnsupported, "a store that is inspected erases nothing");
  }
  return purger_->Finish();
}

// --- The ledger's -----------------------------------------------------------------------------

Result<Sequence> RocksDbStore::LastSequence() const {
  return std::max(committed_.load(), uploads_.last_sequence());
}

Status RocksDbStore::Commit(const Batch& batch) {
  if (batch.empty()) return {};
  SC_ASSIGN(const auto database, slot_.Use());
  return CommitOn(*database, batch);
}

Status RocksDbStore::CommitOn(Database& database, const Batch& batch) {
  SC_ASSIGN(const std::set<Sequence> bound, UploadsOf(batch));
  const std::vector<Uploads::Lock> locks = uploads_.LockAll(bound);
  staged_->Clear();
  SC_ASSIGN(const Staged staged, StageBatch(database, uploads_, batch, committed_, *staged_));
  SC_ASSIGN(const WriteNumber written, database.Write(*staged_, Sync::kYes));
  committed_ = staged.committed;
  uploads_.CountBound(staged.bound_bytes);
  if (staged.erasures > 0) purger_->Wake();
  return mark_->Advance({written, staged.committed});
}

Status RocksDbStore::GrowLog(const LogGrowth& growth) {
  SC_ASSIGN(const auto database, slot_.Use());
  Changes changes(*database);
  SC_ASSIGN(const Sequence committed, StageGrowth(*database, growth, committed_, changes));
  SC_ASSIGN(const WriteNumber written, database->Write(changes, Sync::kYes));
  committed_ = committed;
  return mark_->Advance({written, committed});
}

Status RocksDbStore::BeginLog(std::uint32_t number, std::int64_t begun) {
  SC_ASSIGN(const auto database, slot_.Use());
  Changes changes(*database);
  SC_TRY(StageNewLog(*database, number, begun, changes));
  SC_ASSIGN(const WriteNumber written, database->Write(changes, Sync::kYes));
  return mark_->Advance({written, committed_});
}

Status RocksDbStore::PutCharter(const CharterRecord& charter) {
  SC_ASSIGN(const auto database, slot_.Use());
  Changes changes(*database);
  SC_TRY(StageCharter(*database, charter, changes));
  SC_ASSIGN(const WriteNumber written, database->Write(changes, Sync::kYes));
  return mark_->Advance({written, committed_});
}

Status RocksDbStore::PutMarks(const HolderKey& holder, std::uint64_t replaces, ByteView sealed) {
  SC_ASSIGN(const auto database, slot_.Use());
  Changes changes(*database);
  SC_TRY(StageMarks(*database, holder, replaces, sealed, changes));
  SC_ASSIGN(const WriteNumber written, database->Write(changes, Sync::kYes));
  return mark_->Advance({written, committed_});
}

// --- Reading ----------------------------------------------------------------------------------

Result<std::optional<CharterRecord>> RocksDbStore::NewestCharter() const {
  SC_READ(NewestCharter());
}

Result<CharterRecord> RocksDbStore::Charter(std::uint64_t version) const {
  SC_READ(Charter(version));
}

Result<Bytes> RocksDbStore::Text(const Hash& sha256) const { SC_READ(Text(sha256)); }

Result<CaseRef> RocksDbStore::FindCase(const ReportId& id) const { SC_READ(FindCase(id)); }

Result<CaseRef> RocksDbStore::CaseAt(Sequence sequence) const { SC_READ(CaseAt(sequence)); }

Result<CaseRef> RocksDbStore::FindMailbox(const MailboxKey& mailbox) const {
  SC_READ(FindMailbox(mailbox));
}

Result<std::vector<CaseRef>> RocksDbStore::ListCases(std::string_view channel, Sequence before,
                                                     std::size_t limit) const {
  SC_READ(ListCases(channel, before, limit));
}

Result<std::vector<CaseRef>> RocksDbStore::ListCasesOf(const HolderKey& holder, Sequence before,
                                                       std::size_t limit) const {
  SC_READ(ListCasesOf(holder, before, limit));
}

Result<std::vector<CaseRef>> RocksDbStore::ListOutbox(const HolderKey& relay, Sequence after,
                                                      std::size_t limit) const {
  SC_READ(ListOutbox(relay, after, limit));
}

Result<Bytes> RocksDbStore::Sealed(Sequence case_sequence) const { SC_READ(Sealed(case_sequence)); }

Result<Bytes> RocksDbStore::ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                                        std::size_t limit) const {
  SC_READ(ReadPayload(ref, index, offset, limit));
}

Result<std::vector<StoredEvent>> RocksDbStore::Events(Sequence case_sequence, std::uint64_t from,
                                                      std::size_t limit) const {
  SC_READ(Events(case_sequence, from, limit));
}

Result<Leaf> RocksDbStore::FindLeaf(Sequence sequence) const { SC_READ(FindLeaf(sequence)); }

Result<std::vector<Leaf>> RocksDbStore::Leaves(Sequence after, std::size_t limit) const {
  SC_READ(Leaves(after, limit));
}

Result<ReadMarks> RocksDbStore::Marks(const HolderKey& holder) const { SC_READ(Marks(holder)); }

Result<LogHead> RocksDbStore::Log() const { SC_READ(Log()); }

Result<Bytes> RocksDbStore::ReadLogPart(std::uint8_t level, std::uint64_t index) const {
  SC_READ(LogPart(level, index));
}

// --- Uploads ----------------------------------------------------------------------------------

Status RocksDbStore::CreateUpload(const UploadRef& upload) {
  SC_ASSIGN(const auto database, slot_.Use());
  return uploads_.Create(*database, upload);
}

Result<UploadRef> RocksDbStore::FindUpload(const Hash& id_hash) const {
  SC_READ(FindUpload(id_hash));
}

Status RocksDbStore::WritePiece(const UploadRef& upload, std::uint64_t index, ByteView piece) {
  SC_ASSIGN(const auto database, slot_.Use());
  return uploads_.WritePiece(*database, upload, index, piece);
}

Result<Bytes> RocksDbStore::ReadPiece(const UploadRef& upload, std::uint64_t index) const {
  SC_READ(ReadPiece(upload.sequence, index));
}

Status RocksDbStore::SyncUpload(const UploadRef& upload) {
  SC_ASSIGN(const auto database, slot_.Use());
  SC_ASSIGN(const WriteNumber written, uploads_.Synced(*database, upload));
  return mark_->Advance({written, 0});
}

Status RocksDbStore::DeleteUpload(const UploadRef& upload) {
  SC_ASSIGN(const auto database, slot_.Use());
  SC_ASSIGN(const std::uint64_t bytes, uploads_.Delete(*database, upload));
  if (reclaimer_ != nullptr) reclaimer_->Deleted(upload.sequence, bytes);
  return {};
}

Result<std::vector<UploadRef>> RocksDbStore::ExpiredUploads(std::int64_t now,
                                                            std::size_t limit) const {
  SC_READ(ExpiredUploads(now, limit));
}

Result<std::uint64_t> RocksDbStore::UploadBytes() const { return uploads_.promised_bytes(); }

// --- The operator's ---------------------------------------------------------------------------

Status RocksDbStore::Backup(const std::string& folder) {
  const std::unique_lock<std::mutex> lock(backing_up_, std::try_to_lock);
  if (!lock.owns_lock()) return Error(Code::kBusy, "another backup is being made");
  if (mark_ == nullptr) return Error(Code::kUnsupported, "a store that is inspected has no backup");
  // So that it does not hold what was erased. Where that takes room or time that there is not, a
  // backup is worth more.
  (void)FinishErasures();
  SC_ASSIGN(const auto database, slot_.Use());
  if (!database->writable()) return Error(Code::kUnavailable, "the store's disk failed");
  return BackUp(*database, folder, mark_->current().write, settings_.backups_kept);
}

Result<VerifyReport> RocksDbStore::Verify() const { return VerifyStore(slot_); }

Result<std::uint64_t> RocksDbStore::FreeBytes() const { return FreeBytesOf(settings_.folder); }

#undef SC_READ

}  // namespace safeconduct::storage
