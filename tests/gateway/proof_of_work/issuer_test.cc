#include "gateway/proof_of_work/issuer.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/proof_of_work/solution.h"
#include "tests/gateway/proof_of_work/solving.h"

namespace safeconduct::proof_of_work {
namespace {

const bool kCryptoReady = InitCrypto().ok();

constexpr std::int64_t kNow = 1'800'000'000;
constexpr Limits kEasy{.max_number = 50, .remembered = 1'000};

// Made by createChallenge and the solution's form of npm altcha-lib 2.8.0 (v1), with this key,
// number 4711, the salt below and that time of expiry.
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::int64_t kVectorExpires = 1'800'000'000;
constexpr std::string_view kVector =
    "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwiY2hhbGxlbmdlIjoiYTAyOWY1MzBmMWEwMmQ4NDY4Mjk2ZmM5YjU2NWY1NmZj"
    "MmFkYWEzYzY3YjkzOTIyYjMyY2ExMjEwNmRkZGFlNiIsIm51bWJlciI6NDcxMSwic2FsdCI6IjAwMTEyMjMzNDQ1NTY2"
    "Nzc4ODk5YWFiYj9leHBpcmVzPTE4MDAwMDAwMDAmIiwic2lnbmF0dXJlIjoiYjg2MWViZDQ5MmZmZmVmODc5NDk1YmQx"
    "MzU5NTM4N2EzMTRlOGRjN2NjNGNkM2ZlYjdlZDI5ZDJhZDA2NzkwNCIsInRvb2siOjEyfQ==";

// Made by this code with that key at kNow: tests/e2e/proof_of_work.test.ts has altcha-lib verify
// it.
constexpr std::string_view kOurs =
    "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwiY2hhbGxlbmdlIjoiMDJiYjk4YTUyYjMxZDZmOWQ4NDdmZTUyYjI4NGQxMD"
    "YwYTdjY2QwZjJjMWU2OWNkNTBlYjkzM2M2ZmRjYzhjOSIsInNhbHQiOiIxYjI5YTA5NjQyYTEyOWM3MDY4MGJjYWE/"
    "ZXhwaXJlcz0xODAwMDAwMzAwJiIsInNpZ25hdHVyZSI6ImYyMDU4MWIyODRlMDJhNzNkOTgzYWM0MWE0ODNkNDIxMm"
    "VkYTFkNmMyYjc3ZTQxYTg4Mjc1M2JlOWY5ZGM4N2IiLCJudW1iZXIiOjE3NTIyfQ==";

Code CodeOf(const Status& status) { return status.ok() ? Code::kInternal : status.error().code(); }

TEST(ProofOfWork, RedeemsWhatAltchaLibMade) {
  Issuer issuer(Limits{}, Issuer::Key::Copy(AsBytes(kKey)));
  EXPECT_TRUE(issuer.Redeem(kVector, kVectorExpires - 1).ok());
  Issuer late(Limits{}, Issuer::Key::Copy(AsBytes(kKey)));
  EXPECT_EQ(CodeOf(late.Redeem(kVector, kVectorExpires)), Code::kExpired);
  Issuer easier(Limits{.max_number = 4710}, Issuer::Key::Copy(AsBytes(kKey)));
  EXPECT_EQ(CodeOf(easier.Redeem(kVector, kVectorExpires - 1)), Code::kUnverified);
  Issuer other(Limits{}, Issuer::RandomKey());
  EXPECT_EQ(CodeOf(other.Redeem(kVector, kVectorExpires - 1)), Code::kUnverified);
}

TEST(ProofOfWork, RedeemsWhatItMadeBefore) {
  Issuer issuer(Limits{}, Issuer::Key::Copy(AsBytes(kKey)));
  EXPECT_TRUE(issuer.Redeem(kOurs, kNow).ok());
}

TEST(ProofOfWork, AChallengeIsWhatAltchaSays) {
  Issuer issuer(Limits{}, Issuer::Key::Copy(AsBytes(kKey)));
  const v1::Challenge challenge = issuer.Make(kNow);
  EXPECT_EQ(challenge.algorithm(), "SHA-256");
  EXPECT_EQ(challenge.maxnumber(), 100'000U);
  EXPECT_EQ(challenge.challenge().size(), 64U);
  EXPECT_EQ(challenge.signature(),
            HexEncode(HmacSha256(AsBytes(kKey), AsBytes(challenge.challenge()))));
  const std::string end = "?expires=" + std::to_string(kNow + kLifetimeSeconds) + "&";
  EXPECT_EQ(challenge.salt().size(), 24 + end.size());
  EXPECT_TRUE(challenge.salt().ends_with(end));
  EXPECT_NE(issuer.Make(kNow).salt(), challenge.salt());
}

TEST(ProofOfWork, ASolutionIsGoodOnceAndForFiveMinutes) {
  Issuer issuer(kEasy, Issuer::RandomKey());
  const std::string header = Solve(issuer.Make(kNow));
  EXPECT_TRUE(issuer.Redeem(header, kNow).ok());
  EXPECT_EQ(CodeOf(issuer.Redeem(header, kNow)), Code::kConflict);
  EXPECT_EQ(CodeOf(issuer.Redeem(header, kNow + kLifetimeSeconds - 1)), Code::kConflict);
  EXPECT_EQ(CodeOf(issuer.Redeem(header, kNow + kLifetimeSeconds)), Code::kExpired);
  const std::string late = Solve(issuer.Make(kNow));
  EXPECT_TRUE(issuer.Redeem(late, kNow + kLifetimeSeconds - 1).ok());
  const Counters counters = issuer.counters();
  EXPECT_EQ(counters.made, 2U);
  EXPECT_EQ(counters.redeemed, 2U);
  EXPECT_EQ(counters.refused, 3U);
}

TEST(ProofOfWork, NothingOfASolutionCanBeChanged) {
  Issuer issuer(kEasy, Issuer::RandomKey());
  const v1::ChallengeSolution good = SolutionOf(issuer.Make(kNow));
  const v1::ChallengeSolution other = SolutionOf(issuer.Make(kNow + 10));
  const auto refused = [&](auto change) {
    v1::ChallengeSolution changed = good;
    change(changed);
    return CodeOf(issuer.Redeem(HeaderOf(changed), kNow));
  };
  EXPECT_EQ(refused([](auto& s) { s.set_number(s.number() + 1); }), Code::kUnverified);
  EXPECT_EQ(refused([&](auto& s) { s.set_salt(other.salt()); }), Code::kUnverified);
  EXPECT_EQ(refused([&](auto& s) { s.set_challenge(other.challenge()); }), Code::kUnverified);
  EXPECT_EQ(refused([&](auto& s) { s.set_signature(other.signature()); }), Code::kUnverified);
  EXPECT_EQ(refused([](auto& s) { s.set_algorithm("SHA-512"); }), Code::kUnsupported);
  // A salt that lives longer, under a challenge of one's own.
  EXPECT_EQ(refused([](auto& s) {
              s.set_salt(MakeSalt({}, kNow + 1'000'000));
              const std::string text = s.salt() + std::to_string(s.number());
              s.set_challenge(HexEncode(Sha256(AsBytes(text))));
            }),
            Code::kUnverified);
  // Digits of the number moved into the salt would have the same hash.
  EXPECT_EQ(refused([](auto& s) {
              const std::string digits = std::to_string(s.number());
              s.set_salt(s.salt() + digits[0]);
              s.set_number(0);
            }),
            Code::kMalformed);
  EXPECT_TRUE(issuer.Redeem(HeaderOf(good), kNow).ok());
}

TEST(ProofOfWork, EveryBitOfAHeaderCounts) {
  Issuer issuer(kEasy, Issuer::RandomKey());
  const std::string header = Solve(issuer.Make(kNow));
  const std::string json(AsText(*Base64Decode(header)));
  for (std::size_t at = 0; at < json.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = json;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      EXPECT_FALSE(issuer.Redeem(Base64Encode(AsBytes(changed)), kNow).ok()) << changed;
    }
    EXPECT_FALSE(issuer.Redeem(Base64Encode(AsBytes(json.substr(0, at))), kNow).ok());
    EXPECT_FALSE(issuer.Redeem(header.substr(0, at), kNow).ok());
  }
  EXPECT_TRUE(issuer.Redeem(header, kNow).ok());
}

TEST(ProofOfWork, ForgetsFirstWhatExpiresFirstWhenItsMemoryIsFull) {
  Issuer issuer({.max_number = 50, .remembered = 3}, Issuer::RandomKey());
  std::vector<std::string> headers;
  for (std::int64_t i = 0; i < 4; ++i) {
    headers.push_back(Solve(issuer.Make(kNow + i)));
    EXPECT_TRUE(issuer.Redeem(headers.back(), kNow + 4).ok());
  }
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(CodeOf(issuer.Redeem(headers[i], kNow + 4)), Code::kConflict);
  }
  EXPECT_TRUE(issuer.Redeem(headers[0], kNow + 4).ok());
  // What has expired makes room.
  const std::int64_t later = kNow + kLifetimeSeconds + 3;
  for (int i = 0; i < 2; ++i) {
    const std::string header = Solve(issuer.Make(later));
    EXPECT_TRUE(issuer.Redeem(header, later).ok());
    EXPECT_EQ(CodeOf(issuer.Redeem(header, later)), Code::kConflict);
  }
}

TEST(ProofOfWork, OneOfManyWinsWithTheSameSolution) {
  Issuer issuer(kEasy, Issuer::RandomKey());
  const std::string header = Solve(issuer.Make(kNow));
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) won += issuer.Redeem(header, kNow).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

}  // namespace
}  // namespace safeconduct::proof_of_work
