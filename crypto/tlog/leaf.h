// The entries of the report log (design: "The log"): salted commitments, all of one shape, so that
// nobody can tell a report from an event or a cover without the salt.
//
// Thread-safety: pure functions.
#ifndef SAFECONDUCT_CRYPTO_TLOG_LEAF_H_
#define SAFECONDUCT_CRYPTO_TLOG_LEAF_H_

#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::tlog {

inline constexpr std::size_t kSaltBytes = 32;

enum class LeafKind : std::uint8_t { kReport = 1, kEvent = 2, kCover = 3 };

// SHA-256(`safeconduct/leaf/v1` ‖ salt ‖ kind ‖ entry hash). `entry_hash`: of the manifest or
// event; of a cover nothing, for which 32 zero bytes stand. kMalformed for another length of either
// or another kind.
Result<Hash> CommitLeaf(ByteView salt, std::uint32_t kind, ByteView entry_hash);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_LEAF_H_
