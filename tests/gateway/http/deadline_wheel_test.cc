#include "gateway/http/deadline_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace safeconduct::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Clock = DeadlineWheel::Clock;

constexpr milliseconds kTick(10);

struct Probe final : DeadlineWheel::Entry {
  void OnDeadline() override {
    ++calls;
    if (then) then();
  }
  int calls = 0;
  std::function<void()> then;
};

class Wheel : public testing::Test {
 protected:
  void AdvanceTo(milliseconds since_start) { wheel_.Advance(start_ + since_start); }

  const Clock::time_point start_{hours(1000)};
  DeadlineWheel wheel_{kTick, start_};
};

TEST_F(Wheel, MeetsEachDeadlineNeverEarlyAndAtMostOneTickLate) {
  for (int at = 0; at < 12'000; at += 7) {  // beyond one turn, too
    DeadlineWheel wheel(kTick, start_);
    Probe probe;
    wheel.Arm(probe, start_ + milliseconds(at));
    int now = 0;
    while (probe.calls == 0 && now < 20'000) wheel.Advance(start_ + milliseconds(now += 3));
    EXPECT_GE(now, at);
    EXPECT_LE(now, std::max(at, 1) + 10 + 3);
    EXPECT_TRUE(wheel.empty());
  }
}

TEST_F(Wheel, KeepsTheLastDeadlineThatWasSet) {
  Probe later;
  wheel_.Arm(later, start_ + milliseconds(50));
  wheel_.Arm(later, start_ + milliseconds(500));
  Probe sooner;
  wheel_.Arm(sooner, start_ + milliseconds(500));
  wheel_.Arm(sooner, start_ + milliseconds(50));
  AdvanceTo(milliseconds(60));
  EXPECT_EQ(later.calls, 0);
  EXPECT_EQ(sooner.calls, 1);
  AdvanceTo(milliseconds(510));
  EXPECT_EQ(later.calls, 1);
  EXPECT_EQ(sooner.calls, 1);
}

TEST_F(Wheel, ForgetsWhatIsDisarmedOrDestroyed) {
  Probe disarmed;
  wheel_.Arm(disarmed, start_ + milliseconds(50));
  wheel_.Disarm(disarmed);
  {
    Probe destroyed;
    wheel_.Arm(destroyed, start_ + milliseconds(50));
  }
  AdvanceTo(milliseconds(1000));
  EXPECT_EQ(disarmed.calls, 0);
  EXPECT_TRUE(wheel_.empty());
  wheel_.Arm(disarmed, start_ + milliseconds(1100));
  AdvanceTo(milliseconds(1110));
  EXPECT_EQ(disarmed.calls, 1);
}

TEST_F(Wheel, FiresOnceForEachTimeItIsArmed) {
  Probe probe;
  wheel_.Arm(probe, start_ + milliseconds(20));
  AdvanceTo(milliseconds(10'000));
  AdvanceTo(milliseconds(20'000));
  EXPECT_EQ(probe.calls, 1);
}

TEST_F(Wheel, CatchesUpAfterALongPause) {
  std::vector<std::unique_ptr<Probe>> probes;
  for (int i = 1; i <= 100; ++i) {
    probes.push_back(std::make_unique<Probe>());
    wheel_.Arm(*probes.back(), start_ + milliseconds(i * 97));
  }
  AdvanceTo(std::chrono::duration_cast<milliseconds>(hours(24)));
  for (const auto& probe : probes) EXPECT_EQ(probe->calls, 1);
}

TEST_F(Wheel, LetsEntriesArmAndDieWhileItFires) {
  auto victim = std::make_unique<Probe>();
  Probe first;
  Probe again;
  wheel_.Arm(first, start_ + milliseconds(20));
  wheel_.Arm(*victim, start_ + milliseconds(20));
  first.then = [&] {
    victim.reset();
    wheel_.Arm(again, start_ + milliseconds(20));             // past already
    wheel_.Arm(first, start_ + milliseconds(20 + 512 * 10));  // the same slot
    first.then = nullptr;
  };
  AdvanceTo(milliseconds(30));
  AdvanceTo(milliseconds(50));
  EXPECT_EQ(first.calls, 1);
  EXPECT_EQ(again.calls, 1);
  AdvanceTo(milliseconds(6000));
  EXPECT_EQ(first.calls, 2);
  EXPECT_TRUE(wheel_.empty());
}

TEST_F(Wheel, AgreesWithASimpleList) {
  std::mt19937 random(11);
  std::vector<std::unique_ptr<Probe>> probes;
  std::vector<int> due(50, -1);
  std::vector<int> expected(50, 0);
  for (int i = 0; i < 50; ++i) probes.push_back(std::make_unique<Probe>());
  for (int now = 0; now < 30'000; now += 10) {
    for (std::size_t i = 0; i < 50; ++i) {
      if (due[i] >= 0 && due[i] <= now) {
        ++expected[i];
        due[i] = -1;
      }
    }
    AdvanceTo(milliseconds(now));
    for (std::size_t i = 0; i < 50; ++i) ASSERT_EQ(probes[i]->calls, expected[i]) << now;
    const std::size_t i = random() % 50;
    if (random() % 4 == 0) {
      wheel_.Disarm(*probes[i]);
      due[i] = -1;
    } else {
      due[i] = now + 10 + static_cast<int>(random() % 900) * 10;
      wheel_.Arm(*probes[i], start_ + milliseconds(due[i]));
    }
  }
}

}  // namespace
}  // namespace safeconduct::http
