// What pages of other origins may do: what a reporter does, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/gateway/routes/harness.h"
#include "tests/gateway/routes/uploading.h"

namespace safeconduct::testing {
namespace {

constexpr const char* kAllow = "access-control-allow-origin";

Answer Preflight(Harness& harness, const std::string& target, const std::string& method,
                 http::Listener listener = http::Listener::kPublic) {
  return harness.Send({.method = "OPTIONS",
                       .target = target,
                       .headers = {{"origin", "null"}, {"access-control-request-method", method}},
                       .listener = listener});
}

bool HasCors(const Answer& answer) {
  return std::any_of(answer.headers.begin(), answer.headers.end(), [](const http::Header& header) {
    return header.name.starts_with("access-control-");
  });
}

TEST(CrossOriginTest, ReportersRoutesAreReadableFromAnyOrigin) {
  Harness harness;
  const Sample sample;
  const Answer submitted = harness.Submit(sample.sealed);
  const std::string upload = Create(harness, 5'000);
  for (const Answer& answer :
       {submitted, harness.Get("/v1/charter"), harness.Get("/v1/channels/mission"),
        harness.Get("/v1/channels/none"), harness.Get("/v1/texts/00"),
        harness.Get("/v1/mailbox", &sample.reporter), harness.Get("/v1/mailbox"),
        harness.Get("/v1/challenge"),
        harness.Send({.method = "HEAD",
        .target = "/v1/uploads/" + upload,
        .headers = {{"tus-resumable", "1.0.0"}}}),
        harness.Send({.method = "POST", .target = "/v1/reports", .body = "x"}),  // 415
        harness.Send({.method = "PATCH",
        .target = "/v1/uploads/" + upload,
        .headers = {{"tus-resumable", "1.0.0"},
                    {"content-type", "application/offset+octet-stream"},
                    {"upload-offset", "0"}},
        .body = std::string(100, 'x')}),
        harness.Send({.method = "POST", .target = "/v1/uploads"})}) {  // 412
    EXPECT_EQ(answer.Header(kAllow), "*") << answer.status << answer.body;
    const std::string exposed = answer.Header("access-control-expose-headers");
    for (const char* name : {"date", "location", "upload-offset", "upload-expires"}) {
      EXPECT_NE(exposed.find(name), std::string::npos) << name;
    }
    EXPECT_EQ(answer.Header("access-control-allow-credentials"), "");
  }
}

TEST(CrossOriginTest, NothingElseIs) {
  Harness harness;
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const std::string id = report::FormatId(sample.sealed.id);
  for (const std::string& target :
       {std::string("/v1/cases"), "/v1/cases/" + id, "/v1/cases/" + id + "/events",
        "/v1/cases/" + id + "/compartments/triage"}) {
    const Answer answer = harness.Get(target, &harness.office.intake);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_FALSE(HasCors(answer)) << target;
    const Answer preflight = Preflight(harness, target, "GET");
    EXPECT_EQ(preflight.status, 405) << target;
    EXPECT_FALSE(HasCors(preflight)) << target;
  }
  EXPECT_FALSE(HasCors(harness.Get("/openapi.json")));
  EXPECT_FALSE(HasCors(harness.Get("/healthz")));
  EXPECT_FALSE(HasCors(harness.Get("/nowhere")));
  EXPECT_FALSE(HasCors(Preflight(harness, "/nowhere", "GET")));
  for (const std::string target : {"/metrics", "/healthz", "/v1/reports", "/backup"}) {
    EXPECT_FALSE(HasCors(harness.Send({.target = target, .listener = http::Listener::kPrivate})));
    EXPECT_FALSE(HasCors(Preflight(harness, target, "POST", http::Listener::kPrivate))) << target;
  }
  for (const routes::Route& route : routes::AllRoutes()) {
    if (route.origins == routes::Origins::kOwn) continue;
    EXPECT_EQ(route.door, routes::Door::kOpen) << route.path;
    EXPECT_NE(route.caller, routes::Caller::kHolder) << route.path;
    EXPECT_NE(route.caller, routes::Caller::kOperator) << route.path;
  }
}

TEST(CrossOriginTest, APreflightSaysWhatOurClientNeeds) {
  Harness harness;
  const struct {
    const char* target;
    const char* methods;
  } kTable[] = {
      {"/v1/charter", "GET"},
      {"/v1/texts/00", "GET"},
      {"/v1/channels/mission", "GET"},
      {"/v1/reports", "POST"},
      {"/v1/challenge", "GET"},
      {"/v1/uploads", "OPTIONS, POST"},
      {"/v1/uploads/0", "HEAD, PATCH, DELETE"},
      {"/v1/mailbox", "GET, POST"},
  };
  for (const auto& row : kTable) {
    const Answer answer = Preflight(harness, row.target, "POST");
    EXPECT_EQ(answer.status, 204) << row.target;
    EXPECT_EQ(answer.Header(kAllow), "*");
    EXPECT_EQ(answer.Header("access-control-allow-methods"), row.methods) << row.target;
    const std::string allowed = answer.Header("access-control-allow-headers");
    for (const char* name : {"content-type", "content-digest", "signature", "signature-input",
                             "altcha", "tus-resumable", "upload-length", "upload-offset"}) {
      EXPECT_NE(allowed.find(name), std::string::npos) << name;
    }
    EXPECT_EQ(answer.Header("access-control-max-age"), "60");
    EXPECT_EQ(answer.Header("cache-control"), "no-store");
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_EQ(Preflight(harness, "/v1/mailbox", "GET", http::Listener::kOnion).status, 204);
}

TEST(CrossOriginTest, OptionsOfUploadsRemainTus) {
  Harness harness;
  const Answer answer = harness.Send({.method = "OPTIONS", .target = "/v1/uploads"});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("tus-version"), "1.0.0");
  EXPECT_EQ(answer.Header("access-control-allow-methods"), "");
}

TEST(CrossOriginTest, CanBeSwitchedOff) {
  Harness harness({.offline_copy = false});
  const Sample sample;
  EXPECT_FALSE(HasCors(harness.Submit(sample.sealed)));
  EXPECT_FALSE(HasCors(harness.Get("/v1/charter")));
  EXPECT_EQ(Preflight(harness, "/v1/reports", "POST").status, 405);
  const Answer tus = Preflight(harness, "/v1/uploads", "POST");
  EXPECT_EQ(tus.Header("tus-version"), "1.0.0");
  EXPECT_FALSE(HasCors(tus));
}

}  // namespace
}  // namespace safeconduct::testing
