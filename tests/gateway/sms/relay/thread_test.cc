#include "gateway/sms/relay/thread.h"

#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::sms {
namespace {

const bool kCryptoReady = InitCrypto().ok();

SecretArray<32> KeyOf(std::uint8_t byte) {
  SecretArray<32> key;
  for (std::uint8_t& each : key.RevealMutable()) each = byte;
  return key;
}

// RFC 5869 from HMAC alone: extract with an empty salt, then the first block of expand.
Bytes NaiveHkdf(ByteView key, const std::string& info) {
  const ByteArray<32> prk = HmacSha256(Bytes(32, 0), key);
  Bytes block;
  Append(block, info);
  block.push_back(1);
  const ByteArray<32> out = HmacSha256(prk, block);
  return {out.begin(), out.end()};
}

TEST(ThreadSeed, IsHkdfOverChannelAndNumber) {
  const SecretArray<32> key = KeyOf(7);
  const std::string info =
      std::string("safeconduct/sms-thread/v1") + '\0' + "mission" + '\0' + "41791234567";
  const SecretArray<32> seed = ThreadSeed(key.Reveal(), "mission", {"41791234567"});
  EXPECT_EQ(HexEncode(seed.Reveal()), HexEncode(NaiveHkdf(key.Reveal(), info)));
}

TEST(ThreadSeed, IsAnotherForAnotherNumberChannelOrEpoch) {
  const Epoch epoch(1, 0, KeyOf(7));
  const Epoch later(2, 0, KeyOf(8));
  const Thread thread(epoch, "mission", {"41791234567"});
  EXPECT_EQ(Thread(epoch, "mission", {"41791234567"}).mailbox(), thread.mailbox());
  EXPECT_NE(Thread(epoch, "mission", {"41791234568"}).mailbox(), thread.mailbox());
  EXPECT_NE(Thread(epoch, "missio", {"n41791234567"}).mailbox(), thread.mailbox());
  EXPECT_NE(Thread(later, "mission", {"41791234567"}).mailbox(), thread.mailbox());
  EXPECT_EQ(thread.keys().request_key(), AsText(thread.mailbox()));
  EXPECT_EQ(thread.keys().recipient(), thread.party.recipient());
  const ThreadKeys alone(epoch, "mission", {"41791234567"});
  EXPECT_EQ(alone.mailbox(), thread.mailbox());
  EXPECT_EQ(AsText(alone.event_key.public_key()), thread.keys().event_key());
}

TEST(Capsule, OpensToTheNumberAndHidesItsLength) {
  const Epoch epoch(1, 0, KeyOf(7));
  std::size_t size = 0;
  for (const char* digits : {"1234567", "41791234567", "123456789012345"}) {
    const auto capsule = SealCapsule(epoch, {digits});
    ASSERT_TRUE(capsule.ok());
    EXPECT_TRUE(size == 0 || size == capsule->size());
    size = capsule->size();
    const auto number = OpenCapsule(epoch, *capsule);
    ASSERT_TRUE(number.ok());
    EXPECT_EQ(number->digits, digits);
    EXPECT_NE(*capsule, *SealCapsule(epoch, {digits})) << "two of one number look unlike";
  }
  EXPECT_LE(size, 4096U) << "as a manifest takes it";
  EXPECT_FALSE(SealCapsule(epoch, {"123456"}).ok());
  EXPECT_FALSE(SealCapsule(epoch, {"1234567890123456"}).ok());
}

TEST(Capsule, IsOfOneEpochAndCannotBeChanged) {
  const Epoch epoch(1, 0, KeyOf(7));
  const Epoch other(2, 0, KeyOf(8));
  const Bytes capsule = *SealCapsule(epoch, {"41791234567"});
  EXPECT_EQ(OpenCapsule(other, capsule).error().code(), Code::kWrongKey);
  for (std::size_t at = 0; at < capsule.size(); at += 97) {
    Bytes changed = capsule;
    changed[at] ^= 1;
    EXPECT_FALSE(OpenCapsule(epoch, changed).ok()) << at;
    EXPECT_FALSE(OpenCapsule(epoch, ByteView(capsule).first(at)).ok()) << at;
  }
  // Anybody can seal to the epoch once he has its recipient, but not what is no number.
  const age::Recipient* const to = &epoch.recipient();
  Bytes plaintext(32, 0);
  plaintext[0] = 8;
  const Bytes letters = *age::Encrypt(std::span(&to, 1), plaintext);
  EXPECT_EQ(OpenCapsule(epoch, letters).error().code(), Code::kMalformed);
}

TEST(Capsule, TheLivingEpochThatFitsOpensIt) {
  const storage::TempFolder folder;
  const identity::Party relay = testing::MakeParty(70);
  const auto epochs = *Epochs::Open({folder / "epochs", 30, 60}, relay, 1'800'000'000);
  const Bytes capsule = *SealCapsule(*epochs->Newest(), {"41791234567"});
  const std::uint64_t first = epochs->Newest()->number();
  ASSERT_TRUE(epochs->Turn(1'800'000'000 + 31 * 86'400).ok());
  ASSERT_NE(epochs->Newest()->number(), first);
  const auto opened = OpenCapsule(*epochs, capsule);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->epoch->number(), first);
  EXPECT_EQ(opened->number.digits, "41791234567");
  const Bytes stranger = *SealCapsule(Epoch(1, 0, KeyOf(9)), {"41791234567"});
  EXPECT_EQ(OpenCapsule(*epochs, stranger).error().code(), Code::kWrongKey);
}

}  // namespace
}  // namespace safeconduct::sms
