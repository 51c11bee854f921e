#include "crypto/age/stream.h"

#include <algorithm>
#include <limits>

#include "crypto/base/hash.h"

namespace safeconduct::age {
namespace {

// An 11-byte big-endian counter and a byte that tells the last chunk.
BulkNonce ChunkNonce(std::uint64_t index, Place place) {
  BulkNonce nonce{};
  for (std::size_t i = 0; i < 8; ++i)
    nonce[3 + i] = static_cast<std::uint8_t>(index >> (56 - 8 * i));
  nonce[11] = place == Place::kLast ? 1 : 0;
  return nonce;
}

}  // namespace

ChunkCipher::ChunkCipher(BulkCipher::Direction direction, const FileKey& file_key, ByteView nonce)
    : cipher_(direction, Hkdf(file_key.Reveal(), nonce, "payload").Reveal()) {}

void ChunkCipher::Seal(std::uint64_t index, Place place, ByteView plaintext, MutableBytes out) {
  cipher_.Seal(ChunkNonce(index, place), plaintext, out);
}

bool ChunkCipher::Open(std::uint64_t index, Place place, ByteView sealed, MutableBytes out) {
  return cipher_.Open(ChunkNonce(index, place), sealed, out);
}

std::uint64_t PayloadSize(std::uint64_t plaintext_bytes) {
  const std::uint64_t full = plaintext_bytes / kChunkBytes;
  const bool partial = plaintext_bytes % kChunkBytes != 0 || plaintext_bytes == 0;
  const std::uint64_t chunks = full + (partial ? 1 : 0);
  return kPayloadNonceBytes + plaintext_bytes + chunks * kTagBytes;
}

Result<std::uint64_t> PlaintextSize(std::uint64_t payload_bytes) {
  if (payload_bytes < PayloadSize(0)) return Error(Code::kMalformed, "a payload that is too short");
  const std::uint64_t sealed = payload_bytes - kPayloadNonceBytes;
  const std::uint64_t full = sealed / kSealedChunkBytes;
  const std::uint64_t rest = sealed % kSealedChunkBytes;
  if (rest == 0) return full * kChunkBytes;
  // A last chunk without plaintext is only allowed where it is the only one.
  if (rest < kTagBytes || (rest == kTagBytes && full != 0)) {
    return Error(Code::kMalformed, "a payload of a size that no payload has");
  }
  return full * kChunkBytes + rest - kTagBytes;
}

}  // namespace safeconduct::age
