// Structured fields: the examples of RFC 8941, what it refuses, and our bounds.
#include "gateway/auth/structured_field.h"

#include <gtest/gtest.h>

namespace safeconduct::auth::sf {
namespace {

// The canonical text of what was parsed; "!" when it was refused.
std::string Canonical(std::string_view text) {
  const auto parsed = ParseDictionary(text);
  return parsed.ok() ? Serialize(*parsed) : "!";
}

struct Case {
  std::string text;
  std::string canonical;
};

class CanonicalTest : public testing::TestWithParam<Case> {};

TEST_P(CanonicalTest, IsParsedAndWrittenAgain) {
  EXPECT_EQ(Canonical(GetParam().text), GetParam().canonical) << GetParam().text;
  // What was written is its own canonical text.
  EXPECT_EQ(Canonical(GetParam().canonical), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc8941, CanonicalTest,
    testing::Values(
        // §3.2, §3.1.1, §3.1.2
        Case{R"(en="Applepie", da=:w4ZibGV0w6ZydGU=:)", R"(en="Applepie", da=:w4ZibGV0w6ZydGU=:)"},
        Case{"a=?0, b, c; foo=bar", "a=?0, b, c;foo=bar"},
        Case{"rating=1.5, feelings=(joy sadness)", "rating=1.5, feelings=(joy sadness)"},
        Case{"a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid", "a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid"},
        Case{"a=1; b=?1; c", "a=1;b;c"},
        Case{R"(a=("foo"; a=1;b=2);lvl=5)", R"(a=("foo";a=1;b=2);lvl=5)"}, Case{"", ""},
        Case{"   ", ""}, Case{"a", "a"}, Case{"a=?1", "a"}, Case{"*k=1", "*k=1"},
        // spaces, and tabs only around commas
        Case{"  a=1 ,\t b=2  ", "a=1, b=2"}, Case{"a=(  1   2  )", "a=(1 2)"}, Case{"a=()", "a=()"},
        // a key that comes again keeps its place and takes the last value
        Case{"a=1, b=2, a=3", "a=3, b=2"}, Case{"a=1;x=1;y=2;x=3", "a=1;x=3;y=2"},
        // numbers
        Case{"a=-0", "a=0"}, Case{"a=00042", "a=42"},
        Case{"a=999999999999999", "a=999999999999999"},
        Case{"a=-999999999999999", "a=-999999999999999"}, Case{"a=1.50", "a=1.5"},
        Case{"a=-0.125", "a=-0.125"}, Case{"a=123456789012.1", "a=123456789012.1"},
        Case{"a=1.0", "a=1.0"}, Case{"a=1.001", "a=1.001"},
        // strings, tokens, bytes
        Case{R"(a="\"\\")", R"(a="\"\\")"}, Case{R"(a="")", R"(a="")"}, Case{"a=*x:/%", "a=*x:/%"},
        Case{"a=::", "a=::"}));

class RefusedTest : public testing::TestWithParam<std::string> {};

TEST_P(RefusedTest, IsMalformed) {
  const auto parsed = ParseDictionary(GetParam());
  ASSERT_FALSE(parsed.ok()) << GetParam();
  EXPECT_EQ(parsed.error().code(), Code::kMalformed);
}

INSTANTIATE_TEST_SUITE_P(Rfc8941, RefusedTest,
                         testing::Values("a=1,", "a=1, ", ",a=1", "a=1,,b=2", "a=1 b=2", "A=1",
                                         "1a=1", "a=", "a= 1", "a =1", "\ta=1", "a=1;", "a=1;B=2",
                                         "a=1;b=", "a=(", "a=(1", "a=(1,2)", "a=(1\t2)", "a=(1)(2)",
                                         "a=((1))", "a=1000000000000000", "a=-", "a=--1", "a=1.",
                                         "a=.5", "a=1.0001", "a=1234567890123.0", "a=1e3", "a=\"",
                                         "a=\"x", "a=\"\\n\"", "a=\"\\", "a=\"\x7f\"",
                                         "a=\"\xc3\xa9\"", "a=\"\n\"",
                                         "a=:YQ:", "a=:YQ==", "a=:Y Q=:", "a=:YR==:", "a=?2", "a=?",
                                         "a=@1", "a=%x", "a=1\n", std::string("a=1\0", 4)));

TEST(StructuredField, EveryTruncationIsRefusedOrShorter) {
  const std::string whole = R"(a=("x" y;z=1.5);n=:AQID:, b=?0;t="q\"", c=-12)";
  ASSERT_EQ(Canonical(whole), whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto parsed = ParseDictionary(std::string_view(whole).substr(0, size));
    if (!parsed.ok()) continue;
    EXPECT_LT(Serialize(*parsed).size(), whole.size());
    EXPECT_EQ(Canonical(Serialize(*parsed)), Serialize(*parsed));
  }
}

TEST(StructuredField, EveryFlippedBitIsRefusedOrStable) {
  const std::string whole = R"(a=("x" y;z=1.5);n=:AQID:, b=?0;t="q\"", c=-12)";
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = ParseDictionary(flipped);
    if (parsed.ok()) {
      EXPECT_EQ(Canonical(Serialize(*parsed)), Serialize(*parsed)) << flipped;
    }
  }
}

// `count` times `text`, with a comma or whatever between.
std::string Repeat(std::size_t count, const std::string& text, const std::string& between) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "" : between) + text + std::to_string(i);
  }
  return out;
}

TEST(StructuredField, BoundsHoldExactly) {
  EXPECT_TRUE(ParseDictionary(Repeat(kMaxMembers, "a", ",")).ok());
  EXPECT_TRUE(ParseDictionary("a=(" + Repeat(kMaxItems, "a", " ") + ")").ok());
  EXPECT_TRUE(ParseDictionary("a;" + Repeat(kMaxParameters, "a", ";")).ok());
  EXPECT_TRUE(ParseDictionary("a=\"" + std::string(kMaxFieldBytes - 4, 'x') + "\"").ok());

  for (const std::string& text :
       {Repeat(kMaxMembers + 1, "a", ","), "a=(" + Repeat(kMaxItems + 1, "a", " ") + ")",
        "a;" + Repeat(kMaxParameters + 1, "a", ";"),
        "a=\"" + std::string(kMaxFieldBytes - 3, 'x') + "\""}) {
    const auto parsed = ParseDictionary(text);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().code(), Code::kTooLarge);
  }
}

TEST(StructuredField, ValuesHaveTheirTypes) {
  const auto parsed = ParseDictionary(R"(i=7, d=0.25, s="x", t=x, b=:AQI=:, f=?0, l=(1);p)");
  ASSERT_TRUE(parsed.ok());
  const auto value = [&](std::string_view name) {
    return std::get<Item>(*Find(*parsed, name)).value;
  };
  EXPECT_EQ(value("i"), BareItem(std::int64_t{7}));
  EXPECT_EQ(value("d"), BareItem(Decimal{250}));
  EXPECT_EQ(value("s"), BareItem(std::string("x")));
  EXPECT_EQ(value("t"), BareItem(Token{"x"}));
  EXPECT_EQ(value("b"), BareItem(Bytes{1, 2}));
  EXPECT_EQ(value("f"), BareItem(false));
  const auto& list = std::get<InnerList>(*Find(*parsed, "l"));
  ASSERT_EQ(list.items.size(), 1U);
  EXPECT_EQ(*Find(list.parameters, "p"), BareItem(true));
  EXPECT_EQ(Find(*parsed, "none"), nullptr);
  EXPECT_EQ(Find(list.parameters, "none"), nullptr);
}

}  // namespace
}  // namespace safeconduct::auth::sf
