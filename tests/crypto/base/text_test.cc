#include "crypto/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace safeconduct {
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

}  // namespace
}  // namespace safeconduct
