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
  const std::size_t rounded = (bytes / page + 1) * page;
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

SecretBytes SecretBytes::Random(std::size_t size) {
  SecretBytes out(size);
  FillRandom(out.RevealMutable());
  return out;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

void SecretBytes::Reserve(std::size_t size) {
  if (size <= bytes_.capacity()) return;
  Bytes grown;
  grown.reserve(size);
  grown.insert(grown.end(), bytes_.begin(), bytes_.end());
  Wipe(bytes_);
  bytes_ = std::move(grown);
}

MutableBytes SecretBytes::Extend(std::size_t size) {
  const std::size_t old_size = bytes_.size();
  const std::size_t new_size = old_size + size;
  if (new_size > bytes_.capacity()) Reserve(std::max(new_size, 2 * bytes_.capacity()));
  bytes_.resize(new_size);
  return MutableBytes(bytes_).subspan(old_size);
}

void SecretBytes::Append(ByteView bytes) {
  const MutableBytes tail = Extend(bytes.size());
  std::copy(bytes.begin(), bytes.end(), tail.begin());
}

void SecretBytes::Truncate(std::size_t size) {
  if (size > bytes_.size()) __builtin_trap();
  Wipe(MutableBytes(bytes_).subspan(size));
  bytes_.resize(size);
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
