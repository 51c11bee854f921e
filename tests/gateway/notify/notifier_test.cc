// When notifications go out: once in a window, at its moment, again after a failure, and neither
// twice nor in a burst after a restart.
#include "gateway/notify/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "gateway/notify/moment.h"
#include "tests/gateway/notify/stored_office.h"

namespace safeconduct::notify {
namespace {

constexpr std::int64_t kMinute = 60;

class SetClock final : public work::Clock {
 public:
  std::int64_t UnixSeconds() const override { return now; }
  std::chrono::steady_clock::time_point Steady() const override { return {}; }
  std::int64_t now = kToday;
};

class NotingSender final : public Sender {
 public:
  Status Send(const Recipient& recipient, const NoticeId& id, std::int64_t now) override {
    ++attempts;
    ids.insert(id);
    if (failures > 0) {
      --failures;
      return Error(Code::kUnavailable, "not now");
    }
    sent[recipient.settings.label].push_back(now);
    return {};
  }
  int attempts = 0;
  int failures = 0;
  std::set<NoticeId> ids;
  std::map<std::string, std::vector<std::int64_t>> sent;
};

class NotifierTest : public ::testing::Test {
 protected:
  NotifierTest() { Restart(); }

  void Restart() {
    std::vector<Recipient> recipients;
    for (const char* label : {"intake-1", "support-1", "gone"}) {
      Recipient recipient;
      recipient.settings.label = label;
      recipient.settings.mail = std::string(label) + "@example.org";
      recipients.push_back(std::move(recipient));
    }
    const auto office = [this] { return Office{office_.charter, kInterval}; };
    notifier_ = std::make_unique<Notifier>(
        settings_, std::move(recipients), SecretArray<32>(), office_.store, office, sender_, clock_,
        [this](const Status& status) { told_.push_back(status.ok()); });
  }
  // Lets time pass, a minute at a time.
  void RunTo(std::int64_t time) {
    for (; clock_.now < time; clock_.now += kMinute) notifier_->Tick();
  }

  Settings settings_;
  StoredOffice office_;
  SetClock clock_;
  NotingSender sender_;
  std::vector<bool> told_;
  std::unique_ptr<Notifier> notifier_;
};

TEST_F(NotifierTest, AlwaysOnceADayAtMomentsThatDiffer) {
  RunTo(kToday + 30 * kDay);
  ASSERT_EQ(sender_.sent.size(), 2U);  // nobody who is not in the charter
  std::set<std::int64_t> times;
  for (const auto& [label, sent] : sender_.sent) {
    ASSERT_EQ(sent.size(), 30U) << label;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(sent[i] / kDay * kDay, kToday + static_cast<std::int64_t>(i) * kDay);
      times.insert(sent[i] % kDay);
    }
  }
  EXPECT_GT(times.size(), 50U);
  EXPECT_EQ(notifier_->counts().sent, 60U);
  EXPECT_TRUE(told_.empty());
}

TEST_F(NotifierTest, RestartsBringNoSecondOneAndNoBurst) {
  for (int i = 0; i < 24 * 10; ++i) {
    RunTo(clock_.now + 3600);
    Restart();
  }
  for (const auto& [label, sent] : sender_.sent) EXPECT_EQ(sent.size(), 10U) << label;
  // Away for a week: nothing is made up for.
  clock_.now += 7 * kDay - 60;
  sender_.sent.clear();
  Restart();
  notifier_->Tick();
  EXPECT_TRUE(sender_.sent.empty());
}

TEST_F(NotifierTest, AClockThatIsSetBackBringsNoSecondOne) {
  RunTo(kToday + kDay);
  const auto sent = sender_.sent;
  clock_.now = kToday;
  RunTo(kToday + kDay);
  EXPECT_EQ(sender_.sent, sent);
}

TEST_F(NotifierTest, AFailureIsTriedAgainAndThenGivenUpUntilTheNextWindow) {
  sender_.failures = 1;
  RunTo(kToday + kDay);
  EXPECT_EQ(sender_.sent["intake-1"].size(), 1U);
  EXPECT_EQ(sender_.sent["support-1"].size(), 1U);
  EXPECT_EQ(sender_.ids.size(), 2U);  // the second attempt has the first one's id
  EXPECT_EQ(notifier_->counts().failed, 1U);
  EXPECT_EQ(told_, (std::vector<bool>{false, true}));
  sender_.attempts = 0;
  sender_.failures = 1'000;
  RunTo(kToday + 2 * kDay);
  EXPECT_EQ(sender_.attempts, 2 * kAttempts);
  sender_.failures = 0;
  RunTo(kToday + 3 * kDay);
  EXPECT_EQ(sender_.sent["intake-1"].size(), 2U);
}

TEST_F(NotifierTest, OnlyWhatWaitedBeforeTheWindowBegan) {
  settings_.always = false;
  office_.Add(kToday + 60, nullptr);  // just after the window began
  RunTo(kToday + kDay);
  EXPECT_TRUE(sender_.sent.empty());
  RunTo(kToday + 2 * kDay);
  ASSERT_EQ(sender_.sent.size(), 1U);
  EXPECT_EQ(sender_.sent["intake-1"].size(), 1U);
}

// Neither the moment nor whether there is one says anything of a report.
TEST_F(NotifierTest, AlwaysIsTheSameWithAndWithoutReports) {
  RunTo(kToday + 10 * kDay);
  const auto quiet = std::exchange(sender_.sent, {});
  clock_.now = kToday;
  for (int i = 0; i < 20; ++i) office_.Add(kToday + i * 40'000, nullptr);
  Restart();
  RunTo(kToday + 10 * kDay);
  EXPECT_EQ(sender_.sent, quiet);
}

TEST_F(NotifierTest, NothingBeforeThereIsACharter) {
  office_.charter = nullptr;
  RunTo(kToday + kDay);
  EXPECT_EQ(sender_.attempts, 0);
}

}  // namespace
}  // namespace safeconduct::notify
