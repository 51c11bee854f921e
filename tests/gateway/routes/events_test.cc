#include <gtest/gtest.h>

#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

struct Accepted {
  explicit Accepted(Harness& harness) : chain(sample.sealed.hash) {
    const Answer answer = harness.Submit(sample.sealed);
    if (answer.status != 201) throw std::runtime_error(answer.body);
    path = "/v1/cases/" + report::FormatId(sample.sealed.id);
  }
  const Sample sample;
  Chain chain;
  std::string path;
};

TEST(EventsTest, AHoldersEventIsAppendedWithAPromise) {
  Harness harness;
  Accepted accepted(harness);
  const identity::Party& intake = harness.office.intake;
  const v1::SignedEvent event =
      SignBy(accepted.chain.Status(intake, v1::CASE_STATUS_ACKNOWLEDGED), intake);
  const Answer answer = harness.Post(accepted.path + "/events", AppendOf(event), &intake);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto reply = answer.Message<v1::AppendEventReply>();
  EXPECT_EQ(reply.sequence(), 1U);
  EXPECT_TRUE(report::VerifyPromise(reply.promise(), report::LeafKind::kEvent,
                                    Sha256(AsBytes(event.event())), DemoTrust(harness.office).logs)
                  .ok());
  accepted.chain.Follow(event);

  const auto view = harness.Get(accepted.path, &intake).Message<v1::CaseView>();
  EXPECT_EQ(view.summary().status(), v1::CASE_STATUS_ACKNOWLEDGED);
  EXPECT_EQ(view.summary().events(), 1U);
  ASSERT_EQ(view.events_size(), 1);
  EXPECT_EQ(view.events(0).event(), event.event());
  EXPECT_EQ(view.events(0).signature(), event.signature());

  // The same bytes again, later: the same answer. Then the next one.
  harness.clock.Advance(100);
  EXPECT_EQ(harness.Post(accepted.path + "/events", AppendOf(event), &intake), answer);
  const v1::SignedEvent next = SignBy(
      accepted.chain.Message(harness.office.second_intake, accepted.sample.reporter, "hello"),
      harness.office.second_intake);
  EXPECT_EQ(
      harness.Post(accepted.path + "/events", AppendOf(next), &harness.office.second_intake).status,
      201);
}

TEST(EventsTest, WhatDoesNotFitIsRefusedAndLeavesNoTrace) {
  Harness harness;
  Accepted accepted(harness);
  const Office& office = harness.office;
  const identity::Party& intake = office.intake;
  const Chain& chain = accepted.chain;
  const v1::Event good = chain.Status(intake, v1::CASE_STATUS_ACKNOWLEDGED);
  const auto changed = [&](const std::function<void(v1::Event&)>& change) {
    v1::Event event = good;
    change(event);
    return SignBy(event, intake);
  };
  v1::SignedEvent forged = SignBy(good, intake);
  forged.mutable_signature()->back() ^= 1;
  const Sample other(0, 81);
  const struct {
    const char* name;
    v1::SignedEvent event;
    const identity::Party& sender;
    int status;
    const char* field;
  } kTable[] = {
      {"forged", forged, intake, 422, "signature"},
      {"signed by somebody else", SignBy(good, office.second_intake), intake, 422, "signature"},
      {"sent by somebody else", SignBy(good, intake), office.second_intake, 422, "author"},
      {"by an auditor",
       SignBy(chain.Status(office.auditor, v1::CASE_STATUS_CLOSED), office.auditor), office.auditor,
       422, "status"},
      {"by a support officer",
       SignBy(chain.Status(office.support, v1::CASE_STATUS_CLOSED), office.support), office.support,
       422, "status"},
      {"as the reporter",
       SignBy(chain.Message(other.reporter, other.reporter, "x"), other.reporter), intake, 422,
       "author"},
      {"of another case",
       changed([&](auto& e) { e.set_report_hash(std::string(AsText(other.sealed.hash))); }), intake,
       422, "report_hash"},
      {"too early", changed([](auto& e) { e.set_sequence(2); }), intake, 409, nullptr},
      {"after another event", changed([](auto& e) { e.set_previous(std::string(32, 'x')); }),
       intake, 409, nullptr},
      {"under another charter", changed([](auto& e) { e.set_charter_version(2); }), intake, 409,
       "charter_version"},
      {"in the future", changed([](auto& e) { e.set_time(e.time() + 7200); }), intake, 422, "time"},
      {"to the minute", changed([](auto& e) { e.set_time(e.time() - 60); }), intake, 422, "time"},
      {"back to received", SignBy(chain.Status(intake, v1::CASE_STATUS_RECEIVED), intake), intake,
       422, "status"},
      {"without a body", changed([](auto& e) { e.clear_body(); }), intake, 400, "body"},
      {"nothing", v1::SignedEvent(), intake, 400, "signature"},
  };
  for (const auto& row : kTable) {
    const Answer answer = harness.Post(accepted.path + "/events", AppendOf(row.event), &row.sender);
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    if (row.field != nullptr) {
      EXPECT_EQ(answer.ErrorField(), row.field) << row.name;
    }
  }
  EXPECT_EQ(harness.store().FindCase(accepted.sample.sealed.id)->record.events(), 0U);
  EXPECT_EQ(harness.Post(accepted.path + "/events", AppendOf(SignBy(good, intake)), &intake).status,
            201);
}

TEST(EventsTest, OfTwoAtOncePlaceOneConflicts) {
  Harness harness;
  Accepted accepted(harness);
  const Office& office = harness.office;
  const auto first =
      SignBy(accepted.chain.Status(office.intake, v1::CASE_STATUS_CLOSED), office.intake);
  const auto second = SignBy(accepted.chain.Status(office.second_intake, v1::CASE_STATUS_CLOSED),
                             office.second_intake);
  EXPECT_EQ(harness.Post(accepted.path + "/events", AppendOf(first), &office.intake).status, 201);
  const Answer answer =
      harness.Post(accepted.path + "/events", AppendOf(second), &office.second_intake);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.ErrorCode(), "conflict");
}

TEST(EventsTest, AreListedOldestFirstByPages) {
  Harness harness;
  Accepted accepted(harness);
  const identity::Party& intake = harness.office.intake;
  constexpr int kCount = 130;  // more than the store is asked for at once
  std::vector<std::string> sent;
  for (int i = 0; i < kCount; ++i) {
    const v1::SignedEvent event =
        SignBy(accepted.chain.Status(intake, i % 2 == 0 ? v1::CASE_STATUS_IN_ASSESSMENT
                                                        : v1::CASE_STATUS_ACKNOWLEDGED),
               intake);
    ASSERT_EQ(harness.Post(accepted.path + "/events", AppendOf(event), &intake).status, 201);
    accepted.chain.Follow(event);
    sent.push_back(event.event());
  }
  for (const int limit : {1, 7, 64, 65, 129, 130, 131, 1000}) {
    std::vector<std::string> read;
    std::string after;
    do {
      const Answer answer =
          harness.Get(accepted.path + "/events?limit=" + std::to_string(limit) + after,
                      &harness.office.auditor);
      ASSERT_EQ(answer.status, 200) << answer.body;
      const auto list = answer.Message<v1::EventList>();
      EXPECT_LE(list.events_size(), limit);
      for (const auto& event : list.events()) read.push_back(event.event());
      after = list.next().empty() ? "" : "&after=" + list.next();
    } while (!after.empty());
    EXPECT_EQ(read, sent) << limit;
  }
  EXPECT_EQ(harness.Get(accepted.path + "/events?after=130", &intake)
                .Message<v1::EventList>()
                .events_size(),
            0);
  EXPECT_EQ(harness.Get(accepted.path + "/events?after=9999999", &intake).status, 200);
  EXPECT_EQ(harness.Get(accepted.path + "/events?after=x", &intake).status, 400);
  EXPECT_EQ(harness.Get(accepted.path, &intake).Message<v1::CaseView>().events_size(), kCount);
}

}  // namespace
}  // namespace safeconduct::testing
