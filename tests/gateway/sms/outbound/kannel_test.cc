#include "gateway/sms/outbound/kannel.h"

#include "tests/gateway/sms/outbound/outcomes.h"

namespace safeconduct::sms {
namespace {

using fetch::testing::BodyOf;
using fetch::testing::HeaderOf;
using testing::Fails;

KannelSendSettings Settings(const std::string& authority) {
  KannelSendSettings settings;
  settings.url = "http://" + authority + "/cgi-bin/sendsms";
  settings.allow_http = true;
  settings.timeout = std::chrono::seconds(1);
  settings.username = "relay";
  settings.password = Secret("pass word");
  settings.delivery_url = "http://127.0.0.1:8091/kannel/delivery";
  settings.delivery_secret = Secret("0123456789abcdef");
  return settings;
}

std::unique_ptr<Provider> Make(const std::string& authority) {
  return *MakeProvider(Settings(authority));
}

std::string AuthorityOf(const RawServer& server) {
  return "127.0.0.1:" + std::to_string(server.port());
}

SendResult SendTo(const Reaction& reaction) {
  RawServer server([&](const std::string&) { return reaction; });
  return SendBy(*Make(AuthorityOf(server)));
}

TEST(KannelProvider, SendsWhatKannelWants) {
  RawServer server(
      [](const std::string&) { return Reaction::Answer(202, "0: Accepted for delivery"); });
  const auto provider = Make(AuthorityOf(server));
  const SendResult result = SendBy(*provider, "Grüße für 5€");
  EXPECT_EQ(result.state, Sending::kTaken);
  EXPECT_EQ(result.provider_id, "");
  EXPECT_EQ(SendBy(*provider, "مرحبا").state, Sending::kTaken);
  const std::string first = server.requests().at(0);
  EXPECT_TRUE(first.starts_with("POST /cgi-bin/sendsms HTTP/1.1\r\n"));
  EXPECT_EQ(HeaderOf(first, "content-type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(HeaderOf(first, "x-kannel-username"), "relay");
  EXPECT_EQ(HeaderOf(first, "x-kannel-password"), "pass word");
  EXPECT_EQ(HeaderOf(first, "x-kannel-to"), "+41791234567");
  EXPECT_EQ(HeaderOf(first, "x-kannel-from"), "8844");
  EXPECT_EQ(HeaderOf(first, "x-kannel-coding"), "0");
  EXPECT_EQ(HeaderOf(first, "x-kannel-smsc"), "");
  EXPECT_EQ(HeaderOf(first, "x-kannel-dlr-mask"), "19");
  EXPECT_EQ(HeaderOf(first, "x-kannel-dlr-url"),
            "http://127.0.0.1:8091/kannel/delivery?secret=0123456789abcdef"
            "&token=00112233445566778899aabbccddeeff&status=%d");
  EXPECT_EQ(BodyOf(first), "Grüße für 5€");
  const std::string second = server.requests().at(1);
  EXPECT_EQ(HeaderOf(second, "x-kannel-coding"), "2");
  EXPECT_EQ(BodyOf(second), "مرحبا");
}

TEST(KannelProvider, WithoutReportsAndByANamedLine) {
  RawServer server([](const std::string&) { return Reaction::Answer(202, ""); });
  KannelSendSettings settings = Settings(AuthorityOf(server));
  settings.delivery_url.clear();
  settings.delivery_secret = SecretBytes();
  settings.smsc = "line-1";
  settings.number_prefix = "00";
  const auto provider = *MakeProvider(std::move(settings));
  EXPECT_EQ(provider->Send({"41791234567"}, "", "x", kToken).state, Sending::kTaken);
  const std::string request = server.requests().at(0);
  EXPECT_EQ(HeaderOf(request, "x-kannel-dlr-url"), "");
  EXPECT_EQ(HeaderOf(request, "x-kannel-dlr-mask"), "");
  EXPECT_EQ(HeaderOf(request, "x-kannel-from"), "");
  EXPECT_EQ(HeaderOf(request, "x-kannel-smsc"), "line-1");
  EXPECT_EQ(HeaderOf(request, "x-kannel-to"), "0041791234567");
}

TEST(KannelProvider, WhatItsAnswersMean) {
  struct Row {
    int status;
    const char* body;
    Sending state;
  };
  const Row rows[] = {
      {202, "0: Accepted for delivery", Sending::kTaken},
      {202, "3: Queued for later delivery", Sending::kTaken},
      {202, "", Sending::kTaken},
      {503, "Temporal failure, try again later.", Sending::kLater},
      {503, "", Sending::kUnsure},
      {503, "<html>no upstream</html>", Sending::kUnsure},
      {403, "Not routable. Do not try again.", Sending::kRefused},
      {403, "Authorization failed for sendsms", Sending::kRefused},
      {400, "Missing receiver number, rejected", Sending::kRefused},
      {404, "", Sending::kRefused},
      {415, "Unsupported content-type, rejected", Sending::kRefused},
      {500, "Sending failed.", Sending::kUnsure},
      {200, "", Sending::kUnsure},
      {204, "", Sending::kUnsure},
      {429, "", Sending::kUnsure},
      {502, "", Sending::kUnsure},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(SendTo(Reaction::Answer(row.status, row.body)).state, row.state)
        << row.status << " " << row.body;
  }
}

TEST(KannelProvider, WithoutAnAnswer) { ExpectOutcomesWithoutAnswers(Make); }

TEST(KannelProvider, AHeaderCannotBeSmuggledIn) {
  RawServer server([](const std::string&) { return Reaction::Answer(202, ""); });
  const auto provider = Make(AuthorityOf(server));
  EXPECT_EQ(provider->Send({"41791234567"}, "1\r\nX-Kannel-To: 2", "x", kToken).state,
            Sending::kRefused);
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST(KannelProvider, SettingsThatCannotBeMeant) {
  const auto expect = [](auto change, const char* field) {
    KannelSendSettings settings = Settings("127.0.0.1:13013");
    change(settings);
    const auto made = MakeProvider(std::move(settings));
    ASSERT_TRUE(Fails(made, Code::kMalformed)) << field;
    EXPECT_STREQ(made.error().field(), field);
  };
  expect([](auto& s) { s.allow_http = false; }, "url");
  expect([](auto& s) { s.url = "127.0.0.1:13013"; }, "url");
  expect([](auto& s) { s.proxy = "http://127.0.0.1:1"; }, "proxy");
  expect([](auto& s) { s.number_prefix = "41"; }, "number_prefix");
  expect([](auto& s) { s.timeout = std::chrono::seconds(0); }, "timeout_seconds");
  expect([](auto& s) { s.username = ""; }, "username");
  expect([](auto& s) { s.username = "a\nb"; }, "username");
  expect([](auto& s) { s.password = Secret(""); }, "password_file");
  expect([](auto& s) { s.password = Secret("a\n"); }, "password_file");
  expect([](auto& s) { s.smsc = "a\r\n"; }, "smsc");
  expect([](auto& s) { s.delivery_url = ""; }, "delivery_secret_file");
  expect([](auto& s) { s.delivery_url = "http://x/%41"; }, "delivery_url");
  expect([](auto& s) { s.delivery_url = "http://x/?a=b"; }, "delivery_url");
  expect([](auto& s) { s.delivery_url = "x"; }, "delivery_url");
  expect([](auto& s) { s.delivery_secret = Secret("0123456789abc%ef"); }, "delivery_secret_file");
}

}  // namespace
}  // namespace safeconduct::sms
