// Read marks on their way to the store: alone, giving way to reports, and of no matter to others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"
#include "tests/storage/faulty_store.h"

namespace safeconduct::ledger {
namespace {

using testing::ElementsAre;

constexpr storage::HolderKey kHolder{7};

MarksEntry Marks(std::uint64_t replaces, std::size_t bytes = 5'000) {
  return {kHolder, replaces, Bytes(bytes, 1)};
}

std::future<Status> Submit(Ledger& ledger, MarksEntry entry) {
  auto done = std::make_shared<std::promise<Status>>();
  std::future<Status> answer = done->get_future();
  ledger.SubmitMarks(std::move(entry), [done](const Status& status) { done->set_value(status); });
  return answer;
}

TEST(LedgerMarks, AreWrittenBetweenTheBatches) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer first = Submit(*ledger, Report("first"));
  store.AwaitHeld();
  Answer second = Submit(*ledger, Report("second"));
  std::future<Status> marks = Submit(*ledger, Marks(0));
  std::future<Status> more = Submit(*ledger, Marks(1));
  Answer third = Submit(*ledger, Report("third"));
  EXPECT_EQ(store.Marks(kHolder)->version, 0U);
  store.Release();
  EXPECT_TRUE(Wait(std::move(marks)).ok());
  EXPECT_TRUE(Wait(std::move(more)).ok());
  for (Answer* answer : {&first, &second, &third}) EXPECT_TRUE(Wait(std::move(*answer)).ok());
  EXPECT_THAT(store.Writes(), ElementsAre("1r 0e", "1r 0e", "marks 1", "marks 2", "1r 0e"));
  EXPECT_EQ(store.Marks(kHolder)->version, 2U);
}

TEST(LedgerMarks, AConflictIsTheirHoldersAloneAndNoFailure) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  EXPECT_EQ(Wait(Submit(*ledger, Marks(1))).error().code(), Code::kConflict);
  EXPECT_FALSE(ledger->counters().failing);
  EXPECT_EQ(ledger->counters().failed_batches, 0U);
  EXPECT_TRUE(Wait(Submit(*ledger, Report("a"))).ok());
}

TEST(LedgerMarks, CrowdOutNoReport) {
  Limits limits;
  limits.waiting_bytes = 1'000'000;
  ScriptedStore store;
  const auto ledger = StartLedger(store, limits);
  store.Hold();
  Answer plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  std::future<Status> taken = Submit(*ledger, Marks(0, 400'000));
  EXPECT_EQ(Wait(Submit(*ledger, Marks(1, 400'000))).error().code(), Code::kBusy);
  ReportEntry large = Report("large");
  large.payloads[0].assign(400'000, 7);
  large.record.mutable_compartments(0)->set_payload_bytes(400'000);
  Answer report = Submit(*ledger, std::move(large));
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  EXPECT_TRUE(Wait(std::move(taken)).ok());
  EXPECT_TRUE(Wait(std::move(report)).ok());
}

TEST(LedgerMarks, ThatAreAcknowledgedAreThereAfterALossOfPower) {
  for (const storage::Left left : {storage::Left::kNothing, storage::Left::kEverything}) {
    storage::FaultyStore store;
    auto ledger = StartLedger(store);
    ASSERT_TRUE(Wait(Submit(*ledger, Marks(0))).ok());
    store.Inject({.call = storage::Call::kPutMarks, .times = 1, .left = left});
    EXPECT_EQ(Wait(Submit(*ledger, Marks(1))).error().code(), Code::kUnavailable);
    // Who was refused asks what is there, and goes on from it.
    Status status = Error(Code::kUnavailable, "not tried");
    std::uint64_t version = 0;
    while (!status.ok() && status.error().code() != Code::kConflict) {
      version = store.Marks(kHolder)->version;
      status = Wait(Submit(*ledger, Marks(version)));
    }
    if (!status.ok()) {
      version = store.Marks(kHolder)->version;
      EXPECT_EQ(version, 2U);
      ASSERT_TRUE(Wait(Submit(*ledger, Marks(version))).ok());
    }
    ledger.reset();
    store.Crash();
    EXPECT_EQ(store.Marks(kHolder)->version, version + 1);
  }
}

}  // namespace
}  // namespace safeconduct::ledger
