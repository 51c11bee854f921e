#include "crypto/base/padding.h"

#include <bit>
#include <limits>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

// By hand from algorithm 1 of the paper.
TEST(Padme, KnownLengths) {
  const std::pair<std::uint64_t, std::uint64_t> kLengths[] = {{0, 0},
                                                              {1, 1},
                                                              {2, 2},
                                                              {7, 7},
                                                              {8, 8},
                                                              {9, 10},
                                                              {10, 10},
                                                              {15, 16},
                                                              {16, 16},
                                                              {17, 18},
                                                              {99, 104},
                                                              {100, 104},
                                                              {999, 1024},
                                                              {1000, 1024},
                                                              {1025, 1088},
                                                              {9999, 10240},
                                                              {16384, 16384},
                                                              {16385, 17408},
                                                              {1000000, 1015808},
                                                              {1048577, 1081344}};
  for (const auto& [length, padded] : kLengths) EXPECT_EQ(PadmeLength(length, 0), padded) << length;
}

TEST(Padme, NeverShortensAndAddsAtMostTwelvePercent) {
  for (std::uint64_t length = 1; length < 200000; ++length) {
    const std::uint64_t padded = PadmeLength(length, 0);
    ASSERT_GE(padded, length);
    ASSERT_LE((padded - length) * 100, length * 12) << length;
  }
}

TEST(Padme, IsMonotoneAndIdempotent) {
  std::uint64_t previous = 0;
  for (std::uint64_t length = 0; length < 200000; ++length) {
    const std::uint64_t padded = PadmeLength(length, 0);
    ASSERT_GE(padded, previous);
    ASSERT_EQ(PadmeLength(padded, 0), padded);
    previous = padded;
  }
}

// Between 2^k and 2^(k+1) only as many lengths remain as the exponent has values.
TEST(Padme, LeavesFewLengths) {
  for (unsigned exponent = 4; exponent < 18; ++exponent) {
    std::uint64_t seen = 0;
    std::uint64_t last = 0;
    const std::uint64_t begin = std::uint64_t{1} << exponent;
    for (std::uint64_t length = begin; length < 2 * begin; ++length) {
      const std::uint64_t padded = PadmeLength(length, 0);
      seen += padded != last ? 1 : 0;
      last = padded;
    }
    EXPECT_LE(seen, 1 + (std::uint64_t{1} << std::bit_width(exponent))) << exponent;
  }
}

TEST(Padme, HasAMinimum) {
  EXPECT_EQ(PadmeLength(0, 4096), 4096U);
  EXPECT_EQ(PadmeLength(4096, 4096), 4096U);
  EXPECT_EQ(PadmeLength(5000, 4096), 5120U);
}

TEST(Padme, DoesNotOverflow) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(PadmeLength(kMax, 0), kMax);
  EXPECT_GE(PadmeLength(kMax - 1, 0), kMax - 1);
  EXPECT_EQ(PadmeLength((std::uint64_t{1} << 63) + 1, 0),
            (std::uint64_t{1} << 63) + (std::uint64_t{1} << 57));
}

}  // namespace
}  // namespace safeconduct
