#include "crypto/base/hpke.h"

#include <sodium.h>

#include "tests/crypto/testing.h"

namespace safeconduct::hpke {
namespace {

using testing::Fails;
using testing::FromHex;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

constexpr std::uint16_t kDhkemX25519 = 0x0020;

// RFC 9180, appendix A.2.1: base mode of DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
// ChaCha20Poly1305. What comes after the KEM is the same for X-Wing but for the KEM's number.
TEST(Hpke, Rfc9180KeySchedule) {
  const auto shared = SecretArray<32>::Copy(
      FromHex("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7"));
  const Bytes info = FromHex("4f6465206f6e2061204772656369616e2055726e");
  const KeyAndNonce keys = KeySchedule(kDhkemX25519, shared, info);
  EXPECT_EQ(ToBytes(keys.key.Reveal()),
            FromHex("ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91"));
  EXPECT_EQ(ToBytes(keys.base_nonce.Reveal()), FromHex("5c4d98150661b848853b547f"));

  // Sequence number 0.
  const Bytes plaintext = FromHex("4265617574792069732074727574682c20747275746820626561757479");
  const Bytes aad = FromHex("436f756e742d30");
  Bytes sealed(plaintext.size() + kTagBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(
      sealed.data(), nullptr, plaintext.data(), plaintext.size(), aad.data(), aad.size(), nullptr,
      keys.base_nonce.Reveal().data(), keys.key.Reveal().data());
  EXPECT_EQ(sealed, FromHex("1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c"
                            "62ce81883d2dd1b51a28"));
}

// draft-connolly-cfrg-xwing-kem, appendix C, first vector: the KEM that libsodium gives us.
TEST(Hpke, XWingDraftVector) {
  const Bytes seed = FromHex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  const Bytes encapsulation_seed = FromHex(
      "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa"
      "2f"
      "75ab916a58d974918835d25e6a435085b2");
  const XWingPublicKey key = SealingKey::Of(Seed(seed)).bytes();
  Encapsulated encapsulated;
  ByteArray<32> sent, received;
  ASSERT_EQ(crypto_kem_xwing_enc_deterministic(encapsulated.data(), sent.data(), key.data(),
                                               encapsulation_seed.data()),
            0);
  ASSERT_EQ(crypto_kem_xwing_dec(received.data(), encapsulated.data(), seed.data()), 0);
  EXPECT_EQ(HexEncode(sent), "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
  EXPECT_EQ(received, sent);
}

class SealAndOpen : public ::testing::Test {
 protected:
  const SecretArray<32> seed_ = SecretArray<32>::Copy(Pattern(32));
  const SealingKey key_ = SealingKey::Of(seed_.Reveal());
  const Bytes plaintext_ = Pattern(48);
  const Sealed sealed_ = SealBase(key_, AsBytes("info"), AsBytes("aad"), plaintext_);

  Result<SecretBytes> Open(ByteView info, ByteView aad) const {
    return OpenBase(seed_.Reveal(), sealed_.encapsulated, info, aad, sealed_.ciphertext);
  }
};

TEST_F(SealAndOpen, RoundTrips) {
  const auto opened = Open(AsBytes("info"), AsBytes("aad"));
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_EQ(ToBytes(opened->Reveal()), plaintext_);
}

TEST_F(SealAndOpen, IsBoundToInfoAndAad) {
  EXPECT_TRUE(Fails(Open(AsBytes("Info"), AsBytes("aad")), Code::kWrongKey));
  EXPECT_TRUE(Fails(Open(AsBytes("info"), AsBytes("")), Code::kWrongKey));
}

TEST_F(SealAndOpen, AnotherKeyDoesNotOpen) {
  EXPECT_TRUE(Fails(OpenBase(SecretArray<32>::Random().Reveal(), sealed_.encapsulated,
                             AsBytes("info"), AsBytes("aad"), sealed_.ciphertext),
                    Code::kWrongKey));
}

TEST_F(SealAndOpen, NoBitOfTheCiphertextCanBeChanged) {
  testing::ForEachBitFlip(sealed_.ciphertext, [&](ByteView changed, std::size_t bit) {
    EXPECT_TRUE(Fails(
        OpenBase(seed_.Reveal(), sealed_.encapsulated, AsBytes("info"), AsBytes("aad"), changed),
        Code::kWrongKey))
        << bit;
  });
  testing::ForEachTruncation(sealed_.ciphertext, [&](ByteView cut, std::size_t size) {
    EXPECT_FALSE(
        OpenBase(seed_.Reveal(), sealed_.encapsulated, AsBytes("info"), AsBytes("aad"), cut).ok())
        << size;
  });
}

TEST_F(SealAndOpen, NoBitOfTheEncapsulatedKeyCanBeChanged) {
  // Every bit of the ML-KEM part's end and of the X25519 part, but for the one that X25519 ignores.
  constexpr std::size_t kFirstBit = 8 * 1056;
  constexpr std::size_t kIgnoredBit = 8 * kEncapsulatedBytes - 1;
  for (std::size_t bit = kFirstBit; bit < kIgnoredBit; ++bit) {
    Encapsulated changed = sealed_.encapsulated;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(
        OpenBase(seed_.Reveal(), changed, AsBytes("info"), AsBytes("aad"), sealed_.ciphertext).ok())
        << bit;
  }
}

TEST(Hpke, RefusesPublicKeysThatNoSeedGives) {
  const XWingPublicKey good = SealingKey::Of(SecretArray<32>::Random().Reveal()).bytes();
  EXPECT_TRUE(Succeeds(SealingKey::Check(good)));
  XWingPublicKey unreduced = good;  // a coefficient of 4095, where 3328 is the greatest
  unreduced[0] = 0xff;
  unreduced[1] |= 0x0f;
  XWingPublicKey small_order = good;
  std::fill(small_order.end() - 32, small_order.end(), std::uint8_t{0});
  for (const XWingPublicKey& bad : {unreduced, small_order}) {
    EXPECT_TRUE(Fails(SealingKey::Check(bad), Code::kMalformed));
  }
}

TEST(Hpke, RefusesAnEncapsulatedKeyOfSmallOrder) {
  const auto seed = SecretArray<32>::Random();
  Sealed sealed = SealBase(SealingKey::Of(seed.Reveal()), {}, {}, Pattern(16));
  std::fill(sealed.encapsulated.end() - 32, sealed.encapsulated.end(), std::uint8_t{0});
  EXPECT_TRUE(Fails(OpenBase(seed.Reveal(), sealed.encapsulated, {}, {}, sealed.ciphertext),
                    Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::hpke
