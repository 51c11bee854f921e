// What honest parties do, and that everything is bound to what it is said to be bound to.
#include "crypto/quorum/quorum.h"

#include <functional>
#include <numeric>

#include "tests/crypto/quorum/office.h"

namespace safeconduct::quorum::testing {
namespace {

struct ContextChange {
  const char* what;
  std::function<void(Context&)> change;
};

const ContextChange kContextChanges[] = {
    {"channel", [](Context& of) { of.channel += "2"; }},
    {"no channel", [](Context& of) { of.channel.clear(); }},
    {"reporter", [](Context& of) { of.reporter[31] ^= 1; }},
    {"compartment", [](Context& of) { of.compartment = "identity"; }},
    {"payload digest", [](Context& of) { of.payload_digest[0] ^= 0x80; }},
    // The same bytes one after another, cut elsewhere.
    {"border", [](Context& of) { std::swap(of.channel, of.compartment); }},
};

TEST(Quorum, EveryThresholdAndNumberOfTrustees) {
  for (std::size_t n = kMinThreshold; n <= kMaxTrustees; ++n) {
    for (std::size_t k = kMinThreshold; k <= n; ++k) {
      const Context context = ExampleContext(k, n);
      const auto file_key = age::FileKey::Random();
      const age::Stanza stanza = MustSeal(context, file_key);
      EXPECT_EQ(stanza.type, "safeconduct/quorum");
      EXPECT_EQ(stanza.body.size(), 32 + n * (32 + 1120 + 50));
      EXPECT_TRUE(Succeeds(CheckStanza(stanza, k, n)));

      std::vector<Share> released;
      for (std::size_t index = n; index > n - k; --index) {
        const auto share = Open(context, stanza, index);
        ASSERT_TRUE(Succeeds(share));
        EXPECT_EQ(share->index, index);
        EXPECT_EQ(share->consent, kConsent);
        const Release release = ExampleRelease(index);
        const auto sealed = SealRelease(context, *share, release, Grantee().key);
        ASSERT_TRUE(Succeeds(sealed));
        auto got = OpenRelease(context, stanza, index, release, Grantee().seed.Reveal(), *sealed);
        ASSERT_TRUE(Succeeds(got));
        EXPECT_TRUE(Same(got->bytes, share->bytes));
        EXPECT_EQ(got->consent, kConsent);
        released.push_back(*std::move(got));
      }
      const auto opened = Combine(context, stanza, released);
      ASSERT_TRUE(Succeeds(opened)) << k << " of " << n;
      EXPECT_TRUE(Same(*opened, file_key));

      released.pop_back();
      EXPECT_TRUE(Fails(Combine(context, stanza, released), Code::kRejected));
    }
  }
}

TEST(Quorum, MoreSharesThanNeededGiveTheSame) {
  const Context context = ExampleContext(3, 6);
  const auto file_key = age::FileKey::Random();
  const age::Stanza stanza = MustSeal(context, file_key);
  for (const std::vector<std::size_t>& indexes :
       {std::vector<std::size_t>{6, 5, 4, 3}, {2, 1, 4, 3, 6, 5}}) {
    const auto opened = Combine(context, stanza, OpenAll(context, stanza, indexes));
    ASSERT_TRUE(Succeeds(opened));
    EXPECT_TRUE(Same(*opened, file_key));
  }
}

TEST(Quorum, EveryConsentIsKept) {
  const Context context = ExampleContext(2, 2);
  for (unsigned flags = 0; flags < 16; ++flags) {
    const Consent consent{(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0};
    const auto stanza = Seal(context, age::FileKey::Random(), consent, TrusteeKeys(2));
    ASSERT_TRUE(Succeeds(stanza));
    const auto share = Open(context, *stanza, 2);
    ASSERT_TRUE(Succeeds(share));
    EXPECT_EQ(share->consent, consent);
    EXPECT_EQ(share->bytes.Reveal().back(), flags);
  }
}

TEST(Quorum, StandsInAnAgeHeaderWhoseMacItOpens) {
  const Context context = ExampleContext(2, 3);
  const auto file_key = age::FileKey::Random();
  const age::Header header = age::AuthenticateHeader(file_key, {MustSeal(context, file_key)});
  const auto parsed = age::ParseHeader(age::SerializeHeader(header));
  ASSERT_TRUE(Succeeds(parsed));
  ASSERT_EQ(parsed->header.stanzas, header.stanzas);
  EXPECT_TRUE(Succeeds(age::CheckStanzas(parsed->header)));
  const age::Stanza& stanza = parsed->header.stanzas[0];
  const auto opened = Combine(context, stanza, OpenAll(context, stanza, {1, 3}));
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_TRUE(Succeeds(age::VerifyHeader(parsed->header, *opened)));
}

TEST(Quorum, AThrowAwayLooksTheSameAndGivesNobodysKey) {
  const Context context = ExampleContext(2, 3);
  const auto file_key = age::FileKey::Random();
  const age::Stanza real = MustSeal(context, file_key);
  const auto thrown = SealThrowAway(context, kConsent, TrusteeKeys(3));
  ASSERT_TRUE(Succeeds(thrown));
  EXPECT_EQ(thrown->type, real.type);
  EXPECT_EQ(thrown->args, real.args);
  EXPECT_EQ(thrown->body.size(), real.body.size());
  const auto opened = Combine(context, *thrown, OpenAll(context, *thrown, {1, 2}));
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_FALSE(Same(*opened, file_key));
  const age::Header header = age::AuthenticateHeader(file_key, {*thrown});
  EXPECT_TRUE(Fails(age::VerifyHeader(header, *opened), Code::kUnverified));
}

TEST(Quorum, NothingRepeatsBetweenTwoSealings) {
  const Context context = ExampleContext(2, 2);
  const auto file_key = age::FileKey::Random();
  const age::Stanza one = MustSeal(context, file_key);
  const age::Stanza two = MustSeal(context, file_key);
  for (std::size_t at = 0; at + 16 <= one.body.size(); at += 16) {
    EXPECT_FALSE(std::equal(one.body.begin() + static_cast<std::ptrdiff_t>(at),
                            one.body.begin() + static_cast<std::ptrdiff_t>(at + 16),
                            two.body.begin() + static_cast<std::ptrdiff_t>(at)))
        << at;
  }
}

TEST(Quorum, RefusesToSealForAQuorumThatCannotBe) {
  const auto seal = [](const Context& context, std::size_t keys) {
    return Seal(context, age::FileKey::Random(), kConsent, TrusteeKeys(keys));
  };
  EXPECT_TRUE(Fails(seal(ExampleContext(0, 3), 3), Code::kMalformed));
  EXPECT_TRUE(Fails(seal(ExampleContext(1, 3), 3), Code::kMalformed));
  EXPECT_TRUE(Fails(seal(ExampleContext(4, 3), 3), Code::kMalformed));
  EXPECT_TRUE(Fails(seal(ExampleContext(2, 17), 16), Code::kMalformed));
  EXPECT_TRUE(Fails(seal(ExampleContext(2, 3), 2), Code::kMalformed));
  EXPECT_TRUE(Fails(seal(ExampleContext(2, 3), 4), Code::kMalformed));
  Context context = ExampleContext(2, 3);
  context.channel.assign(65536, 'c');
  EXPECT_TRUE(Fails(seal(context, 3), Code::kMalformed));
  context.channel.pop_back();
  EXPECT_TRUE(Succeeds(seal(context, 3)));
  context.compartment.assign(65536, 'c');
  EXPECT_TRUE(Fails(seal(context, 3), Code::kMalformed));
}

TEST(Binding, AShareOpensInItsOwnContextOnly) {
  const Context context = ExampleContext(2, 3);
  const age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const std::vector<Share> shares = OpenAll(context, stanza, {1, 2, 3});
  for (const auto& [what, change] : kContextChanges) {
    Context other = context;
    change(other);
    EXPECT_TRUE(Fails(Open(other, stanza, 1), Code::kWrongKey)) << what;
    // The wrapped file key is bound by itself.
    EXPECT_TRUE(Fails(Combine(other, stanza, shares), Code::kMalformed)) << what;
  }
}

TEST(Binding, TheSizeOfTheQuorumIsBoundBesidesBeingChecked) {
  const Context context = ExampleContext(2, 4);
  const age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const std::vector<Share> shares = OpenAll(context, stanza, {1, 2, 3, 4});
  for (const std::size_t k : {3U, 4U}) {
    const Context other = ExampleContext(k, 4);
    age::Stanza changed = stanza;
    EXPECT_TRUE(Fails(Open(other, changed, 1), Code::kRejected));
    EXPECT_TRUE(Fails(Combine(other, changed, shares), Code::kRejected));
    changed.args[0] = std::to_string(k);
    EXPECT_TRUE(Fails(Open(other, changed, 1), Code::kWrongKey));
    EXPECT_TRUE(Fails(Combine(other, changed, shares), Code::kMalformed));
  }
  for (const std::size_t n : {3U, 5U}) {
    const Context other = ExampleContext(2, n);
    age::Stanza changed = stanza;
    EXPECT_TRUE(Fails(Open(other, changed, 1), Code::kRejected));
    changed.args[1] = std::to_string(n);
    changed.body.resize(BodyBytes(n));
    EXPECT_TRUE(Fails(Open(other, changed, 1), Code::kWrongKey));
    EXPECT_TRUE(Fails(Combine(other, changed, std::span(shares).first(2)), Code::kMalformed));
  }
}

TEST(Binding, AShareOpensAtItsOwnIndexOnly) {
  const Context context = ExampleContext(2, 3);
  age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const hpke::Seed seed = Trustee(1).seed.Reveal();
  EXPECT_TRUE(Fails(OpenShare(context, stanza, 2, seed), Code::kWrongKey));
  EXPECT_TRUE(Fails(OpenShare(context, stanza, 0, seed), Code::kRejected));
  EXPECT_TRUE(Fails(OpenShare(context, stanza, 4, seed), Code::kRejected));
  EXPECT_TRUE(
      Fails(OpenShare(context, stanza, static_cast<std::size_t>(-1), seed), Code::kRejected));
  const auto first = stanza.body.begin() + 32;
  std::swap_ranges(first, first + kTrusteeBytes, first + kTrusteeBytes);
  EXPECT_TRUE(Fails(OpenShare(context, stanza, 2, seed), Code::kWrongKey));
}

TEST(Binding, AReleaseOpensForItsOwnGranteeAndRequestOnly) {
  const Context context = ExampleContext(2, 3);
  const age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const Share share = *Open(context, stanza, 2);
  const Release release = ExampleRelease(2);
  const SealedShare sealed = *SealRelease(context, share, release, Grantee().key);
  const hpke::Seed seed = Grantee().seed.Reveal();
  ASSERT_TRUE(Succeeds(OpenRelease(context, stanza, 2, release, seed, sealed)));

  const std::function<void(Release&)> changes[] = {
      [](Release& of) { of.report[0] ^= 1; },
      [](Release& of) { of.request[0] ^= 1; },
      [](Release& of) { of.trustee[0] ^= 1; },
      [](Release& of) { of.grantee[0] ^= 1; },
      [](Release& of) { std::swap(of.report, of.request); },
      [](Release& of) { std::swap(of.trustee, of.grantee); }};
  for (const auto& change : changes) {
    Release other = release;
    change(other);
    EXPECT_TRUE(Fails(OpenRelease(context, stanza, 2, other, seed, sealed), Code::kWrongKey));
  }
  for (const auto& [what, change] : kContextChanges) {
    Context other = context;
    change(other);
    EXPECT_TRUE(Fails(OpenRelease(other, stanza, 2, release, seed, sealed), Code::kWrongKey))
        << what;
  }
  EXPECT_TRUE(Fails(OpenRelease(context, stanza, 1, release, seed, sealed), Code::kWrongKey));
  EXPECT_TRUE(Fails(OpenRelease(context, stanza, 4, release, seed, sealed), Code::kRejected));
  EXPECT_TRUE(Fails(OpenRelease(context, stanza, 2, release, Trustee(2).seed.Reveal(), sealed),
                    Code::kWrongKey));
}

TEST(Binding, AReleaseForOneStanzaIsNoneForAnother) {
  const Context context = ExampleContext(2, 3);
  const age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const age::Stanza other = MustSeal(context, age::FileKey::Random());
  const Release release = ExampleRelease(1);
  const SealedShare sealed =
      *SealRelease(context, *Open(context, stanza, 1), release, Grantee().key);
  EXPECT_TRUE(Fails(OpenRelease(context, other, 1, release, Grantee().seed.Reveal(), sealed),
                    Code::kUnverified));
  EXPECT_TRUE(Fails(Combine(context, other, OpenAll(context, stanza, {1, 2})), Code::kUnverified));
}

TEST(Binding, ASealedShareIsNoReleaseAndAReleaseNoHandover) {
  const Context context = ExampleContext(2, 3);
  const age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const Share share = *Open(context, stanza, 1);
  const Person successor("successor");
  const Release release{Sha256(AsBytes("report")), {}, Trustee(1).event_key, successor.event_key};
  const Handover handover = ExampleHandover(1, successor);
  const hpke::Seed seed = successor.seed.Reveal();
  const SealedShare released = *SealRelease(context, share, release, successor.key);
  const SealedShare handed = *SealHandover(context, share, handover, successor.key);
  EXPECT_TRUE(Fails(OpenHandover(context, stanza, 1, handover, seed, released), Code::kWrongKey));
  EXPECT_TRUE(Fails(OpenRelease(context, stanza, 1, release, seed, handed), Code::kWrongKey));
  EXPECT_TRUE(
      Fails(OpenRelease(context, stanza, 1, release, Trustee(1).seed.Reveal(), SealedAt(stanza, 1)),
            Code::kWrongKey));
}

TEST(Handover, TheSuccessorReleasesAsTheTrusteeHeFollows) {
  const Context context = ExampleContext(2, 3);
  const auto file_key = age::FileKey::Random();
  const age::Stanza stanza = MustSeal(context, file_key);
  const Person successor("successor");
  const Handover handover = ExampleHandover(3, successor);
  const SealedShare handed =
      *SealHandover(context, *Open(context, stanza, 3), handover, successor.key);
  const auto got = OpenHandover(context, stanza, 3, handover, successor.seed.Reveal(), handed);
  ASSERT_TRUE(Succeeds(got));
  EXPECT_EQ(got->consent, kConsent);

  Release release = ExampleRelease(3);
  release.trustee = successor.event_key;
  const SealedShare sealed = *SealRelease(context, *got, release, Grantee().key);
  std::vector<Share> shares = OpenAll(context, stanza, {1});
  auto released = OpenRelease(context, stanza, 3, release, Grantee().seed.Reveal(), sealed);
  ASSERT_TRUE(Succeeds(released));
  shares.push_back(*std::move(released));
  const auto opened = Combine(context, stanza, shares);
  ASSERT_TRUE(Succeeds(opened));
  EXPECT_TRUE(Same(*opened, file_key));
}

TEST(Handover, OpensForItsOwnSuccessorOnly) {
  const Context context = ExampleContext(2, 3);
  const age::Stanza stanza = MustSeal(context, age::FileKey::Random());
  const Person successor("successor");
  const Handover handover = ExampleHandover(1, successor);
  const SealedShare sealed =
      *SealHandover(context, *Open(context, stanza, 1), handover, successor.key);
  const hpke::Seed seed = successor.seed.Reveal();
  const std::function<void(Handover&)> changes[] = {
      [](Handover& of) { of.report[9] ^= 1; }, [](Handover& of) { of.from[9] ^= 1; },
      [](Handover& of) { of.to[9] ^= 1; }, [](Handover& of) { std::swap(of.from, of.to); }};
  for (const auto& change : changes) {
    Handover other = handover;
    change(other);
    EXPECT_TRUE(Fails(OpenHandover(context, stanza, 1, other, seed, sealed), Code::kWrongKey));
  }
  for (const auto& [what, change] : kContextChanges) {
    Context other = context;
    change(other);
    EXPECT_TRUE(Fails(OpenHandover(other, stanza, 1, handover, seed, sealed), Code::kWrongKey))
        << what;
  }
  EXPECT_TRUE(Fails(OpenHandover(context, stanza, 2, handover, seed, sealed), Code::kWrongKey));
  EXPECT_TRUE(Fails(OpenHandover(context, stanza, 1, handover, Grantee().seed.Reveal(), sealed),
                    Code::kWrongKey));
}

}  // namespace
}  // namespace safeconduct::quorum::testing
