#include "gateway/charter/text.h"

#include <gtest/gtest.h>

#include <string>

namespace safeconduct::charter {
namespace {

TEST(ParseDecimal, TakesOneSpelling) {
  EXPECT_EQ(*ParseDecimal("0", 10), 0u);
  EXPECT_EQ(*ParseDecimal("10", 10), 10u);
  EXPECT_EQ(*ParseDecimal("18446744073709551615", UINT64_MAX), UINT64_MAX);
  for (const char* text : {"", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "0x1", "1e1", "11"}) {
    EXPECT_FALSE(ParseDecimal(text, 10).ok()) << text;
  }
  EXPECT_FALSE(ParseDecimal("3", 2).ok());
  EXPECT_FALSE(ParseDecimal("12", 3).ok());
  EXPECT_FALSE(ParseDecimal("18446744073709551616", UINT64_MAX).ok());
  EXPECT_FALSE(ParseDecimal("99999999999999999999999", UINT64_MAX).ok());
}

TEST(TakeLine, NeedsTheNewline) {
  std::string_view text = "a\n\nb";
  EXPECT_EQ(*TakeLine(text), "a");
  EXPECT_EQ(*TakeLine(text), "");
  EXPECT_FALSE(TakeLine(text).has_value());
  EXPECT_EQ(text, "b");
}

TEST(IsId, AllowsWhatUrlsAndFileNamesAllow) {
  EXPECT_TRUE(IsId("a"));
  EXPECT_TRUE(IsId("intake-1"));
  EXPECT_TRUE(IsId(std::string(63, 'z')));
  for (const char* text : {"", "A", "a b", "a/b", "a.b", "a_b", "\xc3\xa9", "a\n"}) {
    EXPECT_FALSE(IsId(text)) << text;
  }
  EXPECT_FALSE(IsId(std::string(64, 'z')));
  EXPECT_FALSE(IsId(std::string_view("a\0b", 3)));
}

TEST(IsPlainText, RefusesControlCharactersAndBrokenUtf8) {
  EXPECT_TRUE(IsPlainText("Bureau de l\xe2\x80\x99int\xc3\xa9grit\xc3\xa9", 64));
  EXPECT_FALSE(IsPlainText("", 64));
  EXPECT_FALSE(IsPlainText("abc", 2));
  for (const char* text : {"a\nb", "a\tb", "\x7f", "\xc2\x85", "\xff", "\xc3"}) {
    EXPECT_FALSE(IsPlainText(text, 64)) << text;
  }
}

}  // namespace
}  // namespace safeconduct::charter
