// Types for bytes that must not leak: wiped when they die, moved but not copied, compared in
// constant time, never printed. `Reveal` is the one way to the bytes, so every use can be found
// by searching for it.
//
//   SecretBytes    of any length, on the heap: short-lived plaintexts, passphrases, file keys.
//   SecretArray<N> of a fixed length, on the heap: keys that live as long as one operation.
//   LockedKey<N>   in guarded pages (sodium_malloc), locked as far as the system's limit goes,
//                  which a program probes at its start: keys that live as long as a process.
//
// What they do not give: protection from a debugger, from a core dump that the system was told
// to make, or from copies that a library makes of bytes it was given.
//
// Thread-safety: as for a std::vector. InitCrypto must have returned before any other call of
// crypto/ is made.
#ifndef SAFECONDUCT_CRYPTO_BASE_SECRET_H_
#define SAFECONDUCT_CRYPTO_BASE_SECRET_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct {

// Readies libsodium. Idempotent and thread-safe. kInternal when there is no entropy source.
Status InitCrypto();

// Whether `bytes` of memory, rounded up to whole pages, can be locked now; each LockedKey takes one
// page. kUnavailable, with the limit to raise (RLIMIT_MEMLOCK), when not: sodium_malloc itself
// would go on silently with unlocked memory.
Status ProbeLockedMemory(std::size_t bytes);

void Wipe(MutableBytes bytes);

// Equal length and content; the time depends on the length only.
[[nodiscard]] bool ConstantTimeEqual(ByteView a, ByteView b);

void FillRandom(MutableBytes out);

template <std::size_t N>
ByteArray<N> RandomArray() {
  ByteArray<N> out;
  FillRandom(out);
  return out;
}

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  // zeros
  static SecretBytes Copy(ByteView bytes);
  // Takes the content over; nothing of it is left in `bytes`.
  static SecretBytes Take(Bytes&& bytes);
  static SecretBytes Random(std::size_t size);

  SecretBytes(SecretBytes&& other) noexcept { *this = std::move(other); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { Wipe(RevealMutable()); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  ByteView Reveal() const { return {data_.get(), size_}; }
  MutableBytes RevealMutable() { return {data_.get(), size_}; }
  // Adds to the end. A buffer that had to grow is wiped before it is freed.
  void Append(ByteView bytes);
  // Adds `size` bytes to the end, which the caller has to fill: they hold anything. What it gives
  // is valid until the next call.
  MutableBytes Extend(std::size_t size);
  // Makes room for `size` bytes in all, so that nothing moves until there are more.
  void Reserve(std::size_t size);
  // Cuts to `size`, which must not be greater than the present one; wipes what is cut.
  void Truncate(std::size_t size);

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

template <std::size_t N>
class SecretArray {
 public:
  SecretArray() : bytes_(std::make_unique<ByteArray<N>>()) {}  // zeros
  static SecretArray Copy(ByteView bytes) {
    SecretArray out;
    *out.bytes_ = ToArray<N>(bytes);
    return out;
  }
  static SecretArray Random() {
    SecretArray out;
    FillRandom(*out.bytes_);
    return out;
  }

  SecretArray(SecretArray&&) noexcept = default;
  SecretArray& operator=(SecretArray&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  SecretArray(const SecretArray&) = delete;
  SecretArray& operator=(const SecretArray&) = delete;
  ~SecretArray() {
    if (bytes_) Wipe(*bytes_);
  }

  // An explicit copy, where two owners are really meant.
  SecretArray Clone() const { return Copy(Reveal()); }

  std::span<const std::uint8_t, N> Reveal() const { return *bytes_; }
  std::span<std::uint8_t, N> RevealMutable() { return *bytes_; }

 private:
  std::unique_ptr<ByteArray<N>> bytes_;
};

namespace internal {
// Guarded pages, locked while RLIMIT_MEMLOCK allows it (probe first); aborts when memory is out.
std::uint8_t* AllocateLocked(std::size_t size);
void FreeLocked(std::uint8_t* bytes) noexcept;
}  // namespace internal

template <std::size_t N>
class LockedKey {
 public:
  static LockedKey Zero() { return LockedKey(); }
  static LockedKey Copy(ByteView bytes) {
    LockedKey out;
    if (bytes.size() != N) __builtin_trap();
    for (std::size_t i = 0; i < N; ++i) out.bytes_.get()[i] = bytes[i];
    return out;
  }

  std::span<const std::uint8_t, N> Reveal() const {
    return std::span<const std::uint8_t, N>(bytes_.get(), N);
  }
  std::span<std::uint8_t, N> RevealMutable() { return std::span<std::uint8_t, N>(bytes_.get(), N); }

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const noexcept { internal::FreeLocked(bytes); }
  };
  LockedKey() : bytes_(internal::AllocateLocked(N)) { Wipe(RevealMutable()); }
  std::unique_ptr<std::uint8_t, Free> bytes_;
};

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_SECRET_H_
