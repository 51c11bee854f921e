#include "gateway/sms/relay/lines.h"

#include <gtest/gtest.h>

#include "gateway/sms/relay/backoff.h"

namespace safeconduct::sms {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

storage::RelayPlace Place(std::uint64_t sequence, std::uint8_t thread) {
  storage::RelayPlace place;
  place.sequence = sequence;
  place.thread.fill(thread);
  return place;
}

class LinesTest : public ::testing::Test {
 protected:
  void Add(std::uint64_t sequence, std::uint8_t thread) {
    lines.Add(Place(sequence, thread), false);
  }
  // The sequence of what is next; 0: nothing.
  std::uint64_t Next() {
    last = lines.Next(now);
    return last ? last->place.sequence : 0;
  }
  void Finish(Waiting waiting, Carried carried) { lines.Finish(std::move(waiting), carried, now); }
  void Finish(Carried carried) { Finish(std::move(last).value(), carried); }

  Lines lines;
  Lines::Time now{seconds(1'000'000)};
  std::optional<Waiting> last;
};

TEST_F(LinesTest, OneAfterAnotherInAThreadAndThreadsTogether) {
  Add(1, 1);
  Add(2, 1);
  Add(3, 2);
  EXPECT_EQ(Next(), 1U);
  const Waiting first = *last;
  EXPECT_EQ(Next(), 3U) << "the second waits for the first";
  const Waiting third = *last;
  EXPECT_EQ(Next(), 0U);
  Finish(first, Carried::kDone);
  EXPECT_EQ(Next(), 2U);
  const Waiting second = *last;
  Add(4, 1);
  EXPECT_EQ(Next(), 0U);
  Finish(second, Carried::kDone);
  Finish(third, Carried::kDone);
  EXPECT_EQ(Next(), 4U);
}

TEST_F(LinesTest, WhileTheGatewayIsAwayOneTries) {
  Add(1, 1);
  Add(2, 2);
  Add(3, 3);
  ASSERT_EQ(Next(), 1U);
  Finish(Carried::kAway);
  EXPECT_TRUE(lines.away());
  EXPECT_EQ(Next(), 0U);
  ASSERT_TRUE(lines.NextDue().has_value());
  EXPECT_GE(*lines.NextDue() - now, kFirstPause / 2);
  EXPECT_LE(*lines.NextDue() - now, kFirstPause);
  now = *lines.NextDue();
  ASSERT_EQ(Next(), 1U) << "it keeps its place";
  const Waiting one = *last;
  EXPECT_EQ(Next(), 0U) << "one try at a time";
  Finish(one, Carried::kDone);
  EXPECT_FALSE(lines.away());
  EXPECT_EQ(Next(), 2U);
  EXPECT_EQ(Next(), 3U);
}

TEST_F(LinesTest, PausesGrowToAMinuteAndEndAtOnceWhenItIsBack) {
  Add(1, 1);
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(Next(), 1U);
    Finish(Carried::kAway);
    now = *lines.NextDue();
  }
  ASSERT_EQ(Next(), 1U);
  Finish(Carried::kAway);
  EXPECT_GE(*lines.NextDue() - now, seconds(30));
  EXPECT_LE(*lines.NextDue() - now, seconds(60));
  EXPECT_EQ(Next(), 0U);
  lines.GatewayIsBack();
  EXPECT_EQ(Next(), 1U);
}

TEST_F(LinesTest, WhatHasAProblemOfItsOwnHoldsUpItsThreadOnly) {
  Add(1, 1);
  Add(2, 1);
  Add(3, 2);
  ASSERT_EQ(Next(), 1U);
  Finish(Carried::kLater);
  EXPECT_EQ(Next(), 3U);
  Finish(Carried::kDone);
  EXPECT_EQ(Next(), 0U);
  now += seconds(1);
  EXPECT_EQ(Next(), 1U);
}

TEST_F(LinesTest, WhatIsRefusedIsKeptAndTriedHourly) {
  Add(1, 1);
  Add(2, 1);
  ASSERT_EQ(Next(), 1U);
  Finish(Carried::kRefused);
  EXPECT_EQ(lines.refused(), 1U);
  ASSERT_EQ(Next(), 2U) << "what comes after it goes on";
  Finish(Carried::kDone);
  now += hours(1) - seconds(1);
  EXPECT_EQ(Next(), 0U);
  now += seconds(1);
  EXPECT_EQ(Next(), 1U);
  Finish(Carried::kBlocked);
  Add(5, 1);
  EXPECT_EQ(Next(), 0U) << "nothing of the thread goes without it";
  now += hours(1);
  EXPECT_EQ(Next(), 1U);
}

TEST_F(LinesTest, WhatTheTryMustKnowStaysWithIt) {
  lines.Add(Place(1, 1), true);
  ASSERT_EQ(Next(), 1U);
  EXPECT_TRUE(last->maybe_there);
  last->event.set_event("as it was sent");
  Finish(Carried::kAway);
  now += seconds(60);
  ASSERT_EQ(Next(), 1U);
  EXPECT_EQ(last->event.event(), "as it was sent");
}

class KnownThreadTest : public LinesTest {
 protected:
  ThreadNow Known(std::uint64_t sequence) { return {keys, report::Head{sequence, {}}}; }
  std::uint64_t HeadOfLast() { return last->thread.head ? last->thread.head->sequence : 0; }

  const ThreadKeysPtr keys = std::make_shared<const ThreadKeys>(
      Epoch(1, 0, SecretArray<32>::Random()), "mission", Number{"41791234567"});
};

TEST_F(KnownThreadTest, IsHandedFromOneToTheNextInItsThread) {
  lines.Add(Place(1, 1), false, Known(3));
  lines.Add(Place(2, 1), false, Known(3));
  Add(3, 2);
  ASSERT_EQ(Next(), 1U);
  EXPECT_EQ(last->thread.keys, keys);
  EXPECT_EQ(HeadOfLast(), 3U);
  last->thread.head->sequence = 4;  // it was appended
  Finish(Carried::kDone);
  ASSERT_EQ(Next(), 3U);
  EXPECT_EQ(last->thread.keys, nullptr) << "another thread";
  Finish(Carried::kDone);
  ASSERT_EQ(Next(), 2U);
  EXPECT_EQ(HeadOfLast(), 4U);
  Finish(Carried::kDone);
  last.reset();
  EXPECT_EQ(keys.use_count(), 1) << "kept with nothing to carry";
}

TEST_F(KnownThreadTest, IsForgottenWhereNothingMoves) {
  for (const Carried carried : {Carried::kLater, Carried::kBlocked, Carried::kAway}) {
    lines = Lines();
    lines.Add(Place(1, 1), false, Known(3));
    lines.Add(Place(2, 1), false, Known(3));
    lines.Add(Place(3, 2), false, Known(3));
    ASSERT_EQ(Next(), 1U);
    Finish(carried);
    last.reset();
    EXPECT_EQ(keys.use_count(), carried == Carried::kAway ? 1 : 2);
  }
  lines.Add(Place(4, 4), false, Known(3));
  EXPECT_EQ(keys.use_count(), 1) << "the gateway is away";
}

TEST_F(KnownThreadTest, IsKeptForSoManyThreadsOnly) {
  for (std::size_t i = 0; i < Lines::kMostKept + 10; ++i) {
    storage::RelayPlace place = Place(i + 1, 0);
    place.thread[0] = static_cast<std::uint8_t>(i);
    place.thread[1] = static_cast<std::uint8_t>(i >> 8);
    lines.Add(place, false, Known(3));
  }
  EXPECT_EQ(keys.use_count(), 1 + static_cast<long>(Lines::kMostKept));
}

TEST(PauseAfter, IsBoundedAndSpread) {
  for (std::uint32_t failures = 0; failures < 100; ++failures) {
    const milliseconds pause = PauseAfter(failures);
    EXPECT_GE(pause, kFirstPause / 2);
    EXPECT_LE(pause, kLongestPause);
  }
  std::set<milliseconds> seen;
  for (int i = 0; i < 50; ++i) seen.insert(PauseAfter(8));
  EXPECT_GT(seen.size(), 10U);
}

}  // namespace
}  // namespace safeconduct::sms
