// Work of the gateway's own on the ledger's thread: what it sees and when it comes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"

namespace safeconduct::ledger {
namespace {

using testing::ElementsAre;

std::future<Status> Submit(Ledger& ledger, std::function<Status(const Draw&)> work) {
  auto done = std::make_shared<std::promise<Status>>();
  std::future<Status> answer = done->get_future();
  ledger.SubmitWork(std::move(work), [done](const Status& status) { done->set_value(status); });
  return answer;
}

TEST(LedgerWork, SeesAllThatWasAcceptedBeforeIt) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer before = Submit(*ledger, Report("before"));
  store.AwaitHeld();
  Answer also = Submit(*ledger, Report("also"));
  std::size_t seen = 0;
  storage::Sequence drawn = 0;
  std::future<Status> worked = Submit(*ledger, [&](const Draw& draw) {
    seen = store.Leaves(0, 10)->size();
    drawn = draw();
    return Status();
  });
  Answer after = Submit(*ledger, Report("after"));
  store.Release();
  EXPECT_TRUE(Wait(std::move(worked)).ok());
  EXPECT_TRUE(Wait(std::move(after)).ok());
  EXPECT_TRUE(Wait(std::move(before)).ok());
  EXPECT_TRUE(Wait(std::move(also)).ok());
  EXPECT_EQ(seen, 2U);
  EXPECT_EQ(drawn, 5U);  // after two reports and their leaves
  EXPECT_EQ(*store.LastSequence(), 7U);
  EXPECT_THAT(store.Writes(), ElementsAre("1r 0e", "1r 0e", "1r 0e"));
}

TEST(LedgerWork, IsTakenHoweverMuchWaits) {
  ScriptedStore store;
  Limits limits;
  limits.waiting_entries = 2;
  const auto ledger = StartLedger(store, limits);
  store.Hold();
  Answer first = Submit(*ledger, Report("first"));
  store.AwaitHeld();
  Answer second = Submit(*ledger, Report("second"));
  EXPECT_EQ(Wait(Submit(*ledger, Report("third"))).error().code(), Code::kBusy);
  std::future<Status> worked = Submit(*ledger, [](const Draw&) { return Status(); });
  store.Release();
  EXPECT_TRUE(Wait(std::move(worked)).ok());
  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_TRUE(Wait(std::move(second)).ok());
}

TEST(LedgerWork, ThatTheStoreFailedIsAFailureOfTheStore) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  const Error full(Code::kNoSpace, "full");
  EXPECT_EQ(Wait(Submit(*ledger, [&](const Draw&) { return Status(full); })).error().code(),
            Code::kNoSpace);
  EXPECT_EQ(ledger->counters().failed_batches, 1U);
  // What is wrong with the work alone is not.
  AwaitIdle(*ledger);
  Status wrong;
  do {
    wrong = Wait(Submit(*ledger, [](const Draw&) {
      return Status(Error(Code::kCorrupted, "a leaf cannot be read"));
    }));
  } while (wrong.error().code() == Code::kNoSpace);  // until the store has recovered
  EXPECT_EQ(wrong.error().code(), Code::kCorrupted);
  EXPECT_FALSE(ledger->counters().failing);
  EXPECT_TRUE(Wait(Submit(*ledger, Report("a"))).ok());
}

}  // namespace
}  // namespace safeconduct::ledger
