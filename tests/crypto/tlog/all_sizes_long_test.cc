#include "tests/crypto/tlog/all_sizes.h"

namespace safeconduct::tlog {

TEST(AllSizes, EachProofUpTo1100IsTheDefinitionsAndHolds) { ExpectAllProofs(1'100); }

}  // namespace safeconduct::tlog
