#include "gateway/cli/gateway_api.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace safeconduct::cli {
namespace {

HttpResponse Answer(int status, const char* type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"content-type", type}};
  response.body = std::move(body);
  return response;
}

TEST(FailureOf, GivesTheGatewaysWordsAndField) {
  v1::ApiError error;
  error.set_code("rejected");
  error.set_message("too many stanzas");
  error.set_field("compartments[1].header");
  const Failure binary =
      FailureOf(Answer(400, "application/x-protobuf", error.SerializeAsString()));
  const Failure json = FailureOf(Answer(
      400, "application/json",
      R"({"code":"rejected","message":"too many stanzas","field":"compartments[1].header"})"));
  for (const Failure& failure : {binary, json}) {
    EXPECT_EQ(failure.exit, Exit::kRefused);
    EXPECT_EQ(failure.http_status, 400);
    EXPECT_EQ(failure.field, "compartments[1].header");
    EXPECT_NE(failure.message.find("too many stanzas"), std::string::npos);
  }
}

TEST(FailureOf, UnderstandsAnAnswerThatIsNotOurs) {
  const Failure failure = FailureOf(Answer(502, "text/html", "<html>\x1b[2J"));
  EXPECT_EQ(failure.exit, Exit::kNetwork);
  EXPECT_EQ(failure.message, "The gateway answered 502");
}

TEST(FailureOf, TheStatusDecidesTheExitCode) {
  for (const int status : {400, 401, 403, 404, 409, 410, 413, 415, 422, 431}) {
    EXPECT_EQ(FailureOf(Answer(status, "application/json", "{}")).exit, Exit::kRefused) << status;
  }
  for (const int status : {408, 429, 500, 502, 503, 504, 507}) {
    EXPECT_EQ(FailureOf(Answer(status, "application/json", "{}")).exit, Exit::kNetwork) << status;
  }
}

TEST(MayPass, OnlyWhatTimeHeals) {
  for (const int status : {408, 423, 429, 502, 503, 504}) EXPECT_TRUE(MayPass(status)) << status;
  for (const int status : {0, 200, 400, 401, 404, 409, 413, 500, 507}) {
    EXPECT_FALSE(MayPass(status)) << status;
  }
}

TEST(Patience, EndsWhenItsTimeIsUsedUp) {
  const int null = open("/dev/null", O_WRONLY);
  Output out(null, null);
  Patience none(0, out);
  EXPECT_FALSE(none.Wait(NetworkFailure("lost")));
  Patience some(1, out);
  EXPECT_TRUE(some.Wait(NetworkFailure("lost")));   // 0.25 s
  EXPECT_TRUE(some.Wait(NetworkFailure("lost")));   // 0.5 s
  EXPECT_FALSE(some.Wait(NetworkFailure("lost")));  // 1 s would be too long
  some.Reset();
  EXPECT_FALSE(some.Wait(NetworkFailure("busy"), 60));  // what the gateway asks for counts
  close(null);
}

}  // namespace
}  // namespace safeconduct::cli
