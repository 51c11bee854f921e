#include "gateway/program/log_keeper.h"

#include <gtest/gtest.h>

namespace safeconduct::program {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::uint32_t kHour = 3600;

TEST(Intervals, EndAtTheHourWheneverTheProcessBegan) {
  const steady_clock::time_point begin{};
  Intervals intervals;
  EXPECT_FALSE(intervals.begun());
  intervals.Made(10 * kHour + 3'000, begin, kHour);
  EXPECT_TRUE(intervals.begun());
  EXPECT_FALSE(intervals.Due(10 * kHour + 3'599, begin + seconds(599), kHour));
  EXPECT_TRUE(intervals.Due(11 * kHour, begin + seconds(600), kHour));
  intervals.Made(11 * kHour + 1, begin + seconds(601), kHour);
  EXPECT_FALSE(intervals.Due(11 * kHour + 2, begin + seconds(602), kHour));
}

// Set back by a day: promises were made by the clock as it was.
TEST(Intervals, DoNotWaitForAClockThatWasSetBack) {
  const steady_clock::time_point begin{};
  Intervals intervals;
  intervals.Made(48 * kHour, begin, kHour);
  EXPECT_TRUE(intervals.Due(24 * kHour + 5, begin + seconds(5), kHour));
  intervals.Made(24 * kHour + 5, begin + seconds(5), kHour);
  EXPECT_FALSE(intervals.Due(24 * kHour + 6, begin + seconds(6), kHour));
  // Set back a little, within the interval.
  intervals.Made(30 * kHour + 3'000, begin, kHour);
  EXPECT_FALSE(intervals.Due(30 * kHour + 10, begin + seconds(1'000), kHour));
  EXPECT_TRUE(intervals.Due(30 * kHour + 2'600, begin + seconds(3'600), kHour));
}

TEST(Intervals, EndAtOnceWhereTheClockWasSetForward) {
  const steady_clock::time_point begin{};
  Intervals intervals;
  intervals.Made(10 * kHour, begin, kHour);
  EXPECT_TRUE(intervals.Due(500 * kHour, begin + seconds(1), kHour));
}

}  // namespace
}  // namespace safeconduct::program
