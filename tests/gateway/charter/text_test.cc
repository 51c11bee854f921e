#include "gateway/charter/text.h"

#include <gtest/gtest.h>

#include <string>

namespace safeconduct::charter {
namespace {

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

TEST(IsOrigin, CanNameAKey) {
  EXPECT_TRUE(IsOrigin("example.org/charter"));
  EXPECT_TRUE(IsOrigin(std::string(255, '~')));
  for (const char* text : {"", "a b", "a+b", "a\n", "\x7f", "\xc3\xa9"}) {
    EXPECT_FALSE(IsOrigin(text)) << text;
  }
  EXPECT_FALSE(IsOrigin(std::string(256, 'a')));
}

}  // namespace
}  // namespace safeconduct::charter
