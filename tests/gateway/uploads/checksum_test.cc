#include "gateway/uploads/checksum.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace safeconduct::uploads {
namespace {

// FIPS 180-4's "abc", and the empty message.
struct Vector {
  const char* message;
  const char* checksum;
};
constexpr Vector kVectors[] = {
    {"abc", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="},
    {"", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk="},
    {"abc", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
    {"", "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
};

TEST(ChecksumTest, PublishedDigestsMatch) {
  for (const Vector& each : kVectors) {
    Result<Checksum> checksum = Checksum::Parse(each.checksum);
    ASSERT_TRUE(checksum.ok()) << each.checksum;
    checksum->Update(AsBytes(each.message));
    EXPECT_TRUE(checksum->Matches()) << each.checksum;
  }
}

TEST(ChecksumTest, PiecesAddUpAndEveryOtherByteIsNoticed) {
  Result<Checksum> pieces = Checksum::Parse(kVectors[0].checksum);
  for (const char* piece : {"a", "", "bc"}) pieces->Update(AsBytes(piece));
  EXPECT_TRUE(pieces->Matches());
  for (const char* other : {"", "ab", "abd", "abcd", "Abc"}) {
    Result<Checksum> checksum = Checksum::Parse(kVectors[2].checksum);
    checksum->Update(AsBytes(other));
    EXPECT_FALSE(checksum->Matches()) << other;
  }
}

TEST(ChecksumTest, EveryTruncationAndOddSpellingIsRefused) {
  const std::string good = kVectors[0].checksum;
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(Checksum::Parse(good.substr(0, length)).ok()) << length;
  }
  const std::vector<std::string> spellings = {" " + good,
                                              good + " ",
                                              good + "=",
                                              "sha1  qZk=",
                                              "SHA1" + good.substr(4),
                                              "sha256" + good.substr(4),
                                              "sha1\t" + good.substr(5)};
  for (const std::string& bad : spellings) {
    EXPECT_FALSE(Checksum::Parse(bad).ok()) << bad;
  }
  EXPECT_EQ(Checksum::Parse("crc32 AAAAAA==").error().code(), Code::kUnsupported);
  EXPECT_EQ(Checksum::Parse("sha1").error().code(), Code::kMalformed);
}

}  // namespace
}  // namespace safeconduct::uploads
