#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <set>

#include "gateway/work/clock.h"
#include "gateway/work/slots.h"
#include "gateway/work/timer.h"
#include "gateway/work/worker_pool.h"

namespace safeconduct::work {
namespace {

TEST(WorkerPoolTest, RunsEverythingThatItTook) {
  std::atomic<int> done{0};
  {
    WorkerPool pool(3, 1'000);
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(pool.Post([&] { ++done; }).ok());
    for (int i = 0; i < 500; ++i) pool.PostAdmitted([&] { ++done; });
  }
  EXPECT_EQ(done, 1'000);
}

TEST(WorkerPoolTest, BoundsWhatWaitsButNotWhatWasAdmitted) {
  WorkerPool pool(1, 2);
  std::latch started(1);
  std::latch release(1);
  pool.PostAdmitted([&] {
    started.count_down();
    release.wait();
  });
  started.wait();
  std::atomic<int> done{0};
  EXPECT_TRUE(pool.Post([&] { ++done; }).ok());
  EXPECT_TRUE(pool.Post([&] { ++done; }).ok());
  EXPECT_EQ(pool.Post([&] { ++done; }).error().code(), Code::kBusy);
  pool.PostAdmitted([&] { ++done; });
  EXPECT_EQ(pool.waiting(), 3U);
  release.count_down();
  pool.Stop();
  EXPECT_EQ(done, 3);
}

TEST(WorkerPoolTest, AfterStopItTakesNothingNewAndLosesNothingAdmitted) {
  WorkerPool pool(2, 10);
  pool.Stop();
  bool done = false;
  EXPECT_EQ(pool.Post([&] { done = true; }).error().code(), Code::kUnavailable);
  EXPECT_FALSE(done);
  pool.PostAdmitted([&] { done = true; });
  EXPECT_TRUE(done);
  pool.Stop();
}

TEST(WorkerPoolTest, WorkIsLetGoWhenItIsDone) {
  WorkerPool pool(1, 10);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  std::promise<void> second;
  EXPECT_TRUE(pool.Post([held] {}).ok());
  held.reset();
  EXPECT_TRUE(pool.Post([&] { second.set_value(); }).ok());
  second.get_future().wait();
  EXPECT_TRUE(watch.expired());
}

TEST(SlotsTest, AreGivenBackWhenTheyDie) {
  Slots slots(2);
  auto first = slots.Take();
  auto second = slots.Take();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(slots.Take());
  Slots::Slot moved = *std::move(first);
  first.reset();
  EXPECT_FALSE(slots.Take());
  second.reset();
  EXPECT_TRUE(slots.Take());
  EXPECT_FALSE(Slots(0).Take());
}

TEST(TimerTest, DoesItsWorkAgainAndAgainUntilItDies) {
  std::atomic<int> rounds{0};
  std::promise<void> third;
  {
    Timer timer(std::chrono::milliseconds(1), [&] {
      if (++rounds == 3) third.set_value();
    });
    third.get_future().wait();
  }
  const int at_end = rounds;
  EXPECT_GE(at_end, 3);
  // Nothing is left that could go on counting; and one that never came to its turn ends at once.
  Timer late(std::chrono::hours(1), [&] { ++rounds; });
  EXPECT_EQ(rounds, at_end);
}

TEST(ClockTest, TimesAreRoundedToTheirUnit) {
  EXPECT_EQ(RoundDown(7'199, kHourSeconds), 3'600);
  EXPECT_EQ(RoundDown(7'200, kHourSeconds), 7'200);
  EXPECT_EQ(RoundUp(7'201, kHourSeconds), 10'800);
  EXPECT_EQ(RoundUp(7'200, kHourSeconds), 7'200);
  EXPECT_EQ(RoundDown(kDaySeconds + 5, kDaySeconds), kDaySeconds);
}

}  // namespace
}  // namespace safeconduct::work
