#include "crypto/tlog/checkpoint.h"

#include <string>

#include "tests/crypto/testing.h"

namespace safeconduct::tlog {
namespace {

using testing::Fails;
using testing::Succeeds;

// The example of c2sp.org/tlog-checkpoint.
constexpr std::string_view kPublished =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

SigningKey KeyOf(std::uint8_t number) {
  SecretArray<32> seed;
  seed.RevealMutable()[0] = number;
  return SigningKey::FromSeed(seed);
}

TEST(Checkpoint, ReadsThePublishedExampleAndWritesItBack) {
  const auto checkpoint = ParseCheckpoint(kPublished);
  ASSERT_TRUE(Succeeds(checkpoint));
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20852163U);
  EXPECT_EQ(HexEncode(checkpoint->root),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  EXPECT_TRUE(checkpoint->extensions.empty());
  EXPECT_EQ(FormatCheckpoint(*checkpoint), kPublished);
}

TEST(Checkpoint, KeepsExtensionLines) {
  const std::string text = std::string(kPublished) + "one\ntwo lines\n";
  const auto checkpoint = ParseCheckpoint(text);
  ASSERT_TRUE(Succeeds(checkpoint));
  EXPECT_EQ(checkpoint->extensions, (std::vector<std::string>{"one", "two lines"}));
  EXPECT_EQ(FormatCheckpoint(*checkpoint), text);
}

TEST(Checkpoint, RefusesWhatIsNone) {
  const std::string hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  for (const std::string& text :
       {std::string(), "a\n1\n" + hash.substr(0, 44), "\n1\n" + hash, "a\n01\n" + hash,
        "a\n+1\n" + hash, "a\n-1\n" + hash, "a\n4611686018427387905\n" + hash,
        std::string("a\n1\nCsUY\n"), "a\n1\n" + hash + "\n", "a\n1\n" + hash + "x",
        "a\n1\n\n" + hash}) {
    EXPECT_TRUE(Fails(ParseCheckpoint(text), Code::kMalformed)) << text;
  }
  EXPECT_TRUE(Succeeds(ParseCheckpoint("a\n4611686018427387904\n" + hash)));
}

TEST(Checkpoint, AnyTextThatIsTakenIsWrittenTheSame) {
  const Bytes text = testing::ToBytes(kPublished);
  const auto same = [](ByteView changed, std::size_t where) {
    const auto parsed = ParseCheckpoint(AsText(changed));
    if (parsed.ok()) {
      EXPECT_EQ(FormatCheckpoint(*parsed), AsText(changed)) << where;
    }
  };
  testing::ForEachBitFlip(text, same);
  testing::ForEachTruncation(text, [](ByteView cut, std::size_t size) {
    EXPECT_TRUE(Fails(ParseCheckpoint(AsText(cut)), Code::kMalformed)) << size;
  });
}

TEST(Checkpoint, IsOpenedByTheKeyOfItsOrigin) {
  const SigningKey key = KeyOf(1);
  const Checkpoint checkpoint{"example.org/log", 3, LeafHash(AsBytes("x"))};
  const auto note = SignCheckpoint(checkpoint, key);
  ASSERT_TRUE(Succeeds(note));
  EXPECT_EQ(*note, *SignCheckpoint(checkpoint, key));
  const auto log = *note::MakeVerifierKey("example.org/log", key.public_key());
  const auto opened = OpenCheckpoint(*note, log);
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_EQ(opened->checkpoint, checkpoint);
  EXPECT_EQ(note::Serialize(opened->note), *note);

  const auto stranger = *note::MakeVerifierKey("example.org/log", KeyOf(2).public_key());
  EXPECT_TRUE(Fails(OpenCheckpoint(*note, stranger), Code::kUnverified));
  const auto other_name = *note::MakeVerifierKey("example.org/other", key.public_key());
  EXPECT_TRUE(Fails(OpenCheckpoint(*note, other_name), Code::kUnverified));
  // Signed by the right key under the right name, but another log's text.
  note::Note foreign;
  foreign.text = FormatCheckpoint({"example.org/other", 3, checkpoint.root});
  ASSERT_TRUE(Succeeds(note::Sign(foreign, "example.org/log", key)));
  EXPECT_TRUE(Fails(OpenCheckpoint(note::Serialize(foreign), log), Code::kUnverified));
  testing::ForEachBitFlip(AsBytes(*note), [&](ByteView changed, std::size_t bit) {
    EXPECT_FALSE(OpenCheckpoint(AsText(changed), log).ok()) << bit;
  });
}

TEST(Checkpoint, NeedsAnOriginThatCanNameAKey) {
  for (const char* origin : {"", "a b", "a+b"}) {
    EXPECT_TRUE(Fails(SignCheckpoint({origin, 0, EmptyRoot()}, KeyOf(1)), Code::kRejected));
  }
}

TEST(Checkpoint, TwoOfOneSizeThatDifferAreSeen) {
  const Checkpoint one{"a", 2, EmptyRoot()};
  EXPECT_TRUE(Agree(one, one));
  EXPECT_TRUE(Agree(one, {"b", 2, LeafHash({})}));
  EXPECT_TRUE(Agree(one, {"a", 3, LeafHash({})}));
  EXPECT_FALSE(Agree(one, {"a", 2, LeafHash({})}));
}

}  // namespace
}  // namespace safeconduct::tlog
