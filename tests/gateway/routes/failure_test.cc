// When the store fails: nothing is acknowledged that is not there, and it serves again.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tests/gateway/ledger/scripted_store.h"
#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

struct Row {
  Code code;
  int status;
  const char* name;
};
constexpr Row kFaults[] = {
    {Code::kUnavailable, 503, "unavailable"},
    {Code::kNoSpace, 507, "no_space"},
};

TEST(FailureTest, AReportThatWasNotStoredIsNotAcknowledged) {
  for (const Row& fault : kFaults) {
    ledger::ScriptedStore store;
    Harness harness({.store = &store});
    std::atomic<bool> failing{true};
    store.on_commit = [&](int, const storage::Batch&) -> ledger::ScriptedStore::Verdict {
      if (!failing) return {};
      return {Error(fault.code, "the disk failed"), false};
    };
    store.on_recover = [&]() -> Status {
      if (failing) return Error(Code::kUnavailable, "still failing");
      return {};
    };
    const Sample sample;
    const Answer answer = harness.Submit(sample.sealed);
    EXPECT_EQ(answer.status, fault.status) << answer.body;
    EXPECT_EQ(answer.ErrorCode(), fault.name);
    EXPECT_NE(answer.Header("retry-after"), "");
    EXPECT_EQ(answer.body.find("promise"), std::string::npos);
    EXPECT_FALSE(store.FindCase(sample.sealed.id).ok());

    failing = false;
    // The ledger tries by itself; until it has, the answer is 503.
    Answer later;
    do {
      later = harness.Submit(sample.sealed);
    } while (later.status == 503 || later.status == 507);
    EXPECT_EQ(later.status, 201) << later.body;
    EXPECT_TRUE(store.FindCase(sample.sealed.id).ok());
  }
}

TEST(FailureTest, ReadingFromAFailingStoreIs503) {
  ledger::ScriptedStore store;
  Harness harness({.store = &store});
  store.on_find = [](const storage::ReportId&) {
    return std::optional(Error(Code::kUnavailable, "the disk failed"));
  };
  const std::string path = "/v1/cases/" + std::string(32, 'a');
  for (const std::string& each : {path, path + "/events", path + "/compartments/triage"}) {
    const Answer answer = harness.Get(each, &harness.office.intake);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.ErrorCode(), "unavailable");
  }
}

TEST(FailureTest, ACharterThatWasNotStoredIsNotInForce) {
  ledger::ScriptedStore store;
  Harness harness({.store = &store});
  store.on_commit = [](int, const storage::Batch&) -> ledger::ScriptedStore::Verdict {
    return {Error(Code::kUnavailable, "the disk failed"), false};
  };
  store.on_recover = [] { return Status(Error(Code::kUnavailable, "still failing")); };
  v1::CharterDocument document;
  document.set_note(harness.CharterNote(2, harness.Charter()));
  const Answer answer = harness.Send({.method = "PUT",
                                      .target = "/v1/charter",
                                      .headers = {{"content-type", "application/x-protobuf"}},
                                      .body = document.SerializeAsString()});
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(harness.charters().InForce()->charter->version(), 1U);
}

TEST(FailureTest, OneCharterIsLookedAtAtATime) {
  ledger::ScriptedStore store;
  Harness harness({.store = &store});
  std::latch entered(1);
  std::latch release(1);
  std::atomic<bool> hold{true};
  store.on_commit = [&](int, const storage::Batch&) -> ledger::ScriptedStore::Verdict {
    if (hold.exchange(false)) {
      entered.count_down();
      release.wait();
    }
    return {};
  };
  const auto put = [&](std::uint64_t version) {
    v1::CharterDocument document;
    document.set_note(harness.CharterNote(version, harness.Charter()));
    return harness.Send({.method = "PUT",
                         .target = "/v1/charter",
                         .headers = {{"content-type", "application/x-protobuf"}},
                         .body = document.SerializeAsString()});
  };
  Answer first;
  std::thread publisher([&] { first = put(2); });
  entered.wait();
  const Answer busy = put(2);
  release.count_down();
  publisher.join();
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.ErrorCode(), "busy");
  EXPECT_EQ(first.status, 204) << first.body;
  // Whoever was answered can bring the next one at once.
  EXPECT_EQ(put(3).status, 204);
  EXPECT_EQ(put(4).status, 204);
}

}  // namespace
}  // namespace safeconduct::testing
