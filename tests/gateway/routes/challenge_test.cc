// The proof of work: asked for under load, of those who hand something in, and of nobody else.
#include <gtest/gtest.h>

#include "tests/gateway/proof_of_work/solving.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {
namespace {

std::string SolvedBy(Harness& harness) {
  const Answer answer = harness.Get("/v1/challenge");
  EXPECT_EQ(answer.status, 200) << answer.body;
  return proof_of_work::Solve(answer.Message<v1::Challenge>());
}

Ask ReportAsk(const report::Sealed& sealed, const std::vector<std::string>& solutions) {
  v1::SubmitReport request;
  *request.mutable_sealed() = sealed.report;
  for (const Bytes& payload : sealed.payloads) request.add_payloads(std::string(AsText(payload)));
  Ask ask{.method = "POST",
          .target = "/v1/reports",
          .headers = {{"content-type", "application/x-protobuf"}, {"accept", "application/json"}},
          .body = request.SerializeAsString()};
  for (const std::string& solution : solutions) ask.headers.push_back({"altcha", solution});
  return ask;
}

Ask CreationAsk(const std::vector<std::string>& solutions) {
  Ask ask{.method = "POST",
          .target = "/v1/uploads",
          .headers = {{"tus-resumable", "1.0.0"}, {"upload-length", "4128"}}};
  for (const std::string& solution : solutions) ask.headers.push_back({"altcha", solution});
  return ask;
}

void ExpectAsked(const Answer& answer, const char* what) {
  EXPECT_EQ(answer.status, 429) << what << answer.body;
  EXPECT_EQ(answer.ErrorCode(), "busy") << what;
  EXPECT_EQ(answer.ErrorField(), "proof-of-work") << what;
  EXPECT_EQ(answer.Header("retry-after"), "2") << what;
}

TEST(ChallengeTest, HasTheNamesOfAltcha) {
  Harness harness;
  const Answer answer = harness.Get("/v1/challenge");
  EXPECT_EQ(answer.status, 200);
  for (const char* name : {"algorithm", "challenge", "maxnumber", "salt", "signature"}) {
    EXPECT_NE(answer.body.find("\"" + std::string(name) + "\":"), std::string::npos) << name;
  }
  EXPECT_EQ(answer.Message<v1::Challenge>().maxnumber(), 50U);
}

TEST(ChallengeTest, IsNotAskedForWithoutLoad) {
  // What was just answered may count as waiting until its batch has ended.
  Harness harness({.work_from_entries = 2});
  EXPECT_EQ(harness.Send(ReportAsk(Sample().sealed, {})).status, 201);
  EXPECT_EQ(harness.Send(ReportAsk(Sample(0, 81).sealed, {"nonsense"})).status, 201);
  EXPECT_EQ(harness.Send(CreationAsk({})).status, 201);
}

TEST(ChallengeTest, IsAskedForUnderLoadBeforeTheBodyIsRead) {
  Harness harness({.work_from_entries = 0});
  const Sample sample;
  ExpectAsked(harness.Send(ReportAsk(sample.sealed, {})), "a report");
  ExpectAsked(harness.Send(CreationAsk({})), "an upload");
  EXPECT_EQ(harness.Send(CreationAsk({})).Header("tus-resumable"), "1.0.0");
  http::RequestHead head;
  head.method = http::Method::kPost;
  head.target = "/v1/reports";
  head.headers = {{"content-type", "application/x-protobuf"}};
  EXPECT_EQ(harness.api().Plan(head).kind, http::BodyPlan::Kind::kAnswer);

  const std::string solution = SolvedBy(harness);
  EXPECT_EQ(harness.Send(ReportAsk(sample.sealed, {solution})).status, 201);
  ExpectAsked(harness.Send(ReportAsk(sample.sealed, {solution})), "used before");
  ExpectAsked(harness.Send(CreationAsk({solution})), "used before, elsewhere");
  EXPECT_EQ(harness.Send(CreationAsk({SolvedBy(harness)})).status, 201);
}

TEST(ChallengeTest, NothingButAGoodSolutionHelps) {
  Harness harness({.work_from_entries = 0});
  const Sample sample;
  const std::string good = SolvedBy(harness);
  const std::string late = SolvedBy(harness);
  Harness other;
  for (const std::vector<std::string>& solutions : std::vector<std::vector<std::string>>{
           {""}, {"e30="}, {std::string(2000, 'A')}, {good, good}, {SolvedBy(other)}}) {
    ExpectAsked(harness.Send(ReportAsk(sample.sealed, solutions)), "not good");
  }
  EXPECT_EQ(harness.Send(ReportAsk(sample.sealed, {good})).status, 201);
  harness.clock.Advance(proof_of_work::kLifetimeSeconds);
  ExpectAsked(harness.Send(ReportAsk(sample.sealed, {late})), "expired");
}

TEST(ChallengeTest, NobodyElseIsAsked) {
  Harness harness({.work_from_entries = 0});
  const Sample sample;
  ASSERT_EQ(harness.Send(ReportAsk(sample.sealed, {SolvedBy(harness)})).status, 201);
  const std::string id = report::FormatId(sample.sealed.id);
  EXPECT_EQ(harness.Get("/v1/charter").status, 200);
  EXPECT_EQ(harness.Get("/v1/mailbox", &sample.reporter).status, 200);
  EXPECT_EQ(harness.Get("/v1/cases", &harness.office.intake).status, 200);
  EXPECT_EQ(harness.Get("/v1/cases/" + id, &harness.office.intake).status, 200);
  for (const routes::Route& route : routes::AllRoutes()) {
    const bool hands_in = route.method == http::Method::kPost &&
                          (route.path == "/v1/reports" || route.path == "/v1/uploads");
    EXPECT_EQ(route.under_load == routes::UnderLoad::kAsksForWork, hands_in) << route.path;
  }
}

}  // namespace
}  // namespace safeconduct::testing
