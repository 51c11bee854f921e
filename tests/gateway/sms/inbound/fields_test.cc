#include "gateway/sms/inbound/fields.h"

#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;
using testing::Succeeds;

TEST(Fields, OfAForm) {
  const Result<Fields> fields = ParseForm("a=1&b=x+y%2bz&&c&d=%D9%85&a=2&=e&%3D=f=g");
  ASSERT_TRUE(Succeeds(fields));
  EXPECT_EQ(
      *fields,
      (Fields{
          {"a", "1"}, {"b", "x y+z"}, {"c", ""}, {"d", "م"}, {"a", "2"}, {"", "e"}, {"=", "f=g"}}));
  EXPECT_EQ(ValueOf(*fields, "a"), "1");
  EXPECT_EQ(ValueOf(*fields, "z"), "");
  EXPECT_EQ(FindField(*fields, ""), nullptr);
}

TEST(Fields, AnEscapeThatIsNoneStays) {
  EXPECT_EQ(FormDecode("100% sure %zz %4 %41%"), "100% sure %zz %4 A%");
  EXPECT_EQ(FormDecode(std::string_view("%00x", 4)), std::string("\0x", 2));
}

TEST(Fields, EncodingIsUndoneByDecoding) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(FormDecode(PercentEncode(all)), all);
  EXPECT_EQ(PercentEncode("aZ09-._~ +&"), "aZ09-._~%20%2B%26");
}

TEST(Fields, TooManyAreRefused) {
  std::string form;
  for (std::size_t i = 0; i < kMaxFields; ++i) form += "a=b&";
  EXPECT_TRUE(Succeeds(ParseForm(form)));
  EXPECT_TRUE(Fails(ParseForm(form + "a=b"), Code::kTooLarge));
}

TEST(Fields, OfAnObject) {
  const Result<Fields> fields = ParseJsonFields(
      R"({"id":"x","n":123456789012,"half":0.5,"yes":true,"none":null,"d":{"a":[{"b":"c"},"e"]}})");
  ASSERT_TRUE(Succeeds(fields));
  EXPECT_EQ(ValueOf(*fields, "id"), "x");
  EXPECT_EQ(ValueOf(*fields, "n"), "123456789012");
  EXPECT_EQ(ValueOf(*fields, "half"), "0.500000");
  EXPECT_EQ(ValueOf(*fields, "yes"), "true");
  EXPECT_EQ(FindField(*fields, "none"), nullptr);
  EXPECT_EQ(ValueOf(*fields, "d.a.0.b"), "c");
  EXPECT_EQ(ValueOf(*fields, "d.a.1"), "e");
  using Values = std::vector<std::string_view>;
  EXPECT_EQ(ValuesOf(*fields, "d.a.*.b"), Values{"c"});
  EXPECT_EQ(ValuesOf(*fields, "d.a.*"), Values{"e"});
  EXPECT_EQ(ValuesOf(*fields, "d.a"), Values{});
  EXPECT_EQ(ValuesOf(*fields, ""), Values{});
}

TEST(Fields, AnObjectThatIsNotWhole) {
  for (const char* json : {"", "[]", "1", "{", R"({"a":})", "hello", R"({"a":"b"}x)"}) {
    EXPECT_TRUE(Fails(ParseJsonFields(json), Code::kMalformed)) << json;
  }
  EXPECT_TRUE(Fails(ParseJsonFields(std::string(100, '{')), Code::kMalformed));
  std::string many = "{\"a\":[0";
  for (std::size_t i = 0; i < kMaxFields; ++i) many += ",0";
  EXPECT_TRUE(Fails(ParseJsonFields(many + "]}"), Code::kTooLarge));
  // A text in another encoding is still a text.
  const Result<Fields> mended = ParseJsonFields("{\"text\":\"d\xE9j\xE0\"}");
  ASSERT_TRUE(Succeeds(mended));
  EXPECT_EQ(ValueOf(*mended, "text"), "d\uFFFDj\uFFFD");
}

}  // namespace
}  // namespace safeconduct::sms
