// Erasure: what it changes when a case is destroyed, and the note that stays in the store until the
// bytes have left the disk too (purge.h).
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_ERASURE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_ERASURE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "storage/envelope_store.h"
#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

struct Erasure {
  Sequence case_sequence = 0;
  std::vector<Sequence> uploads;  // of the case
  std::vector<Sequence> leaves;   // likewise
};

// An event of a batch by what stays of it; number 0 stands for the report itself.
struct EventStub {
  std::uint64_t number = 0;
  const Leaf* leaf = nullptr;  // of the batch
};

// Stages the end of what belongs to the case `record`, but for its record, and the note of it. Of
// its events in the database, and of `staged`, which are in the same changes, the stubs stay.
// kCorrupted when an event cannot be read.
Status StageErasure(const Database& database, Sequence case_sequence, const v1::StoredCase& record,
                    std::span<const EventStub> staged, Changes& changes);

// Those whose bytes may be on the disk still.
Result<std::vector<Erasure>> PendingErasures(const Database& database);
void StageForgetting(const Erasure& erasure, Changes& changes);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_ERASURE_H_
