#include "crypto/tlog/leaf.h"

#include "crypto/base/hash.h"

namespace safeconduct::tlog {

Result<Hash> CommitLeaf(ByteView salt, std::uint32_t kind, ByteView entry_hash) {
  constexpr Hash kNothing{};
  const bool cover = kind == static_cast<std::uint32_t>(LeafKind::kCover);
  if (kind < static_cast<std::uint32_t>(LeafKind::kReport) ||
      kind > static_cast<std::uint32_t>(LeafKind::kCover) || salt.size() != kSaltBytes ||
      entry_hash.size() != (cover ? 0 : kNothing.size())) {
    return Error(Code::kMalformed, "not the opening of a leaf");
  }
  const ByteArray<1> kind_byte = {static_cast<std::uint8_t>(kind)};
  return Sha256(
      {AsBytes("safeconduct/leaf/v1"), salt, kind_byte, cover ? ByteView(kNothing) : entry_hash});
}

}  // namespace safeconduct::tlog
