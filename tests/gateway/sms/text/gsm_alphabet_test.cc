#include "gateway/sms/text/gsm_alphabet.h"

#include <gtest/gtest.h>

#include <set>

namespace safeconduct::sms {
namespace {

// Spot checks of each row of 3GPP TS 23.038, 6.2.1.
TEST(GsmAlphabet, HasTheCharactersOfTheStandard) {
  const struct {
    std::uint8_t septet;
    char32_t character;
  } kRows[] = {{0x00, U'@'}, {0x01, U'£'}, {0x05, U'é'}, {0x09, U'Ç'}, {0x0A, U'\n'}, {0x0D, U'\r'},
               {0x0F, U'å'}, {0x10, U'Δ'}, {0x11, U'_'}, {0x1A, U'Ξ'}, {0x1C, U'Æ'},  {0x1F, U'É'},
               {0x20, U' '}, {0x24, U'¤'}, {0x2F, U'/'}, {0x30, U'0'}, {0x3F, U'?'},  {0x40, U'¡'},
               {0x41, U'A'}, {0x5A, U'Z'}, {0x5B, U'Ä'}, {0x5F, U'§'}, {0x60, U'¿'},  {0x61, U'a'},
               {0x7A, U'z'}, {0x7B, U'ä'}, {0x7D, U'ñ'}, {0x7F, U'à'}};
  for (const auto& row : kRows) {
    EXPECT_EQ(FromGsm(row.septet), row.character) << int{row.septet};
    EXPECT_EQ(ToGsm(row.character), (GsmCode{row.septet, false})) << int{row.septet};
  }
}

TEST(GsmAlphabet, EverySeptetButTheEscapeIsOneCharacterAndBack) {
  std::set<char32_t> seen;
  for (unsigned septet = 0; septet < 0x80; ++septet) {
    const auto character = FromGsm(static_cast<std::uint8_t>(septet));
    if (septet == kGsmEscape) {
      EXPECT_FALSE(character);
      continue;
    }
    ASSERT_TRUE(character) << septet;
    EXPECT_TRUE(seen.insert(*character).second) << septet;
    EXPECT_EQ(ToGsm(*character), (GsmCode{static_cast<std::uint8_t>(septet), false}));
  }
  for (unsigned byte = 0x80; byte < 0x100; ++byte) {
    EXPECT_FALSE(FromGsm(static_cast<std::uint8_t>(byte))) << byte;
  }
}

TEST(GsmAlphabet, TheExtensionTableHasTenCharacters) {
  const std::u32string_view kAll = U"\f^{}\\[~]|€";
  std::size_t found = 0;
  for (unsigned septet = 0; septet < 0x100; ++septet) {
    const auto character = FromGsmExtension(static_cast<std::uint8_t>(septet));
    if (!character) continue;
    ++found;
    EXPECT_NE(kAll.find(*character), std::u32string_view::npos) << septet;
    EXPECT_EQ(ToGsm(*character), (GsmCode{static_cast<std::uint8_t>(septet), true}));
  }
  EXPECT_EQ(found, kAll.size());
  EXPECT_EQ(FromGsmExtension(0x65), U'€');
  EXPECT_EQ(FromGsmExtension(0x28), U'{');
}

TEST(GsmAlphabet, NothingIsReplacedByWhatLooksAlike) {
  for (const char32_t character : {U'ç', U'ê', U'á', U'А', U'`', U'\t', U'\u00A0', U'ع', U'中',
                                   U'\u001B', U'\u2019', U'\U0001F600', U'\0'}) {
    EXPECT_FALSE(ToGsm(character)) << static_cast<unsigned>(character);
  }
}

}  // namespace
}  // namespace safeconduct::sms
