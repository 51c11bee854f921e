#include "crypto/base/hash.h"

#include <string>
#include <utility>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

using testing::FromHex;
using testing::Pattern;
using testing::ToBytes;

// FIPS 180-4's published examples.
const std::pair<std::string, const char*> kSha256Vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1000000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256, Fips180Vectors) {
  for (const auto& [text, digest] : kSha256Vectors) {
    EXPECT_EQ(HexEncode(Sha256(AsBytes(text))), digest);
  }
}

TEST(Sha256, PartsAreConcatenated) {
  const Bytes bytes = Pattern(300);
  const Hash whole = Sha256(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(Sha256({ByteView(bytes).first(cut), ByteView(bytes).subspan(cut)}), whole);
  }
  EXPECT_EQ(Sha256(std::initializer_list<ByteView>{}), Sha256(ByteView()));
}

TEST(Sha256Stream, AgreesWithTheWhole) {
  const Bytes bytes = Pattern(1000);
  for (std::size_t piece = 1; piece < 130; ++piece) {
    Sha256Stream stream;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      stream.Update(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    }
    EXPECT_EQ(stream.Finish(), Sha256(bytes)) << piece;
  }
}

TEST(Sha256Stream, MayBeMovedMidway) {
  Sha256Stream first;
  first.Update(AsBytes("a"));
  Sha256Stream second = std::move(first);
  second.Update(AsBytes("bc"));
  EXPECT_EQ(second.Finish(), Sha256(AsBytes("abc")));
}

// RFC 5869, appendix A; a shorter output is a prefix of a longer one.
TEST(Hkdf, Rfc5869Vectors) {
  const std::string info = {'\xf0', '\xf1', '\xf2', '\xf3', '\xf4',
                            '\xf5', '\xf6', '\xf7', '\xf8', '\xf9'};
  EXPECT_EQ(ToBytes(Hkdf(Bytes(22, 0x0b), FromHex("000102030405060708090a0b0c"), info).Reveal()),
            FromHex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
  EXPECT_EQ(ToBytes(Hkdf(Bytes(22, 0x0b), {}, "").Reveal()),
            FromHex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
  Bytes key, salt;
  std::string long_info;
  for (int i = 0; i < 80; ++i) {
    key.push_back(static_cast<std::uint8_t>(i));
    salt.push_back(static_cast<std::uint8_t>(0x60 + i));
    long_info.push_back(static_cast<char>(0xb0 + i));
  }
  EXPECT_EQ(ToBytes(Hkdf(key, salt, long_info).Reveal()),
            FromHex("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"));
}

// RFC 4231, test cases 1, 2, 3 and 6.
TEST(HmacSha1, Rfc2202Vectors) {
  EXPECT_EQ(HexEncode(HmacSha1(Bytes(20, 0x0b), AsBytes("Hi There"))),
            "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(HexEncode(HmacSha1(AsBytes("Jefe"), AsBytes("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(HexEncode(HmacSha1(Bytes(80, 0xaa),
                               AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(HmacSha1, AnEmptyKeyIsOneToo) {
  EXPECT_EQ(HexEncode(HmacSha1({}, {})), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST(HmacSha256, Rfc4231Vectors) {
  EXPECT_EQ(HexEncode(HmacSha256(Bytes(20, 0x0b), AsBytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HexEncode(HmacSha256(AsBytes("Jefe"), AsBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexEncode(HmacSha256(Bytes(20, 0xaa), Bytes(50, 0xdd))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(
      HexEncode(HmacSha256(Bytes(131, 0xaa),
                           AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace safeconduct
