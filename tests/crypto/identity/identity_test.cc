#include "crypto/identity/identity.h"

#include <map>
#include <set>
#include <string>

#include "crypto/base/hash.h"
#include "tests/crypto/testing.h"

namespace safeconduct::identity {
namespace {

using testing::Fails;
using testing::FromHex;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

constexpr Purpose kPurposes[] = {Purpose::kRequest, Purpose::kEvent, Purpose::kNote,
                                 Purpose::kCosignature};
constexpr char kCreated[] = "2026-01-02T03:04:05Z";

Party Example() { return Party::FromSeed(SecretArray<32>::Copy(Pattern(32))); }

std::string KeyFileText(const Party& party) {
  return std::string(AsText(party.KeyFile(kCreated).Reveal()));
}

std::string IdentityLine(const Party& party) {
  const std::string file = KeyFileText(party);
  const std::size_t start = file.find("AGE-SECRET-KEY-PQ-1");
  return file.substr(start, file.size() - start - 1);
}

// Each purpose has the key that the design's formula gives, and no two have the same.
TEST(Party, DerivesOneKeyForEachPurpose) {
  const std::map<Purpose, std::string> infos = {
      {Purpose::kRequest, "safeconduct/signing-key/request/v1"},
      {Purpose::kEvent, "safeconduct/signing-key/event/v1"},
      {Purpose::kNote, "safeconduct/signing-key/note/v1"},
      {Purpose::kCosignature, "safeconduct/signing-key/cosignature/v1"}};
  const Party party = Example();
  std::set<PublicKey> keys;
  for (const Purpose purpose : kPurposes) {
    const auto expected = SigningKey::FromSeed(Hkdf(Pattern(32), {}, infos.at(purpose)));
    EXPECT_EQ(party.Key(purpose).public_key(), expected.public_key());
    keys.insert(party.Key(purpose).public_key());
  }
  EXPECT_EQ(keys.size(), 4U);
}

TEST(Party, OfAReceiptCodeHasTheSeedOfTheDesign) {
  const auto code = ReceiptCode::Copy(Pattern(16));
  const auto seed = Hkdf(Pattern(16), {}, "safeconduct/reporter-identity/v1");
  EXPECT_EQ(Party::FromReceiptCode(code).recipient(), Party::FromSeed(seed).recipient());
}

TEST(Party, OpensWhatIsSealedToItsRecipient) {
  const Party party = Party::Generate();
  const auto recipient = age::ParseRecipient(party.recipient());
  ASSERT_TRUE(Succeeds(recipient));
  const age::Recipient* const recipients[] = {recipient->get()};
  const age::Identity* const identities[] = {&party.age_identity()};
  const auto plain = age::Decrypt(identities, *age::Encrypt(recipients, Pattern(100)));
  ASSERT_TRUE(Succeeds(plain));
  EXPECT_EQ(ToBytes(plain->Reveal()), Pattern(100));
}

TEST(Party, GenerateGivesAnotherEachTime) {
  EXPECT_NE(Party::Generate().recipient(), Party::Generate().recipient());
}

TEST(Party, ParsesItsOwnText) {
  const auto party = Party::Parse(IdentityLine(Example()));
  ASSERT_TRUE(Succeeds(party));
  EXPECT_EQ(party->recipient(), Example().recipient());
}

TEST(Party, RefusesAClassicIdentity) {
  EXPECT_TRUE(Fails(
      Party::Parse("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"),
      Code::kUnsupported));
  EXPECT_TRUE(Fails(Party::Parse("AGE-SECRET-KEY-PQ-1"), Code::kMalformed));
}

TEST(KeyFile, IsAsAgeKeygenWritesIt) {
  const Party party = Example();
  EXPECT_EQ(KeyFileText(party), "# created: 2026-01-02T03:04:05Z\n# public key: " +
                                    party.recipient() + "\n" + IdentityLine(party) + "\n");
}

TEST(KeyFile, ReadsCommentsEmptyLinesAndCrLf) {
  const Party party = Example();
  const std::string line = IdentityLine(party);
  for (const std::string& file : {KeyFileText(party), line, line + "\n", "\n\n" + line + "\n\n",
                                  "# x\r\n" + line + "\r\n", "# AGE-SECRET-KEY-PQ-1\n" + line}) {
    const auto parsed = ParseKeyFile(AsBytes(file), nullptr);
    ASSERT_TRUE(Succeeds(parsed)) << file;
    EXPECT_EQ(parsed->recipient(), party.recipient());
    EXPECT_FALSE(KeyFileNeedsPassphrase(AsBytes(file)));
  }
}

TEST(KeyFile, HoldsExactlyOneIdentity) {
  const std::string line = IdentityLine(Example());
  for (const std::string& file :
       {std::string(), std::string("# only a comment\n"), line + "\n" + line + "\n", line + " \n",
        " " + line, line + "x", "x\n" + line}) {
    EXPECT_TRUE(Fails(ParseKeyFile(AsBytes(file), nullptr), Code::kMalformed)) << file;
  }
  EXPECT_TRUE(Fails(ParseKeyFile(Bytes(17 * 1024 * 1024, '\n'), nullptr), Code::kMalformed));
}

TEST(KeyFile, EachTruncationIsRefused) {
  std::string file = KeyFileText(Example());
  file.pop_back();  // the last newline may be missing
  testing::ForEachTruncation(AsBytes(file), [](ByteView cut, std::size_t size) {
    EXPECT_FALSE(ParseKeyFile(cut, nullptr).ok()) << size;
  });
}

class WrappedKeyFile : public ::testing::Test {
 protected:
  static SecretBytes Passphrase(const char* text) { return SecretBytes::Copy(AsBytes(text)); }

  static Bytes Wrap(ByteView plain, int log2_work = 4) {
    const auto recipient = age::PassphraseRecipient(Passphrase("a good one"), log2_work);
    const age::Recipient* const recipients[] = {recipient.get()};
    return *age::Encrypt(recipients, plain);
  }

  const Party party_ = Example();
  const SecretBytes right_ = Passphrase("a good one");
  const SecretBytes wrong_ = Passphrase("A good one");
};

TEST_F(WrappedKeyFile, OpensWithItsPassphraseInBothForms) {
  const Bytes binary = Wrap(party_.KeyFile(kCreated).Reveal());
  const std::string armored = age::Armor(binary);
  for (const ByteView file : {ByteView(binary), AsBytes(armored)}) {
    EXPECT_TRUE(KeyFileNeedsPassphrase(file));
    const auto parsed = ParseKeyFile(file, &right_);
    ASSERT_TRUE(Succeeds(parsed));
    EXPECT_EQ(parsed->recipient(), party_.recipient());
    EXPECT_TRUE(Fails(ParseKeyFile(file, nullptr), Code::kRejected));
    EXPECT_TRUE(Fails(ParseKeyFile(file, &wrong_), Code::kWrongKey));
  }
}

TEST_F(WrappedKeyFile, TakesTheWorkThatStockAgeAsksFor) {
  EXPECT_TRUE(Succeeds(ParseKeyFile(Wrap(party_.KeyFile(kCreated).Reveal(), 16), &right_)));
}

TEST_F(WrappedKeyFile, RefusesWorkWithoutEnd) {
  Bytes file = Wrap(party_.KeyFile(kCreated).Reveal());
  auto header = age::ParseHeader(file)->header;
  header.stanzas[0].args[1] = "30";
  EXPECT_TRUE(Fails(ParseKeyFile(age::SerializeHeader(header), &right_), Code::kTooLarge));
}

TEST_F(WrappedKeyFile, MustHoldAnIdentity) {
  EXPECT_TRUE(Fails(ParseKeyFile(Wrap(AsBytes("# nothing\n")), &right_), Code::kMalformed));
  // Not wrapped twice.
  EXPECT_TRUE(Fails(ParseKeyFile(Wrap(Wrap(party_.KeyFile(kCreated).Reveal())), &right_),
                    Code::kMalformed));
}

TEST_F(WrappedKeyFile, SealedToAKeyInsteadIsUnsupported) {
  const auto recipient = age::ParseRecipient(party_.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  const Bytes file = *age::Encrypt(recipients, party_.KeyFile(kCreated).Reveal());
  EXPECT_TRUE(Fails(ParseKeyFile(file, &right_), Code::kUnsupported));
}

}  // namespace
}  // namespace safeconduct::identity
