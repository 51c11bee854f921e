// When a case expires, and when it does not.
#include <gtest/gtest.h>

#include <random>

#include "crypto/base/encoding.h"
#include "gateway/report/expiry.h"
#include "tests/gateway/release/case_run.h"

namespace safeconduct::release {
namespace {

using namespace safeconduct::testing;

constexpr std::int64_t kDay = charter::kDaySeconds;
constexpr std::uint32_t kKept = 30;
constexpr std::int64_t kToday = kNow - kNow % kDay;

// A case under a charter whose channel keeps closed cases for 30 days.
struct Kept {
  explicit Kept(SealedTo to = SealedTo::kIntake, std::uint32_t days = kKept,
                std::int64_t from_day = 0)
      : run(to) {
    v1::Charter message = CharterFor(run.office, to);
    message.mutable_channels(0)->mutable_retention()->set_closed_days(days);
    message.mutable_channels(0)->mutable_retention()->set_from_day(from_day);
    charter = OpenCharterOf(message);
  }

  Status Try(const identity::Party& author, const CaseRun::Fill& fill, std::int64_t now) {
    const auto at_hour = [&](v1::Event& event) {
      event.set_charter_version(charter->version());
      event.set_time(now - now % 3600);
      fill(event);
    };
    SC_ASSIGN(run.record, Apply(run.Next(author, at_hour), run.record, *charter, now));
    return {};
  }
  Status Close(std::int64_t now) {
    return Try(run.office.intake, SetStatus(v1::CASE_STATUS_CLOSED), now);
  }
  Status Expire(
      std::int64_t now, const CaseRun::Fill& change = [](v1::Event&) {}) {
    return Try(
        run.office.outsider,
        [&](v1::Event& event) {
          event.set_author(std::string(AsText(charter->log().key)));
          event.mutable_expiry()->set_channel(run.record.channel());
          event.mutable_expiry()->set_closed_day(run.record.closed_day());
          event.mutable_expiry()->set_closed_days(kKept);
          event.mutable_expiry()->set_leaves(std::string(32, 'l'));
          change(event);
        },
        now);
  }

  CaseRun run;
  std::shared_ptr<const charter::OpenCharter> charter;
};

TEST(ExpiryPolicyTest, AClosedCaseExpiresOnItsDayAndNotBefore) {
  for (const SealedTo to : {SealedTo::kIntake, SealedTo::kQuorum, SealedTo::kIntakeByRelay}) {
    for (const bool plain : {false, true}) {
      Kept kept(to);
      if (plain) {
        kept.run.record.clear_mailbox();
        kept.run.record.clear_event_key();
      }
      if (to == SealedTo::kIntakeByRelay && !plain) {
        ASSERT_TRUE(kept.Try(kept.run.office.intake, Say(kept.run.sample), kNow).ok());
      }
      EXPECT_EQ(ExpiresDay(kept.run.record, *kept.charter), 0) << "it is open";
      ASSERT_TRUE(kept.Close(kNow).ok());
      const std::int64_t day = kToday + kKept * kDay;
      EXPECT_EQ(ExpiresDay(kept.run.record, *kept.charter), day);
      EXPECT_EQ(kept.Expire(day - 1).error().code(), Code::kRejected);
      const v1::StoredCase before = kept.run.record;
      ASSERT_TRUE(kept.Expire(day).ok());
      EXPECT_TRUE(kept.run.record.erased());
      EXPECT_EQ(kept.run.record.answers_size(), 0);
      EXPECT_EQ(kept.run.record.events(), before.events() + 1);
      EXPECT_EQ(kept.run.record.status(), v1::CASE_STATUS_CLOSED);
      EXPECT_EQ(ExpiresDay(kept.run.record, *kept.charter), 0);
      EXPECT_STREQ(kept.Expire(day).error().message(), "the case was erased");
    }
  }
}

TEST(ExpiryPolicyTest, NothingExpiresBeforeTheDayFromWhichTheChannelErases) {
  const std::int64_t day = kToday + kKept * kDay;
  const std::int64_t later = day + 5 * kDay;
  Kept kept(SealedTo::kIntake, kKept, later);
  ASSERT_TRUE(kept.Close(kNow).ok());
  EXPECT_EQ(ExpiresDay(kept.run.record, *kept.charter), later);
  for (const std::int64_t now : {day, later - 1}) {
    EXPECT_EQ(kept.Expire(now).error().code(), Code::kRejected);
  }
  const auto dated_back = [&](v1::Event& event) { event.set_time(later - 3'600); };
  EXPECT_EQ(kept.Expire(later, dated_back).error().code(), Code::kRejected);
  ASSERT_TRUE(kept.Expire(later).ok());
  EXPECT_TRUE(kept.run.record.erased());

  Kept over(SealedTo::kIntake, kKept, kToday);
  ASSERT_TRUE(over.Close(kNow).ok());
  EXPECT_EQ(ExpiresDay(over.run.record, *over.charter), day) << "whichever is later";
}

TEST(ExpiryPolicyTest, NothingElseExpires) {
  struct Row {
    const char* what;
    std::function<void(Kept&)> before;
    CaseRun::Fill change;
    Code code = Code::kRejected;
    const char* field = "expiry";
    std::uint32_t retention = kKept;
  };
  const auto nothing = [](Kept&) {};
  const auto same = [](v1::Event&) {};
  const auto by = [](const identity::Party Office::*party) {
    return [party](v1::Event& event) {
      static const Office office;
      event.set_author(EventKey(office.*party));
    };
  };
  const Row rows[] = {
      {"by an intake officer", nothing, by(&Office::intake)},
      {"by an auditor", nothing, by(&Office::auditor)},
      {"by nobody of the charter", nothing, by(&Office::outsider), Code::kUnauthorized, "author"},
      {"held", [](Kept& k) { k.run.record.set_held(true); }, same},
      {"open", [](Kept& k) { k.run.record.set_status(v1::CASE_STATUS_REFERRED); }, same},
      {"dismissed, and not closed",
       [](Kept& k) {
         k.run.record.set_status(v1::CASE_STATUS_RECEIVED);
         k.run.record.set_dismissed(true);
       },
       same},
      {"closed before days were kept", [](Kept& k) { k.run.record.clear_closed_day(); }, same},
      {"kept by its channel", nothing, same, Code::kRejected, "expiry", 0},
      {"kept for longer by now", nothing, same, Code::kRejected, "expiry", kKept * 2},
      {"of another retention", nothing, same, Code::kRejected, "expiry.closed_days", kKept / 2},
      {"of another channel", nothing,
       [](v1::Event& e) { e.mutable_expiry()->set_channel("fraud"); }, Code::kRejected,
       "expiry.channel"},
      {"closed on another day", nothing,
       [](v1::Event& e) { e.mutable_expiry()->set_closed_day(kToday - kDay); }, Code::kRejected,
       "expiry.closed_day"},
      {"under another charter", nothing, [](v1::Event& e) { e.set_charter_version(9); },
       Code::kConflict, "charter_version"},
      {"not the next event", nothing, [](v1::Event& e) { e.set_sequence(e.sequence() + 1); },
       Code::kConflict, "sequence"},
  };
  for (const Row& row : rows) {
    Kept kept(SealedTo::kIntake, row.retention);
    ASSERT_TRUE(kept.Close(kNow).ok());
    row.before(kept);
    const std::string before = kept.run.record.SerializeAsString();
    const Status status = kept.Expire(kToday + kKept * kDay, row.change);
    ASSERT_FALSE(status.ok()) << row.what;
    EXPECT_EQ(status.error().code(), row.code) << row.what;
    EXPECT_STREQ(status.error().field(), row.field) << row.what;
    EXPECT_EQ(kept.run.record.SerializeAsString(), before) << row.what;
  }
}

// The log may end a case that is over, and nothing more.
TEST(ExpiryPolicyTest, TheLogDoesNothingElse) {
  for (const CaseRun::Fill& fill : {CaseRun::Fill(Erase), SetStatus(), CaseRun::Fill(HoldIt)}) {
    Kept kept;
    ASSERT_TRUE(kept.Close(kNow).ok());
    const Status status = kept.Expire(kNow + 100 * kDay, fill);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kUnauthorized);
  }
}

TEST(ExpiryPolicyTest, ACaseIsClosedSinceItWasClosedLast) {
  Kept kept;
  const Office& office = kept.run.office;
  ASSERT_TRUE(kept.Close(kNow).ok());
  EXPECT_EQ(kept.run.record.acknowledged_day(), kToday);
  EXPECT_EQ(kept.run.record.closed_day(), kToday);
  ASSERT_TRUE(kept.Close(kNow + 5 * kDay).ok());
  EXPECT_EQ(kept.run.record.closed_day(), kToday) << "it was closed all the time";
  ASSERT_TRUE(kept.Try(office.intake, SetStatus(v1::CASE_STATUS_REFERRED), kNow + 6 * kDay).ok());
  EXPECT_EQ(kept.run.record.closed_day(), 0);
  EXPECT_FALSE(kept.Expire(kNow + 100 * kDay).ok());
  ASSERT_TRUE(kept.Close(kNow + 7 * kDay).ok());
  EXPECT_EQ(kept.run.record.closed_day(), kToday + 7 * kDay);
  EXPECT_EQ(kept.run.record.acknowledged_day(), kToday);
}

TEST(ExpiryPolicyTest, DatingItBackDoesNotEndACaseEarlier) {
  Kept kept;
  const auto dated_back = [](v1::Event& event) {
    event.set_time((kNow - 400 * kDay) / 3600 * 3600);
    event.mutable_status()->set_status(v1::CASE_STATUS_CLOSED);
  };
  ASSERT_TRUE(kept.Try(kept.run.office.intake, dated_back, kNow).ok());
  EXPECT_EQ(kept.run.record.closed_day(), kToday);
}

TEST(ExpiryPolicyTest, ACaseOfBeforeExpiresOnceItIsClosedAgain) {
  Kept kept;
  kept.run.record.set_status(v1::CASE_STATUS_CLOSED);
  EXPECT_EQ(ExpiresDay(kept.run.record, *kept.charter), 0);
  ASSERT_TRUE(kept.Close(kNow).ok());
  EXPECT_EQ(kept.run.record.closed_day(), kToday);
  EXPECT_EQ(kept.run.record.acknowledged_day(), 0) << "nobody knows when";
}

// Said a second time, over the accepted events: what expires was closed for that long without a
// break, and is not held.
TEST(ExpiryPolicyTest, NoSequenceOfEventsLetsACaseExpireEarly) {
  std::mt19937 random(11);
  const auto draw = [&](std::size_t count) { return random() % count; };
  std::size_t expired = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 300; ++round) {
    Kept kept;
    std::int64_t now = kNow;
    std::int64_t closed = -1;  // the day
    bool held = false;
    for (int step = 0; step < 40; ++step) {
      now += static_cast<std::int64_t>(draw(12 * kDay));
      const std::size_t kind = draw(8);
      if (kind < 5) {
        const bool due = closed >= 0 && !held && now / kDay >= closed + kKept;
        const bool ok = kept.Expire(now).ok();
        ASSERT_EQ(ok, due);
        (ok ? expired : refused) += 1;
        if (ok) break;
      } else if (kind == 5) {
        ASSERT_TRUE(kept.Close(now).ok());
        if (closed < 0) closed = now / kDay;
      } else if (kind == 6 && draw(3) == 0) {
        ASSERT_TRUE(kept.Try(kept.run.office.intake, SetStatus(), now).ok());
        closed = -1;
      } else if (kind == 7) {
        const auto hold = [&](v1::Event& event) { event.mutable_hold()->set_ended(held); };
        ASSERT_TRUE(kept.Try(kept.run.office.auditor, hold, now).ok());
        held = !held;
      }
    }
  }
  EXPECT_GT(expired, 50u);
  EXPECT_GT(refused, 500u);
}

// --- What whoever has the events checks -------------------------------------------------------

TEST(ExpiryCheckTest, OfAChainThatWasKept) {
  struct Row {
    const char* what;
    std::vector<CaseRun::Fill> events;
    const char* field;  // null: fine
  };
  const auto closed = SetStatus(v1::CASE_STATUS_CLOSED);
  const auto expiry = [](v1::Event& event) {
    event.mutable_expiry()->set_closed_day(kToday);
    event.mutable_expiry()->set_closed_days(kKept);
  };
  const auto lifted = [](v1::Event& event) { event.mutable_hold()->set_ended(true); };
  const auto earlier = [](v1::Event& event) {
    event.mutable_expiry()->set_closed_day(kToday - kDay);
  };
  const Row rows[] = {
      {"none", {closed}, nullptr},
      {"closed", {closed, expiry}, nullptr},
      {"held and lifted", {HoldIt, closed, lifted, expiry}, nullptr},
      {"held", {closed, HoldIt, expiry}, "expiry"},
      {"open", {SetStatus(), expiry}, "expiry"},
      {"reopened", {closed, SetStatus(), expiry}, "expiry"},
      {"not the last", {closed, expiry, closed}, "sequence"},
      {"closed later", {closed, earlier}, "expiry.closed_day"},
  };
  const Kept kept;
  for (const Row& row : rows) {
    std::vector<report::CheckedEvent> events;
    for (const CaseRun::Fill& fill : row.events) {
      events.push_back(kept.run.Next(kept.run.office.intake, fill));
    }
    const Status status = report::CheckExpiryOfChain(events);
    ASSERT_EQ(status.ok(), row.field == nullptr) << row.what;
    if (!status.ok()) {
      EXPECT_STREQ(status.error().field(), row.field) << row.what;
    }
  }
}

TEST(ExpiryCheckTest, ByTheLogAndItsCharterAlone) {
  const Kept kept;
  const SigningKey& log = kept.run.office.log.Key(identity::Purpose::kNote);
  v1::Event event = kept.run.Next(kept.run.office.intake, [](v1::Event&) {}).event;
  event.set_author(std::string(AsText(log.public_key())));
  event.set_charter_version(kept.charter->version());
  event.mutable_expiry()->set_channel("mission");
  event.mutable_expiry()->set_closed_day(kToday - kKept * kDay);
  event.mutable_expiry()->set_closed_days(kKept);
  event.mutable_expiry()->set_leaves(std::string(32, 'l'));
  ASSERT_TRUE(report::CheckEvent(report::SignEvent(event, log)).ok());
  EXPECT_TRUE(report::CheckExpiry(event, *kept.charter).ok());

  v1::Event early = event;
  early.mutable_expiry()->set_closed_day(kToday - (kKept - 1) * kDay);
  EXPECT_STREQ(report::CheckEvent(report::SignEvent(early, log)).error().field(), "time");
  v1::Event shorter = event;
  shorter.mutable_expiry()->set_closed_days(kKept - 1);
  ASSERT_TRUE(report::CheckEvent(report::SignEvent(shorter, log)).ok());
  EXPECT_STREQ(report::CheckExpiry(shorter, *kept.charter).error().field(), "expiry.closed_days");
  shorter.set_charter_version(kept.charter->version() + 1);
  EXPECT_TRUE(report::CheckExpiry(shorter, *kept.charter).ok()) << "which is not known here";
  const Kept later(SealedTo::kIntake, kKept, kToday + kDay);
  EXPECT_STREQ(report::CheckExpiry(event, *later.charter).error().field(), "time");
  v1::Event then = event;
  then.set_time(kToday + kDay);
  EXPECT_TRUE(report::CheckExpiry(then, *later.charter).ok());
  v1::Event other = event;
  other.set_author(EventKey(kept.run.office.intake));
  EXPECT_STREQ(report::CheckExpiry(other, *kept.charter).error().field(), "author");
}

TEST(ExpiryCheckTest, TheRootIsThatOfTheLeavesInWhateverOrder) {
  const Hash a = Sha256(AsBytes("a"));
  const Hash b = Sha256(AsBytes("b"));
  EXPECT_EQ(report::RootOfLeaves({a, b}), report::RootOfLeaves({b, a}));
  EXPECT_NE(report::RootOfLeaves({a, b}), report::RootOfLeaves({a}));
  EXPECT_NE(report::RootOfLeaves({a, b}), report::RootOfLeaves({a, a}));
  const auto of = [](std::uint8_t byte) {
    Hash leaf;
    leaf.fill(byte);
    return leaf;
  };
  // As in the tests of the web library.
  EXPECT_EQ(HexEncode(report::RootOfLeaves({of(3), of(1), of(2)})),
            "df896896c799531f1fd1e556cea26a6989ab06853bcbfdd3e4f5097a611f658f");
}

}  // namespace
}  // namespace safeconduct::release
