#include "crypto/tlog/cosignature.h"

#include <string>

#include "tests/crypto/testing.h"

namespace safeconduct::tlog {
namespace {

using testing::Fails;
using testing::Succeeds;

// As Geomys publishes it for its witness Navigli, so its id was computed by somebody else's code.
constexpr std::string_view kPublished =
    "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G";

constexpr std::int64_t kNow = 1'800'000'000;

TEST(WitnessKey, ReadsAPublishedKeyAndWritesItBack) {
  const auto key = ParseWitnessKey(kPublished);
  ASSERT_TRUE(Succeeds(key));
  EXPECT_EQ(key->name, "witness.navigli.sunlight.geomys.org");
  EXPECT_EQ(key->id, 0xa3e00fe2u);
  EXPECT_EQ(FormatWitnessKey(*key), kPublished);
}

TEST(WitnessKey, RefusesEveryTruncationAndEveryChangedCharacter) {
  const std::string text(kPublished);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseWitnessKey(text.substr(0, size)).ok()) << size;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(ParseWitnessKey(changed).ok()) << i;
  }
}

SigningKey KeyOf(std::uint8_t number) {
  SecretArray<32> seed;
  seed.RevealMutable()[0] = number;
  return SigningKey::FromSeed(seed);
}

TEST(WitnessKey, RefusesAKeyThatSignsNotes) {
  const auto key = *note::MakeVerifierKey("example.org/log", KeyOf(1).public_key());
  EXPECT_TRUE(Fails(ParseWitnessKey(note::FormatVerifierKey(key)), Code::kUnsupported));
}

class Cosignatures : public ::testing::Test {
 protected:
  Cosignatures() {
    note_.text = "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    EXPECT_TRUE(Succeeds(note::Sign(note_, "example.org/log", KeyOf(9))));
    for (std::uint8_t i = 0; i < 3; ++i) {
      witnesses_.push_back(*MakeWitnessKey(NameOf(i), KeyOf(i).public_key()));
    }
  }
  static std::string NameOf(std::uint8_t number) { return "w" + std::to_string(number); }
  void By(std::uint8_t number, std::int64_t time) {
    ASSERT_TRUE(Succeeds(Cosign(note_, NameOf(number), KeyOf(number), time)));
  }
  WitnessPolicy Policy(std::size_t threshold) const {
    return {.witnesses = witnesses_, .threshold = threshold, .now = kNow, .max_age_seconds = 3600};
  }

  note::Note note_;
  std::vector<note::VerifierKey> witnesses_;
};

// The layout of c2sp.org/tlog-cosignature's example: 0x6418 50cb is its 1679315147.
TEST_F(Cosignatures, AreATimeAndASignatureOverIt) {
  By(0, 1679315147);
  const note::NoteSignature& line = note_.signatures.back();
  EXPECT_EQ(line.name, "w0");
  EXPECT_EQ(line.id, witnesses_[0].id);
  ASSERT_EQ(line.bytes.size(), 72U);
  EXPECT_EQ(HexEncode(ByteView(line.bytes).first(8)), "00000000641850cb");
  const std::string message = "cosignature/v1\ntime 1679315147\n" + note_.text;
  EXPECT_TRUE(Succeeds(Verify(KeyOf(0).public_key(), AsBytes(message),
                              ToArray<64>(ByteView(line.bytes).subspan(8)))));
}

TEST_F(Cosignatures, OfOneWitnessTheLastOneMadeStays) {
  By(0, kNow);
  By(1, kNow - 5);
  By(0, kNow - 9);
  EXPECT_EQ(note_.signatures.size(), 3U);
  const auto read = ReadCosignatures(note_, witnesses_);
  ASSERT_TRUE(Succeeds(read));
  ASSERT_EQ(read->size(), 2U);
  for (const Cosigned& each : *read)
    EXPECT_EQ(each.time, each.witness.name == "w0" ? kNow - 9 : kNow - 5);
}

TEST_F(Cosignatures, OfOneKeyTheNewestCountsUnderHoweverManyNames) {
  witnesses_.push_back(*MakeWitnessKey("alias", KeyOf(0).public_key()));
  By(0, kNow - 7);
  ASSERT_TRUE(Succeeds(Cosign(note_, "alias", KeyOf(0), kNow)));
  const auto read = ReadCosignatures(note_, witnesses_);
  ASSERT_TRUE(Succeeds(read));
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().time, kNow);
  EXPECT_TRUE(Fails(CheckWitnessed(note_, Policy(2)), Code::kUnverified));
}

TEST_F(Cosignatures, LinesOfOthersAreIgnored) {
  By(0, kNow);
  const std::span<const note::VerifierKey> others = std::span(witnesses_).subspan(1);
  EXPECT_TRUE(ReadCosignatures(note_, others)->empty());
}

TEST_F(Cosignatures, ThatDoNotVerifySpoilTheNote) {
  By(0, kNow);
  const Bytes good = note_.signatures.back().bytes;
  testing::ForEachBitFlip(good, [&](ByteView changed, std::size_t bit) {
    note_.signatures.back().bytes = testing::ToBytes(changed);
    EXPECT_TRUE(Fails(ReadCosignatures(note_, witnesses_), Code::kUnverified)) << bit;
  });
  testing::ForEachTruncation(good, [&](ByteView cut, std::size_t size) {
    note_.signatures.back().bytes = testing::ToBytes(cut);
    EXPECT_TRUE(Fails(ReadCosignatures(note_, witnesses_), Code::kUnverified)) << size;
  });
  note_.signatures.back().bytes = good;
  note_.text += "an extension\n";
  EXPECT_TRUE(Fails(ReadCosignatures(note_, witnesses_), Code::kUnverified));
}

TEST_F(Cosignatures, CountWhenTheyAreEnoughAndFresh) {
  By(0, kNow);
  By(1, kNow - 1000);
  EXPECT_TRUE(Succeeds(CheckWitnessed(note_, Policy(2))));
  const auto refused = [&](WitnessPolicy policy, Code code) {
    const Status status = CheckWitnessed(note_, policy);
    return Fails(status, code) && std::string(status.error().field()) == "witnesses";
  };
  EXPECT_TRUE(refused(Policy(3), Code::kUnverified));
  WitnessPolicy policy = Policy(2);
  policy.max_age_seconds = 1000;
  EXPECT_TRUE(Succeeds(CheckWitnessed(note_, policy)));
  policy.max_age_seconds = 999;
  EXPECT_TRUE(refused(policy, Code::kExpired));
  policy = Policy(2);
  policy.now = kNow - 300;  // clocks differ by so much
  EXPECT_TRUE(Succeeds(CheckWitnessed(note_, policy)));
  policy.now = kNow - 301;
  EXPECT_TRUE(refused(policy, Code::kUnverified));
}

TEST_F(Cosignatures, AreNotLookedAtWhereNoneIsRequired) {
  By(0, kNow);
  note_.signatures.back().bytes[20] ^= 1;
  EXPECT_TRUE(Succeeds(CheckWitnessed(note_, Policy(0))));
}

TEST_F(Cosignatures, AreRefusedBeforeTheyAreMade) {
  EXPECT_TRUE(Fails(Cosign(note_, "a b", KeyOf(0), kNow), Code::kRejected));
  EXPECT_TRUE(Fails(Cosign(note_, "w0", KeyOf(0), -1), Code::kRejected));
  while (note_.signatures.size() < note::kMaxSignatures) note_.signatures.push_back({"x", 1, {1}});
  EXPECT_TRUE(Fails(Cosign(note_, "w0", KeyOf(0), kNow), Code::kTooLarge));
}

}  // namespace
}  // namespace safeconduct::tlog
