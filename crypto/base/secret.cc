#include "crypto/base/secret.h"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "crypto/base/bulk.h"

namespace safeconduct {

static_assert(SODIUM_LIBRARY_VERSION_MAJOR >= 26, "libsodium 1.0.22 or newer is needed");

Status InitCrypto() {
  static const int kOutcome = sodium_init();
  if (kOutcome < 0) return Error(Code::kInternal, "libsodium cannot start: no source of entropy");
  return InitBulk();
}

Status ProbeLockedMemory(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t rounded = std::max((bytes + page - 1) / page, std::size_t{1}) * page;
  struct Free {
    void operator()(void* memory) const noexcept { std::free(memory); }
  };
  const std::unique_ptr<void, Free> memory(std::aligned_alloc(page, rounded));
  if (memory == nullptr) return Error(Code::kUnavailable, "not enough memory for keys");
  if (sodium_mlock(memory.get(), rounded) != 0) {
    return Error(Code::kUnavailable,
                 "memory for keys cannot be locked: raise RLIMIT_MEMLOCK "
                 "(`ulimit -l`, systemd LimitMEMLOCK)");
  }
  sodium_munlock(memory.get(), rounded);
  return {};
}

void Wipe(MutableBytes bytes) {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

bool ConstantTimeEqual(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void FillRandom(MutableBytes out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

SecretBytes::SecretBytes(std::size_t size) {
  const MutableBytes bytes = Extend(size);
  std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
}

SecretBytes SecretBytes::Copy(ByteView bytes) {
  SecretBytes out;
  out.Append(bytes);
  return out;
}

SecretBytes SecretBytes::Take(Bytes&& bytes) {
  SecretBytes out = Copy(bytes);
  Wipe(bytes);
  bytes.clear();
  return out;
}

SecretBytes SecretBytes::Random(std::size_t size) {
  SecretBytes out;
  FillRandom(out.Extend(size));
  return out;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe(RevealMutable());
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

void SecretBytes::Reserve(std::size_t size) {
  if (size <= capacity_) return;
  auto grown = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  std::copy_n(data_.get(), size_, grown.get());
  Wipe(RevealMutable());
  data_ = std::move(grown);
  capacity_ = size;
}

MutableBytes SecretBytes::Extend(std::size_t size) {
  const std::size_t start = size_;
  if (size > capacity_ - size_) Reserve(std::max(size_ + size, 2 * capacity_));
  size_ += size;
  return RevealMutable().subspan(start);
}

void SecretBytes::Append(ByteView bytes) {
  const MutableBytes tail = Extend(bytes.size());
  std::copy(bytes.begin(), bytes.end(), tail.begin());
}

void SecretBytes::Truncate(std::size_t size) {
  if (size > size_) __builtin_trap();
  Wipe(RevealMutable().subspan(size));
  size_ = size;
}

namespace internal {

std::uint8_t* AllocateLocked(std::size_t size) {
  void* const memory = sodium_malloc(size);
  if (memory == nullptr) std::abort();
  return static_cast<std::uint8_t*>(memory);
}

void FreeLocked(std::uint8_t* bytes) noexcept { sodium_free(bytes); }

}  // namespace internal

}  // namespace safeconduct
