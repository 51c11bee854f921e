// Requests of Kannel's smsbox 1.4.5, as they were recorded, and ones that are wrong.
#include "gateway/sms/inbound/kannel.h"

#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/fields.h"
#include "tests/gateway/sms/inbound/requests.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;
using testing::FromHex;
using testing::Succeeds;

constexpr const char* kSecret = "0123456789abcdefXYZ_-";
constexpr const char* kToken = "00112233445566778899aabbccddeeff";

std::string Query(const std::string& rest) {
  return "/kannel?secret=" + std::string(kSecret) +
         "&id=6a1c2e1e-9a9d-4e32-a3f2-3f0b6c1e5d11&from=%2B41791234567&to=8844" + rest;
}

class KannelTest : public ::testing::Test {
 protected:
  static KannelSettings Settings() {
    KannelSettings settings;
    settings.name = "kannel";
    settings.path = "/kannel";
    settings.country_code = "41";
    settings.secret = Secret(kSecret);
    return settings;
  }
  std::string TextOf(const http::Request& request) { return MessageOf(*kannel_, request).text; }

  std::unique_ptr<Interface> kannel_ = *MakeInterface(Settings());
};

TEST_F(KannelTest, GetUrl) {
  const Incoming message = MessageOf(*kannel_, Get(Query("&text=Hello+%26+bye%0A%C3%A9&coding=0"
                                                         "&charset=UTF-8&udh=&time=now")));
  EXPECT_EQ(message.interface, "kannel");
  EXPECT_EQ(message.id, "6a1c2e1e-9a9d-4e32-a3f2-3f0b6c1e5d11");
  EXPECT_EQ(message.from.digits, "41791234567");
  EXPECT_EQ(message.to, "8844");
  EXPECT_EQ(message.text, "Hello & bye\né");
  EXPECT_FALSE(message.part.has_value());
}

TEST_F(KannelTest, GetUrlWithUcs2) {
  const std::string text = PercentEncode(AsText(FromHex("06450631062d")));
  EXPECT_EQ(TextOf(Get(Query("&text=" + text + "&coding=2&charset=UTF-16BE"))), "مرح");
  EXPECT_EQ(TextOf(Get(Query("&text=" + text + "&coding=2"))), "مرح");
  EXPECT_EQ(TextOf(Get(Query("&text=%8b%f7&coding=2&charset="))), "请");
}

TEST_F(KannelTest, PostUrl) {
  const std::vector<http::Header> headers = {{"x-kannel-from", "+41791234567"},
                                             {"x-kannel-to", "8844"},
                                             {"x-kannel-coding", "2"},
                                             {"content-type", "text/plain; charset=\"UTF-16BE\""}};
  const std::string target = "/kannel?secret=" + std::string(kSecret) + "&id=one";
  const std::string body(AsText(FromHex("d83dde00")));
  const Incoming message = MessageOf(*kannel_, Post(target, body, headers));
  EXPECT_EQ(message.text, "😀");
  EXPECT_EQ(message.from.digits, "41791234567");
  EXPECT_EQ(message.to, "8844");
  EXPECT_EQ(message.id, "one");
  // The query goes before the headers.
  const Incoming other = MessageOf(*kannel_, Post(target + "&from=0790000000&to=1", body, headers));
  EXPECT_EQ(other.from.digits, "41790000000");
  EXPECT_EQ(other.to, "1");
}

TEST_F(KannelTest, WhateverTheCodingTheTextIsKept) {
  const auto text = [&](std::string_view coding, std::string_view charset, std::string body) {
    return TextOf(Post(Query("&coding=" + std::string(coding)), std::move(body),
                       {{"content-type", "text/plain; charset=" + std::string(charset)}}));
  };
  EXPECT_EQ(text("0", "\"UTF-8\"", "déjà"), "déjà");
  EXPECT_EQ(text("0", "ISO-8859-1", "d\xE9j\xE0"), "déjà");
  EXPECT_EQ(text("0", "UTF-8", "d\xE9j"), "d\uFFFDj");
  EXPECT_EQ(text("1", "8-BIT", "d\xE9j"), "déj");
  EXPECT_EQ(text("1", "", "déj"), "déj");
  EXPECT_EQ(text("", "", "x"), "x");
  EXPECT_EQ(text("2", "X-UNKNOWN", std::string("\x06\x45\x06", 3)), "م\uFFFD");
  EXPECT_EQ(TextOf(Get(Query(""))), "");
}

TEST_F(KannelTest, PartsOfALongMessage) {
  const std::optional<Part> part = MessageOf(*kannel_, Get(Query("&udh=%05%00%03%2a%03%02"))).part;
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->reference, 42U);
  EXPECT_EQ(part->index, 2U);
  EXPECT_EQ(part->count, 3U);
  const auto posted =
      MessageOf(*kannel_, Post(Query(""), "x", {{"x-kannel-udh", "%06%08%04%01%00%02%01"}})).part;
  ASSERT_TRUE(posted.has_value());
  EXPECT_EQ(posted->reference, 256U);
  EXPECT_FALSE(MessageOf(*kannel_, Get(Query("&udh=%05%00%03"))).part.has_value());
}

TEST_F(KannelTest, ALongTextIsCutAndNotLost) {
  const std::string text =
      TextOf(Post(Query("&charset=ISO-8859-1"), std::string(kMaxBodyBytes, '\xE9')));
  EXPECT_LE(text.size(), kMaxTextBytes);
  EXPECT_TRUE(text.ends_with("é[…]"));
  EXPECT_TRUE(IsUtf8(text));
}

TEST_F(KannelTest, DeliveryReports) {
  const auto target = [](const std::string& status, const std::string& token) {
    return "/kannel/delivery?secret=" + std::string(kSecret) + "&token=" + token +
           "&status=" + status + "&answer=ACK%2f";
  };
  for (const char* status : {"1", "9"}) {
    const DeliveryReport report = ReportOf(*kannel_, Get(target(status, kToken)));
    EXPECT_EQ(report.news, DeliveryNews::kDelivered);
    EXPECT_EQ(report.token, kToken);
    EXPECT_EQ(report.provider_id, "");
  }
  for (const char* status : {"2", "16", "34", "66", "18"}) {
    EXPECT_EQ(ReportOf(*kannel_, Get(target(status, kToken))).news, DeliveryNews::kFailed);
  }
  for (const char* status : {"0", "4", "8", "12"}) {
    EXPECT_TRUE(IsNoNews(*kannel_, Get(target(status, kToken)))) << status;
  }
  for (const char* status : {"", "x", "-1", "256", "01"}) {
    EXPECT_TRUE(Fails(kannel_->Read(Get(target(status, kToken)), kNow), Code::kMalformed));
  }
  for (const char* token :
       {"", "00112233445566778899aabbccddeef", "00112233445566778899AABBCCDDEEFF",
        "00112233445566778899aabbccddeeff0"}) {
    EXPECT_TRUE(Fails(kannel_->Read(Get(target("1", token)), kNow), Code::kMalformed)) << token;
  }
}

TEST_F(KannelTest, NothingWithoutTheSecret) {
  const std::string good = Query("&text=x");
  const std::size_t at = good.find(kSecret);
  for (std::size_t i = 0; i < std::string_view(kSecret).size(); ++i) {
    std::string changed = good;
    changed[at + i] = changed[at + i] == 'q' ? 'r' : 'q';
    EXPECT_TRUE(Fails(kannel_->Read(Get(changed), kNow), Code::kUnauthorized));
  }
  for (const char* target : {"/kannel", "/kannel?", "/kannel?secret=", "/kannel?secret",
                             "/kannel/delivery?token=00112233445566778899aabbccddeeff&status=1"}) {
    EXPECT_TRUE(Fails(kannel_->Read(Get(target), kNow), Code::kUnauthorized)) << target;
    EXPECT_TRUE(Fails(kannel_->Read(Post(target, "x"), kNow), Code::kUnauthorized)) << target;
  }
}

TEST_F(KannelTest, WhatIsWrongIsSaidByItsField) {
  const std::string secret = "/kannel?secret=" + std::string(kSecret);
  struct Row {
    http::Request request;
    Code code;
    const char* field;
  };
  const Row rows[] = {
      {Get(secret + "&from=%2B41791234567"), Code::kMalformed, "id"},
      {Get(secret + "&from=%2B41791234567&id=" + std::string(257, 'x')), Code::kTooLarge, "id"},
      {Get(secret + "&id=1"), Code::kMalformed, "from"},
      {Get(secret + "&id=1&from=MyBank"), Code::kMalformed, "from"},
      {Get(Query("").replace(Query("").find("8844"), 4, std::string(65, '8'))), Code::kTooLarge,
       "to"},
      {Post(Query(""), std::string(kMaxBodyBytes + 1, 'x')), Code::kTooLarge, "body"},
  };
  for (const Row& row : rows) {
    const Result<Arrived> arrived = kannel_->Read(row.request, kNow);
    ASSERT_TRUE(Fails(arrived, row.code)) << row.field;
    EXPECT_STREQ(arrived.error().field(), row.field);
  }
  http::Request put = Get(Query(""));
  put.head.method = http::Method::kPut;
  EXPECT_TRUE(Fails(kannel_->Read(put, kNow), Code::kUnsupported));
}

TEST_F(KannelTest, ItsPathsAndItsAnswer) {
  EXPECT_TRUE(kannel_->Takes("/kannel"));
  EXPECT_TRUE(kannel_->Takes("/kannel/delivery"));
  for (const char* path :
       {"/", "/kannel/", "/kannels", "/kannel/delivery/", "/Kannel", "/delivery"}) {
    EXPECT_FALSE(kannel_->Takes(path)) << path;
  }
  const http::Response answer = kannel_->Accepted();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at(0).value.substr(0, 10), "text/plain");
  EXPECT_EQ(answer.body, "");
}

TEST_F(KannelTest, SettingsThatCannotBeMeant) {
  const auto expect = [](auto change, const char* field) {
    KannelSettings settings = Settings();
    change(settings);
    const auto made = MakeInterface(std::move(settings));
    ASSERT_TRUE(Fails(made, Code::kMalformed)) << field;
    EXPECT_STREQ(made.error().field(), field);
  };
  expect([](auto& s) { s.name = ""; }, "name");
  expect([](auto& s) { s.name = "Kannel"; }, "name");
  for (const char* path : {"", "/", "kannel", "/kannel/", "/a?b", "/x/delivery", "/a b", "/%41"}) {
    expect([&](auto& s) { s.path = path; }, "path");
  }
  for (const char* code : {"+41", "0041", "1234", "x"}) {
    expect([&](auto& s) { s.country_code = code; }, "country_code");
  }
  for (const char* secret :
       {"", "short", "0123456789abcde", "0123456789abcde%", "0123456789abc+ef"}) {
    expect([&](auto& s) { s.secret = Secret(secret); }, "secret_file");
  }
}

}  // namespace
}  // namespace safeconduct::sms
