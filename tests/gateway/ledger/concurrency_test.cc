// Many threads at once, over a store that fails now and then: every answer agrees with the store.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"

namespace safeconduct::ledger {
namespace {

constexpr int kThreads = 6;
constexpr int kReports = 150;

template <typename Body>
void InThreads(Body body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

bool MayTryAgain(const Error& error) {
  return error.code() == Code::kUnavailable || error.code() == Code::kBusy;
}

TEST(LedgerConcurrency, EveryAcceptedReportIsStoredOnceWithTheLeafOfItsAnswer) {
  ScriptedStore store;
  std::atomic<int> commits = 0;
  store.on_commit = [&](int, const storage::Batch&) {
    const int n = ++commits;
    if (n % 7 == 0) return ScriptedStore::Verdict{Error(Code::kUnavailable, "down"), n % 2 == 0};
    return ScriptedStore::Verdict{};
  };
  Limits limits;
  limits.first_retry = std::chrono::milliseconds(1);
  limits.last_retry = std::chrono::milliseconds(2);
  auto ledger = *Ledger::Start(store, limits);

  // Each report is submitted by two threads.
  std::array<std::vector<std::string>, kThreads> salts;
  InThreads([&](int thread) {
    for (int i = 0; i < kReports; ++i) {
      const std::string content = std::to_string(thread / 2) + " " + std::to_string(i);
      for (;;) {
        const auto result = Wait(Submit(*ledger, Report(content)));
        if (result.ok()) {
          salts[static_cast<std::size_t>(thread)].push_back(result->leaf.salt());
          break;
        }
        ASSERT_TRUE(MayTryAgain(result.error()));
        (void)ledger->counters();
        std::this_thread::yield();
      }
    }
  });
  for (std::size_t pair = 0; pair < kThreads / 2; ++pair) {
    EXPECT_EQ(salts[2 * pair], salts[2 * pair + 1]);
  }
  const auto cases = store.ListCases("main", 0, 10'000);
  EXPECT_EQ(cases->size(), static_cast<std::size_t>(kThreads / 2 * kReports));
  EXPECT_EQ(store.Leaves(0, 10'000)->size(), cases->size());
}

TEST(LedgerConcurrency, OneMailboxGoesToOneOfMany) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> accepted = 0;
    InThreads([&](int thread) {
      const std::string content = std::to_string(round) + " " + std::to_string(thread);
      const auto result = Wait(Submit(*ledger, Report(content, std::to_string(round))));
      if (result.ok()) {
        ++accepted;
      } else {
        EXPECT_EQ(result.error().code(), Code::kConflict);
      }
    });
    EXPECT_EQ(accepted, 1);
  }
}

TEST(LedgerConcurrency, ARaceForAPlaceInTheChainHasOneWinner) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  ASSERT_TRUE(Wait(Submit(*ledger, Report("case"))).ok());
  for (std::uint64_t number = 1; number <= 20; ++number) {
    const auto ref = store.FindCase(IdOf("case"));
    const Hash head = ToArray<32>(AsBytes(ref->record.head()));
    std::atomic<int> accepted = 0;
    InThreads([&](int thread) {
      const std::string content = std::to_string(number) + " " + std::to_string(thread);
      const auto result = Wait(
          Submit(*ledger, EventAt(IdOf("case"), number, head, content, Report("case").record)));
      accepted += result.ok() ? 1 : 0;
      if (!result.ok()) {
        EXPECT_EQ(result.error().code(), Code::kConflict);
      }
    });
    EXPECT_EQ(accepted, 1);
  }
  EXPECT_EQ(store.FindCase(IdOf("case"))->record.events(), 20U);
}

TEST(LedgerConcurrency, SequencesForUploadsAreDrawnOnce) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  std::array<std::vector<storage::Sequence>, kThreads> drawn;
  InThreads([&](int thread) {
    for (int i = 0; i < 1'000; ++i) {
      drawn[static_cast<std::size_t>(thread)].push_back(ledger->NextSequence());
    }
  });
  std::set<storage::Sequence> all;
  for (const auto& each : drawn) {
    EXPECT_TRUE(std::is_sorted(each.begin(), each.end()));
    all.insert(each.begin(), each.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kThreads * 1'000));
}

}  // namespace
}  // namespace safeconduct::ledger
