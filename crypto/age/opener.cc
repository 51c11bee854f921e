#include <algorithm>
#include <optional>

#include "crypto/age/stream.h"

namespace safeconduct::age {
namespace {

Error Damaged() { return Error(Code::kUnverified, "the payload is damaged or for another key"); }
Error Cut() { return Error(Code::kMalformed, "the payload is cut off"); }

}  // namespace

// Up to one whole chunk, or the beginning of the nonce, waits in `pending` until it is known
// whether anything follows.
struct PayloadOpener::State {
  explicit State(const FileKey& key) : file_key(key.Clone()) {}

  ByteView Pending() const { return ByteView(pending).first(pending_bytes); }

  // Moves bytes from the front of `payload` to `pending` until that holds `size`.
  void Fill(std::size_t size, ByteView& payload) {
    const std::size_t taken = std::min(size - pending_bytes, payload.size());
    std::copy_n(payload.begin(), taken,
                pending.begin() + static_cast<std::ptrdiff_t>(pending_bytes));
    pending_bytes += taken;
    payload = payload.subspan(taken);
  }

  bool OpenAs(Place place, ByteView sealed, MutableBytes& out) {
    const std::size_t size = sealed.size() - kTagBytes;
    if (!cipher->Open(next_index, place, sealed, out.first(size))) return false;
    ++next_index;
    out = out.subspan(size);
    return true;
  }

  // A chunk that was sealed for the other place is authentic, so its plaintext is given out before
  // the error that follows from its place.
  Status OpenInner(ByteView sealed, MutableBytes& out) {
    if (OpenAs(Place::kInner, sealed, out)) return {};
    if (OpenAs(Place::kLast, sealed, out)) {
      return Error(Code::kMalformed, "more bytes after the end of the payload");
    }
    return Damaged();
  }

  Status OpenLast(ByteView sealed, MutableBytes& out) {
    if (sealed.size() < kTagBytes) return Cut();
    if (sealed.size() == kTagBytes && next_index != 0) {
      return Error(Code::kMalformed, "a payload whose last chunk is empty");
    }
    if (OpenAs(Place::kLast, sealed, out)) return {};
    if (sealed.size() == kSealedChunkBytes && OpenAs(Place::kInner, sealed, out)) return Cut();
    return Damaged();
  }

  void TakeNonce(ByteView& payload) {
    Fill(kPayloadNonceBytes, payload);
    if (pending_bytes < kPayloadNonceBytes) return;
    cipher.emplace(BulkCipher::Direction::kOpen, file_key, Pending());
    pending_bytes = 0;
  }

  Status Update(ByteView payload, MutableBytes& out) {
    if (!cipher) TakeNonce(payload);
    while (!payload.empty()) {
      if (pending_bytes == kSealedChunkBytes) {
        SC_TRY(OpenInner(Pending(), out));
        pending_bytes = 0;
      }
      if (pending_bytes == 0 && payload.size() > kSealedChunkBytes) {
        SC_TRY(OpenInner(payload.first(kSealedChunkBytes), out));
        payload = payload.subspan(kSealedChunkBytes);
        continue;
      }
      Fill(kSealedChunkBytes, payload);
    }
    return {};
  }

  FileKey file_key;
  std::optional<ChunkCipher> cipher;  // once the nonce is there
  std::uint64_t next_index = 0;
  Bytes pending = Bytes(kSealedChunkBytes);
  std::size_t pending_bytes = 0;
  bool ended = false;
};

PayloadOpener::PayloadOpener(const FileKey& file_key) : state_(std::make_unique<State>(file_key)) {}
PayloadOpener::~PayloadOpener() = default;
PayloadOpener::PayloadOpener(PayloadOpener&&) noexcept = default;

std::size_t PayloadOpener::UpdateBound(std::size_t payload_bytes) const {
  const std::size_t total = state_->pending_bytes + payload_bytes;
  return total == 0 ? 0 : (total - 1) / kSealedChunkBytes * kChunkBytes;
}

Status PayloadOpener::UpdateInto(ByteView payload, MutableBytes out, std::size_t& written) {
  written = 0;
  if (state_->ended) return Damaged();
  if (out.size() < UpdateBound(payload.size())) __builtin_trap();
  MutableBytes rest = out;
  const Status status = state_->Update(payload, rest);
  written = out.size() - rest.size();
  state_->ended = !status.ok();
  return status;
}

std::size_t PayloadOpener::FinishSize() const {
  return std::max(state_->pending_bytes, kTagBytes) - kTagBytes;
}

Status PayloadOpener::FinishInto(MutableBytes out, std::size_t& written) {
  written = 0;
  if (state_->ended) return Damaged();
  state_->ended = true;
  if (!state_->cipher) return Cut();
  if (out.size() < FinishSize()) __builtin_trap();
  MutableBytes rest = out;
  const Status status = state_->OpenLast(state_->Pending(), rest);
  written = out.size() - rest.size();
  return status;
}

Status PayloadOpener::Update(ByteView payload, SecretBytes& out) {
  const std::size_t start = out.size();
  std::size_t written = 0;
  const Status status = UpdateInto(payload, out.Extend(UpdateBound(payload.size())), written);
  out.Truncate(start + written);
  return status;
}

Status PayloadOpener::Finish(SecretBytes& out) {
  const std::size_t start = out.size();
  std::size_t written = 0;
  const Status status = FinishInto(out.Extend(FinishSize()), written);
  out.Truncate(start + written);
  return status;
}

Result<SecretBytes> OpenPayload(const FileKey& file_key, ByteView payload) {
  SC_ASSIGN(const std::uint64_t size, PlaintextSize(payload.size()));
  SecretBytes out;
  out.Reserve(static_cast<std::size_t>(size));
  PayloadOpener opener(file_key);
  SC_TRY(opener.Update(payload, out));
  SC_TRY(opener.Finish(out));
  return out;
}

}  // namespace safeconduct::age
