// What is said, to the byte where somebody else computes with it.
#include "gateway/notify/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "gateway/fetch/mail.h"
#include "gateway/notify/moment.h"

namespace safeconduct::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

NoticeId Id() {
  NoticeId id{};
  id[15] = 7;
  return id;
}

TEST(Message, AMailHasNothingButTheAddress) {
  for (const char* language : {"en", "fr"}) {
    const std::string text = MailText({"noreply@example.org", "desk@example.com", language,
                                       "https://report.example.org/console/", Id(), 1'800'000'000});
    EXPECT_THAT(text, StartsWith("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
                                 "From: <noreply@example.org>\r\nTo: <desk@example.com>\r\n"
                                 "Message-ID: <00000000000000000000000000000007@example.org>\r\n"));
    EXPECT_THAT(text, HasSubstr(language == std::string("en") ? "\r\nSubject: Reminder\r\n"
                                                              : "\r\nSubject: Rappel\r\n"));
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 2) {
      end = text.find("\r\n", at);
      ASSERT_NE(end, std::string::npos);
      EXPECT_LE(end - at, 78U);
      EXPECT_EQ(text.substr(at, end - at).find_first_of("\r\n"), std::string::npos);
    }
  }
}

TEST(Message, AWebhookSaysWhereToLookIn) {
  EXPECT_EQ(WebhookBody("https://a.example/console/", Id()),
            "{\"id\":\"00000000000000000000000000000007\",\"type\":\"look-in\","
            "\"address\":\"https://a.example/console/\"}");
}

TEST(Moment, LiesInTheFirstThreeQuartersAndIsTheSameAgain) {
  const seconds period(86'400);
  const ByteArray<32> key{1};
  std::int64_t least = period.count() * 1000;
  std::int64_t most = 0;
  for (std::int64_t day = 0; day < 400; ++day) {
    const milliseconds at = MomentIn(day * 86'400, period, "intake", key);
    EXPECT_EQ(MomentIn(day * 86'400, period, "intake", key), at);
    least = std::min<std::int64_t>(least, at.count());
    most = std::max<std::int64_t>(most, at.count());
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(least, 3'600'000);  // all of the range is used
  EXPECT_LT(most, 64'800'000);
  EXPECT_GT(most, 61'200'000);
  const milliseconds one = MomentIn(0, period, "intake", key);
  EXPECT_NE(MomentIn(86'400, period, "intake", key), one);
  EXPECT_NE(MomentIn(0, period, "support", key), one);
  EXPECT_NE(MomentIn(0, period, "intake", ByteArray<32>{2}), one);
}

TEST(Moment, AllAttemptsFitIntoTheLastQuarter) {
  const seconds period(86'400);
  milliseconds all{0};
  for (int attempt = 1; attempt < kAttempts; ++attempt) all += PauseAfter(attempt, period);
  EXPECT_LT(all, milliseconds(period) / 4);
  EXPECT_GT(PauseAfter(2, period), PauseAfter(1, period));
  EXPECT_EQ(WindowOf(200'000, period), 172'800);
}

TEST(Mail, ServersAndAddressesThatAreNone) {
  for (const char* url : {"smtps://mail.example.org", "smtp://mail.example.org:587",
                          "smtp://127.0.0.1:25", "smtp://[::1]:25"}) {
    EXPECT_TRUE(fetch::IsMailServerUrl(url)) << url;
  }
  for (const char* url : {"", "mail.example.org", "http://a", "smtp://", "smtp://a/b",
                          "smtp://u:p@a", "smtp://a:", "smtp://a:x", "smtp://a b",
                          "smtps://a:1234567", "smtp://a?b", "smtp://a\r\n"}) {
    EXPECT_FALSE(fetch::IsMailServerUrl(url)) << url;
  }
  for (const char* url : {"smtp://localhost", "smtp://127.0.0.1:25", "smtp://[::1]"}) {
    EXPECT_TRUE(fetch::IsOnThisMachine(url)) << url;
  }
  for (const char* url : {"smtp://mail.example.org", "smtp://127.example.org", "smtp://10.0.0.1",
                          "smtp://localhost.example.org", ""}) {
    EXPECT_FALSE(fetch::IsOnThisMachine(url)) << url;
  }
  EXPECT_TRUE(fetch::IsMailAddress("desk+x@office.example.org"));
  for (const char* text :
       {"", "desk", "@a", "a@", "a@b@c", "a b@c", "<a@b>", "a@b\r\nRCPT", "a,b@c", "\"a\"@b"}) {
    EXPECT_FALSE(fetch::IsMailAddress(text)) << text;
  }
}

TEST(Mail, WithoutTlsOnlyToThisMachine) {
  fetch::MailServer server;
  server.url = "smtp://mail.example.org";
  server.tls = fetch::MailTls::kNone;
  const Status refused = fetch::SendMail(server, {"a@b.example", "c@d.example", "\r\n"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kRejected);
}

}  // namespace
}  // namespace safeconduct::notify
