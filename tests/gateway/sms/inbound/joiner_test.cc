#include "gateway/sms/inbound/joiner.h"

#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/fields.h"
#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

using Action = WaitingParts::Action;
using Fit = WaitingParts::Fit;

constexpr std::int64_t kStart = 1'800'000'000;

Part PartOf(std::uint32_t index, std::uint32_t count) { return {7, index, count}; }

TEST(WaitingParts, JoinWhenAllAreThereInAnyOrder) {
  WaitingParts parts(PartOf(3, 3), kStart);
  EXPECT_EQ(parts.ActionAt(kStart + 1), Action::kWait);
  EXPECT_EQ(parts.FitOf(PartOf(1, 3)), Fit::kFits);
  parts.Add(PartOf(1, 3));
  EXPECT_FALSE(parts.complete());
  EXPECT_EQ(parts.ActionAt(kStart + 2), Action::kWait);
  parts.Add(PartOf(2, 3));
  EXPECT_TRUE(parts.complete());
  EXPECT_EQ(parts.ActionAt(kStart + 2), Action::kJoin);
}

TEST(WaitingParts, JoinWhatIsThereAfterTenMinutes) {
  WaitingParts parts(PartOf(1, 255), kStart);
  parts.Add(PartOf(255, 255));
  EXPECT_EQ(parts.due(), kStart + 600);
  EXPECT_EQ(parts.ActionAt(kStart + 599), Action::kWait);
  EXPECT_EQ(parts.ActionAt(kStart + 600), Action::kJoin);
  EXPECT_FALSE(parts.complete());
}

TEST(WaitingParts, APartThatCannotBelongIsOfAnotherMessage) {
  const WaitingParts parts(PartOf(2, 3), kStart);
  EXPECT_EQ(parts.FitOf(PartOf(2, 3)), Fit::kOther);
  EXPECT_EQ(parts.FitOf(PartOf(1, 4)), Fit::kOther);
  EXPECT_EQ(parts.FitOf(PartOf(3, 2)), Fit::kOther);
  EXPECT_EQ(parts.FitOf(PartOf(0, 3)), Fit::kOther);
  EXPECT_EQ(parts.FitOf(PartOf(4, 3)), Fit::kOther);
  EXPECT_EQ(parts.FitOf(PartOf(3, 3)), Fit::kFits);
}

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
