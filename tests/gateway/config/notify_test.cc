// Notifications: who is told how, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "gateway/config/config.h"

namespace safeconduct::config {
namespace {

using testing::HasSubstr;

constexpr const char* kMinimal = R"(public_origins = ["https://localhost:8443"]
listen.tls_certificate = "tls/cert.pem"
listen.tls_key = "tls/key.pem"
charter.trust_file = "trust.txt"
transparency_log.key_file = "/keys/log.key"
storage.path = "store"
)";
constexpr const char* kMail = R"([notify.mail]
server = "smtp://mail.example.org:587"
from = "noreply@example.org"
)";
constexpr const char* kDesk = R"([[notify.recipients]]
label = "intake"
mail = "desk@example.org"
)";

std::string ComplaintOf(const std::string& more) {
  const Loaded loaded = ParseConfig(kMinimal + more, "/etc/safeconduct");
  std::string out;
  for (const ConfigError& error : loaded.errors) out += Format(error, "f") + "\n";
  return out;
}

TEST(NotifyConfig, IsRead) {
  const Loaded loaded =
      ParseConfig(std::string(kMinimal) + "[notify]\nperiod = \"7d\"\nalways = false\n" + kMail +
                      kDesk + "[[notify.recipients]]\nlabel = \"intake\"\nlanguage = \"fr\"\n" +
                      "webhook = \"https://hook.example.org/x\"\nsecret_file = \"hook.secret\"\n",
                  "/etc/safeconduct");
  ASSERT_TRUE(loaded.ok());
  const notify::Settings& notify = loaded.config.notify;
  EXPECT_EQ(notify.period, std::chrono::hours(7 * 24));
  EXPECT_FALSE(notify.always);
  ASSERT_EQ(notify.recipients.size(), 2U);
  EXPECT_EQ(notify.recipients[0].language, "en");
  EXPECT_EQ(notify.recipients[1].secret_file, "/etc/safeconduct/hook.secret");
  EXPECT_EQ(loaded.config.ConsoleAddress(), "https://localhost:8443/console/");
}

TEST(NotifyConfig, NobodyByDefaultAndAlwaysForThoseWhoAre) {
  const Loaded loaded = ParseConfig(kMinimal, "/etc");
  EXPECT_TRUE(loaded.config.notify.recipients.empty());
  EXPECT_TRUE(loaded.config.notify.always);
}

TEST(NotifyConfig, WhatDoesNotGoTogetherIsRefused) {
  const std::string mail = kMail;
  const std::string desk = kDesk;
  const std::string recipient = "[[notify.recipients]]\nlabel = \"a\"\n";
  EXPECT_EQ(ComplaintOf(mail + desk), "");
  EXPECT_EQ(ComplaintOf("[notify]\naddress = \"https://a.example/c/\"\n"), "");
  EXPECT_THAT(ComplaintOf("[notify]\naddress = 'https://a\"b'\n"), HasSubstr("https URL"));
  EXPECT_THAT(ComplaintOf(desk), HasSubstr("needs notify.mail.server"));
  EXPECT_THAT(ComplaintOf(recipient), HasSubstr("each needs either mail or webhook"));
  EXPECT_THAT(ComplaintOf(mail + recipient + "mail = \"a\"\n"),
              HasSubstr("must be a mail address"));
  EXPECT_THAT(ComplaintOf(recipient + "webhook = \"https://a.example\"\n"),
              HasSubstr("each needs one"));
  EXPECT_THAT(ComplaintOf(recipient + "webhook = \"http://a.example\"\nsecret_file = \"s\"\n"),
              HasSubstr("https"));
  EXPECT_THAT(ComplaintOf(mail + desk + "language = \"de\"\n"), HasSubstr("\"en\" or \"fr\""));
  EXPECT_THAT(ComplaintOf(mail + desk + desk), HasSubstr("has one twice"));
  EXPECT_THAT(ComplaintOf(mail + "plain = true\n"), HasSubstr("on this machine alone"));
  EXPECT_THAT(ComplaintOf(mail + "user = \"u\"\n"), HasSubstr("password_file"));
  EXPECT_THAT(ComplaintOf("[notify.mail]\nserver = \"mail.example.org\"\n"), HasSubstr("smtps://"));
  const std::string local = "[notify.mail]\nserver = \"smtp://localhost:25\"\nfrom = \"a@b\"\n";
  EXPECT_EQ(ComplaintOf(local + "plain = true\n"), "");
  EXPECT_THAT(ComplaintOf(local + "plain = true\nuser = \"u\"\npassword_file = \"p\"\n"),
              HasSubstr("no password goes out without TLS"));
}

}  // namespace
}  // namespace safeconduct::config
