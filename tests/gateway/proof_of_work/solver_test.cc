#include "gateway/proof_of_work/solver.h"

#include <gtest/gtest.h>

#include "gateway/proof_of_work/issuer.h"

namespace safeconduct::proof_of_work {
namespace {

const bool kCryptoReady = InitCrypto().ok();

constexpr std::int64_t kNow = 1'800'000'000;

TEST(SolveChallenge, FindsWhatTheGatewayTakes) {
  Issuer issuer({.max_number = 2'000}, Issuer::RandomKey());
  for (int i = 0; i < 20; ++i) {
    const std::optional<std::string> header = SolveChallenge(issuer.Make(kNow));
    ASSERT_TRUE(header.has_value());
    EXPECT_TRUE(issuer.Redeem(*header, kNow).ok());
  }
  Issuer none({.max_number = 0}, Issuer::RandomKey());
  EXPECT_TRUE(none.Redeem(SolveChallenge(none.Make(kNow)).value_or(""), kNow).ok());
}

TEST(SolveChallenge, DoesNotBeginWhatItCannotEnd) {
  Issuer issuer({.max_number = 10}, Issuer::RandomKey());
  const v1::Challenge good = issuer.Make(kNow);
  v1::Challenge bad = good;
  bad.set_maxnumber(kMostWork + 1);
  EXPECT_FALSE(SolveChallenge(bad).has_value());
  bad = good;
  bad.set_algorithm("SHA-512");
  EXPECT_FALSE(SolveChallenge(bad).has_value());
  bad = good;
  bad.mutable_challenge()->pop_back();
  EXPECT_FALSE(SolveChallenge(bad).has_value());
  bad = good;
  bad.set_salt("another");
  EXPECT_FALSE(SolveChallenge(bad).has_value());
}

}  // namespace
}  // namespace safeconduct::proof_of_work
