// A quorum for the tests: the same keys in every run, and stanzas that a hostile sealer makes.
#ifndef SAFECONDUCT_TESTS_CRYPTO_QUORUM_OFFICE_H_
#define SAFECONDUCT_TESTS_CRYPTO_QUORUM_OFFICE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "crypto/base/hash.h"
#include "crypto/quorum/format.h"
#include "crypto/quorum/quorum.h"
#include "crypto/quorum/shamir.h"
#include "tests/crypto/testing.h"

namespace safeconduct::quorum::testing {

using safeconduct::testing::Fails;
using safeconduct::testing::Succeeds;

struct Person {
  explicit Person(const std::string& name)
      : seed(SecretArray<32>::Copy(Sha256(AsBytes("seed of " + name)))),
        key(hpke::SealingKey::Of(seed.Reveal())),
        event_key(Sha256(AsBytes("event key of " + name))) {}
  SecretArray<32> seed;
  hpke::SealingKey key;
  PublicKey event_key;
};

inline const Person& Trustee(std::size_t index) {
  static const std::vector<Person> all = [] {
    std::vector<Person> made;
    for (std::size_t i = 1; i <= kMaxTrustees; ++i) made.emplace_back("t" + std::to_string(i));
    return made;
  }();
  return all[index - 1];
}

inline const Person& Grantee() {
  static const Person grantee("grantee");
  return grantee;
}

inline std::vector<hpke::SealingKey> TrusteeKeys(std::size_t count) {
  std::vector<hpke::SealingKey> keys;
  for (std::size_t index = 1; index <= count; ++index) keys.push_back(Trustee(index).key);
  return keys;
}

inline Context ExampleContext(std::size_t threshold, std::size_t trustees) {
  return {"field-office", Sha256(AsBytes("reporter")),
          "account",      Sha256(AsBytes("payload")),
          threshold,      trustees};
}

inline constexpr Consent kConsent{true, false, true, false};
inline constexpr std::uint8_t kConsentFlags = 5;

inline age::Stanza MustSeal(const Context& context, const age::FileKey& file_key) {
  auto stanza = Seal(context, file_key, kConsent, TrusteeKeys(context.trustees));
  EXPECT_TRUE(Succeeds(stanza));
  return *std::move(stanza);
}

inline Result<Share> Open(const Context& context, const age::Stanza& stanza, std::size_t index) {
  return OpenShare(context, stanza, index, Trustee(index).seed.Reveal());
}

// The shares of these trustees, in this order.
inline std::vector<Share> OpenAll(const Context& context, const age::Stanza& stanza,
                                  const std::vector<std::size_t>& indexes) {
  std::vector<Share> shares;
  for (const std::size_t index : indexes) {
    auto share = Open(context, stanza, index);
    EXPECT_TRUE(Succeeds(share)) << index;
    if (share.ok()) shares.push_back(*std::move(share));
  }
  return shares;
}

inline Release ExampleRelease(std::size_t trustee) {
  return {Sha256(AsBytes("report")), Sha256(AsBytes("request")), Trustee(trustee).event_key,
          Grantee().event_key};
}

inline Handover ExampleHandover(std::size_t trustee, const Person& successor) {
  return {Sha256(AsBytes("report")), Trustee(trustee).event_key, successor.event_key};
}

template <std::size_t N>
bool Same(const SecretArray<N>& a, const SecretArray<N>& b) {
  return ConstantTimeEqual(a.Reveal(), b.Reveal());
}

// A sealer who can do at each step other than he should.
struct Sealer {
  explicit Sealer(const Context& of) : context(of) {
    const auto points = SplitSecret(wrap_key.Reveal(), context.threshold, context.trustees);
    for (const SecretBytes& point : *points) {
      shares.push_back(safeconduct::testing::ToBytes(point.Reveal()));
      shares.back().push_back(kConsentFlags);
    }
  }

  age::Stanza Make() const {
    const Bytes bound_to = *EncodeContext(context);
    age::Stanza stanza{std::string(kStanzaType),
                       {std::to_string(context.threshold), std::to_string(context.trustees)},
                       age::WrapFileKey(FileKeyKey(bound_to, wrap_key.Reveal()), file_key)};
    for (std::size_t index = 1; index <= shares.size(); ++index) {
      Append(stanza.body, CommitTo(index, shares[index - 1]));
      Append(stanza.body,
             SealTo(Trustee(index).key, ShareInfo(bound_to, index), shares[index - 1]));
    }
    return stanza;
  }

  Context context;
  SecretArray<kWrapKeyBytes> wrap_key = SecretArray<kWrapKeyBytes>::Random();
  age::FileKey file_key = age::FileKey::Random();
  std::vector<Bytes> shares;
};

}  // namespace safeconduct::quorum::testing

#endif  // SAFECONDUCT_TESTS_CRYPTO_QUORUM_OFFICE_H_
