#include "gateway/sms/inbound/limits.h"

#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

constexpr std::int64_t kStart = 1'800'000'000;
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 86'400;

Number NumberOf(std::uint64_t i) { return {std::to_string(41'790'000'000 + i)}; }

LimitSettings Small() { return {3, 5, 1'000, 1'000, 1'000}; }

TEST(Limits, OfOneNumberInAnHourAndADay) {
  Limits limits(Small());
  const Number one = NumberOf(1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.Admit(one, kStart + i), Admission::kTaken);
  EXPECT_EQ(limits.Admit(one, kStart + 3), Admission::kNumberHour);
  EXPECT_EQ(limits.Admit(NumberOf(2), kStart + 3), Admission::kTaken);
  EXPECT_EQ(limits.Admit(one, kStart + kHour - 1), Admission::kNumberHour);
  EXPECT_EQ(limits.Admit(one, kStart + kHour), Admission::kTaken);
  EXPECT_EQ(limits.Admit(one, kStart + kHour), Admission::kTaken);
  // What was refused did not count: these were five.
  EXPECT_EQ(limits.Admit(one, kStart + kHour), Admission::kNumberDay);
  EXPECT_EQ(limits.Admit(one, kStart + kDay - 1), Admission::kNumberDay);
  EXPECT_EQ(limits.Admit(one, kStart + kDay), Admission::kTaken);
  const LimitCounters counters = limits.counters();
  EXPECT_EQ(counters.taken, 7U);
  EXPECT_EQ(counters.refused_number_hour, 2U);
  EXPECT_EQ(counters.refused_number_day, 2U);
  EXPECT_EQ(counters.refused_all, 0U);
}

TEST(Limits, OfAllInAMinute) {
  LimitSettings settings = Small();
  settings.per_minute = 10;
  Limits limits(settings);
  for (std::uint64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(limits.Admit(NumberOf(i), kStart), Admission::kTaken);
  }
  EXPECT_EQ(limits.Admit(NumberOf(10), kStart + 59), Admission::kAll);
  EXPECT_EQ(limits.Admit(NumberOf(10), kStart + 60), Admission::kTaken);
  EXPECT_EQ(limits.counters().refused_all, 1U);
}

TEST(Limits, APhraseOnceADayToEachNumber) {
  Limits limits(Small());
  EXPECT_TRUE(limits.MayReply(NumberOf(1), Phrase::kReceived, kStart));
  EXPECT_FALSE(limits.MayReply(NumberOf(1), Phrase::kReceived, kStart + kDay - 1));
  EXPECT_TRUE(limits.MayReply(NumberOf(1), Phrase::kHelp, kStart));
  EXPECT_TRUE(limits.MayReply(NumberOf(2), Phrase::kReceived, kStart));
  EXPECT_TRUE(limits.MayReply(NumberOf(1), Phrase::kReceived, kStart + kDay));
  EXPECT_EQ(limits.counters().replies, 4U);
  EXPECT_EQ(limits.counters().replies_refused, 0U);
}

TEST(Limits, OfRepliesInADay) {
  LimitSettings settings = Small();
  settings.replies_per_day = 2;
  Limits limits(settings);
  EXPECT_TRUE(limits.MayReply(NumberOf(1), Phrase::kReceived, kStart));
  EXPECT_TRUE(limits.MayReply(NumberOf(2), Phrase::kReceived, kStart));
  EXPECT_FALSE(limits.MayReply(NumberOf(3), Phrase::kReceived, kStart));
  EXPECT_EQ(limits.counters().replies_refused, 1U);
  // What was not said may still be.
  EXPECT_TRUE(limits.MayReply(NumberOf(3), Phrase::kReceived, kStart + kDay));
}

TEST(Limits, OnlySoManyNumbersAreRemembered) {
  LimitSettings settings = {1, 1, 1'000'000, 1'000, 100};
  Limits limits(settings);
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    EXPECT_EQ(limits.Admit(NumberOf(i), kStart), Admission::kTaken);
  }
  EXPECT_EQ(limits.counters().forgotten, 900U);
  for (std::uint64_t i = 900; i < 1'000; ++i) {
    EXPECT_EQ(limits.Admit(NumberOf(i), kStart), Admission::kNumberDay);
  }
  EXPECT_EQ(limits.Admit(NumberOf(0), kStart), Admission::kTaken);
  // Of yesterday nothing is remembered, so nothing need be forgotten.
  EXPECT_EQ(limits.counters().forgotten, 901U);
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(limits.Admit(NumberOf(i), kStart + kDay), Admission::kTaken);
  }
  EXPECT_EQ(limits.counters().forgotten, 901U);
}

TEST(Limits, AClockThatGoesBackGivesNothingAway) {
  Limits limits(Small());
  const Number one = NumberOf(1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.Admit(one, kStart), Admission::kTaken);
  EXPECT_EQ(limits.Admit(one, kStart - kDay), Admission::kNumberHour);
  EXPECT_TRUE(limits.MayReply(one, Phrase::kHelp, kStart));
  EXPECT_FALSE(limits.MayReply(one, Phrase::kHelp, kStart - 10 * kDay));
}

}  // namespace
}  // namespace safeconduct::sms
