#include <gtest/gtest.h>

#include "gateway/charter/charter.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

using ::safeconduct::testing::DemoTrust;
using ::safeconduct::testing::kOrigin;
using ::safeconduct::testing::MakeParty;
using ::safeconduct::testing::NoteKey;
using ::safeconduct::testing::Office;

note::VerifierKey Witness(std::uint8_t number) {
  return *tlog::MakeWitnessKey("example.net/w" + std::to_string(number),
                               MakeParty(number).Key(identity::Purpose::kCosignature).public_key());
}

std::string Root(std::uint8_t number) {
  return "root " +
         note::FormatVerifierKey(NoteKey(MakeParty(number), "r" + std::to_string(number))) + "\n";
}

std::string Log(std::uint8_t number) {
  return "log " +
         note::FormatVerifierKey(NoteKey(MakeParty(number), "l" + std::to_string(number))) + "\n";
}

std::string WitnessLine(const std::string& name, std::uint8_t number) {
  return "witness " + name + " " + tlog::FormatWitnessKey(Witness(number)) + "\n";
}

const char kCharter[] = "charter example.org/charter 4\n";

// All but the quorum line.
std::string Minimal() { return kCharter + Root(1) + "threshold 1\n"; }

void ExpectSame(const Trust& a, const Trust& b) {
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.minimum_version, b.minimum_version);
  EXPECT_EQ(a.roots, b.roots);
  EXPECT_EQ(a.threshold, b.threshold);
  EXPECT_EQ(a.logs, b.logs);
  EXPECT_EQ(a.witnesses, b.witnesses);
  EXPECT_EQ(a.witness_threshold, b.witness_threshold);
}

TEST(Trust, IsReadBackAsItWasWritten) {
  const Office office;
  Trust trust = DemoTrust(office);
  trust.minimum_version = 17;
  const auto without = ParseTrust(FormatTrust(trust));
  ASSERT_TRUE(without.ok()) << without.error().message();
  ExpectSame(*without, trust);

  trust.witnesses = {Witness(31), Witness(32), Witness(33)};
  trust.witness_threshold = 2;
  const auto with = ParseTrust(FormatTrust(trust));
  ASSERT_TRUE(with.ok()) << with.error().message();
  ExpectSame(*with, trust);
}

TEST(Trust, TakesCommentsBlankLinesAndAnyWhiteSpace) {
  const auto trust = ParseTrust("\n  # a comment\n\t \ncharter \t example.org/charter\t4  \n" +
                                Root(1) + "   " + Root(2) + "threshold 2\nquorum none\n#end\n");
  ASSERT_TRUE(trust.ok()) << trust.error().message();
  EXPECT_EQ(trust->origin, kOrigin);
  EXPECT_EQ(trust->minimum_version, 4u);
  EXPECT_EQ(trust->roots.size(), 2u);
  EXPECT_EQ(trust->threshold, 2u);
  EXPECT_EQ(trust->witness_threshold, 0u);
}

TEST(Trust, UnderstandsQuorumsOfTlogPolicy) {
  const std::string three = WitnessLine("a", 31) + WitnessLine("b", 32) + WitnessLine("c", 33);
  const auto threshold = [&](const std::string& lines) {
    const auto trust = ParseTrust(Minimal() + three + lines);
    EXPECT_TRUE(trust.ok()) << lines << trust.error().message();
    return std::pair(trust->witnesses.size(), trust->witness_threshold);
  };
  EXPECT_EQ(threshold("quorum none\n"), std::pair(std::size_t{0}, std::size_t{0}));
  EXPECT_EQ(threshold("quorum b\n"), std::pair(std::size_t{1}, std::size_t{1}));
  EXPECT_EQ(threshold("group g all a b c\nquorum g\n"), std::pair(std::size_t{3}, std::size_t{3}));
  EXPECT_EQ(threshold("group g any a b\nquorum g\n"), std::pair(std::size_t{2}, std::size_t{1}));
  EXPECT_EQ(threshold("group g 2 a b c\nquorum g\n"), std::pair(std::size_t{3}, std::size_t{2}));
  EXPECT_EQ(threshold("group g 1 a\ngroup h 2 b c\nquorum h\n"),
            std::pair(std::size_t{2}, std::size_t{2}));
}

TEST(Trust, TakesTheUrlsOfTlogPolicy) {
  std::string log = Log(20);
  log.insert(log.size() - 1, " https://log.example.org/");
  std::string witness = WitnessLine("a", 31);
  witness.insert(witness.size() - 1, " https://witness.example.org/");
  EXPECT_TRUE(ParseTrust(Minimal() + log + witness + "quorum a\n").ok());
}

TEST(Trust, RefusesWhatIsWrongAndNamesTheLine) {
  struct Case {
    std::string text;
    Code code;
    const char* field;
  };
  const std::string witness = WitnessLine("a", 31);
  const std::string two = witness + WitnessLine("b", 32);
  const Case cases[] = {
      {"", Code::kMalformed, "charter"},
      {Root(1) + "threshold 1\n", Code::kMalformed, "charter"},
      {std::string(kCharter) + "threshold 1\n", Code::kMalformed, "root"},
      {kCharter + Root(1), Code::kMalformed, "threshold"},
      {Minimal(), Code::kMalformed, "quorum"},
      {Minimal() + kCharter, Code::kMalformed, "charter"},
      {"charter example.org/charter\n" + Root(1) + "threshold 1\n", Code::kMalformed, "charter"},
      {"charter example.org/charter 0\n", Code::kMalformed, "charter"},
      {"charter example.org/charter 01\n", Code::kMalformed, "charter"},
      {"charter example.org/charter 1 2\n", Code::kMalformed, "charter"},
      {Minimal() + Root(1), Code::kRejected, "root"},
      {Minimal() + "root\n", Code::kMalformed, "root"},
      {Minimal() + "root nonsense\n", Code::kMalformed, "root"},
      {Minimal() + "root " + tlog::FormatWitnessKey(Witness(31)) + "\n", Code::kUnsupported,
       "root"},
      {Minimal() + "threshold 1\n", Code::kMalformed, "threshold"},
      {kCharter + Root(1) + "threshold 0\n", Code::kMalformed, "threshold"},
      {kCharter + Root(1) + "threshold 2\nquorum none\n", Code::kRejected, "threshold"},
      {kCharter + Root(1) + "threshold one\n", Code::kMalformed, "threshold"},
      {Minimal() + Log(20) + Log(20), Code::kRejected, "log"},
      {Minimal() + "log nonsense\n", Code::kMalformed, "log"},
      {Minimal() + Log(1), Code::kRejected, "log"},  // the key of a root
      {Minimal() + witness, Code::kMalformed, "quorum"},
      {Minimal() + witness + witness + "quorum a\n", Code::kRejected, "witness"},
      {Minimal() + witness + WitnessLine("b", 31) + "quorum a\n", Code::kRejected, "witness"},
      {Minimal() + WitnessLine("none", 31) + "quorum none\n", Code::kRejected, "witness"},
      {Minimal() + "witness a\n", Code::kMalformed, "witness"},
      {Minimal() + "witness a nonsense\n", Code::kMalformed, "witness"},
      {Minimal() + witness + "quorum b\n", Code::kMalformed, "quorum"},
      {Minimal() + witness + "quorum a\nquorum a\n", Code::kMalformed, "quorum"},
      {Minimal() + "quorum a\n" + witness, Code::kMalformed, "quorum"},
      {Minimal() + two + "group g 3 a b\nquorum g\n", Code::kRejected, "group"},
      {Minimal() + two + "group g 0 a b\nquorum g\n", Code::kRejected, "group"},
      {Minimal() + two + "group g some a b\nquorum g\n", Code::kRejected, "group"},
      {Minimal() + two + "group g 1\nquorum g\n", Code::kMalformed, "group"},
      {Minimal() + two + "group g 2 a a\nquorum g\n", Code::kRejected, "group"},
      {Minimal() + two + "group g 1 a\ngroup h 1 a\nquorum h\n", Code::kRejected, "group"},
      {Minimal() + two + "group g 1 a c\nquorum g\n", Code::kMalformed, "group"},
      {Minimal() + two + "group g 1 a none\nquorum g\n", Code::kMalformed, "group"},
      {Minimal() + two + "group a 1 b\nquorum a\n", Code::kRejected, "group"},
      {Minimal() + two + "group g 1 a\ngroup h 1 g b\nquorum h\n", Code::kUnsupported, "group"},
      {Minimal() + "trust everything\n", Code::kMalformed, ""},
      {Minimal() + "CHARTER x 1\n", Code::kMalformed, ""},
      {Minimal() + "# \x01\n", Code::kMalformed, ""},
      {Minimal() + "#\r\n", Code::kMalformed, ""},
      {Minimal() + "# no newline at the end", Code::kMalformed, ""},
      {std::string(kMaxTrustBytes + 1, '\n'), Code::kTooLarge, ""},
  };
  for (const Case& one : cases) {
    const auto trust = ParseTrust(one.text);
    ASSERT_FALSE(trust.ok()) << one.text;
    EXPECT_EQ(trust.error().code(), one.code) << one.text << trust.error().message();
    EXPECT_STREQ(trust.error().field(), one.field) << one.text;
  }
}

TEST(Trust, RefusesEveryTruncation) {
  const Office office;
  Trust trust = DemoTrust(office);
  trust.witnesses = {Witness(31), Witness(32)};
  trust.witness_threshold = 1;
  const std::string text = FormatTrust(trust);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseTrust(text.substr(0, size)).ok()) << size;
  }
}

TEST(Trust, BoundsTheNumberOfKeys) {
  std::string text = kCharter;
  for (std::uint8_t i = 0; i < 32; ++i) text += Root(static_cast<std::uint8_t>(100 + i));
  EXPECT_TRUE(ParseTrust(text + "threshold 17\nquorum none\n").ok());
  EXPECT_EQ(ParseTrust(text + Root(200) + "threshold 17\n").error().code(), Code::kTooLarge);
}

}  // namespace
}  // namespace safeconduct::charter
