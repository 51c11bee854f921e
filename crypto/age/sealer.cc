#include <algorithm>

#include "crypto/age/stream.h"

namespace safeconduct::age {

// The last chunk is sealed differently, so up to one whole chunk waits in `pending` until it is
// known whether anything follows.
struct PayloadSealer::State {
  State(const FileKey& file_key, const PayloadNonce& payload_nonce)
      : nonce(payload_nonce), cipher(BulkCipher::Direction::kSeal, file_key, payload_nonce) {}

  void SealChunk(Place place, ByteView plaintext, Bytes& out) {
    const std::size_t start = out.size();
    out.resize(start + plaintext.size() + kTagBytes);
    cipher.Seal(next_index++, place, plaintext, MutableBytes(out).subspan(start));
  }

  // The bytes that Update adds for `size` more of plaintext, or a few more.
  std::size_t Bound(std::size_t size) const {
    const std::size_t chunks = (pending.size() + size) / kChunkBytes;
    return (nonce_written ? 0 : kPayloadNonceBytes) + chunks * kSealedChunkBytes;
  }

  void WriteNonce(Bytes& out) {
    if (!nonce_written) Append(out, nonce);
    nonce_written = true;
  }

  PayloadNonce nonce;
  ChunkCipher cipher;
  std::uint64_t next_index = 0;
  SecretBytes pending;
  bool nonce_written = false;
  bool finished = false;
};

PayloadSealer::PayloadSealer(const FileKey& file_key)
    : PayloadSealer(file_key, RandomArray<kPayloadNonceBytes>()) {}
PayloadSealer::PayloadSealer(const FileKey& file_key, const PayloadNonce& nonce)
    : state_(std::make_unique<State>(file_key, nonce)) {}
PayloadSealer::~PayloadSealer() = default;
PayloadSealer::PayloadSealer(PayloadSealer&&) noexcept = default;

void PayloadSealer::Update(ByteView plaintext, Bytes& out) {
  State& state = *state_;
  if (state.finished) __builtin_trap();
  // Grow at least twofold, as a vector does by itself: Update may be called with small pieces.
  const std::size_t needed = out.size() + state.Bound(plaintext.size());
  if (needed > out.capacity()) out.reserve(std::max(needed, 2 * out.capacity()));
  state.WriteNonce(out);
  while (!plaintext.empty()) {
    if (state.pending.size() == kChunkBytes) {
      state.SealChunk(Place::kInner, state.pending.Reveal(), out);
      state.pending.Truncate(0);
    }
    if (state.pending.empty() && plaintext.size() > kChunkBytes) {
      state.SealChunk(Place::kInner, plaintext.first(kChunkBytes), out);
      plaintext = plaintext.subspan(kChunkBytes);
      continue;
    }
    const std::size_t taken = std::min(kChunkBytes - state.pending.size(), plaintext.size());
    state.pending.Append(plaintext.first(taken));
    plaintext = plaintext.subspan(taken);
  }
}

void PayloadSealer::Finish(Bytes& out) {
  State& state = *state_;
  if (state.finished) __builtin_trap();
  state.finished = true;
  state.WriteNonce(out);
  state.SealChunk(Place::kLast, state.pending.Reveal(), out);
  state.pending = SecretBytes();
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
