// Decoys go the way of reports, are kept nowhere, and give way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"

namespace safeconduct::ledger {
namespace {

using testing::ElementsAre;
using Verdict = ScriptedStore::Verdict;

DecoyEntry Decoy(std::size_t payload_bytes = 100) {
  return {Bytes(50, 1), {Bytes(payload_bytes, 2), Bytes(3, 3), Bytes(4, 4)}};
}

TEST(LedgerDecoys, AreAnsweredWhenTheyAreOnDiskAndNotBefore) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  std::future<Status> answer = Submit(*ledger, Decoy());
  store.AwaitHeld();
  EXPECT_FALSE(IsReady(answer));
  store.Release();
  EXPECT_TRUE(Wait(std::move(answer)).ok());
  EXPECT_THAT(store.Writes(), ElementsAre("0r 0e 4d"));
}

TEST(LedgerDecoys, TravelInTheBatchesOfReportsAndAreCountedApart) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  Answer report = Submit(*ledger, Report("a"));
  std::future<Status> first = Submit(*ledger, Decoy());
  std::future<Status> second = Submit(*ledger, Decoy());  // the same bytes are no repetition
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  EXPECT_TRUE(Wait(std::move(report)).ok());
  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_TRUE(Wait(std::move(second)).ok());
  EXPECT_THAT(store.Writes(), ElementsAre("1r 0e", "1r 0e 8d"));
  const Counters counters = ledger->counters();
  EXPECT_EQ(counters.batches, 2U);
  EXPECT_EQ(counters.entries, 2U);
  EXPECT_EQ(counters.decoys, 2U);
  EXPECT_EQ(counters.largest_batch, 3U);
  EXPECT_EQ(*store.LastSequence(), 4U);  // of two reports and their leaves
  EXPECT_EQ(store.Leaves(0, 10)->size(), 2U);
}

TEST(LedgerDecoys, AreBusyAboveHalfOfTheEntriesThatMayWait) {
  ScriptedStore store;
  Limits limits;
  limits.waiting_entries = 8;
  const auto ledger = StartLedger(store, limits);
  store.Hold();
  std::vector<std::future<Status>> decoys;
  decoys.push_back(Submit(*ledger, Decoy()));
  store.AwaitHeld();
  for (int i = 0; i < 3; ++i) decoys.push_back(Submit(*ledger, Decoy()));
  EXPECT_EQ(Wait(Submit(*ledger, Decoy())).error().code(), Code::kBusy);
  // Reports have the other half to themselves.
  std::vector<Answer> reports;
  for (int i = 0; i < 4; ++i) reports.push_back(Submit(*ledger, Report(std::to_string(i))));
  EXPECT_EQ(Wait(Submit(*ledger, Report("too many"))).error().code(), Code::kBusy);
  store.Release();
  for (auto& decoy : decoys) EXPECT_TRUE(Wait(std::move(decoy)).ok());
  for (Answer& report : reports) EXPECT_TRUE(Wait(std::move(report)).ok());
  AwaitIdle(*ledger);
  EXPECT_TRUE(Wait(Submit(*ledger, Decoy())).ok());
}

TEST(LedgerDecoys, AreBusyAboveHalfOfTheBytesThatMayWait) {
  ScriptedStore store;
  Limits limits;
  limits.waiting_bytes = 1'000'000;
  const auto ledger = StartLedger(store, limits);
  store.Hold();
  std::future<Status> first = Submit(*ledger, Decoy(300'000));
  store.AwaitHeld();
  EXPECT_EQ(Wait(Submit(*ledger, Decoy(300'000))).error().code(), Code::kBusy);
  EXPECT_EQ(Wait(Submit(*ledger, Decoy(600'000))).error().code(), Code::kTooLarge);
  std::future<Status> small = Submit(*ledger, Decoy(100'000));
  Answer report = Submit(*ledger, Report("a"));
  store.Release();
  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_TRUE(Wait(std::move(small)).ok());
  EXPECT_TRUE(Wait(std::move(report)).ok());
}

TEST(LedgerDecoys, GetTheErrorThatAReportWouldGet) {
  for (const Error& error :
       {Error(Code::kNoSpace, "full"), Error(Code::kUnavailable, "the disk failed")}) {
    ScriptedStore store;
    store.on_commit = [&](int, const storage::Batch&) { return Verdict{error}; };
    store.on_recover = [&] { return Status(error); };
    const auto ledger = StartLedger(store);
    EXPECT_EQ(Wait(Submit(*ledger, Decoy())).error().code(), error.code());
    while (!ledger->counters().failing) std::this_thread::yield();
    const Code of_report = Wait(Submit(*ledger, Report("a"))).error().code();
    EXPECT_EQ(Wait(Submit(*ledger, Decoy())).error().code(), of_report);
    EXPECT_EQ(ledger->counters().decoys, 0U);
  }
}

TEST(LedgerDecoys, DoNotSufferFromAnEntryThatIsAtFault) {
  ScriptedStore store;
  store.on_commit = [](int, const storage::Batch& batch) {
    for (const storage::NewCase& entry : batch.cases) {
      if (entry.id == IdOf("bad")) return Verdict{Error(Code::kRejected, "an upload is gone")};
    }
    return Verdict{};
  };
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  std::future<Status> first = Submit(*ledger, Decoy());
  Answer bad = Submit(*ledger, Report("bad"));
  std::future<Status> second = Submit(*ledger, Decoy());
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_EQ(Wait(std::move(bad)).error().code(), Code::kRejected);
  EXPECT_TRUE(Wait(std::move(second)).ok());
  EXPECT_EQ(ledger->counters().decoys, 2U);
}

}  // namespace
}  // namespace safeconduct::ledger
