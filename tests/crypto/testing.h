// What the tests of crypto/ share.
#ifndef SAFECONDUCT_TESTS_CRYPTO_TESTING_H_
#define SAFECONDUCT_TESTS_CRYPTO_TESTING_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::testing {

// crypto/ is ready before main() begins.
inline const bool kReady = InitCrypto().ok();

inline Bytes FromHex(std::string_view hex) {
  Result<Bytes> bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.ok()) << hex;
  return bytes.ok() ? *std::move(bytes) : Bytes();
}

template <std::size_t N>
ByteArray<N> ArrayFromHex(std::string_view hex) {
  return ToArray<N>(FromHex(hex));
}

inline Bytes ToBytes(std::string_view text) {
  return Bytes(AsBytes(text).begin(), AsBytes(text).end());
}

inline Bytes ToBytes(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

inline Bytes RandomBytes(std::size_t size) {
  Bytes out(size);
  FillRandom(out);
  return out;
}

// Bytes that are the same in every run.
inline Bytes Pattern(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 131 + (i >> 8));
  return out;
}

// Calls `check(changed, bit)` with each single bit of `bytes` changed.
template <typename Check>
void ForEachBitFlip(ByteView bytes, Check check) {
  Bytes changed(bytes.begin(), bytes.end());
  for (std::size_t bit = 0; bit < 8 * changed.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    changed[bit / 8] ^= mask;
    check(ByteView(changed), bit);
    changed[bit / 8] ^= mask;
  }
}

// Calls `check(cut, size)` with each proper prefix of `bytes`.
template <typename Check>
void ForEachTruncation(ByteView bytes, Check check) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy, so that reading past the end is seen by the sanitizers.
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    check(ByteView(cut), size);
  }
}

template <typename T>
::testing::AssertionResult Fails(const Result<T>& result, Code code) {
  if (result.ok()) return ::testing::AssertionFailure() << "no error";
  if (result.error().code() == code) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "code " << static_cast<int>(result.error().code()) << ": " << result.error().message();
}

template <typename T>
::testing::AssertionResult Succeeds(const Result<T>& result) {
  if (result.ok()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << result.error().message() << " " << result.error().field();
}

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_CRYPTO_TESTING_H_
