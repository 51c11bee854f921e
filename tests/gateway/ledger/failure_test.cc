// What happens when the store fails, at every place, and that the ledger serves again after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"

namespace safeconduct::ledger {
namespace {

using testing::ElementsAre;
using Verdict = ScriptedStore::Verdict;

constexpr Error kFull(Code::kNoSpace, "full");
constexpr Error kDown(Code::kUnavailable, "down");

class RecordingObserver final : public Observer {
 public:
  void StoreFailed(const Error& error) override { Note(error.message()); }
  void StoreRecovered() override { Note("recovered"); }
  std::vector<std::string> Seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void Note(const char* what) {
    const std::lock_guard lock(mutex_);
    seen_.emplace_back(what);
  }
  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
};

TEST(LedgerFailure, NothingIsAcknowledgedBeforeTheCommitReturns) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer answer = Submit(*ledger, Report("a"));
  store.AwaitHeld();
  EXPECT_FALSE(IsReady(answer));
  store.Release();
  EXPECT_TRUE(Wait(std::move(answer)).ok());
}

TEST(LedgerFailure, AFailedCommitIsTheAnswerOfItsWholeBatch) {
  ScriptedStore store;
  store.on_commit = [](int n, const storage::Batch&) {
    return n == 2 ? Verdict{kFull} : Verdict{};
  };
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  std::vector<Answer> batch;
  batch.push_back(Submit(*ledger, Report("a", "mailbox")));
  batch.push_back(Submit(*ledger, Report("a", "mailbox")));  // again
  batch.push_back(Submit(*ledger, Report("b", "mailbox")));  // would conflict with a
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  for (Answer& answer : batch) {
    const auto result = Wait(std::move(answer));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), Code::kNoSpace);
  }
  EXPECT_EQ(store.FindCase(IdOf("a")).error().code(), Code::kNotFound);
  // Since a was not stored, the mailbox is free.
  EXPECT_TRUE(SubmitUntilTaken(*ledger, Report("b", "mailbox")).ok());
}

TEST(LedgerFailure, WhileTheStoreIsDownEntriesAreRefusedAtOnceOnTheCallersThread) {
  ScriptedStore store;
  store.on_commit = [](int, const storage::Batch&) { return Verdict{kDown}; };
  store.on_recover = [] { return Status(kDown); };
  const auto ledger = StartLedger(store);
  EXPECT_EQ(Wait(Submit(*ledger, Report("a"))).error().code(), Code::kUnavailable);
  while (!ledger->counters().failing) std::this_thread::yield();

  const std::thread::id self = std::this_thread::get_id();
  int answered = 0;
  ledger->SubmitReport(Report("b"), [&](Result<Accepted> result) {
    ++answered;
    EXPECT_EQ(std::this_thread::get_id(), self);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), Code::kUnavailable);
  });
  ledger->SubmitEvent(EventAt(IdOf("a"), 1, {}, "e", Report("a").record),
                      [&](Result<Accepted> result) {
                        ++answered;
                        EXPECT_FALSE(result.ok());
                      });
  ledger->SubmitCharter({1, "note", {}}, [&](Status status) {
    ++answered;
    EXPECT_FALSE(status.ok());
  });
  EXPECT_EQ(answered, 3);
  EXPECT_THAT(store.Writes(), ElementsAre("1r 0e"));
}

TEST(LedgerFailure, WhatWaitsBehindAFailureIsRefusedToo) {
  ScriptedStore store;
  store.on_commit = [](int n, const storage::Batch&) {
    return n == 1 ? Verdict{kFull} : Verdict{};
  };
  Limits limits;
  limits.batch_entries = 1;
  const auto ledger = StartLedger(store, limits);
  store.Hold();
  std::vector<Answer> answers;
  answers.push_back(Submit(*ledger, Report("a")));
  store.AwaitHeld();
  answers.push_back(Submit(*ledger, Report("b")));
  answers.push_back(Submit(*ledger, Report("c")));
  auto charter = Submit(*ledger, storage::CharterRecord{1, "note", {}});
  store.Release();
  for (Answer& answer : answers) {
    EXPECT_EQ(Wait(std::move(answer)).error().code(), Code::kNoSpace);
  }
  EXPECT_EQ(Wait(std::move(charter)).error().code(), Code::kNoSpace);
  EXPECT_TRUE(SubmitUntilTaken(*ledger, Report("b")).ok());
  AwaitIdle(*ledger);
  EXPECT_EQ(ledger->counters().waiting_bytes, 0U);
}

TEST(LedgerFailure, TriesAgainLessAndLessOftenUntilAWriteSucceeds) {
  ScriptedStore store;
  std::atomic<bool> fault = true;
  store.on_commit = [&](int, const storage::Batch&) { return fault ? Verdict{kDown} : Verdict{}; };
  std::atomic<int> attempts = 0;
  store.on_recover = [&] {
    if (++attempts == 6) fault = false;
    return fault ? Status(kDown) : Status();
  };
  RecordingObserver observer;
  const auto ledger = StartLedger(store, {}, &observer);
  const auto begin = ScriptedStore::Clock::now();
  EXPECT_EQ(Wait(Submit(*ledger, Report("a"))).error().code(), Code::kUnavailable);
  EXPECT_TRUE(SubmitUntilTaken(*ledger, Report("a")).ok());

  // 5, 10, then 20 ms each.
  const auto recoveries = store.Recoveries();
  ASSERT_EQ(recoveries.size(), 6U);
  EXPECT_GE(recoveries[0] - begin, std::chrono::milliseconds(5));
  EXPECT_GE(recoveries[1] - recoveries[0], std::chrono::milliseconds(10));
  for (std::size_t i = 2; i < recoveries.size(); ++i) {
    EXPECT_GE(recoveries[i] - recoveries[i - 1], std::chrono::milliseconds(20));
  }
  EXPECT_THAT(observer.Seen(), ElementsAre("down", "recovered"));
  EXPECT_FALSE(ledger->counters().failing);
}

TEST(LedgerFailure, AStoreThatOnlyCallsItselfRecoveredIsNotTriedInABusyLoop) {
  ScriptedStore store;
  std::atomic<int> left = 4;
  store.on_commit = [&](int, const storage::Batch&) {
    return left-- > 0 ? Verdict{kFull} : Verdict{};
  };
  RecordingObserver observer;
  const auto ledger = StartLedger(store, {}, &observer);
  EXPECT_TRUE(SubmitUntilTaken(*ledger, Report("a")).ok());
  const auto recoveries = store.Recoveries();
  ASSERT_EQ(recoveries.size(), 4U);
  for (std::size_t i = 2; i < recoveries.size(); ++i) {
    EXPECT_GE(recoveries[i] - recoveries[i - 1], std::chrono::milliseconds(20));
  }
  EXPECT_THAT(observer.Seen(), ElementsAre("full", "recovered"));
}

TEST(LedgerFailure, OneBadEntryDoesNotSpoilItsBatch) {
  constexpr int kEntries = 9;
  for (int bad = 0; bad < kEntries; ++bad) {
    ScriptedStore store;
    const storage::ReportId bad_id = IdOf(std::to_string(bad));
    store.on_commit = [&](int, const storage::Batch& batch) {
      for (const auto& entry : batch.cases) {
        if (entry.id == bad_id) return Verdict{Error(Code::kRejected, "the upload is gone")};
      }
      return Verdict{};
    };
    const auto ledger = StartLedger(store);
    store.Hold();
    Answer plug = Submit(*ledger, Report("plug"));
    store.AwaitHeld();
    std::vector<Answer> answers;
    for (int i = 0; i < kEntries; ++i) {
      answers.push_back(Submit(*ledger, Report(std::to_string(i))));
    }
    Answer again = Submit(*ledger, Report(std::to_string(bad)));
    store.Release();
    EXPECT_TRUE(Wait(std::move(plug)).ok());
    for (int i = 0; i < kEntries; ++i) {
      const auto result = Wait(std::move(answers[static_cast<std::size_t>(i)]));
      EXPECT_EQ(result.ok(), i != bad) << i;
      EXPECT_EQ(store.FindCase(IdOf(std::to_string(i))).ok(), i != bad) << i;
    }
    EXPECT_EQ(Wait(std::move(again)).error().code(), Code::kRejected);
    EXPECT_FALSE(ledger->counters().failing);
    EXPECT_TRUE(store.Recoveries().empty());
  }
}

TEST(LedgerFailure, AChainWhoseBatchIsHalvedStaysAChain) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  ASSERT_TRUE(Wait(Submit(*ledger, Report("case"))).ok());
  store.on_commit = [&](int, const storage::Batch& batch) {
    for (const auto& entry : batch.cases) {
      if (entry.id == IdOf("bad")) return Verdict{Error(Code::kRejected, "the upload is gone")};
    }
    return Verdict{};
  };
  store.Hold();
  Answer plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  Hash head = Sha256(AsBytes("report case"));
  std::vector<Answer> events;
  Answer bad;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    EventEntry event = EventAt(IdOf("case"), i, head, std::to_string(i), Report("case").record);
    head = event.hash;
    events.push_back(Submit(*ledger, std::move(event)));
    if (i == 3) bad = Submit(*ledger, Report("bad"));
  }
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  for (Answer& event : events) EXPECT_TRUE(Wait(std::move(event)).ok());
  EXPECT_FALSE(Wait(std::move(bad)).ok());
  EXPECT_EQ(store.FindCase(IdOf("case"))->record.events(), 5U);
}

TEST(LedgerFailure, AReadThatFailsIsTheAnswerOfItsEntryOnlyAndTheStoreIsRecovered) {
  ScriptedStore store;
  std::atomic<int> left = 1;
  store.on_find = [&](const storage::ReportId& id) -> std::optional<Error> {
    if (id == IdOf("unlucky") && left-- > 0) return kDown;
    return std::nullopt;
  };
  const auto ledger = StartLedger(store);
  store.Hold();
  Answer plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  Answer unlucky = Submit(*ledger, Report("unlucky"));
  Answer lucky = Submit(*ledger, Report("lucky"));
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  EXPECT_EQ(Wait(std::move(unlucky)).error().code(), Code::kUnavailable);
  EXPECT_TRUE(Wait(std::move(lucky)).ok());
  EXPECT_TRUE(SubmitUntilTaken(*ledger, Report("unlucky")).ok());
  EXPECT_EQ(store.Recoveries().size(), 1U);
}

TEST(LedgerFailure, ADamagedRecordIsTheAnswerOfItsEntryOnly) {
  ScriptedStore store;
  store.on_find = [&](const storage::ReportId& id) -> std::optional<Error> {
    if (id == IdOf("damaged")) return Error(Code::kCorrupted, "damaged");
    return std::nullopt;
  };
  const auto ledger = StartLedger(store);
  EXPECT_EQ(Wait(Submit(*ledger, Report("damaged"))).error().code(), Code::kCorrupted);
  EXPECT_TRUE(Wait(Submit(*ledger, Report("other"))).ok());
  EXPECT_TRUE(store.Recoveries().empty());
}

// A run of reports, events and a charter, in which the write number `fails` fails, leaving nothing
// or everything. A client that tries again ends up with each thing stored once, and with answers
// that agree with what is stored.
class EveryPositionTest : public testing::TestWithParam<std::tuple<int, bool>> {};

TEST_P(EveryPositionTest, TryingAgainLosesNothingAndDoublesNothing) {
  const auto [fails, store_anyway] = GetParam();
  ScriptedStore store;
  std::atomic<int> writes = 0;
  store.on_commit = [&, fails = fails, store_anyway = store_anyway](int, const storage::Batch&) {
    if (++writes == fails) return Verdict{fails % 2 == 0 ? kFull : kDown, store_anyway};
    return Verdict{};
  };
  const auto ledger = StartLedger(store);
  const Hash head = Sha256(AsBytes("report 0"));
  const EventEntry first = EventAt(IdOf("0"), 1, head, "first", Report("0").record);
  const EventEntry second = EventAt(IdOf("0"), 2, first.hash, "second", Report("0").record);

  std::vector<Accepted> accepted;
  for (int i = 0; i < 3; ++i) {
    const auto result = SubmitUntilTaken(*ledger, Report(std::to_string(i)));
    ASSERT_TRUE(result.ok());
    accepted.push_back(*result);
  }
  for (const EventEntry& event : {first, second}) {
    const auto result = SubmitUntilTaken(*ledger, event);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->event_number, event.number);
  }
  EXPECT_GE(writes, std::min(fails, 5));

  EXPECT_EQ(store.ListCases("main", 0, 100)->size(), 3U);
  for (const Accepted& answer : accepted) {
    const auto ref = store.FindCase(answer.id);
    ASSERT_TRUE(ref.ok());
    EXPECT_EQ(store.FindLeaf(ref->record.leaf())->record.salt(), answer.leaf.salt());
  }
  EXPECT_EQ(store.Events(store.FindCase(IdOf("0"))->sequence, 1, 10)->size(), 2U);
  EXPECT_EQ(store.Leaves(0, 100)->size(), 5U);
}

INSTANTIATE_TEST_SUITE_P(Positions, EveryPositionTest,
                         testing::Combine(testing::Range(1, 7), testing::Bool()));

TEST(LedgerFailure, ACharterThatCannotBeWrittenMayBeTriedAgain) {
  ScriptedStore store;
  std::atomic<int> left = 1;
  store.on_commit = [&](int, const storage::Batch&) {
    return left-- > 0 ? Verdict{kFull} : Verdict{};
  };
  const auto ledger = StartLedger(store);
  EXPECT_EQ(Wait(Submit(*ledger, storage::CharterRecord{1, "note", {}})).error().code(),
            Code::kNoSpace);
  EXPECT_TRUE(SubmitUntilTaken(*ledger, Report("a")).ok());
  EXPECT_TRUE(Wait(Submit(*ledger, storage::CharterRecord{1, "note", {}})).ok());
}

TEST(LedgerFailure, StopsAtOnceWhileTheStoreIsDown) {
  ScriptedStore store;
  store.on_commit = [](int, const storage::Batch&) { return Verdict{kDown}; };
  Limits limits;
  limits.first_retry = std::chrono::hours(1);
  limits.last_retry = std::chrono::hours(1);
  auto ledger = *Ledger::Start(store, limits);
  EXPECT_FALSE(Wait(Submit(*ledger, Report("a"))).ok());
  ledger.reset();  // does not wait for the hour to pass
  EXPECT_TRUE(store.Recoveries().empty());
}

}  // namespace
}  // namespace safeconduct::ledger
