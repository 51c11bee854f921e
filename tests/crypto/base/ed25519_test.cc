#include "crypto/base/ed25519.h"

#include <string>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

using testing::ArrayFromHex;
using testing::Fails;
using testing::FromHex;
using testing::Pattern;
using testing::Succeeds;

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 §7.1, tests 1 to 3.
const Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, Rfc8032Vectors) {
  for (const Vector& vector : kVectors) {
    const auto key = SigningKey::FromSeed(SecretArray<32>::Copy(FromHex(vector.seed)));
    const Bytes message = FromHex(vector.message);
    EXPECT_EQ(HexEncode(key.public_key()), vector.public_key);
    EXPECT_EQ(HexEncode(key.Sign(message)), vector.signature);
    EXPECT_TRUE(Succeeds(Verify(key.public_key(), message, ArrayFromHex<64>(vector.signature))));
  }
}

TEST(Ed25519, NoBitOfKeyMessageOrSignatureCanBeChanged) {
  const auto key = SigningKey::FromSeed(SecretArray<32>::Copy(Pattern(32)));
  const Bytes message = Pattern(40);
  const Signature signature = key.Sign(message);
  ASSERT_TRUE(Succeeds(Verify(key.public_key(), message, signature)));
  testing::ForEachBitFlip(signature, [&](ByteView changed, std::size_t bit) {
    EXPECT_TRUE(Fails(Verify(key.public_key(), message, ToArray<64>(changed)), Code::kUnverified))
        << bit;
  });
  testing::ForEachBitFlip(message, [&](ByteView changed, std::size_t bit) {
    EXPECT_TRUE(Fails(Verify(key.public_key(), changed, signature), Code::kUnverified)) << bit;
  });
  testing::ForEachBitFlip(key.public_key(), [&](ByteView changed, std::size_t bit) {
    EXPECT_TRUE(Fails(Verify(ToArray<32>(changed), message, signature), Code::kUnverified)) << bit;
  });
}

// With a key of small order, R = that point and S = 0 would fit many messages.
TEST(Ed25519, RefusesKeysOfSmallOrder) {
  for (const char* point : {"0100000000000000000000000000000000000000000000000000000000000000",
                            "0000000000000000000000000000000000000000000000000000000000000000",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}) {
    const std::string signature = std::string(point) + std::string(64, '0');
    EXPECT_TRUE(Fails(Verify(ArrayFromHex<32>(point), AsBytes("any"), ArrayFromHex<64>(signature)),
                      Code::kUnverified))
        << point;
  }
}

// RFC 8032 §5.1.7: S must be below the group's order, or each signature would have a second form.
TEST(Ed25519, RefusesAScalarThatIsNotReduced) {
  const auto key = SigningKey::FromSeed(SecretArray<32>::Copy(Pattern(32)));
  Signature signature = key.Sign(AsBytes("text"));
  const Bytes order = FromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + unsigned{order[i]};
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_TRUE(Fails(Verify(key.public_key(), AsBytes("text"), signature), Code::kUnverified));
}

}  // namespace
}  // namespace safeconduct
