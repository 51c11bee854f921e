// Reports, events and uploads as the ledger would hand them to a store: with real manifests,
// digests and chains, so that Verify finds nothing wrong with them. Deterministic by seed.
#ifndef SAFECONDUCT_TESTS_STORAGE_REPORTS_H_
#define SAFECONDUCT_TESTS_STORAGE_REPORTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "storage/envelope_store.h"

namespace safeconduct::storage {

Bytes SomeBytes(std::uint64_t seed, std::size_t size);

// Owns what a NewCase only views.
struct Report {
  Sequence sequence = 0;
  ReportId id{};
  MailboxKey mailbox{};
  v1::StoredCase record;
  Bytes sealed;
  std::vector<Bytes> payloads;
  Leaf leaf;

  NewCase View() const;
};

struct CaseEvent {
  Sequence case_sequence = 0;
  v1::StoredCase record;
  std::uint64_t number = 0;
  Bytes signed_event;
  Leaf leaf;

  NewEvent View() const;
};

struct Upload {
  UploadRef ref;
  Bytes content;
  Hash id_hash{};

  ByteView Piece(std::uint64_t index) const;
  std::uint64_t Pieces() const;
  Hash Root() const;
  // The reference as it is when the first `bytes` were stored.
  UploadRef At(std::uint64_t bytes) const;
};

Leaf SomeLeaf(Sequence sequence, std::uint32_t kind);

// What an erasure leaves of it.
Leaf Emptied(const Leaf& leaf);

// A report with sequence number `sequence`, and its leaf with the next one.
Report SealedReportAt(Sequence sequence, const std::string& channel = "north",
                      const std::vector<std::size_t>& payload_bytes = {4096, 16384, 4096});
Report PlainReportAt(Sequence sequence, const std::string& channel = "north",
                     std::size_t payload_bytes = 5000);
// Adds a compartment whose payload is the upload.
void Attach(Report& report, const Upload& upload);

// The next event of a case, whose record it changes.
CaseEvent NextEvent(Sequence case_sequence, v1::StoredCase& record, Sequence leaf);
// Likewise, and it erases the case.
CaseEvent ErasingEvent(Sequence case_sequence, v1::StoredCase& record, Sequence leaf);

Upload UploadAt(Sequence sequence, std::size_t bytes, std::int64_t expires = 1'000'000);
// Creates and writes the upload and syncs it.
Status Store(EnvelopeStore& store, const Upload& upload);

// Commits one report, or one event.
Status CommitOne(EnvelopeStore& store, const Report& report);
Status CommitOne(EnvelopeStore& store, const CaseEvent& event);

// Why `report` is not there whole, as it was committed, by id and mailbox; empty: it is.
std::string Missing(const EnvelopeStore& store, const Report& report);
// Why the case of `report` is not the tombstone that `erasing` made of it; empty: it is.
std::string NotErased(const EnvelopeStore& store, const Report& report, const CaseEvent& erasing);
// All bytes of a compartment's payload, in slices of at most `slice` bytes.
Result<Bytes> ReadAll(const EnvelopeStore& store, const CaseRef& ref, std::size_t index,
                      std::size_t slice = 64 * 1024);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_REPORTS_H_
