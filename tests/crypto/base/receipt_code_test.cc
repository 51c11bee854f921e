#include "crypto/base/receipt_code.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "crypto/base/receipt_text.h"
#include "crypto/base/wordlists.h"
#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

using testing::Fails;
using testing::FromHex;
using testing::Succeeds;
using testing::ToBytes;

constexpr WordList kAllLists[] = {WordList::kEnglish, WordList::kFrench, WordList::kSpanish,
                                  WordList::kPortuguese, WordList::kChineseSimplified};

std::string Text(const SecretBytes& secret) { return std::string(AsText(secret.Reveal())); }

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ' ') {
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  return out;
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator = " ") {
  std::string out;
  for (const std::string& part : parts) out.append(out.empty() ? "" : separator).append(part);
  return out;
}

ReceiptCode CodeFromHex(std::string_view hex) { return ReceiptCode::Copy(FromHex(hex)); }

::testing::AssertionResult IsCode(std::string_view text, const ReceiptCode& expected) {
  const auto code = ParseReceiptCode(text);
  if (!code.ok()) return Succeeds(code) << text;
  if (ConstantTimeEqual(code->Reveal(), expected.Reveal())) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "another code";
}

::testing::AssertionResult Blames(std::string_view text, std::string_view field) {
  const auto code = ParseReceiptCode(text);
  if (code.ok()) return ::testing::AssertionFailure() << "taken: " << text;
  if (code.error().code() == Code::kMalformed && code.error().field() == field) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << text << ": " << code.error().message() << " in '" << code.error().field() << "'";
}

struct Vector {
  const char* entropy;
  const char* words;
};

// The 128-bit vectors published with BIP-39.
const Vector kBip39Vectors[] = {
    {"00000000000000000000000000000000",
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
     "about"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "legal winner thank year wave sausage worth useful legal winner thank yellow"},
    {"80808080808080808080808080808080",
     "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"},
    {"ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"},
    {"9e885d952ad362caeb4efe34a8e91bd2",
     "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic"},
    {"c0ba5a8e914111210f2bd131f3d5e08d",
     "scheme spot photo card baby mountain device kick cradle pact join borrow"},
    {"23db8160a31d3e0dca3688ed941adbf3",
     "cat swing flag economy stadium alone churn speed unique patch report train"},
    {"f30f8c1da665478f49b001d94c5fc452",
     "vessel ladder alter error federal sibling chat ability sun glass valve picture"},
};

TEST(ReceiptWords, Bip39Vectors) {
  for (const auto& [entropy, words] : kBip39Vectors) {
    EXPECT_EQ(Text(ReceiptWords(CodeFromHex(entropy), WordList::kEnglish)), words);
    EXPECT_TRUE(IsCode(words, CodeFromHex(entropy)));
  }
}

// What the BIP promises of its lists, and what the folding of accents relies on: without accents
// and case no two words are the same.
TEST(ReceiptWords, ListsHave2048WordsThatFoldingKeepsApart) {
  for (const std::string_view list :
       {kEnglishWords, kFrenchWords, kSpanishWords, kPortugueseWords, kSimplifiedChineseWords}) {
    std::set<std::u32string> folded;
    std::size_t lines = 0;
    for (std::string_view rest = list; !rest.empty(); ++lines) {
      const std::size_t end = rest.find('\n');
      const auto text = ReceiptText::Read(rest.substr(0, end));
      ASSERT_TRUE(Succeeds(text));
      ASSERT_EQ(text->tokens().size(), 1U);
      EXPECT_TRUE(FoldsTo(rest.substr(0, end), text->tokens()[0]));
      EXPECT_FALSE(FoldsTo(rest.substr(0, end), text->tokens()[0] + U"a"));
      folded.insert(text->tokens()[0]);
      rest.remove_prefix(end + 1);
    }
    EXPECT_EQ(lines, 2048U);
    EXPECT_EQ(folded.size(), 2048U);
  }
}

TEST(ReceiptCode, BothFormsRoundTripInEveryList) {
  for (int i = 0; i < 40; ++i) {
    const auto code = ReceiptCode::Random();
    EXPECT_TRUE(IsCode(Text(ReceiptDigits(code)), code));
    for (const WordList list : kAllLists) EXPECT_TRUE(IsCode(Text(ReceiptWords(code, list)), code));
  }
}

TEST(ReceiptWords, TwelveWordsWithOneSpaceBetween) {
  for (const WordList list : kAllLists) {
    EXPECT_EQ(Split(Text(ReceiptWords(ReceiptCode::Random(), list))).size(), 12U);
  }
}

TEST(ReceiptWords, CaseAccentsAndSpacingDoNotMatter) {
  const ReceiptCode code = CodeFromHex("9e885d952ad362caeb4efe34a8e91bd2");
  EXPECT_TRUE(
      IsCode("  OZONE Drill\tgrab\nfiber, curtain; grace pudding thank - cruise elder "
             "eight picnic.\r\n",
             code));
  EXPECT_TRUE(
      IsCode("\uff4f\uff5a\uff4f\uff4e\uff45\u3000drill grab fiber curtain grace pudding "
             "thank cruise elder eight picnic",
             code));
}

TEST(ReceiptWords, AccentsMayBeLeftOutOrTypedEitherWay) {
  // Codes whose words have accents: found by trying.
  for (const WordList list : {WordList::kFrench, WordList::kSpanish}) {
    for (int found = 0; found < 5;) {
      const auto code = ReceiptCode::Random();
      const std::string words = Text(ReceiptWords(code, list));
      if (words.find('\xc3') == std::string::npos) continue;
      ++found;
      std::string plain, decomposed;
      for (std::string_view rest = words; !rest.empty();) {
        const std::size_t size = rest[0] == '\xc3' ? 2 : 1;
        const std::string letter(rest.substr(0, size));
        rest.remove_prefix(size);
        const std::pair<const char*, const char*> kForms[] = {
            {"\u00e9", "e\u0301"}, {"\u00e8", "e\u0300"}, {"\u00e1", "a\u0301"},
            {"\u00ed", "i\u0301"}, {"\u00f3", "o\u0301"}, {"\u00fa", "u\u0301"},
            {"\u00f1", "n\u0303"}};
        const auto form = std::find_if(std::begin(kForms), std::end(kForms),
                                       [&](const auto& one) { return one.first == letter; });
        plain += form == std::end(kForms) ? letter : std::string(1, form->second[0]);
        decomposed += form == std::end(kForms) ? letter : form->second;
      }
      EXPECT_EQ(plain.find('\xc3'), std::string::npos) << plain;
      EXPECT_TRUE(IsCode(plain, code));
      EXPECT_TRUE(IsCode(decomposed, code));
    }
  }
}

TEST(ReceiptWords, ChineseMayBeWrittenTogether) {
  const auto code = ReceiptCode::Random();
  const auto words = Split(Text(ReceiptWords(code, WordList::kChineseSimplified)));
  EXPECT_TRUE(IsCode(Join(words, ""), code));
  EXPECT_TRUE(IsCode(Join(words, "\u3000"), code));
  EXPECT_TRUE(IsCode(Join(words, "\u3001"), code));
}

TEST(ReceiptWords, NamesTheWordThatIsInNoList) {
  const auto words = Split(kBip39Vectors[4].words);
  for (std::size_t i = 0; i < 12; ++i) {
    auto changed = words;
    changed[i] = "ozoned";
    EXPECT_TRUE(Blames(Join(changed), "word " + std::to_string(i + 1)));
  }
}

TEST(ReceiptWords, NamesTheWordThatIsMissing) {
  auto words = Split(kBip39Vectors[4].words);
  while (words.size() > 1) {
    words.pop_back();
    EXPECT_TRUE(Blames(Join(words), "word " + std::to_string(words.size() + 1)));
  }
  EXPECT_TRUE(Blames(std::string(kBip39Vectors[4].words) + " ozone", ""));
}

TEST(ReceiptWords, SaysThatTheWordsDoNotFitTogether) {
  auto words = Split(kBip39Vectors[4].words);
  std::swap(words[0], words[1]);
  const auto code = ParseReceiptCode(Join(words));
  ASSERT_TRUE(Fails(code, Code::kMalformed));
  EXPECT_STREQ(code.error().field(), "");
  EXPECT_NE(std::string(code.error().message()).find("not all together"), std::string::npos);
}

// A list mixed from two languages is no code, and the list with the most words is the one meant.
TEST(ReceiptWords, TakesAllWordsFromOneList) {
  auto words = Split(
      Text(ReceiptWords(CodeFromHex("00112233445566778899aabbccddeeff"), WordList::kSpanish)));
  words[6] = "zoo";
  EXPECT_TRUE(Blames(Join(words), "word 7"));
}

// Damm's own example: the check digit of 572 is 4.
TEST(ReceiptDigits, TenGroupsOfFiveDigits) {
  EXPECT_EQ(Text(ReceiptDigits(ReceiptCode())).substr(0, 5), "00000");
  const auto groups = Split(Text(ReceiptDigits(ReceiptCode::Random())));
  ASSERT_EQ(groups.size(), 10U);
  for (const std::string& group : groups) EXPECT_EQ(group.size(), 5U);
}

// 2^128 - 1 is 340282366920938463463374607431768211455.
TEST(ReceiptDigits, FourDigitsOfEachGroupAreTheNumber) {
  const auto number = [](const ReceiptCode& code) {
    std::string out;
    for (const std::string& group : Split(Text(ReceiptDigits(code)))) out += group.substr(0, 4);
    return out;
  };
  EXPECT_EQ(number(CodeFromHex("ffffffffffffffffffffffffffffffff")),
            "0340282366920938463463374607431768211455");
  EXPECT_EQ(number(CodeFromHex("0000000000000000000000000000023c")), std::string(37, '0') + "572");
  EXPECT_EQ(number(CodeFromHex("00000000000000000000000100000000")),
            std::string(30, '0') + "4294967296");
}

TEST(ReceiptDigits, SpacingAndScriptDoNotMatter) {
  const ReceiptCode code = CodeFromHex("9e885d952ad362caeb4efe34a8e91bd2");
  const std::string digits = Text(ReceiptDigits(code));
  EXPECT_TRUE(IsCode(Join(Split(digits), ""), code));
  EXPECT_TRUE(IsCode(Join(Split(digits), "-"), code));
  EXPECT_TRUE(IsCode(Join(Split(digits), "\n"), code));
  EXPECT_TRUE(IsCode("\u200e" + Join(Split(digits), " \u2013 ") + "\u200f.", code));
  std::string four_by_four;
  for (const char c : Join(Split(digits), "")) {
    four_by_four.append(four_by_four.size() % 5 == 4 ? " " : "").push_back(c);
  }
  EXPECT_TRUE(IsCode(four_by_four, code));
  // Arabic-Indic, Persian, Devanagari, Bengali, Burmese, Khmer, full-width.
  for (const char32_t zero : {0x0660, 0x06f0, 0x0966, 0x09e6, 0x1040, 0x17e0, 0xff10}) {
    std::string text;
    for (const char c : digits) {
      const char32_t point = c == ' ' ? U' ' : zero + static_cast<char32_t>(c - '0');
      if (point < 0x80) {
        text.push_back(static_cast<char>(point));
      } else if (point < 0x800) {
        text.push_back(static_cast<char>(0xc0 | point >> 6));
        text.push_back(static_cast<char>(0x80 | (point & 0x3f)));
      } else {
        text.push_back(static_cast<char>(0xe0 | point >> 12));
        text.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3f)));
        text.push_back(static_cast<char>(0x80 | (point & 0x3f)));
      }
    }
    EXPECT_TRUE(IsCode(text, code)) << text;
  }
}

class MistypedDigits : public ::testing::Test {
 protected:
  const ReceiptCode code_ = CodeFromHex("9e885d952ad362caeb4efe34a8e91bd2");
  const std::vector<std::string> groups_ = Split(Text(ReceiptDigits(code_)));
};

TEST_F(MistypedDigits, EveryWrongDigitIsNamedByItsGroup) {
  for (std::size_t group = 0; group < 10; ++group) {
    for (std::size_t at = 0; at < 5; ++at) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        auto changed = groups_;
        if (changed[group][at] == digit) continue;
        changed[group][at] = digit;
        EXPECT_TRUE(Blames(Join(changed), "group " + std::to_string(group + 1)));
        EXPECT_TRUE(Blames(Join(changed, ""), "group " + std::to_string(group + 1)));
      }
    }
  }
}

TEST_F(MistypedDigits, SwappedNeighboursAreNamedByTheirGroup) {
  for (std::size_t group = 0; group < 10; ++group) {
    for (std::size_t at = 0; at + 1 < 5; ++at) {
      auto changed = groups_;
      if (changed[group][at] == changed[group][at + 1]) continue;
      std::swap(changed[group][at], changed[group][at + 1]);
      EXPECT_TRUE(Blames(Join(changed), "group " + std::to_string(group + 1)));
    }
  }
}

// The check digit covers the group's place.
TEST_F(MistypedDigits, SwappedGroupsAreFound) {
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t j = i + 1; j < 10; ++j) {
      auto changed = groups_;
      if (changed[i] == changed[j]) continue;
      std::swap(changed[i], changed[j]);
      EXPECT_FALSE(ParseReceiptCode(Join(changed)).ok()) << i << " " << j;
    }
  }
}

TEST_F(MistypedDigits, AMissingOrSurplusDigitIsNamedByItsGroup) {
  for (std::size_t group = 0; group < 10; ++group) {
    const std::string name = "group " + std::to_string(group + 1);
    auto shorter = groups_;
    shorter[group].pop_back();
    EXPECT_TRUE(Blames(Join(shorter), name));
    auto longer = groups_;
    longer[group].push_back('0');
    EXPECT_TRUE(Blames(Join(longer), name));
    auto letter = groups_;
    letter[group][2] = 'O';
    EXPECT_TRUE(Blames(Join(letter), name));
  }
}

TEST_F(MistypedDigits, AMissingGroupIsNamed) {
  auto groups = groups_;
  while (groups.size() > 1) {
    groups.pop_back();
    EXPECT_TRUE(Blames(Join(groups), "group " + std::to_string(groups.size() + 1)));
  }
  EXPECT_TRUE(Blames(Join(groups_) + " 00000", ""));
}

// 2^128 and above: well-formed groups, and no code. The check digits are found by trying.
TEST(ReceiptDigits, RefusesNumbersOfMoreThan128Bits) {
  const std::string number = "0340282366920938463463374607431768211456";
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < 10; ++i) groups.push_back(number.substr(4 * i, 4) + "0");
  for (std::size_t i = 0; i < 10; ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      groups[i].back() = digit;
      const auto code = ParseReceiptCode(Join(groups));
      ASSERT_FALSE(code.ok());
      if (code.error().field() != "group " + std::to_string(i + 1)) break;
    }
  }
  EXPECT_TRUE(Blames(Join(groups), ""));
  EXPECT_STREQ(ParseReceiptCode(Join(groups)).error().message(), "digits that are no receipt code");
}

TEST(ReceiptCode, RefusesWhatIsNoCodeAtAll) {
  for (const std::string& text :
       {std::string(), std::string(" \n"), std::string("\xff\xfe"), std::string(5000, '1'),
        std::string(4000, 'a'), Join(std::vector<std::string>(1000, "a")), std::string("1a")}) {
    EXPECT_TRUE(Fails(ParseReceiptCode(text), Code::kMalformed)) << text.substr(0, 20);
  }
}

TEST(ReceiptCode, NoTruncationAndNoBitFlipIsTakenForAnotherCode) {
  const ReceiptCode code = CodeFromHex("c0ba5a8e914111210f2bd131f3d5e08d");
  for (const std::string& text :
       {Text(ReceiptDigits(code)), Text(ReceiptWords(code, WordList::kEnglish))}) {
    testing::ForEachTruncation(AsBytes(text), [&](ByteView cut, std::size_t size) {
      EXPECT_FALSE(ParseReceiptCode(AsText(cut)).ok()) << size;
    });
  }
  // In digits, each change of one bit is a wrong digit, another character, or a separator.
  const std::string digits = Text(ReceiptDigits(code));
  testing::ForEachBitFlip(AsBytes(digits), [&](ByteView changed, std::size_t bit) {
    const auto parsed = ParseReceiptCode(AsText(changed));
    EXPECT_TRUE(!parsed.ok() || ConstantTimeEqual(parsed->Reveal(), code.Reveal())) << bit;
  });
}

}  // namespace
}  // namespace safeconduct
