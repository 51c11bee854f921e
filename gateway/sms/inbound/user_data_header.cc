#include "gateway/sms/inbound/user_data_header.h"

#include "gateway/sms/inbound/checks.h"

namespace safeconduct::sms {
namespace {

constexpr std::uint8_t kConcatenated = 0x00;
constexpr std::uint8_t kConcatenatedWide = 0x08;

}  // namespace

std::optional<Part> PartFromUserDataHeader(ByteView header) {
  if (header.empty() || header.size() < 1 + std::size_t{header[0]}) return std::nullopt;
  ByteView rest = header.subspan(1, header[0]);
  while (rest.size() >= 2) {
    const std::uint8_t kind = rest[0];
    const std::size_t size = rest[1];
    if (rest.size() < 2 + size) return std::nullopt;
    const ByteView data = rest.subspan(2, size);
    rest = rest.subspan(2 + size);
    if (kind == kConcatenated && size == 3) return MakePart(data[0], data[2], data[1]);
    if (kind == kConcatenatedWide && size == 4) {
      return MakePart(static_cast<std::uint64_t>(data[0]) << 8 | data[1], data[3], data[2]);
    }
  }
  return std::nullopt;
}

}  // namespace safeconduct::sms
