// The part of the ledger that needs an order: what of a run of entries can be committed together,
// and what each will be answered. No thread and no clock of its own; reads the store, and leaves
// the writing to the ledger.
//
// Thread-safety: one thread.
#ifndef SAFECONDUCT_GATEWAY_LEDGER_BATCH_BUILDER_H_
#define SAFECONDUCT_GATEWAY_LEDGER_BATCH_BUILDER_H_

#include <atomic>
#include <cstring>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "gateway/ledger/ledger.h"
#include "storage/envelope_store.h"

namespace safeconduct::ledger {

// An entry and who waits for it. Batches point into it, so it stays where it is.
struct Item {
  using Work = std::function<Status(const Draw&)>;
  std::variant<ReportEntry, EventEntry, DecoyEntry, storage::CharterRecord, MarksEntry, Work> entry;
  Done done;                            // of reports and events
  std::function<void(Status)> settled;  // of decoys, charters, marks and work
  std::size_t bytes = 0;                // of memory, about

  // Call `done` or `settled`, once.
  void Answer(Result<Accepted> result);
  void Settle(Status status);
  void Refuse(const Error& error);
};

class BatchBuilder {
 public:
  // `sequence` holds the last number drawn.
  BatchBuilder(storage::EnvelopeStore& store, std::atomic<storage::Sequence>& sequence,
               std::size_t expected);

  // Takes a report, an event or a decoy, which must outlive the builder. Answers it at once when
  // what is stored already decides it; else it waits for Succeed, Fail or Undo.
  void Add(Item& item);

  const storage::Batch& batch() const { return batch_; }
  std::size_t entries() const { return batch_.cases.size() + batch_.events.size(); }
  std::size_t decoys() const { return decoys_; }
  std::size_t waiting() const { return waiting_.size(); }
  // The first error with which the store failed to read, if it did.
  const std::optional<Error>& read_failure() const { return read_failure_; }

  void Succeed();                 // the batch is on disk: answers all that wait
  void Fail(const Error& error);  // it is not: refuses them
  // It was refused for one entry's sake: puts everything back and gives the items, in order.
  std::vector<Item*> Undo();

 private:
  // What an item waits for: that the batch with this case, event or decoy succeeds.
  enum class Kind : std::uint8_t { kCase, kEvent, kDecoy, kConflict };
  struct Waiting {
    Item* item;
    Kind kind;
    std::size_t index;  // in batch_.cases or batch_.events
    bool owner;         // whether what stands there was moved out of this item
  };
  // A case that gets events in this batch.
  struct OpenCase {
    storage::CaseRef ref;            // as it will be
    std::uint64_t stored = 0;        // events in the store
    std::vector<std::size_t> added;  // indexes in batch_.events
  };
  // Ids and keys are hashes or curve points: their first bytes serve.
  struct FirstBytes {
    template <std::size_t N>
    std::size_t operator()(const ByteArray<N>& bytes) const {
      std::size_t value = 0;
      std::memcpy(&value, bytes.data(), sizeof(value));
      return value;
    }
  };

  void AddReport(Item& item, ReportEntry& entry);
  void AddEvent(Item& item, EventEntry& entry);
  void AddDecoy(Item& item, const DecoyEntry& entry);
  // What the store says of the report: an answer, or none if it is new.
  std::optional<Result<Accepted>> FindStored(const ReportEntry& entry);
  bool TakesUploadOfBatch(const ReportEntry& entry) const;
  Result<OpenCase*> Open(const storage::ReportId& id);
  // The event that stands at `number`, which is not beyond the chain's end.
  void CompareEvent(Item& item, const EventEntry& entry, const OpenCase& open);
  void AppendEvent(Item& item, EventEntry& entry, OpenCase& open);
  Error Noted(const Error& error);

  storage::Sequence Draw() { return sequence_.fetch_add(1) + 1; }

  storage::EnvelopeStore& store_;
  std::atomic<storage::Sequence>& sequence_;
  storage::Batch batch_;
  std::size_t decoys_ = 0;
  std::vector<Waiting> waiting_;
  std::unordered_map<storage::ReportId, std::size_t, FirstBytes> reports_;
  std::unordered_set<storage::MailboxKey, FirstBytes> mailboxes_;
  std::unordered_set<storage::Sequence> uploads_;
  std::unordered_map<storage::ReportId, OpenCase, FirstBytes> open_;
  std::optional<Error> read_failure_;
};

}  // namespace safeconduct::ledger

#endif  // SAFECONDUCT_GATEWAY_LEDGER_BATCH_BUILDER_H_
