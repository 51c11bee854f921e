#include "tests/crypto/tlog/all_sizes.h"

namespace safeconduct::tlog {

TEST(AllSizes, EachProofUpTo300IsTheDefinitionsAndHolds) { ExpectAllProofs(300); }

}  // namespace safeconduct::tlog
