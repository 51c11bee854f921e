// The parts in which the store keeps the report log (storage/FORMAT.md). For report_log*.cc only.
#ifndef SAFECONDUCT_GATEWAY_TRANSPARENCY_LOG_PARTS_H_
#define SAFECONDUCT_GATEWAY_TRANSPARENCY_LOG_PARTS_H_

#include <cstdint>
#include <span>

#include "crypto/base/bytes.h"
#include "crypto/base/hash.h"
#include "crypto/base/result.h"
#include "storage/envelope_store.h"

namespace safeconduct::transparency {

// Parts of level 0 hold entries; those above, hashes of the tile of that level.
inline constexpr std::uint8_t kEntries = 0;
inline constexpr std::size_t kEntryBytes = sizeof(Hash);

inline Error NothingYet() { return Error(Code::kNotFound, "not in the log yet"); }

inline Bytes JoinHashes(std::span<const Hash> hashes) {
  Bytes out;
  out.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) Append(out, hash);
  return out;
}

// A part that a checkpoint covers is there.
inline Result<Bytes> ReadPart(const storage::EnvelopeStore& store, std::uint8_t level,
                              std::uint64_t index) {
  Result<Bytes> part = store.ReadLogPart(level, index);
  if (!part.ok() && part.error().code() == Code::kNotFound) {
    return Error(Code::kCorrupted, "a part of the log is missing in the store");
  }
  return part;
}

}  // namespace safeconduct::transparency

#endif  // SAFECONDUCT_GATEWAY_TRANSPARENCY_LOG_PARTS_H_
