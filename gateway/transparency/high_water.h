// What a log must not forget, lest a store that was set back be served: its newest checkpoint.
#ifndef SAFECONDUCT_GATEWAY_TRANSPARENCY_HIGH_WATER_H_
#define SAFECONDUCT_GATEWAY_TRANSPARENCY_HIGH_WATER_H_

#include <cstdint>
#include <span>
#include <string>

#include "crypto/base/result.h"
#include "crypto/note/note.h"
#include "crypto/tlog/checkpoint.h"

namespace safeconduct::transparency {

// The newest checkpoint that was ever let out, kept outside of the store and its backups.
class HighWater {
 public:
  virtual ~HighWater() = default;
  // The signed note that was kept last; empty when there is none. kUnavailable, kTooLarge,
  // kCorrupted.
  virtual Result<std::string> Load() const = 0;
  // On disk when it returns ok; else the old one or the new one is kept, and whole. kUnavailable,
  // kNoSpace.
  virtual Status Keep(const std::string& checkpoint) = 0;
};

// Why a log was not opened, for an operator.
struct Diagnosis {
  std::uint64_t stored = 0;  // entries in the store
  std::uint64_t kept = 0;    // size of the checkpoint in the high-water mark
};

// That the tree in the store, of `diagnosis.stored` entries whose hashes `hashes` reads, has what
// the mark says was let out by `log`; of an empty mark that holds. kCorrupted when the mark is none
// of this log; kConflict when the store does not extend it; what the reader says. Of several keys
// any may have signed it.
Status CheckMark(const std::string& mark, const note::VerifierKey& log,
                 const tlog::HashReader& hashes, Diagnosis& diagnosis);
Status CheckMark(const std::string& mark, std::span<const note::VerifierKey> keys,
                 const tlog::HashReader& hashes, Diagnosis& diagnosis);

// A log that is not in use any more, and the last checkpoint of it that counts: what the charter
// says.
struct RetiredLog {
  note::VerifierKey log;
  std::string last_checkpoint;
};

// Whether one of `retired` signed `checkpoint`. kConflict when that log has published more than its
// last checkpoint says, or something else: then it cannot be given up by it.
Result<bool> IsOfRetired(const std::string& checkpoint, std::span<const RetiredLog> retired);

}  // namespace safeconduct::transparency

#endif  // SAFECONDUCT_GATEWAY_TRANSPARENCY_HIGH_WATER_H_
