#include "gateway/sms/text/decode.h"

#include "crypto/base/utf8.h"
#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

using testing::FromHex;

constexpr const char* kBad = "\uFFFD";

TEST(Decode, SeptetsWithTheExtensionTable) {
  EXPECT_EQ(FromGsmSeptets(FromHex("48656c6c6f")), "Hello");
  EXPECT_EQ(FromGsmSeptets(FromHex("000204051b651b3c")), "@$èé€[");
  EXPECT_EQ(FromGsmSeptets({}), "");
  // What the table lacks shows as in the default alphabet; a second escape as a space.
  EXPECT_EQ(FromGsmSeptets(FromHex("1b41")), "A");
  EXPECT_EQ(FromGsmSeptets(FromHex("1b1b41")), " A");
  EXPECT_EQ(FromGsmSeptets(FromHex("411b")), std::string("A") + kBad);
  EXPECT_EQ(FromGsmSeptets(FromHex("41ff42")), std::string("A") + kBad + "B");
}

TEST(Decode, Utf16) {
  EXPECT_EQ(FromUtf16(FromHex("00410645d83dde00")), "Aم😀");
  EXPECT_EQ(FromUtf16(FromHex("4100"), ByteOrder::kLittle), "A");
  EXPECT_EQ(FromUtf16(FromHex("fffe4100")), "A");
  EXPECT_EQ(FromUtf16(FromHex("feff0041")), "A");
  EXPECT_EQ(FromUtf16({}), "");
}

TEST(Decode, BrokenUtf16LosesOnlyWhatIsBroken) {
  const std::string bad = kBad;
  EXPECT_EQ(FromUtf16(FromHex("00410a")), "A" + bad);        // half a unit
  EXPECT_EQ(FromUtf16(FromHex("d83d0041")), bad + "A");      // half a pair
  EXPECT_EQ(FromUtf16(FromHex("0041d83d")), "A" + bad);      // the same at the end
  EXPECT_EQ(FromUtf16(FromHex("de00d83dde00")), bad + "😀");  // the other half
  EXPECT_EQ(FromUtf16(FromHex("d83dd83dde0000")), bad + "😀" + bad);
}

TEST(Decode, Windows1252) {
  EXPECT_EQ(FromWindows1252(FromHex("41e980819f")), std::string("Aé€") + kBad + "Ÿ");
  EXPECT_EQ(FromWindows1252(FromHex("a0ff")), "\u00A0ÿ");
}

TEST(Decode, Utf8ThatIsNoneIsMended) {
  EXPECT_EQ(FromUtf8("a\xC3\xA9\xF0\x9F\x98\x80"), "aé😀");
  EXPECT_EQ(FromUtf8("\xEF\xBB\xBFx"), "x");
  for (const char* broken : {"a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFFz"}) {
    const std::string mended = FromUtf8(broken);
    EXPECT_TRUE(IsUtf8(mended));
    EXPECT_NE(mended.find(kBad), std::string::npos);
  }
  EXPECT_EQ(FromUtf8("one\xC3 two"), std::string("one") + kBad + " two");
  EXPECT_EQ(FromUnnamed("d\xE9j\xE0"), "déjà");
  EXPECT_EQ(FromUnnamed("déjà"), "déjà");
}

TEST(Decode, ByNameOfTheCharacterSet) {
  EXPECT_EQ(FromCharset("utf-8", "é"), "é");
  EXPECT_EQ(FromCharset("UTF-16BE", std::string_view("\0A", 2)), "A");
  EXPECT_EQ(FromCharset("utf_16le", std::string_view("A\0", 2)), "A");
  EXPECT_EQ(FromCharset("ISO-8859-1", "\xE9"), "é");
  EXPECT_EQ(FromCharset("windows-1252", "\x80"), "€");
  EXPECT_EQ(FromCharset("GSM-03.38", "\x01"), "£");
  EXPECT_EQ(FromCharset("8-BIT", "x"), std::nullopt);
  EXPECT_EQ(FromCharset("", "x"), std::nullopt);
}

TEST(Decode, EveryCodePointIsWrittenAsItIsRead) {
  for (char32_t c = 0; c <= 0x110000; c += c < 0x3000 ? 1 : 251) {
    std::string text;
    AppendUtf8(text, c);
    std::string_view view = text;
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(TakeCodePoint(view), surrogate || c > 0x10FFFF ? char32_t{0xFFFD} : c);
    ASSERT_TRUE(view.empty());
  }
}

TEST(Decode, WhatIsTooLongIsCutBetweenCharacters) {
  EXPECT_EQ(Bounded("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(Bounded("abcdefghi", 8), "abc[…]");
  EXPECT_EQ(Bounded("abéfghijk", 8), "ab[…]");
  for (std::size_t max = kOmission.size(); max < 40; ++max) {
    const std::string cut = Bounded("ééé😀😀😀ééé😀😀مرحبا", max);
    EXPECT_LE(cut.size(), max);
    EXPECT_TRUE(IsUtf8(cut)) << max;
  }
}

}  // namespace
}  // namespace safeconduct::sms
