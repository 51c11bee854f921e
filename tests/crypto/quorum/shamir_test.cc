#include "crypto/quorum/shamir.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <vector>

#include "tests/crypto/testing.h"

namespace safeconduct::quorum {
namespace {

using testing::Fails;
using testing::FromHex;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

// Multiplication as it is defined: polynomials over GF(2), then long division by 0x11b.
std::uint8_t SlowMultiply(unsigned a, unsigned b) {
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if ((b >> bit & 1) != 0) product ^= a << bit;
  }
  for (unsigned bit = 15; bit >= 8; --bit) {
    if ((product >> bit & 1) != 0) product ^= 0x11bU << (bit - 8);
  }
  return static_cast<std::uint8_t>(product);
}

std::vector<ByteView> Views(const std::vector<SecretBytes>& shares,
                            const std::vector<std::size_t>& which) {
  std::vector<ByteView> out;
  for (const std::size_t i : which) out.push_back(shares[i].Reveal());
  return out;
}

std::vector<ByteView> Views(const std::vector<Bytes>& shares) {
  return {shares.begin(), shares.end()};
}

std::uint8_t Byte(std::size_t value) { return static_cast<std::uint8_t>(value); }

TEST(Gf256, EveryProductIsTheDefinitions) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      ASSERT_EQ(gf256::Multiply(Byte(a), Byte(b)), SlowMultiply(a, b)) << a << " * " << b;
    }
  }
  // FIPS 197 §4.2.
  EXPECT_EQ(gf256::Multiply(0x57, 0x83), 0xc1);
  EXPECT_EQ(gf256::Multiply(0x57, 0x13), 0xfe);
}

TEST(Gf256, EveryInverseIsOne) {
  EXPECT_EQ(gf256::Invert(0), 0);
  for (unsigned a = 1; a < 256; ++a) {
    ASSERT_EQ(SlowMultiply(a, gf256::Invert(Byte(a))), 1) << a;
  }
}

TEST(Shamir, EverySubsetOfTheThresholdGivesTheSecret) {
  const Bytes secret = Pattern(32);
  for (std::size_t count = 2; count <= 8; ++count) {
    for (std::size_t threshold = 2; threshold <= count; ++threshold) {
      const auto shares = SplitSecret(secret, threshold, count);
      ASSERT_TRUE(Succeeds(shares));
      for (std::size_t set = 0; set < std::size_t{1} << count; ++set) {
        std::vector<std::size_t> which;
        for (std::size_t i = 0; i < count; ++i) {
          if ((set >> i & 1) != 0) which.push_back(i);
        }
        if (which.size() < 2) continue;
        const auto got = CombineSecret(Views(*shares, which));
        ASSERT_TRUE(Succeeds(got));
        EXPECT_EQ(ToBytes(got->Reveal()) == secret, which.size() >= threshold)
            << threshold << " of " << count << ", set " << set;
      }
    }
  }
}

TEST(Shamir, EveryThresholdAndCountUpToSixteen) {
  for (std::size_t count = 2; count <= 16; ++count) {
    for (std::size_t threshold = 2; threshold <= count; ++threshold) {
      const Bytes secret = testing::RandomBytes(32);
      const auto shares = SplitSecret(secret, threshold, count);
      ASSERT_TRUE(Succeeds(shares));
      ASSERT_EQ(shares->size(), count);
      std::vector<std::size_t> which(count);
      std::iota(which.rbegin(), which.rend(), 0);
      std::rotate(which.begin(), which.begin() + static_cast<std::ptrdiff_t>(threshold / 2),
                  which.end());
      which.resize(threshold);
      const auto got = CombineSecret(Views(*shares, which));
      ASSERT_TRUE(Succeeds(got));
      EXPECT_EQ(ToBytes(got->Reveal()), secret) << threshold << " of " << count;
    }
  }
}

// With k-1 shares fixed and one more at a place of its own, each value of that one gives another
// secret: so whatever the secret is, it could have been any other.
TEST(Shamir, OneShareTooFewIsConsistentWithEverySecretExactlyOnce) {
  for (std::size_t threshold = 2; threshold <= 6; ++threshold) {
    const auto shares = SplitSecret(Pattern(1), threshold, threshold);
    ASSERT_TRUE(Succeeds(shares));
    std::vector<Bytes> points;
    for (const SecretBytes& share : *shares) points.push_back(ToBytes(share.Reveal()));
    std::set<std::uint8_t> secrets;
    for (unsigned y = 0; y < 256; ++y) {
      points.back()[0] = Byte(y);
      const auto secret = CombineSecret(Views(points));
      ASSERT_TRUE(Succeeds(secret));
      secrets.insert(secret->Reveal()[0]);
    }
    EXPECT_EQ(secrets.size(), 256U) << threshold;
  }
}

// The same from the side of the dealer, for every place and slope of a line.
TEST(Shamir, OnePointOfALineSaysNothing) {
  for (unsigned x = 1; x < 256; ++x) {
    for (const unsigned secret : {0U, 0xa7U}) {
      std::array<bool, 256> seen{};
      for (unsigned slope = 0; slope < 256; ++slope) {
        const std::uint8_t other = x == 1 ? 2 : 1;
        const std::vector<Bytes> points = {
            {Byte(secret ^ gf256::Multiply(Byte(slope), Byte(x))), Byte(x)},
            {Byte(secret ^ gf256::Multiply(Byte(slope), other)), other}};
        seen[points[0][0]] = true;
        ASSERT_EQ(CombineSecret(Views(points))->Reveal()[0], secret);
      }
      ASSERT_TRUE(std::ranges::all_of(seen, [](bool one) { return one; })) << x << " " << secret;
    }
  }
}

TEST(Shamir, PlacesAreDistinctNeverZeroAndDrawnAnew) {
  const auto all = SplitSecret(Pattern(1), 2, 255);
  ASSERT_TRUE(Succeeds(all));
  std::set<std::uint8_t> xs;
  for (const SecretBytes& share : *all) xs.insert(share.Reveal().back());
  EXPECT_EQ(xs.size(), 255U);
  EXPECT_FALSE(xs.contains(0));

  std::set<Bytes> drawn;
  for (int i = 0; i < 8; ++i) {
    const auto shares = SplitSecret(Pattern(1), 2, 16);
    Bytes places;
    for (const SecretBytes& share : *shares) places.push_back(share.Reveal().back());
    drawn.insert(places);
  }
  EXPECT_EQ(drawn.size(), 8U);
}

// Each highest coefficient is drawn at random as well; if it could not be zero, or always were,
// shares would say something.
TEST(Shamir, CoefficientsAreDrawnForEachByte) {
  const auto shares = SplitSecret(Bytes(2000), 2, 2);
  ASSERT_TRUE(Succeeds(shares));
  std::array<int, 256> counts{};
  for (const std::uint8_t y : (*shares)[0].Reveal().first(2000)) ++counts[y];
  EXPECT_GT(std::ranges::count_if(counts, [](int count) { return count > 0; }), 240);
  EXPECT_LT(*std::ranges::max_element(counts), 40);
}

TEST(Shamir, RefusesWhatCannotBeSplit) {
  const Bytes secret = Pattern(32);
  const std::pair<std::size_t, std::size_t> sizes[] = {{0, 0}, {0, 2}, {1, 1},
                                                       {1, 2}, {3, 2}, {2, 256}};
  for (const auto& [threshold, count] : sizes) {
    EXPECT_TRUE(Fails(SplitSecret(secret, threshold, count), Code::kMalformed)) << threshold;
  }
  EXPECT_TRUE(Fails(SplitSecret({}, 2, 3), Code::kMalformed));
}

TEST(Shamir, RefusesWhatCannotBeCombined) {
  const std::vector<std::vector<Bytes>> bad = {
      {},                                    // none
      {{7, 1}},                              // one
      {{7, 1}, {7, 1}},                      // one place twice
      {{7, 1}, {8, 2}, {9, 1}},              //
      {{7, 1}, {8, 0}},                      // at zero, where the secret is
      {{7, 7, 1}, {8, 2}},                   // lengths
      {{1}, {2}},                            // nothing but places
      {{}, {}},                              // not even that
      std::vector<Bytes>(256, Bytes{1, 1}),  // more than there are places
  };
  for (const std::vector<Bytes>& shares : bad) {
    EXPECT_TRUE(Fails(CombineSecret(Views(shares)), Code::kMalformed)) << shares.size();
  }
}

}  // namespace
}  // namespace safeconduct::quorum
