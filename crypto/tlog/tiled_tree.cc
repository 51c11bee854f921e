#include "crypto/tlog/tiled_tree.h"

#include <bit>
#include <map>
#include <utility>

#include "crypto/tlog/tiles.h"

namespace safeconduct::tlog {
namespace {

constexpr int kTileLevels = 8;  // of the tree, that a tile spans

struct Node {
  int level = 0;
  std::uint64_t n = 0;
};

// The inverse of StoredHashIndex.
Node NodeAt(std::uint64_t index) {
  // Leaf m is stored at 2m − popcount(m): so its number is at least half the index.
  std::uint64_t leaf = index / 2;
  for (std::uint64_t next = StoredHashCount(leaf + 1); next <= index;
       next = StoredHashCount(leaf + 1)) {
    ++leaf;
  }
  const int level = static_cast<int>(index - StoredHashIndex(0, leaf));
  return {level, leaf >> level};
}

// The root of as many hashes as a power of two.
Hash Fold(std::vector<Hash> hashes) {
  while (hashes.size() > 1) {
    for (std::size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

Error TooShort() { return Error(Code::kCorrupted, "a tile of the log is shorter than its tree"); }

// The tiles as they will be, before they are.
class Overlay final : public TileReader {
 public:
  Overlay(const std::vector<HashTileData>& fresh, const TileReader& old)
      : fresh_(fresh), old_(old) {}
  Result<std::vector<Hash>> ReadTile(std::uint32_t level, std::uint64_t index) const override {
    for (const HashTileData& tile : fresh_) {
      if (tile.level == level && tile.index == index) return tile.hashes;
    }
    return old_.ReadTile(level, index);
  }

 private:
  const std::vector<HashTileData>& fresh_;
  const TileReader& old_;
};

}  // namespace

Result<std::vector<Hash>> TiledHashes::ReadHashes(std::span<const std::uint64_t> indexes) const {
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<Hash>> read;
  std::vector<Hash> out;
  out.reserve(indexes.size());
  for (const std::uint64_t index : indexes) {
    const Node node = NodeAt(index);
    const auto level = static_cast<std::uint32_t>(node.level / kTileLevels);
    const int inside = node.level % kTileLevels;
    const std::uint64_t first = node.n << inside;
    const std::pair key(level, first / kTileWidth);
    if (!read.contains(key)) {
      SC_ASSIGN(read[key], tiles_.ReadTile(key.first, key.second));
    }
    const std::vector<Hash>& tile = read[key];
    const auto begin = static_cast<std::ptrdiff_t>(first % kTileWidth);
    const auto end = begin + (std::ptrdiff_t{1} << inside);
    if (std::ssize(tile) < end) return TooShort();
    out.push_back(Fold(std::vector<Hash>(tile.begin() + begin, tile.begin() + end)));
  }
  return out;
}

Result<Growth> Grow(std::uint64_t size, std::span<const Hash> leaf_hashes,
                    const TileReader& tiles) {
  if (size > kMaxTreeSize || leaf_hashes.size() > kMaxTreeSize - size) {
    return Error(Code::kMalformed, "a log of more than 2^62 leaves");
  }
  Growth growth;
  std::vector<Hash> added(leaf_hashes.begin(), leaf_hashes.end());
  std::uint64_t before = size;  // hashes of this level
  for (std::uint32_t level = 0; !added.empty(); ++level, before /= kTileWidth) {
    std::vector<Hash> completed;
    HashTileData tile{level, before / kTileWidth, {}};
    if (const std::size_t kept = before % kTileWidth; kept > 0) {
      SC_ASSIGN(tile.hashes, tiles.ReadTile(level, tile.index));
      if (tile.hashes.size() < kept) return TooShort();
      tile.hashes.resize(kept);
    }
    for (const Hash& hash : added) {
      tile.hashes.push_back(hash);
      if (tile.hashes.size() < kTileWidth) continue;
      completed.push_back(Fold(tile.hashes));
      growth.tiles.push_back(std::exchange(tile, {level, tile.index + 1, {}}));
    }
    if (!tile.hashes.empty()) growth.tiles.push_back(std::move(tile));
    added = std::move(completed);
  }
  const Overlay grown(growth.tiles, tiles);
  SC_ASSIGN(growth.root, Root(size + leaf_hashes.size(), TiledHashes(grown)));
  return growth;
}

}  // namespace safeconduct::tlog
