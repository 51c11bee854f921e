#include <algorithm>
#include <limits>

#include "crypto/age/stream.h"

namespace safeconduct::age {

struct PayloadReader::State {
  State(const FileKey& file_key, ByteView nonce, const RandomAccess& source)
      : cipher(BulkCipher::Direction::kOpen, file_key, nonce), payload(source) {}

  std::size_t ChunkSize(std::uint64_t index) const {
    return static_cast<std::size_t>(
        std::min<std::uint64_t>(kChunkBytes, plaintext_bytes - index * kChunkBytes));
  }

  // Reads chunk `index` and opens it into `out`, which has its size.
  Status ReadChunk(std::uint64_t index, MutableBytes out) {
    sealed.resize(out.size() + kTagBytes);
    SC_TRY(payload.ReadAt(kPayloadNonceBytes + index * kSealedChunkBytes, sealed));
    if (!cipher.Open(index, index == last_index ? Place::kLast : Place::kInner, sealed, out)) {
      return Error(Code::kUnverified, "the payload is damaged, cut or for another key");
    }
    return {};
  }

  Status CacheChunk(std::uint64_t index) {
    if (cached_index == index) return {};
    cached_index = kNothing;
    cached = SecretBytes(ChunkSize(index));
    SC_TRY(ReadChunk(index, cached.RevealMutable()));
    cached_index = index;
    return {};
  }

  // Fills the front of `out` with what chunk `index` has from `start`, and takes that part off.
  Status ReadFrom(std::uint64_t index, std::size_t start, MutableBytes& out) {
    const std::size_t taken = std::min(ChunkSize(index) - start, out.size());
    if (taken == ChunkSize(index) && cached_index != index) {
      SC_TRY(ReadChunk(index, out.first(taken)));
    } else {
      SC_TRY(CacheChunk(index));
      const ByteView part = cached.Reveal().subspan(start, taken);
      std::copy(part.begin(), part.end(), out.begin());
    }
    out = out.subspan(taken);
    return {};
  }

  static constexpr std::uint64_t kNothing = std::numeric_limits<std::uint64_t>::max();

  ChunkCipher cipher;
  const RandomAccess& payload;
  std::uint64_t plaintext_bytes = 0;
  std::uint64_t last_index = 0;
  std::uint64_t cached_index = kNothing;
  SecretBytes cached;
  Bytes sealed;
};

PayloadReader::PayloadReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PayloadReader::~PayloadReader() = default;
PayloadReader::PayloadReader(PayloadReader&&) noexcept = default;

Result<PayloadReader> PayloadReader::Open(const FileKey& file_key, const RandomAccess& payload) {
  SC_ASSIGN(const std::uint64_t size, PlaintextSize(payload.size()));
  PayloadNonce nonce;
  SC_TRY(payload.ReadAt(0, nonce));
  auto state = std::make_unique<State>(file_key, nonce, payload);
  state->plaintext_bytes = size;
  state->last_index = size == 0 ? 0 : (size - 1) / kChunkBytes;
  SC_TRY(state->CacheChunk(state->last_index));
  return PayloadReader(std::move(state));
}

std::uint64_t PayloadReader::size() const { return state_->plaintext_bytes; }

Status PayloadReader::ReadAt(std::uint64_t offset, MutableBytes out) {
  if (offset > size() || out.size() > size() - offset) {
    return Error(Code::kMalformed, "a range past the end of the plaintext");
  }
  for (MutableBytes rest = out; !rest.empty();) {
    const std::uint64_t position = offset + (out.size() - rest.size());
    const Status status = state_->ReadFrom(position / kChunkBytes,
                                           static_cast<std::size_t>(position % kChunkBytes), rest);
    if (!status.ok()) {
      Wipe(out);
      return status;
    }
  }
  return {};
}

}  // namespace safeconduct::age
