#include "tests/crypto/age/streaming.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "crypto/age/age.h"

namespace {

std::size_t live_bytes = 0;
std::size_t peak_bytes = 0;

void* Counted(void* memory) {
  if (memory != nullptr) live_bytes += malloc_usable_size(memory);
  peak_bytes = std::max(peak_bytes, live_bytes);
  return memory;
}

void Uncount(void* memory) {
  if (memory != nullptr) live_bytes -= malloc_usable_size(memory);
}

void* CryptoMalloc(std::size_t size, const char*, int) { return Counted(std::malloc(size)); }
void* CryptoRealloc(void* memory, std::size_t size, const char*, int) {
  Uncount(memory);
  return Counted(std::realloc(memory, size));
}
void CryptoFree(void* memory, const char*, int) {
  Uncount(memory);
  std::free(memory);
}

// Before libcrypto allocates anything.
const int kCountingLibcrypto = CRYPTO_set_mem_functions(CryptoMalloc, CryptoRealloc, CryptoFree);

std::size_t PeakResidentBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = Counted(std::malloc(size));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  Uncount(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace safeconduct::age {

StreamingCost StreamThrough(std::uint64_t plaintext_bytes) {
  constexpr std::size_t kPieceBytes = 100000;  // not in step with the chunks
  if (!InitCrypto().ok() || kCountingLibcrypto != 1) return {};
  const std::size_t heap_before = live_bytes;
  const std::size_t resident_before = PeakResidentBytes();
  peak_bytes = live_bytes;

  const auto file_key = FileKey::Random();
  PayloadSealer sealer(file_key);
  PayloadOpener opener(file_key);
  StreamingCost cost;
  Bytes piece(kPieceBytes);
  Bytes sealed;
  SecretBytes opened;
  const auto byte_at = [](std::uint64_t position) {
    return static_cast<std::uint8_t>(position / kPieceBytes);
  };
  const auto take_opened = [&] {
    for (const std::uint8_t byte : opened.Reveal()) {
      if (byte != byte_at(cost.opened_bytes)) return false;
      ++cost.opened_bytes;
    }
    opened.Truncate(0);
    return true;
  };
  for (std::uint64_t at = 0; at < plaintext_bytes; at += piece.size()) {
    std::fill(piece.begin(), piece.end(), byte_at(at));
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, plaintext_bytes - at));
    sealed.clear();
    sealer.Update(ByteView(piece).first(size), sealed);
    if (!opener.Update(sealed, opened).ok() || !take_opened()) return cost;
  }
  sealed.clear();
  sealer.Finish(sealed);
  if (!opener.Update(sealed, opened).ok() || !opener.Finish(opened).ok()) return cost;
  take_opened();

  cost.peak_heap_bytes = peak_bytes - heap_before;
  cost.resident_growth_bytes = PeakResidentBytes() - resident_before;
  return cost;
}

}  // namespace safeconduct::age
