#include "gateway/charter/witness_key.h"

#include <gtest/gtest.h>

#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

// As Geomys publishes it for its witness Navigli, so its id was computed by somebody else's code.
constexpr std::string_view kPublished =
    "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G";

TEST(WitnessKey, ReadsAPublishedKeyAndWritesItBack) {
  const auto key = ParseWitnessKey(kPublished);
  ASSERT_TRUE(key.ok()) << key.error().message();
  EXPECT_EQ(key->name, "witness.navigli.sunlight.geomys.org");
  EXPECT_EQ(key->id, 0xa3e00fe2u);
  EXPECT_EQ(FormatWitnessKey(*key), kPublished);
}

TEST(WitnessKey, RefusesEveryTruncationAndEveryChangedCharacter) {
  const std::string text(kPublished);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseWitnessKey(text.substr(0, size)).ok()) << size;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(ParseWitnessKey(changed).ok()) << i;
  }
}

TEST(WitnessKey, RefusesAKeyThatSignsNotes) {
  const testing::Office office;
  const std::string vkey =
      note::FormatVerifierKey(testing::NoteKey(office.log, testing::kLogOrigin));
  EXPECT_EQ(ParseWitnessKey(vkey).error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace safeconduct::charter
