#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/sms/relay/world.h"

namespace safeconduct::sms {
namespace {

using ::testing::ElementsAre;

class DeskTest : public ::testing::Test {
 protected:
  Status Take(const std::string& id, const std::string& text, const Number& from = kNumber,
              const std::string& to = "2020") {
    return world.desk->Take(Sms(id, text, from, to));
  }
  Status TakePart(const std::string& id, const std::string& text, std::uint32_t index,
                  std::uint32_t count, std::uint32_t reference = 7) {
    Incoming message = Sms(id, text);
    message.part = Part{reference, index, count};
    return world.desk->Take(message);
  }
  // What goes out, by kind.
  std::vector<int> Replies() {
    std::vector<int> kinds;
    for (const storage::SendToken& token : world.to_send) {
      kinds.push_back(world.store->FindOutgoing(token)->reply());
    }
    return kinds;
  }
  std::uint64_t Queued() { return world.store->queue_size().entries; }

  World world;
};

TEST_F(DeskTest, TheFirstMessageIsAReportAndTheNextOnesAreMessages) {
  ASSERT_TRUE(Take("1", "Ils sont venus la nuit et nous avons peur").ok());
  ASSERT_TRUE(Take("2", "second").ok());
  ASSERT_TRUE(Take("3", "", kOther).ok()) << "an empty SMS is a message too";
  EXPECT_EQ(Queued(), 3U);
  EXPECT_EQ(world.counters.taken, 3U);
  world.Deliver();
  ASSERT_EQ(world.gateway.cases.size(), 2U);
  FakeGateway::Case& of = world.gateway.cases.at(std::string(AsText(world.ThreadOf().mailbox())));
  EXPECT_EQ(world.AccountOf(of).narrative(), "Ils sont venus la nuit et nous avons peur");
  EXPECT_THAT(world.MessagesOf(of), ElementsAre("second"));
  const v1::Triage triage = world.TriageOf(of);
  EXPECT_EQ(triage.language(), "fr");
  EXPECT_TRUE(triage.consent().contact());
  EXPECT_FALSE(triage.consent().support_services());
  ASSERT_EQ(triage.answers_size(), 1);
  EXPECT_EQ(triage.answers(0).question(), "kind");
  EXPECT_EQ(of.manifest.relay().holder(), testing::KeyText(world.relay, identity::Purpose::kEvent));
  EXPECT_EQ(OpenCapsule(*world.epochs, AsBytes(of.manifest.relay().capsule()))->number, kNumber);
}

TEST_F(DeskTest, TheRelayCannotReadWhatItSealed) {
  ASSERT_TRUE(Take("1", "first").ok());
  ASSERT_TRUE(Take("2", "second").ok());
  world.Deliver();
  FakeGateway::Case& of = world.gateway.only();
  const Thread thread = world.ThreadOf();
  const auto event = report::CheckEvent(of.events[0]);
  const ByteView sealed = AsBytes(event->event.message().sealed());
  EXPECT_TRUE(report::OpenMessage(sealed, world.office.intake, of.hash).ok());
  for (const identity::Party* party :
       std::initializer_list<const identity::Party*>{&thread.party, &world.relay}) {
    EXPECT_EQ(report::OpenMessage(sealed, *party, of.hash).error().code(), Code::kWrongKey);
    EXPECT_FALSE(report::OpenAccount(world.Open(of), AsBytes(of.report.payloads(1)), *party).ok());
  }
}

TEST_F(DeskTest, TheNumberIsForThoseWhomTheChannelNames) {
  ASSERT_TRUE(Take("1", "text", kNumber, "3030").ok());
  ASSERT_TRUE(Take("2", "text", kNumber, "2020").ok());
  world.Deliver();
  for (auto& [key, of] : world.gateway.cases) {
    const auto identity =
        report::OpenIdentity(world.Open(of), AsBytes(of.report.payloads(2)), world.office.support);
    if (of.manifest.channel() == "fraud") {
      ASSERT_TRUE(identity.ok());
      ASSERT_EQ(identity->answers_size(), 1);
      EXPECT_EQ(identity->answers(0).question(), "phone");
      EXPECT_EQ(identity->answers(0).values(0), "+41791234567");
      EXPECT_EQ(world.TriageOf(of).language(), "fr") << "as the channel is configured";
    } else {
      EXPECT_EQ(identity.error().code(), Code::kWrongKey);
    }
  }
}

TEST_F(DeskTest, NothingReadableIsOnTheDisk) {
  const std::string text = "canary-text-that-nobody-may-find";
  ASSERT_TRUE(Take("canary-id-1", text).ok());
  ASSERT_TRUE(TakePart("canary-id-2", "canary-part-of-a-text", 1, 3).ok());
  ASSERT_TRUE(Take("canary-id-3", "STOP").ok());
  for (const char* canary : {"canary-text", "canary-part", "canary-id", "41791234567"}) {
    EXPECT_FALSE(world.IsOnDisk(canary)) << canary;
  }
  EXPECT_TRUE(world.IsOnDisk("mission")) << "what is not secret would be found";
}

TEST_F(DeskTest, WhatCameBeforeGoesNowhereAlsoAfterARestart) {
  ASSERT_TRUE(Take("1", "text").ok());
  ASSERT_TRUE(Take("1", "text").ok());
  world.Restart();
  ASSERT_TRUE(Take("1", "text").ok());
  EXPECT_EQ(Queued(), 1U);
  EXPECT_EQ(world.counters.duplicates, 2U);
  Incoming other = Sms("1", "of another interface");
  other.interface = "webhook";
  ASSERT_TRUE(world.desk->Take(other).ok());
  EXPECT_EQ(Queued(), 2U);
}

TEST_F(DeskTest, TheChannelIsByTheNumberThatWasWrittenTo) {
  world.settings.channels[0].to = {"2020"};
  EXPECT_EQ(Take("1", "text", kNumber, "9999").error().code(), Code::kNotFound);
  EXPECT_EQ(world.counters.unroutable, 1U);
  EXPECT_TRUE(Take("1", "text", kNumber, "3030").ok()) << "it was not taken for a duplicate";
}

TEST_F(DeskTest, OneAcknowledgementForAThread) {
  ASSERT_TRUE(Take("1", "We were told to pay and we are afraid of them").ok());
  ASSERT_TRUE(Take("2", "second").ok());
  ASSERT_THAT(Replies(), ElementsAre(v1::RELAY_REPLY_RECEIVED));
  FakeProvider phone;
  EXPECT_EQ(world.outgoing->Send(world.to_send[0], phone), Next::kNothing);
  ASSERT_EQ(phone.sent.size(), 1U);
  EXPECT_EQ(phone.sent[0].to, kNumber.digits);
  EXPECT_EQ(phone.sent[0].from, "2020");
  EXPECT_EQ(phone.sent[0].text, PhraseIn(Phrase::kReceived, "en"));
  EXPECT_EQ(world.counters.replies, 1U);
  EXPECT_EQ(world.outgoing->Send(world.to_send[0], phone), Next::kNothing);
  EXPECT_EQ(phone.sent.size(), 1U);
}

TEST_F(DeskTest, StopHoldsForAllThreadsOfTheNumberAndStartEndsIt) {
  ASSERT_TRUE(Take("1", "text").ok());
  ASSERT_TRUE(Take("2", "text", kNumber, "3030").ok());
  ASSERT_TRUE(Take("3", "text", kOther).ok());
  ASSERT_TRUE(Take("4", " Stop! ").ok());
  const auto stopped = [&](const Number& number, const std::string& channel) {
    return world.store->FindThread(world.ThreadOf(number, channel).mailbox())->stopped();
  };
  EXPECT_TRUE(stopped(kNumber, "mission"));
  EXPECT_TRUE(stopped(kNumber, "fraud"));
  EXPECT_FALSE(stopped(kOther, "mission"));
  EXPECT_EQ(Queued(), 3U) << "a keyword goes nowhere";
  ASSERT_TRUE(Take("5", "STOP").ok());
  EXPECT_EQ(Replies().back(), v1::RELAY_REPLY_STOPPED);
  const std::size_t replies = Replies().size();
  ASSERT_TRUE(Take("6", "stop").ok());
  EXPECT_EQ(Replies().size(), replies) << "answered once a day";
  ASSERT_TRUE(Take("7", "START").ok());
  EXPECT_FALSE(stopped(kNumber, "mission"));
  EXPECT_FALSE(stopped(kNumber, "fraud"));
  ASSERT_TRUE(Take("8", "HELP").ok());
  EXPECT_EQ(Replies().back(), v1::RELAY_REPLY_HELP);
  EXPECT_EQ(world.counters.keywords, 5U);
}

TEST_F(DeskTest, ANewEpochIsANewReportAndAStopHoldsInIt) {
  ASSERT_TRUE(Take("1", "text").ok());
  ASSERT_TRUE(Take("2", "STOP").ok());
  const PublicKey before = world.ThreadOf().mailbox();
  const std::size_t replies = Replies().size();
  world.clock.Pass(31 * kDay);
  ASSERT_TRUE(world.epochs->Turn(world.clock.UnixSeconds()).ok());
  ASSERT_TRUE(Take("3", "again").ok());
  EXPECT_NE(world.ThreadOf().mailbox(), before);
  EXPECT_TRUE(world.store->FindThread(world.ThreadOf().mailbox())->stopped());
  EXPECT_EQ(Replies().size(), replies) << "who said STOP gets no acknowledgement";
  world.Deliver();
  EXPECT_EQ(world.gateway.cases.size(), 2U);
}

TEST_F(DeskTest, PartsAreJoinedInTheirOrder) {
  ASSERT_TRUE(TakePart("3", "three", 3, 3).ok());
  ASSERT_TRUE(TakePart("1", "one ", 1, 3).ok());
  ASSERT_TRUE(TakePart("1", "one ", 1, 3).ok()) << "sent again";
  EXPECT_EQ(Queued(), 0U);
  world.Restart();
  ASSERT_TRUE(TakePart("2", "two ", 2, 3).ok());
  EXPECT_EQ(Queued(), 1U);
  EXPECT_EQ(world.counters.duplicates, 1U);
  EXPECT_TRUE(world.store->PartsBefore(testing::kNow + 10 * kDay)->empty());
  world.Deliver();
  EXPECT_EQ(world.AccountOf(world.gateway.only()).narrative(), "one two three");
}

TEST_F(DeskTest, WhatDoesNotBecomeWholeIsPassedOnAfterTenMinutes) {
  ASSERT_TRUE(TakePart("2", "the middle", 2, 3).ok());
  world.clock.Pass(600);
  ASSERT_TRUE(world.desk->PassOnIncomplete().ok());
  EXPECT_EQ(Queued(), 0U);
  world.clock.Pass(1);
  ASSERT_TRUE(world.desk->PassOnIncomplete().ok());
  EXPECT_EQ(world.counters.incomplete, 1U);
  world.Deliver();
  const std::string text = world.AccountOf(world.gateway.only()).narrative();
  EXPECT_NE(text.find("the middle"), std::string::npos);
  EXPECT_NE(text.find("[…]"), std::string::npos) << text;
  ASSERT_TRUE(world.desk->PassOnIncomplete().ok());
  EXPECT_EQ(world.counters.incomplete, 1U) << "once";
}

TEST_F(DeskTest, AReferenceThatComesRoundBeginsAnotherMessage) {
  ASSERT_TRUE(TakePart("1", "old", 1, 2).ok());
  ASSERT_TRUE(TakePart("2", "new one ", 1, 2).ok());
  ASSERT_TRUE(TakePart("3", "new two", 2, 2).ok());
  world.Deliver();
  FakeGateway::Case& of = world.gateway.only();
  EXPECT_EQ(world.AccountOf(of).narrative().substr(0, 3), "old");
  EXPECT_THAT(world.MessagesOf(of), ElementsAre("new one new two"));
}

TEST_F(DeskTest, ALongTextGoesOnInFurtherMessages) {
  std::string text;
  while (text.size() < 40'000) text += "<é&\"";  // escaped in JSON, and of two bytes
  ASSERT_TRUE(Take("1", text, kNumber, "3030").ok());
  world.Deliver();
  FakeGateway::Case& of = world.gateway.only();
  std::string read = world.AccountOf(of).narrative();
  for (const std::string& each : world.MessagesOf(of)) read += each;
  EXPECT_EQ(read, text);
  EXPECT_GT(of.events.size(), 0U);
}

TEST_F(DeskTest, OverALimitItIsCountedAndDropped) {
  world.settings.limits.per_number_hour = 2;
  world.Restart();
  EXPECT_TRUE(Take("1", "a").ok());
  EXPECT_TRUE(Take("2", "b").ok());
  EXPECT_EQ(Take("3", "c").error().code(), Code::kBusy);
  EXPECT_TRUE(Take("2", "b").ok()) << "a duplicate is answered as before";
  EXPECT_TRUE(Take("4", "d", kOther).ok());
  EXPECT_EQ(world.limits->counters().refused_number_hour, 1U);
}

TEST_F(DeskTest, AFullQueueSendsTheTelephoneSideAway) {
  world.settings.queue_entries = 1;
  world.Restart();
  ASSERT_TRUE(Take("1", "a").ok());
  EXPECT_EQ(Take("2", "b").error().code(), Code::kNoSpace);
  EXPECT_EQ(world.counters.not_kept, 1U);
  world.Deliver();
  EXPECT_TRUE(Take("2", "b").ok()) << "it comes again, and is new";
}

TEST_F(DeskTest, WithoutACharterNothingIsTaken) {
  std::filesystem::remove(world.folder / "charter");
  world.Restart();
  EXPECT_EQ(Take("1", "a").error().code(), Code::kUnavailable);
  EXPECT_EQ(Queued(), 0U);
  world.gateway.charters.message.mutable_holders()->RemoveLast();
  const auto client = world.gateway.Connect();
  ASSERT_TRUE(world.keeper->Refresh(*client).ok());
  EXPECT_EQ(Take("1", "a").error().code(), Code::kUnavailable) << "the relay is not in it";
}

TEST_F(DeskTest, WhileTheGatewayIsAwayItIsNotAskedForEachMessage) {
  ASSERT_TRUE(Take("1", "a").ok());
  world.gateway.away = true;
  world.gateway.requests = 0;
  for (int i = 2; i < 10; ++i) ASSERT_TRUE(Take(std::to_string(i), "b").ok());
  EXPECT_EQ(world.gateway.requests, 1);
  world.clock.Pass(10);
  ASSERT_TRUE(Take("10", "b").ok());
  EXPECT_EQ(world.gateway.requests, 2);
  world.gateway.away = false;
  world.Deliver();
  EXPECT_EQ(world.MessagesOf(world.gateway.only()).size(), 9U);
}

}  // namespace
}  // namespace safeconduct::sms
