#include "crypto/base/utf8.h"

#include <string>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

TEST(Utf8, TakesOneCodePointAfterAnother) {
  std::string_view text = "a\u00e9\u4e2d\U0001f512";
  EXPECT_EQ(TakeCodePoint(text), U'a');
  EXPECT_EQ(TakeCodePoint(text), U'\u00e9');
  EXPECT_EQ(TakeCodePoint(text), U'\u4e2d');
  EXPECT_EQ(TakeCodePoint(text), U'\U0001f512');
  EXPECT_TRUE(text.empty());
}

TEST(Utf8, TakesTheEndsOfEachRange) {
  for (const char* text :
       {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << HexEncode(AsBytes(text));
  }
}

TEST(Utf8, RefusesWhatRfc3629Forbids) {
  for (const char* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
                           "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xc2",
                           "\xe2\x82", "\xf0\x9f\x94", "\xc2\x41", "\xe2\x28\xa1"}) {
    EXPECT_FALSE(IsUtf8(text)) << HexEncode(AsBytes(text));
    std::string_view rest = text;
    EXPECT_FALSE(TakeCodePoint(rest).has_value());
    EXPECT_EQ(rest, text);
  }
}

}  // namespace
}  // namespace safeconduct
