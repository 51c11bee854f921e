// The mapping and each way to authenticate. Real providers: providers_test.cc.
#include "gateway/sms/inbound/form.h"

#include "crypto/base/hash.h"
#include "gateway/sms/inbound/fields.h"
#include "tests/gateway/sms/inbound/requests.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;
using testing::Succeeds;
using Kind = FormAuthentication::Kind;
using Signed = FormAuthentication::Signed;

constexpr std::string_view kSecret = "sixteen bytes or more";
const std::vector<http::Header> kForm = {{"content-type", "application/x-www-form-urlencoded"}};
const std::vector<http::Header> kJson = {{"content-type", "application/json; charset=utf-8"}};

FormSettings Settings() {
  FormSettings settings;
  settings.name = "form";
  settings.path = "/in";
  settings.authentication.kind = Kind::kToken;
  settings.authentication.query = "key";
  settings.authentication.secret = Secret(kSecret);
  settings.fields = {"id", "from", "to", "text", "ref", "part", "parts"};
  settings.delivery = {"id", "token", "status", {"ok", "seen"}, {"lost"}};
  return settings;
}

std::unique_ptr<Interface> Make(const std::function<void(FormSettings&)>& change) {
  FormSettings settings = Settings();
  change(settings);
  auto made = MakeInterface(std::move(settings));
  EXPECT_TRUE(Succeeds(made));
  return *std::move(made);
}

std::unique_ptr<Interface> WithToken() {
  return Make([](FormSettings&) {});
}

const std::string kIn = "/in?key=sixteen+bytes+or+more";
const std::string kReport = "/in/delivery?key=sixteen%20bytes%20or%20more";

TEST(Form, FieldsOfAFormOfJsonAndOfAQuery) {
  const auto form = WithToken();
  for (const http::Request& request :
       {Post(kIn, "id=1&from=%2B41791234567&to=88&text=a+%C3%A9&ref=9&part=2&parts=3", kForm),
        Post(kIn, R"({"id":"1","from":"+41791234567","to":88,"text":"a é","ref":9,"part":"2",
                      "parts":3})",
             kJson),
        Get(kIn + "&id=1&from=%2B41791234567&to=88&text=a+%C3%A9&ref=9&part=2&parts=3")}) {
    const Incoming message = MessageOf(*form, request);
    EXPECT_EQ(message.id, "1");
    EXPECT_EQ(message.from.digits, "41791234567");
    EXPECT_EQ(message.to, "88");
    EXPECT_EQ(message.text, "a é");
    ASSERT_TRUE(message.part.has_value());
    EXPECT_EQ(message.part->reference, 9U);
    EXPECT_EQ(message.part->index, 2U);
    EXPECT_EQ(message.part->count, 3U);
  }
}

TEST(Form, PathsInJson) {
  const auto form = Make([](FormSettings& s) {
    s.fields = {"data.id", "data.from.number", "data.to.0.number", "data.text", "", "", ""};
  });
  const Incoming message =
      MessageOf(*form, Post(kIn, R"({"data":{"id":"x","from":{"number":"+41791234567"},
                           "to":[{"number":"+1"}],"text":"hi"}})",
                            kJson));
  EXPECT_EQ(message.id, "x");
  EXPECT_EQ(message.from.digits, "41791234567");
  EXPECT_EQ(message.to, "+1");
  EXPECT_EQ(message.text, "hi");
}

TEST(Form, AnotherCharacterSet) {
  const auto form = Make([](FormSettings& s) { s.charset = "ISO-8859-1"; });
  EXPECT_EQ(MessageOf(*form, Post(kIn, "id=1&from=41791234567&text=d%E9j%E0", kForm)).text, "déjà");
  EXPECT_EQ(MessageOf(*WithToken(), Post(kIn, "id=1&from=41791234567&text=d%E9", kForm)).text,
            "d\uFFFD");
}

TEST(Form, PartsThatMakeNoSenseLoseNoText) {
  for (const char* part :
       {"", "&ref=1&part=1&parts=1", "&ref=1&part=4&parts=3", "&part=1&parts=2",
        "&ref=x&part=1&parts=2", "&ref=1&part=0&parts=2", "&ref=1&part=1&parts=256"}) {
    const Incoming message = MessageOf(
        *WithToken(), Post(kIn, std::string("id=1&from=41791234567&text=x") + part, kForm));
    EXPECT_EQ(message.text, "x");
    EXPECT_FALSE(message.part.has_value()) << part;
  }
}

TEST(Form, DeliveryReports) {
  const auto form = WithToken();
  const std::string token = "00112233445566778899aabbccddeeff";
  const DeliveryReport seen = ReportOf(*form, Post(kReport, "id=7&status=seen", kForm));
  EXPECT_EQ(seen.news, DeliveryNews::kDelivered);
  EXPECT_EQ(seen.provider_id, "7");
  const DeliveryReport lost = ReportOf(*form, Get(kReport + "&status=lost&token=" + token));
  EXPECT_EQ(lost.news, DeliveryNews::kFailed);
  EXPECT_EQ(lost.token, token);
  EXPECT_TRUE(IsNoNews(*form, Post(kReport, "id=7&status=queued", kForm)));
  EXPECT_TRUE(IsNoNews(*form, Post(kReport, "id=7", kForm)));
  EXPECT_TRUE(Fails(form->Read(Post(kReport, "status=ok", kForm), kNow), Code::kMalformed));
  EXPECT_TRUE(form->Takes("/in/delivery"));
  const auto none = Make([](FormSettings& s) { s.delivery = {}; });
  EXPECT_TRUE(none->Takes("/in"));
  EXPECT_FALSE(none->Takes("/in/delivery"));
}

// For one way to authenticate: what is good is taken, and no other.
void ExpectOnly(const Interface& form, const http::Request& good,
                const std::vector<http::Request>& others) {
  EXPECT_TRUE(Succeeds(form.Read(good, kNow)));
  for (const http::Request& other : others) {
    EXPECT_TRUE(Fails(form.Read(other, kNow), Code::kUnauthorized))
        << other.head.target << " " << other.body;
  }
}

const std::string kBody = "id=1&from=41791234567&text=x";

TEST(Form, ATokenInTheQueryOrAHeader) {
  ExpectOnly(*WithToken(), Post(kIn, kBody, kForm),
             {Post("/in", kBody, kForm), Post("/in?key=", kBody, kForm),
              Post("/in?key=sixteen+bytes+or+mor", kBody, kForm),
              Post("/in", kBody + "&key=sixteen+bytes+or+more", kForm),
              Post("/in", kBody, {{"key", std::string(kSecret)}})});
  const auto form = Make([](FormSettings& s) {
    s.authentication.query = "";
    s.authentication.header = "authorization";
    s.authentication.prefix = "Token ";
  });
  const auto with = [](const std::string& value) {
    return Post("/in", kBody, {{"authorization", value}});
  };
  const std::string secret(kSecret);
  ExpectOnly(*form, with("Token " + secret),
             {with(secret), with("token " + secret), with("Token " + secret + "x"), with("Token "),
              with(""), Post(kIn, kBody, kForm)});
}

TEST(Form, HttpBasic) {
  const auto form = Make([](FormSettings& s) {
    s.authentication.kind = Kind::kBasic;
    s.authentication.user = "Aladdin";
    s.authentication.secret = Secret("open sesame");
  });
  const auto with = [](const std::string& value) {
    return Post("/in", kBody, {{"authorization", value}});
  };
  // RFC 7617, section 2.
  ExpectOnly(*form, with("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
             {with("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"), with("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
              with("Basic " + Base64Encode(AsBytes("Aladdin:"))), with("")});
}

TEST(Form, AnHmacOverTheBody) {
  const auto make = [](FormAuthentication::Algorithm algorithm,
                       FormAuthentication::Encoding encoding) {
    return Make([&](FormSettings& s) {
      s.authentication.kind = Kind::kHmac;
      s.authentication.query = "";
      s.authentication.header = "x-sig";
      s.authentication.algorithm = algorithm;
      s.authentication.encoding = encoding;
    });
  };
  const auto with = [](const std::string& signature, const std::string& body = kBody) {
    return Post("/in", body, {{"x-sig", signature}});
  };
  const ByteView key = AsBytes(kSecret);
  const std::string hex = HexEncode(HmacSha256(key, AsBytes(kBody)));
  std::string upper = hex;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto sha256 =
      make(FormAuthentication::Algorithm::kSha256, FormAuthentication::Encoding::kHex);
  const std::vector<http::Request> others = {with(""), with(hex.substr(1)), with(hex, kBody + "&"),
                                             with(HexEncode(HmacSha1(key, AsBytes(kBody)))),
                                             Post("/in", kBody, kForm)};
  ExpectOnly(*sha256, with(hex), others);
  ExpectOnly(*sha256, with(upper), others);
  const std::string base64 = Base64Encode(HmacSha1(key, AsBytes(kBody)));
  std::string other = base64;
  other[0] = other[0] == 'A' ? 'B' : 'A';
  ExpectOnly(*make(FormAuthentication::Algorithm::kSha1, FormAuthentication::Encoding::kBase64),
             with(base64), {with(hex), with(other), with(base64 + "=")});
}

TEST(Form, AnHmacOverTimeAndBodyAges) {
  const auto form = Make([](FormSettings& s) {
    s.authentication.kind = Kind::kHmac;
    s.authentication.query = "";
    s.authentication.header = "x-sig";
    s.authentication.over = Signed::kTimestampBody;
    s.authentication.timestamp = "x-time";
    s.authentication.window_seconds = 60;
  });
  const auto with = [](const std::string& time, const std::string& signed_time) {
    const std::string text = signed_time + "." + kBody;
    return Post(
        "/in", kBody,
        {{"x-time", time}, {"x-sig", HexEncode(HmacSha256(AsBytes(kSecret), AsBytes(text)))}});
  };
  const std::string now = std::to_string(kNow);
  ExpectOnly(*form, with(now, now),
             {with(now, std::to_string(kNow - 1)), with("", ""), with("", now)});
  EXPECT_TRUE(Succeeds(form->Read(with(now, now), kNow + 60)));
  EXPECT_TRUE(Fails(form->Read(with(now, now), kNow + 61), Code::kExpired));
  EXPECT_TRUE(Fails(form->Read(with(now, now), kNow - 61), Code::kExpired));
}

TEST(Form, WhatIsWrongIsSaidAfterTheSignature) {
  const auto form = WithToken();
  const std::string json = "{\"id\":";
  EXPECT_TRUE(Fails(form->Read(Post("/in", json, kJson), kNow), Code::kUnauthorized));
  EXPECT_TRUE(Fails(form->Read(Post(kIn, json, kJson), kNow), Code::kMalformed));
  EXPECT_TRUE(
      Fails(form->Read(Post(kIn, "from=41791234567&text=x", kForm), kNow), Code::kMalformed));
  EXPECT_TRUE(Fails(form->Read(Post(kIn, "id=1&text=x", kForm), kNow), Code::kMalformed));
  EXPECT_TRUE(Fails(form->Read(Post(kIn, std::string(kMaxBodyBytes + 1, 'x'), kForm), kNow),
                    Code::kTooLarge));
  http::Request put = Post(kIn, kBody, kForm);
  put.head.method = http::Method::kPut;
  EXPECT_TRUE(Fails(form->Read(put, kNow), Code::kUnsupported));
}

TEST(Form, SettingsThatCannotBeMeant) {
  const auto expect = [](const std::function<void(FormSettings&)>& change, const char* field) {
    FormSettings settings = Settings();
    change(settings);
    const auto made = MakeInterface(std::move(settings));
    ASSERT_TRUE(Fails(made, Code::kMalformed)) << field;
    EXPECT_STREQ(made.error().field(), field);
  };
  expect([](auto& s) { s.path = "in"; }, "path");
  expect([](auto& s) { s.fields.id = ""; }, "fields.id");
  expect([](auto& s) { s.fields.from = ""; }, "fields.from");
  expect([](auto& s) { s.fields.text = ""; }, "fields.text");
  expect([](auto& s) { s.fields.part_count = ""; }, "fields.part_reference");
  expect([](auto& s) { s.delivery.id = s.delivery.token = ""; }, "delivery.token");
  expect([](auto& s) { s.charset = "EBCDIC"; }, "charset");
  expect([](auto& s) { s.answer_status = 302; }, "answer_status");
  expect([](auto& s) { s.authentication.secret = Secret("fifteen bytes.."); }, "secret_file");
  expect([](auto& s) { s.authentication.secret = SecretBytes(); }, "secret_file");
  expect([](auto& s) { s.authentication.query = ""; }, "query");
  expect([](auto& s) { s.authentication.header = "both"; }, "query");
  expect([](auto& s) { s.authentication.header = "X-Key"; }, "header");
  expect([](auto& s) { s.authentication.kind = Kind::kBasic; }, "user");
  const auto expect_hmac = [&](const std::function<void(FormAuthentication&)>& change,
                               const char* field) {
    expect(
        [&](FormSettings& s) {
          s.authentication.kind = Kind::kHmac;
          s.authentication.header = "x-sig";
          change(s.authentication);
        },
        field);
  };
  expect_hmac([](auto& a) { a.header = ""; }, "header");
  expect_hmac([](auto& a) { a.field = "sig"; }, "header");
  expect_hmac([](auto& a) { a.secret = Secret("seven.."); }, "secret_file");
  expect_hmac([](auto& a) { a.header = "", a.field = "sig"; }, "field");
  expect_hmac([](auto& a) { a.over = Signed::kUrlFields; }, "public_url");
  expect_hmac([](auto& a) { a.public_url = "https://x"; }, "public_url");
  expect_hmac([](auto& a) { a.over = Signed::kUrlFields, a.public_url = "https://x/"; },
              "public_url");
  expect_hmac([](auto& a) { a.over = Signed::kTimestampBody; }, "timestamp");
  expect_hmac([](auto& a) { a.timestamp = "x"; }, "timestamp");
  expect_hmac([](auto& a) { a.over = Signed::kFields, a.timestamp = "t", a.window_seconds = -1; },
              "window_seconds");
}

}  // namespace
}  // namespace safeconduct::sms
