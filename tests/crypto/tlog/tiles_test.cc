#include "crypto/tlog/tiles.h"

#include <algorithm>
#include <string>

#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::tlog {
namespace {

using testing::Fails;
using testing::Succeeds;
using Kind = TileName::Kind;

TEST(TileName, IsWrittenAsTheSpecificationHasIt) {
  const struct {
    const char* path;
    TileName name;
  } kTable[] = {
      {"0/000", {Kind::kHashes, 0, 0}},
      {"0/x001/x234/067", {Kind::kHashes, 0, 1234067}},  // the specification's example
      {"63/999", {Kind::kHashes, 63, 999}},
      {"1/x001/000", {Kind::kHashes, 1, 1000}},
      {"2/005.p/1", {Kind::kHashes, 2, 5, 1}},
      {"0/x273/001.p/255", {Kind::kHashes, 0, 273001, 255}},
      {"entries/000", {Kind::kEntries, 0, 0}},
      {"entries/x999/999.p/112", {Kind::kEntries, 0, 999999, 112}},
      {"0/x018/x014/x398/x509/x481/984", {Kind::kHashes, 0, kMaxTreeSize / kTileWidth}},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(FormatTileName(row.name), row.path);
    const auto parsed = ParseTileName(row.path);
    ASSERT_TRUE(Succeeds(parsed)) << row.path;
    EXPECT_EQ(*parsed, row.name) << row.path;
  }
}

TEST(TileName, HasOneSpelling) {
  for (const char* path : {"",
                           "/",
                           "0",
                           "0/",
                           "/000",
                           "0/0",
                           "0/00",
                           "0/0000",
                           "0/1",
                           "0/x000/001",
                           "0/x001",
                           "0/x001/",
                           "0/001/002",
                           "0/x001/x002",
                           "0//000",
                           "0/000/",
                           "00/000",
                           "01/000",
                           "64/000",
                           "-1/000",
                           "+1/000",
                           "x/000",
                           "0/00a",
                           "0/ 00",
                           "0/000.p",
                           "0/000.p/",
                           "0/000.p/0",
                           "0/000.p/256",
                           "0/000.p/01",
                           "0/000.p/1/2",
                           "0/000.p/1.p/1",
                           "0/000/p/1",
                           "entries",
                           "entries/",
                           "Entries/000",
                           "entries/0/000",
                           "0/x018/x014/x398/x509/x481/985",
                           "0/x001/x000/x000/x000/x000/x000/x000/000",
                           "0/X001/000",
                           "0/000?",
                           "0/%30%30%30",
                           "../000",
                           "0/..",
                           "0/000.p/1 "}) {
    EXPECT_TRUE(Fails(ParseTileName(path), Code::kMalformed)) << path;
  }
}

// The rows of the specification's example: a tree of 70,000.
TEST(Tile, IsThereOnceItIsComplete) {
  constexpr std::uint64_t kSize = 70'000;
  const auto has = [&](const char* path) { return HasTile(*ParseTileName(path), kSize); };
  EXPECT_TRUE(has("0/272"));
  EXPECT_FALSE(has("0/273"));
  EXPECT_TRUE(has("0/273.p/112"));
  EXPECT_TRUE(has("0/273.p/1"));
  EXPECT_FALSE(has("0/273.p/113"));
  EXPECT_TRUE(has("1/000"));
  EXPECT_TRUE(has("1/001.p/17"));
  EXPECT_FALSE(has("1/001.p/18"));
  EXPECT_TRUE(has("2/000.p/1"));
  EXPECT_FALSE(has("2/000.p/2"));
  EXPECT_FALSE(has("3/000.p/1"));
  EXPECT_FALSE(has("8/000.p/1"));
  EXPECT_FALSE(has("63/000.p/1"));
  EXPECT_TRUE(has("entries/273.p/112"));
  EXPECT_FALSE(has("entries/273"));
  for (const char* path : {"0/000.p/1", "63/000.p/1", "entries/000.p/1"}) {
    EXPECT_FALSE(HasTile(*ParseTileName(path), 0)) << path;
  }
  EXPECT_TRUE(HasTile(*ParseTileName("7/000.p/64"), kMaxTreeSize));
  EXPECT_FALSE(HasTile(*ParseTileName("7/000.p/65"), kMaxTreeSize));
}

TEST(Tile, HoldsTheHashesOfTheDefinition) {
  constexpr std::size_t kSize = 1'029;  // four full tiles, five leaves, a tile of four above them
  const Log log = LogOf(kSize);
  const Leaves leaves = log.First(kSize);
  for (std::uint32_t level = 0; level < 2; ++level) {
    const std::size_t span = level == 0 ? 1 : kTileWidth;
    for (std::size_t index = 0; index * kTileWidth * span < kSize; ++index) {
      const std::size_t complete = kSize / span - index * kTileWidth;
      const auto width = static_cast<std::uint32_t>(std::min<std::size_t>(complete, kTileWidth));
      if (width == 0) continue;
      const TileName name{Kind::kHashes, level, index, width};
      const auto tile = HashTile(name, kSize, log);
      ASSERT_TRUE(Succeeds(tile)) << FormatTileName(name);
      Bytes expected;
      for (std::size_t i = 0; i < width; ++i) {
        const std::size_t begin = (index * kTileWidth + i) * span;
        Append(expected, NaiveRoot(leaves.subspan(begin, span)));
      }
      EXPECT_EQ(*tile, expected) << FormatTileName(name);
    }
  }
  for (const char* path :
       {"0/004", "0/004.p/6", "1/000", "1/000.p/5", "2/000.p/1", "entries/000"}) {
    EXPECT_TRUE(Fails(HashTile(*ParseTileName(path), kSize, log), Code::kNotFound)) << path;
  }
}

TEST(Tile, PassesOnWhatTheReaderSays) {
  Log log = LogOf(3);
  log.fails = true;
  const TileName name{Kind::kHashes, 0, 0, 3};
  EXPECT_TRUE(Fails(HashTile(name, 3, log), Code::kUnavailable));
  log.fails = false;
  log.cuts = true;
  EXPECT_TRUE(Fails(HashTile(name, 3, log), Code::kCorrupted));
}

TEST(EntryBundle, IsEachEntryAfterItsLength) {
  const std::vector<std::string> entries = {"", "ab", std::string(kMaxEntryBytes, 'x')};
  const auto bundle = EntryBundle(entries);
  ASSERT_TRUE(Succeeds(bundle));
  EXPECT_EQ(AsText(*bundle), std::string("\0\0\0\2ab\xff\xff", 8) + entries[2]);
  EXPECT_TRUE(EntryBundle({})->empty());
  const std::vector<std::string> too_long = {std::string(kMaxEntryBytes + 1, 'x')};
  EXPECT_TRUE(Fails(EntryBundle(too_long), Code::kTooLarge));
}

}  // namespace
}  // namespace safeconduct::tlog
