// Wrapping a file key into a header, getting it out again, and re-issuing a header.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/crypto/age/parties.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;

::testing::AssertionResult Opens(const Header& header, const Identity& identity,
                                 const FileKey& expected) {
  const Identity* const identities[] = {&identity};
  const auto key = UnwrapHeader(header, identities);
  if (!key.ok()) return Succeeds(key);
  if (ConstantTimeEqual(key->Reveal(), expected.Reveal())) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "another key";
}

Result<FileKey> Unwrap(const Header& header, const Identity& identity) {
  const Identity* const identities[] = {&identity};
  return UnwrapHeader(header, identities);
}

Result<Header> Wrap(const FileKey& key, std::initializer_list<const Pair*> pairs) {
  std::vector<const Recipient*> recipients;
  for (const Pair* pair : pairs) recipients.push_back(pair->recipient.get());
  return WrapHeader(key, recipients);
}

using MakePair = Pair (*)();
class EachKind : public ::testing::TestWithParam<MakePair> {};

TEST_P(EachKind, WrapsAndUnwraps) {
  const Pair pair = GetParam()();
  const auto key = FileKey::Random();
  const auto header = Wrap(key, {&pair});
  ASSERT_TRUE(Succeeds(header));
  EXPECT_TRUE(Opens(*header, *pair.identity, key));
  EXPECT_TRUE(Succeeds(VerifyHeader(*header, key)));
  EXPECT_TRUE(Succeeds(CheckStanzas(*header)));
}

TEST_P(EachKind, AnotherIdentityDoesNotFit) {
  const Pair pair = GetParam()();
  const auto header = Wrap(FileKey::Random(), {&pair});
  for (const Pair& other : {ClassicPair(), HybridPair(), PassphrasePair("another")}) {
    EXPECT_TRUE(Fails(Unwrap(*header, *other.identity), Code::kWrongKey));
  }
  EXPECT_TRUE(Fails(UnwrapHeader(*header, {}), Code::kWrongKey));
}

// Wrapping the same key again gives nothing to compare.
TEST_P(EachKind, EachWrapIsFresh) {
  const Pair pair = GetParam()();
  const auto key = FileKey::Random();
  const Header first = *Wrap(key, {&pair});
  const Header second = *Wrap(key, {&pair});
  EXPECT_NE(first.stanzas[0].args, second.stanzas[0].args);
  EXPECT_NE(first.stanzas[0].body, second.stanzas[0].body);
}

TEST_P(EachKind, NoBitOfTheHeaderCanBeChanged) {
  const Pair pair = GetParam()();
  const auto key = FileKey::Random();
  const Header header = *Wrap(key, {&pair});
  testing::ForEachBitFlip(header.mac, [&](ByteView changed, std::size_t bit) {
    Header other = header;
    other.mac = ToArray<32>(changed);
    EXPECT_TRUE(Fails(Unwrap(other, *pair.identity), Code::kUnverified)) << bit;
  });
  const Bytes bytes = SerializeHeader(header);
  testing::ForEachBitFlip(bytes, [&](ByteView changed, std::size_t bit) {
    const auto parsed = ParseHeader(changed);
    if (!parsed.ok()) return;
    EXPECT_FALSE(Unwrap(parsed->header, *pair.identity).ok()) << bit;
    EXPECT_FALSE(VerifyHeader(parsed->header, key).ok()) << bit;
  });
}

TEST_P(EachKind, ASurplusArgumentOrAnotherLengthIsMalformed) {
  const Pair pair = GetParam()();
  const Header good = *Wrap(FileKey::Random(), {&pair});
  std::vector<Header> bad(6, good);
  bad[0].stanzas[0].args.push_back("more");
  bad[1].stanzas[0].args.clear();
  bad[2].stanzas[0].args[0].push_back('A');
  bad[3].stanzas[0].args[0] = "AA";
  bad[4].stanzas[0].body.push_back(0);
  bad[5].stanzas[0].body.pop_back();
  for (const Header& header : bad) {
    EXPECT_TRUE(Fails(CheckStanzas(header), Code::kMalformed));
    EXPECT_TRUE(Fails(Unwrap(header, *pair.identity), Code::kMalformed));
    EXPECT_TRUE(Fails(pair.identity->Unwrap(header.stanzas[0]), Code::kMalformed));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EachKind, ::testing::Values(&ClassicPair, &HybridPair, []() {
                           return PassphrasePair("correct horse");
                         }));

TEST(WrapHeader, CarriesTheKeyToEachRecipientInOrder) {
  const Pair first = HybridPair();
  const Pair second = HybridPair();
  const Pair third = HybridPair();
  const auto key = FileKey::Random();
  const Header header = *Wrap(key, {&first, &second, &third});
  ASSERT_EQ(header.stanzas.size(), 3U);
  for (const Pair* pair : {&first, &second, &third}) {
    EXPECT_TRUE(Opens(header, *pair->identity, key));
  }
  EXPECT_TRUE(Succeeds(second.identity->Unwrap(header.stanzas[1])));
  EXPECT_TRUE(Fails(second.identity->Unwrap(header.stanzas[0]), Code::kWrongKey));
}

TEST(UnwrapHeader, BeginsWhereItIsTold) {
  const Pair pairs[] = {HybridPair(), HybridPair(), HybridPair()};
  const auto key = FileKey::Random();
  const Header header = *Wrap(key, {&pairs[0], &pairs[1], &pairs[2]});
  for (const Pair& pair : pairs) {
    const Identity* const identities[] = {pair.identity.get()};
    for (const std::size_t first_try : {0, 1, 2, 3, 1000}) {
      EXPECT_TRUE(Succeeds(UnwrapHeader(header, identities, first_try))) << first_try;
    }
  }
}

TEST(WrapHeader, RefusesMixturesAndNobody) {
  const Pair classic = ClassicPair();
  const Pair hybrid = HybridPair();
  const Pair passphrase = PassphrasePair("p");
  const auto key = FileKey::Random();
  EXPECT_TRUE(Succeeds(Wrap(key, {&classic, &classic})));
  EXPECT_TRUE(Fails(Wrap(key, {}), Code::kRejected));
  EXPECT_TRUE(Fails(Wrap(key, {&classic, &hybrid}), Code::kRejected));
  EXPECT_TRUE(Fails(Wrap(key, {&hybrid, &hybrid, &classic}), Code::kRejected));
  EXPECT_TRUE(Fails(Wrap(key, {&passphrase, &passphrase}), Code::kRejected));
  EXPECT_TRUE(Fails(Wrap(key, {&hybrid, &passphrase}), Code::kRejected));
}

TEST(WrapHeader, IsBounded) {
  const Pair classic = ClassicPair();
  std::vector<const Recipient*> recipients(kMaxStanzas + 1, classic.recipient.get());
  EXPECT_TRUE(Fails(WrapHeader(FileKey::Random(), recipients), Code::kTooLarge));
}

TEST(UnwrapHeader, SkipsStanzasOfUnknownTypes) {
  const Pair pair = HybridPair();
  const auto key = FileKey::Random();
  std::vector<Stanza> stanzas = Wrap(key, {&pair})->stanzas;
  stanzas.insert(stanzas.begin(), {"joint-grease", {"a", "b"}, Pattern(77)});
  stanzas.push_back({"example.com/other", {}, {}});
  EXPECT_TRUE(Opens(AuthenticateHeader(key, stanzas), *pair.identity, key));
}

TEST(UnwrapHeader, AStanzaOfAKnownTypeThatIsDamagedEndsTheAttempt) {
  const Pair pair = HybridPair();
  const auto key = FileKey::Random();
  for (const char* type : {"X25519", "mlkem768x25519"}) {
    for (const bool in_front : {true, false}) {
      std::vector<Stanza> stanzas = Wrap(key, {&pair})->stanzas;
      stanzas.insert(in_front ? stanzas.begin() : stanzas.end(), {type, {"AA"}, Pattern(32)});
      EXPECT_TRUE(
          Fails(Unwrap(AuthenticateHeader(key, stanzas), *pair.identity), Code::kMalformed));
    }
  }
}

TEST(UnwrapHeader, APassphraseMustBeAlone) {
  const Pair passphrase = PassphrasePair("p");
  const auto key = FileKey::Random();
  std::vector<Stanza> stanzas = Wrap(key, {&passphrase})->stanzas;
  stanzas.push_back({"joint-grease", {}, {}});
  EXPECT_TRUE(
      Fails(Unwrap(AuthenticateHeader(key, stanzas), *passphrase.identity), Code::kMalformed));
}

// A sender may put another file's key into the stanzas of one reader: the MAC tells.
TEST(UnwrapHeader, AStanzaWithAnotherKeyIsFound) {
  const Pair first = HybridPair();
  const Pair second = HybridPair();
  const auto key = FileKey::Random();
  std::vector<Stanza> stanzas = Wrap(key, {&first})->stanzas;
  stanzas.push_back(Wrap(FileKey::Random(), {&second})->stanzas[0]);
  const Header header = AuthenticateHeader(key, stanzas);
  EXPECT_TRUE(Opens(header, *first.identity, key));
  EXPECT_TRUE(Fails(Unwrap(header, *second.identity), Code::kUnverified));
}

// Giving access: a new header for the same payload, and the original one tells whether its key is
// the true one.
TEST(Header, ReissuedForAnotherReaderOpensTheSamePayload) {
  const Pair officer = HybridPair();
  const Pair grantee = HybridPair();
  const auto key = FileKey::Random();
  const Header original = *Wrap(key, {&officer});
  const Bytes payload = SealPayload(key, Pattern(100000));

  const auto unwrapped = Unwrap(original, *officer.identity);
  ASSERT_TRUE(Succeeds(unwrapped));
  const Header reissued = *Wrap(*unwrapped, {&grantee});
  EXPECT_TRUE(Fails(Unwrap(reissued, *officer.identity), Code::kWrongKey));
  const auto granted = Unwrap(reissued, *grantee.identity);
  ASSERT_TRUE(Succeeds(granted));
  EXPECT_TRUE(Succeeds(VerifyHeader(original, *granted)));

  Bytes file = SerializeHeader(reissued);
  Append(file, payload);
  const Identity* const identities[] = {grantee.identity.get()};
  const auto plaintext = Decrypt(identities, file);
  ASSERT_TRUE(Succeeds(plaintext));
  EXPECT_EQ(testing::ToBytes(plaintext->Reveal()), Pattern(100000));

  const Header forged = *Wrap(FileKey::Random(), {&grantee});
  EXPECT_TRUE(Fails(VerifyHeader(original, *Unwrap(forged, *grantee.identity)), Code::kUnverified));
}

TEST(Passphrase, WorkBeyondTheLimitIsRefusedBeforeItIsDone) {
  const auto wrap = PassphraseRecipient(SecretBytes::Copy(AsBytes("p")), 11);
  const auto key = FileKey::Random();
  const Recipient* const recipients[] = {wrap.get()};
  Header header = *WrapHeader(key, recipients);
  const auto strict = PassphraseIdentity(SecretBytes::Copy(AsBytes("p")), 10);
  EXPECT_TRUE(Fails(Unwrap(header, *strict), Code::kTooLarge));
  EXPECT_TRUE(Opens(header, *PassphraseIdentity(SecretBytes::Copy(AsBytes("p")), 11), key));
  for (const char* work : {"31", "40", "64", "99", "100", "4294967314", "18446744073709551626"}) {
    header.stanzas[0].args[1] = work;
    EXPECT_TRUE(Fails(Unwrap(header, *PassphraseIdentity(SecretBytes::Copy(AsBytes("p")), 1000)),
                      Code::kTooLarge))
        << work;
  }
  for (const char* work : {"0", "011", "+11", "-11", "0x0b", "11 ", "1e1", ""}) {
    header.stanzas[0].args[1] = work;
    EXPECT_TRUE(Fails(CheckStanzas(header), Code::kMalformed)) << work;
  }
}

TEST(Passphrase, WorkThatMakesNoSenseIsRefused) {
  for (const int work : {-1, 0, 31, 1000}) {
    const auto wrap = PassphraseRecipient(SecretBytes::Copy(AsBytes("p")), work);
    const Recipient* const recipients[] = {wrap.get()};
    EXPECT_TRUE(Fails(WrapHeader(FileKey::Random(), recipients), Code::kRejected)) << work;
  }
}

}  // namespace
}  // namespace safeconduct::age
