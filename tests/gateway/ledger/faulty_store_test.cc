// Over the faulty store: whichever call fails, at whichever place, and whatever it leaves behind,
// what was acknowledged is there after a loss of power, once, as it was acknowledged.
#include <gtest/gtest.h>

#include "tests/gateway/ledger/entries.h"
#include "tests/storage/faulty_store.h"

namespace safeconduct::ledger {
namespace {

using storage::Call;
using storage::Left;

struct Place {
  Call call;
  std::uint64_t after;
  Code code;
  Left left;
};

std::vector<Place> Places() {
  std::vector<Place> out;
  for (const Call call : {Call::kCommit, Call::kFindCase, Call::kFindMailbox, Call::kFindLeaf,
                          Call::kEvents, Call::kAnyWrite, Call::kAny}) {
    for (std::uint64_t after = 0; after < 8; ++after) {
      for (const Code code : {Code::kUnavailable, Code::kNoSpace}) {
        for (const Left left : {Left::kNothing, Left::kEverything}) {
          out.push_back({call, after, code, left});
        }
      }
    }
  }
  return out;
}

constexpr Error kDown(Code::kUnavailable, "down");
constexpr Error kFull(Code::kNoSpace, "full");

class FaultyStoreTest : public testing::TestWithParam<Place> {};

TEST_P(FaultyStoreTest, WhatIsAcknowledgedSurvives) {
  storage::FaultyStore store;
  auto ledger = StartLedger(store);
  storage::Fault fault;
  fault.call = GetParam().call;
  fault.after = GetParam().after;
  fault.times = 2;
  fault.error = GetParam().code == Code::kNoSpace ? kFull : kDown;
  fault.left = GetParam().left;
  store.Inject(fault);

  std::vector<Accepted> reports;
  std::vector<Accepted> events;
  for (const char* content : {"a", "b", "a", "c"}) {
    const auto result = SubmitUntilTaken(*ledger, Report(content));
    ASSERT_TRUE(result.ok());
    reports.push_back(*result);
  }
  const EventEntry first =
      EventAt(IdOf("a"), 1, Sha256(AsBytes("report a")), "first", Report("a").record);
  const EventEntry second = EventAt(IdOf("a"), 2, first.hash, "second", Report("a").record);
  for (const EventEntry& event : {first, second, first}) {
    const auto result = SubmitUntilTaken(*ledger, event);
    ASSERT_TRUE(result.ok());
    events.push_back(*result);
  }
  ledger.reset();
  store.EndFault();
  store.Crash();
  ASSERT_TRUE(store.Recover().ok());

  EXPECT_EQ(store.ListCases("main", 0, 100)->size(), 3U);
  EXPECT_EQ(reports[0].leaf.salt(), reports[2].leaf.salt());
  for (const Accepted& report : reports) {
    const auto ref = store.FindCase(report.id);
    ASSERT_TRUE(ref.ok());
    EXPECT_EQ(store.FindLeaf(ref->record.leaf())->record.salt(), report.leaf.salt());
    EXPECT_FALSE(store.Sealed(ref->sequence)->empty());
  }
  const auto stored = store.Events(store.FindCase(IdOf("a"))->sequence, 1, 10);
  ASSERT_EQ(stored->size(), 2U);
  for (const Accepted& event : events) {
    const auto& leaf = (*stored)[event.event_number - 1].leaf.record;
    EXPECT_EQ(leaf.salt(), event.leaf.salt());
  }
  EXPECT_EQ(store.Leaves(0, 100)->size(), 5U);
}

INSTANTIATE_TEST_SUITE_P(Places, FaultyStoreTest, testing::ValuesIn(Places()),
                         [](const auto& test) { return std::to_string(test.index); });

}  // namespace
}  // namespace safeconduct::ledger
