// The ledger: the one writer (design: "How it runs"). Takes what is waiting, checks what needs an
// order, writes reports, events and their pending leaves in one atomic synced batch, and answers
// all of them. `done` is called with ok only when the entry is on disk.
//
// Thread-safety: Submit may be called by any thread and does not block. `done` is called on the
// ledger's thread, or on the caller's when the entry is refused at once; it must not block.
// Memory: bounded by Limits; beyond it Submit answers kBusy.
#ifndef SAFECONDUCT_GATEWAY_LEDGER_LEDGER_H_
#define SAFECONDUCT_GATEWAY_LEDGER_LEDGER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"
#include "storage/envelope_store.h"

namespace safeconduct::ledger {

struct Limits {
  std::size_t waiting_entries = 8'192;
  std::size_t waiting_bytes = 256ull * 1024 * 1024;
  std::size_t batch_entries = 1'024;
  std::size_t batch_bytes = 32ull * 1024 * 1024;
  // After a failure of the store: how long until it is tried again, doubled up to the second.
  std::chrono::milliseconds first_retry{100};
  std::chrono::milliseconds last_retry{5'000};
};

// What the 2xx says.
struct Accepted {
  storage::ReportId id{};
  std::uint64_t event_number = 0;  // 0 for a report
  v1::StoredLeaf leaf;             // the promise is made from this, the same for the same bytes
};

using Done = std::function<void(Result<Accepted>)>;

// Draws the next sequence number.
using Draw = std::function<storage::Sequence()>;

// A checked report. The ledger sets sequence numbers.
struct ReportEntry {
  storage::ReportId id{};
  v1::StoredCase record;
  Bytes sealed;                 // serialized SealedReport; empty for a plain report
  std::vector<Bytes> payloads;  // without those in uploads
  v1::StoredLeaf leaf;
};

// Cover traffic (design: "Anonymity"): random bytes in the shape of a checked report. Travels in a
// batch and its sync like one, and is kept nowhere.
struct DecoyEntry {
  Bytes sealed;
  std::vector<Bytes> payloads;
};

// A checked event, whose place in the chain the ledger checks again: kConflict. The hash of the
// previous event pins the whole chain, so `after`, which was made from the case as that chain left
// it, is right whenever the event is the next one.
struct EventEntry {
  storage::ReportId case_id{};
  std::uint64_t number = 0;
  Hash previous{};
  Hash hash{};         // of the Event's bytes: the new head
  Bytes signed_event;  // a serialized SignedEvent
  // The case as the event leaves it. None for an event that was not the next one when it came: it
  // is accepted only if it stands in the chain already.
  std::optional<v1::StoredCase> after;
  v1::StoredLeaf leaf;
};

// What a holder has read, sealed by the holder; of a size that the store takes.
struct MarksEntry {
  storage::HolderKey holder{};
  std::uint64_t replaces = 0;
  Bytes sealed;
};

struct Counters {
  std::uint64_t batches = 0;
  std::uint64_t entries = 0;  // without decoys
  std::uint64_t decoys = 0;
  std::uint64_t failed_batches = 0;
  std::uint64_t waiting_entries = 0;
  std::uint64_t waiting_bytes = 0;        // both: of what was not answered yet, and its batch
  std::uint64_t commit_microseconds = 0;  // spent in the store's Commit, in all
  std::uint64_t largest_batch = 0;        // entries, with decoys
  bool failing = false;                   // the store failed and did not recover yet
};

// Is told, on the ledger's thread, when the store begins to fail and when it serves again.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void StoreFailed(const Error& error) = 0;
  virtual void StoreRecovered() = 0;
};

class Ledger {
 public:
  // `store` and `observer` must outlive the ledger. Starts the thread. Errors: of the store.
  static Result<std::unique_ptr<Ledger>> Start(storage::EnvelopeStore& store, const Limits& limits,
                                               Observer* observer = nullptr);
  virtual ~Ledger() = default;  // finishes what is waiting

  // The same report again (same id) gives the same Accepted. kConflict when the mailbox is taken by
  // another report. kBusy, kNoSpace, kUnavailable: nothing was stored; the caller may try again.
  virtual void SubmitReport(ReportEntry entry, Done done) = 0;
  // The same event again (same hash at its place) gives the same Accepted.
  virtual void SubmitEvent(EventEntry entry, Done done) = 0;
  // kBusy, too, when with it more than half of what may wait would wait, in entries or in bytes: so
  // decoys can never crowd out a report.
  virtual void SubmitDecoy(DecoyEntry entry, std::function<void(Status)> done) = 0;
  virtual void SubmitCharter(storage::CharterRecord charter, std::function<void(Status)> done) = 0;
  // kConflict, kMalformed, kTooLarge as PutMarks of the store. kBusy as for decoys: marks crowd out
  // no report either.
  virtual void SubmitMarks(MarksEntry entry, std::function<void(Status)> done) = 0;
  // Does `work` on the ledger's thread, when no batch is being written: for what must not miss an
  // entry that is being committed. What it writes must go through the store; where that fails
  // (kUnavailable, kNoSpace), the ledger waits for the store as after a failed batch. Never kBusy.
  virtual void SubmitWork(std::function<Status(const Draw&)> work,
                          std::function<void(Status)> done) = 0;
  virtual Counters counters() const = 0;
  // Those of the counters, at no cost.
  virtual std::size_t waiting_entries() const = 0;
  // Draws a sequence number for an upload.
  virtual storage::Sequence NextSequence() = 0;
};

}  // namespace safeconduct::ledger

#endif  // SAFECONDUCT_GATEWAY_LEDGER_LEDGER_H_
