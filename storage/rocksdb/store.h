// RocksDbStore: the parts of this folder as one EnvelopeStore.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_STORE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_STORE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/rocksdb/folder.h"
#include "storage/rocksdb/mark_file.h"
#include "storage/rocksdb/purge.h"
#include "storage/rocksdb/reclaim.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "storage/rocksdb/slot.h"
#include "storage/rocksdb/uploads.h"

namespace safeconduct::storage {

class RocksDbStore final : public EnvelopeStore {
 public:
  RocksDbStore(const RocksDbSettings& settings, rocksdb::Env* env);
  ~RocksDbStore() override;
  // Once, before anything else.
  Status Open(OpenDiagnosis& diagnosis);
  void WaitForReclaim();
  Status FinishErasures();

  Result<Sequence> LastSequence() const override;
  Status Commit(const Batch& batch) override;
  Status GrowLog(const LogGrowth& growth) override;
  Status BeginLog(std::uint32_t number, std::int64_t begun) override;
  Status PutCharter(const CharterRecord& charter) override;
  Status PutMarks(const HolderKey& holder, std::uint64_t replaces, ByteView sealed) override;
  Status Recover() override;

  Result<std::optional<CharterRecord>> NewestCharter() const override;
  Result<CharterRecord> Charter(std::uint64_t version) const override;
  Result<Bytes> Text(const Hash& sha256) const override;

  Result<CaseRef> FindCase(const ReportId& id) const override;
  Result<CaseRef> CaseAt(Sequence sequence) const override;
  Result<CaseRef> FindMailbox(const MailboxKey& mailbox) const override;
  Result<std::vector<CaseRef>> ListCases(std::string_view channel, Sequence before,
                                         std::size_t limit) const override;
  Result<std::vector<CaseRef>> ListOutbox(const HolderKey& relay, Sequence after,
                                          std::size_t limit) const override;
  Result<std::vector<CaseRef>> ListCasesOf(const HolderKey& holder, Sequence before,
                                           std::size_t limit) const override;
  Result<Bytes> Sealed(Sequence case_sequence) const override;
  Result<Bytes> ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                            std::size_t limit) const override;
  Result<std::vector<StoredEvent>> Events(Sequence case_sequence, std::uint64_t from,
                                          std::size_t limit) const override;
  Result<Leaf> FindLeaf(Sequence sequence) const override;
  Result<std::vector<Leaf>> Leaves(Sequence after, std::size_t limit) const override;

  Result<ReadMarks> Marks(const HolderKey& holder) const override;

  Result<LogHead> Log() const override;
  Result<Bytes> ReadLogPart(std::uint8_t level, std::uint64_t index) const override;

  Status CreateUpload(const UploadRef& upload) override;
  Result<UploadRef> FindUpload(const Hash& id_hash) const override;
  Status WritePiece(const UploadRef& upload, std::uint64_t index, ByteView piece) override;
  Result<Bytes> ReadPiece(const UploadRef& upload, std::uint64_t index) const override;
  Status SyncUpload(const UploadRef& upload) override;
  Status DeleteUpload(const UploadRef& upload) override;
  Result<std::vector<UploadRef>> ExpiredUploads(std::int64_t now, std::size_t limit) const override;
  Result<std::uint64_t> UploadBytes() const override;

  Status Backup(const std::string& folder) override;
  Result<VerifyReport> Verify() const override;
  Result<std::uint64_t> FreeBytes() const override;

 private:
  Status OpenToServe(OpenDiagnosis& diagnosis);
  Status OpenToInspect(OpenDiagnosis& diagnosis);
  Status OpenDatabase(OpenDiagnosis& diagnosis);
  Status CheckAgainstMark(Mark mark, OpenDiagnosis& diagnosis);
  Status FirstWrite(Database& database);
  void Install(std::unique_ptr<Database> database);
  Status TryDisk() const;
  Status CommitOn(Database& database, const Batch& batch);

  const RocksDbSettings settings_;
  const Layout layout_;
  rocksdb::Env* const env_;
  Descriptor lock_;
  std::unique_ptr<MarkFile> mark_;  // none in a store that is inspected
  Uploads uploads_;
  std::atomic<Sequence> committed_ = 0;
  std::mutex backing_up_;
  DatabaseSlot slot_;
  std::unique_ptr<Changes> staged_;  // of Commit; kept, since its memory is large
  std::unique_ptr<Reclaimer> reclaimer_;
  std::unique_ptr<Purger> purger_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_STORE_H_
