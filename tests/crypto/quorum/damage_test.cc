// Stanzas and shares that were damaged, and parties who do other than they should: what fails, and
// who is named for it.
#include <gtest/gtest.h>

#include "tests/crypto/quorum/office.h"

namespace safeconduct::quorum::testing {
namespace {

using safeconduct::testing::ForEachBitFlip;
using safeconduct::testing::ForEachTruncation;
using safeconduct::testing::ToBytes;

const Context& TheContext() {
  static const Context context = ExampleContext(2, 3);
  return context;
}

TEST(Stanza, OnlyTheCanonicalFormIsTaken) {
  const age::Stanza good = MustSeal(TheContext(), age::FileKey::Random());
  EXPECT_EQ(*ParseStanza(good), (Size{2, 3}));
  EXPECT_TRUE(Fails(CheckStanza(good, 3, 3), Code::kRejected));
  EXPECT_TRUE(Fails(CheckStanza(good, 2, 4), Code::kRejected));
  const auto malformed = [&](auto change) {
    age::Stanza bad = good;
    change(bad);
    return Fails(ParseStanza(bad), Code::kMalformed) &&
           Fails(CheckStanza(bad, 2, 3), Code::kMalformed) &&
           Fails(Open(TheContext(), bad, 1), Code::kMalformed) &&
           Fails(Combine(TheContext(), bad, {}), Code::kMalformed);
  };
  for (const char* type : {"", "safeconduct/quorum2", "Safeconduct/quorum", "mlkem768x25519"}) {
    EXPECT_TRUE(malformed([&](age::Stanza& bad) { bad.type = type; })) << type;
  }
  for (const char* number : {"", "0", "1", "02", "+2", " 2", "2 ", "0x2", "2.0", "two", "17", "99",
                             "4294967298", "18446744073709551618", "-2"}) {
    EXPECT_TRUE(malformed([&](age::Stanza& bad) { bad.args[0] = number; })) << number;
    EXPECT_TRUE(malformed([&](age::Stanza& bad) { bad.args[1] = number; })) << number;
  }
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.args[0] = "4"; }));
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.args[1] = "4"; }));
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.args.clear(); }));
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.args.pop_back(); }));
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.args.push_back("3"); }));
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.body.push_back(0); }));
  EXPECT_TRUE(malformed([](age::Stanza& bad) { bad.body.resize(BodyBytes(4)); }));
}

TEST(Stanza, EveryTruncationIsRefused) {
  age::Stanza stanza = MustSeal(TheContext(), age::FileKey::Random());
  const Bytes body = stanza.body;
  ForEachTruncation(body, [&](ByteView cut, std::size_t size) {
    stanza.body = ToBytes(cut);
    ASSERT_TRUE(Fails(ParseStanza(stanza), Code::kMalformed)) << size;
    ASSERT_TRUE(Fails(Open(TheContext(), stanza, 1), Code::kMalformed)) << size;
  });
}

// What each single bit can do to trustee 2, and to who combines the shares of 1 and 2.
TEST(Stanza, EveryChangedBitFailsOrChangesNothing) {
  const auto file_key = age::FileKey::Random();
  age::Stanza stanza = MustSeal(TheContext(), file_key);
  const Bytes body = stanza.body;
  const std::vector<Share> shares = OpenAll(TheContext(), stanza, {1, 2});
  const std::size_t own_at = 32 + kTrusteeBytes;
  ForEachBitFlip(body, [&](ByteView changed, std::size_t bit) {
    const std::size_t at = bit / 8;
    stanza.body = ToBytes(changed);
    ASSERT_TRUE(Succeeds(CheckStanza(stanza, 2, 3)));
    const auto own = Open(TheContext(), stanza, 2);
    if (at < own_at || at >= own_at + kTrusteeBytes) {
      ASSERT_TRUE(Succeeds(own)) << at;
      ASSERT_TRUE(Same(own->bytes, shares[1].bytes));
    } else if (at < own_at + kCommitmentBytes) {
      ASSERT_TRUE(Fails(own, Code::kMalformed)) << at;
    } else {
      ASSERT_TRUE(Fails(own, Code::kWrongKey)) << at;
    }

    const auto opened = Combine(TheContext(), stanza, shares);
    const bool commitment =
        at >= 32 && at < 32 + 2 * kTrusteeBytes && (at - 32) % kTrusteeBytes < kCommitmentBytes;
    if (at < 32) {
      ASSERT_TRUE(Fails(opened, Code::kMalformed)) << at;
    } else if (commitment) {
      ASSERT_TRUE(Fails(opened, Code::kUnverified)) << at;
    } else {
      ASSERT_TRUE(Succeeds(opened)) << at;
      ASSERT_TRUE(Same(*opened, file_key));
    }
  });
}

TEST(Trustee, ADamagedReleaseNamesHim) {
  const age::Stanza stanza = MustSeal(TheContext(), age::FileKey::Random());
  const Release release = ExampleRelease(1);
  const SealedShare sealed =
      *SealRelease(TheContext(), *Open(TheContext(), stanza, 1), release, Grantee().key);
  const auto open = [&](ByteView bytes) {
    return OpenRelease(TheContext(), stanza, 1, release, Grantee().seed.Reveal(), bytes);
  };
  ForEachTruncation(sealed, [&](ByteView cut, std::size_t size) {
    ASSERT_TRUE(Fails(open(cut), Code::kUnverified)) << size;
  });
  ForEachBitFlip(sealed, [&](ByteView changed, std::size_t bit) {
    ASSERT_TRUE(Fails(open(changed), Code::kWrongKey)) << bit;
  });
  Bytes longer = ToBytes(sealed);
  longer.push_back(0);
  EXPECT_TRUE(Fails(open(longer), Code::kUnverified));
  // HPKE calls a point of small order malformed, which here would blame the sealer.
  SealedShare small_order = sealed;
  std::fill_n(small_order.begin() + hpke::kEncapsulatedBytes - 32, 32, std::uint8_t{0});
  EXPECT_TRUE(Fails(open(small_order), Code::kWrongKey));
}

TEST(Trustee, AShareThatIsNotTheSealersNamesHim) {
  const age::Stanza stanza = MustSeal(TheContext(), age::FileKey::Random());
  const Release release = ExampleRelease(1);
  const Person successor("successor");
  const Handover handover = ExampleHandover(1, successor);
  const Share share = *Open(TheContext(), stanza, 1);
  // Every bit of y, x and consent is committed to.
  ForEachBitFlip(share.bytes.Reveal(), [&](ByteView changed, std::size_t bit) {
    const Share bad{1, share.consent, SecretArray<kShareBytes>::Copy(changed)};
    const SealedShare released = *SealRelease(TheContext(), bad, release, Grantee().key);
    ASSERT_TRUE(
        Fails(OpenRelease(TheContext(), stanza, 1, release, Grantee().seed.Reveal(), released),
              Code::kUnverified))
        << bit;
    const SealedShare handed = *SealHandover(TheContext(), bad, handover, successor.key);
    ASSERT_TRUE(
        Fails(OpenHandover(TheContext(), stanza, 1, handover, successor.seed.Reveal(), handed),
              Code::kUnverified))
        << bit;
    std::vector<Share> shares = OpenAll(TheContext(), stanza, {2});
    shares.push_back(Share{1, bad.consent, bad.bytes.Clone()});
    ASSERT_TRUE(Fails(Combine(TheContext(), stanza, shares), Code::kUnverified)) << bit;
  });
}

TEST(Trustee, AnotherTrusteesShareIsNotHis) {
  const age::Stanza stanza = MustSeal(TheContext(), age::FileKey::Random());
  Share borrowed = *Open(TheContext(), stanza, 2);
  borrowed.index = 1;
  const Release release = ExampleRelease(1);
  const SealedShare sealed = *SealRelease(TheContext(), borrowed, release, Grantee().key);
  EXPECT_TRUE(Fails(OpenRelease(TheContext(), stanza, 1, release, Grantee().seed.Reveal(), sealed),
                    Code::kUnverified));
}

TEST(Grantee, OneShareTwiceIsOne) {
  const age::Stanza stanza = MustSeal(TheContext(), age::FileKey::Random());
  EXPECT_TRUE(
      Fails(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 1})), Code::kRejected));
  EXPECT_TRUE(Fails(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 2, 1})),
                    Code::kRejected));
  EXPECT_TRUE(Fails(Combine(TheContext(), stanza, {}), Code::kRejected));
  std::vector<Share> shares = OpenAll(TheContext(), stanza, {1, 2});
  for (const std::size_t index : {std::size_t{0}, std::size_t{4}}) {
    shares[0].index = index;
    EXPECT_TRUE(Fails(Combine(TheContext(), stanza, shares), Code::kRejected));
  }
}

TEST(Sealer, AShareThatIsNotTheOneCommittedToIsHisFault) {
  age::Stanza stanza = Sealer(TheContext()).Make();
  std::fill_n(stanza.body.begin() + 32, kCommitmentBytes, std::uint8_t{7});
  EXPECT_TRUE(Fails(Open(TheContext(), stanza, 1), Code::kMalformed));
  EXPECT_TRUE(Succeeds(Open(TheContext(), stanza, 2)));
}

TEST(Sealer, ConsentThatMeansNothingAndAShareAtZeroAreHisFault) {
  for (const auto& [at, value] : {std::pair<std::size_t, std::uint8_t>{kConsentAt, 0x10},
                                  {kConsentAt, 0x80},
                                  {kConsentAt, 0xff},
                                  {kXAt, 0}}) {
    Sealer sealer(TheContext());
    sealer.shares[0][at] = value;
    const age::Stanza stanza = sealer.Make();
    EXPECT_TRUE(Fails(Open(TheContext(), stanza, 1), Code::kMalformed)) << at << " " << int{value};
    EXPECT_TRUE(Succeeds(Open(TheContext(), stanza, 2)));
    // A trustee whose client took it all the same is not to blame.
    const Share taken{1, {}, SecretArray<kShareBytes>::Copy(sealer.shares[0])};
    const Release release = ExampleRelease(1);
    const SealedShare sealed = *SealRelease(TheContext(), taken, release, Grantee().key);
    EXPECT_TRUE(
        Fails(OpenRelease(TheContext(), stanza, 1, release, Grantee().seed.Reveal(), sealed),
              Code::kMalformed));
  }
}

TEST(Sealer, SharesThatFitTheirCommitmentsAndGiveNothingAreHisFault) {
  Sealer sealer(TheContext());
  sealer.shares[0][5] ^= 1;
  const age::Stanza stanza = sealer.Make();
  EXPECT_TRUE(Fails(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 2})),
                    Code::kMalformed));
  const auto opened = Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {2, 3}));
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_TRUE(Same(*opened, sealer.file_key));
}

TEST(Sealer, TwoSharesAtOnePlaceAreHisFault) {
  Sealer sealer(TheContext());
  sealer.shares[1][kXAt] = sealer.shares[0][kXAt];
  const age::Stanza stanza = sealer.Make();
  EXPECT_TRUE(Fails(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 2})),
                    Code::kMalformed));
}

TEST(Sealer, SharesThatDisagreeAboutConsentAreHisFault) {
  for (unsigned bit = 0; bit < 4; ++bit) {
    Sealer sealer(TheContext());
    sealer.shares[2][kConsentAt] ^= static_cast<std::uint8_t>(1U << bit);
    const age::Stanza stanza = sealer.Make();
    EXPECT_TRUE(Fails(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 3})),
                      Code::kMalformed));
    // Also where the odd one would not be needed.
    EXPECT_TRUE(Fails(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 2, 3})),
                      Code::kMalformed));
    EXPECT_TRUE(Succeeds(Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 2}))));
  }
}

TEST(Sealer, AnotherFileKeyThanTheHeadersIsFoundByItsMac) {
  const Sealer sealer(TheContext());
  const age::Stanza stanza = sealer.Make();
  const age::Header header = age::AuthenticateHeader(age::FileKey::Random(), {stanza});
  const auto opened = Combine(TheContext(), stanza, OpenAll(TheContext(), stanza, {1, 2}));
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_TRUE(Fails(age::VerifyHeader(header, *opened), Code::kUnverified));
}

TEST(Quorum, AContextThatCannotBeIsRefusedEverywhere) {
  const age::Stanza stanza = MustSeal(TheContext(), age::FileKey::Random());
  const Share share = *Open(TheContext(), stanza, 1);
  Context bad = TheContext();
  bad.compartment.assign(70000, 'x');
  const hpke::Seed seed = Grantee().seed.Reveal();
  EXPECT_TRUE(Fails(Open(bad, stanza, 1), Code::kMalformed));
  EXPECT_TRUE(Fails(SealRelease(bad, share, {}, Grantee().key), Code::kMalformed));
  EXPECT_TRUE(Fails(SealHandover(bad, share, {}, Grantee().key), Code::kMalformed));
  EXPECT_TRUE(Fails(OpenRelease(bad, stanza, 1, {}, seed, {}), Code::kMalformed));
  EXPECT_TRUE(Fails(OpenHandover(bad, stanza, 1, {}, seed, {}), Code::kMalformed));
  EXPECT_TRUE(Fails(Combine(bad, stanza, {}), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::quorum::testing
