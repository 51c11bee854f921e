// A store for the ledger's tests: a MemoryStore whose Commit can be held, and whose calls fail as a
// test says. It also keeps what each Commit was given to do.
//
// Thread-safety: every call may be made by any thread at any time.
#ifndef SAFECONDUCT_TESTS_GATEWAY_LEDGER_SCRIPTED_STORE_H_
#define SAFECONDUCT_TESTS_GATEWAY_LEDGER_SCRIPTED_STORE_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/memory/memory_store.h"

namespace safeconduct::ledger {

class ScriptedStore final : public storage::EnvelopeStore {
 public:
  using Clock = std::chrono::steady_clock;

  struct Verdict {
    std::optional<Error> error;
    bool store_anyway = false;  // as a write may that failed at its very end
  };

  // What Commit number n (from 1) of this store does; asked on the ledger's thread.
  std::function<Verdict(int n, const storage::Batch& batch)> on_commit;
  std::function<Status()> on_recover;
  std::function<std::optional<Error>(const storage::ReportId& id)> on_find;

  // From now on Commit waits until Release.
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  // Returns when a Commit is being held.
  void AwaitHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

  // "3r 1e" for a commit of three reports and an event, with " 4d" for four views of decoys,
  // "charter 2" for a charter, "marks 3" for read marks of that version.
  std::vector<std::string> Writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }
  std::vector<Clock::time_point> Recoveries() const {
    const std::lock_guard lock(mutex_);
    return recoveries_;
  }
  storage::MemoryStore& memory() { return memory_; }

  Result<storage::Sequence> LastSequence() const override { return memory_.LastSequence(); }
  Status GrowLog(const storage::LogGrowth& growth) override { return memory_.GrowLog(growth); }
  Status BeginLog(std::uint32_t number, std::int64_t begun) override {
    return memory_.BeginLog(number, begun);
  }
  Status Commit(const storage::Batch& batch) override {
    int number = 0;
    {
      std::unique_lock lock(mutex_);
      writes_.push_back(
          std::to_string(batch.cases.size()) + "r " + std::to_string(batch.events.size()) + "e" +
          (batch.decoys.empty() ? "" : " " + std::to_string(batch.decoys.size()) + "d"));
      number = ++commits_;
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      --waiting_;
    }
    const Verdict verdict = on_commit ? on_commit(number, batch) : Verdict{};
    if (!verdict.error) return memory_.Commit(batch);
    if (verdict.store_anyway) {
      if (const Status stored = memory_.Commit(batch); !stored.ok()) return stored;
    }
    return *verdict.error;
  }
  Status PutCharter(const storage::CharterRecord& charter) override {
    {
      const std::lock_guard lock(mutex_);
      writes_.push_back("charter " + std::to_string(charter.version));
    }
    const Verdict verdict = on_commit ? on_commit(0, {}) : Verdict{};
    if (verdict.error) return *verdict.error;
    return memory_.PutCharter(charter);
  }
  Status PutMarks(const storage::HolderKey& holder, std::uint64_t replaces,
                  ByteView sealed) override {
    {
      const std::lock_guard lock(mutex_);
      writes_.push_back("marks " + std::to_string(replaces + 1));
    }
    const Verdict verdict = on_commit ? on_commit(0, {}) : Verdict{};
    if (verdict.error) return *verdict.error;
    return memory_.PutMarks(holder, replaces, sealed);
  }
  Status Recover() override {
    {
      const std::lock_guard lock(mutex_);
      recoveries_.push_back(Clock::now());
    }
    return on_recover ? on_recover() : memory_.Recover();
  }

  Result<std::optional<storage::CharterRecord>> NewestCharter() const override {
    return memory_.NewestCharter();
  }
  Result<storage::CharterRecord> Charter(std::uint64_t version) const override {
    return memory_.Charter(version);
  }
  Result<Bytes> Text(const Hash& sha256) const override { return memory_.Text(sha256); }
  Result<storage::CaseRef> FindCase(const storage::ReportId& id) const override {
    if (on_find) {
      if (const auto error = on_find(id)) return *error;
    }
    return memory_.FindCase(id);
  }
  Result<storage::CaseRef> FindMailbox(const storage::MailboxKey& mailbox) const override {
    return memory_.FindMailbox(mailbox);
  }
  Result<std::vector<storage::CaseRef>> ListCases(std::string_view channel,
                                                  storage::Sequence before,
                                                  std::size_t limit) const override {
    return memory_.ListCases(channel, before, limit);
  }
  Result<std::vector<storage::CaseRef>> ListCasesOf(const storage::HolderKey& holder,
                                                    storage::Sequence before,
                                                    std::size_t limit) const override {
    return memory_.ListCasesOf(holder, before, limit);
  }
  Result<std::vector<storage::CaseRef>> ListOutbox(const storage::HolderKey& relay,
                                                   storage::Sequence after,
                                                   std::size_t limit) const override {
    return memory_.ListOutbox(relay, after, limit);
  }
  Result<Bytes> Sealed(storage::Sequence sequence) const override {
    return memory_.Sealed(sequence);
  }
  Result<Bytes> ReadPayload(const storage::CaseRef& ref, std::size_t index, std::uint64_t offset,
                            std::size_t limit) const override {
    return memory_.ReadPayload(ref, index, offset, limit);
  }
  Result<std::vector<storage::StoredEvent>> Events(storage::Sequence sequence, std::uint64_t from,
                                                   std::size_t limit) const override {
    return memory_.Events(sequence, from, limit);
  }
  Result<storage::Leaf> FindLeaf(storage::Sequence sequence) const override {
    return memory_.FindLeaf(sequence);
  }
  Result<std::vector<storage::Leaf>> Leaves(storage::Sequence after,
                                            std::size_t limit) const override {
    return memory_.Leaves(after, limit);
  }
  Result<storage::CaseRef> CaseAt(storage::Sequence sequence) const override {
    return memory_.CaseAt(sequence);
  }
  Result<storage::ReadMarks> Marks(const storage::HolderKey& holder) const override {
    return memory_.Marks(holder);
  }
  Result<storage::LogHead> Log() const override { return memory_.Log(); }
  Result<Bytes> ReadLogPart(std::uint8_t level, std::uint64_t index) const override {
    return memory_.ReadLogPart(level, index);
  }
  Status CreateUpload(const storage::UploadRef& upload) override {
    return memory_.CreateUpload(upload);
  }
  Result<storage::UploadRef> FindUpload(const Hash& id_hash) const override {
    return memory_.FindUpload(id_hash);
  }
  Status WritePiece(const storage::UploadRef& upload, std::uint64_t index,
                    ByteView piece) override {
    return memory_.WritePiece(upload, index, piece);
  }
  Result<Bytes> ReadPiece(const storage::UploadRef& upload, std::uint64_t index) const override {
    return memory_.ReadPiece(upload, index);
  }
  Status SyncUpload(const storage::UploadRef& upload) override {
    return memory_.SyncUpload(upload);
  }
  Status DeleteUpload(const storage::UploadRef& upload) override {
    return memory_.DeleteUpload(upload);
  }
  Result<std::vector<storage::UploadRef>> ExpiredUploads(std::int64_t now,
                                                         std::size_t limit) const override {
    return memory_.ExpiredUploads(now, limit);
  }
  Result<std::uint64_t> UploadBytes() const override { return memory_.UploadBytes(); }
  Status Backup(const std::string& folder) override { return memory_.Backup(folder); }
  Result<storage::VerifyReport> Verify() const override { return memory_.Verify(); }
  Result<std::uint64_t> FreeBytes() const override { return memory_.FreeBytes(); }

 private:
  storage::MemoryStore memory_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int waiting_ = 0;
  int commits_ = 0;
  std::vector<std::string> writes_;
  std::vector<Clock::time_point> recoveries_;
};

}  // namespace safeconduct::ledger

#endif  // SAFECONDUCT_TESTS_GATEWAY_LEDGER_SCRIPTED_STORE_H_
