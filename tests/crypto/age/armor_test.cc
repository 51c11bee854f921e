#include "crypto/age/armor.h"

#include <string>
#include <vector>

#include "crypto/age/age.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

constexpr char kBegin[] = "-----BEGIN AGE ENCRYPTED FILE-----\n";
constexpr char kEnd[] = "-----END AGE ENCRYPTED FILE-----\n";

Result<Bytes> Decode(const std::string& text) { return Dearmor(AsBytes(text)); }

TEST(Armor, IsStrictPem) {
  EXPECT_EQ(Armor({}), std::string(kBegin) + kEnd);
  EXPECT_EQ(Armor(AsBytes("foobar")), std::string(kBegin) + "Zm9vYmFy\n" + kEnd);
  const std::string full = std::string(kBegin) + std::string(64, 'A') + "\n" + kEnd;
  EXPECT_EQ(Armor(Bytes(48)), full);
}

TEST(Armor, RoundTripsAllLengths) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text = Armor(Pattern(size));
    const auto bytes = Decode(text);
    ASSERT_TRUE(Succeeds(bytes)) << size;
    EXPECT_EQ(*bytes, Pattern(size));
    EXPECT_TRUE(IsArmored(AsBytes(text)));
  }
}

TEST(Armor, PiecesMakeNoDifference) {
  const Bytes bytes = Pattern(500);
  const std::string whole = Armor(bytes);
  for (std::size_t piece = 1; piece < 150; ++piece) {
    ArmorEncoder encoder;
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      encoder.Update(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)), text);
    }
    encoder.Finish(text);
    EXPECT_EQ(text, whole) << piece;
    ArmorDecoder decoder;
    Bytes out;
    for (std::size_t at = 0; at < whole.size(); at += piece) {
      const std::string part = whole.substr(at, piece);
      ASSERT_TRUE(Succeeds(decoder.Update(AsBytes(part), out))) << piece;
    }
    ASSERT_TRUE(Succeeds(decoder.Finish(out))) << piece;
    EXPECT_EQ(out, bytes);
  }
}

TEST(Armor, TakesWhiteSpaceAroundItAndCrLf) {
  const std::string text = Armor(Pattern(100));
  EXPECT_EQ(*Decode("\n \t\r\n" + text + " \n\t"), Pattern(100));
  EXPECT_EQ(*Decode(text.substr(0, text.size() - 1)), Pattern(100));
  std::string crlf;
  for (const char c : text) crlf.append(c == '\n' ? "\r\n" : std::string(1, c));
  EXPECT_EQ(*Decode(crlf), Pattern(100));
  EXPECT_TRUE(IsArmored(AsBytes(" \r\n" + text)));
}

TEST(Armor, TakesLineEndsOfOneKindOnly) {
  std::string text = Armor(Pattern(100));
  text.insert(text.find('\n'), "\r");
  EXPECT_TRUE(Fails(Decode(text), Code::kMalformed));
}

TEST(Armor, WhiteSpaceIsBounded) {
  const std::string text = Armor(Pattern(10));
  EXPECT_TRUE(Succeeds(Decode(std::string(1000, '\n') + text)));
  EXPECT_TRUE(Fails(Decode(std::string(1025, '\n') + text), Code::kMalformed));
  EXPECT_TRUE(Fails(Decode(std::string(1025, ' ') + "\n" + text), Code::kMalformed));
  EXPECT_TRUE(Fails(Decode(text + std::string(1025, '\n')), Code::kMalformed));
  EXPECT_TRUE(
      Fails(Decode(std::string(600, '\n') + text + std::string(600, ' ')), Code::kMalformed));
}

TEST(Armor, RefusesWhatTheEncoderDoesNotMake) {
  const std::string full(64, 'A');
  const std::vector<std::string> bodies = {
      "\n",         "Zm9v\n\n",       "\nZm9v\n",    "Zm9v \n",      " Zm9v\n",
      "Zm8\n",      "Zm9=\n",         "Zm8=Zm9v\n",  "Zg==\nZg==\n", "Zm9v\nZm9v\n",
      full + "A\n", full + "AAAA\n",  full + "\n\n", "Zm9v",         "=Zm9\n",
      "Zm9v\r\r\n", "a: b\n\nZm9v\n", "=abcd\n"};
  for (const std::string& body : bodies) {
    EXPECT_TRUE(Fails(Decode(kBegin + body + kEnd), Code::kMalformed)) << body;
  }
  const std::string good = std::string(kBegin) + "Zm9v\n" + kEnd;
  ASSERT_TRUE(Succeeds(Decode(good)));
  for (const std::string& text :
       {std::string(), std::string("\n"), "x" + good, "x\n" + good, good + "x", good + good,
        "-" + good, good.substr(5), " " + good.substr(0, 10),
        std::string(kBegin) + "Zm9v\n-----END AGE ENCRYPTED FILE----\n",
        std::string(kBegin) + "Zm9v\n-----END AGE ENCRYPTED FILE----- \n", std::string(" ") + good,
        "-----BEGIN age ENCRYPTED FILE-----\nZm9v\n" + std::string(kEnd)}) {
    EXPECT_TRUE(Fails(Decode(text), Code::kMalformed)) << text;
  }
}

TEST(Armor, EachTruncationIsRefused) {
  // The newline at the very end may be missing.
  std::string text = Armor(Pattern(150));
  text.pop_back();
  testing::ForEachTruncation(AsBytes(text), [](ByteView cut, std::size_t size) {
    EXPECT_TRUE(Fails(Dearmor(cut), Code::kMalformed)) << size;
  });
}

// What is taken all the same is another file, spelled in its only way.
TEST(Armor, EachBitFlipIsRefusedOrEncodesToItself) {
  const std::string text = Armor(Pattern(150));
  std::size_t taken = 0;
  testing::ForEachBitFlip(AsBytes(text), [&](ByteView changed, std::size_t bit) {
    const auto bytes = Dearmor(changed);
    if (!bytes.ok()) return;
    if (*bytes == Pattern(150)) {
      EXPECT_GE(bit / 8, text.size() - 1) << "only the last newline may be another white space";
    } else {
      EXPECT_EQ(Armor(*bytes), AsText(changed)) << bit;
    }
    ++taken;
  });
  EXPECT_GT(taken, 100U);
}

TEST(ArmorDecoder, AfterAnErrorEverythingFails) {
  ArmorDecoder decoder;
  Bytes out;
  EXPECT_FALSE(decoder.Update(AsBytes("x\n"), out).ok());
  const std::string good = Armor(Pattern(10));
  EXPECT_FALSE(decoder.Update(AsBytes(good), out).ok());
  EXPECT_FALSE(decoder.Finish(out).ok());
  EXPECT_TRUE(out.empty());
}

// A line without an end must not fill the memory.
TEST(ArmorDecoder, ALineIsBounded) {
  ArmorDecoder decoder;
  Bytes out;
  ASSERT_TRUE(Succeeds(decoder.Update(AsBytes(kBegin), out)));
  Status status;
  std::size_t taken = 0;
  for (; status.ok() && taken < 100000; ++taken) status = decoder.Update(AsBytes("A"), out);
  EXPECT_TRUE(Fails(status, Code::kMalformed));
  EXPECT_LE(taken, 2000U);
}

TEST(Armor, IsArmoredLooksAtTheFirstLineOnly) {
  EXPECT_TRUE(IsArmored(AsBytes("-----BEGIN AGE ENCRYPTED FILE-----")));
  for (const char* text :
       {"", "-----BEGIN", "age-encryption.org/v1\n", "\n", "x-----BEGIN AGE ENCRYPTED FILE-----"}) {
    EXPECT_FALSE(IsArmored(AsBytes(text))) << text;
  }
}

}  // namespace
}  // namespace safeconduct::age
