#include "crypto/age/format.h"

#include <string>

#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

const std::string kMac(43, 'A');

std::string HeaderText(const std::string& stanzas) {
  return "age-encryption.org/v1\n" + stanzas + "--- " + kMac + "\n";
}

Result<ParsedHeader> Parse(const std::string& text) { return ParseHeader(AsBytes(text)); }

Header Example() {
  Header header;
  header.stanzas = {{"X25519", {"share"}, Pattern(32)},
                    {"example.com/x", {"a", "~!", "\"'"}, Pattern(48)},
                    {"empty", {}, {}},
                    {"long", {std::string(300, 'z')}, Pattern(100)}};
  header.mac = ToArray<32>(Pattern(32));
  return header;
}

TEST(Header, RoundTrips) {
  const Bytes bytes = SerializeHeader(Example());
  const auto parsed = ParseHeader(bytes);
  ASSERT_TRUE(Succeeds(parsed));
  EXPECT_EQ(parsed->header.stanzas, Example().stanzas);
  EXPECT_EQ(parsed->header.mac, Example().mac);
  EXPECT_EQ(parsed->size, bytes.size());
}

TEST(Header, LooksAtNothingAfterTheHeader) {
  Bytes bytes = SerializeHeader(Example());
  const std::size_t size = bytes.size();
  Append(bytes, "\n--- any -> thing");
  EXPECT_EQ(ParseHeader(bytes)->size, size);
}

// Bodies whose last line is full need an empty one after it.
TEST(Header, BodiesOfEachLengthRoundTrip) {
  for (std::size_t size = 0; size < 200; ++size) {
    Header header;
    header.stanzas = {{"t", {}, Pattern(size)}};
    const Bytes bytes = SerializeHeader(header);
    const auto parsed = ParseHeader(bytes);
    ASSERT_TRUE(Succeeds(parsed)) << size;
    EXPECT_EQ(parsed->header.stanzas, header.stanzas);
  }
}

TEST(Header, EachTruncationIsIncomplete) {
  testing::ForEachTruncation(SerializeHeader(Example()), [](ByteView cut, std::size_t size) {
    const auto parsed = ParseHeader(cut);
    ASSERT_TRUE(Fails(parsed, Code::kMalformed)) << size;
    EXPECT_TRUE(IsHeaderIncomplete(parsed.error())) << size;
  });
}

// Whatever is taken is spelled in the one way that encoding spells it.
TEST(Header, EachBitFlipIsRefusedOrEncodesToItself) {
  std::size_t taken = 0;
  testing::ForEachBitFlip(SerializeHeader(Example()), [&](ByteView changed, std::size_t bit) {
    const auto parsed = ParseHeader(changed);
    if (!parsed.ok()) return;
    ++taken;
    EXPECT_EQ(SerializeHeader(parsed->header), ToBytes(changed.first(parsed->size))) << bit;
  });
  EXPECT_GT(taken, 0U);
}

TEST(Header, OtherFilesAreNotTakenForIncompleteHeaders) {
  for (const char* text : {"a\n", "PK\x03\x04", "age-encryption.com", "AGE-", "\n", " age"}) {
    const auto parsed = Parse(text);
    ASSERT_TRUE(Fails(parsed, Code::kMalformed)) << text;
    EXPECT_FALSE(IsHeaderIncomplete(parsed.error())) << text;
  }
}

TEST(Header, TellsOtherVersionsApart) {
  EXPECT_TRUE(Fails(Parse("age-encryption.org/v2\n"), Code::kUnsupported));
  EXPECT_TRUE(Fails(Parse("age-encryption.org/v11\n"), Code::kUnsupported));
  EXPECT_TRUE(Fails(Parse("age-encryption.org/v1 \n"), Code::kMalformed));
  EXPECT_TRUE(Fails(Parse("age-encryption.org/v1\r\n"), Code::kMalformed));
}

TEST(Header, TakesTheGrammarOnly) {
  EXPECT_TRUE(Succeeds(Parse(HeaderText("-> a\n\n"))));
  for (const char* stanzas :
       {"",
        "-> \n\n",
        "->\n\n",
        "-> a \n\n",
        "-> a  b\n\n",
        "->  a\n\n",
        "-> a\tb\n\n",
        "-> \xc3\xa9\n\n",
        "-> a\x7f\n\n",
        "-> a\n",
        "-> a\n-> b\n\n",
        "-> a\r\n\n",
        "-> a\n\r\n",
        "-> a\nAA==\n",
        "-> a\nAB\n",
        "-> a\nA\n",
        "-> a\nAA\nAA\n",
        "-> a\n AA\n",
        "a\n\n",
        "\n",
        "-> a\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\n"}) {
    const auto parsed = Parse(HeaderText(stanzas));
    EXPECT_TRUE(Fails(parsed, Code::kMalformed)) << stanzas;
  }
}

TEST(Header, TakesOneFormOfTheMacOnly) {
  const std::string start = "age-encryption.org/v1\n-> a\n\n";
  EXPECT_TRUE(Succeeds(Parse(start + "--- " + kMac + "\n")));
  for (const std::string& mac :
       {"---" + kMac, "---  " + kMac, "--- " + kMac + " ", "--- " + kMac + "=", "--- " + kMac + "A",
        "--- " + kMac.substr(1), "--- " + kMac.substr(1) + "B", "--- " + kMac + "\r",
        "---- " + kMac, std::string("---"), std::string("--- ")}) {
    EXPECT_TRUE(Fails(Parse(start + mac + "\n"), Code::kMalformed)) << mac;
  }
}

TEST(Header, IsBoundedInStanzas) {
  std::string stanzas;
  for (std::size_t i = 0; i < kMaxStanzas; ++i) stanzas += "-> a\n\n";
  EXPECT_TRUE(Succeeds(Parse(HeaderText(stanzas))));
  EXPECT_TRUE(Fails(Parse(HeaderText(stanzas + "-> a\n\n")), Code::kTooLarge));
}

TEST(Header, IsBoundedInBytes) {
  const std::string empty = HeaderText("-> \n\n");
  const std::string argument(kMaxHeaderBytes - empty.size(), 'a');
  EXPECT_EQ(Parse(HeaderText("-> " + argument + "\n\n"))->size, kMaxHeaderBytes);
  EXPECT_TRUE(Fails(Parse(HeaderText("-> a" + argument + "\n\n")), Code::kTooLarge));
  // A reader that waits for more is told in time.
  const std::string endless = "age-encryption.org/v1\n-> " + std::string(kMaxHeaderBytes, 'a');
  EXPECT_TRUE(Fails(Parse(endless), Code::kTooLarge));
  EXPECT_TRUE(IsHeaderIncomplete(Parse(endless.substr(0, kMaxHeaderBytes)).error()));
}

TEST(HeaderDeathTest, NoArgumentCanSmuggleAStanzaIn) {
  for (const char* argument : {"", "a b", "a\n-> b", "\xc3\xa9"}) {
    EXPECT_DEATH((void)SerializeHeader({{{"t", {argument}, {}}}, {}}), "") << argument;
    EXPECT_DEATH((void)SerializeHeader({{{argument, {}, {}}}, {}}), "") << argument;
  }
}

}  // namespace
}  // namespace safeconduct::age
