// FaultyStore: an EnvelopeStore in memory that fails when it is told to, and that forgets what was
// not synced when it is told to crash. For tests of what stands on a store.
//
// Like a real one after a failed write, it answers kUnavailable (or the fault's error) to every
// write until Recover is called and the fault has ended; reads go on.
//
// Thread-safety: every call may be made by any thread at any time.
#ifndef SAFECONDUCT_TESTS_STORAGE_FAULTY_STORE_H_
#define SAFECONDUCT_TESTS_STORAGE_FAULTY_STORE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/envelope_store.h"
#include "storage/memory/memory_store.h"

namespace safeconduct::storage {

enum class Call : std::uint8_t {
  kCommit,
  kGrowLog,
  kBeginLog,
  kPutCharter,
  kPutMarks,
  kRecover,
  kCreateUpload,
  kWritePiece,
  kSyncUpload,
  kDeleteUpload,  // writes
  kLastSequence,
  kNewestCharter,
  kCharter,
  kText,
  kFindCase,
  kCaseAt,
  kFindMailbox,
  kListCases,
  kListCasesOf,
  kListOutbox,
  kSealed,
  kReadPayload,
  kEvents,
  kFindLeaf,
  kLeaves,
  kMarks,
  kLog,
  kReadLogPart,
  kFindUpload,
  kReadPiece,
  kExpiredUploads,
  kUploadBytes,
  kBackup,
  kVerify,
  kFreeBytes,
  kAnyWrite,  // any of those up to kDeleteUpload but kRecover
  kAny,
};

// What a call that fails leaves behind. A failed sync may have reached the disk all the same.
enum class Left : std::uint8_t { kNothing, kEverything };

struct Fault {
  Call call = Call::kCommit;
  std::uint64_t after = 0;                  // so many such calls succeed first
  std::uint64_t times = ~std::uint64_t{0};  // so many fail then; for ever, unless ended
  Error error = Error(Code::kUnavailable, "the disk failed");
  Left left = Left::kNothing;
};

class FaultyStore final : public EnvelopeStore {
 public:
  explicit FaultyStore(std::uint64_t capacity_bytes = std::uint64_t{1} << 40);
  ~FaultyStore() override;

  // Replaces the fault that was set.
  void Inject(const Fault& fault);
  void EndFault();
  // Loses what was not synced, as a loss of power does, and starts anew.
  void Crash();
  // Calls so far, with those that failed.
  std::uint64_t count(Call call) const;
  // Called before each call takes effect, without any lock: to stop time at a chosen point.
  void OnCall(std::function<void(Call)> hook);

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
  Result<std::vector<CaseRef>> ListCasesOf(const HolderKey& holder, Sequence before,
                                           std::size_t limit) const override;
  Result<std::vector<CaseRef>> ListOutbox(const HolderKey& relay, Sequence after,
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
  using Store = std::shared_ptr<MemoryStore>;
  using Change = std::function<Status(EnvelopeStore&)>;
  enum class Synced : std::uint8_t { kNo, kYes };

  // The fault that this call meets, if any; counts the call.
  std::optional<Fault> Meet(Call call) const;
  Status Write(Call call, Synced synced, const Change& change, const Change& kept);
  Status Settle();
  template <typename Value, typename Read>
  Result<Value> Reading(Call call, const Read& read) const;

  mutable std::mutex mutex_;       // guards what follows
  Store visible_;                  // what calls see
  Store durable_;                  // what a crash leaves
  std::vector<Change> unsynced_;   // what visible_ has and durable_ has not
  std::vector<Change> undecided_;  // of failed writes that reached the disk: seen after Recover
  std::optional<Error> failed_;    // writes are refused with this
  mutable std::optional<Fault> fault_;
  mutable std::array<std::uint64_t, static_cast<std::size_t>(Call::kAny) + 1> counts_{};
  std::function<void(Call)> hook_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_FAULTY_STORE_H_
