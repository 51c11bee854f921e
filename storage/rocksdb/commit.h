// Staging: the checks and changes of one Commit, GrowLog, BeginLog, PutCharter or PutMarks, before
// they are written.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_COMMIT_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_COMMIT_H_

#include <cstdint>
#include <set>

#include "storage/envelope_store.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/uploads.h"

namespace safeconduct::storage {

// The uploads that the batch's cases name. kRejected when one is named twice.
Result<std::set<Sequence>> UploadsOf(const Batch& batch);

struct Staged {
  Sequence committed = 0;         // the greatest sequence number of the batch
  std::uint64_t bound_bytes = 0;  // of the uploads that it binds
  std::uint64_t erasures = 0;     // of cases
};

// `committed`: the greatest sequence number so far. The uploads must be locked. Errors as Commit's.
Result<Staged> StageBatch(const Database& database, const Uploads& uploads, const Batch& batch,
                          Sequence committed, Changes& changes);

// Errors as GrowLog's. The greatest sequence number then.
Result<Sequence> StageGrowth(const Database& database, const LogGrowth& growth, Sequence committed,
                             Changes& changes);

// Errors as BeginLog's.
Status StageNewLog(const Database& database, std::uint32_t number, std::int64_t begun,
                   Changes& changes);

// Errors as PutCharter's.
Status StageCharter(const Database& database, const CharterRecord& charter, Changes& changes);

// Errors as PutMarks's.
Status StageMarks(const Database& database, const HolderKey& holder, std::uint64_t replaces,
                  ByteView sealed, Changes& changes);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_COMMIT_H_
