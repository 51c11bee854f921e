// Which records must be there, as all indexes together know it, and what an index names wrongly.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_INDEX_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_INDEX_H_

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "storage/envelope_store.h"
#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

// Cases by sequence, with the id that the index has for them: none when only the record or the
// channel's list knows the case. Appends damage of an index itself. kUnavailable when stopped.
Result<std::map<Sequence, std::optional<ReportId>>> ExpectedCases(const Database& database,
                                                                  std::vector<Damage>& damaged);

// That no outbox names a case of which its relay has nothing to send. As above.
Status CheckOutboxes(const Database& database, std::vector<Damage>& damaged);

Result<std::set<Sequence>> ExpectedUploads(const Database& database, std::vector<Damage>& damaged);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_VERIFY_INDEX_H_
