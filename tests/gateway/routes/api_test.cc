#include <gtest/gtest.h>

#include "gateway/routes/error_response.h"
#include "gateway/routes/route.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {
namespace {

const std::string kId(32, 'a');

struct Case {
  const char* name;
  Ask ask;
  int status;
};

// One request for each way to be answered.
std::vector<Case> Cases(const Office& office) {
  return {
      {"charter", {.target = "/v1/charter"}, 200},
      {"channel", {.target = "/v1/channels/mission"}, 200},
      {"no such path", {.target = "/v1/nothing"}, 404},
      {"no such channel", {.target = "/v1/channels/none"}, 404},
      {"a path that is longer", {.target = "/v1/charter/x"}, 404},
      {"an empty segment", {.target = "/v1/channels/"}, 404},
      {"wrong method", {.method = "DELETE", .target = "/v1/charter"}, 405},
      {"unheard-of method", {.method = "BREW", .target = "/v1/charter"}, 405},
      {"unsigned", {.target = "/v1/cases"}, 401},
      {"signed", {.target = "/v1/cases", .signer = &office.intake}, 200},
      {"absent case", {.target = "/v1/cases/" + kId, .signer = &office.intake}, 404},
      {"no content type", {.method = "POST", .target = "/v1/reports", .body = "x"}, 415},
      {"bad page", {.target = "/v1/cases?limit=0", .signer = &office.intake}, 400},
      {"health", {.target = "/healthz"}, 200},
      {"readiness", {.target = "/readyz"}, 200},
      {"openapi", {.target = "/openapi.json"}, 200},
      {"uploads", {.method = "OPTIONS", .target = "/v1/uploads"}, 204},
      {"upload without version", {.method = "POST", .target = "/v1/uploads"}, 412},
  };
}

TEST(ApiTest, EveryAnswerCarriesTheCommonHeaders) {
  Harness harness;
  for (const Case& each : Cases(harness.office)) {
    SCOPED_TRACE(each.name);
    const Answer answer = harness.Send(each.ask);
    EXPECT_EQ(answer.status, each.status) << answer.body;
    EXPECT_EQ(answer.Header("cache-control"), "no-store");
    EXPECT_EQ(answer.Header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.Header("referrer-policy"), "no-referrer");
    EXPECT_EQ(answer.Header("content-security-policy"),
              "default-src 'none'; frame-ancestors 'none'");
    EXPECT_EQ(answer.Header("strict-transport-security"), "max-age=63072000");
    EXPECT_EQ(answer.Header("server"), "");
    EXPECT_EQ(answer.Header("set-cookie"), "");
    // Which answers may be read by pages of other origins: cross_origin_test.cc.
    EXPECT_EQ(answer.Header("access-control-allow-credentials"), "");
  }
}

TEST(ApiTest, EveryErrorHasTheOneShape) {
  Harness harness;
  for (const Case& each : Cases(harness.office)) {
    if (each.status < 400) continue;
    SCOPED_TRACE(each.name);
    const Answer answer = harness.Send(each.ask);
    const auto error = answer.Message<v1::ApiError>();
    EXPECT_FALSE(error.code().empty());
    EXPECT_FALSE(error.message().empty());
    EXPECT_EQ(answer.Header("content-type"), "application/json");
    // All three are written out, also when there is no field to name.
    for (const char* name : {"\"code\":", "\"message\":", "\"field\":"}) {
      EXPECT_NE(answer.body.find(name), std::string::npos) << answer.body;
    }
  }
}

TEST(ApiTest, OnlyThePublicListenerAsksForTransportSecurity) {
  Harness harness;
  const Answer onion = harness.Send({.target = "/v1/charter", .listener = http::Listener::kOnion});
  EXPECT_EQ(onion.status, 200);
  EXPECT_EQ(onion.Header("strict-transport-security"), "");
  EXPECT_EQ(onion.Header("cache-control"), "no-store");
}

TEST(ApiTest, AWrongMethodIsToldTheRightOnes) {
  Harness harness;
  EXPECT_EQ(harness.Send({.method = "DELETE", .target = "/v1/charter"}).Header("allow"),
            "GET, PUT, HEAD");
  EXPECT_EQ(harness.Send({.method = "GET", .target = "/v1/reports"}).Header("allow"), "POST");
}

TEST(ApiTest, ThePrivateListenerServesTheOperatorAndNobodyElse) {
  Harness harness;
  for (const routes::Route& route : routes::AllRoutes()) {
    const Ask ask{.method = std::string(http::MethodName(route.method)),
                  .target = std::string(route.path)};
    for (const http::Listener listener :
         {http::Listener::kPublic, http::Listener::kOnion, http::Listener::kPrivate}) {
      Ask at = ask;
      at.listener = listener;
      const bool is_private = listener == http::Listener::kPrivate;
      const bool open = route.door == routes::Door::kEvery ||
                        is_private == (route.door == routes::Door::kPrivate);
      const auto match = routes::FindRoute(listener, route.method, route.path);
      EXPECT_EQ(match.route != nullptr, open) << route.path;
      // Nothing tells a closed door from a path that does not exist.
      if (!open) {
        EXPECT_EQ(
            harness.Send(at),
            harness.Send({.method = at.method, .target = "/v1/nothing", .listener = listener}));
      }
    }
  }
}

TEST(ApiTest, HeadIsAnsweredWhereGetIs) {
  Harness harness;
  const Answer get = harness.Get("/v1/charter");
  const Answer head = harness.Send({.method = "HEAD", .target = "/v1/charter"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.Header("content-type"), get.Header("content-type"));
  EXPECT_EQ(harness.Send({.method = "HEAD", .target = "/v1/reports"}).status, 405);
}

TEST(ApiTest, AnswersComeInTheFormThatIsAskedFor) {
  Harness harness;
  const struct {
    const char* accept;
    int status;
    const char* type;
  } kTable[] = {
      {"application/json", 200, "application/json"},
      {"application/x-protobuf", 200, "application/x-protobuf"},
      {"text/html, */*;q=0.1", 200, "application/json"},
      {"application/json;q=0.5, application/x-protobuf", 200, "application/x-protobuf"},
      {"text/html", 406, "application/json"},
  };
  for (const auto& row : kTable) {
    const Answer answer =
        harness.Send({.target = "/v1/channels/mission", .headers = {{"accept", row.accept}}});
    EXPECT_EQ(answer.status, row.status) << row.accept;
    EXPECT_EQ(answer.Header("content-type"), row.type) << row.accept;
    if (row.status == 200) {
      EXPECT_EQ(answer.Message<v1::ChannelView>().id(), "mission");
    }
  }
  const Answer error = harness.Send(
      {.target = "/v1/channels/none", .headers = {{"accept", "application/x-protobuf"}}});
  EXPECT_EQ(error.Header("content-type"), "application/x-protobuf");
  EXPECT_EQ(error.ErrorCode(), "not_found");
}

TEST(ApiTest, ABodyOfAnotherTypeIsRefusedBeforeItIsRead) {
  Harness harness;
  for (const char* type :
       {"", "text/html", "multipart/form-data", "application/json, text/plain"}) {
    std::vector<http::Header> headers;
    if (*type != '\0') headers.push_back({"content-type", type});
    for (const auto& [method, target] :
         {std::pair{"PUT", "/v1/charter"}, {"POST", "/v1/reports"}, {"POST", "/v1/mailbox"}}) {
      const Answer answer =
          harness.Send({.method = method, .target = target, .headers = headers, .body = "{}"});
      EXPECT_EQ(answer.status, 415) << type << " " << target;
      EXPECT_EQ(answer.ErrorField(), "content-type");
    }
  }
}

TEST(ApiTest, LongBodiesAre413) {
  Harness harness;
  const Answer answer = harness.Send({.method = "POST",
                                      .target = "/v1/reports",
                                      .headers = {{"content-type", "application/x-protobuf"}},
                                      .body = std::string((2 << 20) + 1, 'x')});
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.ErrorCode(), "too_large");
}

TEST(ApiTest, AFullPoolIsAnswered503WithRetryAfter) {
  Harness harness({.pool_waiting = 0, .with_charter = false});
  const Answer answer = harness.Get("/v1/texts/" + std::string(64, '0'));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.ErrorCode(), "busy");
  EXPECT_EQ(answer.Header("retry-after"), "2");
}

TEST(ApiTest, AnswersAreCountedByRouteAndStatus) {
  Harness harness;
  const auto before = harness.answers().Sum();
  harness.Get("/v1/channels/mission");
  harness.Get("/v1/channels/none");
  harness.Send({.method = "POST", .target = "/v1/reports"});
  const auto after = harness.answers().Sum();
  const auto grown = [&](metrics::Route route, int status_class) {
    const auto row = static_cast<std::size_t>(route);
    const auto column = static_cast<std::size_t>(status_class - 1);
    return after[row].answers[column] - before[row].answers[column];
  };
  EXPECT_EQ(grown(metrics::Route::kCharter, 2), 1U);
  EXPECT_EQ(grown(metrics::Route::kCharter, 4), 1U);
  EXPECT_EQ(grown(metrics::Route::kReports, 4), 1U);
}

TEST(ApiTest, EveryCodeHasItsStatus) {
  const struct {
    Code code;
    const char* name;
    int status;
    const char* retry_after;
  } kTable[] = {
      {Code::kMalformed, "malformed", 400, ""},
      {Code::kUnsupported, "unsupported", 422, ""},
      {Code::kTooLarge, "too_large", 413, ""},
      {Code::kWrongKey, "wrong_key", 422, ""},
      {Code::kUnverified, "unverified", 422, ""},
      {Code::kUnauthorized, "unauthorized", 401, ""},
      {Code::kNotFound, "not_found", 404, ""},
      {Code::kConflict, "conflict", 409, ""},
      {Code::kRejected, "rejected", 422, ""},
      {Code::kExpired, "expired", 422, ""},
      {Code::kBusy, "busy", 503, "2"},
      {Code::kNoSpace, "no_space", 507, "60"},
      {Code::kUnavailable, "unavailable", 503, "5"},
      {Code::kCorrupted, "corrupted", 500, ""},
      {Code::kExists, "exists", 409, ""},
      {Code::kInternal, "internal", 500, ""},
  };
  EXPECT_EQ(std::size(kTable), static_cast<std::size_t>(Code::kInternal) + 1);
  for (const auto& row : kTable) {
    const http::Response response =
        routes::ErrorResponse(Error(row.code, "why"), routes::Format::kJson);
    EXPECT_EQ(response.status, row.status) << row.name;
    EXPECT_NE(response.body.find(row.name), std::string::npos) << response.body;
    std::string retry_after;
    for (const http::Header& header : response.headers) {
      if (header.name == "retry-after") retry_after = header.value;
    }
    EXPECT_EQ(retry_after, row.retry_after) << row.name;
  }
}

TEST(ApiTest, OperatorsRoutesNeedTheGatewaysOwnKey) {
  Harness harness;
  const Ask backup{.method = "POST",
                   .target = "/backup",
                   .headers = {{"content-type", "text/plain"}},
                   .body = "/backups",
                   .listener = http::Listener::kPrivate};
  EXPECT_EQ(harness.Send(backup).status, 401);
  Ask by_holder = backup;
  by_holder.signer = &harness.office.intake;
  EXPECT_EQ(harness.Send(by_holder).status, 401);
  EXPECT_EQ(harness.backup_folder, "");
  Ask by_operator = backup;
  by_operator.signer = &harness.own;
  EXPECT_EQ(harness.Send(by_operator).status, 200);
  EXPECT_EQ(harness.backup_folder, "/backups");
  by_operator.body = "relative";
  EXPECT_EQ(harness.Send(by_operator).status, 400);

  const Answer verified = harness.Send({.method = "POST",
                                        .target = "/verify",
                                        .signer = &harness.own,
                                        .listener = http::Listener::kPrivate});
  EXPECT_EQ(verified.status, 200);
  EXPECT_EQ(verified.body, "cases 0\nevents 0\npayload_bytes 0\n");
}

TEST(ApiTest, ReadinessSaysWhyNot) {
  Harness harness;
  EXPECT_EQ(harness.Get("/readyz").body, "ready\n");
  harness.readiness = metrics::Readiness::kNoCharter;
  const Answer answer = harness.Get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "no_charter\n");
  EXPECT_EQ(harness.Get("/healthz").status, 200);
}

}  // namespace
}  // namespace safeconduct::testing
