#include "crypto/base/secret.h"

#include <set>
#include <type_traits>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

using testing::Pattern;
using testing::RandomBytes;
using testing::ToBytes;

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<SecretArray<32>>);
static_assert(!std::is_copy_constructible_v<LockedKey<32>>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);

TEST(InitCrypto, MayBeCalledAgain) { EXPECT_TRUE(InitCrypto().ok()); }

TEST(Wipe, LeavesZeros) {
  Bytes bytes = Pattern(100);
  Wipe(bytes);
  EXPECT_EQ(bytes, Bytes(100));
  Wipe({});
}

TEST(ConstantTimeEqual, ComparesLengthAndContent) {
  const Bytes bytes = Pattern(40);
  EXPECT_TRUE(ConstantTimeEqual(bytes, Pattern(40)));
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
  EXPECT_FALSE(ConstantTimeEqual(bytes, ByteView(bytes).first(39)));
  testing::ForEachBitFlip(bytes, [&](ByteView changed, std::size_t bit) {
    EXPECT_FALSE(ConstantTimeEqual(bytes, changed)) << bit;
  });
}

TEST(Random, GivesOtherBytesEachTime) {
  std::set<ByteArray<16>> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(RandomArray<16>());
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_NE(ToBytes(SecretBytes::Random(32).Reveal()), ToBytes(SecretBytes::Random(32).Reveal()));
}

TEST(SecretBytes, BeginsWithZeros) {
  EXPECT_EQ(ToBytes(SecretBytes(50).Reveal()), Bytes(50));
  EXPECT_TRUE(SecretBytes().empty());
}

TEST(SecretBytes, TakeLeavesNothingBehind) {
  Bytes source = Pattern(64);
  const std::uint8_t* const place = source.data();
  const SecretBytes secret = SecretBytes::Take(std::move(source));
  EXPECT_EQ(ToBytes(secret.Reveal()), Pattern(64));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): that is what is promised
  // The vector still owns its memory.
  EXPECT_EQ(ToBytes(ByteView(place, source.capacity()).first(64)), Bytes(64));
}

TEST(SecretBytes, GrowsWithoutLosingAnything) {
  SecretBytes secret;
  Bytes expected;
  for (std::size_t size = 0; size < 200; ++size) {
    const Bytes part = RandomBytes(size);
    secret.Append(part);
    Append(expected, part);
  }
  EXPECT_EQ(ToBytes(secret.Reveal()), expected);
}

TEST(SecretBytes, TruncateWipesWhatItCuts) {
  SecretBytes secret = SecretBytes::Copy(Pattern(64));
  secret.Truncate(10);
  EXPECT_EQ(ToBytes(secret.Reveal()), ToBytes(ByteView(Pattern(64)).first(10)));
  // There is room left, so the buffer is the same, and Extend itself clears nothing.
  EXPECT_EQ(ToBytes(secret.Extend(54)), Bytes(54));
}

TEST(SecretBytes, MovesAndEmptiesTheSource) {
  SecretBytes source = SecretBytes::Copy(Pattern(20));
  SecretBytes target = SecretBytes::Copy(Pattern(5));
  target = std::move(source);
  EXPECT_EQ(ToBytes(target.Reveal()), Pattern(20));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move)
  source.Append(Pattern(3));
  EXPECT_EQ(ToBytes(source.Reveal()), Pattern(3));
}

TEST(SecretArray, ClonesAndMoves) {
  SecretArray<32> first = SecretArray<32>::Random();
  const SecretArray<32> copy = first.Clone();
  EXPECT_TRUE(ConstantTimeEqual(first.Reveal(), copy.Reveal()));
  const SecretArray<32> moved = std::move(first);
  EXPECT_TRUE(ConstantTimeEqual(moved.Reveal(), copy.Reveal()));
  EXPECT_EQ(ToBytes(SecretArray<8>().Reveal()), Bytes(8));
}

TEST(LockedKey, HoldsWhatItWasGiven) {
  const LockedKey<32> key = LockedKey<32>::Copy(Pattern(32));
  EXPECT_EQ(ToBytes(key.Reveal()), Pattern(32));
  EXPECT_EQ(ToBytes(LockedKey<64>::Zero().Reveal()), Bytes(64));
}

TEST(LockedKeyDeathTest, RefusesAnotherLength) {
  EXPECT_DEATH(LockedKey<32>::Copy(Pattern(31)), "");
  EXPECT_DEATH(SecretArray<16>::Copy(Pattern(17)), "");
}

}  // namespace
}  // namespace safeconduct
