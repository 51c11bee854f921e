// Bytes that are not secret: views, owned buffers, fixed-size arrays and their conversions.
//
// A view never owns; whoever takes one says how long it must live. Secrets have their own types
// in secret.h and are never converted to these without a call that says so.
#ifndef SAFECONDUCT_CRYPTO_BASE_BYTES_H_
#define SAFECONDUCT_CRYPTO_BASE_BYTES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace safeconduct {

using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

// SHA-256 output, wherever one stands.
using Hash = ByteArray<32>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline void Append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
inline void Append(Bytes& out, std::string_view text) { Append(out, AsBytes(text)); }

// The whole array from exactly N bytes; the caller has checked the size.
template <std::size_t N>
ByteArray<N> ToArray(ByteView bytes) {
  if (bytes.size() != N) __builtin_trap();
  ByteArray<N> out;
  for (std::size_t i = 0; i < N; ++i) out[i] = bytes[i];
  return out;
}

// Big-endian integers, as every length prefix and key in this project has them.
inline void AppendBigEndian64(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_BYTES_H_
