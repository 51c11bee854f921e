// Whole files.
#include <string>

#include "tests/crypto/age/parties.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

Bytes EncryptFor(const Pair& pair, ByteView plaintext) {
  const Recipient* const recipients[] = {pair.recipient.get()};
  auto file = Encrypt(recipients, plaintext);
  EXPECT_TRUE(Succeeds(file));
  return file.ok() ? *std::move(file) : Bytes();
}

Result<SecretBytes> DecryptWith(const Pair& pair, ByteView file) {
  const Identity* const identities[] = {pair.identity.get()};
  return Decrypt(identities, file);
}

TEST(File, RoundTripsForEachKind) {
  for (const Pair& pair : {ClassicPair(), HybridPair(), PassphrasePair("p")}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{200000}}) {
      const Bytes file = EncryptFor(pair, Pattern(size));
      const auto plain = DecryptWith(pair, file);
      ASSERT_TRUE(Succeeds(plain));
      EXPECT_TRUE(ToBytes(plain->Reveal()) == Pattern(size));
      const std::string armored = Armor(file);
      const auto from_armor = DecryptWith(pair, AsBytes(armored));
      ASSERT_TRUE(Succeeds(from_armor));
      EXPECT_TRUE(ToBytes(from_armor->Reveal()) == Pattern(size));
    }
  }
}

TEST(File, OpensWithAnyOfSeveralIdentities) {
  const Pair reader = HybridPair();
  const Pair others[] = {ClassicPair(), HybridPair()};
  const Identity* const identities[] = {others[0].identity.get(), others[1].identity.get(),
                                        reader.identity.get()};
  EXPECT_TRUE(Succeeds(Decrypt(identities, EncryptFor(reader, Pattern(10)))));
  EXPECT_TRUE(Fails(Decrypt(Identities(identities).first(2), EncryptFor(reader, Pattern(10))),
                    Code::kWrongKey));
}

TEST(File, NoBitCanBeChangedAndNothingCut) {
  const Pair pair = ClassicPair();
  const Bytes file = EncryptFor(pair, Pattern(40));
  testing::ForEachBitFlip(file, [&](ByteView changed, std::size_t bit) {
    EXPECT_FALSE(DecryptWith(pair, changed).ok()) << bit;
  });
  testing::ForEachTruncation(file, [&](ByteView cut, std::size_t size) {
    EXPECT_FALSE(DecryptWith(pair, cut).ok()) << size;
  });
}

TEST(File, RefusesWhatWrapHeaderRefuses) {
  EXPECT_TRUE(Fails(Encrypt({}, Pattern(1)), Code::kRejected));
  const Pair classic = ClassicPair();
  const Pair hybrid = HybridPair();
  const Recipient* const mixed[] = {classic.recipient.get(), hybrid.recipient.get()};
  EXPECT_TRUE(Fails(Encrypt(mixed, Pattern(1)), Code::kRejected));
}

}  // namespace
}  // namespace safeconduct::age
