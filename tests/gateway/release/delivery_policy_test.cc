// Answers to reporters by SMS, and what their relay says of them.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "gateway/release/access.h"
#include "gateway/release/policy.h"
#include "tests/gateway/release/case_run.h"

namespace safeconduct::release {
namespace {

using namespace testing;  // NOLINT

constexpr v1::DeliveryState kUnspecified = v1::DELIVERY_STATE_UNSPECIFIED;
constexpr v1::DeliveryState kSent = v1::DELIVERY_STATE_SENT;
constexpr v1::DeliveryState kDelivered = v1::DELIVERY_STATE_DELIVERED;
constexpr v1::DeliveryState kFailed = v1::DELIVERY_STATE_FAILED;
constexpr v1::DeliveryState kUnsure = v1::DELIVERY_STATE_UNSURE;
constexpr v1::DeliveryState kStopped = v1::DELIVERY_STATE_STOPPED;
constexpr v1::DeliveryState kStates[] = {kUnspecified, kSent,   kDelivered,
                                         kFailed,      kUnsure, kStopped};

// A case of a reporter by SMS.
struct SmsRun : CaseRun {
  SmsRun() : CaseRun(SealedTo::kIntakeByRelay) {}

  // The number of an answer.
  std::uint64_t Answer() {
    EXPECT_TRUE(Try(office.intake, Say(sample)).ok());
    return record.events();
  }
  Status Relay(std::uint64_t message, v1::DeliveryState state) {
    return Try(office.relay, Deliver(message, state));
  }
  const v1::StoredAnswer* Find(std::uint64_t message) const {
    for (const v1::StoredAnswer& each : record.answers()) {
      if (each.event() == message) return &each;
    }
    return nullptr;
  }
};

TEST(DeliveryPolicyTest, AHoldersMessageWaitsAndTheReportersDoesNot) {
  SmsRun run;
  ASSERT_TRUE(run.Try(run.sample.reporter, Say(run.sample)).ok());
  EXPECT_EQ(run.record.answers_size(), 0);
  ASSERT_TRUE(run.Try(run.office.intake, SetStatus()).ok());
  const std::uint64_t answer = run.Answer();
  ASSERT_EQ(run.record.answers_size(), 1);
  EXPECT_EQ(run.record.answers(0).event(), answer);
  EXPECT_EQ(run.record.answers(0).state(), kUnspecified);

  CaseRun mailbox;
  ASSERT_TRUE(mailbox.Try(mailbox.office.intake, Say(mailbox.sample)).ok());
  EXPECT_EQ(mailbox.record.answers_size(), 0) << "whoever has a mailbox reads there";
}

// From a state to a state: S stays there as sent, E ended, - refused.
TEST(DeliveryPolicyTest, StatesFollowTheTable) {
  const struct {
    v1::DeliveryState from;
    const char* verdicts;  // in the order of kStates
  } rows[] = {{kUnspecified, "-SEEEE"}, {kSent, "--EEE-"}};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < std::size(kStates); ++i) {
      SCOPED_TRACE(v1::DeliveryState_Name(row.from) + " to " + v1::DeliveryState_Name(kStates[i]));
      SmsRun run;
      const std::uint64_t before = run.Answer();
      const std::uint64_t answer = run.Answer();
      if (row.from == kSent) {
        ASSERT_TRUE(run.Relay(answer, kSent).ok());
      }
      const Status status = run.Relay(answer, kStates[i]);
      const char verdict = row.verdicts[i];
      EXPECT_EQ(status.ok(), verdict != '-');
      if (verdict == '-') {
        EXPECT_STREQ(status.error().field(), "delivery.state");
      }
      EXPECT_EQ(run.Find(answer) == nullptr, verdict == 'E');
      if (verdict == 'S') {
        EXPECT_EQ(run.Find(answer)->state(), kSent);
      }
      EXPECT_EQ(run.Find(before)->state(), kUnspecified) << "of another one nothing was said";
      if (verdict == 'E') {
        const Status again = run.Relay(answer, kStates[i]);
        EXPECT_EQ(again.error().code(), Code::kRejected);
        EXPECT_STREQ(again.error().field(), "delivery.message");
      }
    }
  }
}

TEST(DeliveryPolicyTest, NothingIsSaidOfWhatIsNoAnswer) {
  SmsRun run;
  ASSERT_TRUE(run.Try(run.sample.reporter, Say(run.sample)).ok());
  ASSERT_TRUE(run.Try(run.office.intake, SetStatus()).ok());
  for (const std::uint64_t number : {1, 2, 3, 4}) {
    const Status status = run.Relay(number, kSent);
    EXPECT_EQ(status.error().code(), Code::kRejected);
    EXPECT_STREQ(status.error().field(), "delivery.message");
  }
}

TEST(DeliveryPolicyTest, ACaseWithoutARelayHasNone) {
  CaseRun run(SealedTo::kIntakeByRelay);
  run.record.clear_relay();
  ASSERT_TRUE(run.Try(run.office.intake, Say(run.sample)).ok());
  EXPECT_EQ(run.record.answers_size(), 0);
  EXPECT_EQ(run.Try(run.office.relay, Deliver(1)).error().code(), Code::kUnauthorized);
}

TEST(DeliveryPolicyTest, ARelaySeesNothingAndLosesItsPlaceWithItsPost) {
  SmsRun run;
  const std::uint64_t answer = run.Answer();
  EXPECT_FALSE(run.Sees("sms"));
  for (const char* const name : {"triage", "account", "identity", "attachment-0"}) {
    EXPECT_FALSE(run.Reads("sms", name)) << name;
  }
  EXPECT_FALSE(MayReadManifest(*run.sample.charter->FindByLabel("sms"), run.record,
                               *run.sample.charter, kNow));
  EXPECT_FALSE(SeesByPost(*run.sample.charter->FindByLabel("sms"), run.sample.channel()));

  const report::CheckedEvent delivery = run.Next(run.office.relay, Deliver(answer));
  const auto verdict = [&](const v1::Charter& charter) {
    const Result<v1::StoredCase> after = Apply(delivery, run.record, *OpenCharterOf(charter), kNow);
    return after.ok() ? "" : std::string(after.error().message());
  };
  const v1::Charter charter = RelayCharter(run.office);
  EXPECT_EQ(verdict(charter), "");
  const int at = charter.holders_size() - 2;
  v1::Charter other_channel = charter;
  other_channel.mutable_holders(at)->set_channels(0, "fraud");
  v1::Charter other_role = charter;
  other_role.mutable_holders(at)->set_roles(0, v1::ROLE_TRUSTEE);
  v1::Charter gone = charter;
  gone.mutable_holders()->DeleteSubrange(at, 1);
  for (const v1::Charter& each : {other_channel, other_role, gone}) {
    EXPECT_EQ(verdict(each), "the author has nothing to do with this case");
  }
}

TEST(DeliveryPolicyTest, SixtyFourAnswersWaitAtMost) {
  SmsRun run;
  std::vector<std::uint64_t> answers;
  for (int i = 0; i < kMaxAnswers; ++i) answers.push_back(run.Answer());
  const Status full = run.Try(run.office.intake, Say(run.sample));
  EXPECT_EQ(full.error().code(), Code::kTooLarge);
  EXPECT_STREQ(full.error().message(), "more than the relay has sent so far");
  EXPECT_TRUE(run.Try(run.sample.reporter, Say(run.sample)).ok()) << "the reporter's is no answer";
  EXPECT_TRUE(run.Try(run.office.intake, SetStatus()).ok());
  // The oldest that was sent makes room, and of it no more is heard.
  ASSERT_TRUE(run.Relay(answers[5], kSent).ok());
  ASSERT_TRUE(run.Relay(answers[3], kSent).ok());
  const std::uint64_t added = run.Answer();
  EXPECT_EQ(run.record.answers_size(), kMaxAnswers);
  EXPECT_EQ(run.Find(answers[3]), nullptr);
  EXPECT_NE(run.Find(answers[5]), nullptr);
  EXPECT_NE(run.Find(answers[0]), nullptr);
  EXPECT_NE(run.Find(added), nullptr);
  EXPECT_EQ(run.Relay(answers[3], kDelivered).error().code(), Code::kRejected);
  run.Answer();
  EXPECT_EQ(run.Try(run.office.intake, Say(run.sample)).error().code(), Code::kTooLarge);
  ASSERT_TRUE(run.Relay(answers[0], kStopped).ok());
  run.Answer();
}

TEST(DeliveryPolicyTest, OfAnErasedCaseNothingIsToBeSent) {
  SmsRun run;
  const std::uint64_t answer = run.Answer();
  ASSERT_TRUE(run.Try(run.office.intake, Dismiss).ok());
  ASSERT_TRUE(run.Try(run.office.second_intake, Erase).ok());
  EXPECT_EQ(run.record.answers_size(), 0);
  const Status late = run.Relay(answer, kDelivered);
  EXPECT_EQ(late.error().code(), Code::kRejected);
  EXPECT_STREQ(late.error().message(), "the case was erased");
}

// Every answer is sent at most once and ends at most once, whatever is tried by whom.
TEST(DeliveryPolicyTest, NoSequenceOfEventsSendsTwice) {
  std::mt19937 random(11);
  const auto draw = [&](std::size_t count) { return random() % count; };
  std::size_t accepted = 0;
  for (int round = 0; round < 40; ++round) {
    SmsRun run;
    const identity::Party* const parties[] = {
        &run.office.relay,   &run.office.relay,        &run.office.relay,   &run.office.intake,
        &run.office.auditor, &run.sample.reporter,     &run.office.intake,  &run.office.intake,
        &run.office.relay,   &run.office.second_relay, &run.office.outsider};
    std::map<std::uint64_t, v1::DeliveryState> waiting;
    std::map<std::uint64_t, int> sent;
    std::map<std::uint64_t, int> ended;
    bool excluded = false;
    for (int step = 0; step < 120; ++step) {
      const identity::Party& author = *parties[draw(std::size(parties))];
      const std::size_t kind = draw(12);
      std::uint64_t message = 1 + draw(run.record.events() + 1);
      if (draw(4) > 0 && !waiting.empty()) {
        message = std::next(waiting.begin(), static_cast<int>(draw(waiting.size())))->first;
      }
      const v1::DeliveryState state = kStates[draw(std::size(kStates))];
      const CaseRun::Fill fill = kind < 3    ? Say(run.sample)
                                 : kind == 3 ? Exclude(run.office.relay, excluded)
                                             : Deliver(message, state);
      if (!run.Try(author, fill).ok()) continue;
      if (kind == 3) {
        excluded = !excluded;
      } else if (kind < 3) {
        if (&author != &run.sample.reporter) waiting[run.record.events()] = kUnspecified;
      } else {
        ++accepted;
        ASSERT_EQ(&author, &run.office.relay);
        ASSERT_FALSE(excluded);
        ASSERT_TRUE(waiting.contains(message));
        if (state == kSent) {
          EXPECT_EQ(++sent[message], 1);
          waiting[message] = kSent;
        } else {
          EXPECT_EQ(++ended[message], 1);
          EXPECT_FALSE(state == kStopped && sent.contains(message));
          waiting.erase(message);
        }
      }
      ASSERT_EQ(static_cast<std::size_t>(run.record.answers_size()), waiting.size());
      for (const v1::StoredAnswer& each : run.record.answers()) {
        ASSERT_TRUE(waiting.contains(each.event()));
        EXPECT_EQ(each.state(), waiting[each.event()]);
      }
    }
  }
  EXPECT_GT(accepted, 200u);
}

}  // namespace
}  // namespace safeconduct::release
