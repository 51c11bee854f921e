#include "crypto/tlog/tiles.h"

#include <vector>

#include "crypto/base/text.h"

namespace safeconduct::tlog {
namespace {

constexpr std::uint32_t kLevelBits = 8;  // a tile spans so many levels of the tree
constexpr std::uint32_t kMaxLevel = 63;
constexpr std::uint64_t kMaxTileIndex = kMaxTreeSize / kTileWidth;
constexpr std::string_view kEntries = "entries";
constexpr std::string_view kPartial = ".p/";

Error Malformed() { return Error(Code::kMalformed, "not the name of a tile"); }

// Up to the next slash, or to the end; the slash is taken off too.
std::string_view TakePart(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

// x001/x234/067 → 1234067. Leading zeros and groups are seen by writing it again.
Result<std::uint64_t> ParseIndex(std::string_view path) {
  std::uint64_t index = 0;
  while (!path.empty()) {
    std::string_view part = TakePart(path);
    if (part.starts_with('x')) part.remove_prefix(1);
    if (part.size() != 3) return Malformed();
    for (const char c : part) {
      if (c < '0' || c > '9') return Malformed();
      index = index * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (index > kMaxTileIndex) return Malformed();
  }
  return index;
}

std::string FormatIndex(std::uint64_t index) {
  const auto three = [](std::uint64_t number) {
    const std::string digits = std::to_string(number % 1'000);
    return std::string(3 - digits.size(), '0') + digits;
  };
  std::string out = three(index);
  while (index >= 1'000) {
    index /= 1'000;
    out = "x" + three(index) + "/" + out;
  }
  return out;
}

}  // namespace

Result<TileName> ParseTileName(std::string_view path) {
  const std::string_view whole = path;
  TileName name;
  const std::string_view level = TakePart(path);
  if (level == kEntries) {
    name.kind = TileName::Kind::kEntries;
  } else {
    SC_ASSIGN(const std::uint64_t number, ParseDecimal(level, kMaxLevel));
    name.level = static_cast<std::uint32_t>(number);
  }
  if (const std::size_t partial = path.find(kPartial); partial != std::string_view::npos) {
    SC_ASSIGN(const std::uint64_t width,
              ParseDecimal(path.substr(partial + kPartial.size()), kTileWidth - 1));
    name.width = static_cast<std::uint32_t>(width);
    path = path.substr(0, partial);
  }
  SC_ASSIGN(name.index, ParseIndex(path));
  if (name.width == 0 || FormatTileName(name) != whole) return Malformed();
  return name;
}

std::string FormatTileName(const TileName& name) {
  std::string out =
      name.kind == TileName::Kind::kEntries ? std::string(kEntries) : std::to_string(name.level);
  out += "/" + FormatIndex(name.index);
  if (name.width < kTileWidth) out.append(kPartial).append(std::to_string(name.width));
  return out;
}

bool HasTile(const TileName& name, std::uint64_t tree_size) {
  const std::uint32_t bits = kLevelBits * name.level;
  if (tree_size > kMaxTreeSize || name.index > kMaxTileIndex || bits >= 64) return false;
  return name.begin() + name.width <= tree_size >> bits;
}

Result<Bytes> HashTile(const TileName& name, std::uint64_t tree_size, const HashReader& reader) {
  if (name.kind != TileName::Kind::kHashes || !HasTile(name, tree_size)) {
    return Error(Code::kNotFound, "no such tile, or not yet");
  }
  std::vector<std::uint64_t> indexes;
  for (std::uint64_t n = name.begin(); n < name.begin() + name.width; ++n) {
    indexes.push_back(StoredHashIndex(static_cast<int>(kLevelBits * name.level), n));
  }
  SC_ASSIGN(const std::vector<Hash> hashes, reader.ReadHashes(indexes));
  if (hashes.size() != indexes.size()) {
    return Error(Code::kCorrupted, "the reader of a log's hashes gave too few or too many");
  }
  Bytes out;
  for (const Hash& hash : hashes) Append(out, hash);
  return out;
}

Result<Bytes> EntryBundle(std::span<const std::string> entries) {
  Bytes out;
  for (const std::string& entry : entries) {
    if (entry.size() > kMaxEntryBytes) {
      return Error(Code::kTooLarge, "an entry of a log of more than 65,535 bytes");
    }
    out.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(entry.size()));
    Append(out, AsBytes(entry));
  }
  return out;
}

}  // namespace safeconduct::tlog
