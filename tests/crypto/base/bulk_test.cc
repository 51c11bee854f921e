#include "crypto/base/bulk.h"

#include <sodium.h>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

using testing::Pattern;
using testing::RandomBytes;

Bytes Seal(const SecretArray<32>& key, const BulkNonce& nonce, ByteView plaintext) {
  BulkCipher cipher(BulkCipher::Direction::kSeal, key.Reveal());
  Bytes out(plaintext.size() + kBulkTagBytes);
  cipher.Seal(nonce, plaintext, out);
  return out;
}

// libsodium's implementation is another one.
TEST(BulkCipher, AgreesWithLibsodium) {
  for (const std::size_t size : {0, 1, 15, 16, 17, 63, 64, 65, 1000, 65535, 65536, 200000}) {
    const auto key = SecretArray<32>::Random();
    const auto nonce = RandomArray<12>();
    const Bytes plaintext = RandomBytes(size);
    Bytes expected(size + kBulkTagBytes);
    crypto_aead_chacha20poly1305_ietf_encrypt(expected.data(), nullptr, plaintext.data(), size,
                                              nullptr, 0, nullptr, nonce.data(),
                                              key.Reveal().data());
    EXPECT_EQ(Seal(key, nonce, plaintext), expected) << size;
    BulkCipher opener(BulkCipher::Direction::kOpen, key.Reveal());
    Bytes opened(size);
    EXPECT_TRUE(opener.Open(nonce, expected, opened)) << size;
    EXPECT_EQ(opened, plaintext);
  }
}

TEST(BulkCipher, OneObjectSealsAndOpensManyPieces) {
  const auto key = SecretArray<32>::Random();
  BulkCipher sealer(BulkCipher::Direction::kSeal, key.Reveal());
  BulkCipher opener(BulkCipher::Direction::kOpen, key.Reveal());
  for (std::uint8_t i = 0; i < 100; ++i) {
    const BulkNonce nonce = {i};
    const Bytes plaintext = Pattern(7 * std::size_t{i});
    Bytes sealed(plaintext.size() + kBulkTagBytes);
    sealer.Seal(nonce, plaintext, sealed);
    Bytes opened(plaintext.size());
    ASSERT_TRUE(opener.Open(nonce, sealed, opened));
    EXPECT_EQ(opened, plaintext);
  }
}

TEST(BulkCipher, ABitFlipIsFoundAndNothingIsGivenOut) {
  const auto key = SecretArray<32>::Random();
  const Bytes sealed = Seal(key, {}, Pattern(50));
  BulkCipher opener(BulkCipher::Direction::kOpen, key.Reveal());
  testing::ForEachBitFlip(sealed, [&](ByteView changed, std::size_t bit) {
    Bytes out(50, 0xee);
    EXPECT_FALSE(opener.Open({}, changed, out)) << bit;
    EXPECT_EQ(out, Bytes(50));
  });
  // A failure leaves the object fit for use.
  Bytes out(50);
  EXPECT_TRUE(opener.Open({}, sealed, out));
}

TEST(BulkCipher, AnotherKeyOrNonceDoesNotOpen) {
  const auto key = SecretArray<32>::Random();
  const Bytes sealed = Seal(key, {}, Pattern(50));
  Bytes out(50);
  EXPECT_FALSE(BulkCipher(BulkCipher::Direction::kOpen, key.Reveal()).Open({1}, sealed, out));
  EXPECT_FALSE(BulkCipher(BulkCipher::Direction::kOpen, SecretArray<32>::Random().Reveal())
                   .Open({}, sealed, out));
}

}  // namespace
}  // namespace safeconduct
