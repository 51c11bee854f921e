#include "crypto/base/encoding.h"

#include <string>
#include <utility>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

using testing::Fails;
using testing::FromHex;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

TEST(Hex, RoundTrips) {
  EXPECT_EQ(HexEncode(FromHex("00ff10ab")), "00ff10ab");
  EXPECT_EQ(HexEncode({}), "");
  for (std::size_t size = 0; size < 40; ++size) {
    EXPECT_EQ(FromHex(HexEncode(Pattern(size))), Pattern(size));
  }
}

TEST(Hex, TakesOnlyWholeLowerCaseBytes) {
  for (const char* text : {"0", "abc", "AB", "0g", " 0", "0x00", "é"}) {
    EXPECT_TRUE(Fails(HexDecode(text), Code::kMalformed)) << text;
  }
}

// RFC 4648 §10.
const std::pair<const char*, const char*> kBase64Vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

TEST(Base64, Rfc4648Vectors) {
  for (const auto& [text, encoded] : kBase64Vectors) {
    EXPECT_EQ(Base64Encode(AsBytes(text)), encoded);
    EXPECT_EQ(*Base64Decode(encoded), ToBytes(text));
    std::string unpadded = encoded;
    unpadded.erase(std::min(unpadded.find('='), unpadded.size()));
    EXPECT_EQ(Base64Encode(AsBytes(text), Base64::kUnpadded), unpadded);
    EXPECT_EQ(*Base64Decode(unpadded, Base64::kUnpadded), ToBytes(text));
  }
}

TEST(Base64, RoundTripsAllLengths) {
  for (const Base64 form : {Base64::kPadded, Base64::kUnpadded}) {
    for (std::size_t size = 0; size < 200; ++size) {
      const Bytes bytes = Pattern(size);
      EXPECT_EQ(*Base64Decode(Base64Encode(bytes, form), form), bytes);
    }
  }
}

TEST(Base64, OneSpellingForEachValue) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm8", "Zm9v=", "Zm9v====",
                           "=Zg=", "Zg==Zg==", "Zg==\n", " Zg==", "Zm-_", "Z", "Zm9vY"}) {
    EXPECT_TRUE(Fails(Base64Decode(text), Code::kMalformed)) << text;
  }
  for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zm9v\n", "Zm9v="}) {
    EXPECT_TRUE(Fails(Base64Decode(text, Base64::kUnpadded), Code::kMalformed)) << text;
  }
}

// Whatever four characters are taken are the ones that the encoder makes.
TEST(Base64, AppendsOrLeavesWhatIsThere) {
  Bytes out = ToBytes("ab");
  EXPECT_TRUE(Base64Append("Y2Rl", out).ok());
  EXPECT_TRUE(Base64Append("Zg", out, Base64::kUnpadded).ok());
  EXPECT_EQ(out, ToBytes("abcdef"));
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Z", "Y2Rl!", "Y2R!", "Zm9=", "Y2RlZh=="}) {
    const Status status = Base64Append(bad, out);
    EXPECT_TRUE(!status.ok() && status.error().code() == Code::kMalformed) << bad;
    EXPECT_EQ(out, ToBytes("abcdef")) << bad;
  }
}

TEST(Base64, DecodesOnlyWhatItEncodes) {
  const std::string alphabet = "ABgw/+9=_ \n";
  std::size_t taken = 0;
  for (std::size_t i = 0; i < alphabet.size() * alphabet.size() * alphabet.size() * alphabet.size();
       ++i) {
    std::string text;
    for (std::size_t rest = i, n = 0; n < 4; ++n, rest /= alphabet.size()) {
      text.push_back(alphabet[rest % alphabet.size()]);
    }
    const auto decoded = Base64Decode(text);
    if (!decoded.ok()) continue;
    ++taken;
    EXPECT_EQ(Base64Encode(*decoded), text);
  }
  EXPECT_GT(taken, 1000U);
}

// BIP 173, "Test vectors": valid strings.
TEST(Bech32, TakesTheValidStringsOfBip173) {
  for (
      const char* text :
      {"A12UEL5L", "a12uel5l",
       "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
       "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
       "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
       "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl"}) {
    EXPECT_TRUE(Succeeds(Bech32Decode(text))) << text;
  }
  EXPECT_EQ(Bech32Decode("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")->data,
            FromHex("00443214c74254b635cf84653a56d7c675be77df"));
}

// BIP 173, "Test vectors": invalid strings. The one over 90 characters is left out: age has no
// limit.
TEST(Bech32, RefusesTheInvalidStringsOfBip173) {
  for (const char* text : {"\x20"
                           "1nwldj5",
                           "\x7F"
                           "1axkwrx",
                           "\x80"
                           "1eym55h",
                           "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xFF",
                           "A1G7SGD8", "10a06t8", "1qzzfhee"}) {
    EXPECT_TRUE(Fails(Bech32Decode(text), Code::kMalformed)) << text;
  }
}

TEST(Bech32, RefusesMixedCase) {
  EXPECT_TRUE(Fails(Bech32Decode("A12uel5l"), Code::kMalformed));
  EXPECT_TRUE(Fails(Bech32Decode("a12UEL5L"), Code::kMalformed));
}

TEST(Bech32, RoundTripsAllLengths) {
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string text = Bech32Encode("age", Pattern(size));
    const auto decoded = Bech32Decode(text);
    ASSERT_TRUE(Succeeds(decoded));
    EXPECT_EQ(decoded->prefix, "age");
    EXPECT_EQ(decoded->data, Pattern(size));
  }
}

// The code finds up to four errors, so no change of one character is ever taken.
TEST(Bech32, NoBitFlipAndNoTruncationIsTaken) {
  const std::string text = Bech32Encode("age1pq", Pattern(64));
  testing::ForEachBitFlip(AsBytes(text), [&](ByteView changed, std::size_t bit) {
    EXPECT_FALSE(Bech32Decode(AsText(changed)).ok()) << bit;
  });
  testing::ForEachTruncation(AsBytes(text), [&](ByteView cut, std::size_t size) {
    EXPECT_FALSE(Bech32Decode(AsText(cut)).ok()) << size;
  });
}

// Right checksums over digits that are no whole number of bytes, or whose last bits are not zero:
// they would be second spellings.
TEST(Bech32, RefusesTrailingBits) {
  EXPECT_EQ(Bech32Decode("age1qqpexly5")->data, Bytes{0});
  for (const char* text :
       {"age1qpu0j2ex", "age1qzju8uhe", "age1qdd35qf", "age1qqqyst3gn", "age1l8p2s2z"}) {
    EXPECT_STREQ(Bech32Decode(text).error().message(), "bech32 with trailing bits") << text;
  }
}

}  // namespace
}  // namespace safeconduct
