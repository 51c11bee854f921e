// The texts of recipients and identities.
#include <string>

#include "crypto/age/native.h"
#include "crypto/base/encoding.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;

// c2sp.org/age, "The X25519 recipient type": the identity of 32 bytes of 0x42 and its recipient.
constexpr char kClassicIdentity[] =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
constexpr char kClassicRecipient[] =
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

TEST(Keys, TheClassicExampleOfTheSpecificationFitsTogether) {
  const auto identity = ParseIdentity(kClassicIdentity);
  const auto recipient = ParseRecipient(kClassicRecipient);
  ASSERT_TRUE(Succeeds(identity));
  ASSERT_TRUE(Succeeds(recipient));
  EXPECT_EQ((*recipient)->kind(), Kind::kX25519);
  const auto key = FileKey::Random();
  const auto stanza = (*recipient)->Wrap(key);
  ASSERT_TRUE(Succeeds(stanza));
  const auto unwrapped = (*identity)->Unwrap(*stanza);
  ASSERT_TRUE(Succeeds(unwrapped));
  EXPECT_TRUE(ConstantTimeEqual(unwrapped->Reveal(), key.Reveal()));
}

TEST(Keys, HybridTextsFitTogether) {
  const auto seed = SecretArray<32>::Random();
  const std::string recipient_text = HybridRecipientText(seed);
  EXPECT_TRUE(recipient_text.starts_with("age1pq1"));
  EXPECT_EQ(recipient_text.size(), 1959U);
  const auto recipient = ParseRecipient(recipient_text);
  ASSERT_TRUE(Succeeds(recipient));
  EXPECT_EQ((*recipient)->kind(), Kind::kHybrid);
  const SecretBytes identity_text = HybridIdentityText(seed);
  EXPECT_TRUE(AsText(identity_text.Reveal()).starts_with("AGE-SECRET-KEY-PQ-1"));
  const auto identity = ParseIdentity(AsText(identity_text.Reveal()));
  ASSERT_TRUE(Succeeds(identity));
  const auto key = FileKey::Random();
  const auto unwrapped = (*identity)->Unwrap(*(*recipient)->Wrap(key));
  ASSERT_TRUE(Succeeds(unwrapped));
  EXPECT_TRUE(ConstantTimeEqual(unwrapped->Reveal(), key.Reveal()));
}

TEST(Keys, EachHasOneCase) {
  EXPECT_TRUE(Fails(ParseRecipient(Upper(kClassicRecipient)), Code::kMalformed));
  EXPECT_TRUE(Fails(ParseIdentity(Lower(kClassicIdentity)), Code::kMalformed));
}

TEST(Keys, OtherTypesAreUnsupported) {
  for (const char* prefix : {"age1tag", "age1yubikey", "age1tagpq", "agx", "bc"}) {
    EXPECT_TRUE(Fails(ParseRecipient(Bech32Encode(prefix, Pattern(32))), Code::kUnsupported));
  }
  for (const char* prefix : {"age-plugin-yubikey-", "age-secret-key", "age-secret-key-pq"}) {
    EXPECT_TRUE(Fails(ParseIdentity(Upper(Bech32Encode(prefix, Pattern(32)))), Code::kUnsupported));
  }
  // A recipient is no identity, nor the other way round.
  EXPECT_TRUE(Fails(ParseIdentity(Upper(kClassicRecipient)), Code::kUnsupported));
  EXPECT_TRUE(Fails(ParseRecipient(Lower(kClassicIdentity)), Code::kUnsupported));
}

TEST(Keys, OtherLengthsAreMalformed) {
  for (const std::size_t size : {0, 1, 31, 33, 64, 1215, 1216, 1217}) {
    if (size != 1216) {
      EXPECT_TRUE(Fails(ParseRecipient(Bech32Encode("age1pq", Pattern(size))), Code::kMalformed))
          << size;
    }
    EXPECT_TRUE(Fails(ParseRecipient(Bech32Encode("age", Pattern(size))), Code::kMalformed))
        << size;
    EXPECT_TRUE(Fails(ParseIdentity(Upper(Bech32Encode("age-secret-key-", Pattern(size)))),
                      Code::kMalformed))
        << size;
    EXPECT_TRUE(Fails(ParseIdentity(Upper(Bech32Encode("age-secret-key-pq-", Pattern(size)))),
                      Code::kMalformed))
        << size;
  }
}

TEST(Keys, RecipientsThatNobodyCanHaveAreMalformed) {
  EXPECT_TRUE(Fails(ParseRecipient(Bech32Encode("age", Bytes(32))), Code::kMalformed));
  EXPECT_TRUE(Fails(ParseRecipient(Bech32Encode("age1pq", Bytes(1216))), Code::kMalformed));
  EXPECT_TRUE(Fails(ParseRecipient(Bech32Encode("age1pq", Bytes(1216, 0xff))), Code::kMalformed));
}

TEST(Keys, NoBitFlipAndNoTruncationIsTaken) {
  for (const std::string text : {kClassicRecipient, kClassicIdentity}) {
    const auto taken = [](ByteView bytes) {
      return ParseRecipient(AsText(bytes)).ok() || ParseIdentity(AsText(bytes)).ok();
    };
    ASSERT_TRUE(taken(AsBytes(text)));
    testing::ForEachBitFlip(AsBytes(text), [&](ByteView changed, std::size_t bit) {
      EXPECT_FALSE(taken(changed)) << bit;
    });
    testing::ForEachTruncation(
        AsBytes(text), [&](ByteView cut, std::size_t size) { EXPECT_FALSE(taken(cut)) << size; });
  }
}

TEST(Keys, OnlyAHybridIdentityGivesASeed) {
  const auto seed = SecretArray<32>::Random();
  const auto parsed = ParseHybridIdentityText(AsText(HybridIdentityText(seed).Reveal()));
  ASSERT_TRUE(Succeeds(parsed));
  EXPECT_TRUE(ConstantTimeEqual(parsed->Reveal(), seed.Reveal()));
  EXPECT_TRUE(Fails(ParseHybridIdentityText(kClassicIdentity), Code::kUnsupported));
}

}  // namespace
}  // namespace safeconduct::age
