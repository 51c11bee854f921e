#include "crypto/tlog/tiled_tree.h"

#include <map>
#include <random>

#include "crypto/tlog/tiles.h"
#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::tlog {
namespace {

using testing::Fails;
using testing::Succeeds;

// Tiles in memory, replaced as a store does it.
class Kept final : public TileReader {
 public:
  Result<std::vector<Hash>> ReadTile(std::uint32_t level, std::uint64_t index) const override {
    ++reads;
    const auto found = tiles.find({level, index});
    if (found == tiles.end()) return Error(Code::kCorrupted, "a tile is missing");
    return found->second;
  }
  void Take(const Growth& growth) {
    for (const HashTileData& tile : growth.tiles) tiles[{tile.level, tile.index}] = tile.hashes;
  }
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<Hash>> tiles;
  mutable int reads = 0;
};

std::vector<Hash> SomeLeaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(LeafHash(AsBytes(EntryAt(i))));
  return leaves;
}

// Of perfect subtrees by the definition: hash number n of that row.
Hash NaiveNode(Leaves leaves, std::uint32_t level, std::uint64_t n) {
  const std::size_t width = std::size_t{1} << (8 * level);
  return NaiveRoot(leaves.subspan(static_cast<std::size_t>(n) * width, width));
}

TEST(TiledTree, GrowsInAnyStepsToTheTilesOfTheDefinition) {
  std::mt19937 random(7);
  constexpr std::size_t kLeaves = 70'000;
  const std::vector<Hash> leaves = SomeLeaves(kLeaves);
  Kept kept;
  for (std::size_t size = 0; size < kLeaves;) {
    const std::size_t steps[] = {1, 3, 64, 255, 256, 257, 5'000, 20'000};
    const std::size_t step = std::min(kLeaves - size, steps[random() % std::size(steps)]);
    const auto growth = Grow(size, std::span(leaves).subspan(size, step), kept);
    ASSERT_TRUE(Succeeds(growth));
    kept.Take(*growth);
    size += step;
    ASSERT_EQ(growth->root, NaiveRoot(Leaves(leaves).first(size))) << size;
  }
  for (const auto& [name, hashes] : kept.tiles) {
    const std::uint64_t row = kLeaves >> (8 * name.first);
    ASSERT_EQ(hashes.size(), std::min<std::uint64_t>(row - 256 * name.second, 256));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      ASSERT_EQ(hashes[i], NaiveNode(leaves, name.first, 256 * name.second + i));
    }
  }
  EXPECT_EQ(kept.tiles.size(), 274U + 2 + 1);
}

TEST(TiledTree, GivesEveryStoredHash) {
  constexpr std::size_t kLeaves = 1'100;
  const Log log = LogOf(kLeaves);
  Kept kept;
  kept.Take(*Grow(0, log.leaves, kept));
  const TiledHashes tiled(kept);
  std::vector<std::uint64_t> all(log.stored.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const auto hashes = tiled.ReadHashes(all);
  ASSERT_TRUE(Succeeds(hashes));
  EXPECT_EQ(*hashes, log.stored);
}

TEST(TiledTree, ProofsAreThoseOfTheTree) {
  const Log log = LogOf(700);
  Kept kept;
  kept.Take(*Grow(0, log.leaves, kept));
  const TiledHashes tiled(kept);
  for (std::uint64_t size : {1, 2, 255, 256, 257, 511, 512, 513, 699, 700}) {
    EXPECT_EQ(*Root(size, tiled), NaiveRoot(log.First(size)));
    for (std::uint64_t leaf = 0; leaf < size; leaf += 37) {
      EXPECT_EQ(*ProveInclusion(leaf, size, tiled), NaivePath(leaf, log.First(size)));
    }
  }
}

// An append costs what it adds and the right edge of the tree, whatever its size.
TEST(TiledTree, ReadsTheRightEdgeOnly) {
  const std::vector<Hash> leaves = SomeLeaves(66'000);
  Kept kept;
  kept.Take(*Grow(0, leaves, kept));
  kept.reads = 0;
  const auto growth = Grow(66'000, std::span(leaves).first(64), kept);
  ASSERT_TRUE(Succeeds(growth));
  EXPECT_LE(kept.reads, 6);
  EXPECT_LE(growth->tiles.size(), 3U);
}

TEST(TiledTree, RefusesWhatIsShorterThanItsTree) {
  const std::vector<Hash> leaves = SomeLeaves(300);
  Kept kept;
  kept.Take(*Grow(0, leaves, kept));
  kept.tiles[{0, 1}].resize(43);
  EXPECT_TRUE(Fails(Grow(300, std::span(leaves).first(1), kept), Code::kCorrupted));
  EXPECT_TRUE(Fails(Root(300, TiledHashes(kept)), Code::kCorrupted));
  EXPECT_TRUE(Fails(Grow(kMaxTreeSize, std::span(leaves).first(1), kept), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::tlog
