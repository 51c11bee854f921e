#include "tests/crypto/age/streaming.h"

#include <gtest/gtest.h>

namespace safeconduct::age {
namespace {

constexpr std::uint64_t kBytes = 64 * 1024 * 1024 + 12345;

TEST(Streaming, SixtyFourMebibytesTakeLessThanOneOfHeap) {
  const StreamingCost cost = StreamThrough(kBytes);
  EXPECT_EQ(cost.opened_bytes, kBytes);
  EXPECT_GT(cost.peak_heap_bytes, 64U * 1024) << "nothing was counted";
  EXPECT_LT(cost.peak_heap_bytes, 1024U * 1024);
}

}  // namespace
}  // namespace safeconduct::age
