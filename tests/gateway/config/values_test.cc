#include "gateway/config/values.h"

#include <gtest/gtest.h>

namespace safeconduct::config {
namespace {

TEST(Values, SizesAreWholeNumbersWithABinaryUnit) {
  EXPECT_EQ(ParseSize("0B"), 0U);
  EXPECT_EQ(ParseSize("17B"), 17U);
  EXPECT_EQ(ParseSize("64KiB"), 65'536U);
  EXPECT_EQ(ParseSize("256MiB"), 268'435'456U);
  EXPECT_EQ(ParseSize("1GiB"), 1'073'741'824U);
  EXPECT_EQ(ParseSize("2TiB"), 2'199'023'255'552U);
  for (const char* text :
       {"", "1", "KiB", "1 KiB", " 1KiB", "1KB", "1kib", "1K", "-1B", "1.5GiB", "1KiBB", "0x1B",
        "9223372036854775808B", "9007199254740992KiB", "18446744073709551617B"}) {
    EXPECT_FALSE(ParseSize(text)) << text;
  }
  EXPECT_EQ(ParseSize("9223372036854775807B"), 9'223'372'036'854'775'807U);
}

TEST(Values, DurationsAreWholeNumbersWithAUnit) {
  EXPECT_EQ(ParseDuration("500ms"), 500U);
  EXPECT_EQ(ParseDuration("10s"), 10'000U);
  EXPECT_EQ(ParseDuration("5min"), 300'000U);
  EXPECT_EQ(ParseDuration("24h"), 86'400'000U);
  EXPECT_EQ(ParseDuration("7d"), 604'800'000U);
  for (const char* text : {"", "10", "s", "10 s", "10sec", "1m", "1.5s", "-1s", "10S"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(Values, AreWrittenInTheLargestUnitThatFits) {
  EXPECT_EQ(FormatSize(0), "0B");
  EXPECT_EQ(FormatSize(1'023), "1023B");
  EXPECT_EQ(FormatSize(1'536), "1536B");
  EXPECT_EQ(FormatSize(65'536), "64KiB");
  EXPECT_EQ(FormatSize(1'073'741'824), "1GiB");
  EXPECT_EQ(FormatDuration(90'000), "90s");
  EXPECT_EQ(FormatDuration(3'600'000), "1h");
  for (const std::uint64_t value : {0ull, 1ull, 999ull, 1'000ull, 60'000ull, 86'400'001ull}) {
    EXPECT_EQ(ParseDuration(FormatDuration(value)), value);
    EXPECT_EQ(ParseSize(FormatSize(value)), value);
  }
}

TEST(Values, EditDistance) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("abc", ""), 3U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("sitting", "kitten"), 3U);
  EXPECT_EQ(EditDistance("http.header_size", "http.heder_size"), 1U);
}

}  // namespace
}  // namespace safeconduct::config
