// MemoryStore: an EnvelopeStore in memory, for tests and measurements. Nothing survives it.
//
// Thread-safety: every call may be made by any thread at any time.
#ifndef SAFECONDUCT_STORAGE_MEMORY_MEMORY_STORE_H_
#define SAFECONDUCT_STORAGE_MEMORY_MEMORY_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "storage/envelope_store.h"

namespace safeconduct::storage {

class MemoryStore final : public EnvelopeStore {
 public:
  // What is kept of sealed reports, payloads, events, pieces and marks takes at most
  // `capacity_bytes`; past that a call answers kNoSpace and changes nothing.
  explicit MemoryStore(std::uint64_t capacity_bytes = std::uint64_t{1} << 40);
  ~MemoryStore() override;

  // A store with the same content, independent of this one from now on.
  std::unique_ptr<MemoryStore> Clone() const;

  Result<Sequence> LastSequence() const override;
  Status Commit(const Batch& batch) override;
  Status GrowLog(const LogGrowth& growth) override;
  Status BeginLog(std::uint32_t number, std::int64_t begun) override;
  Status PutCharter(const CharterRecord& charter) override;
  Status PutMarks(const HolderKey& holder, std::uint64_t replaces, ByteView sealed) override;
  Status Recover() override { return {}; }

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
  using SharedBytes = std::shared_ptr<const Bytes>;

  struct Event {
    SharedBytes signed_event;  // empty once it is erased
    Sequence leaf = 0;
  };
  struct Case {
    ReportId id{};
    v1::StoredCase record;
    SharedBytes sealed;                           // none once the case is erased
    std::map<std::size_t, SharedBytes> payloads;  // by compartment
    std::vector<Event> events;
  };
  struct Upload {
    v1::StoredUpload record;
    std::map<std::uint64_t, SharedBytes> pieces;
  };
  struct State {
    std::map<Sequence, Case> cases;
    std::map<ReportId, Sequence> ids;
    std::map<MailboxKey, Sequence> mailboxes;
    std::map<std::string, std::set<Sequence>, std::less<>> channels;
    std::map<HolderKey, std::set<Sequence>> holders;
    std::map<Sequence, v1::StoredLeaf> leaves;
    LogHead log;
    std::map<std::pair<std::uint8_t, std::uint64_t>, SharedBytes> log_parts;
    std::map<Sequence, Upload> uploads;
    std::map<Hash, Sequence> upload_ids;
    std::map<std::uint64_t, std::string> charters;
    std::map<Hash, SharedBytes> texts;
    std::map<HolderKey, ReadMarks> marks;
    Sequence committed = 0;
    Sequence last = 0;
    std::uint64_t promised_bytes = 0;  // of unbound uploads
    std::uint64_t used_bytes = 0;
  };
  class Verifier;

  Status CheckNumbers(const Batch& batch) const;
  Status CheckCase(const NewCase& entry, std::set<Sequence>& uploads) const;
  Status CheckEvents(const Batch& batch) const;
  Status CheckGrowth(const LogGrowth& growth) const;
  Status Reserve(std::uint64_t bytes);
  void Apply(const NewCase& entry);
  void Apply(const NewEvent& entry);
  void Erase(Case& entry);
  void EmptyLeaf(Sequence sequence);
  CaseRef Ref(Sequence sequence, const Case& entry) const;
  std::vector<CaseRef> PageOf(const std::set<Sequence>& all, Sequence before,
                              std::size_t limit) const;
  Result<Upload*> Unbound(const UploadRef& upload);

  const std::uint64_t capacity_bytes_;
  mutable std::shared_mutex mutex_;  // guards state_
  State state_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_MEMORY_MEMORY_STORE_H_
