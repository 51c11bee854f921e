// What a tiled log serves (c2sp.org/tlog-tiles): the names of tiles and entry bundles, and their
// contents. Everything here is a pure function of the tree, and what is complete never changes.
//
// Thread-safety: pure functions; as safe as the reader.
#ifndef SAFECONDUCT_CRYPTO_TLOG_TILES_H_
#define SAFECONDUCT_CRYPTO_TLOG_TILES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/tlog/tree.h"

namespace safeconduct::tlog {

inline constexpr std::uint32_t kTileWidth = 256;
inline constexpr std::size_t kMaxEntryBytes = 65'535;  // of one entry in a bundle

struct TileName {
  enum class Kind : std::uint8_t { kHashes, kEntries };
  Kind kind = Kind::kHashes;
  std::uint32_t level = 0;  // 0 to 63; 0 of entries
  std::uint64_t index = 0;
  std::uint32_t width = kTileWidth;  // 1 to 256; below that the tile is partial
  bool operator==(const TileName&) const = default;

  // The number of its first hash, in the row of its level, or of its first entry.
  std::uint64_t begin() const { return index * kTileWidth; }
};

// What follows `tile/`: `0/x001/x234/067`, `1/000.p/17`, `entries/000`. One spelling each.
// kMalformed.
Result<TileName> ParseTileName(std::string_view path);
std::string FormatTileName(const TileName& name);

// Whether a tree of that size has all that the tile holds. A partial tile stays when its full one
// is there.
bool HasTile(const TileName& name, std::uint64_t tree_size);

// The hashes of a tile of Kind::kHashes, one after another. kNotFound where HasTile says no, and
// for entries; what `reader` says.
Result<Bytes> HashTile(const TileName& name, std::uint64_t tree_size, const HashReader& reader);

// The bundle of these entries, each after its length in two bytes. kTooLarge for one that is over
// kMaxEntryBytes.
Result<Bytes> EntryBundle(std::span<const std::string> entries);

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_TILES_H_
