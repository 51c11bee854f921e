#include "gateway/routes/outbox_waiters.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace safeconduct::routes {
namespace {

using Wake = OutboxWaiters::Wake;
using Time = OutboxWaiters::Time;

storage::HolderKey Relay(std::uint8_t number) {
  storage::HolderKey key{};
  key.fill(number);
  return key;
}

Time At(int seconds) { return Time(std::chrono::seconds(seconds)); }

// Says in one string what happened to the calls, each by its letter: n news, o over.
struct Record {
  OutboxWaiters::Resume For(char letter) {
    return [this, letter](Wake wake) {
      said += letter;
      said += wake == Wake::kNews ? 'n' : 'o';
    };
  }
  std::string said;
};

TEST(OutboxWaitersTest, NewsWakesThoseOfThatRelay) {
  OutboxWaiters waiters;
  Record record;
  waiters.Park(Relay(1), 0, At(30), record.For('a'));
  waiters.Park(Relay(2), 0, At(30), record.For('b'));
  waiters.Park(Relay(1), 0, At(30), record.For('c'));
  EXPECT_EQ(record.said, "");
  waiters.Tell(Relay(1));
  EXPECT_EQ(record.said, "ancn");
  EXPECT_EQ(waiters.waiting(), 1u);
  waiters.Tell(Relay(3));
  EXPECT_EQ(record.said, "ancn");
  waiters.Tell(Relay(2));
  EXPECT_EQ(record.said, "ancnbn");
  EXPECT_EQ(waiters.waiting(), 0u);
}

TEST(OutboxWaitersTest, NewsBetweenLookingAndParkingIsNotLost) {
  OutboxWaiters waiters;
  Record record;
  const std::uint64_t seen = waiters.NewsOf(Relay(1));
  waiters.Tell(Relay(1));
  waiters.Park(Relay(1), seen, At(30), record.For('a'));
  EXPECT_EQ(record.said, "an");
  waiters.Park(Relay(1), waiters.NewsOf(Relay(1)), At(30), record.For('b'));
  EXPECT_EQ(record.said, "an") << "that was seen";
  waiters.Park(Relay(2), waiters.NewsOf(Relay(2)), At(30), record.For('c'));
  EXPECT_EQ(record.said, "an") << "another's news is none";
  EXPECT_EQ(waiters.waiting(), 2u);
}

TEST(OutboxWaitersTest, EachWaitsUntilItsDeadline) {
  OutboxWaiters waiters;
  Record record;
  waiters.Park(Relay(1), 0, At(30), record.For('a'));
  waiters.Park(Relay(1), 0, At(10), record.For('b'));
  waiters.EndOverdue(At(9));
  EXPECT_EQ(record.said, "");
  waiters.EndOverdue(At(10));
  EXPECT_EQ(record.said, "bo");
  waiters.EndOverdue(At(60));
  EXPECT_EQ(record.said, "boao");
}

TEST(OutboxWaitersTest, PlacesAreBoundedInAllAndForEach) {
  OutboxWaiters waiters({.places = 3, .of_one_relay = 2});
  Record record;
  waiters.Park(Relay(1), 0, At(30), record.For('a'));
  waiters.Park(Relay(1), 0, At(30), record.For('b'));
  waiters.Park(Relay(1), 0, At(30), record.For('c'));
  EXPECT_EQ(record.said, "ao") << "the first of this relay makes room";
  waiters.Park(Relay(2), 0, At(30), record.For('d'));
  waiters.Park(Relay(2), 0, At(30), record.For('e'));
  EXPECT_EQ(record.said, "aoeo") << "there is no place";
  waiters.Park(Relay(1), 0, At(30), record.For('f'));
  EXPECT_EQ(record.said, "aoeobo") << "one of its own still makes room";
  EXPECT_EQ(waiters.waiting(), 3u);
}

TEST(OutboxWaitersTest, TheEndWakesAllAndLetsNobodyWait) {
  Record record;
  {
    OutboxWaiters waiters;
    waiters.Park(Relay(1), 0, At(30), record.For('a'));
    waiters.Stop();
    EXPECT_EQ(record.said, "ao");
    waiters.Park(Relay(1), 0, At(30), record.For('b'));
    EXPECT_EQ(record.said, "aobo");
    waiters.Tell(Relay(1));
    EXPECT_EQ(waiters.waiting(), 0u);
  }
  {
    OutboxWaiters dies;
    dies.Park(Relay(1), 0, At(30), record.For('c'));
  }
  EXPECT_EQ(record.said, "aoboco");
}

// Whoever looks, parks and looks again sees everything that was told, on many threads.
TEST(OutboxWaitersTest, NothingIsLostBetweenThreads) {
  OutboxWaiters waiters;
  constexpr int kRounds = 2'000;
  std::atomic<int> stored{0};
  std::thread writer([&] {
    for (int i = 0; i < kRounds; ++i) {
      ++stored;
      waiters.Tell(Relay(1));
    }
  });
  int seen = 0;
  while (seen < kRounds) {
    const std::uint64_t news = waiters.NewsOf(Relay(1));
    const int now = stored.load();
    if (now > seen) {
      seen = now;
      continue;
    }
    std::atomic<bool> woken{false};
    waiters.Park(Relay(1), news, At(30), [&](Wake wake) {
      EXPECT_EQ(wake, Wake::kNews);
      woken = true;
      woken.notify_one();
    });
    woken.wait(false);
  }
  writer.join();
  EXPECT_EQ(waiters.waiting(), 0u);
}

}  // namespace
}  // namespace safeconduct::routes
