// ChaCha20-Poly1305 (RFC 8439) over large pieces, by OpenSSL's libcrypto, which is more than twice
// as fast as libsodium at it. Nonces are the caller's affair: under one key each is used once.
//
// bulk.cc is the one file that uses libcrypto; it also holds the SHA-256 of hash.h.
//
// Thread-safety: an object belongs to one thread at a time.
#ifndef SAFECONDUCT_CRYPTO_BASE_BULK_H_
#define SAFECONDUCT_CRYPTO_BASE_BULK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct {

// Whether libcrypto has what is needed. Called by InitCrypto; kInternal when it does not.
Status InitBulk();

inline constexpr std::size_t kBulkTagBytes = 16;
using BulkNonce = ByteArray<12>;

class BulkCipher {
 public:
  enum class Direction : std::uint8_t { kSeal, kOpen };

  BulkCipher(Direction direction, std::span<const std::uint8_t, 32> key);
  ~BulkCipher();
  BulkCipher(BulkCipher&&) noexcept;
  BulkCipher& operator=(BulkCipher&&) noexcept;

  // `out` takes the ciphertext and its tag: plaintext.size() + kBulkTagBytes. It must not overlap
  // with `plaintext`, nor may either be longer than 1 GiB.
  void Seal(const BulkNonce& nonce, ByteView plaintext, MutableBytes out);
  // `out` takes the plaintext: sealed.size() - kBulkTagBytes. False when the tag does not match;
  // `out` then holds zeros.
  [[nodiscard]] bool Open(const BulkNonce& nonce, ByteView sealed, MutableBytes out);

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  std::unique_ptr<void, Free> context_;
};

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_BULK_H_
