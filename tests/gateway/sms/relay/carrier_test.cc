#include "gateway/sms/relay/carrier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/sms/relay/world.h"

namespace safeconduct::sms {
namespace {

using ::testing::ElementsAre;

class CarrierTest : public ::testing::Test {
 protected:
  void Take(const std::string& id, const std::string& text) {
    ASSERT_TRUE(world.desk->Take(Sms(id, text)).ok());
  }
  Waiting First(bool maybe_there = false) {
    const auto places = world.store->Queue(0, 1);
    if (places->empty()) std::abort();
    return {(*places)[0], {}, {}, maybe_there};
  }
  Carried Carry(Waiting& waiting) {
    const std::unique_ptr<Gateway> client = world.gateway.Connect();
    return Carrier(*world.context, *client).Carry(waiting);
  }
  std::uint64_t Queued() { return world.store->queue_size().entries; }

  World world;
};

TEST_F(CarrierTest, AReportWhoseAnswerWasLostIsThereOnce) {
  Take("1", "text");
  Waiting waiting = First();
  world.gateway.losing = 2;
  EXPECT_EQ(Carry(waiting), Carried::kAway);
  EXPECT_EQ(Carry(waiting), Carried::kAway);
  EXPECT_EQ(Queued(), 1U);
  EXPECT_EQ(Carry(waiting), Carried::kDone);
  EXPECT_EQ(Queued(), 0U);
  EXPECT_EQ(world.gateway.cases.size(), 1U);
  EXPECT_EQ(Carry(waiting), Carried::kDone) << "it is gone";
}

TEST_F(CarrierTest, AMessageWhoseAnswerWasLostGoesAgainAsTheSameBytes) {
  Take("1", "text");
  world.Deliver();
  Take("2", "second");
  Waiting waiting = First();
  world.gateway.losing = 1;
  EXPECT_EQ(Carry(waiting), Carried::kAway);
  const std::string sent = waiting.event.event();
  EXPECT_FALSE(sent.empty());
  EXPECT_EQ(Carry(waiting), Carried::kDone);
  ASSERT_EQ(world.gateway.only().events.size(), 1U);
  EXPECT_EQ(world.gateway.only().events[0].event(), sent);
}

TEST_F(CarrierTest, AMessageWhoseAnswerWasLostIsFoundWhenOthersCameAfterIt) {
  Take("1", "text");
  world.Deliver();
  Take("2", "second");
  Waiting waiting = First();
  world.gateway.losing = 1;
  EXPECT_EQ(Carry(waiting), Carried::kAway);
  FakeGateway::Case& of = world.gateway.only();
  (void)world.Answer(of, "an answer", world.office.intake);
  waiting.event.Clear();  // as when a 409 for a new charter had come in between
  EXPECT_EQ(Carry(waiting), Carried::kDone);
  EXPECT_THAT(world.MessagesOf(of), ElementsAre("second", "an answer"));
}

TEST_F(CarrierTest, WhatTheDeskSawOfTheMailboxSparesAVisit) {
  Take("1", "text");
  world.Deliver();
  Take("2", "second");
  Waiting waiting = First();
  FakeGateway::Case& of = world.gateway.only();
  waiting.thread = {world.ThreadOf().signing, of.head};
  world.gateway.requests = 0;
  ASSERT_EQ(Carry(waiting), Carried::kDone);
  EXPECT_EQ(world.gateway.requests, 1);
  ASSERT_TRUE(waiting.thread.head.has_value());
  EXPECT_EQ(waiting.thread.head->sequence, of.head.sequence);
  EXPECT_EQ(waiting.thread.head->hash, of.head.hash);
}

TEST_F(CarrierTest, AMessageGoesAfterWhatTheDeskDidNotSee) {
  Take("1", "text");
  world.Deliver();
  FakeGateway::Case& of = world.gateway.only();
  const report::Head seen = of.head;
  (void)world.Answer(of, "an answer", world.office.intake);
  Take("2", "second");
  Waiting waiting = First();
  waiting.thread = {world.ThreadOf().signing, seen};
  EXPECT_EQ(Carry(waiting), Carried::kDone);
  EXPECT_THAT(world.MessagesOf(of), ElementsAre("an answer", "second"));
}

TEST_F(CarrierTest, AfterARestartAMessageIsLookedForBeforeItIsSaidAgain) {
  Take("1", "text");
  for (int i = 0; i < 5; ++i) Take("m" + std::to_string(i), std::to_string(i));
  world.Deliver();
  Take("2", "last");
  Waiting before = First();
  world.gateway.losing = 1;
  ASSERT_EQ(Carry(before), Carried::kAway);
  world.Restart();
  Waiting after = First(true);
  EXPECT_EQ(Carry(after), Carried::kDone);
  EXPECT_EQ(Queued(), 0U);
  EXPECT_THAT(world.MessagesOf(world.gateway.only()), ElementsAre("0", "1", "2", "3", "4", "last"));
  // One that is not there yet is said all the same.
  Take("3", "new");
  Waiting fresh = First(true);
  EXPECT_EQ(Carry(fresh), Carried::kDone);
  EXPECT_EQ(world.MessagesOf(world.gateway.only()).back(), "new");
}

TEST_F(CarrierTest, ANewCharterIsFetchedAndTheMessageGoesUnderIt) {
  Take("1", "text");
  world.Deliver();
  Take("2", "second");
  world.gateway.charters.version = 2;
  Waiting waiting = First();
  EXPECT_EQ(Carry(waiting), Carried::kDone);
  EXPECT_EQ(world.keeper->Current()->version(), 2U);
  EXPECT_THAT(world.MessagesOf(world.gateway.only()), ElementsAre("second"));
}

TEST_F(CarrierTest, WhatIsRefusedForGoodIsKept) {
  Take("1", "text");
  world.gateway.refusing = Code::kRejected;
  Waiting report = First();
  EXPECT_EQ(Carry(report), Carried::kBlocked) << "without it nothing of the thread can go";
  world.gateway.refusing = Code::kInternal;
  EXPECT_EQ(Carry(report), Carried::kDone);
  Take("2", "second");
  world.gateway.refusing = Code::kRejected;
  Waiting message = First();
  EXPECT_EQ(Carry(message), Carried::kRefused);
  EXPECT_EQ(Queued(), 1U);
  EXPECT_EQ(world.counters.rejected, 2U);
  world.gateway.refusing = Code::kBusy;
  EXPECT_EQ(Carry(message), Carried::kAway);
  world.gateway.refusing = Code::kInternal;
  EXPECT_EQ(Carry(message), Carried::kDone);
}

TEST_F(CarrierTest, AMessageWhoseEpochIsOverIsLostAndCounted) {
  Take("1", "text");
  world.Deliver();
  Take("2", "second");
  Waiting waiting = First();
  world.clock.Pass(91 * kDay);
  ASSERT_TRUE(*world.epochs->Turn(world.clock.UnixSeconds()));
  EXPECT_EQ(Carry(waiting), Carried::kDone);
  EXPECT_EQ(Queued(), 0U);
  EXPECT_EQ(world.counters.lost, 1U);
  EXPECT_TRUE(world.gateway.only().events.empty());
}

}  // namespace
}  // namespace safeconduct::sms
