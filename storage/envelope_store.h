// EnvelopeStore: what the gateway keeps, in the words of its domain. Sealed envelopes, the events
// done with them, the charters in force and unfinished uploads; never anything readable.
//
// Implementations: storage/rocksdb (embedded, durable), storage/memory (tests, no durability), and
// in tests a faulty one. All pass one conformance suite (tests/storage/conformance.h); they share
// no code. Nothing here assumes a key-value store: a relational one fits as well.
//
// Durability: what Commit, PutCharter, PutMarks and SyncUpload return ok for survives a crash of
// the process and of the machine. A failed call left nothing behind, or all of it: never a part.
//
// Erasure: an event whose record has `erased` destroys, in the same write, the case's sealed
// report, payloads and uploads and the bytes of its earlier events. What stays is a tombstone: the
// record, which is found as before, so that the same report sent again is not a new one; each
// earlier event's number; the leaves of all these, which keep the entry that they are in the log
// but not what opens it; and that event, whole. Nothing of the rest is given out from then on. A
// store on disks overwrites or drops the bytes themselves soon after; backups that were made before
// hold them still.
//
// Thread-safety: Commit, GrowLog, BeginLog, PutCharter, PutMarks and Recover are called by one
// thread at a time, the ledger's once there is one. Uploads: one caller at a time per upload.
// Everything else may be called by any thread at any time. All calls may block on the disk.
//
// Errors of every call: kUnavailable (I/O failed; later calls may fail until Recover returns ok),
// kNoSpace (the disk is full; likewise), kCorrupted (stored bytes fail their checksum). Others are
// said at each call.
#ifndef SAFECONDUCT_STORAGE_ENVELOPE_STORE_H_
#define SAFECONDUCT_STORAGE_ENVELOPE_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::storage {

using ReportId = ByteArray<16>;
using MailboxKey = ByteArray<32>;
using HolderKey = ByteArray<32>;  // event key of a holder

// Sequence numbers are drawn by the ledger, rise over the life of a store and are never used
// twice; 0 is none. Records are stored in their order.
using Sequence = std::uint64_t;

inline constexpr std::size_t kPieceBytes = 1024 * 1024;  // of an upload
inline constexpr std::size_t kMaxMarksBytes = 1024 * 1024;

// --- What the ledger commits ------------------------------------------------------------------

struct Leaf {
  Sequence sequence = 0;
  v1::StoredLeaf record;
};

// A report that was checked. The views must stay valid until Commit returns.
struct NewCase {
  Sequence sequence = 0;
  ReportId id{};
  v1::StoredCase record;
  ByteView sealed;                 // the serialized SealedReport; empty for a plain report
  std::vector<ByteView> payloads;  // of the compartments that have no upload, in their order
  Leaf leaf;
};

struct NewEvent {
  Sequence case_sequence = 0;
  // Of the case, as it is after the event; stored as it is. Where it is erased, its compartments
  // keep their names and uploads, by which Verify looks for what was left behind.
  v1::StoredCase record;
  std::uint64_t number = 0;  // place in the case's chain, from 1
  ByteView signed_event;     // a serialized SignedEvent
  Leaf leaf;
};

struct Batch {
  std::vector<NewCase> cases;
  std::vector<NewEvent> events;
  // Cover traffic: written and synced with the rest, which takes as long as if it were kept, and
  // found by no call, not even Verify. The views must stay valid until Commit returns.
  std::vector<ByteView> decoys;
  bool empty() const { return cases.empty() && events.empty() && decoys.empty(); }
};

struct CharterRecord {
  std::uint64_t version = 0;
  std::string note;
  std::vector<Bytes> texts;  // stored under their SHA-256
  // Whom it names: the read marks of all others go in the same write.
  std::vector<HolderKey> holders = {};
};

// --- The report log ---------------------------------------------------------------------------

// A part of what the log is kept in; the caller knows what is in it.
struct LogPart {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  Bytes bytes;
};

struct LogHead {
  std::uint64_t size = 0;  // entries
  // Every leaf up to this sequence number has its place, or was passed over as damaged. Of those
  // above it some may have theirs too.
  Sequence placed = 0;
  std::string checkpoint;    // a signed note; empty for a log that never grew
  std::uint32_t number = 0;  // one more for each log that was begun anew
  std::int64_t begun = 0;    // Unix seconds: when that was; 0: never
};

// What was waiting for the log gets its place, and all that it changes.
struct LogGrowth {
  std::uint64_t size_before = 0;  // of the log with the number that `head` has
  std::vector<Leaf> leaves;    // as they are from now on: those that were waiting, and new covers
  std::vector<LogPart> parts;  // replace those of the same level and index
  LogHead head;
};

// --- What is read -----------------------------------------------------------------------------

struct CaseRef {
  Sequence sequence = 0;
  ReportId id{};
  v1::StoredCase record;
};

struct StoredEvent {
  std::uint64_t number = 0;
  Bytes signed_event;  // empty: erased
  Leaf leaf;
};

// What a holder has read, sealed by the holder to the holder. There is no time in it.
struct ReadMarks {
  std::uint64_t version = 0;  // how often they were put; 0: never
  Bytes sealed;
};

struct UploadRef {
  Sequence sequence = 0;
  v1::StoredUpload record;
};

// One damaged record, for `verify`: which kind, and its id or sequence in words for an operator.
struct Damage {
  std::string record;  // "case 0011…", "upload 17 piece 3"
  Error error;
};

struct VerifyReport {
  std::uint64_t cases = 0;
  std::uint64_t events = 0;
  std::uint64_t payload_bytes = 0;
  std::vector<Damage> damaged;
};

class EnvelopeStore {
 public:
  virtual ~EnvelopeStore() = default;

  // --- the ledger's ---
  // The greatest sequence number ever committed or used by an upload; 0 for a new store.
  virtual Result<Sequence> LastSequence() const = 0;
  // Stores the whole batch in one atomic, synced write. Binds the uploads that the cases name: they
  // no longer expire. Errors, and nothing is stored then: kRejected when an upload is absent, not
  // complete, of another length than its compartment, or belongs to a case already; kConflict when
  // a case's or leaf's sequence number is not above all that were committed before, or an event's
  // number is not the next of its case, or its case is erased; kNotFound when an event's case is
  // absent; kMalformed when payloads do not fit their compartments, a name, key or hash has a wrong
  // length, or a new case is erased. Whether id and mailbox are free is the ledger's to check.
  // Digests are not checked here: see Verify. After kUnavailable or kNoSpace the batch may be
  // there, whole, once Recover returned ok.
  virtual Status Commit(const Batch& batch) = 0;
  // Stores all of it in one atomic, synced write. kConflict when the log has another number or is
  // not of `size_before`, does not grow, or `placed` goes back; when a leaf has its place in this
  // log already, or a new one's sequence number is not above all that were committed before. As
  // after Commit it may be there, whole, after a failure.
  virtual Status GrowLog(const LogGrowth& growth) = 0;
  // Begins the report log anew under that number at that time (Unix seconds), empty: its parts are
  // gone, and every leaf waits for it; what places leaves had is of logs before. One atomic, synced
  // write. kConflict when the number is not the next one. As after Commit it may be done, whole,
  // after a failure.
  virtual Status BeginLog(std::uint32_t number, std::int64_t begun) = 0;
  // Stores a charter and its texts, synced. The version must be the newest plus one: kConflict.
  virtual Status PutCharter(const CharterRecord& charter) = 0;
  // Replaces the holder's marks of version `replaces` (0: there are none) by these, whose version
  // is one more; synced. kConflict when they are of another version; kMalformed when `sealed` is
  // empty, kTooLarge when it is longer than kMaxMarksBytes. As after Commit it may be done, whole,
  // after a failure.
  virtual Status PutMarks(const HolderKey& holder, std::uint64_t replaces, ByteView sealed) = 0;
  // Makes a store that failed writable again, if the fault has ended.
  virtual Status Recover() = 0;

  // --- charters ---
  // Without texts and holders.
  virtual Result<std::optional<CharterRecord>> NewestCharter() const = 0;
  virtual Result<CharterRecord> Charter(std::uint64_t version) const = 0;  // likewise; kNotFound
  virtual Result<Bytes> Text(const Hash& sha256) const = 0;                // kNotFound

  // --- cases --- (kNotFound when there is none)
  virtual Result<CaseRef> FindCase(const ReportId& id) const = 0;
  virtual Result<CaseRef> FindMailbox(const MailboxKey& mailbox) const = 0;
  // Cases of a channel, newest first, with sequence below `before` (0: from the newest). Fewer than
  // `limit` only when there are no more. Damaged records are left out, so that the others can be
  // read; Verify names them.
  virtual Result<std::vector<CaseRef>> ListCases(std::string_view channel, Sequence before,
                                                 std::size_t limit) const = 0;
  // The same of those cases whose record named that holder, in `assigned` or `access`, when one of
  // their events was committed; also of those that do not name him any more.
  virtual Result<std::vector<CaseRef>> ListCasesOf(const HolderKey& holder, Sequence before,
                                                   std::size_t limit) const = 0;
  // Cases, oldest first, with sequence above `after`, whose record names that relay and has an
  // answer of which it said nothing yet (`answers`, state unspecified). As ListCases otherwise.
  virtual Result<std::vector<CaseRef>> ListOutbox(const HolderKey& relay, Sequence after,
                                                  std::size_t limit) const = 0;
  virtual Result<CaseRef> CaseAt(Sequence sequence) const = 0;  // kNotFound
  // Empty for a plain report. kNotFound for an erased case too, as from ReadPayload.
  virtual Result<Bytes> Sealed(Sequence case_sequence) const = 0;
  // Up to `limit` bytes of the payload of compartment number `index` from `offset`: fewer only at
  // the end of the payload or of a stored piece; none at or past the end.
  virtual Result<Bytes> ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                                    std::size_t limit) const = 0;
  // Events of a case in order, beginning with number `from`.
  virtual Result<std::vector<StoredEvent>> Events(Sequence case_sequence, std::uint64_t from,
                                                  std::size_t limit) const = 0;
  virtual Result<Leaf> FindLeaf(Sequence sequence) const = 0;
  // Leaves with sequence above `after`, in order; above LogHead::placed, those that wait and those
  // that have their place already (StoredLeaf.place, of the log of that number). One that is
  // damaged stands there with an empty record (kind 0), so that the others can be read; where it
  // cannot be told whether there is a leaf, that counts as one. Verify names them.
  virtual Result<std::vector<Leaf>> Leaves(Sequence after, std::size_t limit) const = 0;

  // --- read marks ---
  virtual Result<ReadMarks> Marks(const HolderKey& holder) const = 0;

  // --- the report log ---
  virtual Result<LogHead> Log() const = 0;
  virtual Result<Bytes> ReadLogPart(std::uint8_t level,
                                    std::uint64_t index) const = 0;  // kNotFound

  // --- uploads --- (kNotFound when there is none; kRejected to change one that belongs to a case)
  // Not yet synced. kExists when the sequence number or the id is in use.
  virtual Status CreateUpload(const UploadRef& upload) = 0;
  virtual Result<UploadRef> FindUpload(const Hash& id_hash) const = 0;  // kNotFound
  // Writes piece `index` (kPieceBytes, or shorter: replaces what was there). Not yet synced.
  // kTooLarge for an empty or longer piece, and past the upload's length.
  virtual Status WritePiece(const UploadRef& upload, std::uint64_t index, ByteView piece) = 0;
  virtual Result<Bytes> ReadPiece(const UploadRef& upload, std::uint64_t index) const = 0;
  // Stores offset, expiry and frontier and syncs them together with all pieces written before.
  // kMalformed when the offset is past the length. Id and length stay as they were created.
  virtual Status SyncUpload(const UploadRef& upload) = 0;
  // Not yet synced: after a crash the upload may be there again.
  virtual Status DeleteUpload(const UploadRef& upload) = 0;
  // Unbound uploads that have expired at `now` (Unix seconds).
  virtual Result<std::vector<UploadRef>> ExpiredUploads(std::int64_t now,
                                                        std::size_t limit) const = 0;
  // Bytes promised to all unbound uploads, for their quota.
  virtual Result<std::uint64_t> UploadBytes() const = 0;

  // --- the operator's ---
  // A consistent copy, made while running, in `folder`; incremental where it can be. kBusy while
  // another one runs; kUnsupported by a store without durability.
  virtual Status Backup(const std::string& folder) = 0;
  // Reads everything and checks every checksum and digest; goes on past damage. What is left of an
  // erased case beside its tombstone is damage.
  virtual Result<VerifyReport> Verify() const = 0;
  // Bytes that the file system of the store has left, for the reserve.
  virtual Result<std::uint64_t> FreeBytes() const = 0;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ENVELOPE_STORE_H_
