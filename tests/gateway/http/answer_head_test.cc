#include "gateway/http/answer_head.h"

#include <gtest/gtest.h>

namespace safeconduct::http {
namespace {

TEST(FormatDate, FollowsRfc9110) {
  EXPECT_EQ(FormatDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(FormatDate(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(AnswerHead, IsWrittenInFull) {
  Response response;
  response.status = 201;
  response.headers = {{"Location", "/v1/uploads/x"}, {"DATE", "never"}, {"content-length", "7"}};
  std::string out;
  AppendAnswerHead(response, 12, AfterAnswer::kKeepOpen, "today", out);
  EXPECT_EQ(out,
            "HTTP/1.1 201 Created\r\nDate: today\r\nLocation: /v1/uploads/x\r\n"
            "Content-Length: 12\r\n\r\n");
  response.headers.clear();
  response.status = 304;
  out.clear();
  AppendAnswerHead(response, 0, AfterAnswer::kClose, "today", out);
  EXPECT_EQ(out, "HTTP/1.1 304 Not Modified\r\nDate: today\r\nConnection: close\r\n\r\n");
}

TEST(AnswerHead, NamesNoReasonItDoesNotKnow) {
  Response response;
  response.status = 299;
  std::string out;
  AppendAnswerHead(response, 0, AfterAnswer::kKeepOpen, "today", out);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 299 \r\n"));
}

TEST(IsSendable, RefusesWhatWouldBreakTheFraming) {
  Response response;
  response.headers = {{"X-Ok", "v\tw \xc3\xa9"}};
  EXPECT_TRUE(IsSendable(response));
  for (int c = 0; c < 256; ++c) {
    response.headers = {{"X", std::string("a") + static_cast<char>(c)}};
    EXPECT_EQ(IsSendable(response), c == '\t' || (c >= 0x20 && c != 0x7f)) << c;
  }
  for (const char* name : {"", "a b", "a:", "a\r\nb", "\"a\"", "a\x80"}) {
    response.headers = {{name, "v"}};
    EXPECT_FALSE(IsSendable(response)) << name;
  }
}

}  // namespace
}  // namespace safeconduct::http
