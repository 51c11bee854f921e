#include "gateway/program/expiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/release/policy.h"
#include "gateway/report/event.h"
#include "gateway/report/expiry.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/gateway/ledger/entries.h"
#include "tests/storage/faulty_store.h"

namespace safeconduct::program {
namespace {

using namespace safeconduct::testing;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kToday = kNow - kNow % kDay;

class Mark final : public transparency::HighWater {
 public:
  Result<std::string> Load() const override { return text; }
  Status Keep(const std::string& day) override {
    text = day;
    return {};
  }
  std::string text;
};

class ExpiryTest : public ::testing::Test {
 protected:
  ExpiryTest() {
    v1::Charter message = DemoCharter(office);
    message.mutable_channels(0)->mutable_retention()->set_closed_days(30);
    charter = OpenCharterOf(message);
    Restart();
  }

  void Restart() {
    expiry = std::make_unique<Expiry>(Expiry::Parts{store, *ledger, log_key, mark, *logger});
  }

  storage::ReportId Submit(const std::string& name, const char* channel = "mission") {
    ledger::ReportEntry entry = ledger::Report(name);
    entry.record.set_channel(channel);
    const storage::ReportId id = entry.id;
    EXPECT_TRUE(ledger::Wait(ledger::Submit(*ledger, std::move(entry))).ok());
    return id;
  }

  Status Add(const storage::ReportId& id, const std::function<void(v1::Event&)>& fill,
             std::int64_t now = kNow) {
    const v1::StoredCase record = Record(id);
    const SigningKey& key = office.auditor.Key(identity::Purpose::kEvent);
    const SigningKey& intake = office.intake.Key(identity::Purpose::kEvent);
    v1::Event event;
    fill(event);
    const SigningKey& author = event.has_hold() ? key : intake;
    event.set_report_hash(record.report_hash());
    event.set_sequence(record.events() + 1);
    event.set_previous(record.head());
    event.set_author(std::string(AsText(author.public_key())));
    event.set_charter_version(charter->version());
    event.set_time(now - now % 3600);
    const v1::SignedEvent signed_event = report::SignEvent(event, author);
    SC_ASSIGN(const report::CheckedEvent checked, report::CheckEvent(signed_event));
    ledger::EventEntry entry;
    SC_ASSIGN(entry.after, release::Apply(checked, record, *charter, now));
    entry.case_id = id;
    entry.number = event.sequence();
    entry.previous = ToArray<32>(AsBytes(event.previous()));
    entry.hash = checked.hash;
    const std::string bytes = signed_event.SerializeAsString();
    entry.signed_event.assign(bytes.begin(), bytes.end());
    entry.leaf = report::MakeLeaf(report::LeafKind::kEvent, checked.hash, now, 3600);
    const Result<ledger::Accepted> accepted =
        ledger::Wait(ledger::Submit(*ledger, std::move(entry)));
    return accepted.ok() ? Status() : Status(accepted.error());
  }
  void Close(const storage::ReportId& id, std::int64_t now = kNow) {
    ASSERT_TRUE(
        Add(
            id,
            [](v1::Event& event) { event.mutable_status()->set_status(v1::CASE_STATUS_CLOSED); },
            now)
            .ok());
  }
  void Hold(const storage::ReportId& id, bool ended = false) {
    ASSERT_TRUE(
        Add(id, [ended](v1::Event& event) { event.mutable_hold()->set_ended(ended); }).ok());
  }

  v1::StoredCase Record(const storage::ReportId& id) { return store.FindCase(id)->record; }
  bool IsErased(const storage::ReportId& id) { return Record(id).erased(); }
  // A gateway that ran until `day`, so that the clock is believed.
  void RanUntil(std::int64_t day) { mark.text = std::to_string(day / kDay) + "\n"; }
  void Step(std::int64_t now) { expiry->Step(*charter, now); }

  Office office;
  const SigningKey log_key = office.log.Key(identity::Purpose::kNote);
  std::shared_ptr<const charter::OpenCharter> charter;
  storage::FaultyStore store;
  std::unique_ptr<ledger::Ledger> ledger = ledger::StartLedger(store);
  std::unique_ptr<log::Logger> logger = *log::Logger::Open({log::Level::kInfo, "/dev/null"});
  Mark mark;
  std::unique_ptr<Expiry> expiry;
};

TEST_F(ExpiryTest, ErasesWhatIsDueAndLeavesWhatIsNot) {
  const auto due = Submit("due");
  const auto later = Submit("later");
  const auto held = Submit("held");
  const auto open = Submit("open");
  const auto kept = Submit("kept", "fraud");
  Close(due);
  Close(later, kNow + kDay);
  Close(held);
  Hold(held);
  Close(kept);
  const std::int64_t day = kToday + 30 * kDay;
  RanUntil(day - kDay);
  Step(day - 1);
  EXPECT_FALSE(IsErased(due));
  Step(day);
  EXPECT_TRUE(IsErased(due));
  for (const auto& id : {later, held, open, kept}) EXPECT_FALSE(IsErased(id));
  EXPECT_EQ(expiry->expired(), 1u);
  Step(day + kDay);
  EXPECT_TRUE(IsErased(later));
  Hold(held, true);
  Step(day + kDay + 5);
  EXPECT_FALSE(IsErased(held)) << "once a day is enough";
  Step(day + 2 * kDay);
  EXPECT_TRUE(IsErased(held));
  EXPECT_EQ(expiry->expired(), 3u);
}

TEST_F(ExpiryTest, LeavesATombstoneThatVerifies) {
  const auto id = Submit("one");
  Hold(id);
  Hold(id, true);
  Close(id);
  const storage::Sequence sequence = store.FindCase(id)->sequence;
  std::vector<Hash> leaves = {report::LeafOf(store.FindLeaf(Record(id).leaf())->record)};
  const auto before = *store.Events(sequence, 1, 10);
  for (const storage::StoredEvent& event : before) {
    leaves.push_back(report::LeafOf(event.leaf.record));
  }
  const std::string head = Record(id).head();
  RanUntil(kToday + 30 * kDay);
  Step(kToday + 30 * kDay + 7'300);
  ASSERT_TRUE(IsErased(id));
  const auto events = *store.Events(sequence, 4, 10);
  ASSERT_EQ(events.size(), 1u);
  v1::SignedEvent signed_event;
  ASSERT_TRUE(signed_event.ParseFromString(std::string(AsText(events[0].signed_event))));
  const Result<report::CheckedEvent> checked = report::CheckEvent(signed_event);
  ASSERT_TRUE(checked.ok());
  EXPECT_TRUE(report::CheckExpiry(checked->event, *charter).ok());
  EXPECT_EQ(checked->event.sequence(), leaves.size());
  EXPECT_EQ(checked->event.previous(), head);
  EXPECT_EQ(checked->event.time(), kToday + 30 * kDay + 7'200);
  EXPECT_EQ(checked->event.expiry().closed_day(), kToday);
  EXPECT_EQ(checked->event.expiry().leaves(), AsText(report::RootOfLeaves(leaves)));
  EXPECT_TRUE(store.Verify()->damaged.empty());
}

TEST_F(ExpiryTest, WalksThroughAllPagesAndEndsEachOnce) {
  const std::size_t count = 2 * Expiry::kPageCases + 3;
  std::vector<storage::ReportId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(Submit(std::to_string(i)));
    if (i % 2 == 0) Close(ids.back());
  }
  RanUntil(kToday + 30 * kDay);
  Step(kToday + 30 * kDay);
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(IsErased(ids[i]), i % 2 == 0) << i;
  EXPECT_EQ(expiry->expired(), count / 2 + 1);
  Restart();
  Step(kToday + 30 * kDay + 60);
  EXPECT_EQ(expiry->expired(), 0u) << "done before, and walked anew";
}

TEST_F(ExpiryTest, DoesNotBelieveAClockThatJumps) {
  const auto id = Submit("one");
  Close(id);
  Step(kNow);
  EXPECT_EQ(mark.text, std::to_string(kNow / kDay) + "\n");
  const std::int64_t ahead = kToday + 31 * kDay;
  Step(ahead);
  EXPECT_FALSE(IsErased(id));
  EXPECT_TRUE(expiry->paused());
  Restart();
  Step(ahead);
  EXPECT_FALSE(IsErased(id)) << "a restart confirms nothing";
  EXPECT_TRUE(expiry->paused());
  Step(kNow + 60);
  EXPECT_FALSE(expiry->paused()) << "it was set right";
  Step(kNow - kDay);
  EXPECT_TRUE(expiry->paused()) << "it went back";
  mark.text.clear();  // an operator looked
  Step(ahead);
  EXPECT_FALSE(expiry->paused());
  EXPECT_TRUE(IsErased(id));
  EXPECT_EQ(mark.text, std::to_string(ahead / kDay) + "\n");
}

TEST_F(ExpiryTest, DoesNothingByAMarkThatSaysNothing) {
  const auto id = Submit("one");
  Close(id);
  for (const char* text : {"tomorrow\n", "-1\n", "20000", "20000 \n", "\n"}) {
    mark.text = text;
    Restart();
    Step(kToday + 31 * kDay);
    EXPECT_FALSE(IsErased(id)) << text;
    EXPECT_EQ(mark.text, text);
  }
}

TEST_F(ExpiryTest, GoesOnWhereTheStoreFailed) {
  const auto first = Submit("first");
  const auto second = Submit("second");
  Close(first);
  Close(second);
  const std::int64_t day = kToday + 30 * kDay;
  RanUntil(day);
  for (const storage::Call call :
       {storage::Call::kListCases, storage::Call::kEvents, storage::Call::kCommit}) {
    store.Inject({.call = call, .times = 1});
    Restart();
    Step(day);
    EXPECT_FALSE(IsErased(second));
  }
  while (ledger->counters().failing) std::this_thread::yield();
  Step(day);
  EXPECT_FALSE(IsErased(second)) << "a pause";
  Step(day + 1);
  EXPECT_TRUE(IsErased(first));
  EXPECT_TRUE(IsErased(second));
  EXPECT_EQ(expiry->expired(), 2u);
}

TEST_F(ExpiryTest, PausesLongerAndLongerWhileAPageFails) {
  Close(Submit("one"));
  const std::int64_t day = kToday + 30 * kDay;
  RanUntil(day);
  store.Inject({.call = storage::Call::kListCases, .times = 12});
  std::vector<std::uint64_t> tried;  // steps, by number
  std::uint64_t made = store.count(storage::Call::kListCases);
  for (std::uint64_t step = 0; expiry->expired() == 0 && step < 10'000; ++step) {
    Step(day);
    if (store.count(storage::Call::kListCases) == made) continue;
    made = store.count(storage::Call::kListCases);
    tried.push_back(step);
  }
  std::vector<std::uint64_t> pauses;
  for (std::size_t i = 1; i < tried.size(); ++i) pauses.push_back(tried[i] - tried[i - 1] - 1);
  EXPECT_THAT(pauses, ::testing::ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256));
  EXPECT_EQ(expiry->expired(), 1u);
}

}  // namespace
}  // namespace safeconduct::program
