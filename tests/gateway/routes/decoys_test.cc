// Decoys from outside: what a network sees of one is what it sees of a report.
#include <gtest/gtest.h>

#include "gateway/report/event.h"
#include "tests/gateway/routes/harness.h"
#include "tests/storage/faulty_store.h"

namespace safeconduct::testing {
namespace {

v1::SubmitReport RequestFor(const report::Sealed& sealed) {
  v1::SubmitReport request;
  *request.mutable_sealed() = sealed.report;
  for (const Bytes& payload : sealed.payloads) request.add_payloads(std::string(AsText(payload)));
  return request;
}

// As many bytes everywhere as the report has.
v1::SubmitReport DecoyLike(const report::Sealed& sealed) {
  v1::SubmitReport request;
  request.set_decoy(std::string(sealed.report.ByteSizeLong(), '\xd5'));
  for (const Bytes& payload : sealed.payloads) {
    request.add_payloads(std::string(payload.size(), '\x9b'));
  }
  return request;
}

Answer Submit(Harness& harness, const v1::SubmitReport& request, const std::string& accept) {
  return harness.Send({.method = "POST",
                       .target = "/v1/reports",
                       .headers = {{"content-type", "application/x-protobuf"}, {"accept", accept}},
                       .body = request.SerializeAsString()});
}

TEST(DecoysTest, AreAsLongAsReportsInEveryFormatBothWays) {
  for (const std::string accept : {"application/json", "application/x-protobuf"}) {
    Harness harness;
    const Sample sample;
    const v1::SubmitReport report = RequestFor(sample.sealed);
    const v1::SubmitReport decoy = DecoyLike(sample.sealed);
    EXPECT_EQ(decoy.ByteSizeLong(), report.ByteSizeLong());
    const Answer real = Submit(harness, report, accept);
    const Answer answer = Submit(harness, decoy, accept);
    ASSERT_EQ(answer.status, 201) << answer.body;
    ASSERT_EQ(real.status, 201) << real.body;
    EXPECT_EQ(answer.body.size(), real.body.size());
    ASSERT_EQ(answer.headers.size(), real.headers.size());
    for (std::size_t i = 0; i < real.headers.size(); ++i) {
      EXPECT_EQ(answer.headers[i].name, real.headers[i].name);
      EXPECT_EQ(answer.headers[i].value, real.headers[i].value);
    }
  }
}

TEST(DecoysTest, ArePromisedNothing) {
  Harness harness;
  const Sample sample;
  const auto logs = DemoTrust(harness.office).logs;
  const auto first =
      harness.Post("/v1/reports", DecoyLike(sample.sealed)).Message<v1::SubmitReply>();
  const auto second =
      harness.Post("/v1/reports", DecoyLike(sample.sealed)).Message<v1::SubmitReply>();
  EXPECT_NE(first.report_id(), second.report_id());
  EXPECT_NE(first.promise(), second.promise());
  EXPECT_TRUE(report::ParseId(first.report_id()).ok());
  const auto note = note::Parse(first.promise());
  ASSERT_TRUE(note.ok());
  EXPECT_EQ(note->signatures.size(), 1U);
  EXPECT_EQ(note::CountSigners(*note, logs).error().code(), Code::kUnverified);
}

TEST(DecoysTest, LeaveNothing) {
  Harness harness;
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const storage::Sequence last = *harness.store().LastSequence();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = harness.Post("/v1/reports", DecoyLike(sample.sealed));
    ASSERT_EQ(answer.status, 201);
    const auto id = report::ParseId(answer.Message<v1::SubmitReply>().report_id());
    EXPECT_FALSE(harness.store().FindCase(*id).ok());
  }
  EXPECT_EQ(*harness.store().LastSequence(), last);
  EXPECT_EQ(harness.store().Leaves(0, 10)->size(), 1U);
  const auto list = harness.Get("/v1/cases", &harness.office.intake).Message<v1::CaseList>();
  EXPECT_EQ(list.cases_size(), 1);
  EXPECT_EQ(harness.ledger().counters().decoys, 3U);
  EXPECT_EQ(harness.ledger().counters().entries, 2U);  // the charter and the report
}

TEST(DecoysTest, HaveTheSizesThatReportsCanHave) {
  Harness harness;
  const Sample sample;
  const auto resize = [](int index, int by) {
    return [=](v1::SubmitReport& r) {
      std::string& payload = *r.mutable_payloads(index);
      payload.resize(static_cast<std::size_t>(static_cast<int>(payload.size()) + by));
    };
  };
  const struct {
    const char* name;
    std::function<void(v1::SubmitReport&)> change;
    int status;
    const char* field;
  } kTable[] = {
      {"empty", [](auto& r) { r.set_decoy(""); }, 400, "decoy"},
      {"the longest", [](auto& r) { r.set_decoy(std::string(report::kMaxSealedBytes, 'x')); }, 201,
       nullptr},
      {"too long", [](auto& r) { r.set_decoy(std::string(report::kMaxSealedBytes + 1, 'x')); }, 413,
       "decoy"},
      {"no payloads", [](auto& r) { r.clear_payloads(); }, 422, "payloads"},
      {"two payloads", [](auto& r) { r.mutable_payloads()->RemoveLast(); }, 422, "payloads"},
      {"four payloads", [](auto& r) { r.add_payloads(r.payloads(0)); }, 422, "payloads"},
      {"a triage not padded", resize(0, 1), 422, "triage.payload"},
      {"an account not padded", resize(1, -1), 422, "account.payload"},
      {"an empty identity", [](auto& r) { r.mutable_payloads(2)->clear(); }, 422,
       "identity.payload"},
      {"a triage too long", [](auto& r) { r.mutable_payloads(0)->resize(65 * 1024); }, 413,
       "triage.payload"},
      {"an account too long", [](auto& r) { r.mutable_payloads(1)->resize(1'200'000); }, 413,
       "account.payload"},
      {"an upload", [](auto& r) { r.add_uploads(std::string(32, '0')); }, 422, "uploads"},
  };
  for (const auto& row : kTable) {
    v1::SubmitReport request = DecoyLike(sample.sealed);
    row.change(request);
    const Answer answer = harness.Post("/v1/reports", request);
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    if (row.field != nullptr) {
      EXPECT_EQ(answer.ErrorField(), row.field) << row.name;
    }
  }
  EXPECT_EQ(harness.ledger().counters().decoys, 1U);
}

TEST(DecoysTest, NeedACharterAndTheOperatorsWill) {
  const Sample sample;
  Harness without({.with_charter = false});
  EXPECT_EQ(without.Post("/v1/reports", DecoyLike(sample.sealed)).status, 503);
  Harness off({.take_decoys = false});
  const Answer answer = off.Post("/v1/reports", DecoyLike(sample.sealed));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.ErrorCode(), "rejected");
  EXPECT_EQ(answer.ErrorField(), "decoy");
  EXPECT_EQ(off.Submit(sample.sealed).status, 201);
}

TEST(DecoysTest, FailAsReportsDo) {
  for (const Error& error :
       {Error(Code::kNoSpace, "full"), Error(Code::kUnavailable, "the disk failed")}) {
    storage::FaultyStore store;
    Harness harness({.store = &store});
    store.Inject({.call = storage::Call::kCommit, .error = error});
    const Sample sample;
    const Answer decoy = harness.Post("/v1/reports", DecoyLike(sample.sealed));
    EXPECT_EQ(decoy.status, error.code() == Code::kNoSpace ? 507 : 503) << decoy.body;
    EXPECT_EQ(harness.Submit(sample.sealed).status, decoy.status);
  }
}

}  // namespace
}  // namespace safeconduct::testing
