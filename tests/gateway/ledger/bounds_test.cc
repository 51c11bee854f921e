// Bounds of memory and batches, what the counters say, and the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"

namespace safeconduct::ledger {
namespace {

using testing::ElementsAre;

ReportEntry Large(const std::string& content, std::size_t bytes) {
  ReportEntry entry = Report(content);
  entry.payloads[0].assign(bytes, 7);
  entry.record.mutable_compartments(0)->set_payload_bytes(bytes);
  return entry;
}

// A ledger whose first entry is being written and held, so that all that follow wait.
class HeldLedger {
 public:
  explicit HeldLedger(const Limits& limits) : ledger(StartLedger(store, limits)) {
    store.Hold();
    answers.push_back(Submit(*ledger, Report("plug")));
    store.AwaitHeld();
  }
  void Add(ReportEntry entry) { answers.push_back(Submit(*ledger, std::move(entry))); }
  int Accepted() {
    store.Release();
    int accepted = 0;
    for (Answer& answer : answers) accepted += Wait(std::move(answer)).ok() ? 1 : 0;
    return accepted;
  }
  ScriptedStore store;
  std::vector<Answer> answers;
  std::unique_ptr<Ledger> ledger;
};

TEST(LedgerBounds, MoreEntriesThanMayWaitAreBusy) {
  Limits limits;
  limits.waiting_entries = 4;
  HeldLedger held(limits);
  for (int i = 0; i < 3; ++i) held.Add(Report(std::to_string(i)));
  EXPECT_EQ(held.ledger->counters().waiting_entries, 4U);
  EXPECT_EQ(Wait(Submit(*held.ledger, Report("too many"))).error().code(), Code::kBusy);
  EXPECT_EQ(held.Accepted(), 4);
  AwaitIdle(*held.ledger);
  EXPECT_TRUE(Wait(Submit(*held.ledger, Report("too many"))).ok());
}

TEST(LedgerBounds, MoreBytesThanMayWaitAreBusy) {
  Limits limits;
  limits.waiting_bytes = 1'000'000;
  HeldLedger held(limits);
  held.Add(Large("a", 400'000));
  held.Add(Large("b", 400'000));
  EXPECT_GE(held.ledger->counters().waiting_bytes, 800'000U);
  EXPECT_LE(held.ledger->counters().waiting_bytes, 1'000'000U);
  EXPECT_EQ(Wait(Submit(*held.ledger, Large("c", 400'000))).error().code(), Code::kBusy);
  held.Add(Report("small"));
  EXPECT_EQ(held.Accepted(), 4);
  AwaitIdle(*held.ledger);
  EXPECT_TRUE(Wait(Submit(*held.ledger, Large("c", 400'000))).ok());
}

TEST(LedgerBounds, WhatCanNeverFitIsTooLarge) {
  ScriptedStore store;
  Limits limits;
  limits.waiting_bytes = 100'000;
  const auto ledger = StartLedger(store, limits);
  EXPECT_EQ(Wait(Submit(*ledger, Large("a", 100'000))).error().code(), Code::kTooLarge);
  EXPECT_TRUE(Wait(Submit(*ledger, Large("b", 50'000))).ok());
}

TEST(LedgerBounds, BatchesKeepToTheirNumberAndSize) {
  Limits limits;
  limits.batch_entries = 3;
  limits.batch_bytes = 250'000;
  HeldLedger held(limits);
  for (int i = 0; i < 4; ++i) held.Add(Report(std::to_string(i)));
  held.Add(Large("a", 100'000));
  held.Add(Large("b", 100'000));
  held.Add(Large("c", 100'000));
  held.Add(Large("larger than a batch", 300'000));
  held.Add(Report("last"));
  EXPECT_EQ(held.Accepted(), 10);
  EXPECT_THAT(held.store.Writes(),
              ElementsAre("1r 0e", "3r 0e", "3r 0e", "1r 0e", "1r 0e", "1r 0e"));
  EXPECT_EQ(held.ledger->counters().largest_batch, 3U);
}

TEST(LedgerBounds, CountersAddUp) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Wait(Submit(*ledger, Report(std::to_string(i)))).ok());
  }
  ASSERT_TRUE(Wait(Submit(*ledger, Report("0"))).ok());  // stored already: no write
  ASSERT_TRUE(Wait(Submit(*ledger, storage::CharterRecord{1, "note", {}})).ok());
  const Counters counters = ledger->counters();
  EXPECT_EQ(counters.batches, 6U);
  EXPECT_EQ(counters.entries, 6U);
  EXPECT_EQ(counters.failed_batches, 0U);
  EXPECT_FALSE(counters.failing);
}

TEST(LedgerBounds, TheEndFinishesWhatWaits) {
  Limits limits;
  limits.batch_entries = 2;
  auto held = std::make_unique<HeldLedger>(limits);
  for (int i = 0; i < 9; ++i) held->Add(Report(std::to_string(i)));
  std::vector<Answer> answers = std::move(held->answers);
  std::thread end([&held] { held->ledger.reset(); });
  held->store.Release();
  end.join();
  for (Answer& answer : answers) {
    ASSERT_TRUE(IsReady(answer));
    EXPECT_TRUE(answer.get().ok());
  }
}

}  // namespace
}  // namespace safeconduct::ledger
