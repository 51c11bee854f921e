#include <algorithm>

#include "crypto/age/stream.h"

namespace safeconduct::age {

// The last chunk is sealed differently, so up to one whole chunk waits in `pending` until it is
// known whether anything follows.
struct PayloadSealer::State {
  State(const FileKey& file_key, const PayloadNonce& payload_nonce)
      : nonce(payload_nonce), cipher(BulkCipher::Direction::kSeal, file_key, payload_nonce) {}

  void WriteNonce(MutableBytes& out) {
    if (nonce_written) return;
    std::copy(nonce.begin(), nonce.end(), out.begin());
    out = out.subspan(nonce.size());
    nonce_written = true;
  }

  void SealChunk(Place place, ByteView plaintext, MutableBytes& out) {
    const std::size_t size = plaintext.size() + kTagBytes;
    cipher.Seal(next_index++, place, plaintext, out.first(size));
    out = out.subspan(size);
  }

  void SealInner(ByteView plaintext, MutableBytes& out) {
    while (!plaintext.empty()) {
      if (pending_bytes == kChunkBytes) {
        SealChunk(Place::kInner, pending.Reveal(), out);
        pending_bytes = 0;
      }
      if (pending_bytes == 0 && plaintext.size() > kChunkBytes) {
        SealChunk(Place::kInner, plaintext.first(kChunkBytes), out);
        plaintext = plaintext.subspan(kChunkBytes);
        continue;
      }
      const std::size_t taken = std::min(kChunkBytes - pending_bytes, plaintext.size());
      std::copy_n(plaintext.begin(), taken, pending.RevealMutable().begin() + pending_bytes);
      pending_bytes += taken;
      plaintext = plaintext.subspan(taken);
    }
  }

  PayloadNonce nonce;
  ChunkCipher cipher;
  std::uint64_t next_index = 0;
  SecretBytes pending = SecretBytes(kChunkBytes);
  std::size_t pending_bytes = 0;
  bool nonce_written = false;
  bool finished = false;
};

PayloadSealer::PayloadSealer(const FileKey& file_key)
    : PayloadSealer(file_key, RandomArray<kPayloadNonceBytes>()) {}
PayloadSealer::PayloadSealer(const FileKey& file_key, const PayloadNonce& nonce)
    : state_(std::make_unique<State>(file_key, nonce)) {}
PayloadSealer::~PayloadSealer() = default;
PayloadSealer::PayloadSealer(PayloadSealer&&) noexcept = default;

std::size_t PayloadSealer::UpdateSize(std::size_t plaintext_bytes) const {
  const std::size_t total = state_->pending_bytes + plaintext_bytes;
  const std::size_t chunks = total == 0 ? 0 : (total - 1) / kChunkBytes;
  return (state_->nonce_written ? 0 : kPayloadNonceBytes) + chunks * kSealedChunkBytes;
}

std::size_t PayloadSealer::UpdateInto(ByteView plaintext, MutableBytes out) {
  const std::size_t size = UpdateSize(plaintext.size());
  if (state_->finished || out.size() < size) __builtin_trap();
  state_->WriteNonce(out);
  state_->SealInner(plaintext, out);
  return size;
}

std::size_t PayloadSealer::FinishSize() const {
  return (state_->nonce_written ? 0 : kPayloadNonceBytes) + state_->pending_bytes + kTagBytes;
}

std::size_t PayloadSealer::FinishInto(MutableBytes out) {
  const std::size_t size = FinishSize();
  if (state_->finished || out.size() < size) __builtin_trap();
  state_->finished = true;
  state_->WriteNonce(out);
  state_->SealChunk(Place::kLast, state_->pending.Reveal().first(state_->pending_bytes), out);
  return size;
}

void PayloadSealer::Update(ByteView plaintext, Bytes& out) {
  // Growing at least twofold, as a vector does by itself: the pieces may be many and small.
  const std::size_t needed = out.size() + UpdateSize(plaintext.size());
  if (needed > out.capacity()) out.reserve(std::max(needed, 2 * out.capacity()));
  do {  // one chunk after another, so that what resize() cleared is still in the cache
    const ByteView piece = plaintext.first(std::min(plaintext.size(), kChunkBytes));
    const std::size_t start = out.size();
    out.resize(start + UpdateSize(piece.size()));
    UpdateInto(piece, MutableBytes(out).subspan(start));
    plaintext = plaintext.subspan(piece.size());
  } while (!plaintext.empty());
}

void PayloadSealer::Finish(Bytes& out) {
  const std::size_t start = out.size();
  out.resize(start + FinishSize());
  FinishInto(MutableBytes(out).subspan(start));
}

Bytes SealPayload(const FileKey& file_key, ByteView plaintext) {
  Bytes out;
  out.reserve(static_cast<std::size_t>(PayloadSize(plaintext.size())));
  PayloadSealer sealer(file_key);
  sealer.Update(plaintext, out);
  sealer.Finish(out);
  return out;
}

}  // namespace safeconduct::age
