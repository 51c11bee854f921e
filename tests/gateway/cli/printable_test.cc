#include "gateway/cli/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace safeconduct::cli {
namespace {

TEST(Printable, TextOfAnyScriptStaysAsItIs) {
  for (const char* text : {"plain", "Überfall à 8 h", "حدث ذلك مساءً", "两个人", "🙂", "a\\b"}) {
    EXPECT_EQ(Printable(text, Lines::kKept), text);
  }
}

TEST(Printable, NothingReachesTheTerminalThatActsOnIt) {
  std::string hostile;
  for (int c = 0; c < 0x20; ++c) hostile += static_cast<char>(c);
  hostile += "\x7f\x1b]0;title\x07\x1b[2J";
  for (int c = 0x80; c <= 0x9f; ++c) {  // C1, in UTF-8
    hostile += "\xc2";
    hostile += static_cast<char>(c);
  }
  for (const Lines lines : {Lines::kKept, Lines::kEscaped}) {
    for (const char c : Printable(hostile, lines)) {
      const auto byte = static_cast<unsigned char>(c);
      const bool line = lines == Lines::kKept && (c == '\n' || c == '\t');
      EXPECT_TRUE(line || (byte >= 0x20 && byte < 0x7f)) << static_cast<int>(byte);
    }
  }
}

TEST(Printable, WritesEscapesThatSayWhatWasThere) {
  EXPECT_EQ(Printable("\x1b[31m", Lines::kKept), "\\u{1b}[31m");
  EXPECT_EQ(Printable("a\xc2\x9b", Lines::kKept), "a\\u{9b}");
  EXPECT_EQ(Printable("\xe2\x80\xae", Lines::kKept), "\\u{202e}");       // right-to-left override
  EXPECT_EQ(Printable("\xe2\x81\xa6", Lines::kKept), "\\u{2066}");       // isolate
  EXPECT_EQ(Printable("\xe2\x80\xa8", Lines::kKept), "\\u{2028}");       // line separator
  EXPECT_EQ(Printable("\xf3\xa0\x80\x81", Lines::kKept), "\\u{e0001}");  // tag
  EXPECT_EQ(Printable("\xff\xfe", Lines::kKept), "\\xff\\xfe");
  EXPECT_EQ(Printable("\xc0\x9b", Lines::kKept), "\\xc0\\x9b");  // overlong: not an escape
}

TEST(Printable, AValueStaysOnItsLine) {
  EXPECT_EQ(Printable("a\nb\tc\rd", Lines::kEscaped), "a\\nb\\tc\\u{d}d");
  EXPECT_EQ(Printable("a\nb\tc\rd", Lines::kKept), "a\nb\tc\\u{d}d");
}

TEST(JsonString, IsExactAndSafe) {
  EXPECT_EQ(JsonString("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(JsonString("a\nb\t\x1b"), R"("a\nb\t\u001b")");
  EXPECT_EQ(JsonString("\xc2\x9b\xe2\x80\xae"), R"("\u009b\u202e")");
  EXPECT_EQ(JsonString("\xf3\xa0\x80\x81"), R"("\udb40\udc01")");
  EXPECT_EQ(JsonString("é🙂"), "\"é🙂\"");
  EXPECT_EQ(JsonString("\xff"), R"("\ufffd")");
  EXPECT_EQ(JsonString(std::string("\0", 1)), R"("\u0000")");
}

}  // namespace
}  // namespace safeconduct::cli
