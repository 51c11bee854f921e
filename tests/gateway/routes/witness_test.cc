// The witness as logs and monitors see it.
#include "gateway/witness/witness.h"

#include <gtest/gtest.h>

#include "tests/gateway/routes/harness.h"
#include "tests/gateway/witness/growing_log.h"

namespace safeconduct::testing {
namespace {

class WitnessRouteTest : public ::testing::Test {
 protected:
  WitnessRouteTest() : harness_({.witness = MakeWitness()}) {}
  witness::Witness* MakeWitness() {
    const auto memory = [this](const std::string&) {
      auto made = std::make_unique<MemoryHighWater>();
      memory_ = made.get();
      return made;
    };
    std::string failing;
    witness_ =
        *witness::Witness::Open("w.example.org", key_, {log_.verifier()}, memory, clock_, failing);
    return witness_.get();
  }
  Answer Post(const std::string& body, const std::string& type = "") {
    Ask ask{.method = "POST", .target = "/witness/add-checkpoint", .body = body};
    if (!type.empty()) ask.headers.push_back({"content-type", type});
    return harness_.Send(ask);
  }
  std::string monitored() const {
    return "/witness/" + witness::OriginHash(log_.origin) + "/checkpoint";
  }

  const SigningKey key_ = witness::KeyOf(40);
  const witness::GrowingLog log_;
  witness::StoppedClock clock_;
  MemoryHighWater* memory_ = nullptr;
  std::unique_ptr<witness::Witness> witness_;
  Harness harness_;
};

TEST_F(WitnessRouteTest, AnswersWithTheCosignatureAndNothingElse) {
  EXPECT_EQ(harness_.Get(monitored()).status, 404);
  // The specification names no media type, so there may be any.
  for (const char* type : {"", "text/plain", "application/octet-stream"}) {
    const Answer answer = Post(log_.Request(type[0] == '\0' ? 0 : 3, 3), type);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.Header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.Header("cache-control"), "no-store");
    const note::Note note = *note::Parse(log_.Checkpoint(3));
    EXPECT_TRUE(Succeeds(tlog::FindCosignature(answer.body, note.text, witness_->verifier())));
    const Answer seen = harness_.Get(monitored());
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.body, log_.Checkpoint(3) + answer.body);
  }
  EXPECT_EQ(harness_.Get("/witness/" + std::string(64, '0') + "/checkpoint").status, 404);
  EXPECT_EQ(harness_.Get("/witness/add-checkpoint").status, 405);
}

TEST_F(WitnessRouteTest, RefusesWithTheStatusesOfTheSpecification) {
  ASSERT_EQ(Post(log_.Request(0, 10)).status, 200);
  const Answer conflict = Post(log_.Request(0, 12));
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.Header("content-type"), "text/x.tlog.size");
  EXPECT_EQ(conflict.body, "10\n");

  const witness::GrowingLog fork(log_.origin, 5);
  const std::string other_origin = witness::GrowingLog("other.example.org").Request(0, 3);
  const std::string stranger =
      "old 10\n\n" + *tlog::SignCheckpoint({log_.origin, 10, log_.Root(10)}, witness::KeyOf(9));
  const struct {
    const char* name;
    std::string body;
    int status;
  } kTable[] = {
      {"no request", "nonsense", 400},
      {"a line that is no hash", "old 10\n" + std::string(45, 'A'), 400},
      {"an old size over the new", "old 11\n\n" + log_.Checkpoint(10), 400},
      {"a stranger's signature", stranger, 403},
      {"an unknown origin", other_origin, 404},
      {"a fork of the same size", fork.Request(10, 10), 422},
      {"a fork that is larger", fork.Request(10, 12), 422},
      {"a body that is too long", std::string(65'537, 'x'), 413},
  };
  for (const auto& row : kTable) EXPECT_EQ(Post(row.body).status, row.status) << row.name;
}

TEST_F(WitnessRouteTest, WhatCannotBeKeptIsNotCosigned) {
  ASSERT_EQ(Post(log_.Request(0, 3)).status, 200);
  memory_->fault = Error(Code::kNoSpace, "full");
  EXPECT_EQ(Post(log_.Request(3, 5)).status, 507);
  memory_->fault = Error(Code::kUnavailable, "gone");
  const Answer answer = Post(log_.Request(3, 5));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body.find("\u2014"), std::string::npos);
  memory_->fault.reset();
  EXPECT_EQ(Post(log_.Request(3, 5)).status, 200);
}

TEST(WitnessRoute, IsAbsentWhereNoneIsConfigured) {
  Harness harness;
  const Answer nothing = harness.Get("/v1/texts/x");
  const Ask ask{.method = "POST", .target = "/witness/add-checkpoint", .body = "old 0\n\nx"};
  EXPECT_EQ(harness.Send(ask).status, 404);
  EXPECT_EQ(harness.Get("/witness/" + std::string(64, '0') + "/checkpoint").status, 404);
  EXPECT_EQ(harness.Send(ask).body, nothing.body);
}

}  // namespace
}  // namespace safeconduct::testing
