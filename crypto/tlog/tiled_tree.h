// Trees that are kept as the hash tiles they serve (c2sp.org/tlog-tiles): 256 hashes each, of every
// eighth level of the tree, so that a leaf costs little more than its own hash. What lies between
// two rows of tiles is computed when it is asked for.
//
// Thread-safety: as safe as the reader.
#ifndef SAFECONDUCT_CRYPTO_TLOG_TILED_TREE_H_
#define SAFECONDUCT_CRYPTO_TLOG_TILED_TREE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/tlog/tree.h"

namespace safeconduct::tlog {

struct HashTileData {
  std::uint32_t level = 0;
  std::uint64_t index = 0;
  std::vector<Hash> hashes;  // 1 to 256
};

class TileReader {
 public:
  virtual ~TileReader() = default;
  // The hashes that the tile has so far; more than the caller's tree has do no harm.
  virtual Result<std::vector<Hash>> ReadTile(std::uint32_t level, std::uint64_t index) const = 0;
};

// Reads each tile that it needs once for each call of ReadHashes.
class TiledHashes final : public HashReader {
 public:
  explicit TiledHashes(const TileReader& tiles) : tiles_(tiles) {}  // which must outlive it
  // kCorrupted when a tile is shorter than the hashes asked for; what the reader says.
  Result<std::vector<Hash>> ReadHashes(std::span<const std::uint64_t> indexes) const override;

 private:
  const TileReader& tiles_;
};

struct Growth {
  std::vector<HashTileData> tiles;  // that are new or longer than before, whole
  Hash root{};                      // of the tree with the new leaves
};
// What a tree of `size` becomes with `leaf_hashes` after it. Reads at most two tiles of a level.
// kMalformed past kMaxTreeSize, kCorrupted when a tile is too short; what the reader says.
Result<Growth> Grow(std::uint64_t size, std::span<const Hash> leaf_hashes, const TileReader& tiles);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_TILED_TREE_H_
