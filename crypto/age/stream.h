// The payload's chunks (c2sp.org/age, "Payload"): STREAM over ChaCha20-Poly1305. Knows nothing of
// headers or recipients.
#ifndef SAFECONDUCT_CRYPTO_AGE_STREAM_H_
#define SAFECONDUCT_CRYPTO_AGE_STREAM_H_

#include "crypto/age/payload.h"
#include "crypto/base/bulk.h"

namespace safeconduct::age {

inline constexpr std::size_t kSealedChunkBytes = kChunkBytes + kTagBytes;
static_assert(kTagBytes == kBulkTagBytes);

enum class Place : std::uint8_t { kInner, kLast };

using PayloadNonce = ByteArray<kPayloadNonceBytes>;

// Seals or opens single chunks of one payload.
class ChunkCipher {
 public:
  ChunkCipher(BulkCipher::Direction direction, const FileKey& file_key, ByteView nonce);

  // `out` has kTagBytes more than `plaintext`.
  void Seal(std::uint64_t index, Place place, ByteView plaintext, MutableBytes out);
  // `out` has kTagBytes less than `sealed`. False when it is not that chunk; `out` is then zeros.
  [[nodiscard]] bool Open(std::uint64_t index, Place place, ByteView sealed, MutableBytes out);

 private:
  BulkCipher cipher_;
};

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_STREAM_H_
