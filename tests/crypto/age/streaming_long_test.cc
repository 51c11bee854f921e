#include <gtest/gtest.h>

#include "tests/crypto/age/streaming.h"

namespace safeconduct::age {
namespace {

constexpr std::uint64_t kBytes = 4ULL * 1024 * 1024 * 1024 + 12345;

TEST(Streaming, FourGibibytesTakeLessThanTenMebibytes) {
  const StreamingCost cost = StreamThrough(kBytes);
  EXPECT_EQ(cost.opened_bytes, kBytes);
  EXPECT_GT(cost.peak_heap_bytes, 64U * 1024) << "nothing was counted";
  EXPECT_LT(cost.peak_heap_bytes, 10U * 1024 * 1024);
  EXPECT_LT(cost.resident_growth_bytes, 10U * 1024 * 1024);
}

}  // namespace
}  // namespace safeconduct::age
