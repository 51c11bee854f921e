#include "crypto/base/padding.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace safeconduct {
namespace {

std::uint64_t Padme(std::uint64_t length) {
  if (length < 2) return length;
  // E and S of the paper: the exponent of the length, and the bits needed to write it.
  const auto exponent = static_cast<unsigned>(std::bit_width(length)) - 1;
  const auto exponent_bits = static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - exponent_bits)) - 1;
  if (length > std::numeric_limits<std::uint64_t>::max() - mask) return length;
  return (length + mask) & ~mask;
}

}  // namespace

std::uint64_t PadmeLength(std::uint64_t length, std::uint64_t minimum) {
  return std::max(Padme(length), minimum);
}

}  // namespace safeconduct
