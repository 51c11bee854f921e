#include "gateway/cli/log_mirror.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "crypto/tlog/tiles.h"

namespace safeconduct::cli {
namespace {

constexpr std::int64_t kStallSlackSeconds = 60;
constexpr int kStallIntervals = 3;
constexpr std::uint32_t kLevelBits = 8;  // of the tree, that a tile spans
constexpr const char* kDoNotTrust = "Do not rely on this log. Keep what you have, and tell others.";

Failure Wrong(const SeenLog& seen, const std::string& what) {
  return UnverifiedFailure("The log " + seen.origin + " " + what, kDoNotTrust);
}

tlog::TileName EntriesAt(std::uint64_t begin, std::uint64_t size) {
  return {tlog::TileName::Kind::kEntries, 0, begin / tlog::kTileWidth,
          static_cast<std::uint32_t>(std::min<std::uint64_t>(tlog::kTileWidth, size - begin))};
}

// A partial tile may go once its full one is there (tlog-tiles), so that is asked for next.
Outcome<std::string> ReadTile(LogSource& source, const SeenLog& seen, tlog::TileName name) {
  const std::string path = "tile/" + tlog::FormatTileName(name);
  SC_ASSIGN(std::optional<std::string> tile, source.Get(path));
  if (!tile && name.width < tlog::kTileWidth) {
    name.width = tlog::kTileWidth;
    SC_ASSIGN(tile, source.Get("tile/" + tlog::FormatTileName(name)));
  }
  if (!tile) return Wrong(seen, "does not serve " + path + ", which its checkpoint is over");
  return *std::move(tile);
}

// The first `count` entries of a bundle, or of its beginning when it has more by now.
Outcome<std::vector<ByteView>> SplitBundle(const SeenLog& seen, std::string_view bundle,
                                           std::size_t count) {
  std::vector<ByteView> entries;
  ByteView rest = AsBytes(bundle);
  while (entries.size() < count) {
    if (rest.size() < 2) return Wrong(seen, "serves a bundle with too few entries");
    const std::size_t length = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
    rest = rest.subspan(2);
    if (rest.size() < length) return Wrong(seen, "serves a bundle that ends within an entry");
    entries.push_back(rest.first(length));
    rest = rest.subspan(length);
  }
  if (count == tlog::kTileWidth && !rest.empty()) {
    return Wrong(seen, "serves a bundle with too many entries");
  }
  return entries;
}

Outcome<std::vector<Hash>> ReadHashTile(LogSource& source, const SeenLog& seen,
                                        const tlog::TileName& name) {
  SC_ASSIGN(const std::string tile, ReadTile(source, seen, name));
  if (tile.size() % sizeof(Hash) != 0 || tile.size() < name.width * sizeof(Hash)) {
    return Wrong(seen, "serves a tile of another length: " + tlog::FormatTileName(name));
  }
  std::vector<Hash> hashes;
  for (std::size_t i = 0; i < name.width; ++i) {
    hashes.push_back(ToArray<sizeof(Hash)>(AsBytes(tile).subspan(i * sizeof(Hash), sizeof(Hash))));
  }
  return hashes;
}

// On each level above the leaves, the tile at the right edge holds the subtrees that the byte of
// the tree's size at that level counts: they make those of the frontier that belong to that byte.
Done CompareEdge(LogSource& source, const SeenLog& seen, const tlog::Frontier& tree) {
  for (std::uint32_t level = 1; tree.size() >> (kLevelBits * level) != 0; ++level) {
    const std::uint64_t row = tree.size() >> (kLevelBits * level);
    const auto width = static_cast<std::uint32_t>(row % tlog::kTileWidth);
    if (width == 0) continue;  // a full tile: the level above has its root
    const tlog::TileName name{tlog::TileName::Kind::kHashes, level, row / tlog::kTileWidth, width};
    SC_ASSIGN(const std::vector<Hash> hashes, ReadHashTile(source, seen, name));
    tlog::Frontier part;
    for (const Hash& hash : hashes) part.Append(hash);
    const auto larger = tree.subtree_roots().begin() + std::popcount(row / tlog::kTileWidth);
    if (!std::equal(part.subtree_roots().begin(), part.subtree_roots().end(), larger)) {
      return Wrong(seen, "serves a tile that is not over its entries: " + FormatTileName(name));
    }
  }
  return {};
}

// What was signed before. It was verified when it was kept, perhaps under a key that was replaced.
Outcome<tlog::Checkpoint> Before(const SeenLog& seen) {
  if (seen.note.empty()) return tlog::Checkpoint{seen.origin, 0, tlog::EmptyRoot()};
  const std::string doing = "What was kept of the log " + seen.origin + " cannot be understood";
  SC_ASSIGN(const note::Note note, ExplainAs(Exit::kInternal, note::Parse(seen.note), doing));
  return ExplainAs(Exit::kInternal, tlog::ParseCheckpoint(note.text), doing);
}

// The entries after those of a frontier of full bundles.
class Reading {
 public:
  Reading(LogSource& source, const SeenLog& seen, const tlog::Checkpoint& before, Tiles tiles,
          tlog::Frontier from)
      : source_(source), seen_(seen), before_(before), tiles_(tiles), tree_(std::move(from)) {}

  // Whether they are those of `newest`.
  Outcome<bool> ReadTo(const tlog::Checkpoint& newest, const TakeEntry& take) {
    bundles_ = tree_;
    while (tree_.size() < newest.size) {
      SC_TRY(ReadBundle(EntriesAt(tree_.size(), newest.size), take));
      if (tree_.size() % tlog::kTileWidth == 0) bundles_ = tree_;
    }
    if (tree_.Root() != newest.root) return false;
    if (tiles_ == Tiles::kCompared) SC_TRY(CompareEdge(source_, seen_, tree_));
    return true;
  }

  bool extends() const { return extends_; }
  const tlog::Frontier& bundles() const { return bundles_; }

 private:
  Done ReadBundle(const tlog::TileName& name, const TakeEntry& take) {
    SC_ASSIGN(const std::string bundle, ReadTile(source_, seen_, name));
    SC_ASSIGN(const std::vector<ByteView> entries, SplitBundle(seen_, bundle, name.width));
    std::vector<Hash> leaves;
    for (const ByteView entry : entries) {
      const std::uint64_t index = tree_.size();
      leaves.push_back(tlog::LeafHash(entry));
      tree_.Append(leaves.back());
      if (tree_.size() == before_.size && tree_.Root() != before_.root) extends_ = false;
      if (index >= before_.size) SC_TRY(take(index, entry));
    }
    if (tiles_ == Tiles::kIgnored) return {};
    const tlog::TileName hashes{tlog::TileName::Kind::kHashes, 0, name.index, name.width};
    SC_ASSIGN(const std::vector<Hash> served, ReadHashTile(source_, seen_, hashes));
    if (served == leaves) return {};
    return Wrong(seen_, "serves a tile that is not over its entries: " + FormatTileName(hashes));
  }

  LogSource& source_;
  const SeenLog& seen_;
  const tlog::Checkpoint& before_;
  Tiles tiles_;
  tlog::Frontier tree_;
  tlog::Frontier bundles_;
  bool extends_ = true;
};

std::string SizeOf(const tlog::Checkpoint& checkpoint) {
  return std::to_string(checkpoint.size) + (checkpoint.size == 1 ? " entry" : " entries");
}

}  // namespace

Outcome<Look> LookAtLog(LogSource& source, const note::VerifierKey& log, Tiles tiles,
                        std::int64_t now, SeenLog& seen, const TakeEntry& take) {
  seen.origin = log.name;
  SC_ASSIGN(const std::optional<std::string> note, source.Get("checkpoint"));
  if (!note) {
    if (!seen.note.empty()) return Wrong(seen, "is gone: it serves no checkpoint any more");
    if (seen.grew_at == 0) seen.grew_at = now;
    return Look{};
  }
  SC_ASSIGN(tlog::OpenedCheckpoint opened,
            ExplainAs(Exit::kUnverified, tlog::OpenCheckpoint(*note, log),
                      "The checkpoint of the log " + log.name + " does not verify", kDoNotTrust));
  SC_ASSIGN(const tlog::Checkpoint before, Before(seen));
  const tlog::Checkpoint newest = opened.checkpoint;
  const auto contradicts = [&](std::string what) {
    return Look{std::nullopt, Contradiction{std::move(what), seen.note, *note}};
  };
  if (newest.size < before.size) {
    return contradicts("The log " + log.name + " shrank from " + SizeOf(before) + " to " +
                       SizeOf(newest));
  }
  if (!tlog::Agree(before, newest)) {
    return contradicts("The log " + log.name + " forked: it signed two trees of " + SizeOf(newest));
  }
  if (newest.size > before.size) {
    Reading reading(source, seen, before, tiles, seen.bundles);
    SC_ASSIGN(bool fits, reading.ReadTo(newest, take));
    bool extends = reading.extends();
    if (!fits && seen.bundles.size() != 0) {
      // Either it serves other entries than it signed, or what we know is not part of them.
      Reading all(source, seen, before, Tiles::kIgnored, {});
      SC_ASSIGN(fits, all.ReadTo(newest, [](std::uint64_t, ByteView) { return Done(); }));
      extends = false;
    }
    if (!fits) return Wrong(seen, "serves entries that are not those of its checkpoint");
    if (!extends) {
      return contradicts("The log " + log.name + " forked: its tree of " + SizeOf(newest) +
                         " does not extend the one of " + SizeOf(before));
    }
    seen.bundles = reading.bundles();
  }
  if (newest.size > before.size || seen.note.empty()) seen.grew_at = now;
  seen.note = *note;
  return Look{LogStep{std::move(opened), before.size}, std::nullopt};
}

bool IsStalled(const SeenLog& seen, std::uint32_t interval_seconds, std::int64_t now) {
  return now - seen.grew_at > std::int64_t{kStallIntervals} * interval_seconds + kStallSlackSeconds;
}

}  // namespace safeconduct::cli
