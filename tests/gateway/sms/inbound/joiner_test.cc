#include "gateway/sms/inbound/joiner.h"

#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/fields.h"
#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

TEST(JoinParts, WithAMarkForEachGap) {
  EXPECT_EQ(JoinParts({{1, "a"}, {2, "b"}, {3, "c"}}, 3), "abc");
  EXPECT_EQ(JoinParts({{1, "a"}, {3, "c"}}, 3), "a[…]c");
  EXPECT_EQ(JoinParts({{4, "d"}}, 9), "[…]d[…]");
  EXPECT_EQ(JoinParts({{2, "b"}, {3, "c"}}, 3), "[…]bc");
  EXPECT_EQ(JoinParts({{1, "a"}, {2, "b"}}, 5), "ab[…]");
  EXPECT_EQ(JoinParts({}, 2), "[…]");
  EXPECT_EQ(JoinParts({{0, "x"}, {1, "a"}, {2, "b"}, {3, "y"}}, 2), "ab");
}

TEST(JoinParts, IsBounded) {
  std::map<std::uint32_t, std::string> texts;
  for (std::uint32_t i = 1; i <= 255; ++i) {
    for (int k = 0; k < 70; ++k) texts[i] += "漢";
  }
  const std::string text = JoinParts(texts, 255);
  EXPECT_LE(text.size(), kMaxTextBytes);
  EXPECT_TRUE(text.ends_with("漢[…]"));
  EXPECT_TRUE(IsUtf8(text));
}

}  // namespace
}  // namespace safeconduct::sms
