#include "gateway/sms/inbound/webhook.h"

#include "crypto/base/hash.h"
#include "gateway/sms/inbound/fields.h"
#include "tests/gateway/sms/inbound/requests.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;

constexpr std::string_view kSecret = "a secret of at least thirty-two bytes";
constexpr std::string_view kBody =
    R"({"id":"m-1","from":"+254711223344","to":"22395","text":"Habari"})";

class WebhookTest : public ::testing::Test {
 protected:
  static WebhookSettings Settings() {
    WebhookSettings settings;
    settings.name = "own";
    settings.path = "/sms";
    settings.secret = Secret(kSecret);
    return settings;
  }
  static http::Request Signed(std::string body, const std::string& time = std::to_string(kNow),
                              std::string_view secret = kSecret) {
    const std::string mac = HexEncode(HmacSha256(AsBytes(secret), AsBytes(time + "." + body)));
    return Post("/sms", std::move(body),
                {{"x-safeconduct-timestamp", time}, {"x-safeconduct-signature", mac}});
  }
  Result<Arrived> Read(const http::Request& request, std::int64_t now = kNow) {
    return webhook_->Read(request, now);
  }

  std::unique_ptr<Interface> webhook_ = *MakeInterface(Settings());
};

// Made by: printf '%s.%s' 1800000000 "$body" | openssl dgst -sha256 -hmac "$secret"
TEST_F(WebhookTest, TheExampleOfTheGuide) {
  const http::Request request =
      Post("/sms", std::string(kBody),
           {{"x-safeconduct-timestamp", "1800000000"},
            {"x-safeconduct-signature",
             "661d35047bb0087274e5ac5d0d511ba30eabd0a6753e50292479244f95386b8a"}});
  const Incoming message = MessageOf(*webhook_, request);
  EXPECT_EQ(message.interface, "own");
  EXPECT_EQ(message.id, "m-1");
  EXPECT_EQ(message.from.digits, "254711223344");
  EXPECT_EQ(message.to, "22395");
  EXPECT_EQ(message.text, "Habari");
  EXPECT_FALSE(message.part.has_value());
}

TEST_F(WebhookTest, PartsAndEveryScript) {
  const Incoming message = MessageOf(
      *webhook_, Signed(R"({"id":"2","from":"254711223344","text":"مرحبا 你好 \ud83d\ude00\u0000",
                          "part":{"reference":7,"index":2,"count":5},"more":[1]})"));
  EXPECT_EQ(message.text, std::string("مرحبا 你好 😀\0", 23));
  ASSERT_TRUE(message.part.has_value());
  EXPECT_EQ(message.part->reference, 7U);
  EXPECT_EQ(message.part->index, 2U);
  EXPECT_EQ(message.part->count, 5U);
  const Incoming whole = MessageOf(
      *webhook_, Signed(R"({"id":"2","from":"254711223344","part":{"index":1,"count":1}})"));
  EXPECT_FALSE(whole.part.has_value());
}

TEST_F(WebhookTest, WhatIsNotUtf8IsMended) {
  const Incoming message =
      MessageOf(*webhook_, Signed("{\"id\":\"3\",\"from\":\"254711223344\",\"text\":\"d\xE9j\"}"));
  EXPECT_EQ(message.text, "d\uFFFDj");
}

TEST_F(WebhookTest, DeliveryReports) {
  const DeliveryReport by_token =
      ReportOf(*webhook_, Signed(R"({"delivery":{"token":"00112233445566778899aabbccddeeff",
                                        "status":"delivered"}})"));
  EXPECT_EQ(by_token.news, DeliveryNews::kDelivered);
  EXPECT_EQ(by_token.token, "00112233445566778899aabbccddeeff");
  const DeliveryReport by_id =
      ReportOf(*webhook_, Signed(R"({"delivery":{"id":"their-7","status":"failed"}})"));
  EXPECT_EQ(by_id.news, DeliveryNews::kFailed);
  EXPECT_EQ(by_id.provider_id, "their-7");
  for (const char* body :
       {R"({"delivery":{"id":"7","status":"sent"}})", R"({"delivery":{}})",
        R"({"delivery":{"status":"failed"}})", R"({"delivery":{"token":"7","status":"failed"}})"}) {
    EXPECT_TRUE(Fails(Read(Signed(body)), Code::kMalformed)) << body;
  }
}

TEST_F(WebhookTest, NothingIsChangedUnderASignature) {
  const http::Request good = Signed(std::string(kBody));
  testing::ForEachBitFlip(AsBytes(good.body), [&](ByteView changed, std::size_t) {
    http::Request request = good;
    request.body = AsText(changed);
    EXPECT_TRUE(Fails(Read(request), Code::kUnauthorized));
  });
  http::Request request = good;
  request.head.headers[0].value = std::to_string(kNow + 1);
  EXPECT_TRUE(Fails(Read(request), Code::kUnauthorized));
  request = good;
  request.head.headers[1].value.pop_back();
  EXPECT_TRUE(Fails(Read(request), Code::kUnauthorized));
  request = good;
  request.head.headers.pop_back();
  EXPECT_TRUE(Fails(Read(request), Code::kUnauthorized));
  EXPECT_TRUE(Fails(Read(Signed(std::string(kBody), std::to_string(kNow),
                                "another secret of thirty-two bytes or so")),
                    Code::kUnauthorized));
  EXPECT_TRUE(Fails(Read(Post("/sms", std::string(kBody))), Code::kUnauthorized));
}

TEST_F(WebhookTest, ASignatureAges) {
  const http::Request request = Signed(std::string(kBody));
  EXPECT_TRUE(testing::Succeeds(Read(request, kNow - 300)));
  EXPECT_TRUE(testing::Succeeds(Read(request, kNow + 300)));
  EXPECT_TRUE(Fails(Read(request, kNow - 301), Code::kExpired));
  EXPECT_TRUE(Fails(Read(request, kNow + 301), Code::kExpired));
  for (const char* time : {"", "now", "1.8e9", "-1800000000", "99999999999999999999"}) {
    EXPECT_TRUE(Fails(Read(Signed(std::string(kBody), time)), Code::kUnauthorized)) << time;
  }
}

TEST_F(WebhookTest, WhatCannotBeTaken) {
  for (const char* body : {"", "{}", "[]", "{\"id\":\"1\"}", R"({"id":"1","from":"MyBank"})",
                           R"({"id":"","from":"254711223344"})", R"({"id":1,"from":{}})"}) {
    EXPECT_TRUE(Fails(Read(Signed(body)), Code::kMalformed)) << body;
  }
  EXPECT_TRUE(Fails(Read(Signed(std::string(kMaxBodyBytes + 1, ' '))), Code::kTooLarge));
  http::Request get = Signed(std::string(kBody));
  get.head.method = http::Method::kGet;
  EXPECT_TRUE(Fails(Read(get), Code::kUnsupported));
}

TEST_F(WebhookTest, AShortSecretIsNone) {
  WebhookSettings settings = Settings();
  settings.secret = Secret(kSecret.substr(0, 31));
  EXPECT_TRUE(Fails(MakeInterface(std::move(settings)), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::sms
