// Each nonce once, for as long as it matters, within bounds; from many threads too.
#include "gateway/auth/replay_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "gateway/auth/http_signature.h"

namespace safeconduct::auth {
namespace {

constexpr std::int64_t kNow = 1'800'000'100;

PublicKey Key(std::uint32_t number) {
  PublicKey key{};
  for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return key;
}

Bytes NonceOf(std::uint32_t number) {
  Bytes nonce(16);
  for (std::size_t i = 0; i < 4; ++i) nonce[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return nonce;
}

// kExists stands for ok.
Code Try(ReplayCache& cache, std::uint32_t key, std::uint32_t nonce, std::int64_t created,
         std::int64_t now) {
  const Status status = cache.Remember(Key(key), NonceOf(nonce), created, now);
  return status.ok() ? Code::kExists : status.error().code();
}
constexpr Code kTaken = Code::kExists;
constexpr Code kRefused = Code::kUnauthorized;

TEST(ReplayCache, ANonceWorksOncePerKey) {
  ReplayCache cache({}, kNow);
  EXPECT_EQ(Try(cache, 1, 1, kNow, kNow), kTaken);
  EXPECT_EQ(Try(cache, 1, 1, kNow, kNow), kRefused);
  EXPECT_EQ(Try(cache, 1, 2, kNow, kNow), kTaken);
  EXPECT_EQ(Try(cache, 2, 1, kNow, kNow), kTaken);
  EXPECT_EQ(Try(cache, 1, 1, kNow + 1, kNow), kRefused) << "with another created";
  EXPECT_EQ(cache.counters().remembered, 3U);
  EXPECT_EQ(cache.counters().replays, 2U);
}

TEST(ReplayCache, ANonceIsRememberedAsLongAsItsSignatureHolds) {
  // Wherever `created` lies within the window and its generation.
  for (std::int64_t start = kNow; start < kNow + kWindowSeconds; start += 37) {
    for (const std::int64_t ahead : {std::int64_t{0}, std::int64_t{150}, kWindowSeconds}) {
      ReplayCache cache({}, start);
      const std::int64_t created = start + ahead;
      ASSERT_EQ(Try(cache, 1, 1, created, start), kTaken);
      for (std::int64_t now = start; now <= created + kWindowSeconds; now += 50) {
        EXPECT_EQ(Try(cache, 2, static_cast<std::uint32_t>(now - start), now, now), kTaken);
        ASSERT_EQ(Try(cache, 1, 1, created, now), kRefused) << now - start;
      }
      EXPECT_EQ(Try(cache, 1, 1, created, created + kWindowSeconds), kRefused);
      EXPECT_EQ(Try(cache, 1, 1, created, created + kWindowSeconds + 1), kRefused) << "too old";
    }
  }
}

TEST(ReplayCache, PlacesComeFreeWhenTheirTimeIsOver) {
  ReplayCache cache({.nonces = 100, .nonces_per_key = 100}, kNow);
  std::int64_t now = kNow;
  for (int round = 0; round < 10; ++round, now += 3 * kWindowSeconds) {
    for (std::uint32_t i = 0; i < 100; ++i) {
      ASSERT_EQ(Try(cache, 1, i, now, now), kTaken) << round << " " << i;
    }
    EXPECT_EQ(Try(cache, 2, 100, now, now), Code::kBusy);
  }
}

TEST(ReplayCache, OneKeyCannotFillItForAll) {
  ReplayCache cache({.nonces = 100, .nonces_per_key = 10}, kNow);
  for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(Try(cache, 1, i, kNow, kNow), kTaken);
  EXPECT_EQ(Try(cache, 1, 10, kNow, kNow), Code::kBusy);
  // The share counts over all that is alive, whatever its created.
  EXPECT_EQ(Try(cache, 1, 11, kNow + kWindowSeconds, kNow), Code::kBusy);
  EXPECT_EQ(Try(cache, 2, 10, kNow, kNow), kTaken);
  EXPECT_EQ(cache.counters().busy, 2U);
}

TEST(ReplayCache, ReplaysDoNotUseUpTheShareOfTheirVictim) {
  ReplayCache cache({.nonces = 100, .nonces_per_key = 10}, kNow);
  ASSERT_EQ(Try(cache, 1, 0, kNow, kNow), kTaken);
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(Try(cache, 1, 0, kNow, kNow), kRefused);
  for (std::uint32_t i = 1; i < 10; ++i) EXPECT_EQ(Try(cache, 1, i, kNow, kNow), kTaken);
}

TEST(ReplayCache, WhatWasMadeBeforeTheStartIsRefused) {
  ReplayCache cache({}, kNow);
  EXPECT_EQ(Try(cache, 1, 1, kNow - 1, kNow), kRefused);
  EXPECT_EQ(Try(cache, 1, 1, kNow, kNow), kTaken);
}

TEST(ReplayCache, AClockSetBackALittleForgetsNothing) {
  ReplayCache cache({}, kNow);
  ASSERT_EQ(Try(cache, 1, 1, kNow, kNow), kTaken);
  ASSERT_EQ(Try(cache, 1, 2, kNow + 400, kNow + 400), kTaken);  // kNow's window is over
  EXPECT_EQ(Try(cache, 1, 1, kNow, kNow), kRefused);
}

TEST(ReplayCache, AClockSetBackFarIsLikeAStart) {
  ReplayCache cache({}, kNow);
  ASSERT_EQ(Try(cache, 1, 1, kNow + 1'000'000, kNow + 1'000'000), kTaken);
  EXPECT_EQ(Try(cache, 1, 2, kNow - 1, kNow), kRefused);
  EXPECT_EQ(Try(cache, 1, 2, kNow, kNow), kTaken);
  EXPECT_EQ(Try(cache, 1, 2, kNow, kNow), kRefused);
}

TEST(ReplayCache, TimesOutsideTheWindowOrBeforeTimeAreRefused) {
  ReplayCache cache({}, 0);
  EXPECT_EQ(Try(cache, 1, 1, -1, 0), kRefused);
  EXPECT_EQ(Try(cache, 1, 1, 0, 0), kTaken);
  EXPECT_EQ(Try(cache, 1, 2, kWindowSeconds + 1, 0), kRefused);
}

TEST(ReplayCache, TheBoundHoldsWithManyKeysAndShards) {
  constexpr std::uint32_t kBound = 32'000;
  ReplayCache cache({.nonces = kBound, .nonces_per_key = 1'000}, kNow);
  std::uint32_t taken = 0;
  for (std::uint32_t i = 0; i < 2 * kBound; ++i) {
    if (Try(cache, i % 1'000, i, kNow, kNow) == kTaken) ++taken;
  }
  EXPECT_LE(taken, kBound);
  EXPECT_GE(taken, kBound * 9 / 10);
}

TEST(ReplayCache, OfManyThreadsOneWins) {
  ReplayCache cache({}, kNow);
  constexpr std::uint32_t kNonces = 2'000;
  std::atomic<std::uint32_t> taken = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 0; i < kNonces; ++i) {
        // Time goes on meanwhile, by two windows in all.
        const std::int64_t now = kNow + i * 2 * kWindowSeconds / kNonces;
        if (Try(cache, i % 7, i, now, now) == kTaken) ++taken;
        if (i % 100 == 0) (void)cache.counters();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(taken, kNonces);
  EXPECT_EQ(cache.counters().remembered, taken);
  EXPECT_EQ(cache.counters().replays, 6 * kNonces - taken);
  EXPECT_EQ(cache.counters().busy, 0U);
  // Nothing of the last window is taken again.
  const std::int64_t end = kNow + 2 * kWindowSeconds;
  for (std::uint32_t i = kNonces / 2 + 1; i < kNonces; ++i) {
    const std::int64_t created = kNow + i * 2 * kWindowSeconds / kNonces;
    EXPECT_EQ(Try(cache, i % 7, i, created, end), kRefused);
  }
}

}  // namespace
}  // namespace safeconduct::auth
