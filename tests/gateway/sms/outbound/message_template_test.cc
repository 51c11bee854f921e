#include "gateway/sms/outbound/message_template.h"

#include "gateway/sms/inbound/fields.h"
#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;
using testing::Succeeds;

constexpr TemplateValues kValues = {"+41", "41", "A&B", "\"{from}\" <é>\n\\", "00ff"};

TEST(MessageTemplate, EachPlaceIsFilledAsItsKindNeedsIt) {
  EXPECT_EQ(
      Fill("To={to}&D={to_digits}&From={from}&Text={text}&T={token}", kValues, Escape::kPercent),
      "To=%2B41&D=41&From=A%26B&Text=%22%7Bfrom%7D%22%20%3C%C3%A9%3E%0A%5C&T=00ff");
  EXPECT_EQ(Fill(R"({"to":"{to}","text":"{text}","from":["{from}"]})", kValues, Escape::kJson),
            R"({"to":"+41","text":"\"{from}\" <é>\u000a\\","from":["A&B"]})");
  EXPECT_EQ(Fill("<t a='{from}'>{text}</t>", kValues, Escape::kXml),
            "<t a='A&amp;B'>&quot;{from}&quot; &lt;é&gt;\n\\</t>");
  EXPECT_EQ(Fill("{text}", kValues, Escape::kHeader), "\"{from}\" <é> \\");
}

TEST(MessageTemplate, AnyTextInJsonIsReadBackAsItWas) {
  std::string text;
  for (char c = 0; c < 0x7F; ++c) text.push_back(c);
  text += "\x7F مرحبا 😀";
  TemplateValues values = kValues;
  values.text = text;
  const Result<Fields> fields = ParseJsonFields(Fill(R"({"t":"{text}"})", values, Escape::kJson));
  ASSERT_TRUE(Succeeds(fields));
  EXPECT_EQ(ValueOf(*fields, "t"), text);
}

TEST(MessageTemplate, BracesThatNameNothingAreTextOrRefused) {
  for (const char* text : {"", "{", "}", "{}", "{ to }", "{\"a\":{}}", "{1}", "{to", "plain"}) {
    EXPECT_TRUE(Succeeds(CheckTemplate(text))) << text;
    EXPECT_EQ(Fill(text, kValues, Escape::kJson), text);
  }
  for (const char* text : {"{number}", "a{text}{txt}", "{to_digit}"}) {
    EXPECT_TRUE(Fails(CheckTemplate(text), Code::kMalformed)) << text;
  }
}

TEST(MessageTemplate, TheContentTypeSaysHow) {
  EXPECT_EQ(EscapeFor("application/x-www-form-urlencoded"), Escape::kPercent);
  EXPECT_EQ(EscapeFor("application/json; charset=utf-8"), Escape::kJson);
  EXPECT_EQ(EscapeFor("application/vnd.x+json"), Escape::kJson);
  EXPECT_EQ(EscapeFor("text/xml"), Escape::kXml);
  EXPECT_EQ(EscapeFor("text/plain"), std::nullopt);
}

}  // namespace
}  // namespace safeconduct::sms
