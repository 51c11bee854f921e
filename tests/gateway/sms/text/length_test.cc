#include "gateway/sms/text/length.h"

#include <gtest/gtest.h>

#include <string>

namespace safeconduct::sms {
namespace {

std::string Times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

struct Row {
  const char* what;
  std::string text;
  bool gsm7;
  std::size_t characters, units, parts;
};

TEST(SmsLength, IsThatOfTheStandard) {
  const Row kRows[] = {
      {"nothing", "", true, 0, 0, 0},
      {"one", "a", true, 1, 1, 1},
      {"French with the alphabet's own accents", "é à ù è", true, 7, 7, 1},
      {"French beyond it", "ça va", false, 5, 5, 1},
      {"a whole message", Times(160, "a"), true, 160, 160, 1},
      {"one more", Times(161, "a"), true, 161, 161, 2},
      {"two whole parts", Times(306, "a"), true, 306, 306, 2},
      {"and one more", Times(307, "a"), true, 307, 307, 3},
      {"ten parts", Times(1530, "a"), true, 1530, 1530, 10},
      {"eleven", Times(1531, "a"), true, 1531, 1531, 11},
      {"extensions are two septets", "{€}", true, 3, 6, 1},
      {"80 of them fill a message", Times(80, "€"), true, 80, 160, 1},
      {"81 need two parts", Times(81, "€"), true, 81, 162, 2},
      // 153 is odd: each part has room for 76 of them, and one septet is left over.
      {"none is split", Times(152, "€"), true, 152, 304, 2},
      {"so that one more needs a third", Times(153, "€"), true, 153, 306, 3},
      {"an extension at the edge of a part", Times(152, "a") + "{" + Times(152, "a"), true, 305,
       306, 3},
      {"Arabic", "مرحبا", false, 5, 5, 1},
      {"Chinese, a whole message", Times(70, "中"), false, 70, 70, 1},
      {"Chinese, one more", Times(71, "中"), false, 71, 71, 2},
      {"Chinese, two whole parts", Times(134, "中"), false, 134, 134, 2},
      {"Chinese, and one more", Times(135, "中"), false, 135, 135, 3},
      {"one character changes all", Times(69, "{") + "中", false, 70, 70, 1},
      {"pairs are two units", Times(35, "😀"), false, 35, 70, 1},
      {"36 pairs", Times(36, "😀"), false, 36, 72, 2},
      // 67 is odd: 33 pairs go into a part.
      {"no pair is split", Times(66, "😀"), false, 66, 132, 2},
      {"so that one more needs a third", Times(67, "😀"), false, 67, 134, 3},
      {"broken bytes", "a\xFF\xC3", false, 3, 3, 1},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.what);
    const SmsLength length = LengthOf(row.text);
    EXPECT_EQ(length.gsm7, row.gsm7);
    EXPECT_EQ(length.characters, row.characters);
    EXPECT_EQ(length.units, row.units);
    EXPECT_EQ(length.parts, row.parts);
  }
}

}  // namespace
}  // namespace safeconduct::sms
