#include "storage/rocksdb/crc32c.h"

#include <rocksdb/version.h>

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace safeconduct::storage {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? kPolynomial : 0);
    table[i] = value;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = MakeTable();

std::uint32_t ExtendByTable(std::uint32_t state, ByteView bytes) {
  for (const std::uint8_t byte : bytes) state = state >> 8 ^ kTable[(state ^ byte) & 0xff];
  return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t ExtendByInstruction(std::uint32_t state,
                                                                    ByteView bytes) {
  const std::uint8_t* next = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t wide = state;
  for (; left >= 8; left -= 8, next += 8) {
    std::uint64_t word;
    std::memcpy(&word, next, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left) narrow = _mm_crc32_u8(narrow, *next++);
  return narrow;
}

bool HasInstruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}
#else
std::uint32_t ExtendByInstruction(std::uint32_t state, ByteView bytes) {
  return ExtendByTable(state, bytes);
}
bool HasInstruction() { return false; }
#endif

}  // namespace

std::uint32_t ExtendCrc32c(std::uint32_t crc, ByteView bytes) {
  const std::uint32_t state = ~crc;
  return ~(HasInstruction() ? ExtendByInstruction(state, bytes) : ExtendByTable(state, bytes));
}

bool Crc32cIsRight() {
  constexpr std::uint32_t kCheck = 0xe3069283;  // of "123456789"
  const ByteView digits = AsBytes("123456789");
  return ExtendCrc32c(0, digits) == kCheck &&
         ExtendCrc32c(ExtendCrc32c(0, digits.first(2)), digits.subspan(2)) == kCheck;
}

}  // namespace safeconduct::storage

#if defined(__x86_64__) && ROCKSDB_MAJOR == 7 && ROCKSDB_MINOR == 8
namespace rocksdb::crc32c {

std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t size);

__attribute__((visibility("default"))) std::uint32_t Extend(std::uint32_t crc, const char* data,
                                                            std::size_t size) {
  return safeconduct::storage::ExtendCrc32c(crc,
                                            {reinterpret_cast<const std::uint8_t*>(data), size});
}

}  // namespace rocksdb::crc32c
#endif
