#include "gateway/sms/relay/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/sms/relay/killing_store.h"
#include "tests/gateway/sms/relay/world.h"

namespace safeconduct::sms {
namespace {

using ::testing::ElementsAre;

class AnswersTest : public ::testing::Test {
 protected:
  AnswersTest() {
    EXPECT_TRUE(world.desk->Take(Sms("1", "text")).ok());
    world.Deliver();
    client = world.gateway.Connect();
  }
  FakeGateway::Case& of() { return world.gateway.only(); }
  v1::OutboxItem Answer(const std::string& text) {
    return world.Answer(of(), text, world.office.intake);
  }
  storage::SendToken Take(const v1::OutboxItem& item, Next next = Next::kSend) {
    const auto taken = world.outgoing->TakeItem(item);
    EXPECT_TRUE(taken.ok()) << taken.error().message();
    EXPECT_EQ(taken->next, next);
    return taken->token;
  }
  Next Send(const storage::SendToken& token) { return world.outgoing->Send(token, phone); }
  Next Report(const storage::SendToken& token) { return world.outgoing->Report(token, *client); }
  // What the case has about the answer, in order.
  std::vector<int> States() {
    std::vector<int> states;
    for (const v1::Event& event : world.gateway.deliveries) {
      states.push_back(event.delivery().state());
      EXPECT_EQ(event.author(), testing::KeyText(world.relay, identity::Purpose::kEvent));
    }
    return states;
  }
  Status Hear(const std::string& token, const std::string& provider_id, DeliveryNews news) {
    return world.desk->Take(DeliveryReport{token, provider_id, news});
  }

  World world;
  FakeProvider phone;
  std::unique_ptr<Gateway> client;
};

TEST_F(AnswersTest, AnAnswerReachesThePhoneAndTheCaseHearsOfIt) {
  const v1::OutboxItem item = Answer("Come to the clinic on Monday.");
  const storage::SendToken token = Take(item);
  EXPECT_EQ(Send(token), Next::kReport);
  ASSERT_EQ(phone.sent.size(), 1U);
  EXPECT_EQ(phone.sent[0].to, kNumber.digits);
  EXPECT_EQ(phone.sent[0].text, "Come to the clinic on Monday.");
  EXPECT_EQ(phone.sent[0].token.size(), 32U);
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_SENT));
  EXPECT_EQ(world.gateway.deliveries[0].delivery().message(), 1U);

  ASSERT_TRUE(Hear(phone.sent[0].token, "", DeliveryNews::kDelivered).ok());
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_SENT, v1::DELIVERY_STATE_DELIVERED));
  ASSERT_TRUE(Hear(phone.sent[0].token, "", DeliveryNews::kFailed).ok());
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_EQ(States().size(), 2U) << "what was delivered stays delivered";
  EXPECT_FALSE(world.IsOnDisk("Come to the clinic"));
  EXPECT_FALSE(world.IsOnDisk(kNumber.digits));
}

TEST_F(AnswersTest, WhatIsOfferedAgainIsNotSentAgain) {
  const v1::OutboxItem item = Answer("text");
  const storage::SendToken token = Take(item);
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_EQ(Take(item, Next::kReport), token);
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_EQ(Report(token), Next::kNothing);
  // A gateway restored from a backup has no word of it, and is told again.
  world.Restart();
  world.gateway.deliveries.clear();
  of().events.pop_back();
  of().head = {item.sequence(), ToArray<32>(AsBytes(item.head()))};
  EXPECT_EQ(Take(item, Next::kReport), token);
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_SENT));
  EXPECT_EQ(phone.sent.size(), 1U);
}

// Killed at each write, before and after it: the answer goes out at most once, and in the end the
// case knows what became of it.
TEST_F(AnswersTest, KilledAnywhereItIsSentAtMostOnceAndReported) {
  int points = 0;
  for (int at = 1; at < 100; ++at) {
    const v1::OutboxItem item = Answer("text " + std::to_string(at));
    phone.sent.clear();
    world.gateway.deliveries.clear();
    KillingStore store(*world.store, at);
    const Context context{world.settings, *world.limits, world.relay, store,
                          *world.epochs,  *world.keeper, world.clock, world.counters};
    bool killed = false;
    storage::SendToken token{};
    try {
      Outgoing outgoing(context);
      token = outgoing.TakeItem(item)->token;
      (void)outgoing.Send(token, phone);
      (void)outgoing.Report(token, *client);
    } catch (const Killed&) {
      killed = true;
    }
    if (!killed) {
      points = at - 1;
      EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_SENT));
      break;
    }
    // A new process, for which the outbox has it still unless it was reported.
    Outgoing outgoing(*world.context);
    if (world.gateway.deliveries.empty()) token = outgoing.TakeItem(item)->token;
    token = TokenOf(*world.store, item.report_hash(), 0 + item.sequence());
    Next next = Outgoing::LeftOf(*world.store->FindOutgoing(token));
    for (int steps = 0; next != Next::kNothing && steps < 10; ++steps) {
      next = next == Next::kReport ? outgoing.Report(token, *client) : outgoing.Send(token, phone);
    }
    EXPECT_EQ(next, Next::kNothing) << at;
    ASSERT_LE(phone.sent.size(), 1U) << at;
    ASSERT_GE(States().size(), 1U) << at;
    const int last = States().back();
    // What was not sent for certain is never said to be, and the other way round.
    if (phone.sent.empty()) {
      EXPECT_EQ(last, v1::DELIVERY_STATE_UNSURE) << at;
    } else {
      EXPECT_TRUE(last == v1::DELIVERY_STATE_SENT || last == v1::DELIVERY_STATE_UNSURE) << at;
    }
  }
  // Taken, begun, ended, reported: four writes.
  EXPECT_GE(points, 8);
}

TEST_F(AnswersTest, OnlyWhereNothingWasSentItIsTriedAgain) {
  const storage::SendToken token = Take(Answer("text"));
  phone.result = {Sending::kLater, ""};
  EXPECT_EQ(Send(token), Next::kLater);
  EXPECT_EQ(Send(token), Next::kLater);
  EXPECT_EQ(phone.sent.size(), 2U);
  EXPECT_EQ(Report(token), Next::kNothing) << "nothing is said yet";
  world.clock.Pass(kDay + 2 * 3600);
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_EQ(phone.sent.size(), 2U) << "after a day it is not tried any more";
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_FAILED));
}

TEST_F(AnswersTest, RefusedAndUnsureAreSaidAndNotTriedAgain) {
  phone.result = {Sending::kRefused, ""};
  const storage::SendToken refused = Take(Answer("one"));
  EXPECT_EQ(Send(refused), Next::kReport);
  EXPECT_EQ(Report(refused), Next::kNothing);
  phone.result = {Sending::kUnsure, ""};
  const storage::SendToken unsure = Take(Answer("two"));
  EXPECT_EQ(Send(unsure), Next::kReport);
  EXPECT_EQ(Send(unsure), Next::kReport);
  EXPECT_EQ(Report(unsure), Next::kNothing);
  EXPECT_EQ(phone.sent.size(), 2U);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_FAILED, v1::DELIVERY_STATE_UNSURE));
}

TEST_F(AnswersTest, AfterStopNothingIsSentAndTheCaseHearsIt) {
  const storage::SendToken token = Take(Answer("text"));
  ASSERT_TRUE(world.desk->Take(Sms("2", "STOP")).ok());
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_TRUE(phone.sent.empty());
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_STOPPED));
  ASSERT_TRUE(world.desk->Take(Sms("3", "START")).ok());
  EXPECT_EQ(Send(Take(Answer("again"))), Next::kReport);
  EXPECT_EQ(phone.sent.size(), 1U);
}

TEST_F(AnswersTest, WhatNobodyMayWriteIsNotSent) {
  std::vector<v1::OutboxItem> bad;
  bad.push_back(world.Answer(of(), "by an auditor", world.office.auditor));
  bad.push_back(world.Answer(of(), "by a stranger", world.office.outsider));
  bad.push_back(world.Answer(of(), "by the relay itself", world.relay));
  bad.push_back(Answer("with a bad signature"));
  bad.back().mutable_message()->mutable_signature()->back() ^= 1;
  for (const v1::OutboxItem& item : bad) {
    const storage::SendToken token = Take(item, Next::kReport);
    EXPECT_EQ(Send(token), Next::kReport);
  }
  EXPECT_TRUE(phone.sent.empty());
  EXPECT_EQ(world.counters.answers_failed, bad.size());
}

TEST_F(AnswersTest, AMessageOfAnotherCaseIsNotSent) {
  ASSERT_TRUE(world.desk->Take(Sms("2", "text", kOther)).ok());
  world.Deliver();
  FakeGateway::Case& mine = world.gateway.cases.at(std::string(AsText(world.ThreadOf().mailbox())));
  FakeGateway::Case& theirs =
      world.gateway.cases.at(std::string(AsText(world.ThreadOf(kOther).mailbox())));
  // The capsule of one person with the answer to another.
  v1::OutboxItem item = world.Answer(mine, "for one", world.office.intake);
  item.set_capsule(theirs.manifest.relay().capsule());
  const storage::SendToken token = Take(item);
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_TRUE(phone.sent.empty());
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_FAILED));
}

TEST_F(AnswersTest, WhenTheEpochIsOverItHasFailed) {
  const v1::OutboxItem item = Answer("text");
  world.clock.Pass(91 * kDay);
  ASSERT_TRUE(*world.epochs->Turn(world.clock.UnixSeconds()));
  ASSERT_TRUE(world.store->KeepEpochs(world.epochs->Numbers()).ok());
  const storage::SendToken token = Take(item, Next::kReport);
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_FAILED));
  EXPECT_TRUE(phone.sent.empty());
}

TEST_F(AnswersTest, AHeadThatHasMovedOnIsReadAgain) {
  const storage::SendToken token = Take(Answer("one"));
  (void)Answer("two, after which the outbox's word is old");
  EXPECT_EQ(Send(token), Next::kReport);
  world.gateway.losing = 1;
  EXPECT_EQ(Report(token), Next::kAway);
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_EQ(States().front(), v1::DELIVERY_STATE_SENT);
}

TEST_F(AnswersTest, WhatTheGatewayWillNotHearIsNotRepeatedForEver) {
  const storage::SendToken token = Take(Answer("one"));
  EXPECT_EQ(Send(token), Next::kReport);
  world.gateway.refusing = Code::kRejected;
  EXPECT_EQ(Report(token), Next::kNothing);
  world.gateway.refusing = Code::kInternal;
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_TRUE(States().empty());
}

TEST_F(AnswersTest, DeliveryReportsAreKnownByTheProvidersId) {
  const storage::SendToken token = Take(Answer("text"));
  phone.result = {Sending::kTaken, "provider-id-1"};
  // One that comes while it is being sent cannot be told yet, and has to come again.
  Status early;
  phone.then = [&] { early = Hear("", "provider-id-1", DeliveryNews::kDelivered); };
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_EQ(early.error().code(), Code::kUnavailable);
  EXPECT_TRUE(Hear("", "provider-id-2", DeliveryNews::kDelivered).ok()) << "not known, and fine";
  ASSERT_TRUE(Hear("", "provider-id-1", DeliveryNews::kFailed).ok());
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_FAILED));
  EXPECT_FALSE(world.IsOnDisk("provider-id-1"));
}

TEST_F(AnswersTest, ADeliveryReportThatIsFasterThanTheAnswerCounts) {
  const storage::SendToken token = Take(Answer("text"));
  phone.then = [&] { EXPECT_TRUE(Hear(phone.sent[0].token, "", DeliveryNews::kDelivered).ok()); };
  phone.result = {Sending::kUnsure, ""};
  EXPECT_EQ(Send(token), Next::kReport);
  EXPECT_EQ(Report(token), Next::kNothing);
  EXPECT_THAT(States(), ElementsAre(v1::DELIVERY_STATE_DELIVERED));
}

TEST_F(AnswersTest, AnItemThatNamesNoCaseIsLeftOut) {
  v1::OutboxItem item = Answer("text");
  item.set_report_id(std::string(32, '0'));
  EXPECT_EQ(world.outgoing->TakeItem(item).error().code(), Code::kMalformed);
  v1::OutboxItem empty = Answer("text");
  empty.mutable_message()->set_event("");
  EXPECT_EQ(world.outgoing->TakeItem(empty).error().code(), Code::kMalformed);
}

TEST(DueQueue, WhatIsUnderWayIsDueAgainWhenItIsDone) {
  FakeClock clock(1'000'000);
  DueQueue queue(clock);
  Due due;
  due.token.fill(1);
  queue.Add(due);
  queue.Add(due);
  ASSERT_TRUE(queue.TakeNow().has_value());
  EXPECT_FALSE(queue.TakeNow().has_value()) << "it was added once";
  queue.Add(due);
  EXPECT_FALSE(queue.TakeNow().has_value()) << "nobody else takes it meanwhile";
  queue.Done(due.token);
  ASSERT_TRUE(queue.TakeNow().has_value());
  queue.Done(due.token);
  EXPECT_FALSE(queue.TakeNow().has_value());
  queue.Add(due, std::chrono::seconds(10));
  EXPECT_FALSE(queue.TakeNow().has_value());
  clock.Pass(10);
  EXPECT_TRUE(queue.TakeNow().has_value());
}

}  // namespace
}  // namespace safeconduct::sms
